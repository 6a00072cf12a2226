"""Plan sessions: one search per core, each with its own seed; the best plan of all is the answer.

The searches are threads: compiled moves hold no lock, so they run side by side in one process, and
everything they share is a stop and what each reports.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Lock

import numpy as np

from scheduling.planner.progress import Clock, Progress, Report, silent
from scheduling.planner.sessions.facts import compile_facts
from scheduling.planner.sessions.problem import SessionPlan, SessionProblem
from scheduling.planner.sessions.repair import repair
from scheduling.planner.sessions.search import Budget, Search, Tuning
from scheduling.planner.sessions.state import restore
from scheduling.planner.sessions.tables import BEST_PERIOD, BEST_ROOM, Tables

ONE = np.ones(1, dtype=np.int64)
SMALLEST = SessionProblem(
    durations=ONE,
    sizes=ONE,
    period_days=ONE,
    period_lengths=ONE,
    period_prices=ONE,
    room_seats=ONE,
    room_prices=ONE,
    shared=np.zeros((0, 3), dtype=np.int64),
)


class Board:
    """What the searches of one run tell each other: the best of all, and whether to stop."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.latest: dict[int, Progress] = {}
        self.lock = Lock()
        self.stopped = False

    def hear(self, index: int, progress: Progress) -> bool:
        """Note what a search reports; the first one, on the caller's thread, passes it on."""
        with self.lock:
            self.latest[index] = progress
            told = list(self.latest.values())
        if index == 0:
            best = min(told, key=lambda one: (not one.feasible, one.best))
            steps = sum(one.steps for one in told)
            shown = replace(best, seconds=progress.seconds, steps=steps)
            self.stopped = self.stopped or not self.report(shown)
        return not self.stopped


def solve(  # noqa: PLR0913 - all a run depends on, by name
    problem: SessionProblem,
    *,
    budget: Budget,
    clock: Clock,
    seed: int = 1,
    searches: int = 1,
    report: Report = silent,
    tuning: Tuning | None = None,
    began: float | None = None,
) -> SessionPlan:
    """Search for the best plan until the budget is spent or the report says stop.

    With a budget of steps the answer depends on problem, seed and searches only. ``began`` is the
    moment, by the clock, from which the seconds count.
    """
    board = Board(report)
    began = clock() if began is None else began

    def searching(index: int) -> Search:
        return Search(
            problem,
            budget=budget,
            seed=seed * 1_000 + index,
            clock=clock,
            report=lambda progress: board.hear(index, progress),
            tuning=tuning,
            began=began,
        )

    with ThreadPoolExecutor(max_workers=max(1, searches - 1)) as pool:
        others = [pool.submit(searching(index).run) for index in range(1, searches)]
        try:
            plans = [searching(0).run()]
        except BaseException:
            board.stopped = True
            raise
        plans += [other.result() for other in others]
    best = min(plans, key=lambda plan: (sum(plan.broken.values()), plan.cost))
    steps = sum(plan.steps for plan in plans)
    return replace(best, steps=steps, seconds=clock() - began)


def warm_up(clock: Clock) -> None:
    """Compile everything, or load it from the cache, so that no person waits for it."""
    solve(SMALLEST, budget=Budget(steps=10), clock=clock)
    tables = Tables(compile_facts(SMALLEST), 1)
    repair(tables.t, tables.n, 1)
    restore(tables.t, tables.n, tables.view(BEST_PERIOD).copy(), tables.view(BEST_ROOM).copy())
