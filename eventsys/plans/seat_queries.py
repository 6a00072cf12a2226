"""Who sits where: stations of a session, of another room, and the stations of a room as columns."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import contains_eager

from eventsys.db import session
from eventsys.draws.models import LevelDraw
from eventsys.draws.rules import Level
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind
from eventsys.plans.minutes import minute_of, origin_of
from eventsys.plans.models import PlanItem, PlanMember
from eventsys.plans.moves import Spot
from eventsys.plans.near import Near
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.timetable.lots import is_drawn_at_the_door
from eventsys.timetable.models import Placement, Room, Session, Station
from eventsys.timetable.queries import PEOPLE, placements_in, stations_of
from eventsys.timetable.rules import DAY

Seats = tuple[tuple[int, int], ...]


def numbers_of(entry_ids: Collection[int]) -> list[int]:
    """The ticket numbers of some entries."""
    return list(session().scalars(select(Entry.number).where(Entry.id.in_(entry_ids))))


# ---- one session


def sitting_in(session_id: int) -> dict[int, Spot]:
    """Who sits where in a session: stations by entry."""
    found = session().execute(
        select(Placement.entry_id, Station.id, Station.label, Station.vendor, Entry.number)
        .join(Station, Station.id == Placement.station_id)
        .join(Entry, Entry.id == Placement.entry_id)
        .where(Placement.session_id == session_id)
        .order_by(Placement.entry_id)
    )
    return {entry: Spot(key, label, vendor, number) for entry, key, label, vendor, number in found}


def spots_in(room_id: int) -> list[Spot]:
    """The stations of a room that somebody can be given: neither spare nor faulty."""
    found = session().execute(
        select(Station.id, Station.label, Station.vendor).where(
            Station.room_id == room_id,
            Station.faulty_since.is_(None),
            Station.is_spare.is_(False),
        )
    )
    return [Spot(*one) for one in found]


def faulty_stations(room_id: int) -> set[int]:
    """The stations of a room where nobody can sit."""
    found = select(Station.id).where(Station.room_id == room_id, Station.faulty_since.is_not(None))
    return set(session().scalars(found))


def seats_back(seats: Seats, room_id: int, part: str) -> tuple[Seats, list[int]]:
    """Of seats that were, those that can be taken again, and the numbers of whose cannot."""
    entries = [entry for entry, _station in seats]
    working = set(
        session().scalars(
            select(Station.id).where(Station.room_id == room_id, Station.faulty_since.is_(None))
        )
    )
    elsewhere = exists().where(Placement.entry_id == Entry.id, Placement.part == part)
    rows = session().execute(
        select(Entry.id, Entry.number, Entry.state, elsewhere).where(Entry.id.in_(entries))
    )
    known = {
        key: (number, state is EntryState.APPROVED and not seated)
        for key, number, state, seated in rows
    }
    back = tuple(
        (entry, station)
        for entry, station in seats
        if station in working and known.get(entry, (0, False))[1]
    )
    kept = {entry for entry, _station in back}
    return back, [number for key, (number, _may) in known.items() if key not in kept]


def seats_now(entry_ids: Collection[int]) -> dict[tuple[int, str], tuple[int, int]]:
    """Session and station by entry and part, in whatever session it is."""
    rows = session().execute(
        select(
            Placement.entry_id, Placement.part, Placement.session_id, Placement.station_id
        ).where(Placement.entry_id.in_(entry_ids))
    )
    return {(entry, part): (held, station) for entry, part, held, station in rows}


def item_of(held: Session) -> int:
    """The item a session is called by in the language of plans: one set by hand is its own."""
    return session().scalar(select(PlanItem.id).where(PlanItem.session_id == held.id)) or held.id


def near_seats(held: Session) -> Near:
    """What the seats of a session can have to do with: whoever is in the room meanwhile."""
    there = set(
        session().scalars(
            select(Session.id)
            .join(Session.track)
            .where(
                Track.event_id == held.track.event_id,
                Session.room_id == held.room_id,
                Session.starts_at < held.ends_at,
                Session.ends_at > held.starts_at,
            )
        )
    )
    return _near(held.room_id, there)


def _near(room_id: int, sessions: Collection[int]) -> Near:
    items = session().scalars(select(PlanItem.id).where(PlanItem.session_id.in_(sessions)))
    return Near(frozenset(items), frozenset(sessions), frozenset({room_id}), frozenset())


def drawn_tracks(track_ids: Collection[int]) -> set[int]:
    """The tracks whose stations were drawn before a witness."""
    drawn = select(LevelDraw.track_id).where(
        LevelDraw.track_id.in_(track_ids),
        LevelDraw.level == Level.STATION,
        LevelDraw.drawn_at.is_not(None),
    )
    return set(session().scalars(drawn))


# ---- a room on a day


@dataclass(frozen=True, slots=True)
class Guest:
    """An entry that belongs to a session; without a station it lies in the tray."""

    session: int
    entry: Entry
    station: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A session in a room; ``at`` counts minutes from the midnight of the event's first day.

    ``item`` is what the language of plans calls it. ``is_late``: its track draws stations at the
    door; ``is_drawn``: it has drawn them.
    """

    session: Session
    item: int
    at: int
    minutes: int
    is_late: bool
    is_drawn: bool


