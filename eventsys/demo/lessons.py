"""A class of next week, planned: nine half days, lecturers who cannot always come, one version."""

from datetime import date, timedelta
from decimal import Decimal

from eventsys import clock
from eventsys.db import session
from eventsys.demo.founding import acting, units_of_demo
from eventsys.demo.people import People
from eventsys.demo.planning import Desk, facts, items_of_track, make_sessions
from eventsys.demo.serving import LECTURERS, list_lecturers
from eventsys.demo.training import moment
from eventsys.duties.rules import Office
from eventsys.events.actions import (
    EventFacts,
    TrackFacts,
    add_track,
    close_registration,
    create_event,
    publish_event,
)
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind, HalfDay, TrainingRules
from eventsys.groups.models import Group
from eventsys.id_numbers import normalise_id_number
from eventsys.identity.actions import as_group
from eventsys.identity.actor import System
from eventsys.plans.setting_actions import keep_settings, lay_down_needs
from eventsys.plans.shifts import Template
from eventsys.registration.actions import submit_new
from eventsys.registration.reviewing import approve_entries
from eventsys.registration.rules import EntryFacts, Given, MemberRole
from eventsys.releases.actions import keep_version, publish_version
from eventsys.timetable.models import Room
from eventsys.timetable.place_actions import RoomFacts, add_room, change_room
from eventsys.timetable.states import Purpose

WEEK, NOTICE = 7, 5
THEMES = (
    "标准与证书制度",
    "相机与光源选型",
    "工业视觉企业案例",
    "企业产线视觉检测",
    "图像处理基础",
    "定位与测量实操",
    "缺陷检测实操",
    "考核组织与考评",
    "教学设计与说课",
)
TRAINEES = 12
EXPERT, THEORIST, ENGINEER = (name for name, _full in LECTURERS)
WHO = (
    THEORIST,
    ENGINEER,
    EXPERT,
    EXPERT,
    ENGINEER,
    ENGINEER,
    THEORIST,
    ENGINEER,
    THEORIST,
)
"""Who teaches each half day; the expert from a company comes on Tuesdays only."""


def planned_class(group: Group, people: People, near: Room) -> Event:
    """From Monday to Friday noon in a classroom beside ``near``; its timetable is public."""
    today = clock.today()
    first = today + timedelta(days=WEEK - today.weekday())
    if (first - today).days < NOTICE:
        first += timedelta(days=WEEK)
    organizer = acting("zuzhi")
    with clock.playing(moment(today - timedelta(days=30), 9)):
        event, track = _announce(group, first, today)
    _nominate(group, people, track, today)
    with clock.playing(moment(today - timedelta(days=2), 10)):
        room = add_room(organizer, near.venue, "301 培训教室", 6)
        kept = RoomFacts("301 培训教室", 6, Purpose.CLASS, seats=48, equipment="投影, 录播")
        change_room(organizer, room, kept)
        session().flush()
        keep_settings(organizer, event, facts(Template.CLASSES, 5))
        lay_down_needs(organizer, event)
        list_lecturers(group, event)
        make_sessions(event)
        _plan(Desk(event), track, room)
    with clock.playing(moment(today - timedelta(days=1), 10)):
        publish_version(organizer, keep_version(organizer, event, "开班版"))
    return event


def _announce(group: Group, first: date, today: date) -> tuple[Event, Track]:
    organizer = acting("zuzhi")
    event = create_event(
        organizer,
        group.id,
        EventKind.TRAINING,
        EventFacts(
            code=f"SZ-{first.year}",
            name=f"{first.year} 年机器视觉师资培训",
            name_en=f"Machine vision teacher training {first.year}",
            summary="面向机器视觉系统应用证书试点院校教师，为期四天半。",
            host_id=units_of_demo()[0].id,
            registration_opens_at=moment(today - timedelta(days=29), 8),
            registration_closes_at=moment(today - timedelta(days=4), 18),
            starts_on=first,
            ends_on=first + timedelta(days=4),
        ),
    )
    half_days = tuple(
        HalfDay(first + timedelta(days=number // 2), "pm" if number % 2 else "am", Decimal(4), text)
        for number, text in enumerate(THEMES)
    )
    names = TrackFacts("SZ-1", "机器视觉师资一班", "Machine vision class 1", "", 40)
    track = add_track(organizer, event, names, TrainingRules(2, 40, half_days))
    publish_event(organizer, event)
    return event, track


def _nominate(group: Group, people: People, track: Track, today: date) -> None:
    actor = as_group(System(source="demo"), group.id)
    with clock.playing(moment(today - timedelta(days=9), 10)):
        entries = []
        for unit in units_of_demo()[:TRAINEES]:
            number = normalise_id_number(people.number(1984), today)
            given = Given(MemberRole.TRAINEE, people.name(), number, phone="13800000000")
            entries += submit_new(actor, track, unit, [EntryFacts((given,))])
        session().flush()
    with clock.playing(moment(today - timedelta(days=4), 19)):
        close_registration(acting("zuzhi"), track.event)
    with clock.playing(moment(today - timedelta(days=3), 9)):
        approve_entries(acting("zuzhi"), track.event, [one.id for one in entries])


def _plan(desk: Desk, track: Track, room: Room) -> None:
    """Each half day in its shift, and its lecturer."""
    for number, item in enumerate(items_of_track(track)):
        desk.lay(item, room, number // 2, 14 if number % 2 else 8, 0 if number % 2 else 30)
    for item, who in zip(items_of_track(track), WHO, strict=True):
        desk.serve(item, Office.LECTURER, [who])
