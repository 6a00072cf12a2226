"""Give every node a place: construction, then ejection of what stands in the way (compiled).

Placed nodes keep every hard rule at all times. An unplaced node goes where what it pushes out
weighs least; what is pushed out may not come back at once, and nodes that were hard to place
weigh more each time (conflict-directed weights).
"""

import numpy as np

from scheduling.planner.sessions.cover import choose_room, list_rooms, price_rooms
from scheduling.planner.sessions.facts import Ints32
from scheduling.planner.sessions.pack import packs, repack
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
    BLOCKED,
    CHAIN,
    COST,
    HEAD,
    LEAVES,
    LEFT,
    MEMBER_START,
    MEMBERS,
    NEIGHBOUR_START,
    NEIGHBOURS,
    NEXT,
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
    ROOMS,
    ROUND,
    SIZES,
    STEPS,
    TABU,
    TALLY,
    TRIAL,
    WEIGHT,
    Longs,
)

NEVER = 1 << 30
GROWTH = 4  # of the weight of a node that pushed others out
HEAVIEST = 20_000


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
def push_out(t: Ints32, n: Longs, node: int, tenure: int) -> None:
    """Unplace a node; it may not come back to its period for a while and weighs more."""
    period = t[t[PERIOD] + node]
    t[t[TABU] + node * t[PERIODS] + period] = n[ROUND] + tenure + below(n, 10)
    take_out(t, n, node)


@compiled
def clear_room(t: Ints32, n: Longs, session: int, period: int, tenure: int) -> int:
    """Push out what has to leave for the session; give its room, -1 when none takes it."""
    list_rooms(t, n, period, -1)
    room, _ = choose_room(t, session, period)
    if room < 0:
        return -1
    leaving = t[t[HEAD] + room]
    while leaving >= 0:
        if t[t[LEAVES] + leaving]:
            push_out(t, n, t[t[NODE_OF] + leaving], tenure)
        leaving = t[t[NEXT] + leaving]
    return room if fits(t, session, period, room) else -1


@compiled
def push_forbidders(t: Ints32, n: Longs, node: int, period: int, tenure: int) -> None:
    """Unplace what forbids the period to the node."""
    for index in range(t[t[NEIGHBOUR_START] + node], t[t[NEIGHBOUR_START] + node + 1]):
        other = t[t[NEIGHBOURS] + index]
        if t[t[PERIOD] + other] == period:
            push_out(t, n, other, tenure)
    for index in range(t[t[ORDER_START] + node], t[t[ORDER_START] + node + 1]):
        other = t[t[ORDERS] + index]
        place_of = t[t[PERIOD] + other]
        if place_of >= 0 and (place_of - period) * t[t[ORDER_SIGN] + index] <= 0:
            push_out(t, n, other, tenure)
    n[TRIAL] += 1  # nothing is marked any more


@compiled
def seat_anew(t: Ints32, n: Longs, node: int, period: int) -> bool:
    """Seat the node with nobody leaving the period, though perhaps the room; False if it fails."""
    if put_in(t, n, node, period):
        return True
    count = packs(t, n, node, period) if t[ROOMS] > 1 else -1
    if count >= 0:
        repack(t, n, node, period, count)
    return count >= 0


@compiled
def push_in(t: Ints32, n: Longs, node: int, period: int) -> bool:
    """Place the node in the period whatever has to leave; False when it cannot sit there."""
    tenure = 8 + n[LEFT]
    push_forbidders(t, n, node, period, tenure)
    if seat_anew(t, n, node, period):
        return True
    first, end = t[t[MEMBER_START] + node], t[t[MEMBER_START] + node + 1]
    cost = np.int64(0)
    for index in range(first, end):
        session = t[t[MEMBERS] + index]
        room = clear_room(t, n, session, period, tenure)
        if room < 0:
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
def least_forbidden(t: Ints32) -> int:
    """Find the first period where what is marked as forbidding weighs least."""
    least = 0
    for period in range(1, t[PERIODS]):
        if t[t[TALLY] + period] < t[t[TALLY] + least]:
            least = period
    return least


@compiled
def price_period(t: Ints32, n: Longs, node: int, period: int, most: int) -> int:
    """Weigh what leaves the period for the node; more than ``most`` when it may not or need not."""
    price = int(t[t[TALLY] + period])
    waits = t[t[TABU] + node * t[PERIODS] + period] > n[ROUND]
    if not t[t[ALLOWED] + node * t[PERIODS] + period] or price > most or (waits and price):
        return most + 1
    weight = price_rooms(t, n, node, period, most - price)
    if weight > 0 and t[ROOMS] > 1 and packs(t, n, node, period) >= 0:
        weight = 0
    if weight < 0 or (waits and weight):
        return most + 1
    return price + weight


@compiled
def lightest_period(t: Ints32, n: Longs, node: int) -> tuple[int, int]:
    """Find the period (-1 if none) where what the node pushes out weighs least, and the weight."""
    tally_forbidders(t, n, node)
    best, best_price, ties = -1, NEVER, 0
    least = least_forbidden(t)
    for index in range(t[PERIODS]):
        period = (least + index) % t[PERIODS]  # the likeliest first: most others need no look
        price = price_period(t, n, node, period, best_price)
        if price < best_price:
            best, best_price, ties = period, price, 1
        elif price == best_price:
            ties += 1
            if below(n, ties) == 0:
                best = period
    return best, best_price


@compiled
def add_weight(t: Ints32, node: int) -> None:
    """Let a node that was hard to place weigh more; all forget half when one weighs too much."""
    t[t[WEIGHT] + node] += GROWTH
    if t[t[WEIGHT] + node] > HEAVIEST:
        for each in range(t[NODES]):
            t[t[WEIGHT] + each] = 1 + t[t[WEIGHT] + each] // 2


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
            add_weight(t, node)
        push_in(t, n, node, period)
        keep_best(t, n)
