"""Simulated annealing over plans that always keep the hard rules (compiled).

Moves: a node to another period with the best room there; where something stands in the way, a
Kempe chain between the two periods (all of it changes sides and looks for rooms, largest first);
the exchange of two nodes with what hangs on them; another room; the exchange of two rooms.
"""

import math
from typing import NamedTuple

from scheduling.planner.sessions.facts import Ints32
from scheduling.planner.sessions.state import (
    attach,
    below,
    compiled,
    detach,
    find_room,
    fits,
    fraction,
    keep_best,
    place,
    put_in,
    room_cost,
)
from scheduling.planner.sessions.tables import (
    ACCEPTED,
    ALLOWED,
    AT,
    AT_COUNT,
    BLOCKED,
    CHAIN,
    COST,
    DIFFERENT,
    LISTED,
    MARK,
    MEMBER_START,
    MEMBERS,
    MIXED,
    MOVE_PRICE,
    NEARNESS,
    NEIGHBOUR_PEOPLE,
    NEIGHBOUR_START,
    NEIGHBOURS,
    NODE_OF,
    NODES,
    OLD_ROOM,
    ORDER_SIGN,
    ORDER_START,
    ORDERS,
    PERIOD,
    PERIODS,
    PRICE,
    RANKS,
    ROOM,
    ROOM_PRICES,
    ROOMS,
    STAMP,
    STEPS,
    Longs,
)

STAMPS = (1 << 31) - 1  # marks are 32 bits


class Mix(NamedTuple):
    """How often each kind of move is tried, in thousandths; the longest chain."""

    rooms: int = 150
    exchanges: int = 150
    longest: int = 60


@compiled
def grow_chain(  # noqa: C901 - one compiled loop
    t: Ints32, n: Longs, count: int, one: int, other: int, longest: int
) -> tuple[int, int]:
    """Close ``t[t[CHAIN] + :count]`` under neighbours in the two periods.

    Gives the length of the chain (0 when it may not change sides) and the change of the price of
    periods when it does.
    """
    n[STAMP] += 1
    stamp = n[STAMP] & STAMPS
    for index in range(count):
        t[t[MARK] + t[t[CHAIN] + index]] = stamp
    delta = 0
    between = t[t[NEARNESS] + one * t[PERIODS] + other]
    done = 0
    while done < count:
        node = t[t[CHAIN] + done]
        done += 1
        side = t[t[PERIOD] + node]
        target = one + other - side
        if not t[t[ALLOWED] + node * t[PERIODS] + target]:
            return 0, 0
        delta += t[t[PRICE] + node * t[PERIODS] + target] - t[t[PRICE] + node * t[PERIODS] + side]
        if t[t[BLOCKED] + node * t[PERIODS] + target] == 0:
            continue
        for index in range(t[t[NEIGHBOUR_START] + node], t[t[NEIGHBOUR_START] + node + 1]):
            friend = t[t[NEIGHBOURS] + index]
            if t[t[PERIOD] + friend] != target:
                continue
            delta += between * t[t[NEIGHBOUR_PEOPLE] + index]
            if t[t[MARK] + friend] != stamp:
                if count == longest:
                    return 0, 0
                t[t[MARK] + friend] = stamp
                t[t[CHAIN] + count] = friend
                count += 1
    if not order_holds(t, n, count, one, other):
        return 0, 0
    return count, delta


@compiled
def order_holds(t: Ints32, n: Longs, count: int, one: int, other: int) -> bool:
    """Say whether the orders hold once the chain changes sides."""
    stamp = n[STAMP] & STAMPS
    for done in range(count):
        node = t[t[CHAIN] + done]
        target = one + other - t[t[PERIOD] + node]
        for index in range(t[t[ORDER_START] + node], t[t[ORDER_START] + node + 1]):
            friend = t[t[ORDERS] + index]
            place_of = t[t[PERIOD] + friend]
            if place_of < 0:
                continue
            if t[t[MARK] + friend] == stamp:
                place_of = one + other - place_of
            if (place_of - target) * t[t[ORDER_SIGN] + index] <= 0:
                return False
    return True


@compiled
def change_sides(  # noqa: C901, PLR0915 - do and undo in one place
    t: Ints32, count: int, one: int, other: int, spare: int
) -> int:
    """Move the chain's sessions to rooms in the other period.

    Gives the change of the price of rooms, or leaves all as it was and gives ``spare`` + 1 when
    the rooms do not do or the change would be more than ``spare``.
    """
    listed = 0
    delta = 0
    least = 0
    for index in range(count):
        node = t[t[CHAIN] + index]
        for member in range(t[t[MEMBER_START] + node], t[t[MEMBER_START] + node + 1]):
            session = t[t[MEMBERS] + member]
            place_of = listed
            while place_of and t[t[RANKS] + t[t[LISTED] + place_of - 1]] > t[t[RANKS] + session]:
                t[t[LISTED] + place_of] = t[t[LISTED] + place_of - 1]
                place_of -= 1
            t[t[LISTED] + place_of] = session
            listed += 1
            least -= t[t[ROOM_PRICES] + session * t[ROOMS] + t[t[ROOM] + session]]
            least -= t[MIXED] + t[MOVE_PRICE]
    if least > spare:
        return spare + 1
    for index in range(listed):
        session = t[t[LISTED] + index]
        t[t[OLD_ROOM] + index] = t[t[ROOM] + session]
        delta -= detach(t, session, t[t[PERIOD] + t[t[NODE_OF] + session]])
    done = 0
    while done < listed:
        session = t[t[LISTED] + done]
        target = one + other - t[t[PERIOD] + t[t[NODE_OF] + session]]
        room = find_room(t, session, target)
        if room < 0:
            break
        delta += attach(t, session, target, room)
        done += 1
        if delta > spare:
            break
    if done == listed and delta <= spare:
        return delta
    for index in range(done):
        session = t[t[LISTED] + index]
        detach(t, session, one + other - t[t[PERIOD] + t[t[NODE_OF] + session]])
    for index in range(listed):
        session = t[t[LISTED] + index]
        side = t[t[PERIOD] + t[t[NODE_OF] + session]]
        attach(t, session, side, t[t[OLD_ROOM] + index])
    return spare + 1


