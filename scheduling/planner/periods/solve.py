"""The search as one call: construct, anneal in step on every core, keep the best, tell progress.

All chains run the same number of moves between two looks at the clock, so a search limited by
steps depends on nothing but its seed and the number of chains.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from scheduling.planner.periods.chain import Chain
from scheduling.planner.periods.chance import streams
from scheduling.planner.periods.construct import Construction
from scheduling.planner.periods.problem import (
    Bits,
    Ints,
    Judgement,
    PeriodProblem,
    conflicts_of_people,
    judge,
)
from scheduling.planner.periods.tables import prepare
from scheduling.planner.progress import Clock, Progress, Report, silent

ROUNDS = 400  # looks at temperature and progress in a search limited by steps
ROUND_SECONDS = 0.04  # of annealing between two looks at the clock
SHORTEST, LONGEST = 1_000, 2_000_000  # visits in a round of one chain
TELL_SECONDS = 0.25
TANGLE_STEPS = 2_000  # tabu moves between two looks at the clock
LOOSE = 0.7  # a search begins where plans cost this share of the way from quenched to random:
# cooler, items that share people with hundreds of others would stay where they were first put
COLD = 0.02  # heat at the end, as a share of the mean cost of an item after a quench
WARM = 0.1  # heat at the begin of a search from a present plan, as such a share
WARMER = 1.25  # heat grows by this factor while looking for where to begin
STAGES = 40  # most such stages
SWEEP = 30  # visits per item in the quench and in each stage
PILOT = 0.08  # share of the budget for a quick cooling that shows where to dwell
BINS = 24  # stretches of log heat looked at
EVENLY = 0.4  # what every stretch gets at least, as a share of the mean
ENOUGH = 400  # visits per pair of items that make one cooling slow
MOST_COOLINGS = 12
SHARING = 0.5  # from this share of the cooling on, chains go on from the cheapest plan of all
SHARES = 20  # so many times over a whole cooling


@dataclass(frozen=True, slots=True)
class Outcome:
    """The best plan, judged from scratch."""

    plan: Ints
    judgement: Judgement
    steps: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: after so many seconds, or tried moves over all chains; one of the two."""

    seconds: float | None = None
    steps: int | None = None

    def __post_init__(self) -> None:
        if (self.seconds is None) == (self.steps is None):
            raise ValueError("give either seconds or steps")


class Search:
    """A running search: what it has spent and found, and whether it should go on."""

    def __init__(
        self, problem: PeriodProblem, limits: Limits, clock: Clock, report: Report
    ) -> None:
        self.problem = problem
        self.limits = limits
        self.clock = clock
        self.report = report
        self.began = clock()
        self.told = self.began
        self.steps = 0
        self.stopped = False

    @property
    def seconds(self) -> float:
        return self.clock() - self.began

    def spent(self) -> float:
        """The share of the budget that is gone, 0..1; all of it once somebody said stop."""
        if self.stopped:
            return 1.0
        if self.limits.steps is not None:
            gone, all_of_it = float(self.steps), float(self.limits.steps)
        else:
            gone, all_of_it = self.seconds, self.limits.seconds or 0.0
        return 1.0 if gone >= all_of_it else gone / all_of_it

    def tell(self, plan: Ints, *, now: bool = False) -> None:
        """Report the best plan, a few times a second."""
        if not now and self.clock() - self.told < TELL_SECONDS:
            return
        self.told = self.clock()
        found = judge(self.problem, plan)
        parts = {"closeness": float(found.closeness), "moving": float(found.moving)}
        progress = Progress(float(found.cost), self.seconds, self.steps, found.feasible, parts)
        if not self.report(progress):
            self.stopped = True


def solve(
    problem: PeriodProblem,
    *,
    limits: Limits,
    seed: int,
    chains: int = 1,
    clock: Clock = time.monotonic,
    report: Report = silent,
) -> Outcome:
    """The best plan found within the limits; `judgement.feasible` says whether it can be used.

    `chains` run on as many cores. With `limits.steps` the same arguments give the same plan.
    """
    search = Search(problem, limits, clock, report)
    plan = _best_plan(search, streams(seed, chains)) if problem.items else np.empty(0, np.int32)
    search.tell(plan, now=True)
    return Outcome(plan, judge(problem, plan), search.steps, search.seconds)


def warm_up() -> None:
    """Compile every kernel, or load what is kept from last time, so that no search waits for it."""
    ring = np.arange(0, 9, 2, dtype=np.int32)
    pairs = np.array([0, 1, 1, 2, 2, 3, 3, 0], dtype=np.int32)
    tiny = PeriodProblem(np.full(4, 2, dtype=np.int32), conflicts_of_people(ring, pairs, 4), 3)
    solve(tiny, limits=Limits(steps=4 * ROUNDS), seed=1)
    Construction(tiny, streams(1, 1)[0]).go_on(1)


def _best_plan(search: Search, sources: list[Bits]) -> Ints:
    construction = Construction(search.problem, sources[0])
    while construction.fewest and search.spent() < 1:
        construction.go_on(TANGLE_STEPS)
        search.steps += TANGLE_STEPS
        search.tell(construction.best)
    if construction.fewest or search.spent() >= 1:
        return construction.best
    tables = prepare(search.problem)
    together = [Chain(tables, construction.best, source) for source in sources]
    with ThreadPoolExecutor(len(together)) as pool:
        return Annealing(search, together, pool).run()


@dataclass(frozen=True, slots=True)
class Cooling:
    """Which heat belongs to which share of a cooling: straight lines between points."""

    shares: NDArray[np.float64]  # from 0 to 1
    logs: NDArray[np.float64]  # of the heat in points

    def heat(self, share: float) -> float:
        return float(np.exp(np.interp(share, self.shares, self.logs)))


