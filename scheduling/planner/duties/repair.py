"""A plan with broken rules becomes one with open posts; seats become posts again."""

from collections import defaultdict

import numpy as np

from scheduling.planner.duties.arrays import NOBODY, Array, Layout
from scheduling.planner.duties.memory import LOAD, OPEN, RULES, SENIORS, Plan
from scheduling.planner.duties.moves import put, someone_fitting, take, waiting

ENDED = [n for n in range(RULES) if n not in (OPEN, LOAD, SENIORS)]  # by leaving a seat open


def leave_open(plan: Plan) -> None:
    """Leave seats open until no rule of people or panels is broken, then fill what can be."""
    m, _, at = plan
    for seat in _troubled(plan):
        _leave(plan, [seat])
    for person in range(at.people):
        while m[at.bad_person + person] and _hard(plan) and _stay_away(plan, person):
            pass
    _wait_for_seniors(plan)
    _fill_up(plan)


def _leave(plan: Plan, seats: list[int]) -> bool:
    """Open some seats of one person if that mends something; whether it did."""
    m, sums, at = plan
    before, person = _hard(plan), int(m[at.who + seats[0]])
    for seat in seats:
        take(m, sums, at, seat)
    if _hard(plan) < before:
        return True
    for seat in seats:
        put(m, sums, at, seat, person)
    return False


def _stay_away(plan: Plan, person: int) -> bool:
    """Let a person miss the sitting with the fewest seats whose end mends something."""
    m, _, at = plan
    held = at.held + person * at.room
    there: dict[int, list[int]] = defaultdict(list)
    for seat in m[held : held + int(m[at.holds + person])].tolist():
        for task in _tasks(plan, seat):
            there[int(m[at.task_sitting + task])].append(seat)
    fewest_first = sorted(there.values(), key=len)
    return any(_leave(plan, list(dict.fromkeys(seats))) for seats in fewest_first)


def _tasks(plan: Plan, seat: int) -> list[int]:
    m, _, at = plan
    row = int(m[at.row_of + seat])
    first, last = m[at.row_tasks_at + row], m[at.row_tasks_at + row + 1]
    return m[at.row_tasks + first : at.row_tasks + last].tolist()


def _hard(plan: Plan) -> float:
    """Breaks that an open seat can end; missing seniors are not among them."""
    return float(plan.sums[ENDED].sum() + np.maximum(_seniors_over(plan), 0).sum())


def _seniors_over(plan: Plan) -> Array:
    m, _, at = plan
    tasks = at.task_least - at.task_sitting
    return m[at.seniors : at.seniors + tasks] - m[at.task_most : at.task_most + tasks]


def _troubled(plan: Plan) -> list[int]:
    """Filled seats of people and tasks with broken rules, those of the worst first."""
    m, _, at = plan
    found = []
    for seat in range(at.seats):
        person = int(m[at.who + seat])
        if person == NOBODY:
            continue
        bad = int(m[at.bad_person + person]) + sum(
            int(m[at.bad_task + n]) for n in _tasks(plan, seat)
        )
        if bad:
            found.append((-bad, seat))
    return [seat for _, seat in sorted(found)]


def _task_seats(plan: Plan, task: int) -> list[int]:
    m, _, at = plan
    first, last = m[at.task_seats_at + task], m[at.task_seats_at + task + 1]
    return m[at.task_seats + first : at.task_seats + last].tolist()


def _wait_for_seniors(plan: Plan) -> None:
    m, sums, at = plan
    for task in range(at.task_least - at.task_sitting):
        for seat in _task_seats(plan, task):
            if waiting(m, at, task) <= 0:
                break
            person = m[at.who + seat]
            if person != NOBODY and not m[at.senior + person]:
                take(m, sums, at, seat)


def _fill_up(plan: Plan) -> None:
    """Whoever fits an open seat without breaking anything takes it."""
    m, sums, at = plan
    for seat in np.flatnonzero(m[at.who : at.who + at.seats] == NOBODY).tolist():
        before, person = _hard(plan), someone_fitting(m, at, seat)
        if person == NOBODY:
            continue
        put(m, sums, at, seat, person)
        if _hard(plan) > before:  # the tasks of a panel that stays together are in each other's way
            take(m, sums, at, seat)


def settled(layout: Layout, plan: Plan) -> dict[int, int]:
    """Person of every filled post, by ids; whoever is there now keeps the post as it is."""
    m, _, at = plan
    problem = layout.problem
    rows: dict[int, list[int]] = defaultdict(list)
    for seat in range(at.seats):
        rows[int(m[at.row_of + seat])].append(seat)
    servings = {}
    for seats in rows.values():
        given = [int(m[at.who + seat]) for seat in seats if m[at.who + seat] != NOBODY]
        for seat, person in _keep(layout, seats, given).items():
            for post in layout.seat_posts[seat]:
                servings[problem.posts[post].id] = problem.people[person].id
    return servings


def _keep(layout: Layout, seats: list[int], given: list[int]) -> dict[int, int]:
    """Seats of one row to its people, each on the seat they have at present if they have one."""
    kept = {}
    left = list(given)
    for seat in seats:
        present = int(layout.present[seat])
        if present in left:
            kept[seat] = present
            left.remove(present)
    for seat in seats:
        if seat not in kept and left:
            kept[seat] = left.pop(0)
    return kept
