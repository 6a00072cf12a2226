"""Runs of the planner: asked for, done by one worker, stopped, accepted whole or not at all."""

import sys
from datetime import timedelta
from importlib.util import find_spec
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from eventsys import clock
from eventsys.db import session, transaction
from eventsys.duties.models import Duty
from eventsys.events.models import Event
from eventsys.holds import MOST_ATTEMPTS, LostHold
from eventsys.plans import run_actions
from eventsys.plans.keeping import keep_plan
from eventsys.plans.models import RUNS, PlanItem, PlanMove, PlanRun, PlanSettings
from eventsys.plans.placing import put_item
from eventsys.plans.problem import problem_of
from eventsys.plans.results import Found
from eventsys.plans.rules import (
    DifferentFromShown,
    NoShifts,
    NothingToPlan,
    RunNotReady,
    RunOver,
    RunUnderWay,
)
from eventsys.plans.setting_actions import keep_settings
from eventsys.plans.states import STALLED_AFTER, RunState
from eventsys.timetable.clashes import blocks, clashes
from eventsys.timetable.models import Placement, Room, Session, Station, Venue
from eventsys.timetable.place_actions import RoomFacts, add_room, change_room, close_room
from eventsys.timetable.rules import Plan, WishKind
from eventsys.timetable.states import Purpose
from scheduling.plan_runs import NotInstalled, do_plan_runs, warm_planner
from scheduling.planner.progress import Progress
from tests.actions.plans.conftest import plan_facts


@pytest.fixture
def asked(planned, organizer):
    """A run of an event that waits; gives back its key."""

    def make(key: str = "competition_a", **more) -> int:
        event = planned(key)
        with transaction():
            run = run_actions.ask_run(organizer, event, 2, 7, **more)
        return run.id

    return make


def run_of(key: int) -> PlanRun:
    return session().get_one(PlanRun, key, populate_existing=True)


def revision(event_id: int) -> int:
    found = select(PlanSettings.revision).where(PlanSettings.event_id == event_id)
    return session().scalar(found)


def count(table) -> int:
    return session().scalar(select(func.count(table.id)))


def test_a_run_needs_shifts_and_something_to_plan(early, organizer, world):
    event = session().get_one(Event, world.competition_a)
    with pytest.raises(NoShifts), transaction():
        run_actions.ask_run(organizer, event, 10, 1)
    with transaction():
        keep_settings(organizer, session().get_one(Event, event.id), plan_facts())
    with pytest.raises(NothingToPlan), transaction():
        run_actions.ask_run(organizer, session().get_one(Event, event.id), 10, 1)


def test_one_run_at_a_time_for_an_event(asked, organizer, world):
    asked()

    with pytest.raises(RunUnderWay), transaction():
        run_actions.ask_run(organizer, session().get_one(Event, world.competition_a), 10, 1)


def test_the_worker_plans_and_what_it_found_has_no_blocking_clash(asked, world):
    key = asked()

    assert do_plan_runs() == 1

    run = run_of(key)
    assert (run.state, run.problem, run.unplaced) == (RunState.DONE, "", 0)
    problem = problem_of(run.event)
    found = Found.read(run.found)
    assert {one.item for one in found.plan.placings} == {one.id for one in problem.items}
    assert blocks(clashes(problem, found.plan)) == []


def test_accepting_writes_sessions_seats_and_duties_in_one_act(asked, organizer, world):
    key = asked()
    do_plan_runs()
    run = run_of(key)

    with transaction():
        number = keep_plan(organizer, run, revision(run.event_id))

    assert number == 1
    held = session().scalars(select(Session)).one()
    assert session().scalars(select(PlanItem)).one().session_id == held.id
    assert count(Placement) == len(Found.read(run_of(key).found).plan.seats)
    assert session().scalar(select(func.count(Duty.id)).where(Duty.session_id == held.id)) == 6
    assert run_of(key).state is RunState.KEPT
    assert session().scalars(select(PlanMove)).one().number == revision(run.event_id)
    problem = problem_of(session().get_one(Event, run.event_id))
    assert blocks(clashes(problem, problem.present)) == []


def test_a_plan_changed_meanwhile_is_not_overwritten(asked, organizer, world):
    key = asked()
    do_plan_runs()
    run = run_of(key)
    seen = revision(run.event_id)
    with transaction():
        keep_settings(organizer, run.event, plan_facts(rest=20))

    with pytest.raises(DifferentFromShown), transaction():
        keep_plan(organizer, run_of(key), seen)

    assert count(Session) == 0
    assert run_of(key).state is RunState.DONE


def test_accepting_twice_is_refused(asked, organizer):
    key = asked()
    do_plan_runs()
    event_id = run_of(key).event_id
    with transaction():
        keep_plan(organizer, run_of(key), revision(event_id))

    with pytest.raises(RunNotReady), transaction():
        keep_plan(organizer, run_of(key), revision(event_id))


def test_a_plan_accepted_over_a_present_one_moves_what_is_otherwise(asked, organizer, world):
    key = asked()
    event_id = run_of(key).event_id
    with transaction():
        item = session().scalars(select(PlanItem)).one()
        night = problem_of(item.track.event).origin
        held = put_item(item, world.room_a, night).id
        room = session().get_one(Room, world.room_a)
        close_room(organizer, room, night, night + timedelta(hours=8))
    do_plan_runs()
    seen = revision(event_id)

    with transaction():
        keep_plan(organizer, run_of(key), seen)

    moved = session().scalars(select(Session)).one()
    assert moved.id == held
    assert moved.starts_at - problem_of(run_of(key).event).origin >= timedelta(hours=8)


