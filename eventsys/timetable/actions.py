"""Setting sessions, placing entries by hand and by lot."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.identity.policy import Actor, authorize
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.timetable import queries
from eventsys.timetable.lots import Contender, Seating, Spot, draw_spots
from eventsys.timetable.models import (
    Placement,
    Room,
    Session,
    Station,
    StationDraw,
)
from eventsys.timetable.parts import part_codes
from eventsys.timetable.policy import (
    may_plan,
    may_plan_session,
)
from eventsys.timetable.refusals import (
    AlreadyStarted,
    NameTaken,
    NobodyToPlace,
    NotPlaceable,
    PartUnknown,
    RoomFixed,
    RoomTaken,
    SessionInUse,
    StationElsewhere,
    StationFaulty,
    StationTaken,
    TwoPlacesAtOnce,
    check_times,
    overlap,
)
from eventsys.timetable.rules import StationState


@dataclass(frozen=True)
class SessionFacts:
    """What a session is: a name, where, when, and for exams which part."""

    room_id: int
    name: str
    starts_at: datetime
    ends_at: datetime
    part: str = ""


# ---- sessions


def add_session(actor: Actor, track: Track, facts: SessionFacts) -> Session:
    """A session of a track; a room holds one session at a time."""
    authorize(actor, may_plan, track)

    _check_session(track, facts, None)

    held = Session(
        id=new_id(),
        group_id=track.group_id,
        track_id=track.id,
        room_id=facts.room_id,
        name=facts.name,
        part=facts.part,
        starts_at=facts.starts_at,
        ends_at=facts.ends_at,
    )
    session().add(held)

    record(actor, "session.added", held, name=facts.name, starts_at=facts.starts_at)
    return held


def change_session(actor: Actor, held: Session, facts: SessionFacts) -> None:
    """Another name, room or time; the room and the part stay once somebody sits there."""
    authorize(actor, may_plan_session, held)

    _check_session(held.track, facts, held)
    sitting = queries.placements_in([held.id])
    if sitting and (facts.room_id, facts.part) != (held.room_id, held.part):
        raise RoomFixed
    others = queries.other_sessions([one.entry_id for one in sitting], held.part)
    for one in sitting:
        _check_free(one.entry, others.get(one.entry_id, []), facts.starts_at, facts.ends_at)

    before = held.starts_at
    held.name, held.room_id, held.part = facts.name, facts.room_id, facts.part
    held.starts_at, held.ends_at = facts.starts_at, facts.ends_at

    record(actor, "session.changed", held, before=before, after=facts.starts_at)


def _check_session(track: Track, facts: SessionFacts, held: Session | None) -> None:
    """The times, the part, the name, and that the room is free; the room's row is the lock."""
    check_times(facts.starts_at, facts.ends_at, track.event.starts_on, track.event.ends_on)
    if facts.part not in part_codes(track.rules):
        raise PartUnknown
    _lock_room(facts.room_id, track.group_id)
    own = held.id if held else None
    other = queries.session_in_room(facts.room_id, facts.starts_at, facts.ends_at, own)
    if other is not None:
        raise RoomTaken(
            other=other.name,
            track=other.track.name,
            starts=f"{clock.in_shanghai(other.starts_at):%m-%d %H:%M}",
            ends=f"{clock.in_shanghai(other.ends_at):%H:%M}",
        )
    named = queries.session_named(track.id, facts.name)
    if named is not None and named.id != own:
        raise NameTaken(name=facts.name)


def _lock_room(room_id: int, group_id: int) -> None:
    room = select(Room.id).where(Room.id == room_id, Room.group_id == group_id)
    if session().scalar(room.with_for_update(key_share=True)) is None:
        raise NotThere


def remove_session(actor: Actor, held: Session) -> None:
    """Take away a session in which nobody sits."""
    authorize(actor, may_plan_session, held)

    sitting = len(queries.placements_in([held.id]))
    if sitting:
        raise SessionInUse(count=sitting)

    session().delete(held)

    record(actor, "session.removed", held, name=held.name)


# ---- placing


def place_entry(actor: Actor, held: Session, entry: Entry, station: Station) -> Placement:
    """Give an entry a station; if it has one for this part, it moves."""
    authorize(actor, may_plan_session, held)

    _check_placeable(held, entry)
    if station.room_id != held.room_id:
        raise StationElsewhere(label=station.label)
    if station.faulty_since is not None:
        raise StationFaulty(label=station.label)
    taken = session().scalar(
        select(Placement).where(Placement.session_id == held.id, Placement.station_id == station.id)
    )
    if taken is not None and taken.entry_id != entry.id:
        raise StationTaken(label=station.label, number=taken.entry.number)
    others = queries.other_sessions([entry.id], held.part).get(entry.id, [])
    _check_free(entry, others, held.starts_at, held.ends_at)

    found = queries.placement_of(entry.id, held.part)
    before = f"{found.session.name} {found.station.label}" if found else None
    if found is None:
        found = Placement(id=new_id(), group_id=held.group_id, entry_id=entry.id, part=held.part)
        session().add(found)
    found.session, found.station = held, station
    session().flush()

    after = f"{held.name} {station.label}"
    record(actor, "entry.placed", entry, before=before, after=after, part=held.part)
    return found


def _check_placeable(held: Session, entry: Entry) -> None:
    if entry.track_id != held.track_id or entry.state is not EntryState.APPROVED:
        raise NotPlaceable(track=held.track.name)


