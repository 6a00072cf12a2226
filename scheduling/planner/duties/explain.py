"""Why posts stay open: each post by itself, and what the whole cannot keep together."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping

import numpy as np

from scheduling.planner.duties.arrays import Layout, lay_out
from scheduling.planner.duties.conflict import Conflict
from scheduling.planner.duties.cores import quarrel
from scheduling.planner.duties.memory import Plan
from scheduling.planner.duties.moves import sits
from scheduling.planner.duties.names import Rule
from scheduling.planner.duties.problem import (
    DutyProblem,
    DutyResult,
    OpenPost,
    Post,
    Why,
)


def open_posts(layout: Layout, plan: Plan, servings: Mapping[int, int]) -> tuple[OpenPost, ...]:
    """Every open post, with how many people each thing keeps from it."""
    seat_of = {post: seat for seat, posts in enumerate(layout.seat_posts) for post in posts}
    found = []
    for n, post in enumerate(layout.problem.posts):
        if post.id in servings:
            continue
        people = range(len(layout.problem.people))
        why = Counter(_why(layout, plan, post, seat_of[n], person) for person in people)
        found.append(OpenPost(post.id, dict(why.most_common())))
    return tuple(found)


def _why(layout: Layout, plan: Plan, post: Post, seat: int, person: int) -> Why:
    """The first thing that keeps a person from a post."""
    return _never(layout, post, person) or _not_now(plan, seat, person)


def _never(layout: Layout, post: Post, person: int) -> Why | None:
    """What no other plan would change."""
    one, task = layout.problem.people[person], layout.task_at[post.task]
    sitting = layout.sitting_at[layout.problem.tasks[task].sitting]
    if post.person not in (None, one.id):
        return Why.FIXED
    if (post.office and post.office not in one.offices) or (
        post.needs_senior and not one.is_senior
    ):
        return Why.OFFICE
    if layout.recused[task, person]:
        return Why.RECUSAL
    return None if layout.free[sitting, person] else Why.AWAY


def _not_now(plan: Plan, seat: int, person: int) -> Why:
    m, _, at = plan
    row = int(m[at.row_of + seat])
    tasks = m[at.row_tasks + m[at.row_tasks_at + row] : at.row_tasks + m[at.row_tasks_at + row + 1]]
    if sits(m, at, row, person, -1):
        return Why.PRESENT
    for task in tasks.tolist():
        reason = _panel(plan, task, person) or _time(plan, task, person)
        if reason:
            return reason
    above = m[at.load + person] + m[at.row_weight + row] > m[at.most_load + person]
    return Why.LOAD if above else Why.FREE


def _panel(plan: Plan, task: int, person: int) -> Why | None:
    m, _, at = plan
    kinds = m[at.units + m[at.units_at + person] : at.units + m[at.units_at + person + 1]]
    full = m[at.unit_count + task * at.unit_kinds + kinds] >= at.per_unit
    if bool(np.any(full)):
        return Why.UNIT
    seniors, least, most = (m[start + task] for start in (at.seniors, at.task_least, at.task_most))
    wrong = seniors >= most if m[at.senior + person] else seniors < least
    return Why.SENIORS if wrong else None


def _time(plan: Plan, task: int, person: int) -> Why | None:
    m, _, at = plan
    sitting = int(m[at.task_sitting + task])
    here = m[at.count + person * at.sittings + sitting]
    if here:
        return Why.SITTINGS if here >= at.in_sitting else None
    if m[at.blocked + person * at.sittings + sitting]:
        return Why.BUSY
    if m[at.used + person] >= m[at.most + person]:
        return Why.SITTINGS
    day = m[at.day_used + person * at.days + m[at.sitting_day + sitting]]
    return Why.DAY if day >= m[at.most_a_day + person] else None


def missed_spread(layout: Layout, plan: Plan) -> dict[Rule, int]:
    """By how much the loads of a group differ too much, at worst."""
    m, _, at = plan
    spread = layout.problem.limits.spread
    if spread is None:
        return {}
    able = np.any(layout.tables.price >= 0, axis=0).tolist()
    loads: dict[int, list[int]] = defaultdict(list)
    for n, person in enumerate(layout.problem.people):
        if able[n]:
            loads[person.group].append(int(m[at.load + n]))
    worst = max(max(group) - min(group) for group in loads.values()) - spread
    return {Rule.LOAD: worst} if worst > 0 else {}


def moved(problem: DutyProblem, servings: Mapping[int, int]) -> tuple[int, ...]:
    """Posts whose present person somebody else replaces."""
    known = {post.id for post in problem.posts}
    return tuple(
        post
        for post, person in problem.present.items()
        if post in known and servings.get(post, person) != person
    )


def pair_points(layout: Layout, servings: Mapping[int, int]) -> int:
    """What the people cost on their tasks, changes from the present plan aside."""
    pairs = layout.problem.wishes.pairs
    if pairs is None:
        return 0
    served = [(post, servings[post.id]) for post in layout.problem.posts if post.id in servings]
    tasks = [layout.task_at[post.task] for post, _ in served]
    people = [layout.person_at[person] for _, person in served]
    return int(np.asarray(pairs)[tasks, people].sum()) if served else 0


def why_not(
    problem: DutyProblem, result: DutyResult, go_on: Callable[[], bool] = lambda: True
) -> Conflict | None:
    """Rules that cannot hold together, if posts stayed open or loads differ too much.

    Asks CP-SAT some dozens of questions: up to a minute where the whole plan is the matter, less
    if `go_on` says so between two of them; the answer is then coarser, never wrong.
    """
    if result.feasible:
        return None
    layout = lay_out(problem)
    task_of = {post.id: layout.task_at[post.task] for post in problem.posts}
    tasks = list(dict.fromkeys(task_of[one.post] for one in result.open_posts))
    return quarrel(layout, tasks, result.suspects, go_on)
