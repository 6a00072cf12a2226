"""Moments of a competition in the small world, reached with the real actions."""

from decimal import Decimal

from sqlalchemy import text

from eventsys.attendance.actions import check_in
from eventsys.db import db, enter_group, session, transaction
from eventsys.draws.actions import draw_codes
from eventsys.events.models import Track
from eventsys.identity.actor import Actor
from eventsys.identity.models import User
from eventsys.identity.queries import actor_of, user_named
from eventsys.panels.queries import seat_of
from eventsys.registration.models import Entry
from eventsys.schemes.actions import replace_scheme
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.queries import aspects_of
from eventsys.schemes.rules import AspectFacts, CriterionFacts
from eventsys.scoring.actions import Tap, save_mark, submit_sheet
from eventsys.scoring.panel_actions import open_marking, seat_judges
from eventsys.scoring.queries import sheets_of
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


def marking(world: World, *, marked: int = 2) -> None:
    """Checked in, drawn, sheets dealt; the first codes are marked and submitted by all judges."""
    enter_group(world.group_a)
    with transaction():
        for number in range(1, 7):
            check_in(actor("steward_a"), session().get_one(Entry, world.ids[f"entry{number}_a"]))
    with transaction():
        draw_codes(actor("encryptor_a"), _track(world), user("supervisor_a"))
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
            save_mark(judge, sheet, Tap(f"{name}-{place}-{aspect.code}", aspect.id, raw, 0))
        session().flush()
        submit_sheet(judge, sheet, sheet.version)


def permute_identities(world: World, shift: int) -> None:
    """Give every entry of the track the people, unit, number and team name of another one."""
    keys = [world.ids[f"entry{number}_a"] for number in range(1, 7)]
    with db.engine.begin() as connection:
        entries = {
            key: connection.execute(
                text("SELECT unit_id, number, team_name FROM entry WHERE id = :id"), {"id": key}
            ).one()
            for key in keys
        }
        people = {
            key: connection.execute(
                text("SELECT person_id FROM member WHERE entry_id = :id"), {"id": key}
            ).scalar_one()
            for key in keys
        }
        connection.execute(
            text("UPDATE entry SET number = -number WHERE track_id = :id"), {"id": world.track_a}
        )
        connection.execute(
            text("UPDATE member SET is_active = :no WHERE event_id = :id"),
            {"no": False, "id": world.competition_a},
        )
        for place, key in enumerate(keys):
            source = keys[(place + shift) % len(keys)]
            unit_id, number, team = entries[source]
            connection.execute(
                text("UPDATE entry SET unit_id = :u, number = :n, team_name = :t WHERE id = :id"),
                {"u": unit_id, "n": number, "t": team, "id": key},
            )
            connection.execute(
                text("UPDATE member SET person_id = :p, is_active = :yes WHERE entry_id = :id"),
                {"p": people[source], "yes": True, "id": key},
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
    found = text("SELECT code FROM blind_code WHERE track_id = :id ORDER BY code")
    return list(session().execute(found, {"id": world.track_a}).scalars())
