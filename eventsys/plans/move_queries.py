"""What the plan editor shows: columns, cards, what is taken by others, one's own last moves."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased

from eventsys.db import session
from eventsys.duties.models import Duty
from eventsys.errors import NotThere
from eventsys.events.models import Event, Track
from eventsys.plans.minutes import minute_of, origin_of
from eventsys.plans.models import PlanItem, PlanMove
from eventsys.plans.moves import Where
from eventsys.plans.near import within
from eventsys.plans.placing import Snapshot
from eventsys.plans.seat_moves import Seating
from eventsys.plans.seat_queries import seats_now
from eventsys.plans.states import MoveKind
from eventsys.timetable.models import Placement, Room, RoomClosure, Session, Station, Venue
from eventsys.timetable.rules import DAY
from eventsys.timetable.states import Purpose

LOOKED_BACK = 50  # so many of one's own moves are looked at for one that can be undone
BY_HAND = (MoveKind.PLACED, MoveKind.MOVED, MoveKind.LIFTED)
SEATINGS = (MoveKind.SEATED,)
Left = Callable[[PlanMove, dict[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Column:
    """A room; ``holds`` is how many people can work in it."""

    id: int
    name: str
    venue_id: int
    venue: str
    holds: int
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Card:
    """An item with where it lies; ``room`` and ``at`` are empty in the tray."""

    id: int
    name: str
    track_id: int
    part: str
    minutes: int
    size: int
    is_fixed: bool
    session_id: int | None
    room: int | None
    at: int | None
    sitting: int
    serving: int


@dataclass(frozen=True, slots=True)
class Busy:
    """A stretch in which a room is closed, or somebody else's."""

    room: int
    at: int
    minutes: int
    what: str
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """Everything the editor shows of an event; ``mark`` changes whenever any of it does."""

    columns: Sequence[Column]
    cards: Sequence[Card]
    busy: Sequence[Busy]

    @property
    def mark(self) -> str:
        """A digest of all there is."""
        parts = (tuple(astuple(one) for one in some) for some in (self.columns, self.cards))
        return hashlib.sha256(repr((*parts, self.busy)).encode()).hexdigest()[:20]


def grid_of(event: Event) -> Grid:
    """The plan of an event as columns and cards: seven queries, however much there is."""
    return Grid(columns(), cards_of(event), busy_of(event))


def columns() -> list[Column]:
    """Every room, venue by venue; a room without stations holds as many as it has seats."""
    found = session().execute(
        select(Room.id, Room.name, Room.venue_id, Venue.name, Room.seats, Room.purpose)
        .join(Room.venue)
        .order_by(Venue.name, Room.name, Room.id)
    )
    working = _counts(
        select(Station.room_id, func.count(Station.id))
        .where(Station.faulty_since.is_(None), Station.is_spare.is_(False))
        .group_by(Station.room_id)
    )
    return [
        Column(key, name, venue_id, venue, working.get(key) or seats or 0, purpose)
        for key, name, venue_id, venue, seats, purpose in found
    ]


def cards_of(event: Event, only: int | None = None) -> list[Card]:
    """Every item of an event with where it lies, or only one."""
    mine = PlanItem.event_id == event.id if only is None else PlanItem.id == only
    rows = session().execute(
        select(
            PlanItem.id,
            PlanItem.name,
            PlanItem.track_id,
            PlanItem.part,
            PlanItem.minutes,
            PlanItem.size,
            PlanItem.is_fixed,
            PlanItem.session_id,
            Session.room_id,
            Session.starts_at,
            Session.ends_at,
        )
        .outerjoin(Session, Session.id == PlanItem.session_id)
        .where(mine)
        .order_by(PlanItem.name, PlanItem.id)
    )
    sitting = _counts(_by_session(Placement).where(mine))
    serving = _counts(_by_session(Duty).where(mine, Duty.user_id.is_not(None)))
    origin = origin_of(event.starts_on)
    return [_card(one, origin, sitting, serving) for one in rows]


