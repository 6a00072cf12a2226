"""A whole competition for its replay through HTTP: 31 teams, their officers, a room, a calendar.

Only what lies before the first morning is laid down as rows: the registration that was approved,
the appointments, the room, the marking scheme. Whatever happens on the days is done by people.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from eventsys import clock
from eventsys.attendance.tickets import ticket_url
from eventsys.db import db, enter_group, new_id, session, transaction
from eventsys.draws.queries import officers
from eventsys.events.models import Event, Track
from eventsys.events.rules import CompetitionRules, EventKind, EventState, ModuleRule
from eventsys.groups.actions import UnitFacts, admit_unit
from eventsys.groups.rules import MemberRole as UnitRole
from eventsys.groups.rules import UnitKind
from eventsys.id_numbers import normalise_id_number
from eventsys.identity import actions as identity
from eventsys.identity.policy import System
from eventsys.identity.queries import actor_of, user_named
from eventsys.identity.rules import Role, Scope, ScopeKind
from eventsys.registration.models import Entry, Member
from eventsys.registration.rules import EntryState, MemberRole
from eventsys.schemes.actions import replace_scheme
from eventsys.timetable.models import Room, Session, Station, Venue
from tests import judging
from tests.pages import words_of
from tests.world import DIGITS, PASSWORD, TODAY, GroupBuilder, World, id_number

D1 = TODAY + timedelta(days=1)
CODE = "软件项"
UNIT, MEMBER, TEAM = "云岭", "慕容", "鲲鹏"
"""Every unit, contestant and team bears one of these, and nothing else does."""
STATIONS, SPARE, TEAMS = 30, 2, 31
TOKEN = re.compile(r'name="csrf[-_]token" (?:content|value)="([^"]+)"')
IDLE = timedelta(minutes=20)
SIGN_IN = "/account/sign-in"
STROKES = "[[[100,100],[400,300],[700,120]],[[200,200],[600,210]]]"
"""What the pad sends when somebody signs on it."""


ops = map(str, map(UUID, (f"{number:032x}" for number in range(1, 10**6))))
"""The numbers devices give to what they send."""


@contextmanager
def at(day: int, hour: str) -> Iterator[None]:
    """A moment of the timetable: day 1, 2 or 3, on a Shanghai clock."""
    with clock.playing(moment(day, hour)):
        yield


def moment(day: int, hour: str) -> datetime:
    """The same moment as the server keeps it."""
    return clock.from_shanghai(
        datetime.combine(D1 + timedelta(days=day - 1), time.fromisoformat(hour))
    )


@dataclass
class Team:
    """A team of two as it was registered."""

    number: int
    unit: int
    unit_name: str
    name: str
    entry_id: int = 0
    ticket: str = ""
    members: list[str] = field(default_factory=list)


@dataclass
class Person:
    """Somebody at a device of their own: signs in with the password, again when idle for long."""

    day: "Day"
    username: str
    is_blind: bool = False
    token: str = ""
    seen_at: datetime | None = None
    sign_ins: int = 0

    def __post_init__(self) -> None:
        self.client = self.day.app.test_client()

    def sees(self, url: str, status: int = 200) -> str:
        """The page behind an address."""
        self._wake_up()
        return self._ask(url, status, method="GET").get_data(as_text=True)

    def does(self, url: str, status: int = 302, **data: Any) -> TestResponse:
        """A form is sent, with the token of the page it stood on."""
        self._wake_up()
        given = {"csrf_token": self.token, **data}
        return self._ask(url, status, method="POST", data=given)

    def delivers(self, url: str, body: dict[str, Any]) -> dict[str, Any]:
        """What the script of a judge's sheet sends."""
        self._wake_up()
        token = {"X-CSRFToken": self.token}
        found: dict[str, Any] = self._ask(url, 200, method="POST", json=body, headers=token).json
        return found

    def fetches(self, url: str) -> bytes:
        """A file."""
        self._wake_up()
        answer = self._ask(url, 200, method="GET", buffered=True)
        answer.close()
        return answer.data

    def sign_in(self) -> None:
        """At the door, with name and password."""
        self._ask(SIGN_IN, 200, method="GET")
        given = {"csrf_token": self.token, "username": self.username, "password": PASSWORD}
        self._ask(SIGN_IN, 302, method="POST", data=given)
        self._ask("/", 200, method="GET")
        self.sign_ins += 1

    def _wake_up(self) -> None:
        """After a while away a person looks at the start page first, and signs in if asked."""
        if not self.username:
            return
        if self.seen_at is None:
            self.sign_in()
        elif clock.now() - self.seen_at > IDLE:
            answer = self.client.get("/messages")
            if answer.status_code == 302 and answer.location.startswith(SIGN_IN):
                self.sign_in()
        self.seen_at = clock.now()

    def _ask(self, url: str, status: int, **request: Any) -> TestResponse:
        answer = self.client.open(url, **request)
        body = answer.get_data().decode(errors="replace")
        told = f"{self.username} {request['method']} {url}: {answer.status_code}\n{words_of(body)}"
        assert answer.status_code == status, told
        if self.is_blind and not self.day.is_open:
            assert self.day.names_in(f"{answer.headers}{body}") == [], told
        found = TOKEN.search(body)
        self.token = found[1] if found else self.token
        return answer


