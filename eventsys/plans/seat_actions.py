"""Moving an entry by hand to another station of its session, to the tray and back.

Who sits where changes by `place_entry` and `remove_placement` alone, as on the seat map.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from eventsys import clock
from eventsys.db import new_id, session
from eventsys.errors import NotThere
from eventsys.identity.policy import Actor, authorize
from eventsys.plans import move_queries
from eventsys.plans.models import PlanMove
from eventsys.plans.moves import Question, Verdict, told_numbers
from eventsys.plans.placing import hold_plan, step_revision
from eventsys.plans.policy import may_plan_event
from eventsys.plans.problem import problem_of
from eventsys.plans.seat_moves import (
    CannotSit,
    ChangesPlaces,
    MakesWay,
    SeatAsksFirst,
    SeatedMeanwhile,
    Seating,
    SeatMove,
    StationsStay,
    TakesSpare,
    forbidding,
    worrying,
)
from eventsys.plans.seat_queries import drawn_tracks, item_of, near_seats, sitting_in
from eventsys.plans.states import MoveKind
from eventsys.registration.models import Entry
from eventsys.timetable.actions import place_entry, remove_placement
from eventsys.timetable.board import Board
from eventsys.timetable.clashes import clashes_around
from eventsys.timetable.models import Session, Station
from eventsys.timetable.queries import other_sessions, placement_of
from eventsys.timetable.refusals import (
    StationElsewhere,
    StationFaulty,
    TwoPlacesAtOnce,
    overlap,
)
from eventsys.timetable.rules import Plan, Seat, StationState


@dataclass(frozen=True)
class SeatWay:
    """One way for entries to sit otherwise: who moves, from where, to where; the mover first."""

    held: Session
    entry: Entry
    before: Mapping[int, int | None]
    after: Mapping[int, int | None]
    questions: tuple[Question, ...] = ()


def seat_verdict_on(actor: Actor, held: Session, entry: Entry, to: int | None) -> Verdict:
    """What it would mean to give an entry a station, or to take it away; nothing is changed."""
    authorize(actor, may_plan_event, held.track.event)

    _check_not_drawn(held)
    return _verdict(_way(held, entry, to))


def seat_entry(actor: Actor, held: Session, move: SeatMove) -> PlanMove:
    """Give an entry another station of its session, or none; sent twice, it is done once.

    Whoever sits there gets the mover's station instead, after a yes.
    """
    event = held.track.event
    authorize(actor, may_plan_event, event)

    settings = hold_plan(event)
    known = move_queries.move_named(event.id, move.op, move_queries.SEATINGS)
    if known is not None:
        return known
    entry = session().get(Entry, move.entry)
    if entry is None or entry.track_id != held.track_id:
        raise NotThere
    _check_seen(held, entry, move.seen)
    way = _way(held, entry, move.to)
    _check(way, move.agreed)

    made = _go(actor, way, settings.revision)
    made.op = move.op
    return made


def seat_again(actor: Actor, state: Seating, revision: int, agreed: frozenset[str]) -> PlanMove:
    """Bring entries to where they sat; each station change goes on record like any other."""
    held = session().get(Session, state.session)
    if held is None:
        raise NotThere
    authorize(actor, may_plan_event, held.track.event)

    sitting = sitting_in(held.id)
    before = {key: spot.id if (spot := sitting.get(key)) else None for key in state.seats}
    entry = session().get_one(Entry, next(iter(state.seats)))
    way = SeatWay(held, entry, before, state.seats)
    _check(way, agreed)

    return _go(actor, way, revision)


# ---- the beats


def _check_seen(held: Session, entry: Entry, seen: int | None) -> None:
    """The entry sits where the page showed it, in this session or nowhere."""
    placed = placement_of(entry.id, held.part)
    now = placed.station_id if placed is not None else None
    if now != seen or (placed is not None and placed.session_id != held.id):
        raise SeatedMeanwhile(number=told_numbers([entry.number]))


def _way(held: Session, entry: Entry, to: int | None) -> SeatWay:
    """Who else has to move, and what there is to be asked."""
    sitting = sitting_in(held.id)
    now = sitting.get(entry.id)
    before: dict[int, int | None] = {entry.id: now.id if now else None}
    after: dict[int, int | None] = {entry.id: to}
    asked: list[Question] = []
    other = next((key for key, spot in sitting.items() if spot.id == to), entry.id)
    if other != entry.id:
        before[other], after[other] = to, before[entry.id]
        number = told_numbers([sitting[other].number])
        way_out = ChangesPlaces(number=number, label=now.label) if now else MakesWay(number=number)
        asked.append(way_out)
    station = _station(held, to)
    if station is not None:
        _check_free(held, entry)
    if station is not None and station.state is StationState.SPARE and other == entry.id:
        asked.append(TakesSpare(label=station.label))
    return SeatWay(held, entry, before, after, tuple(asked))


def _check_free(held: Session, entry: Entry) -> None:
    """Nobody sits in two sessions at once; said before `place_entry` says it."""
    for other in other_sessions([entry.id], held.part).get(entry.id, []):
        if overlap(held.starts_at, held.ends_at, other.starts_at, other.ends_at):
            raise TwoPlacesAtOnce(number=entry.number, other=other.name)


def _station(held: Session, key: int | None) -> Station | None:
    """The station, if it is in the room and works."""
    if key is None:
        return None
    station = session().get(Station, key)
    if station is None:
        raise NotThere
    if station.room_id != held.room_id:
        raise StationElsewhere(label=station.label)
    if station.state is StationState.FAULTY:
        raise StationFaulty(label=station.label)
    return station


def _check_not_drawn(held: Session) -> None:
    if drawn_tracks([held.track_id]):
        raise StationsStay(track=held.track.name)


def _verdict(way: SeatWay) -> Verdict:
    """The judge's word on a seating, against what holds now."""
    item = item_of(way.held)
    near = near_seats(way.held)
    if way.before[way.entry.id] is None:
        near = replace(near, coming=((item, way.entry.id, way.entry.unit_id),))
    problem = problem_of(way.held.track.event, near=near)
    board = Board(problem, problem.present or Plan())
    before = clashes_around(board, item)
    kept = [one for one in board.seats.get(item, ()) if one.entry not in way.after]
    moved = [Seat(entry, item, to) for entry, to in way.after.items() if to is not None]
    board.seat(item, [*kept, *moved])
    after = clashes_around(board, item)
    seated = {one.entry for one in moved}
    return Verdict(
        forbidding(before, after), worrying(before, after, seated), way.questions, board, after
    )


