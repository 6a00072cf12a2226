"""Runs of the planner: the worker takes one, plans, tells how far it is, keeps what it found."""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask_babel import force_locale, gettext

from eventsys import clock
from eventsys.db import enter_group, leave_groups, session, transaction
from eventsys.errors import N_, DomainError
from eventsys.events.models import Event
from eventsys.plans import run_actions as actions
from eventsys.plans.models import PlanRun
from eventsys.plans.problem import problem_of
from eventsys.plans.results import Found
from eventsys.timetable.rules import Problem
from scheduling.planner.progress import Progress, Report

log = logging.getLogger(__name__)
REPORT_EVERY = 0.4  # seconds between two writes of progress
NEEDED = ("numpy", "numba", "ortools")
NOT_INSTALLED = N_(
    "The planner is not installed here: %(missing)s is missing. Ask your administrator to install"
    ' the program with its “planner” extra (pip install "eventsys[planner]") and to restart the'
    " worker; then ask for another run."
)
BROKEN = N_(
    "The planner stopped because something broke on our side. Ask for another run; if that does not"
    " help, give your administrator this number: %(number)s"
)
GIVEN_UP = N_(
    "This was tried several times and the worker stopped each time. Ask for a shorter run, or tell"
    " your administrator."
)
NO_PLACE = N_("No room and time was found for it.")
Solver = Callable[..., Any]


class NotInstalled(Exception):
    """A library of the planner is missing; the text names it."""


def the_planner() -> Solver:
    """The engine, loaded only when a run asks for it: most workers of small sites have none."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise NotInstalled(", ".join(missing))
    found: Solver = import_module("scheduling.planner.plan").solve
    return found


def do_plan_runs(load: Callable[[], Solver] = the_planner) -> int:
    """Do every run that waits. Safe in any number of workers: each run is done by one."""
    done = 0
    while _do_one(load):
        done += 1
    return done


def _do_one(load: Callable[[], Solver]) -> bool:
    leave_groups()
    session().close()
    if actions.next_run_id(clock.now()) is None:
        session().close()
        return False
    moment = clock.now()
    with transaction():
        run = actions.claim_run(moment)
    if run is not None:
        _hold_and_plan(run, moment, load)
    return True


def _hold_and_plan(run: PlanRun, moment: datetime, load: Callable[[], Solver]) -> None:
    watch = Watch(run.id, moment)
    enter_group(run.group_id)
    try:
        with force_locale(run.language):
            _plan(run, watch, load)
    except actions.LostRun:
        log.warning("run %s was taken over or thrown away", watch.run_id)
    finally:
        leave_groups()
        session().close()


def _plan(run: PlanRun, watch: "Watch", load: Callable[[], Solver]) -> None:
    try:
        if run.attempts > actions.MOST_ATTEMPTS:
            _fail(watch, gettext(GIVEN_UP))
        else:
            _solve(run, watch, load())
    except actions.LostRun:
        raise
    except NotInstalled as gap:
        _fail(watch, gettext(NOT_INSTALLED) % {"missing": str(gap)})
    except DomainError as refusal:
        _fail(watch, refusal.told(gettext))
    except Exception:
        number = secrets.token_hex(4)
        log.exception("run %s, error %s", watch.run_id, number)
        _fail(watch, gettext(BROKEN) % {"number": number})


def _solve(run: PlanRun, watch: "Watch", solve: Solver) -> None:
    seconds, seed = run.seconds, run.seed
    problem = problem_of(session().get_one(Event, run.event_id), move_little=run.move_little)
    session().rollback()  # the reading is over: nobody's writing waits for the planner
    watch.begin()
    outcome = solve(problem, seconds=seconds, seed=seed, report=watch.report, clock=time.monotonic)
    watch.check()
    found = Found(outcome.plan, outcome.points, _why(outcome), _conflict(problem, outcome))
    with transaction():
        actions.finish_run(watch.run_id, watch.since, found, outcome.steps)


def _fail(watch: "Watch", problem: str) -> None:
    session().rollback()
    with transaction():
        actions.fail_run(watch.run_id, watch.since, problem)


class Watch:
    """The worker's hold on a run: told a few times a second, lost when somebody throws it away.

    ``report`` is called from inside the search and must not break it: a lost run only stops it.
    """

    def __init__(self, run_id: int, claimed_at: datetime) -> None:
        self.run_id, self.since = run_id, claimed_at
        self.curve: list[list[int]] = []
        self.began = self.written = time.monotonic()
        self.kinds: frozenset[str] = frozenset()
        self.is_lost = False

    def begin(self) -> None:
        """The search begins now."""
        self.began = time.monotonic()

    @property
    def report(self) -> Report:
        """What the search tells its progress to."""
        return self._told

    def _told(self, progress: Progress) -> bool:
        moment = time.monotonic()
        if moment - self.written < REPORT_EVERY:
            return not self.is_lost
        self.written = moment
        self._draw(progress, int((moment - self.began) * 10))
        try:
            with transaction():
                self.since, stop = actions.note_progress(
                    self.run_id, self.since, self.curve, progress.steps
                )
        except actions.LostRun:
            self.is_lost = True
            return False
        return not stop

    def _draw(self, progress: Progress, tenths: int) -> None:
        """The best so far; a search that turns to another kind of cost begins a new curve."""
        kinds = frozenset(progress.parts)
        if kinds != self.kinds:
            self.kinds, self.curve = kinds, []
        here = [int(progress.parts.get("unplaced", 0)), int(progress.best)]
        if not self.curve or here < self.curve[-1][1:]:
            self.curve.append([tenths, *here])

    def check(self) -> None:
        """Whether the run is still held, after the search."""
        if self.is_lost:
            raise actions.LostRun


def _why(outcome: Any) -> Mapping[int, str]:
    """Why each item has no place, in the reader's words."""
    words = import_module("scheduling.planner.explain").WORDS
    return {
        one.item: "; ".join(
            gettext(words[why]) % {"count": number} for why, number in one.why.items()
        )
        or gettext(NO_PLACE)
        for one in outcome.unplaced
    }


def _conflict(problem: Problem, outcome: Any) -> list[str]:
    """Which rules exclude one another and what the cheapest relaxation is, if it is known."""
    told = import_module("scheduling.planner.conflict").told
    return told(problem, outcome.conflict, gettext) if outcome.conflict else []
