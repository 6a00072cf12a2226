"""Whatever is asked, the plan of duties breaks no rule; what cannot be filled stays open."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.planner.duties import (
    DutyProblem,
    Limits,
    Person,
    Post,
    Sitting,
    Task,
    Wishes,
    solve,
)

SMALL = st.integers(0, 3)
FEW = st.frozensets(SMALL, max_size=2)


@st.composite
def problems(draw):
    starts = draw(st.lists(st.integers(0, 30), min_size=1, max_size=5))
    sittings = tuple(
        Sitting(n, at // 15, at * 10, at * 10 + 60, n % 2) for n, at in enumerate(starts)
    )
    numbers = range(draw(st.integers(1, 7)))
    tasks = tuple(
        Task(
            n,
            draw(st.integers(0, len(sittings) - 1)),
            draw(FEW),
            draw(st.integers(0, 1)),
            draw(st.sampled_from((None, None, 1))),
        )
        for n in numbers
    )
    posts = tuple(
        Post(
            n * 10 + k,
            n,
            draw(st.sampled_from(("", "judge"))),
            draw(st.integers(0, 5)) == 0,
            panel=draw(st.sampled_from((None, None, 1))),
        )
        for n in numbers
        for k in range(draw(st.integers(1, 3)))
    )
    people = tuple(
        Person(
            n,
            draw(FEW),
            draw(st.booleans()),
            draw(st.sampled_from((frozenset(), frozenset({"judge"})))),
            draw(st.sampled_from(((), ((0, 100),)))),
            draw(st.sampled_from((None, 1, 2))),
            draw(st.sampled_from((None, 1))),
            draw(FEW),
            draw(FEW),
        )
        for n in range(draw(st.integers(1, 6)))
    )
    limits = Limits(
        draw(st.sampled_from((None, 1, 2))),
        draw(st.sampled_from((None, 1, 2))),
        draw(st.sampled_from((0, 20))),
        {(0, 1): 30, (1, 0): 30},
        draw(st.sampled_from((None, 1))),
    )
    pairs = np.array([[draw(st.integers(0, 9)) for _ in people] for _ in tasks])
    present = {post.id: draw(st.integers(0, 7)) for post in posts if draw(st.booleans())}
    wishes = Wishes(draw(st.integers(0, 2)), pairs, draw(SMALL), draw(SMALL), draw(SMALL))
    return DutyProblem(sittings, tasks, posts, people, limits, wishes, present)


@settings(max_examples=25, deadline=None)
@given(problems(), st.integers(0, 5))
def test_no_plan_breaks_a_rule_and_its_cost_is_what_it_says(problem, seed):
    result = solve(problem, steps=6_000, seed=seed)

    assert broken(problem, result.servings) == []
    assert {one.post for one in result.open_posts} == {
        post.id for post in problem.posts
    } - result.servings.keys()
    assert result.parts == parts(problem, result)
    assert result.cost == sum(result.parts.values())
    if result.feasible and result.bound is not None:
        assert result.bound <= result.cost


def broken(problem, servings):
    people = {one.id: one for one in problem.people}
    tasks = {one.id: one for one in problem.tasks}
    posts = {one.id: one for one in problem.posts}
    found = [
        (post, person)
        for post, person in servings.items()
        if unfit(problem, posts[post], tasks[posts[post].task], people[person])
    ]
    for task in problem.tasks:
        chairs = [post.id for post in problem.posts if post.task == task.id]
        panel = [people[servings[post]] for post in chairs if post in servings]
        units = Counter(unit for one in panel for unit in one.units)
        most = problem.limits.per_unit
        seniors = sum(one.is_senior for one in panel)
        found += [task for n in units.values() if most is not None and n > most]
        found += [task] * (len({one.id for one in panel}) < len(panel))
        found += [task] * (seniors + len(chairs) - len(panel) < min(task.seniors, len(chairs)))
        found += [task] * (task.most_seniors is not None and seniors > task.most_seniors)
    return found + [fault for one in problem.people for fault in faults(problem, servings, one)]


def unfit(problem, post, task, person):
    sitting = problem.sittings[task.sitting]
    return (
        (post.office and post.office not in person.offices)
        or (post.needs_senior and not person.is_senior)
        or person.barred_units & task.units
        or task.id in person.barred_tasks
        or any(begin < sitting.ends and sitting.starts < end for begin, end in person.away)
    )


def faults(problem, servings, person):
    tasks = {one.id: one for one in problem.tasks}
    limits = problem.limits
    there = Counter(
        tasks[post.task].sitting for post in problem.posts if servings.get(post.id) == person.id
    )
    mine = sorted((problem.sittings[n] for n in there), key=lambda one: one.starts)
    days = Counter(one.day for one in mine)
    found = [n for n in there.values() if limits.in_sitting is not None and n > limits.in_sitting]
    found += [days] * (person.most is not None and len(mine) > person.most)
    found += [n for n in days.values() if person.most_a_day is not None and n > person.most_a_day]
    for n, one in enumerate(mine):
        for other in mine[n + 1 :]:
            way = limits.rest + limits.travel.get((one.place, other.place), 0)
            found += [(one, other)] * (other.starts - one.ends < way)
    return found


def parts(problem, result):
    tasks = {one.id: n for n, one in enumerate(problem.tasks)}
    posts = {one.id: one for one in problem.posts}
    comes = {
        (person, problem.tasks[tasks[posts[post].task]].sitting)
        for post, person in result.servings.items()
    }
    days = {(person, problem.sittings[n].day) for person, n in comes}
    wishes = problem.wishes
    return {
        "pairs": sum(
            int(wishes.pairs[tasks[posts[post].task], person])
            for post, person in result.servings.items()
        ),
        "balance": result.parts["balance"],
        "sittings": wishes.sitting * len(comes),
        "days": wishes.day * len(days),
        "moves": wishes.move
        * sum(result.servings.get(post, now) != now for post, now in problem.present.items()),
    }