@dataclass(frozen=True, slots=True)
class RoomDay:
    """A room on a day of an event: its stations, the sessions there, and who belongs to them."""

    stations: Sequence[Station]
    held: Sequence[Held]
    guests: Sequence[Guest]
    near: Near


def room_day(event: Event, room: Room, day: int) -> RoomDay:
    """The stations of a room with who sits there on a day; as many queries as for one session."""
    origin = origin_of(event.starts_on)
    starts = origin_of(event.starts_on + timedelta(days=day))
    ends = origin_of(event.starts_on + timedelta(days=day + 1))
    found = session().execute(
        select(Session, PlanItem.id)
        .join(Session.track)
        .outerjoin(PlanItem, PlanItem.session_id == Session.id)
        .where(
            Session.room_id == room.id,
            Track.event_id == event.id,
            Session.starts_at >= starts,
            Session.starts_at < ends,
        )
        .options(contains_eager(Session.track).joinedload(Track.ruleset))
        .order_by(Session.starts_at, Session.name, Session.id)
    )
    rows = [(row[0], row[1]) for row in found]
    keys = [one.id for one, _item in rows]
    drawn = drawn_tracks({one.track_id for one, _item in rows})
    held = [
        Held(
            one,
            item or one.id,
            minute_of(origin, one.starts_at),
            minute_of(one.starts_at, one.ends_at),
            is_drawn_at_the_door(one.track.rules),
            one.track_id in drawn,
        )
        for one, item in rows
    ]
    guests = [Guest(one.session_id, one.entry, one.station_id) for one in placements_in(keys)]
    if event.kind is not EventKind.TRAINING:
        guests += waiting_in(keys)
    return RoomDay(stations_of(room.id), held, guests, _near(room.id, keys))


def day_of(event: Event, held: Session) -> int:
    """On which day of an event a session begins; the first is 0."""
    return minute_of(origin_of(event.starts_on), held.starts_at) // DAY


def waiting_in(session_ids: Collection[int]) -> Iterable[Guest]:
    """Who has no station in some sessions: entries dealt there, and those dealt nowhere."""
    held = (
        select(Session.id, Session.track_id, Session.part, Session.starts_at)
        .where(Session.id.in_(session_ids))
        .subquery()
    )
    of_part = (PlanMember.entry_id == Entry.id, PlanMember.part == held.c.part)
    dealt_here = exists().where(
        *of_part, PlanItem.id == PlanMember.item_id, PlanItem.session_id == held.c.id
    )
    has_one = exists().where(Placement.entry_id == Entry.id, Placement.part == held.c.part)
    found = (
        select(Entry, held.c.id)
        .join(held, held.c.track_id == Entry.track_id)
        .where(
            Entry.state == EntryState.APPROVED,
            ~has_one,
            or_(dealt_here, ~exists().where(*of_part)),
        )
        .options(*PEOPLE)
        .order_by(held.c.starts_at, held.c.id, Entry.number)
    )
    return [Guest(row[1], row[0]) for row in session().execute(found)]
