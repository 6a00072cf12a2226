"""People to duties: each rule alone, the way out when there is none, few changes when asked."""

from dataclasses import replace

import numpy as np
import pytest

from scheduling.planner.duties import (
    DutyProblem,
    Limits,
    Person,
    Post,
    Relaxation,
    Rule,
    Sitting,
    Task,
    Why,
    Wishes,
    solve,
    why_not,
)
from scheduling.planner.progress import Progress

STEPS = 40_000
JUDGE = frozenset({"judge"})


def hour(n, *, day=0, place=0):
    return Sitting(n, day, day * 1440 + 60 * n, day * 1440 + 60 * n + 60, place)


def panel(task, size, **facts):
    return tuple(Post(task * 10 + n, task, "judge", **facts) for n in range(size))


def judge(n, **facts):
    return Person(n, offices=JUDGE, **facts)


def problem(*, sittings=(), tasks=(), posts=(), people=(), **facts):
    sittings, tasks = sittings or (hour(1),), tasks or (Task(1, 1),)
    return DutyProblem(sittings, tasks, posts or panel(1, 2), people, **facts)


def served(asked, **options):
    return dict(solve(asked, steps=STEPS, seed=1, **options).servings)


def test_only_people_with_the_office_who_are_free_and_not_recused_serve():
    asked = problem(
        tasks=(Task(1, 1, units=frozenset({7})),),
        people=(
            judge(1),
            Person(2, offices=frozenset({"lecturer"})),
            judge(3, away=((100, 200),)),
            judge(4, barred_units=frozenset({7})),
            judge(5, barred_tasks=frozenset({1})),
            judge(6, away=((120, 200),)),
        ),
    )

    assert set(served(asked).values()) == {1, 6}


def test_a_post_that_needs_a_senior_gets_one():
    posts = (Post(1, 1, "judge", needs_senior=True), Post(2, 1, "judge"))

    assert served(problem(posts=posts, people=(judge(1), judge(2, is_senior=True)))) == {1: 2, 2: 1}


def test_a_panel_has_a_senior_and_one_judge_of_a_unit():
    people = (
        judge(1, units=frozenset({1}), is_senior=True),
        judge(2, units=frozenset({1})),
        judge(3, units=frozenset({2})),
        judge(4, units=frozenset({3})),
    )
    cheap = np.array([[50, 0, 0, 0]])  # without rules 2, 3 and 4 would serve
    asked = problem(
        tasks=(Task(1, 1, seniors=1),),
        posts=panel(1, 3),
        people=people,
        wishes=Wishes(pairs=cheap),
    )

    assert set(served(asked).values()) == {1, 3, 4}


def test_a_panel_can_have_too_many_seniors():
    people = (*(judge(n, is_senior=True) for n in (1, 2)), judge(3))
    asked = problem(
        tasks=(Task(1, 1, most_seniors=1),),
        people=people,
        wishes=Wishes(pairs=np.array([[0, 0, 50]])),
    )

    assert 3 in served(asked).values()


@pytest.mark.parametrize(
    ("second", "limits", "together"),
    [
        (Sitting(2, 0, 90, 150), Limits(), False),
        (Sitting(2, 0, 120, 150), Limits(), True),
        (Sitting(2, 0, 130, 150), Limits(rest=15), False),
        (Sitting(2, 0, 130, 150, place=5), Limits(travel={(0, 5): 15}), False),
        (Sitting(2, 0, 135, 150, place=5), Limits(travel={(0, 5): 15}), True),
    ],
)
def test_nobody_is_in_two_places_at_once_and_there_is_time_to_rest_and_travel(
    second, limits, together
):
    asked = problem(
        sittings=(hour(1), second),
        tasks=(Task(1, 1), Task(2, 2)),
        posts=panel(1, 1) + panel(2, 1),
        people=(judge(1),),
        limits=limits,
    )

    assert len(served(asked)) == 1 + together


@pytest.mark.parametrize(
    ("most", "filled"), [({"most": 2}, 2), ({"most_a_day": 1}, 2), ({"most_a_day": 2}, 3), ({}, 3)]
)
def test_limits_on_sittings_hold_in_all_and_by_day(most, filled):
    sittings = (hour(1), hour(2), hour(1, day=1))
    sittings = tuple(replace(one, id=n) for n, one in enumerate(sittings))
    asked = problem(
        sittings=sittings,
        tasks=tuple(Task(n, n) for n in range(3)),
        posts=tuple(Post(n, n, "judge") for n in range(3)),
        people=(judge(1, **most),),
    )

    assert len(served(asked)) == filled


