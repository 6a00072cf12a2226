"""Exact points of many marks: every value of an aspect is computed once and remembered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from eventsys.schemes.aspects import (
    MAX_JUDGEMENT_SPREAD,
    AspectKind,
    aspect_points,
    judgement_spread,
)
from eventsys.schemes.models import Aspect

Raws = Mapping[int, Decimal]
"""Raw values of one sheet by aspect; what is not marked is not in it."""


@dataclass(frozen=True)
class Tally:
    """The aspects of a scheme in order, and what their values are worth."""

    aspects: Sequence[Aspect]
    _worth: dict[tuple[int, Decimal], Fraction] = field(default_factory=dict, repr=False)

    @property
    def by_id(self) -> dict[int, Aspect]:
        """The aspects by their key."""
        return {aspect.id: aspect for aspect in self.aspects}

    def points(self, aspect: Aspect, raw: Decimal) -> Fraction:
        """What one value of one aspect is worth."""
        key = (aspect.id, raw)
        found = self._worth.get(key)
        if found is None:
            found = aspect_points(aspect.kind, aspect.max_points, aspect.limits, raw)
            self._worth[key] = found
        return found

    def module_totals(self, raws: Raws) -> dict[str, Fraction]:
        """A sheet's points by module code."""
        totals: dict[str, Fraction] = {}
        for aspect in self.aspects:
            module = aspect.criterion.module_code
            raw = raws.get(aspect.id)
            got = Fraction(0) if raw is None else self.points(aspect, raw)
            totals[module] = totals.get(module, Fraction(0)) + got
        return totals

    def total(self, raws: Raws) -> Fraction:
        """A sheet's points altogether."""
        return sum(self.module_totals(raws).values(), Fraction(0))

    def missing(self, raws: Raws) -> list[str]:
        """Codes of the aspects a judge has not marked yet, in order."""
        return [aspect.code for aspect in self.aspects if aspect.id not in raws]

    def too_far_apart(self, sheets: Iterable[Raws]) -> list[str]:
        """Codes of the judgement aspects on which the judges of one entry differ too much."""
        given = list(sheets)
        flagged = []
        for aspect in self.aspects:
            levels = [raws[aspect.id] for raws in given if aspect.id in raws]
            judged = aspect.kind is AspectKind.JUDGEMENT
            if judged and judgement_spread(levels) > MAX_JUDGEMENT_SPREAD:
                flagged.append(aspect.code)
        return flagged
