"""Seat a whole period anew, the largest first in the tightest room: often nobody has to leave."""

import numpy as np

from scheduling.planner.sessions.facts import Ints32
from scheduling.planner.sessions.state import attach, compiled, detach, place
from scheduling.planner.sessions.tables import (
    ALONE,
    AT,
    AT_COUNT,
    COST,
    FILLED,
    LEFT,
    LISTED,
    MEMBER_START,
    MEMBERS,
    NODES,
    PACKED_ROOM,
    PERIODS,
    PRICE,
    PUSHED,
    RANKS,
    ROOM_ALLOWED,
    ROOMS,
    SEATS,
    SEATS_THEN,
    SIZES,
    TRIAL,
    Longs,
)

TAKEN = -2  # a room that somebody has to himself


@compiled
def list_node(t: Ints32, node: int, count: int) -> int:
    """Put the node's sessions into the list, the largest first; give its new length."""
    for member in range(t[t[MEMBER_START] + node], t[t[MEMBER_START] + node + 1]):
        session = t[t[MEMBERS] + member]
        place_of = count
        while place_of and t[t[RANKS] + t[t[LISTED] + place_of - 1]] > t[t[RANKS] + session]:
            t[t[LISTED] + place_of] = t[t[LISTED] + place_of - 1]
            place_of -= 1
        t[t[LISTED] + place_of] = session
        count += 1
    return count


@compiled
def tightest(t: Ints32, session: int) -> int:
    """Find the room with the fewest seats to spare for the session; -1 when none takes it."""
    best, best_left = -1, 0
    for room in range(t[ROOMS]):
        left = t[t[SEATS_THEN] + room] - t[t[SIZES] + session]
        if (
            left >= 0
            and (best < 0 or left < best_left)
            and t[t[ROOM_ALLOWED] + session * t[ROOMS] + room]
            and not (t[t[ALONE] + session] and t[t[FILLED] + room])
        ):
            best, best_left = room, left
    return best


@compiled
def packs(t: Ints32, n: Longs, node: int, period: int) -> int:
    """Seat the node and who stays in the period anew; how many sessions are listed, -1 if it fails.

    The rooms found are only noted: see ``repack``.
    """
    stamp = n[TRIAL]
    count = list_node(t, node, 0)
    for index in range(t[t[AT_COUNT] + period]):
        other = t[t[AT] + period * t[NODES] + index]
        if t[t[PUSHED] + other] != stamp:
            count = list_node(t, other, count)
    for room in range(t[ROOMS]):
        t[t[SEATS_THEN] + room] = t[t[SEATS] + period * t[ROOMS] + room]
        t[t[FILLED] + room] = 0
    for index in range(count):
        session = t[t[LISTED] + index]
        room = tightest(t, session)
        if room < 0:
            return -1
        t[t[SEATS_THEN] + room] -= t[t[SIZES] + session]
        if t[t[ALONE] + session]:
            t[t[SEATS_THEN] + room] = TAKEN
        t[t[FILLED] + room] += 1
        t[t[PACKED_ROOM] + session] = room
    return count


@compiled
def repack(t: Ints32, n: Longs, node: int, period: int, count: int) -> None:
    """Seat the unplaced node and the whole period as ``packs`` found."""
    cost = np.int64(t[t[PRICE] + node * t[PERIODS] + period])
    for index in range(t[t[AT_COUNT] + period]):
        other = t[t[AT] + period * t[NODES] + index]
        for member in range(t[t[MEMBER_START] + other], t[t[MEMBER_START] + other + 1]):
            cost -= detach(t, t[t[MEMBERS] + member], period)
    for index in range(count):
        session = t[t[LISTED] + index]
        cost += attach(t, session, period, t[t[PACKED_ROOM] + session])
    place(t, node, period)
    n[COST] += cost
    n[LEFT] -= 1