@dataclass
class Day:
    """The competition, its people by name, and what the story has learnt so far."""

    app: Flask
    world: World
    event_id: int = 0
    track_id: int = 0
    session_id: int = 0
    is_open: bool = False
    teams: list[Team] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    marks: dict[str, list[dict[str, int]]] = field(default_factory=dict)
    aspects: dict[str, int] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        """A person by office: ``day.chief``, ``day.judge1``, ``day.leader3``."""
        people = self.__dict__.get("people", {})
        if name not in people:
            raise AttributeError(name)
        return people[name]

    def names_in(self, text: str) -> list[str]:
        """Everything in a text that would tell whose something is."""
        secret = [UNIT, MEMBER, TEAM, f"{CODE}-0", *(str(one.entry_id) for one in self.teams)]
        return [one for one in secret if one in text]

    def t(self, pattern: str) -> str:
        """An address with the track and the event in it."""
        return pattern.replace("<t>", str(self.track_id)).replace("<e>", str(self.event_id))

    def worker(self, job: Any) -> int:
        """One turn of the worker."""
        with self.app.app_context():
            done: int = job()
            db.session.remove()
        return done


# ---- what lies before the first morning


def prepare(app: Flask, world: World) -> Day:
    """Registration is over, everybody is appointed, the ruleset is frozen."""
    day = Day(app, World(dict(world.ids)))
    with app.app_context(), clock.playing(moment(1, "06:00")):
        enter_group(world.group_a)
        builder = GroupBuilder(day.world, "a", judging.user("organizer_a").password_hash)
        with transaction():
            _contest(day, builder)
            _teams(day, builder)
            _room(day)
            _appointments(day, builder)
        with transaction():
            organizer = actor_of(judging.user("organizer_a"))
            track = session().get_one(Track, day.track_id)
            replace_scheme(organizer, track, judging.SCHEME)
            assert len(officers(track, Role.SUPERVISOR)) == 5
        for team in day.teams:
            team.ticket = ticket_url(app.extensions["settings"].public_url, team.entry_id)
        db.session.remove()
    return day


def _contest(day: Day, builder: GroupBuilder) -> None:
    modules = (
        ModuleRule("A", "需求分析与设计", "Analysis and design", Decimal(40), Decimal(100)),
        ModuleRule("B", "编码与测试", "Coding and testing", Decimal(60), Decimal(100)),
    )
    rules = CompetitionRules(
        *(None, None, 2, 2, 2, 0, modules, 5),
        tie_break=("B", "A"),
        anonymity_levels=3,
        appeal_clock="result_published",
        notice_minutes=120,
    )
    builder.event("day", EventKind.COMPETITION, "2015年全国职业院校技能大赛")
    builder.track("day_track", "day", "软件技术", rules, 40)
    event = session().get_one(Event, builder.id_of("day"))
    event.state = EventState.REGISTRATION_CLOSED
    event.starts_on, event.ends_on = D1, D1 + timedelta(days=2)
    event.registration_closes_at = clock.now() - timedelta(days=1)
    session().get_one(Track, builder.id_of("day_track")).code = CODE
    day.event_id, day.track_id = builder.id_of("day"), builder.id_of("day_track")


def _teams(day: Day, builder: GroupBuilder) -> None:
    """Fifteen units with two teams each, and a last one that comes too late."""
    actor = identity.as_group(System(), builder.group_id)
    for number in range(1, TEAMS + 1):
        unit = (number + 1) // 2
        name = f"{UNIT}{unit:02d}号职业技术学院"
        if number % 2:
            kind = UnitKind.HIGHER_VOCATIONAL
            facts = UnitFacts(f"Y{unit:03d}", name, kind, "昆明市")
            made = admit_unit(actor, builder.group_id, facts, UnitRole.MEMBER, TODAY)
            day.world.ids[f"day_unit{unit}_a"] = made.id
        team = Team(number, unit, name, f"{TEAM}{number:02d}队")
        team.members = [
            f"{MEMBER}{DIGITS[number % 10]}{DIGITS[number // 10]}{one}" for one in "男女"
        ]
        team.entry_id = _entry(day, builder, team)
        day.teams.append(team)


