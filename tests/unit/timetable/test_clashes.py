"""Every kind of clash: found when it is there, not found right beside, and told with its cure."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from eventsys.timetable.board import Board
from eventsys.timetable.clash_words import MESSAGES, told
from eventsys.timetable.clashes import blocks, clashes, clashes_around, clashes_of
from eventsys.timetable.rules import (
    CHANGEABLE,
    DAY,
    SEVERITY,
    Clash,
    ClashKind,
    Item,
    Person,
    Place,
    Placing,
    Plan,
    Post,
    Problem,
    Rules,
    Seat,
    Serving,
    Severity,
    Sitter,
    Slot,
    Span,
    Spot,
    StationState,
)

K = ClashKind
ORIGIN = datetime(2026, 11, 1, 16, tzinfo=UTC)  # midnight of 2 November in Shanghai
NINE, TEN = 540, 600
HALL = Place(1, 1, "Hall 1", seats=30, purpose="theory", reset=20)
LAB = Place(2, 2, "Lab 2", purpose="practice", stations={"": 12, "kuka": 8})


def item(number: int, **facts) -> Item:
    return Item(number, f"K-{number:02d}", minutes=60, **facts)


def problem(*items: Item, **facts) -> Problem:
    facts = {"places": (HALL, LAB), "days": 2} | facts
    return Problem(ORIGIN, items=items, **facts)


def person(number: int, **facts) -> Person:
    return Person(number, f"Person {number}", **{"offices": frozenset({"judge"})} | facts)


def judged(one: Problem, *placings: tuple[int, int, int], servings=(), seats=()) -> list[Clash]:
    plan = Plan(
        tuple(Placing(*placing) for placing in placings),
        tuple(Serving(*serving) for serving in servings),
        tuple(Seat(*seat) for seat in seats),
    )
    return clashes(one, plan)


def kinds(found: list[Clash]) -> list[ClashKind]:
    return [clash.kind for clash in found]


def test_two_sessions_in_one_place_at_once():
    one = problem(item(1), item(2))

    assert judged(one, (1, 1, NINE), (2, 1, NINE + 30)) == [
        Clash(K.PLACE_TAKEN, Severity.BLOCK, (1, 2), (1,))
    ]
    assert judged(one, (1, 1, NINE), (2, 2, NINE + 30)) == []


def test_a_place_needs_its_time_between_two_sessions():
    one = problem(item(1), item(2))

    assert judged(one, (1, 1, NINE), (2, 1, TEN + 19)) == [
        Clash(K.PLACE_RESET, Severity.BLOCK, (1, 2), (1,), has=19, needs=20)
    ]
    assert judged(one, (1, 1, NINE), (2, 1, TEN + 20)) == []


def test_sessions_that_may_share_a_place_need_room_together():
    one = problem(item(1, size=20, alone=False), item(2, size=10, alone=False))
    tight = problem(item(1, size=20, alone=False), item(2, size=11, alone=False))

    assert judged(one, (1, 1, NINE), (2, 1, NINE)) == []
    assert judged(tight, (1, 1, NINE), (2, 1, NINE)) == [
        Clash(K.PLACE_SMALL, Severity.BLOCK, (1, 2), (1,), has=30, needs=31)
    ]


@pytest.mark.parametrize(
    ("facts", "place", "starts", "kind"),
    [
        ({"size": 31}, 1, NINE, K.PLACE_SMALL),
        ({"size": 9, "vendor": "kuka"}, 2, NINE, K.PLACE_SMALL),
        ({"size": 1, "vendor": "fanuc"}, 2, NINE, K.PLACE_SMALL),
        ({"purpose": "practice"}, 1, NINE, K.PLACE_PURPOSE),
        ({"equipment": frozenset({"lathe"})}, 1, NINE, K.PLACE_EQUIPMENT),
        ({"places": frozenset({2})}, 1, NINE, K.PLACE_FORBIDDEN),
        ({}, 99, NINE, K.PLACE_FORBIDDEN),
        ({}, 1, 2 * DAY - 59, K.OUTSIDE_DAYS),
        ({}, 1, -1, K.OUTSIDE_DAYS),
        ({"slots": frozenset({1})}, 1, NINE + 1, K.SLOT_FORBIDDEN),
        ({"fixed": Placing(1, 2, NINE)}, 1, NINE, K.MOVED_FIXED),
    ],
)
def test_where_and_when_an_item_may_not_be(facts, place, starts, kind):
    one = problem(item(1, **facts), slots=(Slot(1, 0, NINE, TEN),))

    assert kinds(judged(one, (1, place, starts))) == [kind]


def test_what_just_fits_is_no_clash():
    just = item(
        1,
        size=8,
        vendor="kuka",
        purpose="practice",
        places=frozenset({2}),
        slots=frozenset({1}),
        fixed=Placing(1, 2, NINE),
    )

    assert judged(problem(just, slots=(Slot(1, 0, NINE, TEN),)), (1, 2, NINE)) == []


def test_a_closed_place():
    closed = replace(HALL, closed=(Span(TEN, TEN + 60),))

    assert kinds(judged(problem(item(1), places=(closed,)), (1, 1, NINE + 1))) == [K.PLACE_CLOSED]
    assert judged(problem(item(1), places=(closed,)), (1, 1, NINE)) == []


def test_one_item_waits_for_another_and_the_rest():
    one = problem(item(1), item(2, after=(1,)), rules=Rules(rest=15))

    assert judged(one, (1, 1, NINE), (2, 2, TEN + 14)) == [
        Clash(K.ORDER, Severity.BLOCK, (1, 2), has=14, needs=15)
    ]
    assert judged(one, (1, 1, NINE), (2, 2, TEN + 15)) == []


def test_items_that_must_be_apart_may_follow_one_another():
    one = problem(item(1, apart=frozenset({2})), item(2))

    assert kinds(judged(one, (1, 1, NINE), (2, 2, TEN - 1))) == [K.APART]
    assert judged(one, (1, 1, NINE), (2, 2, TEN)) == []


def test_nobody_takes_part_in_two_places_at_once():
    one = problem(item(1, crowd=frozenset({7, 8, 9})), item(2, crowd=frozenset({9, 8})))

    assert judged(one, (1, 1, NINE), (2, 2, NINE + 59)) == [
        Clash(K.CROWD_TWICE, Severity.BLOCK, (1, 2), entries=(8, 9))
    ]


def test_rest_and_way_between_two_items_of_one_crowd():
    crowd = frozenset({7})
    rules = Rules(rest=30, travel={(2, 1): 45})
    one = problem(item(1, crowd=crowd), item(2, crowd=crowd), rules=rules)

    assert judged(one, (1, 1, NINE), (2, 2, TEN + 29)) == [
        Clash(K.CROWD_REST, Severity.BLOCK, (1, 2), entries=(7,), has=29, needs=30),
        Clash(K.CROWD_TRAVEL, Severity.BLOCK, (1, 2), entries=(7,), has=29, needs=45),
    ]
    assert judged(one, (1, 1, NINE), (2, 2, TEN + 45)) == []
    assert judged(one, (1, 1, NINE), (2, 1, TEN + 30)) == []


def served(*posts: Post, people=(), rules=None, servings=(), items=2, **facts) -> list[ClashKind]:
    """The kinds of clash when items lie one hour after another in two places."""
    some = [item(n, **facts) for n in range(1, items + 1)]
    one = problem(*some, posts=posts, people=people, rules=rules or Rules())
    placings = [(n, n % 2 + 1, NINE + 60 * (n - 1)) for n in range(1, items + 1)]
    return kinds(judged(one, *placings, servings=servings))


@pytest.mark.parametrize(
    ("post", "who", "kind"),
    [
        (Post(1, 1, "judge", person=102), {}, K.PERSON_FIXED),
        (Post(1, 1, "lecturer"), {}, K.OFFICE),
        (Post(1, 1, "judge"), {"units": frozenset({5})}, K.RECUSED_UNIT),
        (Post(1, 1, "judge"), {"barred_units": frozenset({5})}, K.RECUSED_UNIT),
        (Post(1, 1, "judge"), {"barred_items": frozenset({1})}, K.RECUSED_ITEM),
        (Post(1, 1, "judge", needs_senior=True), {}, K.SENIOR),
        (Post(1, 1, "judge"), {"most": 0}, K.LOAD),
        (Post(1, 1, "judge"), {"most_a_day": 0}, K.DAY_LOAD),
        (Post(1, 1, "judge"), {"away": (Span(TEN - 1, TEN),)}, K.PERSON_AWAY),
    ],
)
def test_who_may_not_serve(post, who, kind):
    units = frozenset({5})
    people = (person(101, **who), person(102))

    assert served(post, people=people, servings=((1, 101),), units=units) == [kind]


def test_recusal_is_for_those_who_judge():
    people = (person(101, units=frozenset({5}), offices=frozenset({"floor"})),)

    found = served(Post(1, 1, "floor"), people=people, servings=((1, 101),), units=frozenset({5}))

    assert found == []


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        (Rules(), []),
        (Rules(duty_rest=1), [K.PERSON_REST]),
        (Rules(travel={(1, 2): 1}), [K.PERSON_TRAVEL]),
    ],
)
def test_rest_and_way_between_two_duties(rules, found):
    posts = (Post(1, 1, "judge"), Post(2, 2, "judge"))

    assert (
        served(*posts, people=(person(101),), servings=((1, 101), (2, 101)), rules=rules) == found
    )


def test_nobody_serves_twice_at_once_or_where_they_take_part():
    posts = (Post(1, 1, "judge"), Post(2, 1, "judge"))
    own = problem(item(1), item(2, crowd=frozenset({101})), posts=posts[:1], people=(person(101),))

    found = judged(own, (1, 1, NINE), (2, 2, NINE), servings=((1, 101),))

    assert kinds(found) == [K.PERSON_TWICE]
    assert served(*posts, people=(person(101),), servings=((1, 101), (2, 101))) == [K.PERSON_TWICE]


def test_panels_are_of_many_units_odd_and_stay_together():
    posts = [Post(n, (n + 1) // 2, "judge", panel=1) for n in range(1, 5)]
    people = [person(100 + n, units=frozenset({n % 2})) for n in range(1, 5)]
    rules = Rules(odd_offices=frozenset({"judge"}))

    def found(*who):
        servings = tuple(zip(range(1, 5), who, strict=False))
        return served(*posts, people=people, servings=servings, rules=rules)

    assert found(101, 102, 101, 102) == [K.PANEL_EVEN, K.PANEL_EVEN]
    assert found(101, 103, 101, 103) == [K.PANEL_UNIT, K.PANEL_UNIT, K.PANEL_EVEN, K.PANEL_EVEN]
    assert found(101, 102, 103, 102) == [K.PANEL_EVEN, K.PANEL_EVEN, K.PANEL_SPLIT]
    assert found(101) == [K.UNFILLED, K.UNFILLED]


SPOTS = tuple(
    Spot(10 + n, 2, n // 3, n % 3, "kuka" if n < 3 else "", state, f"A{n}")
    for n, state in enumerate([StationState.OK] * 5 + [StationState.FAULTY])
)


def seated(*seats: tuple[int, int, int], ignored=(), **facts) -> list[ClashKind]:
    """The kinds of clash when entries 1 and 2 sit in item 1, and item 2 begins half an hour on."""
    sitters = tuple(Sitter(n, **facts) for n in (1, 2))
    one = problem(
        item(1, crowd=frozenset({1, 2}), alone=False),
        item(2, alone=False),
        sitters=sitters,
        spots=SPOTS,
        rules=Rules(ignored=frozenset(ignored)),
    )
    return kinds(judged(one, (1, 2, NINE), (2, 2, NINE + 30), seats=seats))


@pytest.mark.parametrize(
    ("seats", "facts", "found"),
    [
        (((1, 1, 10), (2, 1, 12)), {"vendor": "kuka", "unit": 1}, []),
        (((1, 1, 10), (2, 1, 10)), {}, [K.STATION_TAKEN]),
        (((1, 1, 10), (2, 1, 11), (3, 2, 10)), {}, [K.STATION_TAKEN]),
        (((1, 1, 10), (2, 1, 15)), {}, [K.STATION_FAULTY]),
        (((1, 1, 10), (2, 1, 13)), {"vendor": "kuka"}, [K.STATION_VENDOR]),
        (((1, 1, 10), (2, 1, 99)), {}, [K.STATION_ELSEWHERE]),
        (((1, 1, 10), (2, 1, 11), (2, 1, 12)), {}, [K.SEATED_TWICE]),
        (((1, 1, 10),), {}, [K.UNSEATED]),
        (((1, 1, 10), (2, 1, 11)), {"unit": 1}, [K.NEIGHBOUR_UNIT]),
        (((1, 1, 10), (2, 1, 13)), {"school_class": 1}, [K.NEIGHBOUR_CLASS]),
        (((1, 1, 10), (2, 1, 11)), {"paper": "A"}, [K.NEIGHBOUR_PAPER]),
    ],
)
def test_seats(seats, facts, found):
    assert seated(*seats, **facts) == found


def test_what_the_organizer_leaves_out_is_not_told_but_physics_stays():
    neighbours = ((1, 1, 10), (2, 1, 11))
    twice = ((1, 1, 10), (2, 1, 10))

    assert seated(*neighbours, unit=1, ignored={K.NEIGHBOUR_UNIT}) == []
    assert seated(*twice, ignored={K.STATION_TAKEN}) == [K.STATION_TAKEN]


def test_the_organizer_changes_how_serious_some_kinds_are():
    posts, people = (Post(1, 1, "judge", needs_senior=True),), (person(101),)
    severity = {K.SENIOR: Severity.NOTE, K.PLACE_TAKEN: Severity.NOTE}
    rules = Rules(severity=severity)
    one = problem(item(1), item(2), posts=posts, people=people, rules=rules)

    found = judged(one, (1, 1, NINE), (2, 1, NINE), servings=((1, 101),))

    assert [(clash.kind, clash.severity) for clash in found] == [
        (K.PLACE_TAKEN, Severity.BLOCK),
        (K.SENIOR, Severity.NOTE),
    ]


def test_what_has_no_place_is_told():
    assert judged(problem(item(1))) == [Clash(K.UNPLACED, Severity.WARN, (1,))]


def test_kinds_that_cannot_be_changed_block():
    assert {kind for kind in ClashKind if SEVERITY[kind] is not Severity.BLOCK} <= CHANGEABLE


def test_every_kind_has_words():
    assert set(MESSAGES) == set(ClashKind)


def test_words_name_what_comes_first_first():
    one = problem(item(1, after=(2,)), item(2))
    board = Board(one, Plan((Placing(1, 1, NINE), Placing(2, 2, NINE + 30))))

    words = [told(board, clash, str) for clash in clashes(one, board.plan)]

    assert words == [
        ("“K-01” must wait until “K-02” has ended. Move it later, or move “K-02” earlier.")
    ]


def test_words_have_places_and_times_of_shanghai():
    one = problem(item(1), item(2))
    board = Board(one, Plan((Placing(1, 1, DAY + NINE), Placing(2, 1, DAY + NINE))))

    found = clashes_around(board, 2)

    assert [told(board, clash, str) for clash in found] == [
        (
            "“K-01” and “K-02” are both in Hall 1 at 11-03 09:00. Move one of them to another place"
            " or time."
        )
    ]


def test_every_message_finds_its_facts():
    one = problem(item(1), item(2), people=(person(101),), spots=SPOTS)
    board = Board(one, Plan((Placing(1, 1, NINE),)))
    clash = Clash(K.UNPLACED, Severity.WARN, (1, 2), (1,), (101,), (7,), (10,), (3,), 1, 2)

    for kind in ClashKind:
        assert "%(" not in told(board, replace(clash, kind=kind), str)


def test_of_one_item():
    one = problem(item(1), item(2), item(3))
    plan = Plan((Placing(1, 1, NINE), Placing(2, 1, NINE)))

    assert kinds(clashes_of(one, plan, 3)) == [K.UNPLACED]
    assert kinds(clashes_of(one, plan, 2)) == [K.PLACE_TAKEN]


def test_a_drag_is_judged_fast_and_a_large_plan_in_a_second():
    items = [item(n, crowd=frozenset({n, n + 1})) for n in range(2000)]
    one = problem(*items, places=tuple(Place(n, 1) for n in range(40)), days=10)
    placings = tuple(Placing(n, n % 40, 70 * (n // 40)) for n in range(2000))

    began = time.process_time()
    board = Board(one, Plan(placings))
    laid = time.process_time()
    for n in range(100):
        board.put(Placing(n, 3, 60 * n))
        clashes_around(board, n)
    dragged = time.process_time()

    assert blocks(clashes(one, Plan(placings))) != []
    assert laid - began < 0.5
    assert (dragged - laid) / 100 < 0.005
