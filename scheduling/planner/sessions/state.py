"""Where everything sits while searching, and the few ways to change it (compiled)."""

import numpy as np
from numba import njit

from scheduling.planner.sessions.facts import Ints32
from scheduling.planner.sessions.tables import (
    ALLOWED,
    ALONE,
    AT,
    AT_COUNT,
    AT_PLACE,
    BEST_COST,
    BEST_LEFT,
    BEST_PERIOD,
    BEST_ROOM,
    BLOCKED,
    COST,
    COUNT,
    DIFFERENT,
    DURATION_KINDS,
    DURATIONS,
    FREE,
    KINDS,
    LEFT,
    LONE,
    MEMBER_START,
    MEMBERS,
    MIXED,
    MOVE_PRICE,
    NEARNESS,
    NEIGHBOUR_PEOPLE,
    NEIGHBOUR_START,
    NEIGHBOURS,
    NODES,
    ORDER_SIGN,
    ORDER_START,
    ORDERS,
    PERIOD,
    PERIODS,
    PRESENT_PERIODS,
    PRESENT_ROOMS,
    PRICE,
    ROOM,
    ROOM_ALLOWED,
    ROOM_PRICES,
    ROOMS,
    ROW,
    SEED,
    SESSIONS,
    SIZES,
    Longs,
)

SHIFT_A, SHIFT_B, SHIFT_C = np.uint64(12), np.uint64(25), np.uint64(27)
SHIFT_HALF, SHIFT_FRACTION = np.uint64(32), np.uint64(11)
FACTOR = np.uint64(2685821657736338717)


# Nothing compiled here makes arrays, so references need no counting.
compiled = njit(cache=True, nogil=True, _nrt=False)


@compiled
def draw(n: Longs) -> np.uint64:
    """Draw 64 random bits (xorshift64*)."""
    bits = np.uint64(n[SEED])
    bits ^= bits >> SHIFT_A
    bits ^= bits << SHIFT_B
    bits ^= bits >> SHIFT_C
    n[SEED] = np.int64(bits)
    return bits * FACTOR


@compiled
def below(n: Longs, bound: int) -> int:
    """Draw an integer in 0..bound-1."""
    return int((np.int64(draw(n) >> SHIFT_HALF) * bound) >> 32)


@compiled
def fraction(n: Longs) -> float:
    """Draw a number in (0, 1]."""
    return (np.float64(draw(n) >> SHIFT_FRACTION) + 1.0) * (1.0 / 9007199254740992.0)


@compiled
def room_cost(t: Ints32, session: int, period: int, room: int) -> int:
    """Price the room for a session that is not in it."""
    cost = t[t[ROOM_PRICES] + session * t[ROOMS] + room]
    if (
        t[t[DIFFERENT] + period * t[ROOMS] + room]
        and not (
            t[t[DURATIONS] + (period * t[ROOMS] + room) * t[KINDS] + t[t[DURATION_KINDS] + session]]
        )
    ):
        cost += t[MIXED]
    if t[t[PRESENT_PERIODS] + session] == period and t[t[PRESENT_ROOMS] + session] != room:
        cost += t[MOVE_PRICE]
    return cost


@compiled
def fits(t: Ints32, session: int, period: int, room: int) -> bool:
    """Say whether the room takes the session as it is."""
    return (
        t[t[FREE] + period * t[ROOMS] + room] >= t[t[SIZES] + session]
        and t[t[ROOM_ALLOWED] + session * t[ROOMS] + room] != 0
        and t[t[LONE] + period * t[ROOMS] + room] == 0
        and (t[t[ALONE] + session] == 0 or t[t[COUNT] + period * t[ROOMS] + room] == 0)
    )


@compiled
def find_room(t: Ints32, session: int, period: int) -> int:
    """Find the cheapest room that takes the session, the tightest of equals; -1 when none does."""
    best, best_cost, best_left = -1, 0, 0
    size = t[t[SIZES] + session]
    free = t[FREE] + period * t[ROOMS]
    for room in range(t[ROOMS]):
        left = t[free + room] - size
        if left < 0 or not fits(t, session, period, room):
            continue
        cost = room_cost(t, session, period, room)
        if best < 0 or cost < best_cost or (cost == best_cost and left < best_left):
            best, best_cost, best_left = room, cost, left
    return best


