"""People to duties: judges, invigilators, assessors and lecturers to the posts of a plan.

Flow first (balanced, recusal kept), then compiled local search on the rules of panels; CP-SAT
only names what cannot hold together. Nothing here knows databases, pages or the time of day::

    from scheduling.planner.duties import (
        DutyProblem, Limits, Person, Post, Sitting, Task, Wishes, solve, why_not,
    )

    problem = DutyProblem(
        sittings=(Sitting(id=7, day=0, starts=540, ends=720), Sitting(8, 0, 780, 960)),
        tasks=(Task(id=1, sitting=7, units=frozenset({4}), seniors=1), Task(2, 8, seniors=1)),
        posts=(Post(id=11, task=1, office="judge"), Post(12, 1, "judge"), Post(21, 2, "judge")),
        people=tuple(
            Person(id=n, units=frozenset({n}), is_senior=n < 3, offices=frozenset({"judge"}),
                   most=14, most_a_day=2, barred_units=frozenset({n}), away=((0, 600),) * (n == 5))
            for n in range(1, 7)
        ),
        limits=Limits(per_unit=1, in_sitting=5, rest=30, travel={(1, 2): 40, (2, 1): 40}, spread=2),
        wishes=Wishes(balance=1, move=5),  # pairs=array (tasks, people) for expertise, days, ...
        present={11: 1},  # post: person, as it is now
    )
    result = solve(problem, seconds=10, seed=1, report=lambda progress: True)
    result.servings  # {11: 1, 12: 3, 21: 2}; result.open_posts say why not
    why_not(problem, result)  # None, or a Conflict: rules that cannot hold together, ways out
"""

from scheduling.planner.duties.conflict import Conflict, Relaxation
from scheduling.planner.duties.explain import why_not
from scheduling.planner.duties.names import Rule
from scheduling.planner.duties.problem import (
    DutyProblem,
    DutyResult,
    Limits,
    OpenPost,
    Person,
    Post,
    Sitting,
    Task,
    Why,
    Wishes,
)
from scheduling.planner.duties.solve import solve, warm_up

__all__ = [
    "Conflict",
    "DutyProblem",
    "DutyResult",
    "Limits",
    "OpenPost",
    "Person",
    "Post",
    "Relaxation",
    "Rule",
    "Sitting",
    "Task",
    "Why",
    "Wishes",
    "solve",
    "warm_up",
    "why_not",
]
