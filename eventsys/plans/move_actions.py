"""Moving an item by hand: into a room and a time, elsewhere, back to the tray; undo and redo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, exists, select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.draws.models import LevelDraw
from eventsys.draws.rules import Level
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
    Question,
    Spot,
    StationsDrawn,
    Where,
    hindrances,
    new_warnings,
    seats_elsewhere,
)
from eventsys.plans.near import near
from eventsys.plans.placing import (
    Snapshot,
    check_not_begun,
    lift_item,
    put_item,
    restore_item,
    settings_of,
    snapshot_of,
    step_revision,
)
from eventsys.plans.policy import may_plan_event
from eventsys.plans.problem import problem_of
from eventsys.plans.states import MoveKind
from eventsys.timetable.board import Board
from eventsys.timetable.clashes import clashes_around
from eventsys.timetable.models import Placement, Room
from eventsys.timetable.rules import DAY, Clash, Placing, Plan, Problem, Seat

Seats = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Verdict:
    """What a place would mean: what forbids it, what to think about, whom it concerns."""

    hindrances: Sequence[Clash] = ()
    warnings: Sequence[Clash] = ()
    questions: Sequence[Question] = ()
    problem: Problem | None = None


@dataclass(frozen=True)
class _Way:
    """One way for an item to go, thought through: where to, with which seats."""

    item: PlanItem
    now: Where | None
    to: Where | None
    sitting: dict[int, Spot]
    seats: Seats

    @property
    def changes_room(self) -> bool:
        return self.now is not None and self.to is not None and self.now.room != self.to.room


def verdict_on(actor: Actor, item: PlanItem, to: Where | None) -> Verdict:
    """What the move of an item would mean; nothing is changed, nobody waits."""
    authorize(actor, may_plan_event, item.track.event)

    way = _way(item, to, None)
    _check_history(way)
    return _verdict(way)


def move_item(actor: Actor, item: PlanItem, move: Move) -> PlanMove:
    """Lay an item at a place and time, or in the tray; sent twice, it is done once."""
    event = item.track.event
    authorize(actor, may_plan_event, event)

    settings = _hold(event)
    known = queries.move_named(event.id, move.op)
    if known is not None:
        return known
    _check_seen(item, move.seen)
    way = _way(item, move.to, None)
    _check(way, move.agreed)

    made = _go(actor, way, settings)
    made.op = move.op

    _record(actor, item, made)
    return made


def undo_move(
    actor: Actor, event: Event, op: str, agreed: frozenset[str] = frozenset()
) -> PlanMove:
    """Take back one's own last move, as long as nobody has moved on from it."""
    authorize(actor, may_plan_event, event)

    settings = _hold(event)
    known = queries.move_named(event.id, op)
    if known is not None:
        return known
    found = queries.to_undo(event, actor.user_id or 0)
    if found is None:
        raise NothingToUndo
    move, item = found
    made = _again(actor, item, move.before, settings, agreed)
    made.op, made.of_id, move.undone_by = op, move.id, made.id

    _record(actor, item, made)
    return made


def redo_move(
    actor: Actor, event: Event, op: str, agreed: frozenset[str] = frozenset()
) -> PlanMove:
    """Do again what one took back last."""
    authorize(actor, may_plan_event, event)

    settings = _hold(event)
    known = queries.move_named(event.id, op)
    if known is not None:
        return known
    found = queries.to_redo(event, actor.user_id or 0)
    if found is None:
        raise NothingToRedo
    move, item = found
    made = _again(actor, item, move.after, settings, agreed)
    made.op, made.of_id, move.undone_by = op, move.id, None

    _record(actor, item, made)
    return made


# ---- the beats


def _hold(event: Event) -> PlanSettings:
    """Whoever changes the plan of an event waits for their turn here."""
    settings = settings_of(event)
    session().refresh(settings, with_for_update={"key_share": True})
    return settings


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
    sitting = queries.sitting_in(item.session_id) if item.session_id else {}
    way = _Way(item, now, to, sitting, tuple((one, spot.id) for one, spot in sitting.items()))
    if to is None:
        return replace(way, seats=())
    if now is not None and now.room == to.room:
        return way
    if kept is not None:
        faulty = queries.faulty_stations(to.room)
        back = tuple(one for one in kept.seats if one[1] not in faulty)
        if now is None or {entry for entry, _station in back} == sitting.keys():
            return replace(way, seats=back)
    if not sitting:
        return way
    return replace(way, seats=seats_elsewhere(sitting, queries.spots_in(to.room)))


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
    return Verdict(hindrances(before, after), new_warnings(before, after), _questions(way), problem)


def _questions(way: _Way) -> list[Question]:
    """What happens to people besides."""
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


def _check(way: _Way, agreed: frozenset[str]) -> None:
    """Refuse what cannot be, ask about what should not be; the room's row is the lock."""
    item = way.item
    if way.to is not None:
        room = select(Room.id).where(Room.id == way.to.room)
        session().scalar(room.with_for_update(key_share=True))
    _check_history(way)
    found = _verdict(way)
    if found.hindrances:
        raise DoesNotFit(found.hindrances, found.problem, name=item.name)
    asked = AsksFirst(found.warnings, found.questions, found.problem, name=item.name)
    if not agreed >= set(asked.keys):
        raise asked


def _check_history(way: _Way) -> None:
    """What has begun stays; what was drawn or recorded refers to the session or its stations."""
    item, held = way.item, way.item.session_id
    if item.session is not None:
        check_not_begun(item.session)
    if way.changes_room and way.sitting:
        drawn = exists().where(
            LevelDraw.track_id == item.track_id,
            LevelDraw.level == Level.STATION,
            LevelDraw.drawn_at.is_not(None),
        )
        if session().scalar(select(drawn)):
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
) -> PlanMove:
    """Bring an item into a state it was in, with everybody who was there."""
    kept = Snapshot.read(state) if state else None
    way = _way(item, queries.lay_at(item.track.event, state), kept)
    _check(way, agreed)
    return _go(actor, way, settings, kept)


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
    item = way.item
    starts_at = moment_of(origin_of(item.track.event.starts_on), to.at)
    if way.now is None and kept is not None:
        restore_item(item, replace(kept, seats=way.seats))
        return
    if not way.changes_room or not way.sitting:
        put_item(item, to.room, starts_at)
        return
    session().execute(delete(Placement).where(Placement.session_id == item.session_id))
    held = put_item(item, to.room, starts_at)
    session().add_all(
        Placement(
            id=new_id(),
            group_id=item.group_id,
            session_id=held.id,
            station_id=station,
            entry_id=entry,
            part=item.part,
        )
        for entry, station in way.seats
    )
    session().flush()


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