def test_one_person_takes_so_many_tasks_of_a_sitting_and_no_more():
    asked = problem(
        tasks=(Task(1, 1), Task(2, 1), Task(3, 1)),
        posts=panel(1, 1) + panel(2, 1) + panel(3, 1),
        people=(judge(1),),
        limits=Limits(in_sitting=2),
    )

    assert len(served(asked)) == 2


def test_loads_are_spread_although_one_person_would_be_cheapest():
    asked = problem(
        sittings=tuple(hour(n) for n in range(9)),
        tasks=tuple(Task(n, n) for n in range(9)),
        posts=tuple(Post(n, n, "judge") for n in range(9)),
        people=(judge(1), judge(2), judge(3)),
        limits=Limits(spread=0),
        wishes=Wishes(balance=0, pairs=np.array([[0, 5, 5]] * 9)),
    )

    loads = sorted(served(asked).values())

    assert loads == [1, 1, 1, 2, 2, 2, 3, 3, 3]


def test_posts_of_one_panel_get_the_same_people_for_all_its_tasks():
    asked = problem(
        sittings=(hour(1), hour(3), hour(5)),
        tasks=(Task(1, 1), Task(2, 3), Task(3, 5)),
        posts=panel(1, 2, panel=9) + panel(2, 2, panel=9) + panel(3, 2),
        people=(judge(1), judge(2, away=((180, 240),)), judge(3), judge(4)),
    )

    plan = served(asked)

    assert (plan[10], plan[11]) == (plan[20], plan[21])
    assert 2 not in {plan[10], plan[11]}


def test_a_fixed_person_keeps_the_post_or_nobody_has_it():
    posts = (Post(1, 1, "judge", person=2), Post(2, 1, "judge", person=3))
    people = (judge(1), judge(2), judge(3, away=((0, 1000),)))
    result = solve(problem(posts=posts, people=people), steps=STEPS, seed=1)

    assert result.servings == {1: 2}
    assert [(one.post, dict(one.why)) for one in result.open_posts] == [
        (2, {Why.FIXED: 2, Why.AWAY: 1})
    ]


def test_when_a_judge_falls_ill_only_her_posts_change():
    sittings = tuple(hour(n) for n in range(12))
    tasks = tuple(Task(n, n, seniors=1) for n in range(12))
    posts = tuple(Post(n * 3 + k, n, "judge") for n in range(12) for k in range(3))
    people = tuple(judge(n, is_senior=n % 2 == 0, units=frozenset({n})) for n in range(12))
    asked = problem(sittings=sittings, tasks=tasks, posts=posts, people=people)
    before = served(asked)
    ill = before[0]
    now = tuple(replace(one, away=((0, 9999),)) if one.id == ill else one for one in people)
    again = replace(asked, people=now, present=before, wishes=Wishes(balance=1, move=40))

    result = solve(again, steps=STEPS, seed=1)

    assert result.feasible
    assert set(result.moved) == {post for post, person in before.items() if person == ill}
    assert result.parts["moves"] == 40 * len(result.moved)


def test_wishes_decide_among_plans_that_keep_every_rule():
    pairs = np.array([[9, 0, 4], [0, 9, 4]])
    asked = problem(
        tasks=(Task(1, 1), Task(2, 1)),
        posts=panel(1, 1) + panel(2, 1),
        people=(judge(1), judge(2), judge(3)),
        wishes=Wishes(balance=1, pairs=pairs),
    )
    result = solve(asked, steps=STEPS, seed=1)

    assert result.servings == {10: 2, 20: 1}
    assert result.cost == sum(result.parts.values()) == result.bound


def test_fewer_sittings_for_a_person_are_a_wish_of_their_own():
    asked = problem(
        sittings=(hour(1), hour(3)),
        tasks=tuple(Task(n, 1 + 2 * (n % 2)) for n in range(8)),
        posts=tuple(Post(n, n, "judge") for n in range(8)),
        people=(judge(1), judge(2)),
        limits=Limits(spread=0),
        wishes=Wishes(balance=0, sitting=10),
    )
    result = solve(asked, steps=STEPS, seed=1)

    assert result.parts["sittings"] == 20


