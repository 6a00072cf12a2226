"""Entries into sessions by the planner: one school together, or the schools spread evenly.

Nothing is left to chance: the same entries and sessions give the same assignment. What holds for
both wishes: as few sessions as there must be, none fuller than its room or make of stations takes,
nobody where they are elsewhere at that time, and whoever has a session keeps it. People who shared
a session in the step before stay together as far as the wish allows.

Together: schools are placed whole; only one that fits nowhere is divided, over as few sessions as
possible, and those stand side by side. Several orders of filling are tried, large schools first and
small ones first, and the one that divides least wins, then the one with sessions of the same size.

Spread: every session gets its even share of people; each school in turn goes once around the
sessions, those with the fewest of its own people first.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heapreplace
from itertools import product

from eventsys.plans.dealing import Asked, Comer, Dealt, Standing, most_at_once
from eventsys.plans.ways import Way
from eventsys.timetable.rules import Span


@dataclass
class Hall:
    """A session on its way: who stays, who joins, and how many it takes."""

    number: int
    most: int
    item: int = 0
    span: Span | None = None
    stay: tuple[Comer, ...] = ()
    joins: list[Comer] = field(default_factory=list)
    units: Counter[int] = field(default_factory=Counter)
    groups: Counter[int] = field(default_factory=Counter)
    size: int = 0
    free: int = 0

    def __post_init__(self) -> None:
        self._count(self.stay)

    def _count(self, some: Collection[Comer]) -> None:
        self.units.update(one.unit for one in some)
        self.groups.update(one.group for one in some)
        self.size += len(some)
        self.free = max(0, self.most - self.size)

    def suits(self, one: Comer) -> bool:
        """Whether somebody is free at its time."""
        held = self.span
        return held is None or not any(
            held.starts < busy.ends and busy.starts < held.ends for busy in one.busy
        )

    def could_take(self, some: Sequence[Comer]) -> int:
        """How many of some can come, as far as there is room."""
        coming = len(some) if self.span is None else sum(map(self.suits, some))
        return min(self.free, coming)

    def takes_all(self, some: Sequence[Comer]) -> bool:
        """Whether all of them can come, and there is room."""
        return self.free >= len(some) and (self.span is None or all(map(self.suits, some)))

    def take(self, some: Collection[Comer]) -> None:
        """They join."""
        self.joins += some
        self._count(some)

    def drop(self, some: Sequence[Comer]) -> None:
        """They join another one."""
        gone = {one.entry for one in some}
        self.joins = [one for one in self.joins if one.entry not in gone]
        self.units -= Counter(one.unit for one in some)
        self.groups -= Counter(one.group for one in some)
        self.size -= len(some)
        self.free = max(0, self.most - self.size)

    def joined(self, unit: int) -> list[Comer]:
        """The new people of a unit."""
        return [one for one in self.joins if one.unit == unit]


MANY = 150  # sessions beyond which one order of filling must do: people wait for the answer
Filling = Callable[[Sequence[Comer], list[Hall]], list[Comer]]


def assign(
    way: Way, asked: Asked, comers: Sequence[Comer], standing: Sequence[Standing]
) -> list[Dealt]:
    """The sessions of one part: those that stand, with whoever joins, and new ones."""
    approved = {one.entry: one for one in comers}
    seated = {entry for one in standing for entry in one.members}
    new = [one for one in comers if one.entry not in seated]
    by_vendor: dict[str, list[Comer]] = {}
    for one in new:
        by_vendor.setdefault(one.vendor if asked.by_vendor is not None else "", []).append(one)
    made: dict[int, Dealt] = {}
    for one in standing:
        stay = frozenset(one.members & approved.keys())
        made[one.item] = Dealt(one.item, one.number, one.vendor, (), stay)
    fresh: list[Dealt] = []
    last = max((one.number for one in standing), default=0)
    for vendor, some in sorted(by_vendor.items()):
        most = most_at_once(asked, vendor)
        held = [_hall(one, most, approved) for one in _open(standing, vendor)]
        for hall in _filled(FILLINGS[way], some, held, most, last):
            done = _dealt(hall, vendor)
            last = max(last, hall.number)
            if hall.item:
                made[hall.item] = done
            else:
                fresh.append(done)
    return sorted(made.values(), key=lambda one: one.number) + fresh


def _open(standing: Sequence[Standing], vendor: str) -> list[Standing]:
    return sorted(
        (one for one in standing if one.is_open and one.vendor == vendor),
        key=lambda one: one.number,
    )


def _hall(one: Standing, most: int, approved: Mapping[int, Comer]) -> Hall:
    stay = tuple(approved[key] for key in sorted(one.members) if key in approved)
    return Hall(one.number, most, one.item, one.span, stay)


def _dealt(hall: Hall, vendor: str) -> Dealt:
    joins = tuple(one.entry for one in hall.joins)
    members = frozenset(joins) | {one.entry for one in hall.stay}
    return Dealt(hall.item, hall.number, vendor, joins, members)


def _filled(
    fill: Filling, comers: Sequence[Comer], held: list[Hall], most: int, last: int
) -> list[Hall]:
    """As few new sessions as take everybody: more only where people are elsewhere at the time."""
    missing = max(0, len(comers) - sum(one.free for one in held))
    number = -(-missing // most)
    while True:
        halls = [*_copies(held), *(Hall(last + n, most) for n in range(1, number + 1))]
        left = fill(comers, halls)
        if not left:
            return [one for one in halls if one.item or one.joins]
        number += -(-len(left) // most)


def _copies(halls: Iterable[Hall]) -> list[Hall]:
    return [Hall(one.number, one.most, one.item, one.span, one.stay) for one in halls]


# ---- a school together


def together(comers: Sequence[Comer], halls: list[Hall]) -> list[Comer]:
    """Fill sessions so that few schools are divided; whoever found no room comes back."""
    best: tuple[tuple[int, ...], list[Hall], list[Comer]] | None = None
    orders = list(product((True, False), repeat=4))
    for even, grouped, late, large_first in orders[: 1 if len(halls) > MANY else None]:
        trial = [Hall(one.number, one.most, one.item, one.span, one.stay) for one in halls]
        left = _pack(comers, trial, _Order(even, grouped, late, large_first))
        _mend(trial)
        score = (len(left), *_score(trial))
        if best is None or score < best[0]:
            best = score, trial, left
    if best is None:
        return list(comers)
    _number(best[1])
    halls[:] = sorted(best[1], key=lambda one: one.number)
    return best[2]


@dataclass(frozen=True)
class _Order:
    """In which order schools are placed, and which session of several that fit one goes to."""

    even: bool
    grouped: bool
    late: bool  # schools that fit nowhere whole are divided at the end
    large_first: bool

    def of(self, hall: Hall, some: Sequence[Comer]) -> tuple[int, ...]:
        groups = {one.group for one in some}
        away = 0
        if self.grouped and hall.size and not any(hall.groups[one] for one in groups):
            away = 1
        filling = -hall.free if self.even else hall.free - len(some)
        return not hall.units[some[0].unit], away, filling, hall.number


def _blocks(comers: Iterable[Comer]) -> list[list[Comer]]:
    """The people of each school, the largest school first."""
    found: dict[int, list[Comer]] = {}
    for one in comers:
        found.setdefault(one.unit, []).append(one)
    return sorted(found.values(), key=len, reverse=True)


def _pack(comers: Sequence[Comer], halls: list[Hall], order: _Order) -> list[Comer]:
    """Schools whole where they fit, the others divided in their turn or at the end."""
    waiting, left = [], []
    blocks = _blocks(comers)
    for some in blocks if order.large_first else reversed(blocks):
        fits = [one for one in halls if one.takes_all(some)]
        if fits:
            min(fits, key=lambda one: order.of(one, some)).take(some)
        elif order.late:
            waiting.append(some)
        else:
            left += _divide(some, halls)
    for some in waiting:
        left += _divide(some, halls)
    return left


def _divide(some: list[Comer], halls: list[Hall]) -> list[Comer]:
    """A school over as few sessions as take it, near to one another."""
    left = list(some)
    used = [one.number for one in halls if one.units[some[0].unit]]
    while left:
        rooms = [one for one in halls if one.free]
        most = max((one.could_take(left) for one in rooms), default=0)
        if not most:
            return left
        best = [one for one in rooms if one.could_take(left) == most]
        hall = min(best, key=lambda one: _distance(one, used))
        going = [one for one in left if hall.suits(one)][:most]
        hall.take(going)
        used.append(hall.number)
        taken = {one.entry for one in going}
        left = [one for one in left if one.entry not in taken]
    return left


def _distance(hall: Hall, used: Sequence[int]) -> tuple[int, int]:
    return min((abs(hall.number - one) for one in used), default=0), hall.number


def _mend(halls: list[Hall]) -> None:
    """Make divided schools whole: a smaller one in the way moves to another session."""
    everybody = Counter[int]()
    for one in halls:
        everybody.update(one.units)
    better = True
    while better:
        better = False
        for unit in _divided(halls):
            better |= _unite(unit, halls, everybody)


def _divided(halls: Iterable[Hall]) -> list[int]:
    """The schools in more than one session, in the order in which they are met."""
    met = Counter(unit for one in halls for unit in +one.units)
    return [unit for unit, number in met.items() if number > 1]


def _unite(unit: int, halls: list[Hall], everybody: Counter[int]) -> bool:
    """Bring all that can move of a school to where the most of it are."""
    places = [one for one in halls if one.units[unit]]
    for target in sorted(places, key=lambda one: (-one.units[unit], one.number)):
        for source in places:
            coming = source.joined(unit)
            whole = source is not target and len(coming) == source.units[unit]
            suits = whole and all(target.suits(one) for one in coming)
            if suits and _make_room(target, source, coming, halls, everybody):
                return True
    return False


def _make_room(
    target: Hall, source: Hall, coming: list[Comer], halls: list[Hall], everybody: Counter[int]
) -> bool:
    """Move the people over, if need be after another school has left for good."""
    need = len(coming) - target.free
    if need <= 0:
        source.drop(coming)
        target.take(coming)
        return True
    unit = coming[0].unit
    for other in [one for one in target.units if one != unit and target.units[one] >= need]:
        going = target.joined(other)
        if len(going) < target.units[other]:
            continue
        alone = len(going) == everybody[other]
        for hall in halls:
            room = hall.free + (len(coming) if hall is source else 0)
            if hall is target or room < len(going) or not (alone or hall.units[other]):
                continue
            if all(hall.suits(one) for one in going):
                source.drop(coming)
                target.drop(going)
                hall.take(going)
                target.take(coming)
                return True
    return False


def _score(halls: Sequence[Hall]) -> tuple[int, int, int]:
    """What is wrong: divided schools, groups of the step before torn apart, uneven sessions."""
    parts = sum(len(+one.units) for one in halls)
    groups = sum(len([key for key in +one.groups if key]) for one in halls)
    return parts, groups, sum(one.size**2 for one in halls)


def _number(halls: Sequence[Hall]) -> None:
    """New sessions in a row in which divided schools stand side by side."""
    fresh = [one for one in halls if not one.item]
    numbers = sorted(one.number for one in fresh)
    last = next((one for one in reversed(halls) if one.item), None)
    for number in numbers:
        near = last.units if last is not None else Counter[int]()

        def nearest(one: Hall, near: Counter[int] = near) -> tuple[bool, int, int, int]:
            shared = sum((one.units & near).values())
            return not one.joins, -shared, min(+one.groups, default=0), one.number

        last = min(fresh, key=nearest)
        fresh.remove(last)
        last.number = number


# ---- the schools spread


def spread(comers: Sequence[Comer], halls: list[Hall]) -> list[Comer]:
    """Fill sessions evenly, each school over as many as it can; whoever found no room comes back.

    People of one session of the step before fill sessions that follow one another.
    """
    share = _shares(len(comers), halls)
    by_group: dict[int, list[Comer]] = {}
    for one in comers:
        by_group.setdefault(one.group, []).append(one)
    left: list[Comer] = []
    for _group, some in sorted(by_group.items()):
        window, room = [], 0
        for hall in halls:
            if share[hall.number] and room < len(some):
                window.append(hall)
                room += share[hall.number]
        for block in _blocks(some):
            left += _around(block, window, share)
    return [one for one in left if not _anywhere(one, halls)]


def _shares(number: int, halls: Sequence[Hall]) -> dict[int, int]:
    """How many people each session gets so that all become as even as they can."""
    share = dict.fromkeys((one.number for one in halls), 0)
    heap = [(one.size, one.number, one.most) for one in halls if one.free]
    heapify(heap)
    for _ in range(min(number, sum(one.free for one in halls))):
        size, place, most = heap[0]
        share[place] += 1
        full = size + 1 >= most
        heapreplace(heap, (10**9 if full else size + 1, place, most))
    return share


def _around(block: Sequence[Comer], window: Sequence[Hall], share: dict[int, int]) -> list[Comer]:
    """A school once around the sessions, and again; who suits none comes back."""
    unit, left, waiting = block[0].unit, [], list(block)
    while waiting:
        order = sorted(
            (one for one in window if share[one.number]),
            key=lambda one: (one.units[unit], -share[one.number], one.number),
        )
        before = len(waiting)
        for hall in order:
            found = next((one for one in waiting if hall.suits(one)), None)
            if found is not None:
                hall.take([found])
                share[hall.number] -= 1
                waiting.remove(found)
        if len(waiting) == before:
            left, waiting = waiting, []
    return left


def _anywhere(one: Comer, halls: Sequence[Hall]) -> bool:
    """Somebody who suits none of their sessions goes to any other with room."""
    fits = [hall for hall in halls if hall.free and hall.suits(one)]
    if not fits:
        return False
    min(fits, key=lambda hall: (hall.units[one.unit], hall.size, hall.number)).take([one])
    return True


FILLINGS: Mapping[Way, Filling] = {Way.TOGETHER: together, Way.SPREAD: spread}
