"""What has to leave a room for a session to sit there, and what that weighs (compiled)."""

from scheduling.planner.sessions.facts import Ints32
from scheduling.planner.sessions.state import compiled
from scheduling.planner.sessions.tables import (
    ALONE,
    AMOUNT,
    ASKED,
    AT,
    AT_COUNT,
    FREE,
    HEAD,
    LEAVES,
    LONE,
    MEMBER_START,
    MEMBERS,
    NEXT,
    NODE_OF,
    NODES,
    PAID,
    PUSHED,
    ROOM,
    ROOM_ALLOWED,
    ROOMS,
    SEATS,
    SEATS_THEN,
    SIZES,
    TRIAL,
    WEIGHT,
    Longs,
)


@compiled
def list_rooms(t: Ints32, n: Longs, period: int, own: int) -> None:
    """List who sits in each room of the period, without ``own`` and what is marked to leave."""
    stamp = n[TRIAL]
    for room in range(t[ROOMS]):
        t[t[SEATS_THEN] + room] = t[t[FREE] + period * t[ROOMS] + room]
        t[t[HEAD] + room] = -1
        t[t[ASKED] + room] = 0
        t[t[PAID] + room] = 0
    for index in range(t[t[AT_COUNT] + period]):
        other = t[t[AT] + period * t[NODES] + index]
        if other == own:
            continue
        first, end = t[t[MEMBER_START] + other], t[t[MEMBER_START] + other + 1]
        leaves = t[t[PUSHED] + other] == stamp
        for member in range(first, end):
            seated = t[t[MEMBERS] + member]
            room = t[t[ROOM] + seated]
            if leaves:
                t[t[SEATS_THEN] + room] += t[t[SIZES] + seated]
                continue
            head = t[t[HEAD] + room]
            if head >= 0 and t[t[NODE_OF] + head] == other:
                t[t[AMOUNT] + head] += t[t[SIZES] + seated]
                continue
            t[t[NEXT] + seated] = head
            t[t[LEAVES] + seated] = 0
            t[t[AMOUNT] + seated] = t[t[SIZES] + seated]
            t[t[HEAD] + room] = seated


@compiled
def everybody(t: Ints32, room: int) -> int:
    """Let all leave a listed room; give their weight."""
    weight, session = 0, t[t[HEAD] + room]
    while session >= 0:
        t[t[LEAVES] + session] = 1
        weight += t[t[WEIGHT] + t[t[NODE_OF] + session]]
        session = t[t[NEXT] + session]
    return weight


@compiled
def cheapest_seats(t: Ints32, room: int, lack: int) -> int:
    """Find who stays in a listed room and weighs least for each seat that helps; -1 if nobody."""
    best, best_key, session = -1, 0.0, t[t[HEAD] + room]
    while session >= 0:
        if not t[t[LEAVES] + session]:
            useful = max(1, min(t[t[AMOUNT] + session], lack))
            key = t[t[WEIGHT] + t[t[NODE_OF] + session]] / useful
            if best < 0 or key < best_key:
                best, best_key = session, key
        session = t[t[NEXT] + session]
    return best


@compiled
def needless(t: Ints32, room: int, spare: int) -> int:
    """Find the heaviest that leaves a listed room and takes at most ``spare`` seats; -1 if none."""
    best, best_weight, session = -1, 0, t[t[HEAD] + room]
    while session >= 0:
        weight = t[t[WEIGHT] + t[t[NODE_OF] + session]]
        if t[t[LEAVES] + session] and t[t[AMOUNT] + session] <= spare and weight > best_weight:
            best, best_weight = session, weight
        session = t[t[NEXT] + session]
    return best


@compiled
def only_one(t: Ints32, room: int, lack: int, most: int) -> int:
    """Let one leave a listed room if that is enough and weighs less than ``most``, the weight."""
    best, best_weight, session = -1, most, t[t[HEAD] + room]
    while session >= 0:
        weight = t[t[WEIGHT] + t[t[NODE_OF] + session]]
        if t[t[AMOUNT] + session] >= lack and weight < best_weight:
            best, best_weight = session, weight
        session = t[t[NEXT] + session]
    if best >= 0:
        session = t[t[HEAD] + room]
        while session >= 0:
            t[t[LEAVES] + session] = 1 if session == best else 0
            session = t[t[NEXT] + session]
    return best_weight


@compiled
def lighten(t: Ints32, room: int, lack: int) -> int:
    """Choose who leaves a listed room so that ``lack`` seats more are free; give their weight.

    First who weighs least for each seat, then back with who was not needed after all; or the
    lightest who alone is enough.
    """
    session = t[t[HEAD] + room]
    while session >= 0:
        t[t[LEAVES] + session] = 0
        session = t[t[NEXT] + session]
    weight, asked = 0, lack
    session = cheapest_seats(t, room, lack)
    while lack > 0 and session >= 0:
        t[t[LEAVES] + session] = 1
        lack -= t[t[AMOUNT] + session]
        weight += t[t[WEIGHT] + t[t[NODE_OF] + session]]
        session = cheapest_seats(t, room, lack)
    session = needless(t, room, -lack)
    while session >= 0:
        t[t[LEAVES] + session] = 0
        lack += t[t[AMOUNT] + session]
        weight -= t[t[WEIGHT] + t[t[NODE_OF] + session]]
        session = needless(t, room, -lack)
    return only_one(t, room, asked, weight)


@compiled
def price_room(t: Ints32, session: int, period: int, room: int) -> int:
    """Choose and weigh what leaves a listed room for the session; -1 when it cannot sit there."""
    asked = t[t[SIZES] + session] + t[t[ASKED] + room]
    if (
        not t[t[ROOM_ALLOWED] + session * t[ROOMS] + room]
        or t[t[SEATS] + period * t[ROOMS] + room] < asked
    ):
        return -1
    lonely = t[t[ALONE] + session] or t[t[LONE] + period * t[ROOMS] + room]
    if lonely and t[t[ASKED] + room]:
        return -1
    if lonely and t[t[HEAD] + room] >= 0:
        return everybody(t, room)
    lack = asked - t[t[SEATS_THEN] + room]
    return lighten(t, room, lack) if lack > 0 else 0


@compiled
def choose_room(t: Ints32, session: int, period: int) -> tuple[int, int]:
    """Find the listed room where the session adds least to what leaves: room (-1 if none), weight.

    Among equals the tightest.
    """
    best, best_price, best_left = -1, 0, 0
    for room in range(t[ROOMS]):
        price = price_room(t, session, period, room)
        if price < 0:
            continue
        price -= t[t[PAID] + room]
        left = t[t[SEATS_THEN] + room] - t[t[ASKED] + room] - t[t[SIZES] + session]
        if best < 0 or price < best_price or (price == best_price and left < best_left):
            best, best_price, best_left = room, price, left
    return best, best_price


@compiled
def price_rooms(t: Ints32, n: Longs, node: int, period: int, most: int) -> int:
    """Weigh what leaves the rooms of the period for the node; -1 when it cannot sit there.

    Stops at more than ``most``.
    """
    list_rooms(t, n, period, node)
    weight = 0
    for index in range(t[t[MEMBER_START] + node], t[t[MEMBER_START] + node + 1]):
        session = t[t[MEMBERS] + index]
        room, more = choose_room(t, session, period)
        if room < 0:
            return -1
        t[t[ASKED] + room] += t[t[SIZES] + session]
        t[t[PAID] + room] += more
        weight += more
        if weight > most:
            break
    return weight
