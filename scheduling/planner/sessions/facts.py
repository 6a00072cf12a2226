"""The problem as the compiled search reads it: sessions that go together are one node."""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scheduling.planner.sessions.problem import NOWHERE, Ints, Mask, SessionProblem

Ints32: TypeAlias = NDArray[np.int32]


class Facts(NamedTuple):
    """What does not change while searching. S sessions, N nodes, P periods, R rooms.

    A node is a set of sessions that sit in one period: ``members[member_start[n]:...]``, largest
    first. Neighbours of a node never share its period; ``neighbour_people`` people have both.
    Orders: ``order_sign`` +1 says the other node is later, -1 that it is earlier.
    """

    sizes: Ints32  # (S,) seats
    duration_kinds: Ints32  # (S,) which of the different durations
    alone: Ints32  # (S,) 1 when the room is shared with nobody
    ranks: Ints32  # (S,) 0 for the largest session
    node_of: Ints32  # (S,)
    member_start: Ints32  # (N + 1,)
    members: Ints32  # (S,)
    neighbour_start: Ints32  # (N + 1,)
    neighbours: Ints32
    neighbour_people: Ints32
    order_start: Ints32  # (N + 1,)
    orders: Ints32
    order_sign: Ints32
    nearness: Ints32  # (P, P) price of one person's pair of sessions, 0 on the diagonal
    allowed: Ints32  # (N, P)
    period_prices: Ints32  # (N, P) price of the node in the period
    seats: Ints32  # (P, R), -1 where closed
    room_allowed: Ints32  # (S, R)
    room_prices: Ints32  # (S, R)
    present_periods: Ints32  # (S,)
    present_rooms: Ints32  # (S,)
    numbers: Ints32  # (3,) price of mixed durations, price of moving, kinds of durations


def nearness(problem: SessionProblem) -> Ints:
    """Price one person's pair of sessions for every pair of periods, shape (P, P)."""
    if problem.nearness is not None:
        return problem.nearness
    weights = problem.weights
    periods = np.arange(problem.periods)
    distance = np.abs(periods[:, None] - periods[None, :])
    same_day = problem.period_days[:, None] == problem.period_days[None, :]
    price = np.where(same_day & (distance == 1), weights.two_in_a_row, 0)
    price += np.where(same_day & (distance > 1), weights.two_in_a_day, 0)
    price += np.where((distance > 0) & (distance <= weights.spread), weights.spread_price, 0)
    return price.astype(np.int64)


def late_large(problem: SessionProblem) -> Ints:
    """Price of front load for each session and period, shape (S, P)."""
    weights = problem.weights
    prices = np.zeros((problem.sessions, problem.periods), dtype=np.int64)
    largest = np.argsort(-problem.sizes, kind="stable")[: weights.front_load_largest]
    first_late = max(0, problem.periods - weights.front_load_periods)
    prices[np.ix_(largest, np.arange(first_late, problem.periods))] = weights.front_load_price
    return prices


def allowed_places(problem: SessionProblem) -> Mask:
    """Say which periods are long enough and allowed for each session, shape (S, P)."""
    mask = problem.durations[:, None] <= problem.period_lengths[None, :]
    return mask if problem.allowed_periods is None else mask & problem.allowed_periods


def nodes_of(problem: SessionProblem) -> Ints:
    """Join sessions that must sit together, never two that share people: node of each session."""
    foes: list[set[int]] = [set() for _ in range(problem.sessions)]
    for first, second, *_ in (*problem.shared.tolist(), *problem.apart.tolist()):
        foes[first].add(second)
        foes[second].add(first)
    heads = list(range(problem.sessions))
    groups: list[set[int]] = [{session} for session in heads]
    for first, second in problem.together.tolist():
        one, other = heads[first], heads[second]
        if one == other or any(foes[session] & groups[other] for session in groups[one]):
            continue
        for session in groups[other]:
            heads[session] = one
        groups[one] |= groups[other]
    _, nodes = np.unique(np.array(heads, dtype=np.int64), return_inverse=True)
    return nodes.astype(np.int64)


def starts(owners: Ints, count: int) -> Ints32:
    """Give where the rows of each owner begin when rows are sorted by owner, shape (count + 1,)."""
    begin = np.zeros(count + 1, dtype=np.int64)
    np.add.at(begin, owners + 1, 1)
    return np.cumsum(begin).astype(np.int32)


