"""A period for every node at once, asked of CP-SAT when pushing goes in circles.

Rooms are only counted (seats of the larger rooms against the larger sessions, rooms against
sessions that share with nobody), so a few nodes of the answer may still find no room.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from ortools.sat.python import cp_model

from scheduling.planner.sessions.facts import Facts, Ints32

LOOK_EVERY = 0.1  # seconds between two looks whether to stop
CUTS = (
    0.0,
    0.25,
    0.5,
    0.75,
    0.9,
)  # shares of the rooms, by seats, below which sessions are left out
MOST = 100_000  # pairs of a node and a period; more would take too long to write down


Chosen = dict[int, cp_model.IntVar]  # by period


@dataclass(frozen=True)
class Patience:
    """How long to look for an answer: deterministic seconds, or seconds by the wall clock."""

    effort: float | None = None
    seconds: float | None = None


def periods_for_all(
    facts: Facts, patience: Patience, seed: int, goes_on: Callable[[], bool]
) -> Ints32 | None:
    """Find a period for each node, shape (nodes,); None when there is no answer in time."""
    if facts.allowed.size > MOST or not facts.allowed.any(axis=1).all():
        return None
    model = cp_model.CpModel()
    chosen = [
        {int(period): model.new_bool_var("") for period in np.flatnonzero(row)}
        for row in facts.allowed
    ]
    for options in chosen:
        model.add_exactly_one(options.values())
    keep_apart(model, facts, chosen)
    keep_order(model, facts, chosen)
    count_seats(model, facts, chosen)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 0  # clauses alone: a hundred times faster here
    solver.parameters.random_seed = seed
    if patience.effort is not None:
        solver.parameters.max_deterministic_time = patience.effort
    if patience.seconds is not None:
        solver.parameters.max_time_in_seconds = patience.seconds
    if not solved(solver, model, goes_on):
        return None
    found = [next(p for p, one in options.items() if solver.value(one)) for options in chosen]
    return np.array(found, dtype=np.int32)


def solved(solver: cp_model.CpSolver, model: cp_model.CpModel, goes_on: Callable[[], bool]) -> bool:
    """Solve the model, watching meanwhile whether to go on."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        asked = pool.submit(solver.solve, model)
        while not wait([asked], timeout=LOOK_EVERY).done:
            if not goes_on():
                solver.stop_search()
        return asked.result() in (cp_model.OPTIMAL, cp_model.FEASIBLE)


def keep_apart(model: cp_model.CpModel, facts: Facts, chosen: list[Chosen]) -> None:
    """At most one node of each set of mutual neighbours in a period."""
    for group in cliques(facts):
        for period in range(facts.allowed.shape[1]):
            options = [chosen[node][period] for node in group if period in chosen[node]]
            if len(options) > 1:
                model.add_at_most_one(options)


def cliques(facts: Facts) -> Iterator[list[int]]:
    """Cover every pair of neighbours by sets of mutual neighbours, large ones first tried."""
    bounds = facts.neighbour_start.tolist()
    near = [set(facts.neighbours[begin:end].tolist()) for begin, end in pairwise(bounds)]
    open_pairs = [set(own) for own in near]
    for node in sorted(range(len(near)), key=lambda one: (-len(near[one]), one)):
        while open_pairs[node]:
            group = [node]
            candidates = set(near[node])
            first = open_pairs[node]
            while candidates:
                wanted = (candidates & first) or candidates
                pick = max(wanted, key=lambda one: (len(open_pairs[one]), len(near[one]), one))
                group.append(pick)
                candidates &= near[pick]
            for one in group:
                open_pairs[one].difference_update(group)
            yield group


def keep_order(model: cp_model.CpModel, facts: Facts, chosen: list[Chosen]) -> None:
    """Later nodes in later periods: whoever is later has none up to where the earlier sits."""
    starts, periods = facts.order_start.tolist(), facts.allowed.shape[1]
    for node, options in enumerate(chosen):
        for index in range(starts[node], starts[node + 1]):
            if facts.order_sign[index] < 0:
                continue
            later = chosen[int(facts.orders[index])]
            for period in range(periods):
                here = [one for at, one in options.items() if at >= period]
                then = [one for at, one in later.items() if at <= period]
                if here and then:
                    model.add_at_most_one([*here, *then])


def count_seats(model: cp_model.CpModel, facts: Facts, chosen: list[Chosen]) -> None:
    """Enough seats in the larger rooms for the larger sessions, and rooms for those alone."""
    for period, seats in enumerate(facts.seats):
        for cut in sorted({int(max(0, np.quantile(seats, share))) for share in CUTS} | {0}):
            rooms, large = seats[seats > cut], (facts.sizes > cut).astype(np.int32)
            limit(model, facts, chosen, period, facts.sizes * large, int(rooms.sum()))
            limit(model, facts, chosen, period, large, int((rooms // (cut + 1)).sum()))
        limit(model, facts, chosen, period, facts.alone, int((seats >= 0).sum()))


def limit(
    model: cp_model.CpModel,
    facts: Facts,
    chosen: list[Chosen],
    period: int,
    amounts: Ints32,
    most: int,
) -> None:
    """Let the amounts of the sessions in the period be no more than ``most``."""
    totals = np.bincount(facts.node_of, weights=amounts, minlength=len(chosen)).astype(np.int64)
    heavy = [node for node in np.flatnonzero(totals).tolist() if period in chosen[node]]
    if sum(int(totals[node]) for node in heavy) > most:
        model.add(sum(int(totals[node]) * chosen[node][period] for node in heavy) <= most)
