"""Annealing the order of whole periods, which single moves can hardly change once it is cold."""

import numpy as np
from numba import njit

from scheduling.planner.periods.chance import CHANCES, SURPRISE, draw
from scheduling.planner.periods.problem import Bits, Whole, Wide
from scheduling.planner.periods.tables import State, Tables

SWAP, TURN, INSERT = 0, 1, 2  # exchange two periods, turn a stretch round, put one elsewhere


@njit(cache=True, nogil=True)
def pair_matrix(tables: Tables, state: State) -> Wide:
    """(periods, periods): people shared by the items of two periods, both ways."""
    pairs = np.zeros((tables.periods, tables.periods), np.int64)
    plan = state.plan
    for item in range(tables.items):
        mine = plan[item]
        for edge in range(tables.starts[item], tables.starts[item + 1]):
            pairs[mine, plan[tables.neighbours[edge]]] += tables.people[edge]
    return pairs


@njit(cache=True, nogil=True)
def order_cost(pairs: Wide, prices: Wide, worth: Wide, order: Wide) -> Whole:
    """Points of seating old period ``order[slot]`` in each slot."""
    total = np.int64(0)
    periods = len(order)
    for slot in range(periods):
        mine = order[slot]
        total += prices[mine, slot]
        for gap in range(1, min(len(worth), periods - slot - 1) + 1):
            total += pairs[mine, order[slot + gap]] * worth[gap - 1]
    return total


@njit(cache=True, nogil=True)
def changed(order: Wide, tried: Wide, kind: Whole, one: Whole, two: Whole) -> None:
    """Write into `tried` the order after one change at two different slots."""
    for slot in range(len(order)):
        tried[slot] = order[slot]
    if kind == SWAP:
        tried[one], tried[two] = order[two], order[one]
    elif kind == TURN:
        first, last = min(one, two), max(one, two)
        for slot in range(first, last + 1):
            tried[slot] = order[first + last - slot]
    else:
        step = 1 if one < two else -1
        for slot in range(one, two, step):
            tried[slot] = order[slot + step]
        tried[two] = order[one]


@njit(cache=True, nogil=True)
def reorder(
    pairs: Wide, prices: Wide, worth: Wide, random: Bits, heat: float, steps: Whole
) -> Wide:
    """The order after so many tried changes at this heat; ``order[slot]`` is an old period."""
    order = np.arange(len(pairs))
    tried = order.copy()
    cost = order_cost(pairs, prices, worth, order)
    for _ in range(steps):
        one, two = draw(random, len(order)), draw(random, len(order))
        if one == two:
            continue
        changed(order, tried, draw(random, 3), one, two)
        new = order_cost(pairs, prices, worth, tried)
        if new - cost <= np.int64(heat * SURPRISE[draw(random, CHANCES)]):
            cost = new
            order, tried = tried, order
    return order
