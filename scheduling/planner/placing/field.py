"""What can be said of items, shifts and places before any of them is placed, by position."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from eventsys.timetable.board import circles
from eventsys.timetable.rules import DAY, Item, Place, Placing, Problem, Slot, Span
from scheduling.planner.placing.groups import Group

EITHER, BEFORE, AFTER = 0, -1, 1
NO_RULES: frozenset[Group] = frozenset()


@dataclass(frozen=True, slots=True)
class Link:
    """How another item hinders one: so many minutes between them, and which must come first."""

    other: int
    gap: int
    travels: bool  # the way between their places counts as well
    order: int  # BEFORE: the other must end before this one begins


class Field:
    """Items, shifts and places by position, with what each item may use and who hinders whom.

    ``without`` leaves out families of rules, to find out which of them are to blame.
    """

    def __init__(self, problem: Problem, without: frozenset[Group] = NO_RULES) -> None:
        self.problem = problem
        self.without = without
        self.items = problem.items
        self.places = problem.places
        self.slots = tuple(
            sorted(_slots(problem, without), key=lambda slot: (slot.starts, slot.id))
        )
        self.position = {item.id: n for n, item in enumerate(self.items)}
        self.place_at = {place.id: n for n, place in enumerate(self.places)}
        self.resets = [0 if Group.REST in without else place.reset for place in self.places]
        self.places_of = self._places_of()
        self.slots_of = self._slots_of()
        self.walls = [self._walls(place) for place in self.places]
        self.away = self._away()
        self.links = self._links()
        self.fixed = [self._fixed(item) for item in self.items]

    def holds(self, place: Place, item: Item) -> bool:
        """Whether a place is big enough, as far as the rules in force ask."""
        if item.vendor and Group.VENDORS not in self.without:
            return place.holds(item.vendor) >= item.size
        return Group.SEATS in self.without or place.holds() >= item.size

    def suits(self, place: Place, item: Item) -> bool:
        """Whether a place is of the right kind."""
        if Group.KINDS in self.without:
            return True
        allowed = item.places is None or place.id in item.places
        kind = not item.purpose or item.purpose == place.purpose
        return allowed and kind and item.equipment <= place.equipment

    def _places_of(self) -> list[tuple[int, ...]]:
        known: dict[object, tuple[int, ...]] = {}
        lists = []
        for item in self.items:
            key = (item.purpose, item.vendor, item.equipment, item.places, item.size)
            if key not in known:
                known[key] = tuple(
                    n
                    for n, place in enumerate(self.places)
                    if self.suits(place, item) and self.holds(place, item)
                )
            lists.append(known[key])
        return lists

    def _slots_of(self) -> list[tuple[int, ...]]:
        horizon = self.problem.days * DAY * (2 if Group.NUMBER in self.without else 1)
        free = Group.SHIFTS in self.without
        known: dict[object, tuple[int, ...]] = {}
        for item in self.items:
            key = (item.minutes, item.slots)
            if key not in known:
                known[key] = tuple(
                    n
                    for n, slot in enumerate(self.slots)
                    if slot.starts >= 0
                    and slot.starts + item.minutes <= min(slot.ends, horizon)
                    and (free or item.slots is None or self._original(slot) in item.slots)
                )
        return [known[item.minutes, item.slots] for item in self.items]

    def _original(self, slot: Slot) -> int:
        return slot.id if slot.id >= 0 else self.problem.slots[-1 - slot.id].id

    def _walls(self, place: Place) -> tuple[Span, ...]:
        return () if Group.CLOSURES in self.without else place.closed

    def _away(self) -> list[tuple[Span, ...]]:
        """When the people fixed for an item cannot come."""
        away: list[tuple[Span, ...]] = [() for _ in self.items]
        if Group.CLOSURES in self.without:
            return away
        people = {person.id: person for person in self.problem.people}
        for post in self.problem.posts:
            if post.person in people and post.item in self.position:
                away[self.position[post.item]] += people[post.person].away
        return away

    def _fixed(self, item: Item) -> Placing | None:
        return None if Group.FIXED in self.without else item.fixed

    def _links(self) -> list[tuple[Link, ...]]:
        gaps = self._meetings()
        rest = self.problem.rules.rest if Group.REST not in self.without else 0
        links: list[list[Link]] = [[] for _ in self.items]
        for first, second in self._order():
            gap, travels = gaps.pop((min(first, second), max(first, second)), (0, False))
            links[first].append(Link(second, max(gap, rest), travels, AFTER))
            links[second].append(Link(first, max(gap, rest), travels, BEFORE))
        for (one, other), (gap, travels) in gaps.items():
            links[one].append(Link(other, gap, travels, EITHER))
            links[other].append(Link(one, gap, travels, EITHER))
        return [tuple(some) for some in links]

    def _meetings(self) -> dict[tuple[int, int], tuple[int, bool]]:
        """Pairs that must not meet: the minutes between them, and whether the way counts."""
        gaps: dict[tuple[int, int], tuple[int, bool]] = {}
        if Group.CROWDS in self.without:
            return gaps
        rules, rest = self.problem.rules, Group.REST not in self.without
        for circle in circles(self.items):
            self._meet(gaps, circle.items, rules.rest * rest, travels=rest)
        for items in self._servants():
            self._meet(gaps, items, rules.duty_rest * rest, travels=rest)
        for item in self.items:
            for other in item.apart:
                self._meet(gaps, (item.id, other), 0, travels=False)
        return gaps

    def _meet(
        self,
        gaps: dict[tuple[int, int], tuple[int, bool]],
        items: Iterable[int],
        gap: int,
        *,
        travels: bool,
    ) -> None:
        known = sorted({self.position[item] for item in items if item in self.position})
        for pair in combinations(known, 2):
            before, did = gaps.get(pair, (0, False))
            gaps[pair] = (max(before, gap), did or travels)

    def _order(self) -> set[tuple[int, int]]:
        if Group.ORDER in self.without:
            return set()
        return {
            (self.position[before], self.position[item.id])
            for item in self.items
            for before in item.after
            if before in self.position
        }

    def _servants(self) -> Iterable[Iterable[int]]:
        """Items that need one and the same person: fixed for a duty, or in a panel that stays."""
        people: Mapping[int, set[int]] = defaultdict(set)
        panels: Mapping[int, set[int]] = defaultdict(set)
        for post in self.problem.posts:
            if post.person is not None:
                people[post.person].add(post.item)
            if post.panel and Group.PANELS not in self.without:
                panels[post.panel].add(post.item)
        for item in self.items:
            for member in people.keys() & item.crowd:
                people[member].add(item.id)
        yield from people.values()
        yield from panels.values()


def _slots(problem: Problem, without: frozenset[Group]) -> tuple[Slot, ...]:
    """The shifts; without regard to their number, all of them once more after the last day."""
    if Group.NUMBER not in without:
        return problem.slots
    later = problem.days * DAY
    return problem.slots + tuple(
        replace(
            slot,
            id=-1 - n,
            day=slot.day + problem.days,
            starts=slot.starts + later,
            ends=slot.ends + later,
        )
        for n, slot in enumerate(problem.slots)
    )
