"""A negotiated fee and the exam that uses it: two rounds, an agreement, candidates seated today."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from eventsys import clock
from eventsys.catalogue.actions import CertificateFacts, add_certificate
from eventsys.catalogue.models import SkillCertificate
from eventsys.catalogue.rules import CertificateSystem
from eventsys.db import session
from eventsys.demo.founding import acting, unit_of_kind, units_of_demo
from eventsys.demo.people import People
from eventsys.events.actions import (
    EventFacts,
    TrackFacts,
    add_track,
    close_registration,
    create_event,
    publish_event,
)
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind, ExamRules, PartRule
from eventsys.fees.actions import (
    NegotiationFacts,
    add_round,
    agree_on,
    open_negotiation,
    put_in_force,
)
from eventsys.fees.rules import Item, Proposal
from eventsys.fees.states import Bearer, CostItemKind, ExamForm, Mode, Side
from eventsys.groups.models import Group
from eventsys.groups.rules import UnitKind
from eventsys.id_numbers import normalise_id_number
from eventsys.identity.actions import as_group
from eventsys.identity.actor import System
from eventsys.registration.actions import submit_new
from eventsys.registration.reviewing import approve_entries
from eventsys.registration.rules import EntryFacts, Given, MemberRole
from eventsys.timetable.actions import SessionFacts, add_session, draw_stations
from eventsys.timetable.models import Room

SCHOOLS, EACH = 6, 5
# yuan per person-time: issuer's items and the schools' own, at the three levels
FIRST_OFFER = {"1": (180, 60, 220), "2": (200, 60, 240), "3": (220, 60, 260)}
AGREED = {"1": (150, 60, 210), "2": (170, 60, 220), "3": (190, 60, 230)}


def moment(day: date, hour: int) -> datetime:
    """``hour`` o'clock in Shanghai."""
    return clock.from_shanghai(datetime.combine(day, time(hour)))


def certificate_of_demo(group: Group) -> SkillCertificate:
    """The certificate the demo examines."""
    facts = CertificateFacts(
        "JQSJ",
        "机器视觉系统应用",
        "Machine vision system application",
        CertificateSystem.ONE_PLUS_X,
        unit_of_kind(UnitKind.ISSUER).id,
    )
    return add_certificate(acting("zuzhi"), group.id, facts)


def negotiate(group: Group, certificate: SkillCertificate) -> None:
    """The issuer asks, the group answers, both agree; in force since last month."""
    today = clock.today()
    organizer = acting("zuzhi")
    with clock.playing(moment(today - timedelta(days=80), 9)):
        file = open_negotiation(
            organizer,
            group.id,
            NegotiationFacts(
                f"XS-{today.year}-01",
                certificate.id,
                ExamForm.COMPUTER,
                "河南省",
                "教职成厅函〔2019〕19号；推进办函〔2023〕6号",
            ),
        )
    rounds = []
    for days, side, mode, offer in (
        (70, Side.ISSUER, Mode.LETTER, FIRST_OFFER),
        (55, Side.GROUP, Mode.MEETING, AGREED),
    ):
        day = today - timedelta(days=days)
        with clock.playing(moment(day, 15)):
            rounds.append(add_round(organizer, file, proposal(side, mode, day, offer)))
            session().flush()
    with clock.playing(moment(today - timedelta(days=45), 10)):
        agree_on(organizer, file, rounds[-1], f"豫装备职教集团〔{today.year}〕7号")
        put_in_force(organizer, file, today - timedelta(days=30))


def proposal(side: Side, mode: Mode, day: date, offer: dict[str, tuple[int, int, int]]) -> Proposal:
    """A round: the price of a level is what the issuer carries; schools carry room and service."""
    items: list[Item] = []
    prices: dict[str, int] = {}
    for level, (assessors, certificate, system) in offer.items():
        issuer = (
            (CostItemKind.ASSESSORS, assessors, "考评员劳务"),
            (CostItemKind.CERTIFICATE, certificate, "证书印制及发放"),
            (CostItemKind.SYSTEM, system, "考试系统支持与运维"),
        )
        items += [Item(k, level, Bearer.ISSUER, yuan * 100, why) for k, yuan, why in issuer]
        items.append(Item(CostItemKind.VENUE, level, Bearer.SCHOOL, 4000, "考场由院校提供"))
        prices[level] = sum(yuan for _kind, yuan, _why in issuer) * 100
    return Proposal(side, day, mode, prices, tuple(items), attendees="秘书处、评价组织、院校代表")


def exam_plan(group: Group, people: People, certificate: SkillCertificate, room: Room) -> Event:
    """One plan at the intermediate level: registered, seated, waiting for its marks."""
    today = clock.today()
    organizer = acting("zuzhi")
    with clock.playing(moment(today - timedelta(days=28), 9)):
        event = create_event(
            organizer,
            group.id,
            EventKind.EXAM,
            EventFacts(
                code=f"KH-{today.year}",
                name=f"{today.year} 年机器视觉系统应用考核",
                name_en=f"Machine vision exam {today.year}",
                summary="理论与实操两部分，综合成绩 0.4T+0.6P 不低于 60 为合格。",
                host_id=units_of_demo()[0].id,
                registration_opens_at=moment(today - timedelta(days=27), 8),
                registration_closes_at=moment(today - timedelta(days=4), 18),
                starts_on=today,
                ends_on=today,
            ),
        )
        track = add_track(organizer, event, *exam_track(certificate, today))
        publish_event(organizer, event)
    _register(group, people, track, today)
    _seat(track, room, today)
    return event


def exam_track(certificate: SkillCertificate, today: date) -> tuple[TrackFacts, ExamRules]:
    """The intermediate level, passed by the composite."""
    parts = (
        PartRule("T", "理论", "Theory", Decimal(100), Decimal("0.4"), Decimal(0)),
        PartRule("P", "实操", "Practice", Decimal(100), Decimal("0.6"), Decimal(0)),
    )
    facts = TrackFacts("JQSJ-2", "机器视觉系统应用（中级）", "Machine vision (2)", "", 120)
    rules = ExamRules(certificate.id, "2", today, 20, 120, "composite", Decimal(60), parts)
    return facts, rules


def _register(group: Group, people: People, track: Track, today: date) -> None:
    actor = as_group(System(source="demo"), group.id)
    entries = []
    with clock.playing(moment(today - timedelta(days=12), 10)):
        for unit in units_of_demo()[:SCHOOLS]:
            each = [
                EntryFacts(
                    (
                        Given(
                            MemberRole.CANDIDATE,
                            people.name(),
                            normalise_id_number(people.number(today.year - 20), today),
                        ),
                    )
                )
                for _ in range(EACH)
            ]
            entries += submit_new(actor, track, unit, each)
        session().flush()
    with clock.playing(moment(today - timedelta(days=4), 19)):
        close_registration(acting("zuzhi"), track.event)
    with clock.playing(moment(today - timedelta(days=3), 9)):
        approve_entries(acting("zuzhi"), track.event, [entry.id for entry in entries])


def _seat(track: Track, room: Room, today: date) -> None:
    organizer = acting("zuzhi")
    with clock.playing(moment(today - timedelta(days=1), 16)):
        for name, part, begins in (("理论场", "T", 9), ("实操场", "P", 14)):
            times = (moment(today, begins), moment(today, begins + 2))
            add_session(organizer, track, SessionFacts(room.id, name, *times, part))
            draw_stations(organizer, track, part)
