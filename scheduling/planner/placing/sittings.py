"""Exam weeks: where every shift is one sitting, the compiled engine lays all sessions at once.

Its periods are the shifts and its rooms the places. It knows no ways, no rest and no two sessions
in one shift of a room, so it is asked only where the shifts themselves keep all that.
"""

from collections.abc import Iterator
from itertools import combinations, pairwise

import numpy as np

from eventsys.timetable.rules import Item
from scheduling.planner.budget import Budget
from scheduling.planner.placing.field import AFTER, EITHER, Field
from scheduling.planner.placing.groups import Group
from scheduling.planner.placing.prices import LACKING, Prices, fixed_of
from scheduling.planner.placing.search import Where
from scheduling.planner.progress import Progress, Report
from scheduling.planner.sessions.problem import Ints, Mask, SessionProblem
from scheduling.planner.sessions.search import Budget as Moves
from scheduling.planner.sessions.solve import solve

TRIES_A_STEP = 1_000  # moves of the engine for one step of the budget


def are_sittings(field: Field) -> bool:
    """Whether shifts follow one another with time enough between them, and each holds one session.

    Sessions that share a room must not ask for makers: seats are then counted by maker.
    """
    shifts = field.slots
    between = min((after.starts - now.ends for now, after in pairwise(shifts)), default=0)
    if not shifts or between < _apart(field):
        return False
    return all(
        _is_sitting(field, n, item) and (item.alone or not item.vendor)
        for n, item in enumerate(field.items)
    )


def _apart(field: Field) -> int:
    """Minutes that anything may need between two sessions: rest, ways, making a room ready."""
    rests = [link.gap for links in field.links for link in links]
    ways = field.problem.rules.travel.values() if Group.REST not in field.without else ()
    return max([*rests, *ways, *field.resets], default=0)


def _is_sitting(field: Field, n: int, item: Item) -> bool:
    fixed = fixed_of(field, n)
    if fixed is not None and fixed[1] not in {shift.starts for shift in field.slots}:
        return False
    return all(
        field.slots[slot].ends - field.slots[slot].starts < 2 * item.minutes
        for slot in field.slots_of[n]
    )


def lay_sittings(
    field: Field, prices: Prices, budget: Budget, seed: int, share: float
) -> dict[int, Where]:
    """Where the engine lays each item, until a share of the budget is used up; some may be left."""
    problem = sitting_problem(field, prices)
    found = solve(
        problem,
        budget=Moves(
            seconds=None if budget.limit is None else max(0.0, budget.limit * share),
            steps=None if budget.most is None else max(1, int(budget.most * share * TRIES_A_STEP)),
        ),
        clock=budget.clock,
        seed=seed,
        report=_reporter(budget, len(field.problem.posts)),
    )
    return {
        item: (int(found.rooms[item]), field.slots[int(found.periods[item])].starts)
        for item in range(len(field.items))
        if found.periods[item] >= 0
    }


def _reporter(budget: Budget, posts: int) -> Report:
    def told(state: Progress) -> bool:
        left = 0 if state.feasible else 1
        parts = {"unplaced": left, "posts": posts, "points": state.best}
        budget.tell(LACKING * (left + posts) + state.best, parts, feasible=False)
        return not budget.is_stopped

    return told


# ---- the question


def sitting_problem(field: Field, prices: Prices) -> SessionProblem:
    """The items as the engine asks for them; what a wish costs is what `Prices` says it costs."""
    items, shifts, places = field.items, field.slots, field.places
    number = np.array([item.minutes for item in items], dtype=np.int64)
    return SessionProblem(
        durations=number,
        sizes=np.array([item.size for item in items], dtype=np.int64),
        period_days=np.array([shift.day for shift in shifts], dtype=np.int64),
        period_lengths=np.array([shift.ends - shift.starts for shift in shifts], dtype=np.int64),
        period_prices=np.zeros(len(shifts), dtype=np.int64),
        room_seats=np.array([_seats(field, place) for place in range(len(places))], dtype=np.int64),
        room_prices=np.zeros(len(places), dtype=np.int64),
        shared=_table(_shared(field), 3),
        after=_table(_after(field), 2),
        apart=_table(_others(field), 2),
        alone=np.array([item.alone for item in items], dtype=bool),
        allowed_periods=_allowed_periods(field),
        allowed_rooms=_allowed_rooms(field),
        open_rooms=_open_rooms(field),
        period_wishes=_period_wishes(field, prices),
        nearness=_nearness(field, prices),
    )


def _seats(field: Field, place: int) -> int:
    return field.places[place].holds()


def _table(rows: Iterator[tuple[int, ...]], width: int) -> Ints:
    return np.array(sorted(rows), dtype=np.int64).reshape(-1, width)


def _pairs(field: Field) -> Iterator[tuple[int, int]]:
    """Pairs that must not meet, whichever comes first."""
    for one, links in enumerate(field.links):
        for link in links:
            if link.order == EITHER and one < link.other:
                yield one, link.other


def _people(field: Field, one: int, other: int) -> int:
    return len(field.items[one].crowd & field.items[other].crowd)


def _shared(field: Field) -> Iterator[tuple[int, int, int]]:
    for one, other in _pairs(field):
        if people := _people(field, one, other):
            yield one, other, people


def _others(field: Field) -> Iterator[tuple[int, int]]:
    return ((one, other) for one, other in _pairs(field) if not _people(field, one, other))


def _after(field: Field) -> Iterator[tuple[int, int]]:
    """(later, earlier)."""
    for one, links in enumerate(field.links):
        for link in links:
            if link.order == AFTER:
                yield link.other, one


def _allowed_periods(field: Field) -> Mask:
    mask = np.zeros((len(field.items), len(field.slots)), dtype=bool)
    for item, facts in enumerate(field.items):
        fixed = fixed_of(field, item)
        for slot in field.slots_of[item]:
            starts = field.slots[slot].starts
            ends = starts + facts.minutes
            is_away = any(s.starts < ends and starts < s.ends for s in field.away[item])
            mask[item, slot] = not is_away and (fixed is None or fixed[1] == starts)
    return mask


def _allowed_rooms(field: Field) -> Mask:
    mask = np.zeros((len(field.items), len(field.places)), dtype=bool)
    for item in range(len(field.items)):
        fixed = fixed_of(field, item)
        mask[item, list(field.places_of[item])] = True
        if fixed is not None:
            mask[item] &= np.arange(len(field.places)) == fixed[0]
    return mask


def _open_rooms(field: Field) -> Mask:
    return np.array(
        [
            [
                not any(wall.starts < shift.ends and shift.starts < wall.ends for wall in walls)
                for walls in field.walls
            ]
            for shift in field.slots
        ],
        dtype=bool,
    )


def _period_wishes(field: Field, prices: Prices) -> Ints:
    table = np.zeros((len(field.items), len(field.slots)), dtype=np.int64)
    for item, slots in enumerate(field.slots_of):
        for slot in slots:
            table[item, slot] = prices.of_time(item, field.slots[slot].starts)
    return table


def _nearness(field: Field, prices: Prices) -> Ints:
    """What it costs a person to sit in two shifts that follow closer than the wished breather."""
    table = np.zeros((len(field.slots), len(field.slots)), dtype=np.int64)
    for (one, shift), (other, after) in combinations(enumerate(field.slots), 2):
        if after.starts - shift.ends < field.problem.rules.gap:
            table[one, other] = table[other, one] = prices.gap
    return table