def _by_session(what: type[Placement] | type[Duty]) -> Select[int, int]:
    return (
        select(what.session_id, func.count(what.id))
        .join(PlanItem, PlanItem.session_id == what.session_id)
        .group_by(what.session_id)
    )


def _counts(found: Select[int, int]) -> dict[int, int]:
    return {row[0]: row[1] for row in session().execute(found)}


def _card(
    row: Any,
    origin: datetime,
    sitting: dict[int, int],
    serving: dict[int, int],
) -> Card:
    *facts, minutes, size, is_fixed, held, room, starts, ends = row
    at = None
    if held is not None:
        at, minutes = minute_of(origin, starts), minute_of(starts, ends)
    return Card(
        *facts,
        minutes=minutes,
        size=size,
        is_fixed=is_fixed,
        session_id=held,
        room=room,
        at=at,
        sitting=sitting.get(held, 0),
        serving=serving.get(held, 0),
    )


def busy_of(event: Event, room: int | None = None) -> list[Busy]:
    """When rooms are closed or used by others, in the days of an event; or only one room."""
    rooms = None if room is None else [room]
    origin = origin_of(event.starts_on)
    until = origin_of(event.ends_on + timedelta(days=1))
    planned = exists().where(PlanItem.session_id == Session.id, PlanItem.event_id == event.id)
    others = session().execute(
        select(Session.room_id, Session.starts_at, Session.ends_at, Track.name, Session.name)
        .join(Session.track)
        .where(
            Session.starts_at < until,
            Session.ends_at > origin,
            ~planned,
            within(Session.room_id, rooms),
        )
        .order_by(Session.starts_at, Session.id)
    )
    closed = session().execute(
        select(RoomClosure.room_id, RoomClosure.starts_at, RoomClosure.ends_at, RoomClosure.reason)
        .where(
            RoomClosure.starts_at < until,
            RoomClosure.ends_at > origin,
            within(RoomClosure.room_id, rooms),
        )
        .order_by(RoomClosure.starts_at, RoomClosure.id)
    )

    def busy(room: int, starts: datetime, ends: datetime, what: str, is_closed: bool) -> Busy:
        at = max(0, minute_of(origin, starts))
        return Busy(room, at, minute_of(origin, min(ends, until)) - at, what, is_closed)

    return [
        *(
            busy(room, starts, ends, f"{track} {name}", False)
            for room, starts, ends, track, name in others
        ),
        *(busy(*row, True) for row in closed),
    ]


# ---- one item


def where_is(item: PlanItem) -> Where | None:
    """Where an item lies now."""
    held = item.session
    if held is None:
        return None
    return Where(held.room_id, minute_of(origin_of(item.track.event.starts_on), held.starts_at))


# ---- moves


def move_named(event_id: int, op: str, kinds: Collection[MoveKind]) -> PlanMove | None:
    """The move a page made under this name; a name of another kind of move is refused."""
    found = session().scalar(
        select(PlanMove).where(PlanMove.event_id == event_id, PlanMove.op == op)
    )
    if found is not None and found.kind not in kinds:
        raise NotThere
    return found


def last_move_of(item_id: int) -> PlanMove | None:
    """The latest move of an item."""
    return session().scalar(
        select(PlanMove)
        .where(PlanMove.item_id == item_id, PlanMove.kind.in_(BY_HAND))
        .order_by(PlanMove.number.desc())
        .limit(1)
    )


def names_of(event_id: int, moves: Collection[PlanMove | None]) -> dict[int | None, str]:
    """What the items of some moves are called."""
    rows = session().execute(
        select(PlanItem.id, PlanItem.name).where(
            PlanItem.event_id == event_id, PlanItem.id.in_({one.item_id for one in moves if one})
        )
    )
    return {row[0]: row[1] for row in rows}


def moves_after(event_id: int, number: int) -> list[PlanMove]:
    """The moves since a revision, the oldest first."""
    found = (
        select(PlanMove)
        .where(PlanMove.event_id == event_id, PlanMove.number > number)
        .order_by(PlanMove.number.desc())
        .limit(LOOKED_BACK)
    )
    return list(session().scalars(found))[::-1]