@compiled
def swing(t: Ints32, n: Longs, count: int, one: int, other: int, limit: int, longest: int) -> bool:
    """Let the chain grown from ``t[t[CHAIN] + :count]`` change sides if that costs <= limit."""
    count, delta = grow_chain(t, n, count, one, other, longest)
    if count == 0:
        return False
    rooms = change_sides(t, count, one, other, limit - delta)
    if rooms > limit - delta:
        return False
    for index in range(count):
        node = t[t[CHAIN] + index]
        place(t, node, one + other - t[t[PERIOD] + node])
    n[COST] += delta + rooms
    return True


@compiled
def shift(t: Ints32, n: Longs, node: int, target: int, limit: int) -> bool:
    """Move a node of one session to a period nothing forbids if that costs <= limit."""
    side = t[t[PERIOD] + node]
    session = t[t[MEMBERS] + t[t[MEMBER_START] + node]]
    delta = t[t[PRICE] + node * t[PERIODS] + target] - t[t[PRICE] + node * t[PERIODS] + side]
    old = t[t[ROOM] + session]
    saved = t[t[ROOM_PRICES] + session * t[ROOMS] + old]
    if t[t[DIFFERENT] + side * t[ROOMS] + old] > 1:
        saved += t[MIXED]
    if delta - saved - t[MOVE_PRICE] > limit:
        return False
    room = find_room(t, session, target)
    if room < 0:
        return False
    delta += room_cost(t, session, target, room)
    delta -= detach(t, session, side)
    if delta > limit:
        attach(t, session, side, old)
        return False
    attach(t, session, target, room)
    place(t, node, target)
    n[COST] += delta
    return True


@compiled
def change_room(  # noqa: C901, PLR0915 - do and undo in one place
    t: Ints32, n: Longs, session: int, limit: int
) -> bool:
    """Try another room for a session, by itself or in exchange, within its period."""
    rooms = t[ROOMS]
    period = t[t[PERIOD] + t[t[NODE_OF] + session]]
    old = t[t[ROOM] + session]
    node = t[t[AT] + period * t[NODES] + below(n, t[t[AT_COUNT] + period])]
    first, end = t[t[MEMBER_START] + node], t[t[MEMBER_START] + node + 1]
    friend = t[t[MEMBERS] + first + below(n, end - first)]
    room = np_room = below(n, rooms)
    alone = np_room % 2 == 0 or friend == session
    if not alone:
        room = t[t[ROOM] + friend]
    if room == old:
        return False
    delta = -detach(t, session, period)
    if not alone:
        delta -= detach(t, friend, period)
    possible = fits(t, session, period, room)
    if possible:
        delta += attach(t, session, period, room)
        if not alone:
            possible = fits(t, friend, period, old)
            if possible:
                delta += attach(t, friend, period, old)
                if delta <= limit:
                    n[COST] += delta
                    return True
                detach(t, friend, period)
        elif delta <= limit:
            n[COST] += delta
            return True
        detach(t, session, period)
    if not alone:
        attach(t, friend, period, room)
    attach(t, session, period, old)
    return False


@compiled
def try_move(  # noqa: PLR0911 - one return for each kind of move
    t: Ints32, n: Longs, mix: Mix, node: int, limit: int
) -> bool:
    """Try one move of a placed node that costs at most ``limit`` more."""
    kind = below(n, 1000)
    first, end = t[t[MEMBER_START] + node], t[t[MEMBER_START] + node + 1]
    if kind < mix.rooms:
        if t[ROOMS] == 1:
            return False
        session = t[t[MEMBERS] + first + below(n, end - first)]
        return change_room(t, n, session, limit)
    side = t[t[PERIOD] + node]
    t[t[CHAIN] + 0] = node
    if kind < mix.rooms + mix.exchanges:
        partner = below(n, t[NODES])
        target = t[t[PERIOD] + partner]
        if target < 0 or target == side:
            return False
        t[t[CHAIN] + 1] = partner
        return swing(t, n, 2, side, target, limit, mix.longest)
    target = below(n, t[PERIODS])
    if target == side or not t[t[ALLOWED] + node * t[PERIODS] + target]:
        return False
    if t[t[BLOCKED] + node * t[PERIODS] + target] == 0 and end - first == 1:
        return shift(t, n, node, target, limit)
    return swing(t, n, 1, side, target, limit, mix.longest)


@compiled
def anneal(t: Ints32, n: Longs, mix: Mix, steps: int, temperature: float) -> None:
    """Try ``steps`` moves at one temperature; the best plan seen is kept."""
    nodes = t[NODES]
    for _ in range(steps):
        node = below(n, nodes)
        if t[t[PERIOD] + node] < 0:
            target = below(n, t[PERIODS])
            if (
                t[t[ALLOWED] + node * t[PERIODS] + target]
                and t[t[BLOCKED] + node * t[PERIODS] + target] == 0
            ):
                put_in(t, n, node, target)
                keep_best(t, n)
            continue
        limit = math.floor(-temperature * math.log(fraction(n)))
        if try_move(t, n, mix, node, limit):
            n[ACCEPTED] += 1
            keep_best(t, n)
    n[STEPS] += steps
