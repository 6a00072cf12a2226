"""Moments of a competition in the small world, reached with the real actions."""

import random
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal

from flask import current_app
from sqlalchemy import Connection, text

from eventsys import clock
from eventsys.db import db, enter_group, new_id, session, transaction
from eventsys.draws.queries import blind_list
from eventsys.duties.models import Duty
from eventsys.duties.rules import Office
from eventsys.events.models import Track
from eventsys.identity.actor import Actor
from eventsys.identity.models import User
from eventsys.identity.queries import actor_of, user_named
from eventsys.panels.actions import seat_judges
from eventsys.panels.queries import seat_of
from eventsys.releases.actions import keep_version, publish_version
from eventsys.schemes.actions import replace_scheme
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.queries import aspects_of
from eventsys.schemes.rules import AspectFacts, CriterionFacts
from eventsys.scoring.actions import Tap, save_mark, submit_sheet
from eventsys.scoring.panel_actions import open_marking
from eventsys.scoring.queries import sheets_of
from eventsys.timetable.actions import SessionFacts, add_session, draw_stations
from eventsys.works.actions import Upload, ask_for_file, close_hand_in, fetch_work
from eventsys.works.queries import stations
from eventsys.works.rules import SlotFacts
from tests import levels
from tests.world import World

JUDGES = tuple(f"judge{number}_a" for number in range(1, 6))


def actor(name: str) -> Actor:
    user = user_named(name)
    assert user is not None, name
    return actor_of(user)


def user(name: str) -> User:
    found = user_named(name)
    assert found is not None, name
    return found


def marking(world: World, *, marked: int = 2, anonymity: int = 3) -> None:
    """Drawn level by level, works handed in, sheets dealt, the first codes marked and submitted."""
    enter_group(world.group_a)
    levels.draw_all(world, anonymity)
    _hand_in(world)
    with transaction():
        replace_scheme(actor("organizer_a"), _track(world), SCHEME)
    with transaction():
        seats = {seat: user(name).id for seat, name in enumerate(JUDGES, start=1)}
        seat_judges(actor("organizer_a"), _track(world), seats)
    with transaction():
        open_marking(actor("organizer_a"), _track(world))
    for number, name in enumerate(JUDGES):
        with transaction():
            _mark(world, name, number, marked)


SCHEME = (
    CriterionFacts(
        "A",
        "A1",
        "工艺",
        "Process",
        (
            AspectFacts(
                "A1-1", AspectKind.JUDGEMENT, "工艺文件", Decimal(60), levels=tuple("甲乙丙丁")
            ),
            AspectFacts("A1-2", AspectKind.CHECK, "标注", Decimal(40)),
        ),
    ),
    CriterionFacts(
        "B",
        "B1",
        "尺寸",
        "Size",
        (
            AspectFacts(
                "B1-1", AspectKind.MEASUREMENT, "外径", Decimal(80), "", Decimal(10), Decimal(11)
            ),
            AspectFacts("B1-2", AspectKind.DEDUCTION, "安全", Decimal(20), step=Decimal(5)),
        ),
    ),
)
RAWS = {"A1-1": "2", "A1-2": "1", "B1-1": "10.5", "B1-2": "1"}


def _track(world: World) -> Track:
    return session().get_one(Track, world.track_a)


def _mark(world: World, name: str, number: int, marked: int) -> None:
    judge = actor(name)
    seat = seat_of(world.track_a, judge.user_id or 0)
    assert seat is not None
    for place, sheet in enumerate(sheets_of(seat.id)[:marked]):
        for aspect in aspects_of(_track(world)):
            raw = Decimal(RAWS[aspect.code])
            if aspect.code == "A1-1":
                raw = Decimal((number + place) % 2 + 1)
            save_mark(judge, sheet, Tap(f"{name}-{place}-{aspect.code}", aspect.id, raw))
        session().flush()
        submit_sheet(judge, sheet, sheet.version)


def _hand_in(world: World) -> None:
    """A program from every entry, each another one; the judges may look."""
    with transaction():
        track, floor = _track(world), actor("floor_a")
        slot = ask_for_file(actor("organizer_a"), track, SlotFacts("A1", "程序", ("nc",), 1, False))
        files_dir = current_app.extensions["settings"].files_dir
        for number, station in enumerate(stations(track.id)):
            program = f"O{number:04d}\nG01 X{number}\n".encode()
            fetch_work(floor, slot, station, Upload(f"甲选手{number}.nc", program, files_dir))
        close_hand_in(floor, track)


def publish_timetable(world: World, panel: Sequence[str]) -> int:
    """A public version with six entries at stations, at which a panel has duties: its session."""
    enter_group(world.group_a)
    organizer, track = actor("organizer_a"), _track(world)
    event = track.event
    starts = datetime.combine(event.starts_on, time(9), tzinfo=clock.SHANGHAI)
    with transaction():
        facts = SessionFacts(world.room_a, "第一场", starts, starts + timedelta(hours=2))
        found = add_session(organizer, track, facts)
    with transaction():
        draw_stations(organizer, track)
    with transaction():
        session().add_all(
            Duty(
                id=new_id(),
                group_id=world.group_a,
                session_id=found.id,
                office=Office.JUDGE,
                seat=seat,
                user_id=user(name).id,
            )
            for seat, name in enumerate(panel, start=1)
        )
    with transaction():
        publish_version(organizer, keep_version(organizer, event, "初稿"))
    return found.id


