"""Moving an item by hand: into a room and a time, elsewhere, back to the tray; undo and redo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import exists, select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.events.models import Event
from eventsys.identity.policy import Actor, authorize
from eventsys.incidents.models import Incident
from eventsys.plans import move_queries as queries
from eventsys.plans.minutes import moment_of, origin_of
from eventsys.plans.models import PlanItem, PlanMove, PlanSettings
from eventsys.plans.moves import (
    AsksFirst,
    ChangedMeanwhile,
    DoesNotFit,
    HasHistory,
    Move,
    MovedMeanwhile,
    NotAPlace,
    NothingToRedo,
    NothingToUndo,
    PeopleLoseDuties,
    PeopleLoseStations,
    PeopleMoveAlong,
    PeopleStayWithout,
    Question,
    Spot,
    StationsDrawn,
    Verdict,
    Where,
    hindrances,
    new_warnings,
    seats_elsewhere,
    told_numbers,
)
from eventsys.plans.near import near
from eventsys.plans.placing import (
    Snapshot,
    check_not_begun,
    hold_plan,
    lift_item,
    put_item,
    restore_item,
    snapshot_of,
    step_revision,
)
from eventsys.plans.policy import may_plan_event
from eventsys.plans.problem import problem_of
from eventsys.plans.seat_actions import seat_again
from eventsys.plans.seat_moves import Seating
from eventsys.plans.seat_queries import (
    Seats,
    drawn_tracks,
    faulty_stations,
    seats_back,
    sitting_in,
    spots_in,
)
from eventsys.plans.states import MoveKind
from eventsys.timetable.board import Board
from eventsys.timetable.clashes import clashes_around
from eventsys.timetable.models import Room
from eventsys.timetable.rules import DAY, Placing, Plan, Seat


@dataclass(frozen=True)
class Made:
    """A move that was made, and what was found then; nothing for one that was made before."""

    move: PlanMove
    found: Verdict | None = None


@dataclass(frozen=True)
class _Way:
    """One way for an item to go, thought through: where to, with which seats."""

    item: PlanItem
    now: Where | None
    to: Where | None
    sitting: dict[int, Spot]
    seats: Seats
    without: Sequence[int] = ()  # numbers of entries that do not get their station back

    @property
    def changes_room(self) -> bool:
        return self.now is not None and self.to is not None and self.now.room != self.to.room


def verdict_on(actor: Actor, item: PlanItem, to: Where | None) -> Verdict:
    """What the move of an item would mean; nothing is changed, nobody waits."""
    authorize(actor, may_plan_event, item.track.event)

    way = _way(item, to, None)
    _check_history(way)
    return _verdict(way)


def move_item(actor: Actor, item: PlanItem, move: Move) -> Made:
    """Lay an item at a place and time, or in the tray; sent twice, it is done once."""
    event = item.track.event
    authorize(actor, may_plan_event, event)

    settings = hold_plan(event)
    known = queries.move_named(event.id, move.op, queries.BY_HAND)
    if known is not None:
        return Made(known)
    _check_seen(item, move.seen)
    way = _way(item, move.to, None)
    found = _check(way, move.agreed)

    made = _go(actor, way, settings)
    made.op = move.op

    _record(actor, item, made)
    return Made(made, found)


def undo_move(
    actor: Actor,
    event: Event,
    op: str,
    agreed: frozenset[str] = frozenset(),
    room: int | None = None,
) -> Made:
    """Take back one's own last move, as long as nobody has moved on from it.

    Of a session in the plan; with ``room``, of an entry among the stations of that room.
    """
    return _step(actor, event, op, agreed, room, back=True)


def redo_move(
    actor: Actor,
    event: Event,
    op: str,
    agreed: frozenset[str] = frozenset(),
    room: int | None = None,
) -> Made:
    """Do again what one took back last."""
    return _step(actor, event, op, agreed, room, back=False)


def _step(
    actor: Actor,
    event: Event,
    op: str,
    agreed: frozenset[str],
    room: int | None,
    *,
    back: bool,
) -> Made:
    """One step in one's own history; judged like any other move."""
    authorize(actor, may_plan_event, event)

    settings = hold_plan(event)
    kinds = queries.BY_HAND if room is None else queries.SEATINGS
    known = queries.move_named(event.id, op, kinds)
    if known is not None:
        return Made(known)
    move = queries.last_own(event, actor.user_id or 0, back=back, room=room)
    if move is None:
        raise NothingToUndo if back else NothingToRedo
    state = move.before if back else move.after
    if room is None:
        made = _again(actor, session().get_one(PlanItem, move.item_id), state, settings, agreed)
    else:
        made = Made(seat_again(actor, Seating.read(state), settings.revision, agreed))

    made.move.op, made.move.of_id = op, move.id
    move.undone_by = made.move.id if back else None
    return made


