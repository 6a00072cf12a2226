"""Min-cost flow: the balanced plan without the rules of panels, and what no plan can go below.

Kept: eligibility (office, recusal, availability), nobody twice in a task, seniors per panel when
asked, tasks per sitting, balance and the window of loads. Left out: units, the number of sittings,
overlaps, days. So the flow's cost is a lower bound of the plan's cost (without `seniors`, the
"flow bound").
"""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from scheduling.planner.duties.arrays import ANY, FORBIDDEN, NOBODY, Array, Tables

MOST_ARCS = 4_000_000
KEEP = 60  # cheapest people of a row that stay when there are too many arcs


@dataclass(frozen=True, slots=True)
class Flow:
    """A plan by seats; `cost` is a bound only when the flow saw everybody and loads are equal."""

    plan: Array  # (seats,) people or NOBODY
    cost: int
    is_bound: bool


class _Net:
    """Arcs in blocks."""

    def __init__(self) -> None:
        self.tails: list[Array] = []
        self.heads: list[Array] = []
        self.capacities: list[Array] = []
        self.costs: list[Array] = []
        self.nodes = 0

    def new_nodes(self, number: int) -> Array:
        self.nodes += number
        return np.arange(self.nodes - number, self.nodes, dtype=np.int32)

    def arcs(self, tails: Array, heads: Array, capacity: Array | int, cost: Array | int) -> None:
        size = np.broadcast(tails, heads).size
        self.tails.append(np.broadcast_to(tails, size).astype(np.int32))
        self.heads.append(np.broadcast_to(heads, size).astype(np.int32))
        self.capacities.append(np.broadcast_to(capacity, size).astype(np.int64))
        self.costs.append(np.broadcast_to(cost, size).astype(np.int64))

    def solver(self) -> min_cost_flow.SimpleMinCostFlow:
        """OR-Tools' solver with these arcs, in the order in which they came."""
        solver = min_cost_flow.SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(
            np.concatenate(self.tails),
            np.concatenate(self.heads),
            np.concatenate(self.capacities),
            np.concatenate(self.costs),
        )
        return solver


def assign(tables: Tables, *, seniors: bool, window: bool = True) -> Flow | None:
    """The cheapest flow; None if not all seats can be filled even so."""
    t = tables
    seats = np.diff(t.row_seats_at)
    able, every = _considered(t)
    row, person = np.nonzero(able)
    net = _Net()
    row_nodes, junior_nodes = net.new_nodes(len(seats)), net.new_nodes(len(seats))
    person_nodes = net.new_nodes(t.price.shape[1])
    sink = int(net.new_nodes(1)[0])
    least = _least(t, seats) if seniors else np.zeros_like(seats)
    junior = (t.senior[person] == 0) & (least[row] > 0)
    tails = np.where(junior, junior_nodes[row], row_nodes[row])
    doors = _doors(net, t)
    heads = person_nodes[person] if doors is None else doors[person, _sittings(t, row)]
    net.arcs(tails, heads, 1, t.price[row, person])
    if doors is not None:
        net.arcs(doors.ravel(), np.repeat(person_nodes, doors.shape[1]), t.in_sitting, 0)
    some = np.flatnonzero(least)
    net.arcs(row_nodes[some], junior_nodes[some], (seats - least)[some], 0)
    total = int(seats.sum())
    fixed = _loads(net, t, person_nodes, sink, total, window=window)
    solver = net.solver()
    solver.set_nodes_supplies(row_nodes, seats)
    solver.set_nodes_supplies(np.array([sink]), np.array([-total]))
    if solver.solve() != solver.OPTIMAL:
        return None
    used = np.asarray(solver.flows(np.arange(len(row))), dtype=np.int64) > 0
    equal = bool((t.row_weight == 1).all())
    plan = _seated(t, row[used], person[used])
    return Flow(plan, int(solver.optimal_cost()) + fixed, is_bound=every and equal)


def _considered(t: Tables) -> tuple[Array, bool]:
    """Which pairs the flow looks at, and whether those are all."""
    able = t.price != FORBIDDEN
    if able.sum() <= MOST_ARCS:
        return able, True
    rank = np.argsort(np.argsort(t.price + ~able * ANY, axis=1), axis=1)
    return able & (rank < KEEP), False


def _least(t: Tables, seats: Array) -> Array:
    """Seniors a row must give itself: all its task's seats are in it, and only this task."""
    least = np.zeros(len(seats), dtype=np.int32)
    for row in range(len(seats)):
        tasks = t.row_tasks[t.row_tasks_at[row] : t.row_tasks_at[row + 1]]
        whole = all(t.task_seats_at[n + 1] - t.task_seats_at[n] == seats[row] for n in tasks)
        if whole and len(tasks):
            least[row] = min(seats[row], t.task_least[tasks].max())
    return least


def _doors(net: _Net, t: Tables) -> Array | None:
    """Nodes for each person in each sitting, if the limit on tasks there can bind."""
    sittings = len(t.sitting_day)
    in_one = np.bincount(t.task_sitting, minlength=sittings).max(initial=0)
    if t.in_sitting >= in_one:
        return None
    return net.new_nodes(t.price.shape[1] * sittings).reshape(-1, sittings)


def _sittings(t: Tables, row: Array) -> Array:
    """The sitting of each row's first task."""
    return t.task_sitting[t.row_tasks[t.row_tasks_at[row]]]


def _loads(
    net: _Net, t: Tables, person_nodes: Array, sink: int, total: int, *, window: bool
) -> int:
    """Arcs from people to the sink, each further seat dearer; the part of the cost that is fixed.

    Below the least load an arc earns more than any plan can cost, so all of them fill first.
    """
    balance = int(t.prices[0])
    mean = total / max(1, len(person_nodes))
    steps = int(4 * mean) + 8
    prize = 0
    if window and t.least_load.any():
        prize = 1 + int(t.price.max(initial=0)) * 4 + balance * 8 * steps
    nth = np.arange(1, steps + 1)
    for n, node in enumerate(person_nodes):
        top = int(t.most_load[n]) if window else ANY
        last = min(steps, top)
        cost = balance * (2 * (nth[:last] - int(t.fair[n])) - 1)
        cost = cost - prize * (nth[:last] <= t.least_load[n])
        net.arcs(np.full(last, node), np.full(last, sink), 1, cost)
        if top > steps and total > steps:
            net.arcs(np.array([node]), np.array([sink]), total, cost[-1] + 2 * balance)
    fixed = balance * int((t.fair.astype(np.int64) ** 2).sum())
    return fixed + (prize * int(t.least_load.sum()) if prize else 0)


def _seated(t: Tables, row: Array, person: Array) -> Array:
    plan = np.full(len(t.row_of), NOBODY, dtype=np.int32)
    borders = np.searchsorted(row, np.arange(t.price.shape[0] + 1))
    for n in range(t.price.shape[0]):
        given = person[borders[n] : borders[n + 1]]
        first = t.row_seats_at[n]
        plan[t.row_seats[first : first + len(given)]] = given
    return plan
