"""The timetable of an event as it is being planned, line by line."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from eventsys.db import session
from eventsys.duties.queries import duties_of_event
from eventsys.errors import N_, Conflict
from eventsys.events.models import Event, Track
from eventsys.plans.models import PlanItem, PlanMember
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.releases.rules import Fixed, LineKind
from eventsys.timetable.lots import is_drawn_at_the_door
from eventsys.timetable.models import Placement, Room, Session

READINGS = 5  # somebody who writes all the time is asked to stop


class PlanRestless(Conflict):
    message = N_(
        "The timetable is being changed at this very moment. Wait until that is done, then keep"
        " the version."
    )


def lines_of_one_moment(event: Event) -> list[Fixed]:
    """Every line, all as planned at one and the same moment: what is kept must hang together.

    The lines come in several statements, between which others may write. What two readings in a
    row found alike was so between the two.
    """
    before = _by_key(lines_now(event))
    for _again in range(READINGS):
        session().expire_all()
        after = _by_key(lines_now(event))
        if after == before:
            return list(after.values())
        before = after
    raise PlanRestless


def _by_key(lines: Iterable[Fixed]) -> dict[str, Fixed]:
    return {one.key: one for one in lines}


def lines_now(event: Event) -> list[Fixed]:
    """Every session, seat and duty of an event as planned now; a handful of queries."""
    event_id = event.id
    held = _sessions(event_id)
    items = _items(event_id)
    by_session = {
        one.id: _session_line(one, f"s{items.get(one.id, one.id)}") for one in held.values()
    }
    late = {one.track_id for one in held.values() if is_drawn_at_the_door(one.track.rules)}
    seats = [*_placed(event_id, by_session, late), *_dealt(event_id, by_session)]
    known = {one.key: one for one in reversed(seats)}  # a station says more than a session alone
    return [*by_session.values(), *known.values(), *_served(event_id, by_session)]


def _sessions(event_id: int) -> dict[int, Session]:
    found = (
        select(Session)
        .join(Session.track)
        .where(Track.event_id == event_id)
        .options(
            contains_eager(Session.track).options(
                joinedload(Track.ruleset), joinedload(Track.event)
            ),
            joinedload(Session.room).joinedload(Room.venue),
        )
    )
    return {one.id: one for one in session().scalars(found)}


def _items(event_id: int) -> dict[int, int]:
    """The items of an event by the session they stand in."""
    found = select(PlanItem.session_id, PlanItem.id).where(
        PlanItem.event_id == event_id, PlanItem.session_id.is_not(None)
    )
    return {held: key for held, key in session().execute(found) if held is not None}


def _session_line(held: Session, key: str) -> Fixed:
    return Fixed(
        kind=LineKind.SESSION,
        key=key,
        session_key=key,
        track_id=held.track_id,
        track=f"{held.track.code} {held.track.name}",
        track_en=f"{held.track.code} {held.track.name_en}",
        session=held.name,
        part=held.part,
        room_id=held.room_id,
        room=held.room.name,
        venue=held.room.venue.name,
        station="",
        office="",
        entry_id=None,
        user_id=None,
        number="",
        starts_at=held.starts_at,
        ends_at=held.ends_at,
    )


def _placed(event_id: int, lines: dict[int, Fixed], late: set[int]) -> Iterable[Fixed]:
    """Seats with a station; in the tracks that draw ``late``, at the door, without."""
    found = (
        select(Placement)
        .join(Placement.session)
        .join(Session.track)
        .join(Placement.entry)
        .where(Track.event_id == event_id, Entry.state == EntryState.APPROVED)
        .options(
            contains_eager(Placement.session).contains_eager(Session.track),
            contains_eager(Placement.entry),
            joinedload(Placement.station),
        )
    )
    for one in session().scalars(found):
        if one.session_id not in lines:  # added since the sessions were read
            continue
        station = "" if one.session.track_id in late else one.station.label
        yield _seat_line(lines[one.session_id], one.entry, one.part, station)


def _dealt(event_id: int, lines: dict[int, Fixed]) -> Iterable[Fixed]:
    """Seats of which only the session is known yet."""
    found = (
        select(PlanItem.session_id, PlanMember.part, Entry)
        .join(PlanMember.item)
        .join(PlanMember.entry)
        .where(
            PlanItem.event_id == event_id,
            PlanItem.session_id.is_not(None),
            Entry.state == EntryState.APPROVED,
        )
        .options(joinedload(Entry.track))
    )
    for held, part, entry in session().execute(found):
        if held in lines:
            yield _seat_line(lines[held], entry, part, "")


def _seat_line(held: Fixed, entry: Entry, part: str, station: str) -> Fixed:
    code = held.track.split(" ", 1)[0]
    return replace(
        held,
        kind=LineKind.SEAT,
        key=f"e{entry.id}:{part}",
        part=part,
        station=station,
        entry_id=entry.id,
        number=f"{code}-{entry.number:03d}",
    )


def _served(event_id: int, lines: dict[int, Fixed]) -> Iterable[Fixed]:
    for one in duties_of_event(event_id):
        if one.user_id is None or one.session_id not in lines:
            continue
        held = lines[one.session_id]
        yield replace(
            held,
            kind=LineKind.DUTY,
            key=f"{held.key}:{one.office.value}:{one.seat}",
            office=one.office.value,
            user_id=one.user_id,
        )
