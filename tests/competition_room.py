"""A session of the competition track with everybody at a station, and incidents at some of them."""

from datetime import timedelta

from sqlalchemy import text

from eventsys import clock
from eventsys.db import db, new_id, session, transaction
from eventsys.events.models import Track
from eventsys.identity.queries import actor_of, user_named
from eventsys.incidents.actions import Note, Whereabouts, decide, record_incident, take_note
from eventsys.incidents.models import Incident
from eventsys.incidents.rules import DecisionFacts, IncidentFacts
from eventsys.incidents.states import IncidentKind, Receipt
from eventsys.timetable.models import Placement, Session
from tests.levels import DISARM
from tests.world import World

OPS = iter(range(10**9))


def op() -> str:
    """A device's own id for one tap."""
    return f"00000000-0000-0000-0000-{next(OPS):012d}"


def track_of(world: World) -> Track:
    """The competition track of group A."""
    return session().get_one(Track, world.track_a)


def hold_session(world: World, mark: str = "a", *, name: str = "上午场", offset: int = -1) -> int:
    """A session that began an hour ago, entries 1 to 6 at stations 01 to 06 in order."""
    with transaction():
        held = Session(
            id=new_id(),
            group_id=world.ids[f"group_{mark}"],
            track_id=world.ids[f"track_{mark}"],
            room_id=world.ids[f"room_{mark}"],
            name=name,
            part="",
            starts_at=clock.now() + timedelta(hours=offset),
            ends_at=clock.now() + timedelta(hours=offset + 4),
        )
        session().add(held)
        session().flush()
        if offset == -1:
            for number in range(1, 7):
                session().add(
                    Placement(
                        id=new_id(),
                        group_id=held.group_id,
                        session_id=held.id,
                        station_id=world.ids[f"station{number}_{mark}"],
                        entry_id=world.ids[f"entry{number}_{mark}"],
                        part="",
                    )
                )
        session().flush()
        return held.id


def rule_so(world: World, **changed: object) -> None:
    """As if the organizer had chosen other rules before publishing (the world is published)."""
    with db.engine.begin() as connection:
        connection.execute(text(DISARM[db.engine.dialect.name]))
    with transaction():
        ruleset = track_of(world).ruleset
        ruleset.data = {**ruleset.data, **changed}
    session().expire_all()


def acting(name: str):
    """An account of the world, acting."""
    user = user_named(name)
    assert user is not None, name
    return actor_of(user)


def happened(
    world: World,
    held_id: int,
    station: str,
    kind: IncidentKind = IncidentKind.WARNING,
    **more: object,
) -> int:
    """An incident at a station, recorded by the floor judge; its key."""
    usual = {"violation": "discipline", "description": "大声喧哗，经劝阻无效"}
    if kind not in {IncidentKind.WARNING, IncidentKind.VIOLATION, IncidentKind.DISQUALIFICATION}:
        usual = {"description": "机床报警停机"}
    facts = IncidentFacts(kind=kind, **{"starts_at": clock.now(), **usual, **more})
    with transaction():
        made = record_incident(
            acting("floor_a"), track_of(world), Whereabouts(op(), held_id, station), facts
        )
        return made.id


def noted(key: int) -> None:
    """The contestant has signed on paper."""
    with transaction():
        take_note(acting("floor_a"), session().get_one(Incident, key), Note(Receipt.ON_PAPER))


def decided(key: int, facts: DecisionFacts) -> None:
    """The chief judge decides, for the first time."""
    with transaction():
        decide(acting("chief_a"), session().get_one(Incident, key), facts, 0)
