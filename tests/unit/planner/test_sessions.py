"""Sessions to periods and rooms: each hard rule holds, each price is what the definition says."""

import itertools
import time
from dataclasses import replace

import numpy as np

from benchmarks.itc2007 import places_of, problem_of
from benchmarks.itc2007_cost import hard_violations, soft_cost
from benchmarks.itc2007_files import read_instance, write_solution
from scheduling.planner.sessions.facts import compile_facts
from scheduling.planner.sessions.judge import broken_rules, cost_parts
from scheduling.planner.sessions.problem import (
    Present,
    SessionPlan,
    SessionProblem,
    Weights,
    people_in_common,
)
from scheduling.planner.sessions.repair import repair
from scheduling.planner.sessions.search import Budget, Search
from scheduling.planner.sessions.solve import solve
from scheduling.planner.sessions.tables import COST, LEFT
from scheduling.planner.sessions.whole import Patience, periods_for_all

STEPS = Budget(steps=4_000)

EXAM_FILE = """[Exams:5]
60, 1, 2, 3
90, 1, 2
60, 3, 4
90
60, 4, 5, 6
[Periods:4]
15:04:2005, 09:30:00, 90, 0
15:04:2005, 14:00:00, 90, 7
15:04:2005, 18:00:00, 90, 0
16:04:2005, 09:30:00, 60, 0
[Rooms:2]
4, 0
3, 5
[PeriodHardConstraints]
1, AFTER, 0
3, EXAM_COINCIDENCE, 1
2, EXAM_COINCIDENCE, 0
4, EXCLUSION, 0
4, EXAM_COINCIDENCE, 4
[RoomHardConstraints]
1, ROOM_EXCLUSIVE
[InstitutionalWeightings]
TWOINAROW, 7
TWOINADAY, 5
PERIODSPREAD, 2
NONMIXEDDURATIONS,10
FRONTLOAD,2,2,3

"""


def whole(*numbers):
    return np.array(numbers, dtype=np.int64)


def problem(people, seats=(10, 10), periods=4, **changes):
    count = len(people)
    base = SessionProblem(
        durations=np.full(count, 60),
        sizes=whole(*(len(own) for own in people)),
        period_days=np.arange(periods) // 2,
        period_lengths=np.full(periods, 90),
        period_prices=np.zeros(periods, dtype=np.int64),
        room_seats=whole(*seats),
        room_prices=np.zeros(len(seats), dtype=np.int64),
        shared=people_in_common(people),
        weights=Weights(two_in_a_row=5, two_in_a_day=3, spread=1, mixed_durations=4),
    )
    return replace(base, **changes)


def planned(asked, budget=STEPS, seed=1, **settings) -> SessionPlan:
    return solve(asked, budget=budget, clock=time.monotonic, seed=seed, **settings)


def instance(tmp_path):
    path = tmp_path / "made_up.exam"
    path.write_text(EXAM_FILE, "ascii")
    return read_instance(path)


def test_the_reader_knows_every_section_and_drops_rules_of_an_exam_with_itself(tmp_path):
    read = instance(tmp_path)

    assert [exam.students for exam in read.exams] == [(1, 2, 3), (1, 2), (3, 4), (), (4, 5, 6)]
    assert read.coincidence == [(3, 1), (2, 0)]
    assert (read.after, read.exclusion, read.exclusive) == ([(1, 0)], [(4, 0)], [1])
    assert read.front_load == (2, 2, 3)


def test_the_book_prices_a_plan_worked_out_by_hand(tmp_path):
    places = [(0, 0), (1, 0), (2, 1), (1, 0), (2, 1)]

    # Students 1 and 2 sit periods 0 and 1; student 3 sits 0 and 2; student 4 clashes in 2.
    assert soft_cost(instance(tmp_path), places) == {
        "two_in_a_row": 7 * 2,
        "two_in_a_day": 5 * 1,
        "period_spread": 3,
        "mixed_durations": 0,
        "front_load": 3 * 1,
        "room_penalty": 10,
        "period_penalty": 14,
    }
    assert hard_violations(instance(tmp_path), places) == {
        "conflicts": 1,
        "room_occupancy": 1,
        "period_utilisation": 0,
        "period_related": 0,
        "room_related": 1,
    }


