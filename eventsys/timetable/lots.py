"""Lots anyone can draw again, and stations side by side."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from eventsys.events.rules import CompetitionRules, Rules
from eventsys.timetable.refusals import CannotKeepApart, NotEnoughStations, TooManyStations

T = TypeVar("T")
WORD = 2**64  # a random number is the first eight bytes of a SHA-256
LONGEST_PREFIX = 4  # so that a label with its number keeps within ten characters
STATIONS_AT_ONCE = 200
ROW_MOST = 20
TWO_DRAWS = 2  # contest number, then station: with fewer levels the plan says who sits where
ATTEMPTS = 6  # seatings by pure lot before the chessboard


def is_drawn_at_the_door(rules: Rules | None) -> bool:
    """Whether stations are drawn on the day: a plan then fixes sessions, and announces no seat."""
    return isinstance(rules, CompetitionRules) and rules.anonymity_levels >= TWO_DRAWS


# ---- lots


def random_numbers(seed: str) -> Iterator[int]:
    """The numbers below 2**64 that follow from a seed: SHA-256 of ``seed:0``, ``seed:1``, etc."""
    for n in count():
        yield int.from_bytes(hashlib.sha256(f"{seed}:{n}".encode()).digest()[:8], "big")


def below(numbers: Iterator[int], limit: int) -> int:
    """The next number below ``limit``, each equally likely: what would favour some is skipped."""
    fair = WORD - WORD % limit
    return next(number for number in numbers if number < fair) % limit


def shuffled(seed: str, things: Sequence[T]) -> list[T]:
    """``things`` in the order a seed gives them (Fisher and Yates, from the last place down)."""
    order, numbers = list(things), random_numbers(seed)
    for last in range(len(order) - 1, 0, -1):
        other = below(numbers, last + 1)
        order[last], order[other] = order[other], order[last]
    return order


# ---- stations


@dataclass(frozen=True)
class Spot:
    """One station in one session, and where it stands in the room."""

    session: int
    station: int
    row: int = 0
    column: int = 0

    def beside(self, other: "Spot") -> bool:
        """Whether two people on these spots sit next to, before or behind each other."""
        away = abs(self.row - other.row) + abs(self.column - other.column)
        return self.session == other.session and away == 1


@dataclass(frozen=True)
class Contender:
    """Who needs a spot: the entry, its unit, and the sessions it cannot be in."""

    entry: int
    unit: int
    busy: frozenset[int] = frozenset()


Seating = dict[int, Spot]
Places = dict[Spot, Contender | None]


def natural(label: str) -> list[tuple[int, int, str]]:
    """A key that sorts 2 before 10, and numbers before letters."""
    parts = re.findall(r"\d+|\D+", label)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


def rows_of(things: Sequence[T], wide: int) -> list[list[T]]:
    """``things`` in rows of ``wide``, as stations stand in a room."""
    return [list(things[n : n + wide]) for n in range(0, len(things), max(1, wide))]


def numbered(taken: Sequence[str], prefix: str, number: int) -> list[str]:
    """Labels for ``number`` new stations, going on after the highest with this prefix."""
    if not 1 <= number <= STATIONS_AT_ONCE:
        raise TooManyStations(most=STATIONS_AT_ONCE)
    pattern = re.compile(re.escape(prefix) + r"(\d+)")
    used = [int(found[1]) for found in map(pattern.fullmatch, taken) if found]
    first = max(used, default=0) + 1
    return [f"{prefix}{n:02d}" for n in range(first, first + number)]


def draw_spots(
    seed: str,
    contenders: Sequence[Contender],
    spots: Sequence[Spot],
    seated: Sequence[tuple[Spot, int]] = (),
    *,
    apart: bool,
) -> Seating:
    """A spot for every contender, by lot; the same seed and people give the same seating.

    ``spots`` are the free ones in the order in which they should fill up; the last stay free.
    ``seated`` are spots taken before, with the unit that sits there. With ``apart``, people of one
    unit are kept from sitting side by side as far as the room allows.
    """
    if len(contenders) > len(spots):
        raise NotEnoughStations(entries=len(contenders), stations=len(spots))
    near = _Neighbours(spots, seated if apart else None)
    best: Places = {}
    for order in _orders(seed, contenders, spots):
        places = order | {spot: None for spot in spots if spot not in order}
        _mend(places, near)
        if not best or near.total(places) < near.total(best):
            best = places
        if not near.total(best):
            break
    if any(who and spot.session in who.busy for spot, who in best.items()):
        raise CannotKeepApart
    return {who.entry: spot for spot, who in best.items() if who}


def _orders(seed: str, contenders: Sequence[Contender], spots: Sequence[Spot]) -> Iterator[Places]:
    """Some first seatings by pure lot; at last one like a chessboard, unit after unit.

    No two black squares touch: where the lot leaves neighbours, the chessboard often has none.
    """
    people = sorted(contenders, key=lambda one: one.entry)
    for attempt in range(ATTEMPTS):
        lot = f"{seed}/{attempt}" if attempt else seed
        yield dict(zip(spots, shuffled(lot, people), strict=False))
    sizes = Counter(one.unit for one in people)
    units = shuffled(f"{seed}/units", sorted(sizes))
    largest_first = sorted(
        shuffled(f"{seed}/people", people),
        key=lambda one: (-sizes[one.unit], units.index(one.unit)),
    )
    filled = spots[: len(people)]
    squares = sorted(filled, key=lambda one: (one.row + one.column) % 2)
    yield dict(zip(squares, largest_first, strict=True))


class _Neighbours:
    """Which free spots lie beside a spot, and which units sit beside it already."""

    def __init__(self, spots: Sequence[Spot], seated: Sequence[tuple[Spot, int]] | None) -> None:
        at = {(one.session, one.row, one.column): one for one in spots}
        self.apart = seated is not None
        self.free = {one: [at[key] for key in _around(one) if key in at] for one in spots}
        self.units = {
            one: [unit for spot, unit in seated or () if one.beside(spot)] for one in spots
        }

    def cost(self, spot: Spot, places: Places) -> int:
        """How bad it is that this person sits here: two sessions at once weigh most."""
        who = places[spot]
        if who is None:
            return 0
        bad = 1000 * (spot.session in who.busy)
        if self.apart:
            near = [one.unit for one in map(places.get, self.free[spot]) if one]
            bad += (near + self.units[spot]).count(who.unit)
        return bad

    def total(self, places: Places) -> int:
        """How bad the whole seating is; 0 is perfect."""
        return sum(self.cost(spot, places) for spot in places)


def _around(spot: Spot) -> list[tuple[int, int, int]]:
    steps = ((-1, 0), (1, 0), (0, -1), (0, 1))
    return [(spot.session, spot.row + down, spot.column + right) for down, right in steps]


def _mend(places: Places, near: _Neighbours) -> None:
    """Exchange two spots as long as that makes the seating better."""
    better = True
    while better:
        better = False
        for spot in places:
            if near.cost(spot, places) and _exchange(spot, places, near.cost):
                better = True


def _exchange(
    spot: Spot,
    places: Places,
    cost: Callable[[Spot, Places], int],
) -> bool:
    for other in list(places):
        before = cost(spot, places) + cost(other, places)
        places[spot], places[other] = places[other], places[spot]
        if cost(spot, places) + cost(other, places) < before:
            return True
        places[spot], places[other] = places[other], places[spot]
    return False
