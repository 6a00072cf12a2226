"""From the question to the best plan: flow, then search while it cools, then words for the rest."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from scheduling.planner.duties import explain
from scheduling.planner.duties.arrays import COUNTED, NOBODY, Array, Layout, lay_out
from scheduling.planner.duties.flow import Flow, assign
from scheduling.planner.duties.memory import (
    DAYS,
    LOAD,
    PAIRS,
    PARTS,
    RULES,
    TROUBLE,
    Plan,
    empty_plan,
)
from scheduling.planner.duties.moves import fill
from scheduling.planner.duties.names import Rule
from scheduling.planner.duties.problem import DutyProblem, DutyResult, Person, Post, Sitting, Task
from scheduling.planner.duties.repair import leave_open, settled
from scheduling.planner.duties.search import anneal
from scheduling.planner.progress import Clock, Progress, Report, silent

CHUNK = 20_000  # tries at one temperature
WARM, COLD = 0.12, 0.04  # temperatures in points, for small prices
OF_COST = 0.2  # the first temperature as a share of what a seat costs on average
REPLACES, HOT = 0.2, 0.3
HEAVIER, LIGHTER = 1.05, 0.99  # what a chunk makes of a rule's weight while it is broken, or kept
LEAST_WEIGHT = 2.0  # in temperatures
MOST_WEIGHT = 1000.0  # in first temperatures
MENDING = 1e6  # the weight of every rule while mending
MENDS, MEND_EVERY = 10, 25  # parts of one mending; chunks between two while nothing is feasible
HOPE, WARMER = 0.05, 1.5  # the part of the time after which it begins warmer, still without a plan
EVERY = 0.2  # seconds between two reports
DEFAULT_STEPS = 2_000_000


@dataclass(slots=True)
class _Best:
    """The best plan so far: fewest breaks, then fewest points."""

    who: Array
    trouble: float
    cost: float
    parts: dict[str, int] = field(default_factory=dict)
    broken: dict[Rule, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Watch:
    """Time and steps, asked of one clock."""

    clock: Clock
    report: Report
    seconds: float | None
    steps: int | None
    began: float
    done: int = 0
    told: float = 0.0
    stopped: bool = False

    def fraction(self) -> float:
        """How much of the search is over."""
        if self.steps is not None:
            return self.done / max(1, self.steps)
        return (self.clock() - self.began) / max(1e-9, self.seconds or 0.0)

    def tell(self, best: _Best) -> None:
        """Report now and then."""
        now = self.clock() - self.began
        if now - self.told < EVERY and self.done > CHUNK:
            return
        self.told = now
        state = Progress(best.cost, now, self.done, feasible=not best.trouble, parts=best.parts)
        self.stopped |= not self.report(state)


def solve(
    problem: DutyProblem,
    *,
    seconds: float | None = None,
    steps: int | None = None,
    seed: int = 0,
    report: Report = silent,
    clock: Clock = perf_counter,
) -> DutyResult:
    """The best plan found in `seconds`, or in `steps` tries (then the same for the same seed).

    Ends earlier when `report` answers False or the plan costs no more than the bound. The plan
    keeps every limit; posts that could not be filled so stay open, and say why (`why_not` looks
    further).
    """
    if seconds is None and steps is None:
        steps = DEFAULT_STEPS
    watch = _Watch(clock, report, seconds, steps, clock())
    layout = lay_out(problem)
    bound, start = _start(layout)
    plan = empty_plan(layout.tables)
    fill(*plan, start)
    plan.sums[PAIRS] -= layout.not_moves
    best = _Best(start, np.inf, np.inf)
    if len(start):
        _search(plan, best, watch, seed, bound)
    return _result(layout, best, watch, bound)


def warm_up() -> None:
    """Compile the search, or load what was compiled before: seconds that belong to nobody's run."""
    sittings, tasks = (Sitting(1, 0, 0, 60),), (Task(1, 1),)
    solve(DutyProblem(sittings, tasks, (Post(1, 1),), (Person(1, most=0),)), steps=1)


def _start(layout: Layout) -> tuple[int | None, Array]:
    """The flow bound if there is one, and the plan to begin with."""
    tables = layout.tables
    plain = assign(tables, seniors=False)
    bound = plain.cost - layout.not_moves if plain and plain.is_bound else None
    if layout.problem.wishes.move and (layout.present != NOBODY).any():
        return bound, layout.present.copy()
    tries: tuple[Callable[[], Flow | None], ...] = (
        lambda: assign(tables, seniors=True),
        lambda: plain,
        lambda: assign(tables, seniors=False, window=False),
    )
    for attempt in tries:
        flow = attempt()
        if flow:
            return bound, flow.plan
    return bound, layout.present.copy()


