"""Adding venues and rooms, numbering stations, keeping some spare."""

from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import Forbidden
from eventsys.identity.policy import Actor, authorize
from eventsys.timetable import queries
from eventsys.timetable.models import Room, Station, Venue
from eventsys.timetable.policy import may_manage_place, may_manage_venues
from eventsys.timetable.rules import NameTaken, StationInUse, numbered


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


def arrange_room(actor: Actor, room: Room, per_row: int) -> None:
    """Say how many stations stand side by side."""
    authorize(actor, may_manage_place, room)

    before, room.per_row = room.per_row, per_row

    record(actor, "room.arranged", room, before=before, after=per_row)


def add_stations(
    actor: Actor, room: Room, number: int, *, prefix: str = "", is_spare: bool = False
) -> list[Station]:
    """``number`` stations at once, numbered on from the highest with the same prefix."""
    authorize(actor, may_manage_place, room)

    labels = numbered([one.label for one in queries.stations_of(room.id)], prefix, number)

    stations = [
        Station(
            id=new_id(), group_id=room.group_id, room_id=room.id, label=label, is_spare=is_spare
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


def remove_station(actor: Actor, station: Station) -> None:
    """Take away a station nobody was placed at."""
    authorize(actor, may_manage_place, station)

    if queries.is_used(station.id):
        raise StationInUse(label=station.label)

    session().delete(station)

    record(actor, "station.removed", station, label=station.label)
