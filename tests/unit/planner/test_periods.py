"""Items to periods: plans, their judgement, and what a search promises."""

import numpy as np
import pytest

from scheduling.planner.periods.chain import Chain
from scheduling.planner.periods.chance import streams
from scheduling.planner.periods.construct import Construction, fewest_periods
from scheduling.planner.periods.problem import (
    NOWHERE,
    PeriodProblem,
    conflicts_of_people,
    judge,
)
from scheduling.planner.periods.solve import Limits, solve
from scheduling.planner.periods.tables import prepare
from scheduling.planner.progress import Progress

ITEMS, PERIODS, STEPS = 40, 9, 40_000


def people(seed: int, items: int = ITEMS, count: int = 70) -> list[list[int]]:
    """Who sits what: each person one to four items of a neighbourhood of eight."""
    chance = np.random.default_rng(seed)
    sits = []
    for first in chance.integers(0, items, count):
        near = (first + np.arange(8)) % items
        sits.append(chance.choice(near, chance.integers(1, 5), replace=False).tolist())
    return sits


def problem(
    sits: list[list[int]], items: int = ITEMS, periods: int = PERIODS, **more
) -> PeriodProblem:
    starts = np.cumsum([0] + [len(one) for one in sits])
    flat = [item for one in sits for item in one]
    sizes = np.bincount(flat, minlength=items).astype(np.int32)
    return PeriodProblem(sizes, conflicts_of_people(starts, flat, items), periods, **more)


def points(sits: list[list[int]], plan) -> int:
    """The definition, person by person."""
    total = 0
    for one in sits:
        for place, item in enumerate(one):
            for other in one[place + 1 :]:
                total += {1: 16, 2: 8, 3: 4, 4: 2, 5: 1}.get(abs(int(plan[item] - plan[other])), 0)
    return total


@pytest.fixture(scope="module")
def sits():
    return people(1)


def test_conflicts_count_shared_people_both_ways_and_an_item_named_twice_once():
    conflicts = conflicts_of_people([0, 2, 5, 6], [2, 0, 0, 2, 0, 1], 3)

    assert conflicts.starts.tolist() == [0, 1, 1, 2]
    assert conflicts.items.tolist() == [2, 0]
    assert conflicts.people.tolist() == [2, 2]


def test_the_judgement_of_a_plan_names_points_clashes_and_misplaced_items():
    allowed = np.ones((4, 3), dtype=bool)
    allowed[3, 2] = False
    present = np.array([0, 0, NOWHERE, 2], dtype=np.int32)
    small = problem([[0, 1], [0, 1], [1, 2]], 4, 3, allowed=allowed, present=present, move_price=5)

    found = judge(small, np.array([0, 1, 1, 2], dtype=np.int32))

    assert (found.closeness, found.moving, found.clashes, found.misplaced) == (32, 5, 1, 1)
    assert (found.cost, found.feasible) == (37, False)


def test_an_item_without_a_period_is_misplaced_not_clashing():
    small = problem([[0, 1]], 2, 2)

    found = judge(small, np.array([NOWHERE, NOWHERE], dtype=np.int32))

    assert (found.clashes, found.misplaced) == (0, 2)


def test_a_search_finds_a_plan_without_clashes_whose_cost_is_the_definition(sits):
    found = solve(problem(sits), limits=Limits(steps=STEPS), seed=3)

    assert found.judgement.feasible
    assert found.judgement.cost == points(sits, found.plan)


def test_more_steps_find_a_cheaper_plan_than_the_first_one(sits):
    first = solve(problem(sits), limits=Limits(steps=0), seed=3)
    later = solve(problem(sits), limits=Limits(steps=STEPS), seed=3)

    assert first.judgement.feasible
    assert later.judgement.cost < first.judgement.cost * 0.9


@pytest.mark.parametrize("chains", [1, 2])
def test_the_same_seed_and_steps_give_the_same_plan(sits, chains):
    one, other = (
        solve(problem(sits), limits=Limits(steps=STEPS), seed=5, chains=chains) for _ in range(2)
    )

    assert one.plan.tolist() == other.plan.tolist()
    assert one.steps == other.steps


def test_five_items_in_a_ring_find_their_cheapest_plan():
    ring = [[item, (item + 1) % 5] for item in range(5)]
    found = solve(problem(ring, 5, 3), limits=Limits(steps=20_000), seed=1)
    cheapest = min(
        points(ring, np.array(plan))
        for plan in np.ndindex(3, 3, 3, 3, 3)
        if all(plan[one] != plan[other] for one, other in ring)
    )

    assert found.judgement.cost == cheapest


def test_items_stay_where_they_are_fixed_and_out_of_what_is_forbidden(sits):
    allowed = np.ones((ITEMS, PERIODS), dtype=bool)
    allowed[7] = False
    allowed[7, 4] = True
    allowed[20:, 0] = False
    found = solve(problem(sits, allowed=allowed), limits=Limits(steps=STEPS), seed=2)

    assert found.judgement.feasible
    assert found.plan[7] == 4
    assert 0 not in found.plan[20:].tolist()


