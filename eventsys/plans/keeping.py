"""Accepting a plan: sessions, seats and duties written down in one act, or nothing of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import delete, insert, select, update

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.duties.models import Duty
from eventsys.duties.rules import Office
from eventsys.events.models import Event
from eventsys.identity.policy import Actor, authorize
from eventsys.plans.minutes import minute_of, moment_of
from eventsys.plans.models import PlanItem, PlanMove, PlanPost, PlanRun, PlanSettings
from eventsys.plans.moves import told_numbers
from eventsys.plans.placing import step_revision
from eventsys.plans.policy import may_plan_run
from eventsys.plans.problem import problem_of
from eventsys.plans.results import Found
from eventsys.plans.rules import (
    DifferentFromShown,
    FileCannotBe,
    FileOutdated,
    OthersLoseStations,
    RunFoundNothing,
    RunNotReady,
)
from eventsys.plans.seat_queries import numbers_of
from eventsys.plans.states import MoveKind, RunState
from eventsys.timetable.clashes import blocks, clashes
from eventsys.timetable.models import Placement, Session
from eventsys.timetable.rules import Placing, Plan, Problem, Seat

AT_ONCE = 2000
T = TypeVar("T")


def keep_plan(actor: Actor, run: PlanRun, seen: int, losing: int = 0) -> int:
    """Accept what a run found; how many items have room and time now.

    ``seen``: the revision of the plan that was compared with it; ``losing``: how many entries at
    most were said to lose their station by it. When somebody changed the plan since, nothing is
    written and it has to be looked at again. What is on the timetable and the run left out goes
    back to the tray.
    """
    authorize(actor, may_plan_run, run)

    session().refresh(run, with_for_update=True)
    if run.state is not RunState.DONE or run.found is None:
        raise RunNotReady
    revision = revision_of(run.event_id)
    if is_outdated(run, revision):
        raise FileOutdated
    if revision != seen:
        raise DifferentFromShown
    number = step_revision(run.event_id, seen)
    problem = problem_of(run.event)
    wanted = wanted_by(run, problem)
    if blocks(clashes(problem, wanted)):
        raise FileCannotBe if run.file_name else RunFoundNothing
    lost = losing_stations(problem, wanted)
    if len(lost) > losing:
        raise OthersLoseStations(count=len(lost), who=told_numbers(numbers_of(lost)))

    _Writing(run.event, problem, wanted).write()
    run.state, run.decided_at, run.decided_by = RunState.KEPT, clock.now(), actor.name
    session().add(
        PlanMove(
            id=new_id(),
            group_id=run.group_id,
            event_id=run.event_id,
            number=number,
            kind=MoveKind.KEPT,
            before={},
            after={"run": run.id},
            by_id=actor.user_id,
            by=actor.name,
            at=clock.now(),
        )
    )
    session().flush()
    session().expire_all()

    record(actor, "plan.kept", run, number=len(wanted.placings), seed=run.seed)
    return len(wanted.placings)


def revision_of(event_id: int) -> int | None:
    """The revision of an event's plan as it is now."""
    return session().scalar(select(PlanSettings.revision).where(PlanSettings.event_id == event_id))


def is_outdated(run: PlanRun, revision: int | None) -> bool:
    """Whether a file came in before the last change, and would put back what it never said."""
    return bool(run.file_name) and revision not in {None, run.revision}


def wanted_by(run: PlanRun, problem: Problem) -> Plan:
    """What a run would make of the present plan; a table says nothing of seats, so they stay."""
    plan = Found.read(run.found or {}).plan
    if run.file_name:
        plan = replace(plan, seats=seats_staying(problem, plan.placings))
    return still_possible(problem, plan)


def seats_staying(problem: Problem, placings: Collection[Placing]) -> tuple[Seat, ...]:
    """The present seats of sessions that keep their room."""
    present = problem.present or Plan()
    before = {one.item: one.place for one in present.placings}
    stays = {one.item for one in placings if before.get(one.item) == one.place}
    return tuple(one for one in present.seats if one.item in stays)


