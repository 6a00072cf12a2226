"""A first plan without clashes: saturation degree with noise, then tabu search on the clashes."""

from typing import NamedTuple

import numpy as np
from numba import njit

from scheduling.planner.periods.chance import draw
from scheduling.planner.periods.problem import (
    NOWHERE,
    Bits,
    Conflicts,
    Ints,
    PeriodProblem,
    Whole,
    Wide,
)

BARRED = 1 << 20  # counts more than all neighbours together: a period the item may not have
TENURE = 10  # up to so many moves a left period stays closed, and TENURE_SHARE per tangled item
TENURE_SHARE = 0.6
ANYWHERE = 4  # one in so many items looks for room from a random period on, not from the first


class Seating(NamedTuple):
    """A plan in the making, as the compiled kernels see it."""

    starts: Ints
    neighbours: Ints
    counts: Ints  # (items, periods): neighbours there, BARRED on top where the item may not be
    plan: Ints  # (items,)
    best: Ints  # (items,): the plan with the fewest clashes seen
    closed: Wide  # (items, periods): the step until which the item may not return there
    random: Bits


@njit(cache=True, nogil=True)
def seat(seating: Seating, item: Whole, period: Whole, sign: Whole) -> None:
    """Put `item` into `period` (sign 1) or take it out of it (sign -1)."""
    seating.plan[item] = period if sign > 0 else NOWHERE
    for edge in range(seating.starts[item], seating.starts[item + 1]):
        seating.counts[seating.neighbours[edge], period] += sign


@njit(cache=True, nogil=True)
def tightest(seating: Seating, order: Wide) -> Whole:
    """The item without a period that has the fewest free ones, ties by `order`; or NOWHERE."""
    chosen, most = NOWHERE, np.int64(-1)
    step = 4 * len(order) + 1  # above any number in `order`
    for item in range(len(order)):
        if seating.plan[item] != NOWHERE:
            continue
        full = order[item]
        for count in seating.counts[item]:
            if count > 0:
                full += step
        if full > most:
            chosen, most = item, full
    return chosen


@njit(cache=True, nogil=True)
def roomiest(seating: Seating, item: Whole) -> Whole:
    """The first period with the fewest neighbours, mostly looked for from the front."""
    row, random = seating.counts[item], seating.random
    begin = draw(random, len(row)) if draw(random, ANYWHERE) == 0 else np.int64(0)
    best = begin
    for turn in range(1, len(row)):
        period = (begin + turn) % len(row)
        if row[period] < row[best]:
            best = period
    return best


@njit(cache=True, nogil=True)
def saturate(seating: Seating, noise: Whole) -> None:
    """Seat every item without a period; one that nobody leaves room goes where it hurts least."""
    order = np.zeros(len(seating.plan), np.int64)
    for item in range(len(order)):
        degree = seating.starts[item + 1] - seating.starts[item]
        order[item] = degree + draw(seating.random, noise)
    item = tightest(seating, order)
    while item != NOWHERE:
        seat(seating, item, roomiest(seating, item), 1)
        item = tightest(seating, order)


@njit(cache=True, nogil=True)
def clashes_of(seating: Seating) -> Whole:
    """Twice the clashing pairs, and BARRED for every item where it may not be."""
    total = np.int64(0)
    for item in range(len(seating.plan)):
        total += seating.counts[item, seating.plan[item]]
    return total


@njit(cache=True, nogil=True)
def best_move(seating: Seating, step: Whole, allowance: Whole) -> tuple[Whole, Whole, Whole, Whole]:
    """(item, period, change of its clashes, items that clash): the best move of such an item.

    Closed periods only when the change is below `allowance`: a new best. Item NOWHERE: none.
    """
    counts, plan = seating.counts, seating.plan
    chosen, to, lowest = np.int64(NOWHERE), np.int64(0), np.int64(1) << 60
    ties = tangled = np.int64(0)
    for item in range(len(plan)):
        now = counts[item, plan[item]]
        if now == 0:
            continue
        tangled += 1
        for period in range(counts.shape[1]):
            change = np.int64(counts[item, period]) - now
            shut = seating.closed[item, period] > step and change >= allowance
            if change > lowest or period == plan[item] or shut:
                continue
            ties = ties + 1 if change == lowest else np.int64(1)
            if draw(seating.random, ties) == 0:
                chosen, to, lowest = np.int64(item), np.int64(period), change
    return chosen, to, lowest, tangled


@njit(cache=True, nogil=True)
def untangle(seating: Seating, begin: Whole, steps: Whole, fewest: Whole) -> Whole:
    """Tabu search (Hertz, de Werra 1987) on the clashes, from step `begin` on.

    The fewest clashes now known, as `clashes_of` counts; `best` holds that plan.
    """
    clashes = clashes_of(seating)
    for step in range(begin, begin + steps):
        if clashes == 0:
            break
        allowance = (fewest - clashes) // 2
        item, to, _, tangled = best_move(seating, step, allowance)
        if item == NOWHERE:
            continue
        here = np.int64(seating.plan[item])
        tenure = draw(seating.random, TENURE) + 1 + np.int64(TENURE_SHARE * tangled)
        seating.closed[item, here] = step + tenure
        seat(seating, item, here, -1)
        seat(seating, item, to, 1)
        clashes = clashes_of(seating)
        if clashes < fewest:
            fewest = clashes
            for item in range(len(seating.plan)):
                seating.best[item] = seating.plan[item]
    return fewest


class Construction:
    """A search for a plan without clashes that can be asked to go on."""

    def __init__(self, problem: PeriodProblem, random: Bits) -> None:
        shape = (problem.items, problem.periods)
        counts = np.zeros(shape, dtype=np.int32)
        if problem.allowed is not None:
            counts[~problem.allowed] = BARRED
        self.seating = Seating(
            starts=problem.conflicts.starts.astype(np.int32),
            neighbours=problem.conflicts.items.astype(np.int32),
            counts=counts,
            plan=np.full(problem.items, NOWHERE, dtype=np.int32),
            best=np.full(problem.items, NOWHERE, dtype=np.int32),
            closed=np.zeros(shape, dtype=np.int64),
            random=random,
        )
        if problem.present is not None:
            self._keep(problem.present)
        saturate(self.seating, max(1, problem.items // 20))
        self.seating.best[:] = self.seating.plan
        self.fewest = int(clashes_of(self.seating))
        self.steps = 0

    @property
    def best(self) -> Ints:
        """The plan with the fewest clashes; every item has a period."""
        return self.seating.best

    def _keep(self, present: Ints) -> None:
        """Seat the present plan as far as it stands; the first of two that clash stays."""
        for item in np.flatnonzero(present != NOWHERE):
            if self.seating.counts[item, present[item]] == 0:
                seat(self.seating, int(item), int(present[item]), 1)

    def go_on(self, steps: int) -> bool:
        """Try so many moves more; whether `best` is free of clashes."""
        self.fewest = int(untangle(self.seating, self.steps, steps, self.fewest))
        self.steps += steps
        return self.fewest == 0


def fewest_periods(conflicts: Conflicts, random: Bits, patience: int) -> int:
    """The smallest number of periods a plan without clashes was found for (an upper bound).

    Each number smaller by one gets `patience` tabu moves.
    """
    items = len(conflicts.starts) - 1
    known = int(np.diff(conflicts.starts).max(initial=0)) + 1
    while known > 1:
        smaller = PeriodProblem(np.zeros(items, dtype=np.int32), conflicts, known - 1)
        search = Construction(smaller, random)
        if search.fewest and not search.go_on(patience):
            break
        known = len(np.unique(search.best))
    return known
