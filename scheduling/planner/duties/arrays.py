"""The problem as arrays: what the compiled search reads.

Posts that must get the same person (a panel that stays together) are one *seat*. Seats with the
same tasks and the same eligible people form a *row* of the price table; a row's seats are
interchangeable. Nobody twice in one task.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.planner.duties.names import Rule
from scheduling.planner.duties.problem import DutyProblem, Person, Post, Sitting

Array = NDArray[Any]

FORBIDDEN = -1  # in `price`: this person may not have this row's seats
NOBODY = -1  # in a plan: the seat is open
ANY = 1 << 20  # a limit that never binds
COUNTED = (
    Rule.UNIT,
    Rule.SENIORS,
    Rule.SITTINGS,
    Rule.DAY,
    Rule.IN_SITTING,
    Rule.OVERLAP,
    Rule.LOAD,
    Rule.OFFICE,
)  # what the search counts, in this order; the last one stands for open seats


class Tables(NamedTuple):
    """Everything fixed; `*_at` are the borders of the lists behind them (CSR)."""

    price: Array  # (rows, people) points or FORBIDDEN
    row_of: Array  # (seats,)
    row_weight: Array  # (rows,) load of one seat
    row_tasks_at: Array
    row_tasks: Array
    row_seats_at: Array
    row_seats: Array
    near_at: Array  # (rows + 1,)
    near: Array  # eligible people of each row, cheapest first
    task_sitting: Array
    task_least: Array  # seniors
    task_most: Array
    task_seats_at: Array
    task_seats: Array
    senior: Array  # (people,) 0 or 1
    units_at: Array
    units: Array
    most: Array  # sittings in all
    most_a_day: Array
    fair: Array  # the load without a price
    least_load: Array
    most_load: Array
    sitting_day: Array
    clash_at: Array
    clash: Array  # sittings that exclude each other
    prices: Array  # balance, sitting, day
    per_unit: int
    in_sitting: int
    days: int
    unit_count: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The way back from arrays to ids, and what explanations look at."""

    problem: DutyProblem
    tables: Tables
    seat_posts: tuple[tuple[int, ...], ...]  # positions of posts
    person_at: dict[int, int]
    task_at: dict[int, int]
    sitting_at: dict[int, int]
    free: Array  # (sittings, people): available there
    recused: Array  # (tasks, people)
    present: Array  # (seats,) present person or NOBODY
    not_moves: int  # points that `price` counts as changes for seats that were open before

    def numbers(self) -> tuple[int, int, int]:
        """How many seats, people, and sittings."""
        return len(self.seat_posts), len(self.person_at), len(self.sitting_at)


def lists(parts: Sequence[Iterable[int]]) -> tuple[Array, Array]:
    """Lists of numbers as one array and its borders."""
    rows = [list(part) for part in parts]
    borders = np.zeros(len(rows) + 1, dtype=np.int32)
    np.cumsum([len(row) for row in rows], out=borders[1:])
    return borders, np.array([one for row in rows for one in row], dtype=np.int32)


def lay_out(problem: DutyProblem) -> Layout:
    """Arrays for `problem`; ValueError where an id leads nowhere."""
    person_at = {person.id: n for n, person in enumerate(problem.people)}
    task_at = {task.id: n for n, task in enumerate(problem.tasks)}
    sitting_at = {sitting.id: n for n, sitting in enumerate(problem.sittings)}
    if any(task.sitting not in sitting_at for task in problem.tasks):
        raise ValueError("a task lies in a sitting that is not there")
    if any(post.task not in task_at for post in problem.posts):
        raise ValueError("a post belongs to a task that is not there")
    seats = _seats(problem.posts)
    free = _free(problem.sittings, problem.people)
    recused = _recused(problem)
    rows, row_of = _rows(problem, seats)
    price = _prices(problem, seats, rows, person_at, task_at)
    tasks_of = [sorted({task_at[problem.posts[post].task] for post in seats[n[0]]}) for n in rows]
    for row, (members, tasks) in enumerate(zip(rows, tasks_of, strict=True)):
        post = problem.posts[seats[members[0]][0]]
        able = _able(post, problem.people)
        for task in tasks:
            able &= ~recused[task]
            able &= free[sitting_at[problem.tasks[task].sitting]]
        price[row, ~able] = FORBIDDEN
    tables = _tables(problem, _Seating(seats, rows, row_of, tasks_of, price), sitting_at)
    present = np.full(len(seats), NOBODY, dtype=np.int32)
    for n, posts in enumerate(seats):
        now = [problem.present.get(problem.posts[post].id) for post in posts]
        known = [person_at[person] for person in now if person in person_at]
        if known:
            present[n] = known[0]
    layout = (problem, tables, tuple(map(tuple, seats)), person_at, task_at, sitting_at)
    return Layout(*layout, free, recused, present, _not_moves(problem, seats, rows, present))


