"""Small problems and plans of many shapes, made from a seed: fast, so that many can be judged."""

from datetime import UTC, datetime
from random import Random

from hypothesis import strategies as st

from eventsys.timetable.rules import (
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
    Sitter,
    Slot,
    Span,
    Spot,
    StationState,
    Wish,
    WishKind,
)

ORIGIN = datetime(2026, 11, 1, 16, tzinfo=UTC)  # midnight of 2 November in Shanghai
OFFICES = ("judge", "invigilator")
VENDORS = ("", "fanuc", "kuka")
STATES = (StationState.OK, StationState.OK, StationState.SPARE, StationState.FAULTY)

seeds = st.integers(0, 2**32)


def some(rng: Random, pool: range, most: int, least: int = 0) -> frozenset[int]:
    return frozenset(rng.sample(pool, min(len(pool), rng.randint(least, most))))


def span(rng: Random) -> Span:
    starts = rng.randint(0, 1) * 1440 + 480 + 60 * rng.randint(0, 8)
    return Span(starts, starts + rng.choice([60, 180, 600]))


def a_problem(seed: int) -> Problem:
    """A problem with a handful of everything; often too tight to solve whole."""
    rng = Random(seed)  # noqa: S311  shapes, not secrets
    slots = tuple(
        Slot(n, n // 3, n // 3 * 1440 + 480 + n % 3 * 180, n // 3 * 1440 + 630 + n % 3 * 180)
        for n in range(rng.randint(1, 6))
    )
    places = tuple(_place(rng, n) for n in range(1, rng.randint(2, 4)))
    count = rng.randint(1, 7)
    spots = tuple(
        Spot(n, place.id, n % 2, n // 2 % 3, rng.choice(VENDORS), rng.choice(STATES))
        for place in places
        for n in range(place.id * 10, place.id * 10 + rng.choice([0, 4, 6]))
    )
    return Problem(
        ORIGIN,
        slots=slots,
        places=places,
        people=tuple(_person(rng, n) for n in range(101, 101 + rng.randint(0, 6))),
        items=tuple(_item(rng, n, count, len(places), len(slots)) for n in range(1, count + 1)),
        posts=tuple(_post(rng, n, count) for n in range(1, rng.randint(1, 9))),
        sitters=tuple(_sitter(rng, n) for n in range(1, rng.randint(1, 8))),
        spots=spots,
        days=2,
        rules=_rules(rng),
        wishes=tuple(Wish(kind, rng.randint(1, 5)) for kind in rng.sample(list(WishKind), 3)),
        move_price=rng.choice([0, 5]),
    )


def _place(rng: Random, number: int) -> Place:
    fanuc, kuka = rng.randint(0, 4), rng.randint(0, 4)
    stations = {"": fanuc + kuka, "fanuc": fanuc, "kuka": kuka}
    return Place(
        number,
        rng.randint(1, 2),
        f"Hall {number}",
        seats=rng.randint(0, 9),
        purpose=rng.choice(["theory", "practice"]),
        stations=rng.choice([{}, {}, stations]),
        equipment=frozenset(rng.sample(["lathe", "lift"], rng.randint(0, 2))),
        closed=tuple(span(rng) for _ in range(rng.choice([0, 0, 1]))),
        reset=rng.choice([0, 0, 30]),
    )


def _item(rng: Random, number: int, count: int, places: int, slots: int) -> Item:
    others = [n for n in range(1, count + 1) if n != number]
    where, when = rng.randint(1, places), rng.randint(0, 20) * 60
    return Item(
        number,
        f"K-{number:02d}",
        track=rng.randint(1, 2),
        minutes=rng.choice([60, 90, 150]),
        size=rng.randint(0, 5),
        crowd=some(rng, range(1, 7), 3) | some(rng, range(101, 103), 1),
        units=some(rng, range(1, 7), 2),
        purpose=rng.choice(["", "", "", "theory", "practice"]),
        vendor=rng.choice(["", "", "", "fanuc"]),
        equipment=frozenset({"lathe"}) if rng.random() < 0.1 else frozenset(),
        after=tuple(rng.sample(range(1, number), 1)) if number > 1 and rng.random() < 0.3 else (),
        apart=frozenset(rng.sample(others, 1)) if others and rng.random() < 0.3 else frozenset(),
        alone=rng.random() < 0.5,
        fixed=Placing(number, where, when) if rng.random() < 0.08 else None,
        slots=frozenset(rng.sample(range(slots), rng.randint(1, slots)))
        if rng.random() < 0.3
        else None,
        places=some(rng, range(1, places + 1), 2, 1) if rng.random() < 0.3 else None,
    )


def _person(rng: Random, number: int) -> Person:
    return Person(
        number,
        f"Person {number}",
        units=some(rng, range(1, 7), 1),
        is_senior=rng.random() < 0.5,
        away=tuple(span(rng) for _ in range(rng.choice([0, 0, 1]))),
        offices=frozenset(rng.sample(OFFICES, rng.randint(1, 2))),
        most=rng.choice([None, None, 1, 2]),
        most_a_day=rng.choice([None, None, 1, 2]),
        barred_units=some(rng, range(1, 7), 1),
        barred_items=some(rng, range(1, 7), 1),
    )


def _post(rng: Random, number: int, items: int) -> Post:
    return Post(
        number,
        rng.randint(1, items),
        office=rng.choice(OFFICES),
        needs_senior=rng.random() < 0.15,
        panel=rng.choice([0, 0, 1, 2]),
        person=rng.randint(101, 107) if rng.random() < 0.2 else None,
    )


def _sitter(rng: Random, number: int) -> Sitter:
    return Sitter(
        number,
        unit=rng.randint(0, 2),
        school_class=rng.randint(0, 2),
        paper=rng.choice(["", "A"]),
        vendor=rng.choice(VENDORS),
    )


def _rules(rng: Random) -> Rules:
    return Rules(
        rest=rng.choice([0, 30, 60]),
        duty_rest=rng.choice([0, 20]),
        travel=rng.choice([{}, {(1, 2): 45}]),
        odd_offices=rng.choice([frozenset(), frozenset({"judge"})]),
        ignored=frozenset(rng.sample(list(ClashKind), rng.choice([0, 0, 2]))),
    )


def a_plan(problem: Problem, seed: int) -> Plan:
    """Any plan for a problem, good or bad; also with things the problem does not know."""
    rng = Random(seed)  # noqa: S311  shapes, not secrets
    where = [*(place.id for place in problem.places)] * 4 + [99]
    starts = [slot.starts for slot in problem.slots] * 2 + [n * 60 for n in range(-1, 32)]
    placings = {
        item.id: Placing(item.id, rng.choice(where), rng.choice(starts))
        for item in problem.items
        if rng.random() < 0.8
    }
    servings = [
        Serving(post.id, rng.randint(101, 107)) for post in problem.posts if rng.random() < 0.8
    ]
    seats = [
        Seat(rng.randint(1, 7), rng.randint(1, 8), rng.randint(10, 36))
        for _ in range(rng.choice([0, 0, 2]))
    ]
    for item in sorted(placings):
        stations = [spot.station for spot in problem.spots if spot.place == placings[item].place]
        entries = sorted(some(rng, range(1, 8), 5)) if stations else []
        seats.extend(Seat(entry, item, rng.choice(stations)) for entry in entries)
    return Plan(tuple(placings.values()), tuple(servings), tuple(seats))
