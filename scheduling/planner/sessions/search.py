"""One search: construct, repair, anneal; anytime, and the same for the same seed and steps."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle
from typing import NamedTuple

import numpy as np

from scheduling.planner.progress import Clock, Progress, Report
from scheduling.planner.sessions.anneal import Mix, anneal
from scheduling.planner.sessions.facts import Facts, Ints32, compile_facts
from scheduling.planner.sessions.judge import broken_rules, cost_parts
from scheduling.planner.sessions.problem import NOWHERE, SessionPlan, SessionProblem
from scheduling.planner.sessions.repair import construct, repair
from scheduling.planner.sessions.state import keep_best, restore
from scheduling.planner.sessions.tables import (
    BEST_COST,
    BEST_LEFT,
    BEST_PERIOD,
    BEST_ROOM,
    LEFT,
    PERIOD,
    PRICE,
    SEED,
    STEPS,
    Tables,
)
from scheduling.planner.sessions.whole import Patience, periods_for_all

FIRST_CHUNK = 2_000  # moves before the clock is looked at for the first time
MOST_AT_ONCE = 50_000  # moves between two reports when moves are counted
LOOK_EVERY = 0.1  # seconds between two looks at the clock
REPAIR_SHARE = 0.8  # of the budget at most, while sessions are unplaced
PUSH = 1_000  # nodes pushed in between two looks
PUSHES = (2, 20, 2, 60)  # looks between two shakings
LARGEST = (1 << 31) - 1  # seed of CP-SAT
SHAKES = (3_000, 10_000, 3_000, 30_000)  # moves of one shaking after another


class Ask(NamedTuple):
    """When CP-SAT is asked, and how long: shares of the budget, or deterministic seconds."""

    after: float
    share: float
    effort: float


ASKS = (Ask(after=0.05, share=0.1, effort=4.0), Ask(after=0.25, share=0.3, effort=30.0))


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
        """Give every node a place, in at most a share of the budget.

        Pushing and shaking take turns; when that lasts, CP-SAT is asked for a period for all.
        """
        if not self.n[LEFT]:
            return
        heat = self.mean_price()
        repair(self.t, self.n, 0)  # compiled, or loaded, before time is shared out
        first = self.spent()
        until = first + share * max(0.0, 1.0 - first)
        lengths, pushes, asks = cycle(SHAKES), cycle(PUSHES), 0
        while self.goes_on(until):
            self.push(next(pushes), until)
            if asks < len(ASKS) and self.spent() >= first + ASKS[asks].after:
                self.ask(ASKS[asks], until)
                asks += 1
            elif self.goes_on(until):
                anneal(self.t, self.n, self.tuning.mix, next(lengths), heat)
            self.tell()

    def goes_on(self, until: float) -> bool:
        """Say whether nodes are unplaced and there is time left for them."""
        return bool(self.n[LEFT]) and self.spent() < until and not self.stopped

    def push(self, looks: int, until: float) -> None:
        """Push unplaced nodes in for a round."""
        for _ in range(looks):
            if not self.goes_on(until):
                break
            most = PUSH
            if self.budget.steps is not None:
                most = min(most, 1 + int((until - self.spent()) * self.budget.steps))
            repair(self.t, self.n, most)
            self.tell()

    def ask(self, asked: Ask, until: float) -> None:
        """Ask for a period for every node, and start again from the answer if there is one."""
        seconds = self.budget.seconds
        found = periods_for_all(
            self.facts,
            Patience(effort=asked.effort)
            if seconds is None
            else Patience(seconds=min(asked.share, until - self.spent()) * seconds),
            seed=int(self.n[SEED] & LARGEST),
            goes_on=self.told_to_go_on,
        )
        if found is not None:
            restore(self.t, self.n, found, np.full_like(self.facts.sizes, NOWHERE))
            keep_best(self.t, self.n)

    def told_to_go_on(self) -> bool:
        """Report, and say whether to go on."""
        self.tell()
        return not self.stopped

    def cool(self) -> None:
        """Anneal from the best plan so far until the budget is spent."""
        restore(self.t, self.n, *self.best_places())
        anneal(self.t, self.n, self.tuning.mix, 0, 1.0)  # compiled before the clock is read
        mean = self.mean_price()
        hot, cold = self.tuning.hot * mean, self.tuning.cold * mean
        first = self.spent()
        while not self.stopped and (now := self.spent()) < 1.0:
            done = (now - first) / (1.0 - first)
            temperature = hot * math.exp(math.log(cold / hot) * done)
            self.measured(lambda heat=temperature: self.heat(heat))
            self.tell()

    def best_places(self) -> tuple[Ints32, Ints32]:
        """Give period and room in the best plan so far, of each node and of each session."""
        return self.tables.view(BEST_PERIOD).copy(), self.tables.view(BEST_ROOM).copy()

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