def _check_free(
    entry: Entry, others: list[Session], starts_at: datetime, ends_at: datetime
) -> None:
    for other in others:
        if overlap(starts_at, ends_at, other.starts_at, other.ends_at):
            raise TwoPlacesAtOnce(number=entry.number, other=other.name)


def remove_placement(actor: Actor, placement: Placement) -> None:
    """Free a station."""
    authorize(actor, may_plan_session, placement.session)

    before = f"{placement.session.name} {placement.station.label}"
    session().delete(placement)

    record(actor, "entry.unplaced", placement.entry, before=before, part=placement.part)


def draw_stations(
    actor: Actor, track: Track, part: str = "", dealt: Mapping[int, int | None] | None = None
) -> StationDraw:
    """A station by lot for every approved entry that has none; withdrawn entries free theirs.

    In exams people of one unit are kept apart as far as the rooms allow. Spare stations stay free,
    and faulty ones. ``dealt``: the session an entry was dealt to, the only one it draws in; who was
    dealt to one without room and time waits.
    """
    authorize(actor, may_plan, track)

    _lock(track)
    _release_withdrawn(track.id, part)
    own = dealt or {}
    entries = [one for one in queries.unplaced(track.id, part) if own.get(one.id, 0) is not None]
    if not entries:
        raise NobodyToPlace
    rows = queries.sessions_of_track(track.id)
    held = {row.session.id: row.session for row in rows if row.session.part == part}
    seed = secrets.token_hex(16)
    contenders = _contenders(entries, held, part)
    exam = track.event.kind is EventKind.EXAM
    seating = _seating(seed, _by_session(contenders, held, own), apart=exam)

    by_entry = {one.id: one for one in entries}
    session().add_all(
        Placement(
            id=new_id(),
            group_id=track.group_id,
            session_id=spot.session,
            station_id=spot.station,
            entry_id=by_entry[entry_id].id,
            part=part,
        )
        for entry_id, spot in seating.items()
    )
    draw = StationDraw(
        id=new_id(),
        group_id=track.group_id,
        track_id=track.id,
        part=part,
        seed=seed,
        placed=len(seating),
        drawn_at=clock.now(),
        drawn_by_id=actor.user_id,
        drawn_by=actor.name,
    )
    session().add(draw)
    session().flush()

    record(actor, "stations.drawn", track, part=part, seed=seed, placed=len(seating))
    return draw


def _by_session(
    contenders: list[Contender], held: dict[int, Session], own: Mapping[int, int | None]
) -> list[tuple[list[Contender], list[Session]]]:
    """Who draws in which sessions: first those dealt to one, each in theirs; the others in any."""
    groups: dict[int, list[Contender]] = {}
    for one in contenders:
        groups.setdefault(own.get(one.entry) or 0, []).append(one)
    found = [(groups[key], [held[key]]) for key in held if key in groups]
    return [*found, (groups[0], list(held.values()))] if 0 in groups else found


def _seating(
    seed: str, groups: list[tuple[list[Contender], list[Session]]], *, apart: bool
) -> Seating:
    """A spot for everybody: each group draws by itself, from the same seed."""
    seating: Seating = {}
    units: dict[Spot, int] = {}
    for contenders, held in groups:
        free, seated = _spots(held)
        left = [one for one in free if one not in units]
        drawn = draw_spots(seed, contenders, left, [*seated, *units.items()], apart=apart)
        units |= {drawn[one.entry]: one.unit for one in contenders}
        seating |= drawn
    return seating


def _spots(held: list[Session]) -> tuple[list[Spot], list[tuple[Spot, int]]]:
    """The free stations of some sessions in the order of filling, and the taken ones with units."""
    free: list[Spot] = []
    seated: list[tuple[Spot, int]] = []
    for one in held:
        for row, seats in enumerate(queries.seat_map(one)):
            for column, seat in enumerate(seats):
                spot = Spot(one.id, seat.station.id, row, column)
                if seat.entry is not None:
                    seated.append((spot, seat.entry.unit_id))
                elif seat.station.state is StationState.OK:
                    free.append(spot)
    return free, seated


def _contenders(entries: list[Entry], held: dict[int, Session], part: str) -> list[Contender]:
    """The entries with the sessions of this part that clash with their other parts."""
    others = queries.other_sessions([one.id for one in entries], part)

    def busy(entry: Entry) -> frozenset[int]:
        return frozenset(
            one.id
            for one in held.values()
            for other in others.get(entry.id, [])
            if overlap(one.starts_at, one.ends_at, other.starts_at, other.ends_at)
        )

    return [Contender(one.id, one.unit_id, busy(one)) for one in entries]


def clear_stations(actor: Actor, track: Track, part: str = "") -> int:
    """Free every station of a part, so that it can be drawn again; how many were freed."""
    authorize(actor, may_plan, track)

    _lock(track)
    placed = queries.placements_of_part(track.id, part)
    if any(one.session.starts_at <= clock.now() for one in placed):
        raise AlreadyStarted

    _remove(placed)

    record(actor, "stations.cleared", track, part=part, freed=len(placed))
    return len(placed)


def _lock(track: Track) -> None:
    """Only one person at a time plans a track."""
    session().scalar(select(Track.id).where(Track.id == track.id).with_for_update(key_share=True))


def _release_withdrawn(track_id: int, part: str) -> None:
    placed = queries.placements_of_part(track_id, part)
    _remove([one for one in placed if one.entry.state is not EntryState.APPROVED])


def _remove(placed: list[Placement]) -> None:
    session().execute(delete(Placement).where(Placement.id.in_([one.id for one in placed])))
