"""The delta table: what every item would pay in every period, kept true after each move.

``table[item * width + REACH + period]`` holds the points `item` pays its neighbours (and its own
price) in `period`, plus one block (``1 << shift``, more than twice any points) for every neighbour
sitting there and `barred` blocks for a period it may not have: one look-up tells both. Rows have
spare columns, barred, before and behind, so that neither an update nor a look at LANES periods at
once knows a border: moving one item adds one fixed pattern of LANES numbers, times the people
shared, to each neighbour's row.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from scheduling.planner.periods.problem import (
    REACH,
    Bits,
    Conflicts,
    Ints,
    PeriodProblem,
    Whole,
    Wide,
    move_prices,
)

LANES = 16  # 2 * REACH + 1 rounded up to whole vector registers
LARGEST = 2**31 - 1
WORD = 64  # items in one word of a set of bits
TURNS = 8  # turns of an item that shares as many people as items do on average
SLACK = 64  # more blocks than any move through a conflict looks at


class Tables(NamedTuple):
    """Everything about a problem that the compiled kernels read."""

    starts: Ints
    neighbours: Ints
    people: Ints
    gaps: Ints  # (LANES,): the pattern around a period; zero in its middle
    base: NDArray[np.integer]  # (items * width,): the table of an empty plan
    blocks: NDArray[np.integer]  # (LANES,): one block around a period; zero but in its middle
    turns: Ints  # items, each repeated in proportion to the people it shares
    near: Bits  # (items, words): a set bit for every neighbour
    shift: int
    barred: int
    width: int
    items: int
    periods: int


class State(NamedTuple):
    """Everything of one plan that the kernels change."""

    table: NDArray[np.integer]  # (items * width,)
    sums: Ints  # (items * width,): the sum of the numbers of the neighbours in each period
    members: Bits  # (periods, words): a set bit for every item in the period
    plan: Ints  # (items,)
    best: Ints  # (items,): the cheapest plan seen
    costs: Wide  # (3,): points of `plan`, points of `best`, the last stamp used in `mark`
    random: Bits  # (1,): never zero
    mark: Wide  # (items,): the stamp of the last chain the item was in
    queue: Ints  # (items + 1,): the chain
    came: Ints  # (items + 1,): for each place in the chain, the item it was reached from


def prepare(problem: PeriodProblem) -> Tables:
    """Lay out the kernels' arrays; 32 bits wherever the sums fit."""
    conflicts = problem.conflicts
    gaps = np.zeros(LANES, dtype=np.int32)
    for place, weight in enumerate(problem.gap_weights, start=1):
        gaps[REACH - place] = gaps[REACH + place] = weight
    prices = move_prices(problem).astype(np.int64)
    mine = np.repeat(np.arange(problem.items), np.diff(conflicts.starts))
    shared = np.bincount(mine, weights=conflicts.people, minlength=problem.items)
    most = int(shared.max(initial=0)) * max(problem.gap_weights, default=0)
    shift = (2 * (most + int(prices.max(initial=0)) + 1)).bit_length()  # see Chain.hottest
    barred = int(np.diff(conflicts.starts).max(initial=0)) + SLACK
    kind = np.int32 if (2 * barred) << shift < LARGEST else np.int64
    if problem.allowed is not None:
        prices += ~problem.allowed * (barred << shift)
    groups = -(-problem.periods // LANES)
    base = np.full((problem.items, (groups + 1) * LANES), barred << shift, dtype=kind)
    base[:, REACH : REACH + problem.periods] = prices
    blocks = np.zeros(LANES, dtype=kind)
    blocks[REACH] = 1 << shift
    return Tables(
        starts=conflicts.starts.astype(np.int32),
        neighbours=conflicts.items.astype(np.int32),
        people=conflicts.people.astype(np.int32),
        gaps=gaps,
        base=base.ravel(),
        blocks=blocks,
        turns=_turns(shared),
        near=_near(conflicts),
        shift=shift,
        barred=barred,
        width=base.shape[1],
        items=problem.items,
        periods=problem.periods,
    )


def _turns(shared: NDArray[np.number]) -> Ints:
    """Items that share many people decide what a plan costs; the others follow quickly."""
    mean = max(1.0, float(shared.mean()))
    times = np.maximum(1, np.round(TURNS * shared / mean)).astype(np.int64)
    return np.repeat(np.arange(len(shared), dtype=np.int32), times)


def _near(conflicts: Conflicts) -> Bits:
    items = len(conflicts.starts) - 1
    bits = np.zeros((items, (items + WORD - 1) // WORD), dtype=np.uint64)
    mine = np.repeat(np.arange(items), np.diff(conflicts.starts))
    bit = np.uint64(1) << (conflicts.items % WORD).astype(np.uint64)
    np.bitwise_or.at(bits, (mine, conflicts.items // WORD), bit)
    return bits


@njit(cache=True, nogil=True)
def count_item(tables: Tables, state: State, item: Whole, period: Whole, sign: Whole) -> None:
    """Count `item` in (sign 1) or out of (sign -1) `period` in all its neighbours' rows."""
    table, sums, gaps, blocks = state.table, state.sums, tables.gaps, tables.blocks
    neighbours, people, width = tables.neighbours, tables.people, tables.width
    name = np.int32(item * sign)
    for edge in range(tables.starts[item], tables.starts[item + 1]):
        begin = neighbours[edge] * width + period
        shared = np.int32(people[edge] * sign)
        for lane in range(LANES):
            table[begin + lane] += shared * gaps[lane] + sign * blocks[lane]
        sums[begin] += name


@njit(cache=True, nogil=True)
def move_item(tables: Tables, state: State, item: Whole, here: Whole, to: Whole) -> None:
    """Move one item between two periods in every array but the costs."""
    count_item(tables, state, item, here, -1)
    count_item(tables, state, item, to, 1)
    state.plan[item] = to
    bit = np.uint64(1) << np.uint64(item & (WORD - 1))
    state.members[here, item // WORD] ^= bit
    state.members[to, item // WORD] ^= bit


@njit(cache=True, nogil=True)
def fill(tables: Tables, state: State) -> None:
    """Write the table, sums and members for ``state.plan``."""
    for place in range(len(tables.base)):  # as loops: slices take numba seconds to compile
        state.table[place] = tables.base[place]
        state.sums[place] = 0
    for period in range(tables.periods):
        for word in range(tables.near.shape[1]):
            state.members[period, word] = 0
    for item in range(tables.items):
        period = np.int64(state.plan[item])
        count_item(tables, state, item, period, 1)
        state.members[period, item // WORD] |= np.uint64(1) << np.uint64(item & (WORD - 1))


@njit(cache=True, nogil=True)
def standing(tables: Tables, state: State) -> tuple[Whole, Whole]:
    """(points, blocks) of the plan, read from the table.

    Every pair is in two rows, an item's own price in one.
    """
    points, blocks = np.int64(0), np.int64(0)
    low = (np.int64(1) << tables.shift) - 1
    for item in range(tables.items):
        at = item * tables.width + REACH + state.plan[item]
        row, own = np.int64(state.table[at]), np.int64(tables.base[at])
        points += (row & low) + (own & low)
        blocks += (row >> tables.shift) + (own >> tables.shift)
    return points // 2, blocks // 2