def dwelling(even: Cooling, seen: list[tuple[float, float]]) -> Cooling:
    """The same way down, slow where the cost fell most for its heat.

    Constant thermodynamic speed (Nulton, Salamon 1988) with the heat capacity as seen; every
    stretch keeps a share, since a quick cooling settles too early.
    """
    if len(seen) < BINS:
        return even
    logs = np.linspace(even.logs[0], even.logs[-1], BINS + 1)
    told = np.array(seen)
    place = np.clip(np.searchsorted(-logs, -told[:, 0]) - 1, 0, BINS - 1)
    count = np.bincount(place, minlength=BINS)
    cost = np.bincount(place, weights=told[:, 1], minlength=BINS)
    middle = (logs[1:] + logs[:-1]) / 2
    known = np.flatnonzero(count)
    mean = np.interp(logs, middle[known][::-1], (cost[known] / count[known])[::-1])
    fall = np.sqrt(np.maximum(0.0, mean[:-1] - mean[1:]) / np.exp(middle))
    pace = fall + EVENLY * max(float(fall.mean()), 1e-9)
    return Cooling(np.concatenate([[0.0], np.cumsum(pace) / pace.sum()]), logs)


class Annealing:
    """Chains cooled together."""

    def __init__(self, search: Search, chains: list[Chain], pool: ThreadPoolExecutor) -> None:
        self.search = search
        self.chains = chains
        self.pool = pool
        self.sweep = SWEEP * search.problem.items
        self.round = self.sweep
        if search.limits.steps is not None:
            self.round = max(1, search.limits.steps // ROUNDS // len(chains))
            self.sweep = min(self.sweep, self.round)

    def run(self) -> Ints:
        """Cool quickly to see where plans settle, then slowly, longest where they do.

        Where the budget allows for several slow coolings of a small problem, they differ more
        from one another than from a slower one: the best of many is better than one long one.
        """
        hot, cold = (log(heat) for heat in self._heats())
        even = Cooling(np.array([0.0, 1.0]), np.array([hot, cold]))
        begin, before = self.search.spent(), self.search.steps
        seen = self._cool(even, until=begin + PILOT * (1 - begin), sharing=False)
        begin, tried = self.search.spent(), self.search.steps - before
        ahead = tried / PILOT / len(self.chains)
        slow = ENOUGH * self.search.problem.items**2
        rounds = int(min(MOST_COOLINGS, max(1, ahead // slow)))
        for turn in range(1, rounds + 1):
            until = begin + (1 - begin) * turn / rounds
            seen = self._cool(dwelling(even, seen), until, sharing=rounds == 1) or seen
        return min(self.chains, key=lambda chain: chain.best_cost).best.copy()

    def _cool(self, cooling: Cooling, until: float, *, sharing: bool) -> list[tuple[float, float]]:
        """Cool once until so much of the budget is spent; (log heat, mean cost) of each round."""
        search = self.search
        begin = search.spent()
        shared = int(SHARING * SHARES)
        seen = []
        while (spent := search.spent()) < until:
            share = (spent - begin) / (until - begin)
            heat = cooling.heat(share)
            self._all(heat)
            seen.append((log(heat), sum(chain.cost for chain in self.chains) / len(self.chains)))
            search.tell(min(self.chains, key=lambda chain: chain.best_cost).best)
            if sharing and int(share * SHARES) > shared:
                shared = int(share * SHARES)
                self._share()
        return seen

    def _heats(self) -> tuple[float, float]:
        """(hot, cold) in points: from where plans are loose to where they hardly change."""
        chain = self.chains[0]
        self._alone(chain, 0.0)
        quenched = chain.cost
        mean = max(1.0, quenched / chain.tables.items)
        if self.search.problem.present is not None:
            return WARM * mean, COLD * mean
        target = quenched + LOOSE * max(0.0, _random_cost(self.search.problem) - quenched)
        heat = WARM * mean
        for _ in range(STAGES):
            self._alone(chain, heat)
            if chain.cost >= target:
                break
            heat *= WARMER
        return heat, COLD * mean

    def _alone(self, chain: Chain, heat: float) -> None:
        chain.run(heat, self.sweep)
        self.search.steps += self.sweep

    def _all(self, heat: float) -> None:
        """One round of every chain; by the clock, rounds grow until one lasts ROUND_SECONDS."""
        before = self.search.clock()

        def turn(chain: Chain) -> None:
            chain.run(heat, self.round)
            chain.reorder(heat)

        self._each(turn)
        self.search.steps += self.round * len(self.chains)
        if self.search.limits.seconds is not None:
            took = self.search.clock() - before
            if took < ROUND_SECONDS / 2:
                self.round = min(LONGEST, self.round * 2)
            elif took > ROUND_SECONDS * 2 and self.round > SHORTEST:
                self.round //= 2

    def _each(self, turn: Callable[[Chain], None]) -> None:
        if len(self.chains) == 1:
            turn(self.chains[0])
        else:
            for done in [self.pool.submit(turn, chain) for chain in self.chains]:
                done.result()

    def _share(self) -> None:
        """Every chain goes on from the plan that is cheapest now."""
        cheapest = min(self.chains, key=lambda chain: chain.cost)
        for chain in self.chains:
            if chain.cost > cheapest.cost:
                chain.load(cheapest.state.plan)


def _random_cost(problem: PeriodProblem) -> float:
    """What a plan without clashes costs on average when periods are drawn at random, in points."""
    pairs = problem.periods * (problem.periods - 1) / 2
    gaps = enumerate(problem.gap_weights, start=1)
    worth = sum(points * max(0, problem.periods - gap) for gap, points in gaps)
    return float(problem.conflicts.people.sum()) / 2 * worth / max(1.0, pairs)
