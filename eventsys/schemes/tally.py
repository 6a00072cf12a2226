"""Exact points of many marks: every value of an aspect is computed once and remembered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from eventsys.schemes.aspects import (
    MAX_JUDGEMENT_SPREAD,
    AspectKind,
    aspect_points,
    judgement_spread,
)
from eventsys.schemes.models import Aspect

Raws = Mapping[int, Decimal]
"""Raw values of one sheet by the aspects' ``mark_key``; what is not marked is not in it."""


@dataclass(frozen=True)
class Tally:
    """The aspects of a scheme in order, and what their values are worth."""

    aspects: Sequence[Aspect]
    _worth: dict[tuple[int, Decimal], Fraction] = field(default_factory=dict, repr=False)

    @cached_property
    def keys(self) -> frozenset[int]:
        """Under which keys the marks of a full sheet stand."""
        return frozenset(self._columns)

    @cached_property
    def _columns(self) -> dict[int, tuple[Aspect, str]]:
        """The aspects with their modules by key, read off the rows once."""
        return {one.mark_key: (one, one.criterion.module_code) for one in self.aspects}

    @property
    def by_id(self) -> dict[int, Aspect]:
        """The aspects a judge marks, by the key of their marks; not those a machine marks."""
        return {
            aspect.mark_key: aspect
            for aspect in self.aspects
            if aspect.kind is not AspectKind.MACHINE
        }

    def points(self, aspect: Aspect, raw: Decimal) -> Fraction:
        """What one value of one aspect is worth; below zero for a violation."""
        key = (aspect.mark_key, raw)
        found = self._worth.get(key)
        if found is None:
            found = aspect_points(aspect.kind, aspect.max_points, aspect.limits, raw)
            self._worth[key] = found
        return found

    def module_totals(self, raws: Raws) -> dict[str, Fraction]:
        """A sheet's points by module code; violations stop at nothing."""
        totals: dict[str, dict[int, int]] = {module: {} for _, module in self._columns.values()}
        for key in self._columns.keys() & raws.keys():
            aspect, module = self._columns[key]
            got = self._worth.get((key, raws[key])) or self.points(aspect, raws[key])
            shares = totals[module]
            shares[got.denominator] = shares.get(got.denominator, 0) + got.numerator
        return {module: max(Fraction(0), _sum(shares)) for module, shares in totals.items()}

    def total(self, raws: Raws) -> Fraction:
        """A sheet's points altogether."""
        return sum(self.module_totals(raws).values(), Fraction(0))

    def missing(self, raws: Raws) -> list[str]:
        """Codes of the aspects a judge has not marked yet, in order."""
        return [aspect.code for key, aspect in self.by_id.items() if key not in raws]

    def missing_from_machine(self, raws: Raws) -> list[str]:
        """Codes of the aspects whose marks the machine has not delivered yet, in order."""
        return [
            aspect.code
            for aspect in self.aspects
            if aspect.kind is AspectKind.MACHINE and aspect.mark_key not in raws
        ]

    def too_far_apart(self, sheets: Iterable[Raws]) -> list[str]:
        """Codes of the judgement aspects on which the judges of one entry differ too much."""
        given = list(sheets)
        flagged = []
        for aspect in self.aspects:
            levels = [raws[aspect.mark_key] for raws in given if aspect.mark_key in raws]
            judged = aspect.kind is AspectKind.JUDGEMENT
            if judged and judgement_spread(levels) > MAX_JUDGEMENT_SPREAD:
                flagged.append(aspect.code)
        return flagged


def _sum(shares: Mapping[int, int]) -> Fraction:
    """Numerators by denominator, put together: few denominators, so few additions of fractions."""
    return sum((Fraction(top, bottom) for bottom, top in shares.items()), Fraction(0))
