"""Adding venues and rooms, saying what is in them and when they are closed, numbering stations."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import Forbidden
from eventsys.identity.policy import Actor, authorize
from eventsys.timetable import place_queries, queries
from eventsys.timetable.lots import numbered
from eventsys.timetable.models import Room, RoomClosure, Station, StationFault, Travel, Venue
from eventsys.timetable.policy import may_manage_place, may_manage_venues
from eventsys.timetable.refusals import (
    ClosureUpsideDown,
    NameTaken,
    SameVenue,
    StationInUse,
    StationUnknown,
)
from eventsys.timetable.states import Purpose

COMMAS = str.maketrans("，、；;", ",,,,")


@dataclass(frozen=True)
class RoomFacts:
    """What a room is for, how many seats it has without numbers, what stands in it."""

    name: str
    per_row: int
    purpose: Purpose = Purpose.PRACTICE
    seats: int | None = None
    equipment: str = ""
    reset_minutes: int = 0


def words_of(equipment: str) -> list[str]:
    """A list of words with commas, Chinese or not, each once."""
    words = (one.strip() for one in equipment.translate(COMMAS).split(","))
    return list(dict.fromkeys(filter(None, words)))


def add_venue(actor: Actor, name: str, address: str = "") -> Venue:
    """A building or campus of the actor's group."""
    authorize(actor, may_manage_venues, None)
    if actor.group_id is None:
        raise Forbidden

    if any(one.name == name for one in queries.venues()):
        raise NameTaken(name=name)

    venue = Venue(id=new_id(), group_id=actor.group_id, name=name, address=address)
    session().add(venue)

    record(actor, "venue.added", venue, name=name)
    return venue


def add_room(
    actor: Actor, venue: Venue, name: str, per_row: int, *, stations: int = 0, spare: int = 0
) -> Room:
    """A room whose stations stand ``per_row`` side by side; the spare ones are numbered on."""
    authorize(actor, may_manage_place, venue)

    if any(one.name == name for one in venue.rooms):
        raise NameTaken(name=name)

    room = Room(id=new_id(), group_id=venue.group_id, venue_id=venue.id, name=name, per_row=per_row)
    session().add(room)
    session().flush()
    for number, is_spare in ((stations, False), (spare, True)):
        if number:
            add_stations(actor, room, number, is_spare=is_spare)

    record(actor, "room.added", room, name=name, venue=venue.name)
    return room


def change_room(actor: Actor, room: Room, facts: RoomFacts) -> None:
    """Say what a room is for, what it holds, and how its stations stand."""
    authorize(actor, may_manage_place, room)

    same = select(Room.id).where(Room.venue_id == room.venue_id, Room.name == facts.name)
    if session().scalar(same.where(Room.id != room.id)) is not None:
        raise NameTaken(name=facts.name)

    room.name, room.per_row, room.purpose = facts.name, facts.per_row, facts.purpose
    room.seats, room.reset_minutes = facts.seats, facts.reset_minutes
    room.equipment = ", ".join(words_of(facts.equipment))[:300]

    record(actor, "room.changed", room, name=facts.name, purpose=facts.purpose, seats=facts.seats)


def close_room(
    actor: Actor, room: Room, starts_at: datetime, ends_at: datetime, reason: str = ""
) -> RoomClosure:
    """A stretch of time in which a room cannot be used."""
    authorize(actor, may_manage_place, room)

    if ends_at <= starts_at:
        raise ClosureUpsideDown

    closure = RoomClosure(
        id=new_id(),
        group_id=room.group_id,
        room_id=room.id,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
    )
    session().add(closure)

    record(actor, "room.closed", room, name=room.name, starts_at=starts_at, ends_at=ends_at)
    return closure


def reopen_room(actor: Actor, closure: RoomClosure) -> None:
    """A room can be used after all."""
    authorize(actor, may_manage_place, closure)

    session().delete(closure)

    record(actor, "room.reopened", closure.room, name=closure.room.name)


def set_travel(actor: Actor, venue: Venue, other: Venue, minutes: int) -> None:
    """How many minutes people need between two venues; 0 takes the entry away."""
    authorize(actor, may_manage_place, venue)
    authorize(actor, may_manage_place, other)

    if venue.id == other.id:
        raise SameVenue

    found = place_queries.way_between(venue.id, other.id)
    if found is not None and minutes == 0:
        session().delete(found)
    elif found is not None:
        found.minutes = minutes
    elif minutes:
        low, high = sorted((venue.id, other.id))
        session().add(
            Travel(
                id=new_id(),
                group_id=venue.group_id,
                venue_id=low,
                other_id=high,
                minutes=minutes,
            )
        )

    record(actor, "travel.set", venue, venue=venue.name, other=other.name, minutes=minutes)


def add_stations(
    actor: Actor,
    room: Room,
    number: int,
    *,
    prefix: str = "",
    is_spare: bool = False,
    vendor: str = "",
) -> list[Station]:
    """``number`` stations at once, numbered on from the highest with the same prefix."""
    authorize(actor, may_manage_place, room)

    labels = numbered([one.label for one in queries.stations_of(room.id)], prefix, number)

    stations = [
        Station(
            id=new_id(),
            group_id=room.group_id,
            room_id=room.id,
            label=label,
            is_spare=is_spare,
            vendor=vendor,
        )
        for label in labels
    ]
    session().add_all(stations)
    session().flush()

    record(actor, "stations.added", room, first=labels[0], last=labels[-1], is_spare=is_spare)
    return stations


def set_spare(actor: Actor, station: Station, *, is_spare: bool) -> None:
    """Keep a station out of draws, or put it back in."""
    authorize(actor, may_manage_place, station)

    station.is_spare = is_spare

    record(actor, "station.changed", station, label=station.label, is_spare=is_spare)


def set_vendor(actor: Actor, room: Room, first: str, last: str, vendor: str) -> int:
    """The vendor or type of the stations from one label to another; how many those are."""
    authorize(actor, may_manage_place, room)

    labels = [one.label for one in queries.stations_of(room.id)]
    for label in (first, last):
        if label not in labels:
            raise StationUnknown(label=label)
    low, high = sorted((labels.index(first), labels.index(last)))
    meant = labels[low : high + 1]

    session().execute(
        update(Station)
        .where(Station.room_id == room.id, Station.label.in_(meant))
        .values(vendor=vendor)
        .execution_options(synchronize_session="fetch")
    )

    record(actor, "stations.changed", room, first=meant[0], last=meant[-1], vendor=vendor)
    return len(meant)


def remove_station(actor: Actor, station: Station) -> None:
    """Take away a station nobody was placed at."""
    authorize(actor, may_manage_place, station)

    if queries.is_used(station.id):
        raise StationInUse(label=station.label)

    session().execute(delete(StationFault).where(StationFault.station_id == station.id))
    session().delete(station)

    record(actor, "station.removed", station, label=station.label)
