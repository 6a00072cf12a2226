"""Delaying a session on the day: what it pushes, worked out first and then done in one act."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import NotThere
from eventsys.identity.policy import Actor, authorize
from eventsys.plans.models import PlanItem, PlanMove
from eventsys.plans.placing import settings_of, step_revision
from eventsys.plans.problem import problem_of
from eventsys.plans.rules import DelayUnfit, SessionOver
from eventsys.plans.states import MoveKind
from eventsys.timetable.board import Board
from eventsys.timetable.clash_words import told
from eventsys.timetable.clashes import clashes_on
from eventsys.timetable.models import Session
from eventsys.timetable.policy import may_plan_session
from eventsys.timetable.rules import Clash, ClashKind, Item, Placing, Plan, Problem, Severity

Words = Callable[[str], str]
LONGEST_DELAY = 600


@dataclass(frozen=True)
class Push:
    """A session that begins later because of a delay, and why: minutes after its present start."""

    item: int
    minutes: int
    because: int = 0


def pushes(board: Board, item: int, minutes: int) -> list[Push]:
    """Everything a delay moves, the delayed session first.

    A later session moves when it shares the room or somebody with one that now ends too late. Gaps
    that were shorter than the rules ask for do not grow by it.
    """
    shifted = {item: Push(item, minutes)}
    waiting = [item]
    while waiting:
        waiting.sort(key=lambda key: board.span[key], reverse=True)
        one = waiting.pop()
        starts, ends = board.span[one]
        late = ends + shifted[one].minutes
        for other, (begin, _end) in board.span.items():
            if other == one or begin < ends or begin < starts:
                continue
            gap = min(begin - ends, _gap(board, one, other))
            if gap < 0 or late + gap <= begin + _minutes(shifted, other):
                continue
            shifted[other] = Push(other, late + gap - begin, one)
            if other not in waiting:
                waiting.append(other)
    return list(shifted.values())


def _minutes(shifted: Mapping[int, Push], item: int) -> int:
    return shifted[item].minutes if item in shifted else 0


def _gap(board: Board, one: int, other: int) -> int:
    """The minutes that must lie between two sessions; below zero: nothing in common."""
    first, second = board.items[one], board.items[other]
    needed = -1
    if board.placed[one].place == board.placed[other].place and (first.alone or second.alone):
        needed = max(needed, board.places[board.placed[one].place].reset)
    way = board.minutes_between(one, other)
    if first.crowd & second.crowd:
        needed = max(needed, board.rules.rest, way)
    if one in second.after:
        needed = max(needed, board.rules.rest)
    if _people(board, one) & _people(board, other):
        needed = max(needed, board.rules.duty_rest, way)
    return needed


def _people(board: Board, item: int) -> set[int]:
    posts = board.posts_of.get(item, ())
    return {board.server[post] for post in posts if post in board.server}


class Delay:
    """A delay thought through: what it pushes, and what would be wrong then that is not now."""

    def __init__(self, held: Session, minutes: int) -> None:
        self.problem: Problem = problem_of(held.track.event)
        present = self.problem.present or Plan()
        self.board = Board(self.problem, present)
        self.item = _item_of(held)
        if self.item not in self.board.span:
            raise NotThere
        self.pushes = pushes(self.board, self.item, minutes)
        before = {_key(one) for one in clashes_on(self.board)}
        self.after = Board(self.problem, self._plan(present, held))
        self.clashes = [one for one in clashes_on(self.after) if _key(one) not in before]

    def _plan(self, present: Plan, held: Session) -> Plan:
        by_item = {one.item: one.minutes for one in self.pushes}
        if held.starts_at <= clock.now():
            by_item[self.item] = 0  # it has begun: it only ends later
        return Plan(
            tuple(
                Placing(one.item, one.place, one.starts + by_item.get(one.item, 0))
                for one in present.placings
            ),
            present.servings,
            present.seats,
        )

    def blocking(self) -> list[Clash]:
        """What would be impossible: beyond the days, in a closed room, in another event's time."""
        return [
            one
            for one in self.clashes
            if one.severity is Severity.BLOCK and one.kind is not ClashKind.MOVED_FIXED
        ]


def _key(one: Clash) -> tuple[object, ...]:
    return one.kind, one.items, one.people, one.places


def _item_of(held: Session) -> int:
    found = session().scalar(select(PlanItem.id).where(PlanItem.session_id == held.id))
    return found or held.id


def delay_session(actor: Actor, held: Session, minutes: int, words: Words) -> int:
    """Begin a session later, or end it later if it has begun, with all it pushes; how many move."""
    authorize(actor, may_plan_session, held)

    if held.ends_at <= clock.now():
        raise SessionOver
    event = held.track.event
    kept = settings_of(event)
    number = step_revision(event.id, kept.revision)
    thought = Delay(held, minutes)
    stopping = thought.blocking()
    if stopping:
        raise DelayUnfit(why=told(thought.after, stopping[0], words))

    sessions = _sessions(thought)
    before = {str(key): one.starts_at.isoformat() for key, one in sessions.items()}
    for push in thought.pushes:
        _shift(sessions[push.item], push.minutes)
    session().add(
        PlanMove(
            id=new_id(),
            group_id=held.group_id,
            event_id=event.id,
            number=number,
            kind=MoveKind.DELAYED,
            before=before,
            after={str(key): one.starts_at.isoformat() for key, one in sessions.items()},
            by_id=actor.user_id,
            by=actor.name,
            at=clock.now(),
        )
    )
    session().flush()

    for push in thought.pushes:
        one = sessions[push.item]
        record(actor, "session.delayed", one, name=one.name, minutes=push.minutes)
    return len(thought.pushes)


def _shift(one: Session, minutes: int) -> None:
    if one.starts_at > clock.now():
        one.starts_at += timedelta(minutes=minutes)
    one.ends_at += timedelta(minutes=minutes)


def _sessions(thought: Delay) -> dict[int, Session]:
    keys = [one.item for one in thought.pushes]
    planned = session().execute(
        select(PlanItem.id, Session)
        .join(Session, Session.id == PlanItem.session_id)
        .where(PlanItem.id.in_(keys))
    )
    found: dict[int, Session] = {row[0]: row[1] for row in planned}
    by_hand = session().scalars(select(Session).where(Session.id.in_(keys)))
    return found | {one.id: one for one in by_hand}


def name_of(problem: Problem, item: int) -> str:
    """What an item is called."""
    found: Item | None = next((one for one in problem.items if one.id == item), None)
    return found.name if found else ""
