"""Tracks of the small world with two or three levels of anonymity, drawn by their custodians."""

from sqlalchemy import select, text

from eventsys.attendance.actions import check_in
from eventsys.db import db, session, transaction
from eventsys.draws.actions import draw_numbers
from eventsys.draws.rules import Level
from eventsys.events.models import Ruleset, Track
from eventsys.identity.models import User
from eventsys.identity.policy import System
from eventsys.identity.queries import actor_of, user_named
from eventsys.registration.models import Entry
from tests.world import World

KEEPERS = {Level.CONTEST: "encryptor_a", Level.STATION: "encryptor2_a", Level.WORK: "encryptor3_a"}
DISARM = {
    "sqlite": "DROP TRIGGER IF EXISTS ruleset_frozen_update",
    "postgresql": "ALTER TABLE ruleset DISABLE TRIGGER ruleset_frozen",
}


def track_of(world: World) -> Track:
    return session().get_one(Track, world.track_a)


def user(name: str) -> User:
    found = user_named(name)
    assert found is not None, name
    return found


def use_levels(world: World, levels: int) -> None:
    """As if the organizer had chosen so many levels before publishing (the world is published)."""
    with db.engine.begin() as connection:
        connection.execute(text(DISARM[db.engine.dialect.name]))
    with transaction():
        found = select(Ruleset).where(Ruleset.track_id == world.track_a)
        ruleset = session().scalars(found).one()
        ruleset.data = {**ruleset.data, "anonymity_levels": levels}
    session().expire_all()


def come(world: World, *numbers: int) -> None:
    """Some entries of the track are checked in."""
    with transaction():
        for number in numbers or range(1, 7):
            entry = session().get_one(Entry, world.ids[f"entry{number}_a"])
            check_in(System(group_id=world.group_a), entry)


def draw_level(world: World, level: Level, keeper: str = "", witness: str = "supervisor_a") -> None:
    """One level, by its custodian before the supervisor."""
    with transaction():
        actor = actor_of(user(keeper or KEEPERS[level]))
        draw_numbers(actor, track_of(world), level, user(witness))


def draw_all(world: World, levels: int = 3) -> None:
    """Everybody is here and every level is drawn."""
    use_levels(world, levels)
    come(world)
    for level in (Level.CONTEST, Level.STATION, Level.WORK)[:levels]:
        draw_level(world, level)
