"""Skills competitions of the demo: last year's, today's, and one open for registration."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from eventsys import clock
from eventsys.attendance.actions import check_in
from eventsys.db import session
from eventsys.demo.founding import account, acting, units_of_demo
from eventsys.demo.people import People
from eventsys.demo.schemes import MACHINING_MODULES, MOBILE_MODULES
from eventsys.draws.actions import draw_codes
from eventsys.events.actions import (
    EventFacts,
    TrackFacts,
    add_track,
    close_registration,
    create_event,
    publish_event,
)
from eventsys.events.models import Event, Track
from eventsys.events.rules import CompetitionRules, EventKind
from eventsys.groups.models import Group, Unit
from eventsys.id_numbers import normalise_id_number
from eventsys.identity.actions import as_group
from eventsys.identity.actor import Actor, System
from eventsys.registration.actions import submit_new
from eventsys.registration.models import Entry
from eventsys.registration.queries import approved_entries
from eventsys.registration.reviewing import approve_entries
from eventsys.registration.rules import EntryFacts, Given, MemberRole
from eventsys.timetable.actions import SessionFacts, add_session, draw_stations
from eventsys.timetable.models import Room
from eventsys.timetable.place_actions import add_room, add_stations, add_venue

APPEAL_MINUTES = 2 * 24 * 60


def machining_rules(on: date, levels: int) -> CompetitionRules:
    """Five judges, highest and lowest dropped, prizes 10/20/30 % of those who finished."""
    return CompetitionRules(
        max_age=25,
        age_on=on,
        per_unit_quota=2,
        team_min=1,
        team_max=1,
        instructors_max=2,
        modules=MACHINING_MODULES,
        judges=5,
        tie_break=("B", "A"),
        anonymity_levels=levels,
    )


def mobile_rules(on: date) -> CompetitionRules:
    """Teams of two, the mean of three judges, five working days of notice, one level of appeal."""
    return CompetitionRules(
        max_age=25,
        age_on=on,
        per_unit_quota=2,
        team_min=2,
        team_max=2,
        instructors_max=2,
        modules=MOBILE_MODULES,
        judges=3,
        strategy="mean",
        drop_high=0,
        drop_low=0,
        tie_break=("B", "A"),
        appeal_clock="result_published",
        appeal_minutes=APPEAL_MINUTES,
        appeal_levels=1,
        notice_workdays=5,
    )


@dataclass
class Contest:
    """One edition of the competition, played by its people on its own days."""

    group: Group
    people: People
    year: int
    starts_on: date
    code: str
    name: str
    name_en: str
    days: int = 2
    levels: int = 1

    def moment(self, days: int, hour: int, minute: int = 0) -> datetime:
        """A time of day in Shanghai, ``days`` after the first day of the contest."""
        day = self.starts_on + timedelta(days=days)
        return clock.from_shanghai(datetime.combine(day, time(hour, minute)))

    def announce(self, closes_in_days: int) -> Event:
        """Create the edition with its two tracks and publish it, a month ahead."""
        organizer = acting("zuzhi")
        with clock.playing(self.moment(-30, 9)):
            event = create_event(
                organizer,
                self.group.id,
                EventKind.COMPETITION,
                EventFacts(
                    code=self.code,
                    name=self.name,
                    name_en=self.name_en,
                    summary="集团各成员院校择优参赛，报名以学校为单位。",
                    host_id=units_of_demo()[0].id,
                    registration_opens_at=self.moment(-28, 8),
                    registration_closes_at=self.moment(closes_in_days, 18),
                    starts_on=self.starts_on,
                    ends_on=self.starts_on + timedelta(days=self.days - 1),
                ),
            )
            machining = TrackFacts(
                "GZ001", "数控多轴加工技术", "Multi-axis CNC machining", "高职组", 40
            )
            mobile = TrackFacts("GZ002", "移动应用设计与开发", "Mobile applications", "高职组", 30)
            add_track(organizer, event, machining, machining_rules(self.starts_on, self.levels))
            add_track(organizer, event, mobile, mobile_rules(self.starts_on))
            publish_event(organizer, event)
        return event

    @staticmethod
    def schools() -> list[Unit]:
        """The schools of the group."""
        return units_of_demo()

    def enter(self, track: Track, unit: Unit, team: int) -> Entry:
        """One entry of a school, with one instructor."""
        actor: Actor = as_group(System(source="demo"), self.group.id)
        people = [self.given(MemberRole.CONTESTANT, self.year - 20) for _ in range(team)]
        people.append(self.given(MemberRole.INSTRUCTOR, self.year - 41))
        name = f"{unit.name[:4]}代表队" if team > 1 else ""
        (entry,) = submit_new(actor, track, unit, [EntryFacts(tuple(people), name)])
        return entry

    def given(self, role: MemberRole, born: int) -> Given:
        """An invented person."""
        number = normalise_id_number(self.people.number(born), self.starts_on)
        return Given(role, self.people.name(), number)

    def register(self, track: Track, team: int, schools: int) -> list[Entry]:
        """Entries of the first schools, all approved."""
        with clock.playing(self.moment(-12, 10)):
            entries = [self.enter(track, unit, team) for unit in units_of_demo()[:schools]]
        with clock.playing(self.moment(-8, 15)):
            session().flush()
            approve_entries(acting("zuzhi"), track.event, [entry.id for entry in entries])
        return entries

    def close(self, event: Event) -> None:
        """Close registration, two days ahead."""
        with clock.playing(self.moment(-2, 18)):
            close_registration(acting("zuzhi"), event)

    def plan(self, track: Track, room: Room, day: int = 0) -> None:
        """One session from nine to one."""
        with clock.playing(self.moment(-1, 16)):
            times = (self.moment(day, 9), self.moment(day, 13))
            add_session(acting("zuzhi"), track, SessionFacts(room.id, "第一场", *times))

    def seat(self, track: Track) -> None:
        """Stations by lot, the day before."""
        with clock.playing(self.moment(-1, 17)):
            draw_stations(acting("zuzhi"), track)

    def receive(self, track: Track, *, missing: int = 0, day: int = 0) -> None:
        """Check the entries in; the last so many are missing."""
        with clock.playing(self.moment(day, 7)):
            entries = approved_entries(track.id)
            for entry in entries[: len(entries) - missing]:
                check_in(acting("jianlu"), entry)

    def draw(self, track: Track) -> None:
        """Blind codes by lot, with a witness."""
        with clock.playing(self.moment(0, 8)):
            draw_codes(acting("jiami"), track, account("jiandu"))


def build_rooms() -> tuple[Room, Room]:
    """A workshop and a computer room of the lead school."""
    organizer = acting("zuzhi")
    venue = add_venue(organizer, "智能制造实训中心", "郑州市郑东新区龙子湖")
    workshop = add_room(organizer, venue, "数控加工车间", per_row=6)
    add_stations(organizer, workshop, 18)
    add_stations(organizer, workshop, 2, prefix="备", is_spare=True)
    computers = add_room(organizer, venue, "第一机房", per_row=8)
    add_stations(organizer, computers, 40)
    session().flush()
    return workshop, computers