PROTECTED = {"lot": ("lot_no_update", "lot_append_only")}
"""What only a test takes away; by table, on SQLite and on PostgreSQL."""


def permute(world: World, seed: int) -> None:
    """Another world: who stands behind which code, and every entry's people, unit and number.

    What was handed in and marked stays with its code; nothing else of the moment changes.
    """
    keys = entries_of(world)
    chance = random.Random(seed)  # noqa: S311  another world for every seed, the same every time
    behind = _another_order(chance, keys)
    with db.engine.begin() as connection:
        for table, (on_sqlite, on_postgresql) in PROTECTED.items():
            drop = f"DROP TRIGGER IF EXISTS {on_sqlite}"
            if connection.dialect.name == "postgresql":
                drop = f"DROP TRIGGER IF EXISTS {on_postgresql} ON {table}"
            connection.execute(text(drop))
        for table in ("lot", "work"):
            _exchange(connection, table, behind)
        connection.execute(text("UPDATE work SET version = version % 1000"))
    permute_people(world, seed)


def permute_seats(world: World, seed: int) -> None:
    """The same, and who sits at which station, in the plan and in what was published of it."""
    permute(world, seed)
    keys = entries_of(world)
    chance = random.Random(seed + 1)  # noqa: S311  as above
    behind = _another_order(chance, keys)
    with db.engine.begin() as connection:
        numbers = dict(connection.execute(text("SELECT entry_id, number FROM plan_line")).all())
        for table in ("placement", "plan_line"):
            _exchange(connection, table, behind)
        connection.execute(text("UPDATE placement SET part = '' WHERE part = '~'"))
        for key in keys:
            renumber = text("UPDATE plan_line SET number = :number WHERE entry_id = :entry")
            connection.execute(renumber, {"number": numbers[key], "entry": key})


def permute_people(world: World, seed: int) -> None:
    """Every entry gets the people, unit and number of another one."""
    chance = random.Random(seed)  # noqa: S311  as above
    with db.engine.begin() as connection:
        _give_people(connection, _another_order(chance, entries_of(world)))


def _another_order(chance: random.Random, keys: list[int]) -> dict[int, int]:
    given = list(keys)
    while given == keys:
        chance.shuffle(given)
    return dict(zip(keys, given, strict=True))


FREE_OF_TWINS = {"work": ", version = version + 1000", "placement": ", part = '~'"}
"""What keeps rows apart while they go from one entry to another, until all have gone."""


def _exchange(connection: Connection, table: str, given: dict[int, int]) -> None:
    """Every row of one entry becomes a row of another."""
    rows = text(f"SELECT id, entry_id FROM {table}")  # noqa: S608  names of this file, no input
    found = connection.execute(rows).all()
    fresh = FREE_OF_TWINS.get(table, "")
    # the names are those of this file, no input
    change = text(f"UPDATE {table} SET entry_id = :entry{fresh} WHERE id = :id")  # noqa: S608  ours
    for key, entry in found:
        if entry in given:
            connection.execute(change, {"entry": given[entry], "id": key})


def _give_people(connection: Connection, given: dict[int, int]) -> None:
    entries = {
        key: connection.execute(
            text("SELECT unit_id, number, team_name FROM entry WHERE id = :id"), {"id": key}
        ).one()
        for key in given
    }
    people = {
        key: connection.execute(
            text("SELECT person_id FROM member WHERE entry_id = :id"), {"id": key}
        ).scalar_one()
        for key in given
    }
    for key in given:
        for statement in (
            "UPDATE entry SET number = -number WHERE id = :id",
            "UPDATE member SET is_active = false WHERE entry_id = :id",
        ):
            connection.execute(text(statement), {"id": key})
    for key, source in given.items():
        unit_id, number, team = entries[source]
        connection.execute(
            text("UPDATE entry SET unit_id = :u, number = :n, team_name = :t WHERE id = :id"),
            {"u": unit_id, "n": number, "t": team, "id": key},
        )
        connection.execute(
            text("UPDATE member SET person_id = :p, is_active = true WHERE entry_id = :id"),
            {"p": people[source], "id": key},
        )


def change_marks(world: World) -> None:
    """Other marks, the same state of every sheet."""
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE mark SET raw = 0 WHERE aspect_id IN"
                " (SELECT a.id FROM aspect a WHERE a.code IN ('A1-1', 'A1-2'))"
            )
        )


def entries_of(world: World) -> list[int]:
    return [world.ids[f"entry{number}_a"] for number in range(1, 7)]


def codes_of(world: World) -> list[str]:
    return [one.code for one in blind_list(world.track_a)]