def neighbours_of(problem: SessionProblem, nodes: Ints, count: int) -> tuple[Ints32, ...]:
    """List each node's neighbours and the people in common, as start, neighbours, people."""
    apart = np.column_stack([problem.apart, np.zeros(len(problem.apart), dtype=np.int64)])
    rows = np.concatenate([problem.shared.reshape(-1, 3), apart])
    one, other = nodes[rows[:, 0]], nodes[rows[:, 1]]
    keep = one != other
    keys = np.concatenate([one[keep] * count + other[keep], other[keep] * count + one[keep]])
    people = np.tile(rows[keep, 2], 2)
    unique, where = np.unique(keys, return_inverse=True)
    sums = np.zeros(len(unique), dtype=np.int64)
    np.add.at(sums, where, people)
    return (
        starts(unique // count, count),
        (unique % count).astype(np.int32),
        sums.astype(np.int32),
    )


def orders_of(problem: SessionProblem, nodes: Ints, count: int) -> tuple[Ints32, ...]:
    """List for each node the nodes that must be later (+1) or earlier (-1)."""
    rows = set()
    for later, earlier in problem.after.tolist():
        if nodes[later] != nodes[earlier]:
            rows.add((int(nodes[earlier]), int(nodes[later]), 1))
            rows.add((int(nodes[later]), int(nodes[earlier]), -1))
    table = np.array(sorted(rows), dtype=np.int64).reshape(-1, 3)
    return (
        starts(table[:, 0], count),
        table[:, 1].astype(np.int32),
        table[:, 2].astype(np.int32),
    )


def within_orders(problem: SessionProblem, nodes: Ints, allowed: Mask) -> Mask:
    """Leave out the periods that leave no period for what comes before or after, shape (N, P).

    Orders that cannot hold whatever the periods are leave everything as it is.
    """
    pairs = nodes[problem.after].tolist()
    cut = allowed.copy()
    for _ in range(allowed.shape[1]):
        for later, earlier in pairs:
            cut[later, : cut[earlier].argmax() + 1] = False
            cut[earlier, allowed.shape[1] - 1 - cut[later, ::-1].argmax() :] = False
    return allowed if (allowed.any(axis=1) & ~cut.any(axis=1)).any() else cut


def room_tables(problem: SessionProblem) -> tuple[Ints32, Ints32, Ints32]:
    """Give seats (P, R), allowed rooms (S, R) and the price of each room (S, R)."""
    seats = np.tile(problem.room_seats, (problem.periods, 1))
    if problem.open_rooms is not None:
        seats = np.where(problem.open_rooms, seats, -1)
    allowed = np.ones((problem.sessions, problem.rooms), dtype=np.int32)
    if problem.allowed_rooms is not None:
        allowed = problem.allowed_rooms.astype(np.int32)
    prices = np.tile(problem.room_prices, (problem.sessions, 1))
    if problem.room_wishes is not None:
        prices = prices + problem.room_wishes
    return seats.astype(np.int32), allowed, prices.astype(np.int32)


def period_tables(problem: SessionProblem, nodes: Ints, count: int) -> tuple[Ints32, Ints32]:
    """Give for each node the allowed periods and the price of each period, shape (N, P)."""
    prices = late_large(problem) + problem.period_prices[None, :]
    if problem.period_wishes is not None:
        prices = prices + problem.period_wishes
    if problem.present is not None:
        periods = np.arange(problem.periods)
        known = problem.present.periods[:, None] != NOWHERE
        moved = known & (problem.present.periods[:, None] != periods[None, :])
        prices = prices + problem.present.price * moved
    node_prices = np.zeros((count, problem.periods), dtype=np.int64)
    np.add.at(node_prices, nodes, prices)
    refused = np.zeros((count, problem.periods), dtype=np.int64)
    np.add.at(refused, nodes, ~allowed_places(problem))
    inside = problem.after[nodes[problem.after[:, 0]] == nodes[problem.after[:, 1]]]
    refused[nodes[inside[:, 0]]] = 1  # together and one after the other: no period will do
    allowed = within_orders(problem, nodes, refused == 0)
    return allowed.astype(np.int32), node_prices.astype(np.int32)


def present_places(problem: SessionProblem) -> tuple[Ints32, Ints32]:
    """Give the present period and room of each session, ``NOWHERE`` without a present plan."""
    if problem.present is None:
        nowhere = np.full(problem.sessions, NOWHERE, dtype=np.int32)
        return nowhere, nowhere
    return problem.present.periods.astype(np.int32), problem.present.rooms.astype(np.int32)


def compile_facts(problem: SessionProblem) -> Facts:
    """Turn a problem into the tables of the search."""
    nodes = nodes_of(problem)
    count = int(nodes.max()) + 1 if problem.sessions else 0
    by_size = np.argsort(-problem.sizes, kind="stable")
    ranks = np.empty(problem.sessions, dtype=np.int32)
    ranks[by_size] = np.arange(problem.sessions, dtype=np.int32)
    _, kinds = np.unique(problem.durations, return_inverse=True)
    alone = np.zeros(problem.sessions, dtype=bool) if problem.alone is None else problem.alone
    allowed, period_prices = period_tables(problem, nodes, count)
    seats, room_allowed, room_prices = room_tables(problem)
    present_periods, present_rooms = present_places(problem)
    price = problem.present.price if problem.present is not None else 0
    return Facts(
        problem.sizes.astype(np.int32),
        kinds.astype(np.int32),
        (alone | (not problem.rooms_shared)).astype(np.int32),
        ranks,
        nodes.astype(np.int32),
        starts(nodes, count),
        np.lexsort((ranks, nodes)).astype(np.int32),
        *neighbours_of(problem, nodes, count),
        *orders_of(problem, nodes, count),
        nearness(problem).astype(np.int32),
        allowed,
        period_prices,
        seats,
        room_allowed,
        room_prices,
        present_periods,
        present_rooms,
        np.array([problem.weights.mixed_durations, price, len(set(kinds.tolist()))], np.int32),
    )
