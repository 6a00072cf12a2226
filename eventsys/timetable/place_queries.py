"""Rooms with their closures, the ways between venues, stations with their faults and people."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from eventsys import clock
from eventsys.db import session
from eventsys.events.models import Track
from eventsys.timetable.lots import natural
from eventsys.timetable.models import (
    Placement,
    RoomClosure,
    Session,
    Station,
    StationFault,
    Travel,
)
from eventsys.timetable.queries import PEOPLE, stations_of
from eventsys.timetable.rules import StationState


@dataclass(frozen=True)
class Stranded:
    """Somebody placed at a faulty station in a session not over, and where else there is room."""

    placement: Placement
    spare: Sequence[Station]
    free: Sequence[Station]


def ways() -> list[Travel]:
    """The ways between venues of which somebody said how long they take."""
    found = select(Travel).options(joinedload(Travel.venue), joinedload(Travel.other))
    return sorted(session().scalars(found), key=lambda one: (one.venue.name, one.other.name))


def way_between(venue_id: int, other_id: int) -> Travel | None:
    """The way between two venues, in any order."""
    low, high = sorted((venue_id, other_id))
    return session().scalar(select(Travel).where(Travel.venue_id == low, Travel.other_id == high))


def closures_of(room_id: int) -> list[RoomClosure]:
    """When a room cannot be used, from now on."""
    found = (
        select(RoomClosure)
        .where(RoomClosure.room_id == room_id, RoomClosure.ends_at > clock.now())
        .order_by(RoomClosure.starts_at)
    )
    return list(session().scalars(found))


def faults_of(station_id: int) -> list[StationFault]:
    """The fault log of a station, newest first."""
    found = (
        select(StationFault)
        .where(StationFault.station_id == station_id)
        .order_by(StationFault.at.desc(), StationFault.id)
    )
    return list(session().scalars(found))


def open_fault(station_id: int) -> StationFault | None:
    """The fault a station has now."""
    return session().scalar(
        select(StationFault).where(
            StationFault.station_id == station_id, StationFault.mended_at.is_(None)
        )
    )


def stranded_at(station: Station) -> list[Stranded]:
    """Who is placed at a station in sessions that are not over, with the stations free then."""
    placed = session().scalars(
        select(Placement)
        .join(Placement.session)
        .where(Placement.station_id == station.id, Session.ends_at > clock.now())
        .options(
            contains_eager(Placement.session).joinedload(Session.track).joinedload(Track.event),
            joinedload(Placement.entry).options(*PEOPLE),
            joinedload(Placement.station),
        )
        .order_by(Session.starts_at)
    )
    found = list(placed)
    taken = _taken([one.session_id for one in found])
    others = [one for one in stations_of(station.room_id) if one.id != station.id]
    return [
        Stranded(
            one,
            _free(others, StationState.SPARE, taken.get(one.session_id, set())),
            _free(others, StationState.OK, taken.get(one.session_id, set())),
        )
        for one in found
    ]


def _free(stations: Sequence[Station], state: StationState, taken: set[int]) -> list[Station]:
    return [one for one in stations if one.state is state and one.id not in taken]


def _taken(session_ids: Sequence[int]) -> dict[int, set[int]]:
    found = session().execute(
        select(Placement.session_id, Placement.station_id).where(
            Placement.session_id.in_(session_ids)
        )
    )
    taken: dict[int, set[int]] = {}
    for session_id, station_id in found:
        taken.setdefault(session_id, set()).add(station_id)
    return taken


def sessions_now(room_id: int) -> list[Session]:
    """The sessions in a room that are not over, soonest first."""
    found = (
        select(Session)
        .where(Session.room_id == room_id, Session.ends_at > clock.now())
        .options(joinedload(Session.track))
        .order_by(Session.starts_at)
    )
    return list(session().scalars(found))


def vendors() -> list[str]:
    """Every vendor named at a station, for choosing."""
    found = session().scalars(select(Station.vendor).where(Station.vendor != "").distinct())
    return sorted(found, key=natural)
