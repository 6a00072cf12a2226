"""All tables of a search in one array: compiled calls pass two arrays instead of forty.

``t`` holds, at the place named by a constant below, either a number or where a table begins:
``t[t[FREE] + period * t[ROOMS] + room]`` are the seats left. Handing the tables over one by one
made compiling and calling the small functions several times dearer than their work.
``n`` holds the 64-bit numbers: cost, counts, random state.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from scheduling.planner.sessions.facts import Facts, Ints32

Longs: TypeAlias = NDArray[np.int64]

# Places in ``n``.
COST, LEFT, STEPS, BEST_COST, BEST_LEFT, STAMP, ACCEPTED, SEED, ROUND, TRIAL = range(10)

# Places in ``t`` of plain numbers.
NODES, SESSIONS, PERIODS, ROOMS, KINDS, MIXED, MOVE_PRICE = range(7)

# Places in ``t`` of where the tables of the problem begin (see ``Facts``).
(
    SIZES,
    DURATION_KINDS,
    ALONE,
    RANKS,
    NODE_OF,
    MEMBER_START,
    MEMBERS,
    NEIGHBOUR_START,
    NEIGHBOURS,
    NEIGHBOUR_PEOPLE,
    ORDER_START,
    ORDERS,
    ORDER_SIGN,
    NEARNESS,
    ALLOWED,
    PERIOD_PRICES,
    SEATS,
    ROOM_ALLOWED,
    ROOM_PRICES,
    PRESENT_PERIODS,
    PRESENT_ROOMS,
) = range(7, 28)

# Places in ``t`` of where the tables of the plan in the making begin.
(
    PERIOD,  # (nodes,) -1 unplaced
    ROOM,  # (sessions,)
    FREE,  # (periods, rooms) seats left
    COUNT,  # (periods, rooms) sessions
    LONE,  # (periods, rooms) sessions that share with nobody
    DURATIONS,  # (periods, rooms, kinds) sessions of each duration
    DIFFERENT,  # (periods, rooms) different durations
    PRICE,  # (nodes, periods) what the node costs in the period, all else as it is
    BLOCKED,  # (nodes, periods) how many placed nodes forbid it
    AT,  # (periods, nodes) nodes in each period
    AT_COUNT,  # (periods,)
    AT_PLACE,  # (nodes,) index in AT
    BEST_PERIOD,  # (nodes,)
    BEST_ROOM,  # (sessions,)
    CHAIN,  # (nodes,) nodes being moved
    MARK,  # (nodes,) stamp of the chain the node was last in
    LISTED,  # (sessions,) sessions being moved
    OLD_ROOM,  # (sessions,) and where they were
    ROW,  # (periods,) room to work in
    WEIGHT,  # (nodes,) grows with each trouble of repair
    TABU,  # (nodes, periods) round until which the node stays out of the period
    PUSHED,  # (nodes,) trial in which the node is in the way
    TALLY,  # (periods,) weight of what forbids each period
    SEATS_THEN,  # (rooms,) seats once what is in the way has left
    FILLED,  # (rooms,) sessions in the room while the period is seated anew
    HEAD,  # (rooms,) first node listed as sitting in the room
    NEXT,  # (sessions,) the next one, by the node's first member in the room; -1 ends
    AMOUNT,  # (sessions,) seats of that node in the room
    LEAVES,  # (sessions,) 1 when that node has to leave
    ASKED,  # (rooms,) seats asked for by earlier members of the node that is to come
    PAID,  # (rooms,) weight of what leaves for them
    PACKED_ROOM,  # (sessions,) room once the period is seated anew
) = range(28, 60)


class Tables:
    """The two arrays of a search, ``t`` and ``n``, and views into ``t`` by the constants above."""

    def __init__(self, facts: Facts, seed: int) -> None:
        nodes, periods = facts.allowed.shape
        sessions, rooms = facts.room_prices.shape
        mixed, move_price, kinds = facts.numbers.tolist()
        fixed = [nodes, sessions, periods, rooms, kinds, mixed, move_price]
        seats, by_node, grid = np.zeros((periods, rooms)), np.zeros(nodes), (nodes, periods)
        by_session, by_period, by_room = np.zeros(sessions), np.zeros(periods), np.zeros(rooms)
        parts: list[np.ndarray] = [*facts[:-1], by_node - 1, by_session - 1, facts.seats]
        parts += [seats, seats, np.zeros((periods, rooms, kinds)), seats, facts.period_prices]
        parts += [np.zeros(grid), np.zeros((periods, nodes)), by_period, by_node]
        parts += [by_node - 1, by_session - 1, by_node, by_node, by_session, by_session, by_period]
        parts += [trouble(facts), np.zeros(grid), by_node, by_period, by_room, by_room]
        parts += [by_room, by_session, by_session, by_session, by_room, by_room]
        parts += [by_session]
        first = len(fixed) + len(parts)
        ends = first + np.cumsum([part.size for part in parts])
        self.shapes = [part.shape for part in parts]
        begins = [first, *ends[:-1].tolist()]
        flat = [np.asarray(part, dtype=np.int32).ravel() for part in parts]
        self.t: Ints32 = np.concatenate([np.array([*fixed, *begins], dtype=np.int32), *flat])
        self.n: Longs = np.zeros(10, dtype=np.int64)
        self.n[LEFT] = self.n[BEST_LEFT] = nodes
        self.n[BEST_COST] = np.iinfo(np.int64).max
        self.n[SEED] = np.random.SeedSequence(seed).generate_state(1, np.uint64).view(np.int64)[0]
        self.n[SEED] |= 1

    def view(self, name: int) -> Ints32:
        """Look at one table, in its shape."""
        shape = self.shapes[name - SIZES]
        begin = int(self.t[name])
        return self.t[begin : begin + int(np.prod(shape))].reshape(shape)


def trouble(facts: Facts) -> Ints32:
    """Say how hard each node looks to place, by seats and neighbours: 10 to 70, shape (nodes,)."""
    nodes = len(facts.allowed)
    seats = np.zeros(nodes)
    np.maximum.at(seats, facts.node_of, facts.sizes)
    neighbours = np.diff(facts.neighbour_start)
    most_seats, most_neighbours = (max(1, one.max(initial=0)) for one in (seats, neighbours))
    return (10 + 30 * seats / most_seats + 30 * neighbours / most_neighbours).astype(np.int32)
