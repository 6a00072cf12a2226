"""Venues, rooms, sessions, who sits where, who has no station yet, and one's own day."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from eventsys import clock
from eventsys.db import session
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind, EventState
from eventsys.identity.actor import Actor
from eventsys.identity.rules import Permission, Scope, ScopeKind
from eventsys.registration.models import Entry, Member
from eventsys.registration.rules import EntryState
from eventsys.timetable.lots import natural, rows_of
from eventsys.timetable.models import (
    Placement,
    Room,
    Session,
    Station,
    StationDraw,
    Venue,
)
from eventsys.timetable.rules import StationState

PEOPLE = (selectinload(Entry.members).joinedload(Member.person), joinedload(Entry.unit))
"""What an entry's label and unit need, however many entries there are."""


@dataclass(frozen=True)
class SessionRow:
    """A session with its room's working stations: for draws, spare, taken, and free to draw."""

    session: Session
    stations: int
    spare: int
    taken: int
    free: int


@dataclass(frozen=True)
class Seat:
    """One square of a seat map."""

    station: Station
    placement: Placement | None

    @property
    def entry(self) -> Entry | None:
        """Who sits here."""
        return self.placement.entry if self.placement else None

    @property
    def is_stale(self) -> bool:
        """Whether the one placed here has withdrawn since."""
        return self.entry is not None and self.entry.state is not EntryState.APPROVED


# ---- places


def venues() -> list[Venue]:
    """Every venue with its rooms and their stations."""
    found = select(Venue).options(selectinload(Venue.rooms).selectinload(Room.stations))
    return list(session().scalars(found.order_by(Venue.name)))


def rooms() -> list[Room]:
    """Every room with its venue, as a list to choose from."""
    found = select(Room).join(Room.venue).options(contains_eager(Room.venue))
    return list(session().scalars(found.order_by(Venue.name, Room.name)))


def stations_of(room_id: int) -> list[Station]:
    """The stations of a room, 2 before 10."""
    found = session().scalars(select(Station).where(Station.room_id == room_id))
    return sorted(found, key=lambda one: natural(one.label))


def is_used(station_id: int) -> bool:
    """Whether anybody was ever placed at a station."""
    return bool(session().scalar(select(exists().where(Placement.station_id == station_id))))


# ---- sessions


def _sessions() -> Select[Session]:
    return (
        select(Session)
        .join(Session.track)
        .options(
            contains_eager(Session.track).joinedload(Track.event),
            joinedload(Session.room).joinedload(Room.venue),
        )
        .order_by(Session.starts_at, Session.name, Session.id)
    )


def sessions_of_track(track_id: int) -> list[SessionRow]:
    """The sessions of a track in order of time."""
    return _with_counts(session().scalars(_sessions().where(Session.track_id == track_id)).all())


def sessions_of_event(event_id: int) -> list[SessionRow]:
    """The sessions of all tracks of an event in order of time."""
    return _with_counts(session().scalars(_sessions().where(Track.event_id == event_id)).all())


def _with_counts(found: Sequence[Session]) -> list[SessionRow]:
    standing = case(
        (Station.faulty_since.is_not(None), StationState.FAULTY.value),
        (Station.is_spare, StationState.SPARE.value),
        else_=StationState.OK.value,
    )
    stations = _counts(
        select(Station.room_id, standing, func.count(Station.id))
        .where(Station.room_id.in_({one.room_id for one in found}))
        .group_by(Station.room_id, standing)
    )
    taken = _counts(
        select(Placement.session_id, standing, func.count(Placement.id))
        .join(Station, Station.id == Placement.station_id)
        .where(Placement.session_id.in_([one.id for one in found]))
        .group_by(Placement.session_id, standing)
    )
    return [
        SessionRow(
            one,
            stations[one.room_id, StationState.OK],
            stations[one.room_id, StationState.SPARE],
            sum(taken[one.id, state] for state in StationState),
            stations[one.room_id, StationState.OK] - taken[one.id, StationState.OK],
        )
        for one in found
    ]


def _counts(found: Select[int, str, int]) -> Counter[tuple[int, str]]:
    """Numbers by key and how the stations stand; what is not there counts nothing."""
    rows = session().execute(found)
    return Counter({(key, state): number for key, state, number in rows})


def free_stations(rows: Sequence[SessionRow], part: str) -> int:
    """How many stations a draw for this part could still give away."""
    return sum(row.free for row in rows if row.session.part == part)


def session_in_room(
    room_id: int, starts_at: datetime, ends_at: datetime, besides: int | None
) -> Session | None:
    """A session that uses a room in this time, other than the session ``besides``."""
    return session().scalar(
        select(Session)
        .where(
            Session.room_id == room_id,
            Session.starts_at < ends_at,
            Session.ends_at > starts_at,
            Session.id != (besides or 0),
        )
        .options(joinedload(Session.track))
        .limit(1)
    )


def session_named(track_id: int, name: str) -> Session | None:
    """The session of a track with this name."""
    return session().scalar(
        select(Session).where(Session.track_id == track_id, Session.name == name)
    )


# ---- who sits where


def placements_in(session_ids: Collection[int]) -> list[Placement]:
    """The placements of some sessions, with stations and people."""
    found = (
        select(Placement)
        .where(Placement.session_id.in_(session_ids))
        .options(
            joinedload(Placement.station),
            joinedload(Placement.session).joinedload(Session.room).joinedload(Room.venue),
            joinedload(Placement.entry).options(*PEOPLE),
        )
    )
    return sorted(
        session().scalars(found).unique(),
        key=lambda one: (one.session.starts_at, one.session_id, natural(one.station.label)),
    )


