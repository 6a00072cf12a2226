"""A small plan to move things in: two rooms, three sessions of a track, one of another."""

from typing import Any

from eventsys.db import enter_group, new_id, session, transaction
from eventsys.events.models import Event
from eventsys.identity import actions as identity
from eventsys.identity.models import User
from eventsys.identity.rules import Role, Scope, ScopeKind
from eventsys.plans.minutes import moment_of, origin_of
from eventsys.plans.models import PlanItem, PlanMember
from eventsys.plans.moves import Where
from eventsys.registration.models import Entry
from eventsys.timetable.models import Placement, Room, Session, Station
from eventsys.timetable.rules import DAY
from tests.world import World

TOMORROW = DAY  # the second day of the event: always to come
MORNING, NOON, LATE = TOMORROW + 9 * 60, TOMORROW + 12 * 60, TOMORROW + 15 * 60


def keep(world: World, name: str, row: Any) -> Any:
    """Store a row of group A under a name."""
    row.id, row.group_id = new_id(), world.group_a
    session().add(row)
    session().flush()
    world.ids[name] = row.id
    return row


def add_item(world: World, name: str, track: str = "track_a", minutes: int = 60) -> PlanItem:
    """A session that is to be held; it lies in the tray."""
    item = PlanItem(
        event_id=world.competition_a,
        track_id=world.ids[track],
        name=name,
        minutes=minutes,
        size=3,
        is_alone=True,
    )
    return keep(world, name, item)


def lay_out(world: World) -> World:
    """Three items of a track, one of another that shares an entry, and a second, smaller room."""
    enter_group(world.group_a)
    with transaction():
        room = keep(world, "hall", Room(venue_id=world.venue_a, name="二号车间"))
        for number in range(1, 5):
            station = Station(room_id=room.id, label=f"{number:02d}")
            keep(world, f"hall_station{number}", station)
        for name in ("K1", "K2", "K3"):
            add_item(world, name)
        other = add_item(world, "T1", "team_track_a")
        joins(world, world.K1, "entry1_a", "")
        joins(world, other.id, "entry1_a", "B")
        add_colleague(world)
    return world


def add_colleague(world: World) -> None:
    """A second organizer of the event."""
    user = identity.add_user(
        "colleague_a",
        "甲同事",
        session().get_one(User, world.organizer_a).password_hash,
        group_id=world.group_a,
    )
    contest = Scope(ScopeKind.EVENT, world.competition_a)
    identity.add_grant(user, world.group_a, Role.ORGANIZER, contest, identity.ALWAYS, None)


def joins(world: World, item_id: int, entry: str, part: str) -> None:
    session().add(
        PlanMember(
            id=new_id(),
            group_id=world.group_a,
            item_id=item_id,
            entry_id=world.ids[entry],
            part=part,
        )
    )


def item(world: World, name: str) -> PlanItem:
    """One of the items."""
    return session().get_one(PlanItem, world.ids[name])


def seat(world: World, name: str, *entries: str) -> None:
    """Entries at the first stations of the room where an item is held."""
    held = item(world, name).session
    assert held is not None
    with transaction():
        stations = sorted(
            session().query(Station).filter_by(room_id=held.room_id).all(), key=lambda s: s.label
        )
        for entry, station in zip(entries, stations, strict=False):
            row = session().get_one(Entry, world.ids[entry])
            session().add(
                Placement(
                    id=new_id(),
                    group_id=world.group_a,
                    session_id=held.id,
                    station_id=station.id,
                    entry_id=row.id,
                )
            )


def lies(world: World, name: str) -> Where | None:
    """Where an item lies, by its session's row."""
    found = item(world, name)
    session().refresh(found)
    if found.session_id is None:
        return None
    held = session().get_one(Session, found.session_id)
    session().refresh(held)
    event = session().get_one(Event, world.competition_a)
    origin = origin_of(event.starts_on)
    minutes = next(n for n in range(-DAY, 3 * DAY) if moment_of(origin, n) == held.starts_at)
    return Where(held.room_id, minutes)