@compiled
def attach(t: Ints32, session: int, period: int, room: int) -> int:
    """Seat a session in a room; give what that costs."""
    cost = room_cost(t, session, period, room)
    kind = t[t[DURATION_KINDS] + session]
    t[t[FREE] + period * t[ROOMS] + room] -= t[t[SIZES] + session]
    t[t[COUNT] + period * t[ROOMS] + room] += 1
    t[t[LONE] + period * t[ROOMS] + room] += t[t[ALONE] + session]
    if t[t[DURATIONS] + (period * t[ROOMS] + room) * t[KINDS] + kind] == 0:
        t[t[DIFFERENT] + period * t[ROOMS] + room] += 1
    t[t[DURATIONS] + (period * t[ROOMS] + room) * t[KINDS] + kind] += 1
    t[t[ROOM] + session] = room
    return cost


@compiled
def detach(t: Ints32, session: int, period: int) -> int:
    """Take a session out of its room; give what that saves."""
    room = t[t[ROOM] + session]
    kind = t[t[DURATION_KINDS] + session]
    t[t[FREE] + period * t[ROOMS] + room] += t[t[SIZES] + session]
    t[t[COUNT] + period * t[ROOMS] + room] -= 1
    t[t[LONE] + period * t[ROOMS] + room] -= t[t[ALONE] + session]
    t[t[DURATIONS] + (period * t[ROOMS] + room) * t[KINDS] + kind] -= 1
    if t[t[DURATIONS] + (period * t[ROOMS] + room) * t[KINDS] + kind] == 0:
        t[t[DIFFERENT] + period * t[ROOMS] + room] -= 1
    return room_cost(t, session, period, room)


@compiled
def forbid_order(t: Ints32, node: int, period: int, change: int) -> None:
    """Count a node in the period among what forbids places by order (change +1 or -1)."""
    for index in range(t[t[ORDER_START] + node], t[t[ORDER_START] + node + 1]):
        row = t[BLOCKED] + t[t[ORDERS] + index] * t[PERIODS]
        if t[t[ORDER_SIGN] + index] > 0:
            for early in range(period + 1):
                t[row + early] += change
        else:
            for late in range(period, t[PERIODS]):
                t[row + late] += change


@compiled
def enlist(t: Ints32, node: int, old: int, period: int) -> None:
    """Keep the lists of nodes in each period; -1 is no period."""
    if old >= 0:
        forbid_order(t, node, old, -1)
        t[t[AT_COUNT] + old] -= 1
        last = t[t[AT] + old * t[NODES] + t[t[AT_COUNT] + old]]
        t[t[AT] + old * t[NODES] + t[t[AT_PLACE] + node]] = last
        t[t[AT_PLACE] + last] = t[t[AT_PLACE] + node]
    if period >= 0:
        forbid_order(t, node, period, 1)
        count = t[t[AT_COUNT] + period]
        t[t[AT] + period * t[NODES] + count] = node
        t[t[AT_PLACE] + node] = count
        t[t[AT_COUNT] + period] = count + 1
    t[t[PERIOD] + node] = period


@compiled
def place(  # noqa: C901 - one compiled loop
    t: Ints32, node: int, period: int
) -> None:
    """Put a node into a period (its rooms are seen to elsewhere) or take it out (-1)."""
    old = t[t[PERIOD] + node]
    enlist(t, node, old, period)
    periods, row, near = t[PERIODS], t[ROW], t[NEARNESS]
    first, end = periods, 0
    for column in range(periods):
        change = 0
        if period >= 0:
            change += t[near + period * periods + column]
        if old >= 0:
            change -= t[near + old * periods + column]
        t[row + column] = change
        if change != 0:
            first = min(first, column)
            end = column + 1
    neighbours, people = t[NEIGHBOURS], t[NEIGHBOUR_PEOPLE]
    prices, blocked = t[PRICE], t[BLOCKED]
    for index in range(t[t[NEIGHBOUR_START] + node], t[t[NEIGHBOUR_START] + node + 1]):
        begin = t[neighbours + index] * periods
        if old >= 0:
            t[blocked + begin + old] -= 1
        if period >= 0:
            t[blocked + begin + period] += 1
        count = t[people + index]
        for column in range(first, end):
            t[prices + begin + column] += count * t[row + column]


