"""What a dealing of entries into sessions means for the schools, in numbers."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Effect:
    """A dealing in numbers: sessions, schools, those in more than one session, lonely sessions.

    A lonely session has people of one school only although there are others.
    """

    sessions: int
    units: int
    divided: int
    lonely: int


def effect_of(sessions: Iterable[Collection[int]], unit_of: Mapping[int, int]) -> Effect:
    """What the sessions of one part, as entries, mean for the schools."""
    units = [{unit_of[one] for one in members if one in unit_of} for members in sessions]
    held = [some for some in units if some]
    met = Counter(unit for some in held for unit in some)
    lonely = sum(len(some) == 1 for some in held) if len(met) > 1 else 0
    return Effect(len(held), len(met), sum(number > 1 for number in met.values()), lonely)


def in_all(parts: Iterable[Effect]) -> Effect:
    """Several parts together: the sessions of all, and of the rest the worst part."""
    some = list(parts)
    return Effect(
        sum(one.sessions for one in some),
        max((one.units for one in some), default=0),
        max((one.divided for one in some), default=0),
        max((one.lonely for one in some), default=0),
    )
