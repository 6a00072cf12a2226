"""One search: construct, repair, anneal; anytime, and the same for the same seed and steps."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle

import numpy as np

from scheduling.planner.progress import Clock, Progress, Report
from scheduling.planner.sessions.anneal import Mix, anneal
from scheduling.planner.sessions.facts import Facts, Ints32, compile_facts
from scheduling.planner.sessions.judge import broken_rules, cost_parts
from scheduling.planner.sessions.problem import NOWHERE, SessionPlan, SessionProblem
from scheduling.planner.sessions.repair import construct, repair
from scheduling.planner.sessions.state import restore
from scheduling.planner.sessions.tables import (
    BEST_COST,
    BEST_LEFT,
    BEST_PERIOD,
    BEST_ROOM,
    LEFT,
    PERIOD,
    PRICE,
    STEPS,
    Tables,
)

FIRST_CHUNK = 2_000  # moves before the clock is looked at for the first time
MOST_AT_ONCE = 50_000  # moves between two reports when moves are counted
LOOK_EVERY = 0.1  # seconds between two looks at the clock
REPAIR_SHARE = 0.8  # of the budget at most, while sessions are unplaced
REPAIR_ROUND = 300  # ejections between two shakings
SHAKES = (3_000, 10_000, 3_000, 30_000)  # moves of one shaking after another


@dataclass(frozen=True)
class Budget:
    """How long to search: seconds by the clock, or a number of moves that is always the same."""

    seconds: float | None = None
    steps: int | None = None


@dataclass(frozen=True)
class Tuning:
    """How the annealing goes; temperatures in shares of a node's mean price."""

    hot: float = 0.7
    cold: float = 0.006
    mix: Mix = field(default_factory=Mix)


class Search:
    """A search under way."""

    def __init__(
        self,
        problem: SessionProblem,
        *,
        budget: Budget,
        seed: int,
        clock: Clock,
        report: Report,
        tuning: Tuning | None = None,
        began: float | None = None,
    ) -> None:
        self.problem = problem
        self.budget = budget
        self.clock = clock
        self.report = report
        self.tuning = tuning or Tuning()
        self.began = clock() if began is None else began
        self.facts: Facts = compile_facts(problem)
        self.tables = Tables(self.facts, seed)
        self.t, self.n = self.tables.t, self.tables.n
        self.stopped = False
        self.chunk = FIRST_CHUNK

    def run(self) -> SessionPlan:
        """Search until the budget is spent or the report says stop."""
        if self.problem.sessions:
            self.begin()
            self.settle(REPAIR_SHARE)
            self.cool()
        return self.plan()

    def begin(self) -> None:
        """Take up the present plan, if there is one, and construct the rest."""
        if self.problem.present is not None:
            restore(self.t, self.n, self.node_periods(), self.facts.present_rooms)
        construct(self.t, self.n)

    def node_periods(self) -> Ints32:
        """Give each node the present period of its largest session."""
        leaders = self.facts.members[self.facts.member_start[:-1]]
        return np.ascontiguousarray(self.facts.present_periods[leaders])

    def settle(self, share: float) -> None:
        """Push unplaced nodes in, with shakings between, up to a share of the budget."""
        heat = self.mean_price()
        until = min(1.0, self.spent() + share)
        lengths = cycle(SHAKES)
        while self.n[LEFT] and self.spent() < until and not self.stopped:
            repair(self.t, self.n, REPAIR_ROUND)
            if self.n[LEFT]:
                anneal(self.t, self.n, self.tuning.mix, next(lengths), heat)
            self.tell()

    def cool(self) -> None:
        """Anneal from the best plan so far until the budget is spent."""
        restore(
            self.t, self.n, self.tables.view(BEST_PERIOD).copy(), self.tables.view(BEST_ROOM).copy()
        )
        mean = self.mean_price()
        hot, cold = self.tuning.hot * mean, self.tuning.cold * mean
        first = self.spent()
        while not self.stopped and (now := self.spent()) < 1.0:
            done = (now - first) / (1.0 - first)
            temperature = hot * math.exp(math.log(cold / hot) * done)
            self.measured(lambda heat=temperature: self.heat(heat))
            self.tell()

    def heat(self, temperature: float) -> None:
        """Anneal a chunk of moves."""
        steps = self.chunk
        if self.budget.steps is not None:
            steps = max(1, min(steps, self.budget.steps - int(self.n[STEPS])))
        anneal(self.t, self.n, self.tuning.mix, steps, temperature)

    def measured(self, work: Callable[[], None]) -> None:
        """Do a chunk and choose the next one's length; fixed when moves are counted."""
        if self.budget.seconds is None:
            self.chunk = min(max(1, (self.budget.steps or 0) // 400), MOST_AT_ONCE)
            work()
            return
        before = self.clock()
        work()
        took = max(1e-4, self.clock() - before)
        self.chunk = int(min(max(self.chunk * LOOK_EVERY / took, self.chunk / 2), self.chunk * 2))
        self.chunk = max(self.chunk, 100)

    def mean_price(self) -> float:
        """Give what a placed node costs on average, at least 1."""
        periods = self.tables.view(PERIOD)
        placed = np.flatnonzero(periods >= 0)
        if not len(placed):
            return 1.0
        return max(1.0, float(self.tables.view(PRICE)[placed, periods[placed]].mean()))

    def spent(self) -> float:
        """Give the share of the budget that is spent."""
        if self.budget.seconds is not None:
            return (self.clock() - self.began) / self.budget.seconds
        return float(self.n[STEPS]) / max(1, self.budget.steps or 0)

    def tell(self) -> None:
        """Report the best plan so far and hear whether to stop."""
        progress = Progress(
            best=float(self.n[BEST_COST]),
            seconds=self.clock() - self.began,
            steps=int(self.n[STEPS]),
            feasible=not self.n[BEST_LEFT],
        )
        self.stopped = not self.report(progress)

    def plan(self) -> SessionPlan:
        """Give the best plan, judged from scratch."""
        periods = self.tables.view(BEST_PERIOD)[self.facts.node_of].astype(np.int64)
        rooms = self.tables.view(BEST_ROOM).astype(np.int64)
        parts = cost_parts(self.problem, periods, rooms)
        return SessionPlan(
            periods=periods,
            rooms=rooms,
            cost=sum(parts.values()),
            parts=parts,
            broken=dict(broken_rules(self.problem, periods, rooms)),
            unplaced=tuple(np.flatnonzero(periods == NOWHERE).tolist()),
            steps=int(self.n[STEPS]),
            seconds=self.clock() - self.began,
        )