def still_possible(problem: Problem, plan: Plan) -> Plan:
    """A plan as it can be written now: without what is gone, and what has begun as it is."""
    items = {one.id: one for one in problem.items}
    posts = {one.id: one.item for one in problem.posts}
    people = {one.id for one in problem.people}
    stations = {one.station for one in problem.spots}
    present = problem.present or Plan()
    now = minute_of(problem.origin, clock.now())
    begun = {one.item for one in present.placings if one.starts <= now}
    placings = [one for one in plan.placings if one.item in items and one.item not in begun]
    placed = {one.item for one in placings}
    return Plan(
        (*placings, *(one for one in present.placings if one.item in begun)),
        (
            *(
                one
                for one in plan.servings
                if posts.get(one.post, 0) in placed and one.person in people
            ),
            *(one for one in present.servings if posts.get(one.post, 0) in begun),
        ),
        (
            *(
                one
                for one in plan.seats
                if one.item in placed
                and one.station in stations
                and one.entry in items[one.item].crowd
            ),
            *(one for one in present.seats if one.item in begun),
        ),
    )


def losing_stations(problem: Problem, wanted: Plan) -> set[int]:
    """The entries that have a station now and would have none, in one part or more.

    A session of which a plan seats nobody keeps its seats unless it changes its room.
    """
    present = problem.present or Plan()
    part = {one.id: (one.track, one.part) for one in problem.items}
    before = {one.item: one.place for one in present.placings}
    after = {one.item: one.place for one in wanted.placings}
    anew = {one.item for one in wanted.seats}
    stays = {item for item, place in after.items() if place == before.get(item)} - anew
    has = {(one.entry, part[one.item]) for one in wanted.seats if one.item in after}
    has |= {(one.entry, part[one.item]) for one in present.seats if one.item in stays}
    return {one.entry for one in present.seats if (one.entry, part[one.item]) not in has}