def last_own(event: Event, user_id: int, *, back: bool, room: int | None = None) -> PlanMove | None:
    """One's own move that can be taken back, or else repeated, first; as long as it lies so still.

    Moves of sessions, or those of entries among the stations of a room. Nobody has moved on from
    what can be taken back; who took it back has made no new move since, if it can be repeated.
    """
    kinds = BY_HAND if room is None else SEATINGS
    found = (
        select(PlanMove)
        .where(
            PlanMove.event_id == event.id,
            PlanMove.by_id == user_id,
            PlanMove.kind.in_(kinds),
            PlanMove.of_id.is_(None),
        )
        .limit(LOOKED_BACK)
    )
    if back:
        found = found.where(PlanMove.undone_by.is_(None)).order_by(PlanMove.number.desc())
    else:
        found = _taken_back(found, event.id, user_id, kinds)
    moves = list(session().scalars(found))
    lies = _lying_so(event, moves) if room is None else _sitting_so(moves, room)
    return next((one for one in moves if lies(one, one.after if back else one.before)), None)


def _taken_back(
    found: Select[PlanMove], event_id: int, user_id: int, kinds: Collection[MoveKind]
) -> Select[PlanMove]:
    """What was taken back last comes first; nothing once a new move was made."""
    back, newer = aliased(PlanMove), aliased(PlanMove)
    moved_on = exists().where(
        newer.event_id == event_id,
        newer.by_id == user_id,
        newer.kind.in_(kinds),
        newer.of_id.is_(None),
        newer.number > back.number,
    )
    return (
        found.join(back, back.id == PlanMove.undone_by)
        .where(~moved_on)
        .order_by(back.number.desc())
    )


def _lying_so(event: Event, moves: Sequence[PlanMove]) -> Left:
    """Whether the item of a move still lies where it was left."""
    origin = origin_of(event.starts_on)
    rows = session().execute(
        select(PlanItem.id, Session.room_id, Session.starts_at)
        .outerjoin(Session, Session.id == PlanItem.session_id)
        .where(PlanItem.id.in_({one.item_id for one in moves}))
    )
    now = {
        key: None if room is None else Where(room, minute_of(origin, starts))
        for key, room, starts in rows
    }
    return lambda move, left: move.item_id in now and now[move.item_id] == lay_at(event, left)


def _sitting_so(moves: Sequence[PlanMove], room: int) -> Left:
    """Whether the entries of a move still sit where they were left, in sessions of this room.

    Whoever was left in the tray and has a station in another session now was moved on from.
    """
    states = [Seating.read(one.after) for one in moves]
    rows = session().execute(
        select(Session.id, Session.part).where(
            Session.id.in_({one.session for one in states}), Session.room_id == room
        )
    )
    here = {row[0]: row[1] for row in rows}
    now = seats_now({entry for one in states for entry in one.seats})

    def so(_move: PlanMove, left: dict[str, Any]) -> bool:
        state = Seating.read(left)
        return state.session in here and all(
            now.get((entry, here[state.session]))
            == (None if station is None else (state.session, station))
            for entry, station in state.seats.items()
        )

    return so


def lay_at(event: Event, plain: dict[str, Any]) -> Where | None:
    """Where a written snapshot lay; what is no snapshot of one item lies nowhere."""
    if "room" not in plain:
        return None
    kept = Snapshot.read(plain)
    return Where(kept.room_id, minute_of(origin_of(event.starts_on), kept.starts_at))


def by_column(cards: Sequence[Card], day: int) -> dict[int, list[Card]]:
    """What is held in each room on a day, the earliest first."""
    held: dict[int, list[Card]] = {}
    for card in sorted(cards, key=lambda one: one.at or 0):
        if card.room is not None and card.at is not None and card.at // DAY == day:
            held.setdefault(card.room, []).append(card)
    return held
