"""The life of a run: asked for, taken by a worker, watched, stopped, thrown away."""

from datetime import datetime

from sqlalchemy import exists, select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.events.models import Event
from eventsys.events.rules import EventKind
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, System, authorize
from eventsys.plans.minutes import minute_of, origin_of
from eventsys.plans.models import RUNS, PlanItem, PlanRun
from eventsys.plans.placing import settings_of
from eventsys.plans.policy import may_plan_event, may_plan_run
from eventsys.plans.problem import slots_ahead
from eventsys.plans.queries import run_under_way
from eventsys.plans.results import Found
from eventsys.plans.rules import NoShifts, NothingToPlan, RunOver, RunUnderWay, ShiftsOver
from eventsys.plans.states import UNDER_WAY, RunState
from eventsys.timetable.lots import STATIONS_AT_ONCE
from eventsys.timetable.models import Room, Station
from eventsys.timetable.place_actions import add_stations

SECONDS = (10, 60, 300)
SEEDS = 2**31
LONGEST_PROBLEM = 500
LONGEST_CURVE = 400


def ask_run(
    actor: Actor, event: Event, seconds: int, seed: int, *, move_little: bool = False
) -> PlanRun:
    """A run for the worker; one at a time for an event."""
    authorize(actor, may_plan_event, event)

    settings = settings_of(event)
    if not settings.shifts:
        raise NoShifts
    if not slots_ahead(settings, minute_of(origin_of(event.starts_on), clock.now())):
        raise ShiftsOver
    if session().scalar(select(PlanItem.id).where(PlanItem.event_id == event.id).limit(1)) is None:
        raise NothingToPlan
    if run_under_way(event.id) is not None:
        raise RunUnderWay

    _number_seats(event)
    owner = session().get_one(User, actor.user_id)
    run = PlanRun(
        id=new_id(),
        group_id=event.group_id,
        event_id=event.id,
        owner_id=owner.id,
        language=owner.language,
        seconds=seconds,
        seed=seed % SEEDS,
        move_little=move_little,
        revision=settings.revision,
        created_at=clock.now(),
    )
    session().add(run)
    session().flush()

    record(actor, "plan.run_asked", run, number=seconds, seed=seed)
    return run


def _number_seats(event: Event) -> None:
    """Rooms that only say how many seats they have get numbered ones: a plan seats people."""
    if event.kind is EventKind.TRAINING:
        return
    wanted = select(PlanItem.purpose).where(PlanItem.event_id == event.id)
    purposes = {one for one in session().scalars(wanted.distinct()) if one is not None}
    bare = select(Room).where(
        Room.purpose.in_(purposes),
        Room.seats > 0,
        ~exists().where(Station.room_id == Room.id),
    )
    for room in session().scalars(bare).all():
        left = room.seats or 0
        while left:
            add_stations(System(group_id=room.group_id), room, min(left, STATIONS_AT_ONCE))
            left -= min(left, STATIONS_AT_ONCE)


def stop_run(actor: Actor, run: PlanRun) -> None:
    """End a run early and keep the best it has; one that waits is thrown away."""
    authorize(actor, may_plan_run, run)

    session().refresh(run, with_for_update=True)
    if run.state not in UNDER_WAY:
        raise RunOver

    run.stop_asked_at = clock.now()
    if run.state is RunState.WAITING:
        _decide(actor, run, RunState.DROPPED)

    record(actor, "plan.run_stopped", run)


def drop_run(actor: Actor, run: PlanRun) -> None:
    """Throw a run away; the plan stays as it is."""
    authorize(actor, may_plan_run, run)

    session().refresh(run, with_for_update=True)
    if run.state in {RunState.KEPT, RunState.DROPPED}:
        raise RunOver

    _decide(actor, run, RunState.DROPPED)
    run.found = None

    record(actor, "plan.run_dropped", run)


def _decide(actor: Actor, run: PlanRun, state: RunState) -> None:
    run.state, run.decided_at, run.decided_by = state, clock.now(), actor.name
    run.finished_at = run.finished_at or run.decided_at


# ---- the worker's side


def begin_run(run_id: int, held_since: datetime) -> datetime:
    """The search is loaded and begins: its seconds count from now on."""
    moment = clock.now()
    RUNS.change(run_id, held_since, claimed_at=moment, started_at=moment)
    return moment


def note_progress(
    run_id: int, held_since: datetime, curve: list[list[int]], steps: int
) -> tuple[datetime, bool]:
    """A sign of life with the best so far; gives back the new hold and whether to stop."""
    moment = clock.now()
    last = curve[-1] if curve else [0, 0, 0]
    run = RUNS.change(
        run_id,
        held_since,
        claimed_at=moment,
        curve=curve[-LONGEST_CURVE:],
        unplaced=last[1],
        cost=last[2],
        steps=steps,
    )
    return moment, run.stop_asked_at is not None


def finish_run(run_id: int, held_since: datetime, found: Found, steps: int) -> None:
    """There is a plan to compare: perhaps not of everything, never with a blocking clash."""
    placed = {one.item for one in found.plan.placings}
    run = RUNS.change(
        run_id,
        held_since,
        state=RunState.DONE,
        finished_at=clock.now(),
        found=found.plain(),
        unplaced=len(set(found.why) - placed),
        cost=sum(found.points.values()),
        steps=steps,
    )

    record(System(group_id=run.group_id), "plan.run_done", run, number=len(placed))


def fail_run(run_id: int, held_since: datetime, problem: str) -> None:
    """It could not run: ``problem`` says why and what to do, in the owner's language."""
    run = RUNS.change(
        run_id,
        held_since,
        state=RunState.FAILED,
        finished_at=clock.now(),
        problem=problem[:LONGEST_PROBLEM],
    )

    record(System(group_id=run.group_id), "plan.run_failed", run)