# ---- the beats


def _check_seen(item: PlanItem, seen: Where | None) -> None:
    session().refresh(item)
    if queries.where_is(item) == seen:
        return
    last = queries.last_move_of(item.id)
    if last is None:
        raise ChangedMeanwhile(name=item.name)
    raise MovedMeanwhile(name=item.name, who=last.by)


def _way(item: PlanItem, to: Where | None, kept: Snapshot | None) -> _Way:
    """How an item would get there: the seats of another room are looked up and chosen."""
    _check_place(item, to)
    now = queries.where_is(item)
    sitting = sitting_in(item.session_id) if item.session_id else {}
    way = _Way(item, now, to, sitting, tuple((one, spot.id) for one, spot in sitting.items()))
    if to is None:
        return replace(way, seats=())
    if now is not None and now.room == to.room:
        return way
    if kept is not None and now is None:
        back, without = seats_back(kept.seats, to.room, item.part)
        return replace(way, seats=back, without=without)
    if kept is not None and _all_back(kept, sitting, faulty_stations(to.room)):
        return replace(way, seats=kept.seats)
    if not sitting:
        return way
    return replace(way, seats=seats_elsewhere(sitting, spots_in(to.room)))


def _all_back(kept: Snapshot, sitting: Mapping[int, Spot], faulty: set[int]) -> bool:
    """Whether those who sit here are those who sat there, and all their stations work."""
    there = dict(kept.seats)
    return there.keys() == sitting.keys() and faulty.isdisjoint(there.values())


def _check_place(item: PlanItem, to: Where | None) -> None:
    """The room is one of the group's, the start lies in the days of the event."""
    if to is None:
        return
    event = item.track.event
    days = (event.ends_on - event.starts_on).days + 1
    room = select(exists().where(Room.id == to.room, Room.group_id == event.group_id))
    if not session().scalar(room) or not 0 <= to.at < days * DAY:
        raise NotAPlace


def _verdict(way: _Way) -> Verdict:
    """The judge's word on a way, against what holds now."""
    item, to = way.item, way.to
    if to is None or to == way.now:
        return Verdict(questions=_questions(way))
    problem = problem_of(item.track.event, near=near(item, to.room))
    board = Board(problem, problem.present or Plan())
    before = clashes_around(board, item.id)
    board.put(Placing(item.id, to.room, to.at))
    board.seat(item.id, [Seat(entry, item.id, station) for entry, station in way.seats])
    after = clashes_around(board, item.id)
    return Verdict(
        hindrances(before, after), new_warnings(before, after), _questions(way), board, after
    )


def _questions(way: _Way) -> list[Question]:
    """What happens to people besides."""
    if way.without:
        return [PeopleStayWithout(count=len(way.without), who=told_numbers(way.without))]
    if way.changes_room:
        return [PeopleMoveAlong(count=len(way.sitting))] if way.sitting else []
    if way.to is not None or way.item.session is None:
        return []
    serving = sum(one[2] is not None for one in snapshot_of(way.item.session).duties)
    asked: list[Question] = []
    if way.sitting:
        asked.append(PeopleLoseStations(count=len(way.sitting)))
    if serving:
        asked.append(PeopleLoseDuties(count=serving))
    return asked


