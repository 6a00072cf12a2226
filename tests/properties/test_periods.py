"""Laws of the period planner, on made-up problems of any shape."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.planner.periods.chain import Chain
from scheduling.planner.periods.chance import streams
from scheduling.planner.periods.problem import NOWHERE, PeriodProblem, conflicts_of_people, judge
from scheduling.planner.periods.solve import Limits, solve
from scheduling.planner.periods.tables import prepare, standing


@st.composite
def problems(draw: st.DrawFn) -> PeriodProblem:
    items = draw(st.integers(1, 12))
    periods = draw(st.integers(1, 9))
    sits = draw(st.lists(st.lists(st.integers(0, items - 1), min_size=1, max_size=4), max_size=12))
    flat = [item for one in sits for item in one]
    starts = np.cumsum([0] + [len(one) for one in sits])
    holes = draw(st.sets(st.tuples(st.integers(0, items - 1), st.integers(0, periods - 1))))
    allowed = np.ones((items, periods), dtype=bool)
    for item, period in holes:
        allowed[item, period] = False
    present = draw(st.lists(st.integers(NOWHERE, periods - 1), min_size=items, max_size=items))
    return PeriodProblem(
        sizes=np.bincount(flat, minlength=items).astype(np.int32),
        conflicts=conflicts_of_people(starts, flat, items),
        periods=periods,
        gap_weights=tuple(draw(st.lists(st.integers(0, 30), max_size=7))),
        allowed=draw(st.sampled_from([None, allowed])),
        present=draw(st.sampled_from([None, np.array(present, dtype=np.int32)])),
        move_price=draw(st.integers(0, 50)),
    )


@given(problem=problems(), seed=st.integers(0, 2**32), chains=st.integers(1, 2))
@settings(max_examples=40, deadline=None)
def test_every_item_gets_a_period_and_the_plan_is_what_it_says_it_is(problem, seed, chains):
    found = solve(problem, limits=Limits(steps=2_500), seed=seed, chains=chains)

    assert found.judgement == judge(problem, found.plan)
    assert np.all((found.plan >= 0) & (found.plan < problem.periods))


@given(problem=problems(), seed=st.integers(0, 2**32), heat=st.floats(0, 100))
@settings(max_examples=40, deadline=None)
def test_the_delta_table_stays_true_through_moves_chains_and_new_orders(problem, seed, heat):
    start = solve(problem, limits=Limits(steps=0), seed=seed)
    if not start.judgement.feasible:
        return
    tables = prepare(problem)
    chain = Chain(tables, start.plan, streams(seed, 1)[0])
    for _ in range(3):
        chain.run(heat, 500)
        chain.reorder(heat)
        kept, cost = chain.state.table.copy(), chain.cost
        sums, members = chain.state.sums.copy(), chain.state.members.copy()
        points, blocks = standing(tables, chain.state)
        chain.load(chain.state.plan.copy())

        assert (points, blocks) == (cost, 0)
        assert np.array_equal(kept, chain.state.table)
        assert np.array_equal(sums, chain.state.sums)
        assert np.array_equal(members, chain.state.members)
        assert judge(problem, chain.state.plan).cost == cost
        assert judge(problem, chain.best).cost == chain.best_cost
        assert judge(problem, chain.best).feasible