def test_a_high_price_of_moving_keeps_a_good_plan_and_no_price_leaves_it(sits):
    present = solve(problem(sits), limits=Limits(steps=2_000), seed=2).plan
    kept = solve(
        problem(sits, present=present, move_price=100_000), limits=Limits(steps=STEPS), seed=1
    )
    free = solve(problem(sits, present=present), limits=Limits(steps=STEPS), seed=1)

    assert kept.plan.tolist() == present.tolist()
    assert free.judgement.cost < kept.judgement.cost
    assert free.judgement.moving == 0


def test_a_lost_period_moves_only_what_sat_there_when_moving_is_dear(sits):
    present = solve(problem(sits, periods=12), limits=Limits(steps=STEPS), seed=2).plan
    allowed = np.ones((ITEMS, 12), dtype=bool)
    allowed[:, 3] = False
    lost = problem(sits, periods=12, allowed=allowed, present=present, move_price=100_000)
    found = solve(lost, limits=Limits(steps=STEPS), seed=1)

    assert found.judgement.feasible
    assert set(np.flatnonzero(found.plan != present)) == set(np.flatnonzero(present == 3))


def test_too_few_periods_give_the_plan_with_the_fewest_clashes_and_say_so():
    triangle = problem([[0, 1, 2]], 3, 2)
    found = solve(triangle, limits=Limits(steps=4_000), seed=1)

    assert found.judgement.clashes == 1
    assert not found.judgement.feasible


def test_the_fewest_periods_of_a_clique_and_of_strangers():
    clique = problem([[0, 1, 2, 3, 4]], 6).conflicts
    strangers = problem([[0], [1]], 2).conflicts

    assert fewest_periods(clique, streams(1, 1)[0], 100) == 5
    assert fewest_periods(strangers, streams(1, 1)[0], 100) == 1


def test_progress_never_gets_dearer_and_false_stops_the_search(sits):
    told: list[Progress] = []
    ticks = iter(range(1_000_000))

    def watch(progress: Progress) -> bool:
        told.append(progress)
        return len(told) < 4

    found = solve(
        problem(sits),
        limits=Limits(steps=10_000_000),
        seed=1,
        clock=lambda: next(ticks) / 10,
        report=watch,
    )

    assert found.steps < 1_000_000
    assert [one.best for one in told] == sorted((one.best for one in told), reverse=True)
    assert all(one.best == sum(one.parts.values()) for one in told)
    assert told[-1].best == found.judgement.cost


def test_a_search_by_the_clock_ends_when_it_says_so(sits):
    ticks = iter(range(1_000_000))
    found = solve(problem(sits), limits=Limits(seconds=2.0), seed=1, clock=lambda: next(ticks) / 20)

    assert found.judgement.feasible
    assert 2.0 <= found.seconds < 2.5


def test_nothing_to_place_is_a_plan():
    found = solve(problem([], 0, 3), limits=Limits(steps=10), seed=1)

    assert (found.plan.tolist(), found.judgement.feasible) == ([], True)


@pytest.mark.parametrize("limits", [{}, {"seconds": 1.0, "steps": 1}])
def test_a_search_needs_one_limit(limits):
    with pytest.raises(ValueError, match="either seconds or steps"):
        Limits(**limits)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"periods": 0}, "at least one period"),
        ({"gap_weights": (1,) * 8}, "reach at most 7"),
        ({"gap_weights": (1, -1)}, "never negative"),
        ({"allowed": np.ones((2, 2), dtype=bool)}, "allowed has shape"),
        ({"present": np.zeros(3, dtype=np.int32)}, "present has shape"),
    ],
)
def test_a_problem_that_cannot_be_meant_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        problem([[0, 1]], 2, **({"periods": 3} | change))


def test_sums_too_large_for_32_bits_are_kept_in_64(sits):
    dear = problem(sits, gap_weights=(4_000_000, 2_000_000))
    tables = prepare(dear)
    found = solve(dear, limits=Limits(steps=STEPS), seed=1)
    chain = Chain(tables, found.plan, streams(1, 1)[0])

    assert tables.base.dtype == np.int64
    assert chain.cost == found.judgement.cost == judge(dear, found.plan).cost


def test_annealing_refuses_a_plan_with_clashes(sits):
    tables = prepare(problem(sits))

    with pytest.raises(ValueError, match="without clashes"):
        Chain(tables, np.zeros(ITEMS, dtype=np.int32), streams(1, 1)[0])


def test_a_construction_goes_on_from_the_present_plan(sits):
    present = np.full(ITEMS, NOWHERE, dtype=np.int32)
    present[[0, 20]] = 5
    begun = Construction(problem(sits, present=present), streams(1, 1)[0])

    assert begun.best[[0, 20]].tolist() == [5, 5]
    assert begun.fewest == 0
