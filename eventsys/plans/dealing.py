"""Which sessions a part of a track needs and which entries they take: by lot, and repeatable.

What exists stays: entries that came later fill sessions with room, then new sessions; entries that
withdrew leave theirs. Whoever has the seed can deal again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from eventsys.timetable.lots import shuffled
from eventsys.timetable.rules import Span


@dataclass(frozen=True, slots=True)
class Asked:
    """What one part of a track needs: how many entries at once, of which vendor at most."""

    part: str
    step: int
    at_once: int
    by_vendor: Mapping[str, int] | None = (
        None  # most at once by vendor; None: vendors do not matter
    )


@dataclass(frozen=True, slots=True)
class Comer:
    """An approved entry: the vendor it chose, its unit, and what else its people have to do.

    ``group``: the session of the step before, 0 if none. ``busy``: when they are elsewhere.
    The lot looks at entry and vendor only.
    """

    entry: int
    vendor: str = ""
    unit: int = 0
    group: int = 0
    busy: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """A session that exists: who is in it, whether more may come, and when it is if that is set."""

    item: int
    number: int
    vendor: str = ""
    members: frozenset[int] = frozenset()
    is_open: bool = True
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Dealt:
    """A session after dealing; ``item`` is 0 for a new one. ``joins`` are those who come to it."""

    item: int
    number: int
    vendor: str
    joins: tuple[int, ...]
    members: frozenset[int]


def chunks(entries: Sequence[int], most: int) -> list[tuple[int, ...]]:
    """The fewest groups of at most ``most``, as even as can be: 25 by 12 gives 9, 8, 8."""
    if not entries:
        return []
    number = -(-len(entries) // max(1, most))
    small, larger = divmod(len(entries), number)
    made, at = [], 0
    for n in range(number):
        size = small + (n < larger)
        made.append(tuple(entries[at : at + size]))
        at += size
    return made


def deal(
    seed: str, asked: Asked, comers: Iterable[Comer], standing: Sequence[Standing]
) -> list[Dealt]:
    """The sessions of one part: those that stand, with whoever joins, and new ones."""
    approved = {one.entry: one for one in comers}
    seated = {entry for one in standing for entry in one.members}
    new = [one for one in approved.values() if one.entry not in seated]
    order = shuffled(seed, sorted(new, key=lambda one: one.entry))
    by_vendor: dict[str, list[int]] = {}
    for one in order:
        vendor = one.vendor if asked.by_vendor is not None else ""
        by_vendor.setdefault(vendor, []).append(one.entry)
    made: list[Dealt] = []
    for one in sorted(standing, key=lambda one: one.number):
        stay = frozenset(one.members & approved.keys())
        waiting = by_vendor.get(one.vendor, [])
        room = max(0, most_at_once(asked, one.vendor) - len(stay)) if one.is_open else 0
        joins, by_vendor[one.vendor] = tuple(waiting[:room]), waiting[room:]
        made.append(Dealt(one.item, one.number, one.vendor, joins, stay | set(joins)))
    last = max((one.number for one in standing), default=0)
    for vendor, waiting in sorted(by_vendor.items()):
        for some in chunks(waiting, most_at_once(asked, vendor)):
            last += 1
            made.append(Dealt(0, last, vendor, some, frozenset(some)))
    return made


def most_at_once(asked: Asked, vendor: str) -> int:
    """How many entries one session takes, if they work on stations of a vendor."""
    if not vendor or asked.by_vendor is None:
        return max(1, asked.at_once)
    return max(1, min(asked.at_once, asked.by_vendor.get(vendor, asked.at_once)))


def in_step(asked: Sequence[Asked]) -> list[Asked]:
    """Parts of one step rotate among the same groups: all as small as the smallest of them."""
    least: dict[int, int] = {}
    for one in asked:
        least[one.step] = min(one.at_once, least.get(one.step, one.at_once))
    return [Asked(one.part, one.step, least[one.step], one.by_vendor) for one in asked]


def follows(
    asked: Sequence[Asked], dealt: Mapping[str, Sequence[tuple[int, frozenset[int]]]]
) -> dict[int, list[int]]:
    """By item, the items of the step before that must have ended: those with people in common."""
    steps = sorted({one.step for one in asked})
    found: dict[int, list[int]] = {}
    for before, after in pairwise(steps):
        first = [pair for one in asked if one.step == before for pair in dealt.get(one.part, ())]
        where: dict[int, list[int]] = {}
        for item, members in first:
            for entry in members:
                where.setdefault(entry, []).append(item)
        for one in asked:
            if one.step != after:
                continue
            for item, members in dealt.get(one.part, ()):
                found[item] = sorted({key for entry in members for key in where.get(entry, ())})
    return found