def _check(way: SeatWay, agreed: frozenset[str]) -> None:
    """Refuse what cannot be, ask about what should not be."""
    _check_not_drawn(way.held)
    for to in way.after.values():
        _station(way.held, to)
    found, number = _verdict(way), told_numbers([way.entry.number])
    if found.hindrances:
        raise CannotSit(found.hindrances, found.board, number=number)
    asked = SeatAsksFirst(found.warnings, found.questions, found.board, number=number)
    if not agreed >= set(asked.keys):
        raise asked


def _go(actor: Actor, way: SeatWay, revision: int) -> PlanMove:
    """Everybody else gets up, the mover sits down, then the others; what was is written down."""
    held, (mover, *others) = way.held, way.after
    for entry in others:
        _up(actor, held, entry)
    for entry in (mover, *others):
        to = way.after[entry]
        if to is None:
            _up(actor, held, entry)
        else:
            row, station = session().get_one(Entry, entry), session().get_one(Station, to)
            place_entry(actor, held, row, station)
    event = held.track.event
    move = PlanMove(
        id=new_id(),
        group_id=event.group_id,
        event_id=event.id,
        number=step_revision(event.id, revision),
        kind=MoveKind.SEATED,
        item_id=item_of(held),
        before=Seating(held.id, way.before).plain(),
        after=Seating(held.id, way.after).plain(),
        by_id=actor.user_id,
        by=actor.name,
        at=clock.now(),
    )
    session().add(move)
    return move


def _up(actor: Actor, held: Session, entry: int) -> None:
    """An entry leaves its station, if it has one."""
    placed = placement_of(entry, held.part)
    if placed is not None:
        remove_placement(actor, placed)
        session().flush()
