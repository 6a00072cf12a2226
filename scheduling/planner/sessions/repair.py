"""Give every node a place: construction, then ejection of what stands in the way (compiled).

Placed nodes keep every hard rule at all times. An unplaced node goes where what it pushes out
weighs least; what is pushed out may not come back at once, and nodes that were hard to place
weigh more each time (conflict-directed weights).
"""

import numpy as np

from scheduling.planner.sessions.facts import Ints32
from scheduling.planner.sessions.state import (
    attach,
    below,
    compiled,
    detach,
    find_room,
    fits,
    keep_best,
    place,
    put_in,
    take_out,
)
from scheduling.planner.sessions.tables import (
    ALLOWED,
    ALONE,
    AT,
    AT_COUNT,
    BLOCKED,
    CHAIN,
    COST,
    FREE,
    LEFT,
    LONE,
    LOOSE,
    MEMBER_START,
    MEMBERS,
    NEIGHBOUR_START,
    NEIGHBOURS,
    NODE_OF,
    NODES,
    ORDER_SIGN,
    ORDER_START,
    ORDERS,
    PERIOD,
    PERIODS,
    PRICE,
    PUSHED,
    ROOM,
    ROOM_ALLOWED,
    ROOMS,
    ROUND,
    SEATS,
    SEATS_THEN,
    SINGLE,
    SIZES,
    STEPS,
    TABU,
    TALLY,
    TRIAL,
    WEIGHT,
    Longs,
)

NEVER = 1 << 30


@compiled
def choices(t: Ints32, node: int) -> int:
    """Count the periods nothing forbids to the node."""
    count = 0
    for period in range(t[PERIODS]):
        if (
            t[t[ALLOWED] + node * t[PERIODS] + period]
            and t[t[BLOCKED] + node * t[PERIODS] + period] == 0
        ):
            count += 1
    return count


@compiled
def construct(  # noqa: C901 - one compiled loop
    t: Ints32, n: Longs
) -> None:
    """Place unplaced nodes, the one with the fewest periods left first, where they cost least."""
    nodes = t[NODES]
    periods = t[PERIODS]
    tried = t[CHAIN]
    for node in range(nodes):
        t[tried + node] = 0
    while True:
        best, best_key = -1, np.int64(0)
        for node in range(nodes):
            if t[t[PERIOD] + node] >= 0 or t[tried + node]:
                continue
            degree = t[t[NEIGHBOUR_START] + node + 1] - t[t[NEIGHBOUR_START] + node]
            size = t[t[SIZES] + t[t[MEMBERS] + t[t[MEMBER_START] + node]]]
            key = np.int64(choices(t, node)) * 1000000 - degree * 1000 - size
            key -= below(n, 1000)
            if best < 0 or key < best_key:
                best, best_key = node, key
        if best < 0:
            break
        t[tried + best] = 1
        for _ in range(periods):
            target, cost = -1, np.int64(0)
            for period in range(periods):
                if (
                    t[t[ALLOWED] + best * t[PERIODS] + period]
                    and t[t[BLOCKED] + best * t[PERIODS] + period] == 0
                ):
                    price = np.int64(t[t[PRICE] + best * t[PERIODS] + period]) * 8 + below(n, 8)
                    if (target < 0 or price < cost) and roomy(t, best, period):
                        target, cost = period, price
            if target < 0 or put_in(t, n, best, target):
                break
    keep_best(t, n)


@compiled
def roomy(t: Ints32, node: int, period: int) -> bool:
    """Say whether some room of the period takes the node's largest session."""
    session = t[t[MEMBERS] + t[t[MEMBER_START] + node]]
    return find_room(t, session, period) >= 0


