"""The problem as arrays: who shares people with whom, and what sitting close together costs.

Weights and costs are whole points. A plan is an int32 array: the period of every item, from 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Wide = NDArray[np.int64]
Bits = NDArray[np.uint64]
Mask = NDArray[np.bool_]
Whole = int | np.integer  # what compiled kernels take and give

TORONTO_GAPS = (16, 8, 4, 2, 1)  # points per person for two items 1..5 periods apart
REACH = 7  # the longest gap the compiled kernels can look at, in periods
NOWHERE = -1  # an item without a period


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Who shares people with whom, both ways.

    The neighbours of item i are ``items[starts[i]:starts[i + 1]]``, in rising order.
    """

    starts: Ints  # (items + 1,)
    items: Ints  # (edges * 2,)
    people: Ints  # (edges * 2,): how many both have


@dataclass(frozen=True, slots=True)
class PeriodProblem:
    """Give every item a period so that nobody has two at once and few have two close together."""

    sizes: Ints  # (items,) people per item
    conflicts: Conflicts
    periods: int
    gap_weights: tuple[int, ...] = TORONTO_GAPS  # [d - 1]: points per shared person, d apart
    allowed: Mask | None = None  # (items, periods); None: every item may be anywhere
    present: Ints | None = None  # (items,) the plan to start from; NOWHERE: none as yet
    move_price: Ints | int = 0  # points for leaving the present period, per item or for all

    @property
    def items(self) -> int:
        return len(self.sizes)

    def __post_init__(self) -> None:
        if self.periods < 1:
            raise ValueError("a plan needs at least one period")
        if len(self.gap_weights) > REACH:
            raise ValueError(f"gap weights reach at most {REACH} periods")
        if any(weight < 0 for weight in self.gap_weights):
            raise ValueError("gap weights are points, never negative")
        _expect(self.conflicts.starts, (self.items + 1,), "conflicts.starts")
        _expect(self.conflicts.people, self.conflicts.items.shape, "conflicts.people")
        if self.allowed is not None:
            _expect(self.allowed, (self.items, self.periods), "allowed")
        if self.present is not None:
            _expect(self.present, (self.items,), "present")


def _expect(array: NDArray[np.generic], shape: tuple[int, ...], name: str) -> None:
    if array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}, {shape} is needed")


def conflicts_of_people(
    starts: Sequence[int] | Ints, items: Sequence[int] | Ints, n: int
) -> Conflicts:
    """Conflicts from lists of people: person k sits ``items[starts[k]:starts[k + 1]]``.

    An item named twice by one person counts once.
    """
    first = np.asarray(starts, dtype=np.int64)
    person = np.repeat(np.arange(len(first) - 1), np.diff(first))
    seats = np.unique(np.stack([person, np.asarray(items, dtype=np.int64)]), axis=1)
    person, item = seats[0], seats[1]
    pairs = [np.empty(0, dtype=np.int64)]
    apart = 1
    while apart < len(item):
        same = np.flatnonzero(person[apart:] == person[:-apart])
        if not len(same):
            break
        one, other = item[same], item[same + apart]
        pairs += [one * n + other, other * n + one]
        apart += 1
    keys, people = np.unique(np.concatenate(pairs), return_counts=True)
    begins = np.searchsorted(keys, np.arange(n + 1) * n)
    return Conflicts(begins.astype(np.int32), (keys % n).astype(np.int32), people.astype(np.int32))


def move_prices(problem: PeriodProblem) -> Ints:
    """(items, periods): what each item pays by itself; its present period is free."""
    prices = np.zeros((problem.items, problem.periods), dtype=np.int32)
    if problem.present is None:
        return prices
    has = np.flatnonzero(problem.present != NOWHERE)
    price = np.broadcast_to(np.asarray(problem.move_price, dtype=np.int32), (problem.items,))
    prices[has] = price[has, None]
    prices[has, problem.present[has]] = 0
    return prices


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a plan costs, reckoned from nothing but the problem and the plan."""

    closeness: int  # points for people with two items close together
    moving: int  # points for leaving present periods
    clashes: int  # pairs of items that share people in one period
    misplaced: int  # items in a period they may not have, or in none

    @property
    def cost(self) -> int:
        return self.closeness + self.moving

    @property
    def feasible(self) -> bool:
        return self.clashes == 0 and self.misplaced == 0


def judge(problem: PeriodProblem, plan: Ints) -> Judgement:
    """Judge a plan from scratch; shares no code with the search."""
    conflicts = problem.conflicts
    mine = np.repeat(np.arange(problem.items), np.diff(conflicts.starts))
    once = mine < conflicts.items
    mine, other, people = mine[once], conflicts.items[once], conflicts.people[once]
    placed = (plan >= 0) & (plan < problem.periods)
    both = placed[mine] & placed[other]
    gap = np.abs(plan[mine[both]].astype(np.int64) - plan[other[both]])
    worth = np.zeros(max(problem.periods, len(problem.gap_weights) + 1), dtype=np.int64)
    worth[1 : 1 + len(problem.gap_weights)] = problem.gap_weights
    misplaced = int(np.count_nonzero(~placed))
    moving = 0
    if problem.allowed is not None:
        there = np.flatnonzero(placed)
        misplaced += int(np.count_nonzero(~problem.allowed[there, plan[there]]))
    if problem.present is not None:
        price = np.broadcast_to(np.asarray(problem.move_price, dtype=np.int64), (problem.items,))
        moved = (problem.present != NOWHERE) & (problem.present != plan)
        moving = int(price[moved].sum())
    return Judgement(
        closeness=int((worth[gap] * people[both]).sum()),
        moving=moving,
        clashes=int(np.count_nonzero(gap == 0)),
        misplaced=misplaced,
    )