def _search(plan: Plan, best: _Best, watch: _Watch, seed: int, bound: int | None) -> None:
    m, sums, at = plan
    random = np.array([(seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) % 2**64], dtype=np.uint64)
    points = float(sums[PAIRS : DAYS + 1].sum())
    warm = max(WARM, OF_COST * points / at.seats)
    base, cold, since = warm, warm * COLD / WARM, 0.0
    weights = np.full(RULES, LEAST_WEIGHT * warm)
    _remember(plan, best)
    while not watch.stopped and not _done(best, bound):
        now = watch.fraction()
        if now >= 1:
            break
        if best.trouble and now - since > HOPE * (1 - since):
            warm, since = warm * WARMER, now
        elif warm > base and not best.trouble:
            warm, since = base, now
        heat = warm * (cold / warm) ** ((now - since) / (1 - since))
        sums[RULES : 2 * RULES] = weights
        chunk = CHUNK if watch.steps is None else min(CHUNK, watch.steps - watch.done)
        anneal(m, sums, at, random, heat, chunk, REPLACES, HOT)
        watch.done += chunk
        heavier = np.minimum(weights * HEAVIER, MOST_WEIGHT * warm)
        lighter = np.maximum(weights * LIGHTER, LEAST_WEIGHT * heat)
        weights = np.where(sums[:RULES] > 0, heavier, lighter)
        _remember(plan, best)
        if best.trouble and _is_power(watch.done // CHUNK):
            _mend(plan, best, watch, random, cold)
        watch.tell(best)
    _mend(plan, best, watch, random, cold)


def _is_power(number: int) -> bool:
    return number & (number - 1) == 0 or number % MEND_EVERY == 0


def _mend(plan: Plan, best: _Best, watch: _Watch, random: Array, cold: float) -> None:
    """Look on a copy what the plan is worth once nothing is broken; the search goes on as it was.

    It would hover near the border, one rule broken at almost any moment, long before it is cold.
    """
    copy = Plan(plan.m.copy(), plan.sums.copy(), plan.at)
    copy.sums[RULES : 2 * RULES] = MENDING * max(1.0, cold)
    for _ in range(MENDS):
        if watch.steps is not None and watch.done >= watch.steps:
            return
        chunk = CHUNK // MENDS
        anneal(*copy, random, cold, chunk, REPLACES, 1.0 if copy.sums[TROUBLE] else 0.0)
        watch.done += chunk
        _remember(copy, best)
        if not copy.sums[TROUBLE]:
            return


def _done(best: _Best, bound: int | None) -> bool:
    return not best.trouble and bound is not None and best.cost <= bound


def _remember(plan: Plan, best: _Best) -> None:
    m, sums, at = plan
    now = (float(sums[TROUBLE]), float(sums[PAIRS : DAYS + 1].sum()))
    if now < (best.trouble, best.cost):
        best.trouble, best.cost = now
        best.who = m[at.who : at.who + at.seats].copy()
        best.parts = dict(zip(PARTS, sums[PAIRS : DAYS + 1].astype(int).tolist(), strict=True))
        counts = sums[:RULES].astype(int).tolist()
        best.broken = {rule: n for rule, n in zip(COUNTED, counts, strict=True) if n}


def _result(layout: Layout, best: _Best, watch: _Watch, bound: int | None) -> DutyResult:
    plan = empty_plan(layout.tables)
    fill(*plan, best.who)
    if plan.sums[TROUBLE]:
        leave_open(plan)
    servings = settled(layout, plan)
    open_posts = explain.open_posts(layout, plan, servings)
    broken = {}
    if plan.sums[LOAD]:
        broken = explain.missed_spread(layout, plan)
    moved = explain.moved(layout.problem, servings)
    parts = dict(zip(PARTS, plan.sums[PAIRS : DAYS + 1].astype(int).tolist(), strict=True))
    parts["moves"] = layout.problem.wishes.move * len(moved)
    parts["pairs"] = explain.pair_points(layout, servings)
    return DutyResult(
        servings=servings,
        open_posts=open_posts,
        broken=broken,
        cost=sum(parts.values()),
        parts=parts,
        bound=bound,
        moved=moved,
        suspects=best.broken,
        steps=watch.done,
        seconds=watch.clock() - watch.began,
    )