def _not_moves(
    problem: DutyProblem, seats: list[list[int]], rows: list[list[int]], present: Array
) -> int:
    new = 0
    for members in rows:
        held = int((present[members] != NOBODY).sum())
        new += (len(members) - held) * len(seats[members[0]]) if held else 0
    return problem.wishes.move * new


class _Seating(NamedTuple):
    seats: list[list[int]]
    rows: list[list[int]]
    row_of: Array
    tasks_of: list[list[int]]
    price: Array


def _seats(posts: Sequence[Post]) -> list[list[int]]:
    """Positions of the posts that one person fills together."""
    found: dict[object, list[int]] = {}
    turn: dict[object, int] = defaultdict(int)
    for n, post in enumerate(posts):
        if post.panel is None:
            found[n, "alone"] = [n]
            continue
        kind = (post.panel, post.office, post.needs_senior, post.person)
        order = turn[kind, post.task]
        turn[kind, post.task] += 1
        found.setdefault((kind, order), []).append(n)
    return list(found.values())


def _free(sittings: Sequence[Sitting], people: Sequence[Person]) -> Array:
    free = np.ones((len(sittings), len(people)), dtype=bool)
    starts = np.array([one.starts for one in sittings])
    ends = np.array([one.ends for one in sittings])
    for n, person in enumerate(people):
        for begin, end in person.away:
            free[:, n] &= (ends <= begin) | (end <= starts)
    return free


def _recused(problem: DutyProblem) -> Array:
    """(tasks, people): barred from a unit that takes part, or from the task itself."""
    recused = np.zeros((len(problem.tasks), len(problem.people)), dtype=bool)
    by_unit: dict[int, list[int]] = defaultdict(list)
    by_task: dict[int, list[int]] = defaultdict(list)
    for n, person in enumerate(problem.people):
        for unit in person.barred_units:
            by_unit[unit].append(n)
        for task in person.barred_tasks:
            by_task[task].append(n)
    for n, task in enumerate(problem.tasks):
        recused[n, by_task.get(task.id, [])] = True
        for unit in task.units:
            recused[n, by_unit.get(unit, [])] = True
    return recused


def _able(post: Post, people: Sequence[Person]) -> Array:
    return np.array(
        [
            post.person in (None, one.id)
            and (not post.office or post.office in one.offices)
            and (one.is_senior or not post.needs_senior)
            for one in people
        ],
        dtype=bool,
    )


def _rows(problem: DutyProblem, seats: list[list[int]]) -> tuple[list[list[int]], Array]:
    """Interchangeable seats together, and the row of every seat."""
    found: dict[object, list[int]] = {}
    for n, posts in enumerate(seats):
        first = problem.posts[posts[0]]
        tasks = tuple(sorted(problem.posts[post].task for post in posts))
        found.setdefault((tasks, first.office, first.needs_senior, first.person), []).append(n)
    rows = list(found.values())
    row_of = np.zeros(len(seats), dtype=np.int32)
    for row, members in enumerate(rows):
        row_of[members] = row
    return rows, row_of


def _prices(
    problem: DutyProblem,
    seats: list[list[int]],
    rows: list[list[int]],
    person_at: dict[int, int],
    task_at: dict[int, int],
) -> Array:
    """(rows, people): points of one seat of the row, changes from the present plan among them."""
    price = np.zeros((len(rows), len(problem.people)), dtype=np.int32)
    pairs, move = problem.wishes.pairs, problem.wishes.move
    for row, members in enumerate(rows):
        if pairs is not None:
            for post in seats[members[0]]:
                price[row] += pairs[task_at[problem.posts[post].task]].astype(np.int32)
        now = [
            problem.present.get(problem.posts[post].id) for seat in members for post in seats[seat]
        ]
        held = [person_at[person] for person in now if person in person_at]
        if move and held:
            price[row] += move * len(seats[members[0]])
            price[row, held] -= move * len(seats[members[0]])
    return price