def test_the_same_seed_and_steps_give_the_same_plan_and_the_clock_has_no_say():
    asked = crowded()
    ticks = iter(range(10**9))

    slow = solve(asked, steps=STEPS, seed=3, clock=lambda: float(next(ticks)))

    assert slow.servings == solve(asked, steps=STEPS, seed=3).servings


def test_a_watcher_sees_progress_and_can_stop_the_search():
    seen: list[Progress] = []

    def stop(progress):
        seen.append(progress)
        return False

    result = solve(crowded(), steps=10**8, seed=1, report=stop)

    assert result.steps < 10**6
    assert seen[0].best == sum(seen[0].parts.values())


def test_seconds_end_the_search():
    now = iter(np.arange(0, 1000, 0.5))

    result = solve(crowded(), seconds=4, seed=1, clock=lambda: float(next(now)))

    assert 0 < result.steps < 10**6


def crowded():
    people = tuple(
        judge(n, is_senior=n % 3 == 0, units=frozenset({n % 7}), barred_units=frozenset({n % 7}))
        for n in range(20)
    )
    tasks = tuple(Task(n, n % 8, units=frozenset({n % 7}), seniors=1) for n in range(40))
    posts = tuple(Post(n * 3 + k, n, "judge") for n in range(40) for k in range(3))
    prices = np.random.default_rng(5).integers(0, 30, (40, 20))
    return problem(
        sittings=tuple(hour(n) for n in range(8)),
        tasks=tasks,
        posts=posts,
        people=people,
        limits=Limits(spread=2),
        wishes=Wishes(pairs=prices),
    )


def test_a_panel_without_any_senior_names_the_rule_and_the_way_out():
    asked = problem(tasks=(Task(1, 1, seniors=1),), people=tuple(judge(n) for n in range(4)))
    result = solve(asked, steps=STEPS, seed=1)

    conflict = why_not(asked, result)

    assert conflict.rules == (Rule.SENIORS,)
    assert conflict.tasks == (1,)
    assert conflict.proved
    assert conflict.relaxations == (Relaxation(Rule.SENIORS, 1, sittings=(1,), tasks=(1,)),)
    assert len(result.servings) == 1
    assert result.open_posts[0].why[Why.SENIORS] == 3


def test_a_cap_that_is_too_low_says_which_cap_would_do():
    asked = problem(
        sittings=tuple(hour(n) for n in range(6)),
        tasks=tuple(Task(n, n) for n in range(6)),
        posts=tuple(Post(n * 10 + k, n, "judge") for n in range(6) for k in range(2)),
        people=tuple(judge(n, most=3) for n in range(3)),
    )
    conflict = why_not(asked, solve(asked, steps=STEPS, seed=1))

    assert conflict.rules == (Rule.SITTINGS,)
    assert conflict.relaxations == (Relaxation(Rule.SITTINGS, 1, limit=4),)


def test_two_rules_that_quarrel_are_both_named_cheapest_way_out_first():
    people = (
        judge(1, units=frozenset({1})),
        judge(2, units=frozenset({1})),
        judge(3, away=((0, 999),)),
    )
    asked = problem(people=people)

    conflict = why_not(asked, solve(asked, steps=STEPS, seed=1))

    assert conflict.rules == (Rule.AVAILABILITY, Rule.UNIT)
    assert [(way.rule, way.amount) for way in conflict.relaxations] == [
        (Rule.UNIT, 1),
        (Rule.AVAILABILITY, 1),
    ]


def test_a_full_plan_has_nothing_to_explain():
    asked = problem(people=(judge(1), judge(2)))

    assert why_not(asked, solve(asked, steps=STEPS, seed=1)) is None


def test_nothing_asked_is_nothing_planned():
    result = solve(DutyProblem((), (), (), ()), steps=STEPS)

    assert (result.servings, result.cost, result.feasible) == ({}, 0, True)


def test_a_task_in_an_unknown_sitting_is_refused():
    with pytest.raises(ValueError, match="sitting"):
        solve(problem(tasks=(Task(1, 99),), people=(judge(1),)), steps=1)
