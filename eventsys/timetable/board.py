"""A plan laid out so that one move can be judged without looking at the rest."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from eventsys.timetable.rules import (
    DAY,
    Clash,
    ClashKind,
    Item,
    Placing,
    Plan,
    Problem,
    Seat,
    Serving,
)

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Circle:
    """Members of crowds who take part in exactly the same items."""

    members: tuple[int, ...]
    items: tuple[int, ...]


class Board:
    """A problem and a plan by id, place, crowd, person and station; moves keep it up to date.

    What a plan says of items, posts or persons that are not in the problem is left out.
    """

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.rules = problem.rules
        self.horizon = problem.days * DAY
        self.items = {item.id: item for item in problem.items}
        self.places = {place.id: place for place in problem.places}
        self.people = {person.id: person for person in problem.people}
        self.posts = {post.id: post for post in problem.posts}
        self.slots = {slot.id: slot for slot in problem.slots}
        self.spots = {spot.station: spot for spot in problem.spots}
        self.sitters = {sitter.entry: sitter for sitter in problem.sitters}
        self.severity = {kind: problem.rules.severity_of(kind) for kind in ClashKind}
        self.furthest = max(problem.rules.travel.values(), default=0)
        self.circles = circles(problem.items)
        self.circles_of = _lists((i, n) for n, one in enumerate(self.circles) for i in one.items)
        self.items_of = {member: one.items for one in self.circles for member in one.members}
        self.posts_of = _lists((post.item, post.id) for post in problem.posts)
        self.panels = _lists(dict.fromkeys((p.panel, p.item) for p in problem.posts if p.panel))
        self.apart = _both_ways(problem.items)
        self.followers = _lists((before, i.id) for i in problem.items for before in i.after)
        self.seated_places = {spot.place for spot in problem.spots}
        self.placed: dict[int, Placing] = {}
        self.span: dict[int, tuple[int, int]] = {}
        self.in_place: dict[int, set[int]] = defaultdict(set)
        self.server: dict[int, int] = {}  # post -> person
        self.served: dict[int, set[int]] = defaultdict(set)  # person -> posts
        self.seats: dict[int, tuple[Seat, ...]] = {}
        self.at_station: dict[int, set[int]] = defaultdict(set)  # station -> items
        self._lay(plan)

    def _lay(self, plan: Plan) -> None:
        for placing in plan.placings:
            if placing.item in self.items:
                self.put(placing)
        for serving in plan.servings:
            if serving.post in self.posts and serving.person in self.people:
                self.serve(serving.post, serving.person)
        for item, seats in _lists((seat.item, seat) for seat in plan.seats).items():
            if item in self.items:
                self.seat(item, seats)

    # ---- moves

    def put(self, placing: Placing) -> None:
        """Lay an item at a place and time; it leaves where it lay."""
        self.lift(placing.item)
        self.placed[placing.item] = placing
        ends = placing.starts + self.items[placing.item].minutes
        self.span[placing.item] = (placing.starts, ends)
        self.in_place[placing.place].add(placing.item)

    def lift(self, item: int) -> None:
        """Take an item from the board; its posts and seats keep their people."""
        placing = self.placed.pop(item, None)
        if placing:
            del self.span[item]
            self.in_place[placing.place].discard(item)

    def serve(self, post: int, person: int | None) -> None:
        """Give a post to a person, or to nobody."""
        before = self.server.pop(post, None)
        if before is not None:
            self.served[before].discard(post)
        if person is not None:
            self.server[post] = person
            self.served[person].add(post)

    def seat(self, item: int, seats: Iterable[Seat]) -> None:
        """Give an item its whole seat plan."""
        for old in self.seats.pop(item, ()):
            self.at_station[old.station].discard(item)
        self.seats[item] = tuple(seats)
        for new in self.seats[item]:
            self.at_station[new.station].add(item)

    # ---- looks

    @property
    def plan(self) -> Plan:
        """The plan as it lies now, by ascending ids."""
        return Plan(
            placings=tuple(self.placed[item] for item in sorted(self.placed)),
            servings=tuple(Serving(post, self.server[post]) for post in sorted(self.server)),
            seats=tuple(seat for item in sorted(self.seats) for seat in self.seats[item]),
        )

    def by_start(self, items: Iterable[int]) -> list[tuple[int, int, int]]:
        """Starts, ends and ids of the placed ones among some items, first things first."""
        span = self.span
        return sorted([(*span[item], item) for item in items if item in span])

    def minutes_between(self, item: int, other: int) -> int:
        """The way between the places of two placed items."""
        here = self.places.get(self.placed[item].place)
        there = self.places.get(self.placed[other].place)
        if here is None or there is None or here.id == there.id:
            return 0
        return self.rules.travel_between(here.venue, there.venue)

    def says(self, kind: ClashKind, items: Iterable[int], **facts: object) -> Clash:
        """A clash as serious as this problem's rules take it."""
        return Clash(kind, self.severity[kind], tuple(sorted(set(items))), **facts)  # type: ignore  # each caller's facts are fields


def circles(items: Iterable[Item]) -> list[Circle]:
    """The members of all crowds, those who go through the same items together."""
    by_crowd: dict[frozenset[int], list[int]] = defaultdict(list)
    for item in items:
        by_crowd[item.crowd].append(item.id)
    crowds_of: dict[int, list[int]] = defaultdict(list)
    lists = list(by_crowd.values())
    for number, crowd in enumerate(by_crowd):
        for member in crowd:
            crowds_of[member].append(number)
    alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for member, numbers in crowds_of.items():
        alike[tuple(numbers)].append(member)
    return [
        Circle(tuple(sorted(members)), tuple(sorted(item for n in numbers for item in lists[n])))
        for numbers, members in alike.items()
    ]


def _both_ways(items: Iterable[Item]) -> dict[int, set[int]]:
    apart: dict[int, set[int]] = defaultdict(set)
    for item in items:
        for other in item.apart:
            apart[item.id].add(other)
            apart[other].add(item.id)
    return apart


def _lists(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    lists: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        lists[key].append(value)
    return lists
