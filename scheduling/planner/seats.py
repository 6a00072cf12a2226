"""Entries to stations, so that neighbours differ in class, school and paper.

Neighbours sit next to, before or behind each other (as `eventsys.timetable.lots.Spot.beside`).
Faulty and spare stations are never used; an entry that needs a maker's machine gets one. First
each room is filled like a chessboard, the choosy first; then two entries, or an entry and a free
station, change while that makes the neighbourhood better. The same seed gives the same plan.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

CLASS, UNIT, PAPER = (
    4,
    2,
    1,
)  # points for two neighbours of one class, of one school, with one paper
ALIKE = ("school_class", "unit", "paper")
ROUNDS = 12  # times the whole room is gone through
TRIES = 12  # other places looked at for one entry in a round
STILL = 2  # rounds without a gain before a room is left


@dataclass(frozen=True, slots=True)
class Sitter:
    """Who needs a station; 0 stands for unknown, which is alike to nothing."""

    id: int
    unit: int = 0
    school_class: int = 0
    paper: int = 0
    vendor: str = ""  # "" : any machine


@dataclass(frozen=True, slots=True)
class Desk:
    """One station of a room."""

    id: int
    room: int
    row: int
    column: int
    vendor: str = ""
    usable: bool = True  # neither faulty nor spare


@dataclass(frozen=True, slots=True)
class SeatProblem:
    """People of one session and its rooms; `fixed` are seats that stay: sitter to desk."""

    sitters: tuple[Sitter, ...]
    desks: tuple[Desk, ...]
    fixed: Mapping[int, int] = field(default_factory=dict)
    room_of: Mapping[int, int] = field(
        default_factory=dict
    )  # sitter to room, where that is settled


@dataclass(frozen=True, slots=True)
class SeatPlan:
    """Desk by sitter, who found none, and how many neighbours are alike in what."""

    desk_of: Mapping[int, int]
    unseated: tuple[int, ...]
    alike: Mapping[str, int]


def plan_seats(problem: SeatProblem, *, seed: int, rounds: int = ROUNDS) -> SeatPlan:
    """A desk for everybody for whom there is one; neighbours differ as far as the rooms allow."""
    random = Random(seed)  # noqa: S311  a plan anew; draws at the door are another thing
    hall = _Hall(problem)
    for sitter, desk in problem.fixed.items():
        hall.keep(sitter, desk)
    unseated = _fill(hall, problem, random)
    for room in hall.rooms:
        _improve(hall, room, random, rounds)
    desk_of = {sitter.id: desk for desk, sitter in sorted(hall.at.items())}
    return SeatPlan(desk_of, tuple(unseated), alike_neighbours(problem, desk_of))


def points_of(one: Sitter, other: Sitter) -> int:
    """How bad it is that these two sit side by side."""
    points = CLASS if one.school_class == other.school_class != 0 else 0
    if one.unit == other.unit != 0:
        points += UNIT
    return points + PAPER if one.paper == other.paper != 0 else points


def _alike(one: Sitter, other: Sitter) -> list[str]:
    return [name for name in ALIKE if getattr(one, name) == getattr(other, name) != 0]


def alike_neighbours(problem: SeatProblem, desk_of: Mapping[int, int]) -> dict[str, int]:
    """Pairs of neighbours with the same class, unit, paper: each pair counted once for each."""
    hall = _Hall(problem)
    sitters = {one.id: one for one in problem.sitters}
    at = {desk: sitters[sitter] for sitter, desk in desk_of.items()}
    found = dict.fromkeys(ALIKE, 0)
    for desk, sitter in at.items():
        for near in hall.near[desk]:
            if near in at and desk < near:
                for name in _alike(sitter, at[near]):
                    found[name] += 1
    return found


class _Hall:
    """The desks with their neighbours, and who sits where."""

    def __init__(self, problem: SeatProblem) -> None:
        self.desks = {desk.id: desk for desk in problem.desks}
        self.sitters = {one.id: one for one in problem.sitters}
        self.room_of = problem.room_of
        self.at: dict[int, Sitter] = {}
        self.still: set[int] = set()
        self.rooms: dict[int, list[int]] = defaultdict(list)
        for desk in sorted(problem.desks, key=lambda one: one.id):
            if desk.usable:
                self.rooms[desk.room].append(desk.id)
        spots = {(one.room, one.row, one.column): one.id for one in problem.desks if one.usable}
        self.near = {
            one.id: [spots[spot] for spot in _around(one) if spot in spots] for one in problem.desks
        }

    def keep(self, sitter: int, desk: int) -> None:
        """Seat somebody for good."""
        self.at[desk] = self.sitters[sitter]
        self.still.add(desk)

    def may(self, sitter: Sitter, desk: int) -> bool:
        """Whether the machine and the room suit."""
        station = self.desks[desk]
        room = self.room_of.get(sitter.id, station.room)
        return sitter.vendor in ("", station.vendor) and room == station.room

    def worth(self, sitter: Sitter | None, desk: int, besides: int = -1) -> int:
        """Points that a sitter at a desk shares with the neighbours, one desk left out."""
        if sitter is None:
            return 0
        points = 0
        for near in self.near[desk]:
            other = self.at.get(near) if near != besides else None
            if other is not None:
                points += points_of(sitter, other)
        return points


def _around(desk: Desk) -> Iterable[tuple[int, int, int]]:
    for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        yield desk.room, desk.row + down, desk.column + right


def _fill(hall: _Hall, problem: SeatProblem, random: Random) -> list[int]:
    """Everybody to a free desk: whoever has least choice first; who is left has none."""
    seated = set(problem.fixed)
    left = [one for one in problem.sitters if one.id not in seated]
    random.shuffle(left)
    left.sort(key=_order(left, hall))
    free = _Free(hall)
    unseated = []
    for sitter in left:
        desk = free.take(sitter)
        if desk is None:
            unseated.append(sitter.id)
        else:
            hall.at[desk] = sitter
    return sorted(unseated)


def _order(
    sitters: Sequence[Sitter], hall: _Hall
) -> Callable[[Sitter], tuple[bool, bool, int, int, int, int]]:
    """The choosy first, then the largest schools and their classes: they get the black squares."""
    units, classes = Counter[int](), Counter[int]()
    for one in sitters:
        units[one.unit] += 1
        classes[one.school_class] += 1
    return lambda one: (
        not one.vendor,
        one.id not in hall.room_of,
        -units[one.unit],
        one.unit,
        -classes[one.school_class],
        one.school_class,
    )


class _Free:
    """Free desks by room and maker, black squares of the chessboard before white ones."""

    def __init__(self, hall: _Hall) -> None:
        self.hall = hall
        self.piles: dict[tuple[int, str], list[int]] = defaultdict(list)
        self.rooms: list[int] = sorted(hall.rooms)
        for room, desks in hall.rooms.items():
            for desk in sorted(desks, key=self._square, reverse=True):
                if desk not in hall.at:
                    self.piles[room, hall.desks[desk].vendor].append(desk)
        self.makers = sorted({maker for _, maker in self.piles})

    def _square(self, desk: int) -> tuple[int, int]:
        station = self.hall.desks[desk]
        return (station.row + station.column) % 2, desk

    def take(self, sitter: Sitter) -> int | None:
        """A desk for a sitter: in the rooms in turn, machines without a maker first."""
        room = self.hall.room_of.get(sitter.id)
        for turn, each in enumerate(self.rooms if room is None else [room]):
            for maker in [sitter.vendor] if sitter.vendor else self.makers:
                if self.piles[each, maker]:
                    if room is None:
                        self.rooms.append(self.rooms.pop(turn))
                    return self.piles[each, maker].pop()
        return None


def _improve(hall: _Hall, room: int, random: Random, rounds: int) -> None:
    """Change places in one room until some rounds bring nothing."""
    desks = [desk for desk in hall.rooms[room] if desk not in hall.still]
    still = 0
    for _ in range(rounds if len(desks) > 1 else 0):
        gained = sum(_settle(hall, desk, desks, random) for desk in list(desks))
        still = 0 if gained else still + 1
        if still == STILL or not any(hall.worth(hall.at.get(desk), desk) for desk in desks):
            return


def _settle(hall: _Hall, desk: int, desks: Sequence[int], random: Random) -> int:
    """Swap somebody who has a neighbour alike with the best of some places; what it gained."""
    sitter = hall.at.get(desk)
    if sitter is None or not hall.worth(sitter, desk):
        return 0
    tried = random.sample(desks, min(TRIES, len(desks)))
    gain, other = max((_gain(hall, desk, one), -one) for one in tried)
    if gain < 0 or (gain == 0 and -other not in hall.at):
        return 0
    _swap(hall, desk, -other)
    return gain


def _gain(hall: _Hall, desk: int, other: int) -> int:
    """Points won when two desks change their sitters; below 0 where that may not be."""
    one, two = hall.at.get(desk), hall.at.get(other)
    if desk == other or one is None or not hall.may(one, other):
        return -1
    if two is not None and not hall.may(two, desk):
        return -1
    before = hall.worth(one, desk, other) + hall.worth(two, other, desk)
    return before - hall.worth(one, other, desk) - hall.worth(two, desk, other)


def _swap(hall: _Hall, desk: int, other: int) -> None:
    one, two = hall.at.pop(desk, None), hall.at.pop(other, None)
    if one is not None:
        hall.at[other] = one
    if two is not None:
        hall.at[desk] = two
