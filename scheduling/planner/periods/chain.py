"""One annealing chain: a plan, its delta table and its own source of chance."""

import numpy as np

from scheduling.planner.periods.anneal import BEST, COST, REACHES, anneal
from scheduling.planner.periods.chance import SURPRISE
from scheduling.planner.periods.order import pair_matrix, reorder
from scheduling.planner.periods.problem import REACH, Bits, Ints
from scheduling.planner.periods.tables import State, Tables, fill, standing

ORDER_STEPS = 1000  # tried orders of the periods, each time
NARROW = (1, 6)  # (neighbours in the way at first, items in the chain) of most chains
WIDE = (4, 24)  # of a few of them
WIDE_SHARE = 1  # of REACHES, and one more for every MANY items: large problems have more traps
MANY = 1_000
NEVER = np.int64(1) << 40  # points for a whole period where one of its items may not be


class Chain:
    """A plan without clashes that is annealed step by step; keeps the best it has seen."""

    def __init__(self, tables: Tables, plan: Ints, random: Bits) -> None:
        self.tables = tables
        items = tables.items
        self.state = State(
            table=np.empty_like(tables.base),
            sums=np.empty(len(tables.base), dtype=np.int32),
            members=np.empty((tables.periods, tables.near.shape[1]), dtype=np.uint64),
            plan=plan.astype(np.int32),
            best=plan.astype(np.int32),
            costs=np.zeros(3, dtype=np.int64),
            random=random,
            mark=np.zeros(items, dtype=np.int64),
            queue=np.zeros(items + 1, dtype=np.int32),
            came=np.zeros(items + 1, dtype=np.int32),
        )
        own = tables.base.reshape(items, tables.width)[:, REACH : REACH + tables.periods]
        self.prices = np.where(own >> tables.shift, NEVER, own) if own.any() else None
        # a move into a clash saves less than half a block and pays one: no limit may reach the rest
        self.hottest = (1 << tables.shift - 1) / (SURPRISE[0] + 1)
        wide = [WIDE] * min(REACHES // 2, WIDE_SHARE + items // MANY)
        self.reaches = np.array(wide + [NARROW] * (REACHES - len(wide)), dtype=np.int32)
        self.worth = tables.gaps[REACH + 1 :].astype(np.int64)
        self.load(plan)
        self.state.costs[BEST] = self.cost

    @property
    def cost(self) -> int:
        return int(self.state.costs[COST])

    @property
    def best_cost(self) -> int:
        return int(self.state.costs[BEST])

    @property
    def best(self) -> Ints:
        """The cheapest plan seen; changes while the chain runs."""
        return self.state.best

    def load(self, plan: Ints) -> None:
        """Go on from this plan, which has no clash; the best stays what it was."""
        self.state.plan[:] = plan
        fill(self.tables, self.state)
        points, blocks = standing(self.tables, self.state)
        if blocks:
            raise ValueError("annealing needs a plan without clashes")
        self.state.costs[COST] = points

    def run(self, heat: float, steps: int) -> None:
        """Visit so many items at this heat (points)."""
        anneal(self.tables, self.state, min(heat, self.hottest), steps, self.reaches)

    def reorder(self, heat: float) -> None:
        """Try other orders of whole periods at this heat."""
        periods = self.tables.periods
        pairs = pair_matrix(self.tables, self.state)
        prices = np.zeros((periods, periods), dtype=np.int64)
        if self.prices is not None:
            np.add.at(prices, self.state.plan, self.prices)
        order = reorder(pairs, prices, self.worth, self.state.random, heat, ORDER_STEPS)
        if np.array_equal(order, np.arange(periods)):
            return
        self.load(np.argsort(order).astype(np.int32)[self.state.plan])
        if self.cost < self.best_cost:
            self.state.costs[BEST] = self.cost
            self.state.best[:] = self.state.plan