def _entry(day: Day, builder: GroupBuilder, team: Team) -> int:
    track = session().get_one(Track, day.track_id)
    unit_id = builder.id_of(f"day_unit{team.unit}")
    track.used, track.last_number = team.number, team.number
    entry = builder.keep(
        f"day_entry{team.number}",
        Entry(
            event_id=day.event_id,
            track_id=day.track_id,
            unit_id=unit_id,
            number=team.number,
            team_name=team.name,
            state=EntryState.APPROVED,
            created_at=clock.now(),
        ),
    )
    builder.take_quota(track, unit_id)
    for place, name in enumerate(team.members):
        born = TODAY.replace(year=2004, month=1 + place, day=1)
        number = normalise_id_number(id_number(530103, born, team.number), TODAY)
        actor = identity.as_group(System(), builder.group_id)
        person = identity.register_person(
            actor, builder.group_id, identity.PersonFacts(name, number, unit_id)
        )
        builder.keep(
            f"day_member{team.number}_{place}",
            Member(
                entry_id=entry.id,
                event_id=day.event_id,
                person_id=person.id,
                role=MemberRole.CONTESTANT,
                takes_part=True,
                position=place,
            ),
        )
    return int(entry.id)


def _room(day: Day) -> None:
    group_id = day.world.group_a
    venue = Venue(id=new_id(), group_id=group_id, name="竞赛楼", address="")
    room = Room(id=new_id(), group_id=group_id, venue_id=venue.id, name="一号机房")
    held = Session(
        id=new_id(),
        group_id=group_id,
        track_id=day.track_id,
        room_id=room.id,
        name="上午场",
        starts_at=moment(2, "08:00"),
        ends_at=moment(2, "12:00"),
    )
    for row in (venue, room, held):
        session().add(row)
        session().flush()
    for number in range(1, STATIONS + SPARE + 1):
        spare = number > STATIONS
        station = Station(room_id=room.id, label=f"{number:02d}", is_spare=spare)
        station.id, station.group_id = new_id(), group_id
        session().add(station)
    day.session_id = held.id


OFFICES = (
    *((f"judge{n}", f"评分裁判{n}号", Role.JUDGE, "track", True) for n in range(1, 7)),
    ("chief", "主任裁判", Role.CHIEF_JUDGE, "track", True),
    ("clerk", "统分老师", Role.SCORE_CLERK, "track", True),
    *((f"custodian{n}", f"加密裁判{n}号", Role.ENCRYPTION_JUDGE, "day", False) for n in (1, 2, 3)),
    *((f"supervisor{n}", f"监督组{n}号", Role.SUPERVISOR, "day", False) for n in (1, 2)),
    *((f"arbiter{n}", f"仲裁组{n}号", Role.SUPERVISOR, "day", False) for n in (1, 2, 3)),
    ("floor", "现场裁判", Role.FLOOR_JUDGE, "day", True),
    ("steward", "检录老师", Role.STEWARD, "day", False),
)


def _appointments(day: Day, builder: GroupBuilder) -> None:
    scopes = {
        "track": Scope(ScopeKind.TRACK, day.track_id),
        "day": Scope(ScopeKind.EVENT, day.event_id),
    }
    for key, title, role, where, is_blind in OFFICES:
        user = builder.account(f"day_{key}", title, role, scopes[where])
        day.people[key] = Person(day, user.username, is_blind)
        day.users[key] = user.id
    for unit in range(1, (TEAMS + 1) // 2 + 1):
        scope = Scope(ScopeKind.UNIT, builder.id_of(f"day_unit{unit}"))
        user = builder.account(f"day_leader{unit}", f"领队老师{unit}", Role.TEAM_LEADER, scope)
        day.people[f"leader{unit}"] = Person(day, user.username)
        day.users[f"leader{unit}"] = user.id
    for key, name in (("organizer", "a"), ("office", "a"), ("outsider", "b")):
        found = user_named(f"{'organizer' if key == 'outsider' else key}_{name}")
        assert found is not None
        day.people[key] = Person(day, found.username)
    day.people["visitor"] = Person(day, "")
    day.people["judge2_again"] = Person(day, "day_judge2_a", is_blind=True)
    day.people["judge3_again"] = Person(day, "day_judge3_a", is_blind=True)