@compiled
def put_in(t: Ints32, n: Longs, node: int, period: int) -> bool:
    """Seat an unplaced node in a period that nothing forbids; False when rooms do not do."""
    first, end = t[t[MEMBER_START] + node], t[t[MEMBER_START] + node + 1]
    cost = np.int64(t[t[PRICE] + node * t[PERIODS] + period])
    for index in range(first, end):
        session = t[t[MEMBERS] + index]
        room = find_room(t, session, period)
        if room < 0:
            for done in range(first, index):
                detach(t, t[t[MEMBERS] + done], period)
                t[t[ROOM] + t[t[MEMBERS] + done]] = -1
            return False
        cost += attach(t, session, period, room)
    place(t, node, period)
    n[COST] += cost
    n[LEFT] -= 1
    return True


@compiled
def take_out(t: Ints32, n: Longs, node: int) -> None:
    """Unplace a node."""
    period = t[t[PERIOD] + node]
    saved = np.int64(t[t[PRICE] + node * t[PERIODS] + period])
    for index in range(t[t[MEMBER_START] + node], t[t[MEMBER_START] + node + 1]):
        session = t[t[MEMBERS] + index]
        saved += detach(t, session, period)
        t[t[ROOM] + session] = -1
    place(t, node, -1)
    n[COST] -= saved
    n[LEFT] += 1


@compiled
def keep_best(t: Ints32, n: Longs) -> None:
    """Remember this plan when it places more or costs less than the best so far."""
    if n[LEFT] < n[BEST_LEFT] or (n[LEFT] == n[BEST_LEFT] and n[COST] < n[BEST_COST]):
        n[BEST_LEFT] = n[LEFT]
        n[BEST_COST] = n[COST]
        for node in range(t[NODES]):
            t[t[BEST_PERIOD] + node] = t[t[PERIOD] + node]
        for session in range(t[SESSIONS]):
            t[t[BEST_ROOM] + session] = t[t[ROOM] + session]


@compiled
def restore(t: Ints32, n: Longs, periods: Ints32, rooms: Ints32) -> None:
    """Put the nodes where a plan says, leaving out what hard rules forbid by now."""
    nodes = t[NODES]
    for node in range(nodes):
        if t[t[PERIOD] + node] >= 0:
            take_out(t, n, node)
    for node in range(nodes):
        period = periods[node]
        if (
            period < 0
            or not t[t[ALLOWED] + node * t[PERIODS] + period]
            or t[t[BLOCKED] + node * t[PERIODS] + period]
        ):
            continue
        put_where(t, n, node, period, rooms)


@compiled
def put_where(t: Ints32, n: Longs, node: int, period: int, rooms: Ints32) -> bool:
    """Seat an unplaced node in the given rooms, or any others where those do not take it."""
    first, end = t[t[MEMBER_START] + node], t[t[MEMBER_START] + node + 1]
    cost = np.int64(t[t[PRICE] + node * t[PERIODS] + period])
    for index in range(first, end):
        session = t[t[MEMBERS] + index]
        room = int(rooms[session])
        if room < 0 or not fits(t, session, period, room):
            for done in range(first, index):
                detach(t, t[t[MEMBERS] + done], period)
                t[t[ROOM] + t[t[MEMBERS] + done]] = -1
            return put_in(t, n, node, period)
        cost += attach(t, session, period, room)
    place(t, node, period)
    n[COST] += cost
    n[LEFT] -= 1
    return True
