"""What a plan leaves to be wished, and how two plans differ."""

from dataclasses import replace
from datetime import UTC, datetime

from eventsys.timetable.differences import (
    PlacingChange,
    SeatChange,
    ServingChange,
    differences,
    moved,
)
from eventsys.timetable.rules import (
    DAY,
    Item,
    Person,
    Place,
    Placing,
    Plan,
    Post,
    Problem,
    Seat,
    Serving,
    Wish,
    WishKind,
)
from eventsys.timetable.wishes import points

ORIGIN = datetime(2026, 11, 1, 16, tzinfo=UTC)  # midnight of 2 November in Shanghai
NINE, TEN = 540, 600
HALL, LAB = Place(1, 1, "Hall 1", seats=30), Place(2, 2, "Lab 2", seats=30)


def item(number: int, **facts) -> Item:
    return Item(number, f"K-{number:02d}", minutes=60, **facts)


def problem(*items: Item, **facts) -> Problem:
    return Problem(ORIGIN, items=items, places=(HALL, LAB), days=2, **facts)


def person(number: int) -> Person:
    return Person(number, offices=frozenset({"judge"}))


def test_differences_say_what_is_otherwise():
    before = Plan((Placing(1, 1, NINE), Placing(2, 1, TEN)), (Serving(1, 101),), (Seat(7, 1, 10),))
    after = Plan((Placing(1, 2, NINE),), (Serving(1, 102), Serving(2, 101)), (Seat(7, 1, 10),))

    change, lost, *others = differences(before, after)

    assert change == PlacingChange(1, Placing(1, 1, NINE), Placing(1, 2, NINE))
    assert lost == PlacingChange(2, Placing(2, 1, TEN), None)
    assert others == [ServingChange(1, 101, 102), ServingChange(2, None, 101)]
    assert differences(Plan(), Plan(seats=(Seat(7, 1, 10),))) == [SeatChange(7, 1, None, 10)]


def test_only_what_had_a_place_has_moved():
    one = problem(item(1), item(2), present=Plan((Placing(1, 1, NINE),)), move_price=3)
    plan = Plan((Placing(1, 1, TEN), Placing(2, 2, TEN)))

    assert len(moved(one, plan)) == 1
    assert points(one, plan) == {WishKind.MOVE_LITTLE: 3}
    assert moved(replace(one, present=None), plan) == []


def test_points_of_each_wish():
    crowd = frozenset({7, 8})
    evening = Placing(2, 2, DAY + 18 * 60)
    posts = (Post(1, 1, "judge"), Post(2, 2, "judge"))
    one = problem(
        item(1, crowd=crowd),
        item(2, crowd=crowd),
        item(3, crowd=crowd),
        posts=posts,
        people=(person(101), person(102)),
        wishes=tuple(Wish(kind, 10) for kind in WishKind),
    )
    plan = Plan(
        (Placing(1, 1, DAY + 16 * 60), evening, Placing(3, 2, 0)),
        (Serving(1, 101), Serving(2, 101)),
    )

    assert points(one, plan) == {
        WishKind.SPREAD_LOAD: 20,  # two duties and none
        WishKind.SAME_PLACE: 10,
        WishKind.EARLY: 60,  # three half days and three
        WishKind.NO_LATE_SHIFT: 10,
        WishKind.FEW_VENUES: 30,  # two contestants and a judge
        WishKind.GAP: 0,  # exactly an hour
    }