def test_a_run_waiting_is_stopped_for_good(asked, organizer):
    key = asked()

    with transaction():
        run_actions.stop_run(organizer, run_of(key))

    assert run_of(key).state is RunState.DROPPED
    assert do_plan_runs() == 0
    with pytest.raises(RunOver), transaction():
        run_actions.stop_run(organizer, run_of(key))


def search_that(deed):
    """A planner that does something and reports in between, as the real one does."""

    def solve(problem, *, report, **_more):
        deed()
        going_on = report(Progress(12.0, 1.0, 100, True, {"unplaced": 1}))
        return Outcome(problem.present or Plan(), going_on)

    return lambda: solve


class Outcome:
    """What the planner gives back."""

    def __init__(self, plan: Plan, going_on: bool) -> None:
        self.plan, self.points, self.unplaced = plan, {WishKind.EARLY: 3}, ()
        self.steps, self.conflict, self.shortage = 100 + going_on, None, None
        self.unfilled = ()


@pytest.fixture
def _at_once(monkeypatch):
    """Progress is written as soon as it is told."""
    monkeypatch.setattr("scheduling.plan_runs.REPORT_EVERY", 0.0)


@pytest.mark.usefixtures("_at_once")
def test_progress_is_written_while_it_runs_and_a_stop_is_heard(asked, organizer):
    key = asked()

    def stop():
        with transaction():
            run_actions.stop_run(organizer, run_of(key))

    do_plan_runs(search_that(stop))

    run = run_of(key)
    assert run.state is RunState.DONE
    assert run.steps == 100  # the search was told to stop
    assert [one[1:] for one in run.curve] == [[1, 12]]


@pytest.mark.usefixtures("_at_once")
def test_a_run_thrown_away_while_it_runs_leaves_nothing(asked, organizer):
    key = asked()

    def drop():
        with transaction():
            run_actions.drop_run(organizer, run_of(key))

    do_plan_runs(search_that(drop))

    run = run_of(key)
    assert (run.state, run.found) == (RunState.DROPPED, None)


def test_a_worker_that_died_loses_its_run_to_the_next(asked, at):
    key = asked()
    moment = clock.now()
    with transaction():
        RUNS.claim(moment)
    assert do_plan_runs() == 0

    at(moment + STALLED_AFTER + timedelta(seconds=1))
    do_plan_runs(search_that(lambda: None))

    assert run_of(key).state is RunState.DONE
    assert run_of(key).attempts == 2
    with pytest.raises(LostHold), transaction():
        run_actions.note_progress(key, moment, [], 0)


def test_a_run_that_brings_its_workers_down_is_given_up(asked, at):
    key = asked()
    for n in range(MOST_ATTEMPTS):
        at(clock.now() + STALLED_AFTER * (n + 1))
        with transaction():
            assert RUNS.claim(clock.now()) is not None
    at(clock.now() + STALLED_AFTER * 9)

    do_plan_runs(search_that(lambda: None))

    assert run_of(key).state is RunState.FAILED
    assert run_of(key).problem.startswith("排程已尝试多次")


def test_while_the_search_is_compiled_the_seconds_do_not_count(asked):
    key = asked()
    seen = []

    def warming():
        run = run_of(key)
        seen.append((run.state, run.started_at))
        return search_that(lambda: seen.append(run_of(key).started_at))()

    do_plan_runs(warming)

    assert seen[0] == (RunState.RUNNING, None)
    assert seen[1] is not None


def test_where_nobody_plans_the_worker_compiles_nothing(inside, monkeypatch):
    monkeypatch.setattr("scheduling.plan_runs.run", None)

    assert warm_planner() == 0


def test_where_events_plan_the_worker_compiles_beside_itself(asked, monkeypatch):
    asked()
    begun = []
    done = SimpleNamespace(returncode=0)
    monkeypatch.setattr("scheduling.plan_runs.run", lambda *given, **_: begun.append(given) or done)

    warm_planner()

    assert begun == [([sys.executable, "-m", "scheduling.planner.warming"],)]
    assert find_spec("scheduling.planner.warming") is not None


def test_without_the_planner_the_run_says_what_to_do(asked):
    def nothing():
        raise NotInstalled(missing="numba")

    key = asked()
    do_plan_runs(nothing)

    run = run_of(key)
    assert run.state is RunState.FAILED
    assert "numba" in run.problem
    assert "管理员" in run.problem


def test_a_faulty_station_is_never_given_away(asked, organizer, world):
    key = asked()
    with transaction():
        session().get_one(Station, world.station1_a).faulty_since = clock.now()
    do_plan_runs()
    run = run_of(key)

    with transaction():
        keep_plan(organizer, run, revision(run.event_id))

    assert world.station1_a not in set(session().scalars(select(Placement.station_id)))


def test_seats_without_numbers_are_numbered_when_a_plan_needs_them(planned, organizer, world):
    event = planned("exam_a")
    with transaction():
        room = add_room(organizer, session().get_one(Venue, world.venue_a), "阶梯教室", 10)
        change_room(organizer, room, RoomFacts("阶梯教室", 10, Purpose.THEORY, seats=30))
        run_actions.ask_run(organizer, session().get_one(Event, event.id), 10, 1)
        key = room.id

    found = select(func.count(Station.id)).where(Station.room_id == key)
    assert session().scalar(found) == 30
