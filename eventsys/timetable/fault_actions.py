"""Faults of stations: logged in the room, mended, and everything on record."""

from sqlalchemy import update

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import changed, new_id, session
from eventsys.identity.policy import Actor, authorize
from eventsys.timetable import place_queries
from eventsys.timetable.models import Station, StationFault
from eventsys.timetable.policy import may_watch_station
from eventsys.timetable.refusals import AlreadyFaulty, FaultUnsaid, NotFaulty


def log_fault(actor: Actor, station: Station, what: str) -> StationFault:
    """A station does not work: from now on nobody is placed there."""
    authorize(actor, may_watch_station, station)

    said = " ".join(what.split())
    if not said:
        raise FaultUnsaid
    moment = clock.now()
    won = changed(
        update(Station)
        .where(Station.id == station.id, Station.faulty_since.is_(None))
        .values(faulty_since=moment)
        .execution_options(synchronize_session=False)
    )
    if not won:
        raise AlreadyFaulty(label=station.label)

    session().refresh(station)
    fault = StationFault(
        id=new_id(),
        group_id=station.group_id,
        station_id=station.id,
        at=moment,
        by_id=actor.user_id,
        by=actor.name,
        what=said[:200],
    )
    session().add(fault)
    session().flush()

    record(actor, "station.broke", station, label=station.label, text=said)
    return fault


def mend_station(actor: Actor, station: Station, note: str = "") -> None:
    """A station works again; whoever was moved away stays where they are."""
    authorize(actor, may_watch_station, station)

    won = changed(
        update(Station)
        .where(Station.id == station.id, Station.faulty_since.is_not(None))
        .values(faulty_since=None)
        .execution_options(synchronize_session=False)
    )
    if not won:
        raise NotFaulty(label=station.label)

    session().refresh(station)
    fault = place_queries.open_fault(station.id)
    if fault is not None:
        fault.mended_at, fault.mended_by = clock.now(), actor.name
        fault.note = " ".join(note.split())[:200]

    record(actor, "station.mended", station, label=station.label, text=note)
