"""Annealing at one temperature: single moves, and Kempe chains where somebody is in the way."""

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from scheduling.planner.periods.chance import CHANCES, SURPRISE, scatter, stir
from scheduling.planner.periods.problem import Ints, Whole
from scheduling.planner.periods.tables import REACH, WORD, State, Tables, move_item

COST, BEST, STAMP = 0, 1, 2  # places in State.costs
REACHES = 16  # rows of the table of how far a chain may go


@intrinsic
def lowest_bit(_context, _word):  # noqa: ANN001, ANN201 - numba's own types, known to it alone
    """The place of the lowest set bit of a word that is not zero."""

    def build(_context, builder, _signature, arguments):  # noqa: ANN001, ANN202 - as above
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), build


@njit(cache=True, nogil=True)
def pairs_within(tables: Tables, state: State, here: Whole, size: Whole) -> Whole:
    """People shared between the two sides of the chain in the queue."""
    shared = np.int64(0)
    stamp = state.costs[STAMP]
    for place in range(size):
        one = state.queue[place]
        if state.plan[one] == here:
            for edge in range(tables.starts[one], tables.starts[one + 1]):
                if state.mark[tables.neighbours[edge]] == stamp:
                    shared += tables.people[edge]
    return shared


@njit(cache=True, nogil=True)
def anneal(  # noqa: C901, PLR0912, PLR0915 - the hot loop; a call a step would cost a fifth of it
    tables: Tables, state: State, heat: float, steps: Whole, reaches: Ints
) -> None:
    """Try so many moves, each of a random item to a random period.

    A move that costs `delta` is made with chance exp(-delta / heat). When neighbours are in the
    way, they come over to the item's period, those in their way go back, and so on (a Kempe
    chain). ``reaches[k]``, k drawn evenly, says how many may be in the way at first and how many
    items the chain may have: wide chains are dear and rarely accepted, but nothing else gets out
    of some traps.
    """
    table, sums, plan, costs = state.table, state.sums, state.plan, state.costs
    members, near, mark = state.members, tables.near, state.mark
    queue, came, width, shift = state.queue, state.came, tables.width, tables.shift
    low = (np.int64(1) << shift) - 1
    random = state.random[0]
    cost, best_cost, stamp = costs[COST], costs[BEST], costs[STAMP]
    items64, periods64 = np.uint64(tables.items), np.uint64(tables.periods)
    for _ in range(steps):
        random = stir(random)
        bits = scatter(random)
        item = np.int64(((bits >> np.uint64(32)) * items64) >> np.uint64(32))
        to = np.int64((((bits >> np.uint64(16)) & np.uint64(0xFFFF)) * periods64) >> np.uint64(16))
        here = np.int64(plan[item])
        if to == here:
            continue
        limit = np.int64(heat * SURPRISE[np.int64(bits & np.uint64(CHANCES - 1))])
        row = item * width + REACH
        there = np.int64(table[row + to])
        delta = there - np.int64(table[row + here])
        if delta <= limit:
            move_item(tables, state, item, here, to)
        else:
            blocks = there >> shift
            reach = np.int64((bits >> np.uint64(12)) & np.uint64(REACHES - 1))
            longest = reaches[reach, 1]
            if blocks == 0 or blocks > reaches[reach, 0]:
                continue
            stamp += 1
            mark[item] = stamp
            queue[0] = item
            size, place, delta = 1, 0, np.int64(0)
            while place < size:
                one = np.int64(queue[place])
                first = np.int64(plan[one])
                other = to if first == here else here
                row = one * width + REACH
                there = np.int64(table[row + other])
                blocks = there >> shift
                if blocks >= tables.barred:
                    size = longest + 1
                    break
                delta += (there & low) - np.int64(table[row + first])
                if blocks - (place > 0) == 1:  # one more: their sum, less whom we came from
                    reached = np.int64(sums[one * width + other]) - (came[place] if place else 0)
                    if mark[reached] != stamp:
                        mark[reached] = stamp
                        queue[size] = reached
                        came[size] = one
                        size += 1
                elif blocks - (place > 0) > 1:
                    for word in range(near.shape[1]):
                        both = near[one, word] & members[other, word]
                        while both != 0:
                            reached = word * WORD + np.int64(lowest_bit(both))  # ty: ignore[missing-argument] - numba adds the first
                            both &= both - np.uint64(1)
                            if mark[reached] != stamp:
                                mark[reached] = stamp
                                queue[size] = reached
                                came[size] = one
                                size += 1
                if size > longest:
                    break
                place += 1
            if size > longest or delta > limit:
                continue
            # pairs of the chain keep their gap; their rows count it as gone, on both sides
            gap = abs(to - here)
            if gap <= REACH:
                costs[STAMP] = stamp
                delta += 2 * tables.gaps[REACH + gap] * pairs_within(tables, state, here, size)
                if delta > limit:
                    continue
            for place in range(size):
                one = np.int64(queue[place])
                first = np.int64(plan[one])
                move_item(tables, state, one, first, to if first == here else here)
        cost += delta
        if cost < best_cost:
            best_cost = cost
            state.best[:] = plan
    state.random[0] = random
    costs[COST], costs[BEST], costs[STAMP] = cost, best_cost, stamp
