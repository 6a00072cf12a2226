"""A double-qualified class that meets today, with yesterday's sign-ins in the record."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from eventsys import clock
from eventsys.attendance.actions import sign_in_by_scan
from eventsys.db import session
from eventsys.demo.founding import account, acting, enrol, units_of_demo
from eventsys.demo.people import People
from eventsys.events.actions import (
    EventFacts,
    TrackFacts,
    add_track,
    close_registration,
    create_event,
    publish_event,
)
from eventsys.events.models import Track
from eventsys.events.rules import EventKind, HalfDay, TrainingRules
from eventsys.groups.models import Group
from eventsys.id_numbers import normalise_id_number
from eventsys.identity.actions import as_group
from eventsys.identity.actor import System
from eventsys.registration.actions import submit_new
from eventsys.registration.queries import approved_entries
from eventsys.registration.reviewing import approve_entries
from eventsys.registration.rules import EntryFacts, Given, MemberRole

THEMES = ("教学标准解读", "五轴编程实训", "企业真实项目", "教学设计与展示")
TRAINEES = 14


def moment(day: date, hour: int) -> datetime:
    """``hour`` o'clock in Shanghai."""
    return clock.from_shanghai(datetime.combine(day, time(hour)))


def running_class(group: Group, people: People) -> Track:
    """Announced a month ago, nominated, confirmed; its first day was yesterday."""
    first = clock.today() - timedelta(days=1)
    organizer = acting("zuzhi")
    with clock.playing(moment(first - timedelta(days=30), 9)):
        event = create_event(
            organizer,
            group.id,
            EventKind.TRAINING,
            EventFacts(
                code=f"PX-{first.year}",
                name=f"{first.year} 年双师型教师培训",
                name_en=f"Double-qualified teacher training {first.year}",
                summary="面向集团成员院校专业课教师，理论与实操相结合。",
                host_id=units_of_demo()[0].id,
                registration_opens_at=moment(first - timedelta(days=28), 8),
                registration_closes_at=moment(first - timedelta(days=3), 18),
                starts_on=first,
                ends_on=first + timedelta(days=1),
            ),
        )
        half_days = tuple(
            HalfDay(first + timedelta(days=number // 2), part, Decimal(4), THEMES[number])
            for number, part in enumerate(("am", "pm", "am", "pm"))
        )
        facts = TrackFacts("SSX-1", "双师型一班（数控方向）", "Double-qualified class 1", "", 40)
        track = add_track(organizer, event, facts, TrainingRules(2, 40, half_days))
        publish_event(organizer, event)
    _nominate(group, people, track, first)
    return track


def _nominate(group: Group, people: People, track: Track, first: date) -> None:
    actor = as_group(System(source="demo"), group.id)
    with clock.playing(moment(first - timedelta(days=10), 10)):
        entries = []
        for unit in units_of_demo()[:TRAINEES]:
            number = normalise_id_number(people.number(1985), first)
            given = Given(MemberRole.TRAINEE, people.name(), number, phone="13800000000")
            entries += submit_new(actor, track, unit, [EntryFacts((given,))])
        session().flush()
    with clock.playing(moment(first - timedelta(days=3), 19)):
        close_registration(acting("zuzhi"), track.event)
    with clock.playing(moment(first - timedelta(days=2), 9)):
        approve_entries(acting("zuzhi"), track.event, [entry.id for entry in entries])
    entries = approved_entries(track.id)
    for hour, missing in ((8, 0), (14, 1)):
        with clock.playing(moment(first, hour)):
            for entry in entries[missing:]:
                sign_in_by_scan(acting("zuzhi"), entry)
    enrol(account("xuanshou"), entries[-1])
