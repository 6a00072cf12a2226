"""Changing one duty by hand: what would clash is told first, what cannot be is refused."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import session
from eventsys.duties.models import Duty
from eventsys.duties.policy import may_plan_duty
from eventsys.duties.servers import servers_of
from eventsys.errors import N_
from eventsys.events.models import Event
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.plans.models import PlanItem, PlanPost
from eventsys.plans.placing import settings_of, step_revision
from eventsys.plans.problem import problem_of
from eventsys.plans.rules import CannotServe, DutyOver
from eventsys.timetable.board import Board
from eventsys.timetable.clash_words import told
from eventsys.timetable.clashes import blocks, clashes_around
from eventsys.timetable.rules import Clash, ClashKind, Plan

Words = Callable[[str], str]
NOT_LISTED = N_("nobody put them on the event's list for an office. List them first.")
NOT_PERSONAL = {
    ClashKind.UNFILLED,
    ClashKind.UNSEATED,
    ClashKind.PANEL_SPLIT,
    ClashKind.PERSON_FIXED,  # whoever changes a duty by hand may change what was set by hand
}


@dataclass(frozen=True)
class Candidate:
    """Somebody who could take a duty: how much they serve, and what would clash."""

    user_id: int
    name: str
    load: int
    clashes: tuple[tuple[str, str], ...]

    @property
    def is_barred(self) -> bool:
        """Whether they cannot take it."""
        return any(how == "block" for how, _text in self.clashes)


class Desk:
    """One duty on a board: who serves now, and what each other choice would mean."""

    def __init__(self, duty: Duty) -> None:
        event = duty.session.track.event
        self.problem = problem_of(event)
        self.board = Board(self.problem, self.problem.present or Plan())
        self.post = _post_of(duty)
        self.item = self.board.posts[self.post].item
        self.able = {
            one.id
            for one in servers_of(event).values()
            if duty.office in one.may_serve(duty.session.track_id)
        }

    def clashes_with(self, user_id: int | None) -> list[Clash]:
        """What would be wrong about a person, or about nobody, at this post."""
        before = self.board.server.get(self.post)
        self.board.serve(self.post, user_id)
        found = [
            one
            for one in clashes_around(self.board, self.item)
            if user_id in one.people and one.kind not in NOT_PERSONAL
        ]
        self.board.serve(self.post, before)
        return found

    def candidates(self, words: Words) -> list[Candidate]:
        """Everybody who holds the office, those first who can come and serve least."""
        able = [one for one in self.problem.people if one.id in self.able]
        found = [
            Candidate(
                one.id,
                one.name,
                len(self.board.served.get(one.id, ())),
                tuple(
                    (clash.severity.value, told(self.board, clash, words))
                    for clash in self.clashes_with(one.id)
                ),
            )
            for one in able
        ]
        return sorted(found, key=lambda one: (one.is_barred, bool(one.clashes), one.load, one.name))


def _post_of(duty: Duty) -> int:
    """The post a duty fills: of the session's item, or the duty itself at a session by hand."""
    found = session().scalar(
        select(PlanPost.id)
        .join(PlanItem, PlanItem.id == PlanPost.item_id)
        .where(
            PlanItem.session_id == duty.session_id,
            PlanPost.office == duty.office,
            PlanPost.seat == duty.seat,
        )
    )
    return found or duty.id


def put_on_duty(actor: Actor, duty: Duty, user_id: int | None, words: Words) -> None:
    """Somebody takes a duty and the planner leaves it so, or nobody does and it may fill it."""
    authorize(actor, may_plan_duty, duty)

    if duty.session.ends_at <= clock.now():
        raise DutyOver
    if user_id is not None:
        _check_possible(duty, user_id, words)

    event: Event = duty.session.track.event
    kept = settings_of(event)
    step_revision(event.id, kept.revision)
    before = duty.user.name if duty.user else ""
    duty.user_id, duty.is_fixed = user_id, user_id is not None
    session().flush()
    session().expire(duty, ["user"])

    after = duty.user.name if duty.user else ""
    record(actor, "duty.changed", duty, before=before, after=after, role=duty.office.value)


def _check_possible(duty: Duty, user_id: int, words: Words) -> None:
    desk = Desk(duty)
    user = session().get(User, user_id)
    if user is None or user_id not in desk.able:
        raise CannotServe(name=user.name if user else "?", why=words(NOT_LISTED))
    stopping = blocks(desk.clashes_with(user_id))
    if stopping:
        raise CannotServe(name=user.name, why=told(desk.board, stopping[0], words))