@compiled
def tally_forbidders(  # noqa: C901 - one compiled loop
    t: Ints32, n: Longs, node: int
) -> None:
    """Mark what forbids periods to the node and weigh it for each period."""
    n[TRIAL] += 1
    stamp = n[TRIAL]
    for period in range(t[PERIODS]):
        t[t[TALLY] + period] = 0
    for index in range(t[t[NEIGHBOUR_START] + node], t[t[NEIGHBOUR_START] + node + 1]):
        other = t[t[NEIGHBOURS] + index]
        if t[t[PERIOD] + other] >= 0:
            t[t[TALLY] + t[t[PERIOD] + other]] += t[t[WEIGHT] + other]
            t[t[PUSHED] + other] = stamp
    for index in range(t[t[ORDER_START] + node], t[t[ORDER_START] + node + 1]):
        other = t[t[ORDERS] + index]
        period = t[t[PERIOD] + other]
        if period < 0:
            continue
        first, end = 0, period + 1
        if t[t[ORDER_SIGN] + index] < 0:
            first, end = period, t[PERIODS]
        for target in range(first, end):
            if target != period or t[t[PUSHED] + other] != stamp:
                t[t[TALLY] + target] += t[t[WEIGHT] + other]


@compiled
def room_price(  # noqa: C901, PLR0912, PLR0915 - one pass for each thing that stands in a room
    t: Ints32, n: Longs, session: int, period: int
) -> tuple[int, int]:
    """Find the room of the period whose clearing weighs least: room (-1 if none), weight."""
    stamp = n[TRIAL]
    rooms = t[ROOMS]
    size = t[t[SIZES] + session]
    for room in range(rooms):
        t[t[SEATS_THEN] + room] = t[t[FREE] + period * t[ROOMS] + room]
        t[t[LOOSE] + room] = 0
        t[t[SINGLE] + room] = NEVER
    for index in range(t[t[AT_COUNT] + period]):
        other = t[t[AT] + period * t[NODES] + index]
        if t[t[PUSHED] + other] != stamp:
            continue
        for member in range(t[t[MEMBER_START] + other], t[t[MEMBER_START] + other + 1]):
            seated = t[t[MEMBERS] + member]
            t[t[SEATS_THEN] + t[t[ROOM] + seated]] += t[t[SIZES] + seated]
    for index in range(t[t[AT_COUNT] + period]):
        other = t[t[AT] + period * t[NODES] + index]
        if t[t[PUSHED] + other] == stamp:
            continue
        for member in range(t[t[MEMBER_START] + other], t[t[MEMBER_START] + other + 1]):
            seated = t[t[MEMBERS] + member]
            room = t[t[ROOM] + seated]
            t[t[LOOSE] + room] += t[t[WEIGHT] + other]
            must = t[t[ALONE] + seated] or t[t[ALONE] + session]
            if t[t[SEATS_THEN] + room] + t[t[SIZES] + seated] >= size and not must:
                t[t[SINGLE] + room] = min(t[t[SINGLE] + room], t[t[WEIGHT] + other])
    best, best_price, best_left = -1, np.int64(0), np.int64(0)
    for room in range(rooms):
        if (
            not t[t[ROOM_ALLOWED] + session * t[ROOMS] + room]
            or t[t[SEATS] + period * t[ROOMS] + room] < size
        ):
            continue
        price = np.int64(0)
        alone = t[t[ALONE] + session] or t[t[LONE] + period * t[ROOMS] + room]
        if t[t[SEATS_THEN] + room] < size or (alone and t[t[LOOSE] + room]):
            price = t[t[LOOSE] + room]
            if not alone:
                lack = size - t[t[SEATS_THEN] + room]
                taken = t[t[SEATS] + period * t[ROOMS] + room] - t[t[SEATS_THEN] + room]
                price = price * lack // max(1, taken) + 1
                price = min(price, t[t[SINGLE] + room])
        left = t[t[SEATS_THEN] + room] - size
        if best < 0 or price < best_price or (price == best_price and left < best_left):
            best, best_price, best_left = room, price, left
    return best, int(best_price)


@compiled
def push_out(t: Ints32, n: Longs, node: int, tenure: int) -> None:
    """Unplace a node; it may not come back to its period for a while and weighs more."""
    period = t[t[PERIOD] + node]
    t[t[TABU] + node * t[PERIODS] + period] = n[ROUND] + tenure + below(n, 10)
    take_out(t, n, node)


