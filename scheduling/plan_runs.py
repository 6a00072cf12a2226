"""Runs of the planner: the worker takes one, plans, tells how far it is, keeps what it found."""

import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from subprocess import run
from typing import Any

from flask_babel import gettext

from eventsys.db import leave_groups, session, transaction
from eventsys.errors import N_, DomainError
from eventsys.events.models import Event
from eventsys.holds import LostHold
from eventsys.plans import run_actions as actions
from eventsys.plans.models import RUNS, PlanRun
from eventsys.plans.problem import problem_of
from eventsys.plans.queries import somebody_plans
from eventsys.plans.results import Found
from eventsys.timetable.rules import Problem
from scheduling.planner.progress import Progress
from scheduling.taking import Hold, Trade, do_all

REPORT_EVERY = 0.4  # seconds between two writes of progress
NEEDED = ("numpy", "numba", "ortools")
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


class NotInstalled(DomainError):
    """A library of the planner is missing; ``missing`` names it."""

    message = N_(
        "The planner is not installed here: %(missing)s is missing. Ask your administrator to"
        ' install the program with its “planner” extra (pip install "eventsys[planner]") and to'
        " restart the worker; then ask for another run."
    )


def the_planner() -> Solver:
    """The engine, warm; loaded only when a run asks for it: most small sites never plan."""
    missing = missing_parts()
    if missing:
        raise NotInstalled(missing=", ".join(missing))
    planner = import_module("scheduling.planner.plan")
    planner.warm_up()
    found: Solver = planner.solve
    return found


def missing_parts() -> list[str]:
    """Libraries the planner needs and this installation has not."""
    return [name for name in NEEDED if find_spec(name) is None]


def warm_planner() -> int:
    """Compile the search when the worker starts, beside it: the first run then begins at once."""
    leave_groups()
    if missing_parts() or not somebody_plans():
        return 0
    session().close()
    return run([sys.executable, "-m", "scheduling.planner.warming"], check=True).returncode


def do_plan_runs(load: Callable[[], Solver] = the_planner) -> int:
    """Do every run that waits; how many were tried."""

    def plan(row: PlanRun, hold: Hold) -> None:
        solve = load()
        with transaction():
            hold.since = actions.begin_run(hold.row_id, hold.since)
        _solve(row, hold, solve)

    return do_all(Trade(RUNS, plan, actions.fail_run, BROKEN, GIVEN_UP, _anew))


def _anew(_moment: datetime) -> dict[str, Any]:
    return {"started_at": None, "curve": []}


def _solve(row: PlanRun, hold: Hold, solve: Solver) -> None:
    seconds, seed = row.seconds, row.seed
    problem = problem_of(session().get_one(Event, row.event_id), move_little=row.move_little)
    session().rollback()  # the reading is over: nobody's writing waits for the planner
    watch = Watch(hold)
    outcome = solve(problem, seconds=seconds, seed=seed, report=watch.report, clock=time.monotonic)
    if watch.is_lost:
        raise LostHold
    found = Found(
        outcome.plan,
        outcome.points,
        why=_why(outcome),
        open_posts=_open(outcome),
        conflict=_conflict(problem, outcome),
    )
    with transaction():
        actions.finish_run(hold.row_id, hold.since, found, outcome.steps)


class Watch:
    """What a search tells its progress to: written a few times a second.

    It is called from inside the search and must not break it: a lost run only stops it.
    """

    def __init__(self, hold: Hold) -> None:
        self.hold = hold
        self.curve: list[list[int]] = []
        self.began = self.written = time.monotonic()
        self.kinds: frozenset[str] = frozenset()
        self.is_lost = False

    def report(self, progress: Progress) -> bool:
        """Draw and write how far it is; whether to go on."""
        moment = time.monotonic()
        if moment - self.written < REPORT_EVERY:
            return not self.is_lost
        self.written = moment
        self._draw(progress, int((moment - self.began) * 10))
        try:
            with transaction():
                self.hold.since, stop = actions.note_progress(
                    self.hold.row_id, self.hold.since, self.curve, progress.steps
                )
        except LostHold:
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


def _open(outcome: Any) -> Mapping[int, str]:
    """Why each post stays open, in the reader's words."""
    told = import_module("scheduling.planner.duty_words").told_open
    return {one.post: told(one, gettext) for one in outcome.unfilled}


def _conflict(problem: Problem, outcome: Any) -> list[str]:
    """Which rules exclude one another and what the cheapest relaxation is, if it is known."""
    lines = []
    if outcome.conflict:
        lines += import_module("scheduling.planner.conflict").told(
            problem, outcome.conflict, gettext
        )
    if outcome.shortage:
        lines += import_module("scheduling.planner.duty_words").told_people(
            problem, outcome.shortage, gettext
        )
    return lines