def test_the_planner_finds_the_cheapest_plan_of_a_small_instance_by_the_book(tmp_path):
    read = instance(tmp_path)
    places = list(itertools.product(range(4), range(2)))
    cheapest = min(
        sum(soft_cost(read, list(plan)).values())
        for plan in itertools.product(places, repeat=5)
        if not any(hard_violations(read, list(plan)).values())
    )

    plan = planned(problem_of(read))
    found = places_of(read, plan)

    assert not any(hard_violations(read, found).values())
    assert sum(soft_cost(read, found).values()) == plan.cost == cheapest


def test_a_solution_is_written_as_period_and_room_of_each_exam(tmp_path):
    write_solution(tmp_path / "out.sln", [(3, 0), (0, 12)])

    assert (tmp_path / "out.sln").read_text("ascii") == "3, 0\n0, 12\n"


def test_the_same_seed_and_steps_give_the_same_plan():
    people = [[i, (i * 7) % 20, (i * 3) % 20] for i in range(20)]
    one, two = (planned(problem(people, periods=8), searches=2) for _ in range(2))

    assert one.feasible
    assert (one.periods.tolist(), one.rooms.tolist()) == (two.periods.tolist(), two.rooms.tolist())
    assert (one.cost, one.steps) == (two.cost, two.steps)


def test_masks_closed_rooms_and_lonely_rooms_hold():
    periods, rooms = np.ones((4, 3), dtype=bool), np.ones((4, 2), dtype=bool)
    periods[0], periods[0, 2] = False, True
    rooms[1, 0] = False
    opened = np.array([[True, True], [False, True], [True, True]])
    asked = problem(
        [[1], [2], [3], [4]],
        periods=3,
        allowed_periods=periods,
        allowed_rooms=rooms,
        open_rooms=opened,
        rooms_shared=False,
    )

    plan = planned(asked)

    assert plan.feasible
    assert plan.periods[0] == 2
    assert plan.rooms[1] == 1
    assert len(set(zip(plan.periods.tolist(), plan.rooms.tolist(), strict=True))) == 4
    assert opened[plan.periods, plan.rooms].all()