def seat_map(held: Session) -> list[list[Seat]]:
    """The room as it stands, row by row from the front, with who sits where in this session."""
    placed = {one.station_id: one for one in placements_in([held.id])}
    seats = [Seat(one, placed.get(one.id)) for one in stations_of(held.room_id)]
    return rows_of(seats, held.room.per_row)


def unplaced(track_id: int, part: str) -> list[Entry]:
    """The approved entries of a track that have no station for this part."""
    has_one = exists().where(Placement.entry_id == Entry.id, Placement.part == part)
    found = (
        select(Entry)
        .where(Entry.track_id == track_id, Entry.state == EntryState.APPROVED, ~has_one)
        .options(*PEOPLE)
        .order_by(Entry.number)
    )
    return list(session().scalars(found))


def placement_of(entry_id: int, part: str) -> Placement | None:
    """Where an entry sits for a part."""
    return session().scalar(
        select(Placement)
        .where(Placement.entry_id == entry_id, Placement.part == part)
        .options(joinedload(Placement.session), joinedload(Placement.station))
    )


def placements_of_part(track_id: int, part: str) -> list[Placement]:
    """All placements of a track for a part, with their entries."""
    found = (
        select(Placement)
        .join(Placement.session)
        .where(Session.track_id == track_id, Placement.part == part)
        .options(contains_eager(Placement.session), joinedload(Placement.entry))
    )
    return list(session().scalars(found))


def placements_of(entry_ids: Collection[int]) -> dict[int, list[Placement]]:
    """Where each of some entries sits, in order of time."""
    found = (
        select(Placement)
        .join(Placement.session)
        .where(Placement.entry_id.in_(entry_ids))
        .options(
            contains_eager(Placement.session).joinedload(Session.room).joinedload(Room.venue),
            joinedload(Placement.station),
        )
        .order_by(Session.starts_at)
    )
    by_entry: dict[int, list[Placement]] = {}
    for one in session().scalars(found):
        by_entry.setdefault(one.entry_id, []).append(one)
    return by_entry


def other_sessions(entry_ids: Collection[int], besides_part: str) -> dict[int, list[Session]]:
    """For each entry, the sessions it sits in for other parts."""
    found = (
        select(Placement)
        .where(Placement.entry_id.in_(entry_ids), Placement.part != besides_part)
        .options(joinedload(Placement.session))
    )
    by_entry: dict[int, list[Session]] = {}
    for one in session().scalars(found):
        by_entry.setdefault(one.entry_id, []).append(one.session)
    return by_entry


def last_draw(track_id: int, part: str) -> StationDraw | None:
    """The latest drawing of stations for a part."""
    return session().scalar(
        select(StationDraw)
        .where(StationDraw.track_id == track_id, StationDraw.part == part)
        .order_by(StationDraw.drawn_at.desc())
        .limit(1)
    )


# ---- one's own


def own_entries(actor: Actor) -> Select[Entry]:
    """The approved entries of the actor's units and of the actor, in events that are not over."""
    units = actor.scope_ids(Permission.ENTRIES_SUBMIT, ScopeKind.UNIT)
    mine = exists().where(
        Member.entry_id == Entry.id,
        Member.person_id == (actor.person_id or 0),
        Member.is_active,
    )
    return (
        select(Entry)
        .join(Entry.track)
        .join(Track.event)
        .where(
            Entry.state == EntryState.APPROVED,
            Event.state.notin_([EventState.DRAFT, EventState.CANCELLED]),
            Event.ends_on >= clock.today(),
            or_(Entry.unit_id.in_(units), mine),
        )
        .options(
            *PEOPLE,
            contains_eager(Entry.track).options(
                contains_eager(Track.event), joinedload(Track.ruleset)
            ),
        )
        .order_by(Event.starts_on, Track.code, Entry.number)
    )


def entries_without_station(scopes: Collection[Scope]) -> list[tuple[Track, int]]:
    """The tracks of competitions and exams with sessions in which approved entries lack a station.

    Only tracks inside ``scopes`` (groups and events) are counted.
    """
    groups = [scope.id for scope in scopes if scope.kind is ScopeKind.GROUP]
    events = [scope.id for scope in scopes if scope.kind is ScopeKind.EVENT]
    parts = select(Session.track_id, Session.part).distinct().subquery()
    has_one = exists().where(and_(Placement.entry_id == Entry.id, Placement.part == parts.c.part))
    found = (
        select(Track, func.count(Entry.id.distinct()))
        .join(Entry, Entry.track_id == Track.id)
        .join(parts, parts.c.track_id == Track.id)
        .join(Event, Event.id == Track.event_id)
        .where(
            Entry.state == EntryState.APPROVED,
            Event.kind != EventKind.TRAINING,
            Event.state.in_([EventState.PUBLISHED, EventState.REGISTRATION_CLOSED]),
            Event.ends_on >= clock.today(),
            or_(Track.group_id.in_(groups), Event.id.in_(events)),
            ~has_one,
        )
        .group_by(Track.id)
        .order_by(Track.code)
    )
    return [(track, number) for track, number in session().execute(found)]
