"""Exam weeks: shifts of one sitting each are laid by the compiled engine, others are not."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from random import Random

import pytest

from eventsys.timetable.clashes import blocks, clashes
from eventsys.timetable.rules import (
    DAY,
    Item,
    Place,
    Placing,
    Plan,
    Problem,
    Rules,
    Slot,
    Span,
    Wish,
    WishKind,
)
from scheduling.planner.budget import Budget
from scheduling.planner.placing.field import Field
from scheduling.planner.placing.layout import Layout
from scheduling.planner.placing.prices import Prices
from scheduling.planner.placing.search import Search
from scheduling.planner.placing.sittings import are_sittings, lay_sittings
from scheduling.planner.plan import solve
from scheduling.planner.progress import silent

ORIGIN = datetime(2026, 11, 1, 16, tzinfo=UTC)
SLOTS, ROOMS = 10, 6
DENSE = 0.5  # of the pairs that sit apart in the hidden plan have somebody in common


def week(seed: int = 1) -> Problem:
    """Sixty exams that fit into ten shifts of six rooms in a hidden way, with hardly any other."""
    random = Random(seed)  # noqa: S311  a drawing, not a secret
    hidden = {number: number % SLOTS for number in range(1, SLOTS * ROOMS + 1)}
    crowds: dict[int, set[int]] = {number: set() for number in hidden}
    meeting = [pair for pair in combinations(hidden, 2) if hidden[pair[0]] != hidden[pair[1]]]
    for person, (one, other) in enumerate(random.sample(meeting, int(DENSE * len(meeting)))):
        crowds[one].add(person)
        crowds[other].add(person)
    return Problem(
        ORIGIN,
        slots=tuple(
            Slot(n + 1, n // 2, n // 2 * DAY + (540, 840)[n % 2], n // 2 * DAY + (660, 960)[n % 2])
            for n in range(SLOTS)
        ),
        places=tuple(Place(n + 1, 1, f"Hall {n + 1}", seats=200, reset=10) for n in range(ROOMS)),
        items=tuple(
            Item(n, f"E{n}", n, minutes=90, size=len(crowd), crowd=frozenset(crowd))
            for n, crowd in crowds.items()
        ),
        days=SLOTS // 2,
        rules=Rules(rest=30, gap=240),
        wishes=(Wish(WishKind.GAP),),
    )


def budget(steps: int) -> Budget:
    return Budget(seconds=None, steps=steps, clock=lambda: 0.0, report=silent)


def test_the_engine_places_a_week_in_which_looking_piece_by_piece_gets_stuck():
    problem, field = week(), Field(week())
    piecemeal = Search(field, budget(300), 1)
    piecemeal.place_all(0.3)
    unplanned = replace(problem, present=Plan())  # as every event that nobody has planned yet

    laid = lay_sittings(field, Prices(field, Layout(field)), budget(300), 1, 0.3)
    outcome = solve(unplanned, steps=300, seed=1)

    assert len(piecemeal.best) < len(problem.items)
    assert len(laid) == len(problem.items)
    assert len(outcome.plan.placings) == len(problem.items)
    assert blocks(clashes(problem, outcome.plan)) == []


def test_what_is_fixed_closed_or_in_order_stays_so():
    plain = week()
    first, later = plain.items[0], plain.items[-2]
    problem = replace(
        plain,
        items=(
            replace(first, fixed=Placing(first.id, 3, plain.slots[1].starts)),
            *plain.items[1:-2],
            replace(later, after=(first.id,)),
            plain.items[-1],
        ),
        places=(
            *plain.places,
            Place(9, 1, "Closed", seats=300, closed=(Span(0, 9 * DAY),)),
        ),
    )
    field = Field(problem)

    laid = lay_sittings(field, Prices(field, Layout(field)), budget(600), 2, 1.0)

    placings = tuple(
        Placing(problem.items[n].id, problem.places[place].id, starts)
        for n, (place, starts) in laid.items()
    )
    assert len(placings) == len(problem.items)
    assert laid[0] == (2, plain.slots[1].starts)
    assert blocks(clashes(problem, Plan(placings))) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, rules=Rules(rest=600)),
        lambda one: replace(one, rules=Rules(travel={(1, 2): 600})),
        lambda one: replace(one, places=(Place(1, 1, seats=200, reset=600),)),
        lambda one: replace(one, items=tuple(replace(x, minutes=45) for x in one.items)),
        lambda one: replace(
            one, items=tuple(replace(x, alone=False, vendor="A") for x in one.items)
        ),
        lambda one: replace(
            one, items=(replace(one.items[0], fixed=Placing(1, 1, 541)), *one.items[1:])
        ),
        lambda one: replace(one, slots=(*one.slots, replace(one.slots[0], id=99))),
    ],
    ids="rest ways reset two-in-a-shift makers off-hour overlapping-shifts".split(),
)
def test_the_engine_is_not_asked_what_it_does_not_know(change):
    assert are_sittings(Field(week()))
    assert not are_sittings(Field(change(week())))