def _check(way: _Way, agreed: frozenset[str]) -> Verdict:
    """Refuse what cannot be, ask about what should not be; the room's row is the lock."""
    item = way.item
    if way.to is not None:
        room = select(Room.id).where(Room.id == way.to.room)
        session().scalar(room.with_for_update(key_share=True))
    _check_history(way)
    found = _verdict(way)
    if found.hindrances:
        raise DoesNotFit(found.hindrances, found.board, name=item.name)
    asked = AsksFirst(found.warnings, found.questions, found.board, name=item.name)
    if not agreed >= set(asked.keys):
        raise asked
    return found


def _check_history(way: _Way) -> None:
    """What has begun stays; what was drawn or recorded refers to the session or its stations."""
    item, held = way.item, way.item.session_id
    if item.session is not None:
        check_not_begun(item.session)
    if way.changes_room and way.sitting and drawn_tracks([item.track_id]):
        raise StationsDrawn(track=item.track.name)
    if held and way.to is None:
        noted = exists().where((Incident.session_id == held) | (Incident.to_session_id == held))
        if session().scalar(select(noted)):
            raise HasHistory(name=item.name)


def _again(
    actor: Actor,
    item: PlanItem,
    state: dict[str, Any],
    settings: PlanSettings,
    agreed: frozenset[str],
) -> Made:
    """Bring an item into a state it was in, with everybody who was there."""
    kept = Snapshot.read(state) if state else None
    way = _way(item, queries.lay_at(item.track.event, state), kept)
    found = _check(way, agreed)
    made = _go(actor, way, settings, kept)
    _record(actor, item, made)
    return Made(made, found)


def _go(actor: Actor, way: _Way, settings: PlanSettings, kept: Snapshot | None = None) -> PlanMove:
    """Change the rows, and write down what was and what is."""
    item, event = way.item, way.item.track.event
    before = snapshot_of(item.session).plain() if item.session else {}
    kind = MoveKind.MOVED if way.now is not None else MoveKind.PLACED
    if way.to is None:
        lift_item(item)
        kind = MoveKind.LIFTED
    else:
        _lay(way, way.to, kept)
    move = PlanMove(
        id=new_id(),
        group_id=event.group_id,
        event_id=event.id,
        number=step_revision(event.id, settings.revision),
        kind=kind,
        item_id=item.id,
        before=before,
        after=snapshot_of(item.session).plain() if item.session else {},
        by_id=actor.user_id,
        by=actor.name,
        at=clock.now(),
    )
    session().add(move)
    return move


def _lay(way: _Way, to: Where, kept: Snapshot | None) -> None:
    """Into a room and a time; who sits there goes along to the stations chosen for them."""
    starts_at = moment_of(origin_of(way.item.track.event.starts_on), to.at)
    if way.now is None and kept is not None:
        restore_item(way.item, replace(kept, seats=way.seats))
    else:
        put_item(way.item, to.room, starts_at, way.seats)


def _record(actor: Actor, item: PlanItem, made: PlanMove) -> None:
    """Where from and where to, in words that stay readable when rooms are gone."""
    rooms = {one["room"] for one in (made.before, made.after) if one}
    found = session().execute(select(Room.id, Room.name).where(Room.id.in_(rooms)))
    names = {row[0]: row[1] for row in found}
    lay = [_words(one, names) for one in (made.before, made.after)]
    lifted, moved = made.kind is MoveKind.LIFTED, made.kind is MoveKind.MOVED
    record(
        actor,
        "item.lifted" if lifted else "item.moved" if moved else "item.placed",
        item,
        name=item.name,
        before=lay[0],
        after=lay[1],
    )


def _words(plain: dict[str, Any], names: Mapping[int, str]) -> str | None:
    if not plain:
        return None
    kept = Snapshot.read(plain)
    return f"{names[kept.room_id]} {clock.in_shanghai(kept.starts_at):%m-%d %H:%M}"