@compiled
def clear_room(  # noqa: C901 - one compiled loop
    t: Ints32, n: Longs, session: int, period: int, room: int, tenure: int
) -> bool:
    """Push sessions out of the room until it takes the session; False when it never does."""
    own = t[t[NODE_OF] + session]
    while not fits(t, session, period, room):
        lack = t[t[SIZES] + session] - t[t[FREE] + period * t[ROOMS] + room]
        best, best_key = -1, 0.0
        for index in range(t[t[AT_COUNT] + period]):
            other = t[t[AT] + period * t[NODES] + index]
            if other == own:
                continue
            seats = 0
            for member in range(t[t[MEMBER_START] + other], t[t[MEMBER_START] + other + 1]):
                if t[t[ROOM] + t[t[MEMBERS] + member]] == room:
                    seats += t[t[SIZES] + t[t[MEMBERS] + member]] + 1
            if seats == 0:
                continue
            key = t[t[WEIGHT] + other] / max(1, min(seats - 1, lack))
            key += 0.000001 * below(n, 1000)
            if best < 0 or key < best_key:
                best, best_key = other, key
        if best < 0:
            return False
        push_out(t, n, best, tenure)
    return True


@compiled
def push_in(t: Ints32, n: Longs, node: int, period: int) -> bool:
    """Place the node in the period whatever has to leave; False when it cannot sit there."""
    tenure = 8 + n[LEFT]
    for index in range(t[t[NEIGHBOUR_START] + node], t[t[NEIGHBOUR_START] + node + 1]):
        other = t[t[NEIGHBOURS] + index]
        if t[t[PERIOD] + other] == period:
            push_out(t, n, other, tenure)
    for index in range(t[t[ORDER_START] + node], t[t[ORDER_START] + node + 1]):
        other = t[t[ORDERS] + index]
        place_of = t[t[PERIOD] + other]
        if place_of >= 0 and (place_of - period) * t[t[ORDER_SIGN] + index] <= 0:
            push_out(t, n, other, tenure)
    first, end = t[t[MEMBER_START] + node], t[t[MEMBER_START] + node + 1]
    cost = np.int64(0)
    n[TRIAL] += 1  # nothing is marked any more
    for index in range(first, end):
        session = t[t[MEMBERS] + index]
        room, _ = room_price(t, n, session, period)
        if room < 0 or not clear_room(t, n, session, period, room, tenure):
            for done in range(first, index):
                cost -= detach(t, t[t[MEMBERS] + done], period)
                t[t[ROOM] + t[t[MEMBERS] + done]] = -1
            n[COST] += cost  # others may have left the rooms meanwhile, so this need not be 0
            return False
        cost += attach(t, session, period, room)
    cost += t[t[PRICE] + node * t[PERIODS] + period]
    place(t, node, period)
    n[COST] += cost
    n[LEFT] -= 1
    return True


@compiled
def pick_unplaced(t: Ints32, n: Longs) -> int:
    """Pick an unplaced node, each as likely as the others; -1 when all have a place."""
    found, seen = -1, 0
    for node in range(t[NODES]):
        if t[t[PERIOD] + node] < 0:
            seen += 1
            if below(n, seen) == 0:
                found = node
    return found


@compiled
def lightest_period(t: Ints32, n: Longs, node: int) -> tuple[int, int]:
    """Find the period (-1 if none) where what the node pushes out weighs least, and the weight."""
    tally_forbidders(t, n, node)
    session = t[t[MEMBERS] + t[t[MEMBER_START] + node]]
    best, best_price, ties = -1, np.int64(0), 0
    for period in range(t[PERIODS]):
        price = t[t[TALLY] + period]
        if not t[t[ALLOWED] + node * t[PERIODS] + period] or (best >= 0 and price > best_price):
            continue
        room, weight = room_price(t, n, session, period)
        price += weight
        if room < 0 or (price and t[t[TABU] + node * t[PERIODS] + period] > n[ROUND]):
            continue
        if best < 0 or price < best_price:
            best, best_price, ties = period, price, 1
        elif price == best_price:
            ties += 1
            if below(n, ties) == 0:
                best = period
    return best, int(best_price)


@compiled
def repair(t: Ints32, n: Longs, steps: int) -> None:
    """Push unplaced nodes in, at most ``steps`` times, until all have a place."""
    for _ in range(steps):
        node = pick_unplaced(t, n)
        if node < 0:
            break
        n[ROUND] += 1
        n[STEPS] += 1
        period, weight = lightest_period(t, n, node)
        if period < 0:
            continue
        if weight:
            t[t[WEIGHT] + node] += 1
        push_in(t, n, node, period)
        keep_best(t, n)
