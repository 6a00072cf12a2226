"""What follows from prizes for instructors and units, from places, and for teams of a unit."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from eventsys.events.rules import ConsequenceRule
from eventsys.results.rules import rank
from eventsys.rounding import round_half_up

Key = TypeVar("Key", int, str)


@dataclass(frozen=True)
class UnitStanding:
    """A unit among units: its place, and the prizes of its entries, best first."""

    unit: str
    place: int
    prizes: tuple[int, ...]


def units_by_prizes(
    prizes: Iterable[tuple[str, int | None]], kinds: int, most: int
) -> list[UnitStanding]:
    """The best units by what their entries won: more first prizes, then second, then third.

    ``prizes`` are unit and prize (1 is the best) of every entry. Units equal in all share the
    place, and all on a place up to ``most`` are honoured; without any prize nobody is.
    """
    counts: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for unit, prize in prizes:
        if prize is not None:
            counts[unit][prize] += 1
    won = {unit: tuple(own[prize] for prize in range(1, kinds + 1)) for unit, own in counts.items()}
    better = {unit: sum(other > own for other in won.values()) for unit, own in won.items()}
    found = [UnitStanding(unit, better[unit] + 1, own) for unit, own in won.items()]
    return sorted(
        (one for one in found if one.place <= most), key=lambda one: (one.place, one.unit)
    )


@dataclass(frozen=True)
class TeamStanding:
    """A unit's team made of its best individual entries."""

    unit: str
    place: int
    is_shared: bool
    total: Decimal
    members: tuple[str, ...]


def teams(
    results: Mapping[str, Sequence[tuple[str, Decimal]]], best: int, method: str
) -> list[TeamStanding]:
    """Rank units by their ``best`` so many individual totals, summed or as a mean.

    ``results`` are the labels and published totals of each unit. A unit with fewer results has no
    team. The mean is rounded half up to hundredths; equal teams share the place.
    """
    chosen = {
        unit: sorted(own, key=lambda one: (-one[1], one[0]))[:best]
        for unit, own in results.items()
        if len(own) >= best > 0
    }
    sums = {unit: sum((Fraction(total) for _, total in own)) for unit, own in chosen.items()}
    divisor = best if method == "mean" else 1
    totals = {unit: round_half_up(Fraction(one) / divisor, 2) for unit, one in sums.items()}
    return [
        TeamStanding(
            one.entry,
            one.place,
            one.shared,
            one.score,
            tuple(label for label, _ in chosen[one.entry]),
        )
        for one in rank(totals)
    ]


def consequences_of(
    place: int | None, table: Iterable[ConsequenceRule]
) -> tuple[ConsequenceRule, ...]:
    """What a place earns by the table, besides the prize; a shared place earns it for all."""
    if place is None:
        return ()
    return tuple(one for one in table if one.from_place <= place <= one.to_place)