@dataclass
class _Writing:
    """One plan on its way into the tables."""

    event: Event
    problem: Problem
    plan: Plan
    items: dict[int, PlanItem] = field(default_factory=dict)
    minutes: dict[int, int] = field(default_factory=dict)
    elsewhere: list[int] = field(default_factory=list)  # items that changed their room
    begun: set[int] = field(default_factory=set)

    def write(self) -> None:
        """Sessions first, then who sits and who serves in them."""
        self.items = {
            one.id: one
            for one in session().scalars(select(PlanItem).where(PlanItem.event_id == self.event.id))
        }
        self.minutes = {one.id: one.minutes for one in self.problem.items}
        begun = (
            select(PlanItem.id)
            .join(Session, Session.id == PlanItem.session_id)
            .where(PlanItem.event_id == self.event.id, Session.starts_at <= clock.now())
        )
        self.begun = set(session().scalars(begun))
        self._lift()
        held = self._lay_down()
        self._seat(held)
        self._serve(held)

    def _lift(self) -> None:
        """Back to the tray: what has a session and no place in the plan."""
        placed = {one.item for one in self.plan.placings}
        gone = [one for one in self.items.values() if one.session_id and one.id not in placed]
        keys = [one.session_id for one in gone]
        for one in gone:
            one.session_id = None
        session().flush()
        for some in _portions(keys):
            for table in (Placement, Duty):
                session().execute(
                    delete(table)
                    .where(table.session_id.in_(some))
                    .execution_options(synchronize_session=False)
                )
            session().execute(
                delete(Session)
                .where(Session.id.in_(some))
                .execution_options(synchronize_session=False)
            )

    def _lay_down(self) -> dict[int, int]:
        """Sessions made or moved; the session of each item. What has begun stays as it is."""
        made: dict[int, dict[str, object]] = {}
        now = self._lying()
        for one in self.plan.placings:
            item = self.items.get(one.item)
            if item is None:
                continue  # set by hand beside the plan: it stays
            starts = moment_of(self.problem.origin, one.starts)
            if item.session_id is None:
                made[item.id] = self._session(item, one.place, starts)
            elif now[item.session_id] != (one.place, starts):
                self._move(item, one.place, starts, now[item.session_id][0])
        for some in _portions(list(made.values())):
            session().execute(insert(Session), some)
        for key, row in made.items():
            self.items[key].session_id = int(str(row["id"]))
        session().flush()
        return {
            one.id: one.session_id
            for one in self.items.values()
            if one.session_id and one.id not in self.begun
        }

    def _move(self, item: PlanItem, room_id: int, starts: datetime, before: int) -> None:
        session().execute(
            update(Session)
            .where(Session.id == item.session_id)
            .values(
                room_id=room_id,
                starts_at=starts,
                ends_at=starts + timedelta(minutes=self.minutes[item.id]),
            )
            .execution_options(synchronize_session=False)
        )
        if room_id != before:
            self.elsewhere.append(item.id)

    def _session(self, item: PlanItem, room_id: int, starts: datetime) -> dict[str, object]:
        return {
            "id": new_id(),
            "group_id": item.group_id,
            "track_id": item.track_id,
            "room_id": room_id,
            "name": item.name,
            "part": item.part,
            "starts_at": starts,
            "ends_at": starts + timedelta(minutes=item.minutes),
        }

    def _lying(self) -> dict[int, tuple[int, datetime]]:
        rows = session().execute(
            select(Session.id, Session.room_id, Session.starts_at)
            .join(PlanItem, PlanItem.session_id == Session.id)
            .where(PlanItem.event_id == self.event.id)
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    def _seat(self, held: Mapping[int, int]) -> None:
        """Every seat of the plan; a session without any keeps its seats unless it changed rooms."""
        wanted = [one for one in self.plan.seats if one.item in held]
        anew = {one.item for one in wanted} | (set(self.elsewhere) & held.keys())
        for some in _portions([held[item] for item in sorted(anew)]):
            session().execute(
                delete(Placement)
                .where(Placement.session_id.in_(some))
                .execution_options(synchronize_session=False)
            )
        for some in _portions([self._placement(one, held) for one in wanted]):
            session().execute(insert(Placement), some)

    def _placement(self, one: Seat, held: Mapping[int, int]) -> dict[str, object]:
        return {
            "id": new_id(),
            "group_id": self.event.group_id,
            "session_id": held[one.item],
            "station_id": one.station,
            "entry_id": one.entry,
            "part": self.items[one.item].part,
        }

    def _serve(self, held: Mapping[int, int]) -> None:
        """A duty for every post; who was set by hand keeps it."""
        posts = list(
            session().scalars(
                select(PlanPost)
                .join(PlanItem, PlanItem.id == PlanPost.item_id)
                .where(PlanItem.event_id == self.event.id)
            )
        )
        fixed = self._fixed(held)
        people = {one.post: one.person for one in self.plan.servings}
        for some in _portions(list(held.values())):
            session().execute(
                delete(Duty)
                .where(Duty.session_id.in_(some))
                .execution_options(synchronize_session=False)
            )
        rows = []
        for post in posts:
            if post.item_id in held:
                key = (held[post.item_id], post.office, post.seat)
                rows.append(
                    {
                        "id": new_id(),
                        "group_id": self.event.group_id,
                        "session_id": held[post.item_id],
                        "office": post.office,
                        "seat": post.seat,
                        "user_id": fixed.get(key, people.get(post.id)),
                        "is_fixed": key in fixed,
                    }
                )
        for some in _portions(rows):
            session().execute(insert(Duty), some)

    def _fixed(self, held: Mapping[int, int]) -> dict[tuple[int, Office, int], int]:
        found: dict[tuple[int, Office, int], int] = {}
        for some in _portions(list(held.values())):
            rows = session().scalars(
                select(Duty).where(
                    Duty.session_id.in_(some), Duty.is_fixed, Duty.user_id.is_not(None)
                )
            )
            for one in rows:
                if one.user_id is not None:
                    found[one.session_id, one.office, one.seat] = one.user_id
        return found


def _portions(rows: Sequence[T]) -> Iterable[list[T]]:
    """A long list in pieces that a database takes at once."""
    for at in range(0, len(rows), AT_ONCE):
        yield list(rows[at : at + AT_ONCE])