def clashing(problem: DutyProblem) -> list[list[int]]:
    """For every sitting those nobody can also come to: too close in time, way and rest counted."""
    sittings, limits = problem.sittings, problem.limits
    starts = np.array([one.starts for one in sittings])
    ends = np.array([one.ends for one in sittings])
    places = sorted({one.place for one in sittings})
    index = np.array([places.index(one.place) for one in sittings])
    way = np.array([[limits.travel.get((a, b), 0) for b in places] for a in places])
    found = []
    for n, here in enumerate(index):
        after = starts - ends[n] >= limits.rest + way[here, index]
        before = starts[n] - ends >= limits.rest + way[index, here]
        close = ~(after | before)
        close[n] = False
        found.append(np.flatnonzero(close).tolist())
    return found


def _tables(problem: DutyProblem, seating: _Seating, sitting_at: dict[int, int]) -> Tables:
    tasks, people, limits = problem.tasks, problem.people, problem.limits
    seats, rows, row_of, tasks_of, price = seating
    units = {unit: n for n, unit in enumerate(sorted({u for one in people for u in one.units}))}
    days = {day: n for n, day in enumerate(sorted({one.day for one in problem.sittings}))}
    task_seats: list[list[int]] = [[] for _ in tasks]
    for n in range(len(seats)):
        for task in tasks_of[row_of[n]]:
            task_seats[task].append(n)
    weight = np.array([sum(tasks[n].weight for n in found) for found in tasks_of], dtype=np.int32)
    fair, least, most = _loads(problem, price, weight, row_of)
    return Tables(
        price,
        row_of,
        weight,
        *lists(tasks_of),
        *lists(rows),
        *_near(price),
        _ints(sitting_at[one.sitting] for one in tasks),
        _ints(one.seniors for one in tasks),
        _ints(_or_any(one.most_seniors) for one in tasks),
        *lists(task_seats),
        _ints(one.is_senior for one in people),
        *lists([[units[unit] for unit in sorted(one.units)] for one in people]),
        _ints(_or_any(one.most) for one in people),
        _ints(_or_any(one.most_a_day) for one in people),
        fair,
        least,
        most,
        _ints(days[one.day] for one in problem.sittings),
        *lists(clashing(problem)),
        _ints((problem.wishes.balance, problem.wishes.sitting, problem.wishes.day)),
        _or_any(limits.per_unit),
        _or_any(limits.in_sitting),
        len(days),
        len(units),
    )


def _ints(numbers: Iterable[int]) -> Array:
    return np.array(list(numbers), dtype=np.int32)


def _or_any(limit: int | None) -> int:
    return ANY if limit is None else limit


def _near(price: Array) -> tuple[Array, Array]:
    """Eligible people of every row, cheapest first."""
    order = np.argsort(price, axis=1, kind="stable").astype(np.int32)
    shut = (price == FORBIDDEN).sum(axis=1)
    return lists_of_arrays([order[row, n:] for row, n in enumerate(shut)])


def lists_of_arrays(parts: Sequence[Array]) -> tuple[Array, Array]:
    """As `lists`, for many long arrays."""
    borders = np.zeros(len(parts) + 1, dtype=np.int32)
    np.cumsum([len(part) for part in parts], out=borders[1:])
    return borders, np.concatenate([*parts, np.zeros(0, dtype=np.int32)]).astype(np.int32)


def _loads(
    problem: DutyProblem, price: Array, weight: Array, row_of: Array
) -> tuple[Array, Array, Array]:
    """For every person the load without a price, the least and the most (the spread's window).

    A group's mean is its share when every seat is split evenly among those who may have it.
    """
    able = price != FORBIDDEN
    seats = np.bincount(row_of, minlength=len(price)) * weight
    share = seats / np.maximum(1, able.sum(axis=1))
    load = share @ able if len(price) else np.zeros(len(problem.people))
    groups = np.array([one.group for one in problem.people])
    fair = np.zeros(len(groups), dtype=np.int32)
    least = np.zeros(len(groups), dtype=np.int32)
    most = np.full(len(groups), ANY, dtype=np.int32)
    for group in np.unique(groups):
        members = (groups == group) & able.any(axis=0)
        mean = float(load[members].mean()) if members.any() else 0.0
        fair[members] = round(mean)
        if problem.limits.spread is not None:
            low = max(0, round(mean - problem.limits.spread / 2))
            least[members] = low
            most[members] = low + problem.limits.spread
    return fair, least, most
