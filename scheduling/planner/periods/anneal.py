"""Annealing at one temperature: items choose among periods, or take others along in Kempe chains.

A step visits one item. Its next period is drawn evenly among those that cost at most its own plus
`heat` times an exponential surprise: slice sampling (Neal 2003), which settles about where single
tries (Metropolis) do, but one look at a row of the table stands for a try of every period.
"""

import numpy as np
from numba import njit

from scheduling.planner.periods.chance import CHANCES, SURPRISE, scatter, stir
from scheduling.planner.periods.lanes import count_between, lowest_bit, nth_between
from scheduling.planner.periods.problem import Ints, Whole
from scheduling.planner.periods.tables import LANES, REACH, WORD, State, Tables, move_item

COST, BEST, STAMP = 0, 1, 2  # places in State.costs
REACHES = 16  # rows of the table of how far a chain may go
MOSTLY = np.uint64(3 << 17)  # bits of chance, some set in three visits of four
HALF = np.uint64(1 << 16)
FEW = 2  # periods an item may choose from, its own among them


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
def move_chain(tables: Tables, state: State, here: Whole, to: Whole, size: Whole) -> None:
    """Exchange the periods of the items in the queue."""
    for place in range(size):
        one = np.int64(state.queue[place])
        first = np.int64(state.plan[one])
        move_item(tables, state, one, first, to if first == here else here)


@njit(cache=True, nogil=True)
def anneal(  # noqa: C901, PLR0912, PLR0915 - the hot loop; a call with the tuples would double it
    tables: Tables, state: State, heat: float, steps: Whole, reaches: Ints
) -> None:
    """Visit so many items, those that share more people more often.

    An item that finds no other period tries one random Kempe chain, and so do a quarter of all
    and half of those that find just one: its neighbours in the way come over to its period, those
    in their way go back, and so on. ``reaches[k]``, k drawn evenly, says how many may be in the
    way at first and how many items the chain may have: wide chains are dear and rarely accepted,
    but nothing else gets out of some traps.
    """
    table, sums, plan, best = state.table, state.sums, state.plan, state.best
    costs, members, near, mark = state.costs, state.members, tables.near, state.mark
    queue, came, width, shift = state.queue, state.came, tables.width, tables.shift
    turns, groups = tables.turns, (tables.periods + LANES - 1) // LANES
    low = (np.int64(1) << shift) - 1
    upper, lower = np.uint64(32), np.uint64(0xFFFFFFFF)
    random = state.random[0]
    cost, best_cost, stamp = costs[COST], costs[BEST], costs[STAMP]
    many = np.uint64(len(turns))
    for _ in range(steps):
        random = stir(random)
        bits = scatter(random)
        item = np.int64(turns[((bits >> upper) * many) >> upper])
        here = np.int64(plan[item])
        limit = np.int64(heat * SURPRISE[np.int64(bits & np.uint64(CHANCES - 1))])
        row = item * width + REACH
        now = np.int64(table[row + here])
        found = count_between(table, row, groups, np.int64(-1), now + limit)
        if found > 1 and bits & MOSTLY and (found > FEW or bits & HALF):
            to = nth_between(
                table, row, np.int64(-1), now + limit, ((bits & lower) * found) >> upper
            )
            if to == here:
                continue
            delta = np.int64(table[row + to]) - now
            move_item(tables, state, item, here, to)
        else:
            reach = np.int64((bits >> np.uint64(12)) & np.uint64(REACHES - 1))
            longest = np.int64(reaches[reach, 1])
            most = ((np.int64(reaches[reach, 0]) + 1) << shift) - 1
            found = count_between(table, row, groups, low, most)
            if found == 0:
                continue
            random = stir(random)
            to = nth_between(table, row, low, most, ((scatter(random) >> upper) * found) >> upper)
            stamp += 1
            mark[item] = stamp
            queue[0] = item
            size, place, delta = np.int64(1), np.int64(0), np.int64(0)
            while place < size <= longest:
                one = np.int64(queue[place])
                first = np.int64(plan[one])
                other = to if first == here else here
                row = one * width + REACH
                there = np.int64(table[row + other])
                if there >> shift >= tables.barred:
                    size = longest + 1
                    break
                delta += (there & low) - np.int64(table[row + first])
                more = (there >> shift) - (place > 0)  # less whom we came from
                if more == 1:
                    reached = np.int64(sums[one * width + other]) - (came[place] if place else 0)
                    if mark[reached] != stamp:
                        mark[reached] = stamp
                        queue[size] = reached
                        came[size] = one
                        size += 1
                elif more > 1:
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
                place += 1
            if size > longest or delta > limit:
                continue
            gap = abs(to - here)
            if gap <= REACH:  # pairs of the chain keep their gap; their rows count it as gone
                costs[STAMP] = stamp
                delta += 2 * tables.gaps[REACH + gap] * pairs_within(tables, state, here, size)
                if delta > limit:
                    continue
            move_chain(tables, state, here, to, size)
        cost += delta
        if cost < best_cost:
            best_cost = cost
            for place in range(tables.items):
                best[place] = plan[place]
    state.random[0] = random
    costs[COST], costs[BEST], costs[STAMP] = cost, best_cost, stamp