def tight(rooms, periods, seed):
    """Sessions that fill every seat of every period; half of the others clash with each."""
    dice = np.random.default_rng(seed)
    number = dice.permutation(len(rooms) * periods)
    one, other = np.triu_indices(len(number), 1)
    clash = (one // len(rooms) != other // len(rooms)) & (dice.random(len(one)) < 0.5)
    people = np.ones(clash.sum(), dtype=np.int64)
    sizes = np.zeros(len(number), dtype=np.int64)
    sizes[number] = np.tile(rooms, periods)
    shared = np.column_stack([number[one[clash]], number[other[clash]], people])
    asked = problem([[]] * len(number), seats=rooms, periods=periods)
    return replace(asked, sizes=sizes, shared=shared)


def test_a_plan_without_a_seat_to_spare_is_found():
    plan = planned(tight((10, 9, 8, 7, 6, 5), periods=6, seed=1), Budget(steps=20_000))

    assert plan.broken == {}


def test_a_hard_search_is_the_same_for_the_same_seed_and_steps():
    asked = tight((10, 9, 8, 7, 6, 5, 4, 3), periods=8, seed=1)
    one, two = (planned(asked, Budget(steps=6_000)) for _ in range(2))

    assert (one.periods.tolist(), one.rooms.tolist()) == (two.periods.tolist(), two.rooms.tolist())


def test_a_period_for_all_keeps_clashes_orders_and_pairs():
    asked = problem(
        [[1, 2], [1], [2], [3], [4], [5]],
        seats=(3, 2),
        periods=4,
        after=whole(3, 0)[None],
        together=whole(4, 5)[None],
    )
    found = periods_for_all(compile_facts(asked), Patience(effort=1.0), 1, lambda: True)

    assert found is not None
    periods = found[compile_facts(asked).node_of].astype(np.int64)
    plan = broken_rules(asked, periods, np.full(6, 0))
    assert not {"clash", "after", "together", "period"} & set(plan)


def test_a_period_for_all_leaves_a_room_to_each_who_is_alone_and_seats_to_the_large():
    alone = problem([[one] for one in range(4)], periods=2, alone=np.ones(4, dtype=bool))
    large = problem([[1, 2], [3, 4], [5], [6]], seats=(2, 1), periods=2)
    pairs, parted = (
        periods_for_all(compile_facts(asked), Patience(effort=1.0), 1, lambda: True)
        for asked in (alone, large)
    )

    assert pairs is not None
    assert parted is not None
    assert np.bincount(pairs).tolist() == [2, 2]
    assert parted[0] != parted[1]


def test_a_period_for_all_is_not_found_where_there_is_none():
    asked = problem([[1], [1], [1]], periods=2)

    assert periods_for_all(compile_facts(asked), Patience(effort=1.0), 1, lambda: True) is None


def test_what_cannot_be_placed_is_named_and_the_rest_is_planned():
    plan = planned(problem([[1], [2], [1, 2, 3]], seats=(2,)))

    assert plan.unplaced == (2,)
    assert plan.broken == {"unplaced": 1}
    assert not plan.feasible


def test_one_after_the_other_and_together_is_refused_not_broken():
    plan = planned(problem([[1], [2]], after=whole(0, 1)[None], together=whole(0, 1)[None]))

    assert plan.unplaced == (0, 1)


def test_a_pair_that_never_fits_pushes_nobody_out():
    asked = problem(
        [[1, 2, 3], [4, 5, 6], [7]],
        seats=(5,),
        periods=1,
        durations=whole(60, 60, 30),
        together=whole(0, 1)[None],
    )
    search = Search(
        asked, budget=STEPS, seed=1, clock=time.monotonic, report=lambda _progress: True
    )
    search.begin()

    repair(search.t, search.n, 5)

    assert (search.n[LEFT], search.n[COST]) == (1, 0)


def test_a_present_plan_moves_only_what_a_lost_room_forces():
    people = [[i] for i in range(12)]
    first = planned(problem(people, seats=(2, 2, 2), periods=3))
    opened = np.ones((3, 3), dtype=bool)
    opened[1, 0] = False
    lost = ((first.periods == 1) & (first.rooms == 0)).sum()

    second = planned(
        problem(
            people,
            seats=(2, 2, 2),
            periods=3,
            open_rooms=opened,
            present=Present(first.periods, first.rooms, price=10),
        )
    )

    assert second.feasible
    assert second.parts["moved"] == 10 * lost


def test_a_report_can_stop_the_search():
    heard = []

    def stop(progress):
        heard.append(progress)
        return len(heard) < 3

    plan = planned(problem([[1], [1]]), Budget(steps=10**6), report=stop)

    assert len(heard) == 3
    assert plan.feasible
    assert plan.cost == heard[-1].best


def test_seconds_are_by_the_clock_that_is_given():
    ticks = itertools.count()

    plan = solve(problem([[1], [1]]), budget=Budget(seconds=40), clock=lambda: next(ticks))

    assert plan.feasible
    assert 40 <= plan.seconds <= 50


def test_the_judge_counts_each_broken_rule():
    asked = problem(
        [[1], [1], [2], [3]],
        seats=(1, 2),
        after=whole(2, 3)[None],
        apart=whole(0, 2)[None],
        together=whole(0, 3)[None],
        alone=np.array([True, False, False, False]),
        durations=whole(60, 60, 60, 100),
    )
    periods, rooms = whole(0, 0, 0, 1), whole(0, 0, 0, 0)

    assert broken_rules(asked, periods, rooms) == {
        "period": 1,
        "clash": 1,
        "apart": 1,
        "after": 1,
        "together": 1,
        "seats": 1,
        "alone": 1,
    }
    assert cost_parts(asked, periods, rooms)["people"] == 0
