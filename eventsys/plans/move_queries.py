"""What the plan editor shows: columns, cards, what is taken by others, one's own last moves."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased, joinedload

from eventsys.db import session
from eventsys.duties.models import Duty
from eventsys.events.models import Event, Track
from eventsys.plans.minutes import minute_of, origin_of
from eventsys.plans.models import PlanItem, PlanMove
from eventsys.plans.moves import Spot, Where
from eventsys.plans.placing import Snapshot
from eventsys.plans.states import MoveKind
from eventsys.timetable.models import Placement, Room, RoomClosure, Session, Station, Venue
from eventsys.timetable.rules import DAY
from eventsys.timetable.states import Purpose

LOOKED_BACK = 50  # so many of one's own moves are looked at for one that can be undone
BY_HAND = (MoveKind.PLACED, MoveKind.MOVED, MoveKind.LIFTED)


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


def busy_of(event: Event) -> list[Busy]:
    """When rooms are closed or used by others, in the days of an event."""
    origin = origin_of(event.starts_on)
    until = origin_of(event.ends_on + timedelta(days=1))
    planned = exists().where(PlanItem.session_id == Session.id, PlanItem.event_id == event.id)
    others = session().execute(
        select(Session.room_id, Session.starts_at, Session.ends_at, Track.name, Session.name)
        .join(Session.track)
        .where(Session.starts_at < until, Session.ends_at > origin, ~planned)
        .order_by(Session.starts_at, Session.id)
    )
    closed = session().execute(
        select(RoomClosure.room_id, RoomClosure.starts_at, RoomClosure.ends_at, RoomClosure.reason)
        .where(RoomClosure.starts_at < until, RoomClosure.ends_at > origin)
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


def sitting_in(session_id: int) -> dict[int, Spot]:
    """Who sits where in a session: stations by entry."""
    found = session().execute(
        select(Placement.entry_id, Station.id, Station.label, Station.vendor)
        .join(Station, Station.id == Placement.station_id)
        .where(Placement.session_id == session_id)
    )
    return {entry: Spot(key, label, vendor) for entry, key, label, vendor in found}


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


# ---- moves


def move_named(event_id: int, op: str) -> PlanMove | None:
    """The move a page made under this name."""
    return session().scalar(
        select(PlanMove).where(PlanMove.event_id == event_id, PlanMove.op == op)
    )


def last_move_of(item_id: int) -> PlanMove | None:
    """The latest move of an item."""
    return session().scalar(
        select(PlanMove)
        .where(PlanMove.item_id == item_id)
        .order_by(PlanMove.number.desc())
        .limit(1)
    )


def moves_after(event_id: int, number: int) -> list[PlanMove]:
    """The moves since a revision, the oldest first."""
    found = (
        select(PlanMove)
        .where(PlanMove.event_id == event_id, PlanMove.number > number)
        .order_by(PlanMove.number.desc())
        .limit(LOOKED_BACK)
    )
    return list(session().scalars(found))[::-1]


def _own(event_id: int, user_id: int) -> Select[PlanMove, PlanItem]:
    return (
        select(PlanMove, PlanItem)
        .join(PlanItem, PlanItem.id == PlanMove.item_id)
        .where(
            PlanMove.event_id == event_id,
            PlanMove.by_id == user_id,
            PlanMove.kind.in_(BY_HAND),
            PlanMove.of_id.is_(None),
        )
        .limit(LOOKED_BACK)
    )


def to_undo(event: Event, user_id: int) -> tuple[PlanMove, PlanItem] | None:
    """One's own latest move that nobody has moved on from."""
    found = (
        _own(event.id, user_id).where(PlanMove.undone_by.is_(None)).order_by(PlanMove.number.desc())
    )
    return _first(found, event, lambda move: move.after)


def to_redo(event: Event, user_id: int) -> tuple[PlanMove, PlanItem] | None:
    """What one took back last, as long as one made no new move since."""
    back, newer = aliased(PlanMove), aliased(PlanMove)
    moved_on = exists().where(
        newer.event_id == event.id,
        newer.by_id == user_id,
        newer.of_id.is_(None),
        newer.number > back.number,
    )
    found = (
        _own(event.id, user_id)
        .join(back, back.id == PlanMove.undone_by)
        .where(~moved_on)
        .order_by(back.number.desc())
    )
    return _first(found, event, lambda move: move.before)


def _first(
    found: Select[PlanMove, PlanItem], event: Event, left: Callable[[PlanMove], dict[str, Any]]
) -> tuple[PlanMove, PlanItem] | None:
    """The first move whose item still lies where the move left it."""
    origin = origin_of(event.starts_on)
    kept = found.options(joinedload(PlanItem.session), joinedload(PlanItem.track))
    for move, item in session().execute(kept):
        held = item.session
        now = None if held is None else Where(held.room_id, minute_of(origin, held.starts_at))
        if now == lay_at(event, left(move)):
            return move, item
    return None


def lay_at(event: Event, plain: dict[str, Any]) -> Where | None:
    """Where a written snapshot lay."""
    if not plain:
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
