"""Sections of a standard (WSOS and the like): their weights, and the marks a scheme gives them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from eventsys.errors import N_, RuleBroken
from eventsys.events.rules import ModuleRule
from eventsys.rounding import round_half_up
from eventsys.schemes.rules import POINT_PLACES, WHOLE, AspectFacts, Worth, adds, check_code, fits

MOST_SECTIONS = 20
USUAL_DEVIATION = Decimal(5)


class SectionUnknown(RuleBroken):
    field = "section"
    message = N_("Aspect %(code)s names the section %(section)s. Choose one of: %(known)s.")


class SectionsUnfit(RuleBroken):
    field = "sections"
    message = N_(
        "Sections need different codes, a name, and weights above 0 that add up to 100; now they "
        "add up to %(total)s."
    )


class DeviationUnfit(RuleBroken):
    field = "deviation"
    message = N_("The allowed deviation is a number from 0 to 100 with at most two decimals.")


class SectionsIncomplete(RuleBroken):
    message = N_(
        "These aspects stand in no section of the standards: %(codes)s. The organizer gives each "
        "one a section before the first mark."
    )


class SectionsOff(RuleBroken):
    message = N_(
        "The marks of these sections are further from their weight than %(allowed)s points of 100: "
        "%(problem)s. The organizer moves marks before the first mark."
    )


@dataclass(frozen=True)
class SectionFacts:
    """A section of the standards: its share of the whole, in points of 100."""

    code: str
    name: str
    weight: Decimal


@dataclass(frozen=True)
class SectionSum:
    """A section's weight beside the marks the scheme gives it, both in points of 100."""

    section: SectionFacts
    marks: Fraction

    @property
    def deviation(self) -> Fraction:
        """Above zero the scheme gives the section more than its weight."""
        return self.marks - Fraction(self.section.weight)

    @property
    def shown(self) -> Decimal:
        """The marks to hundredths."""
        return round_half_up(self.marks, 2)

    @property
    def off(self) -> Decimal:
        """The deviation to hundredths."""
        return round_half_up(self.deviation, 2)

    def is_within(self, allowed: Decimal) -> bool:
        """Whether the deviation, unrounded, is allowed."""
        return abs(self.deviation) <= Fraction(allowed)


def check_sections(sections: Sequence[SectionFacts], deviation: Decimal) -> None:
    """Refuse sections that do not share out the whole."""
    total = sum((one.weight for one in sections), Decimal(0))
    codes = {one.code for one in sections}
    good = all(one.name and one.weight > 0 for one in sections)
    if sections and (
        not good or len(codes) < len(sections) or total != WHOLE or len(sections) > MOST_SECTIONS
    ):
        raise SectionsUnfit(total=f"{total:f}")
    for one in sections:
        check_code(one.code)
    if not (fits(deviation, POINT_PLACES, WHOLE) and deviation >= 0):
        raise DeviationUnfit


def check_section(facts: AspectFacts, known: Iterable[str]) -> None:
    """Refuse an aspect in a section the scheme does not have."""
    codes = list(known)
    if facts.section and facts.section not in codes:
        raise SectionUnknown(code=facts.code, section=facts.section, known=", ".join(codes) or "–")


def section_sums(
    sections: Sequence[SectionFacts], modules: Iterable[ModuleRule], worths: Iterable[Worth]
) -> list[SectionSum]:
    """A section's marks in points of 100: each aspect by its module's weight and full marks."""
    share = {one.code: Fraction(one.weight) / Fraction(one.full) for one in modules}
    marks = {one.code: Fraction(0) for one in sections}
    for one in worths:
        if adds(one) and one.section in marks:
            marks[one.section] += Fraction(one.points) * share.get(one.module_code, 0)
    return [SectionSum(one, marks[one.code]) for one in sections]


def check_section_sums(
    sums: Sequence[SectionSum], worths: Iterable[Worth], allowed: Decimal
) -> None:
    """Refuse aspects outside all sections, and sections too far from their weight."""
    if not sums:
        return
    known = {one.section.code for one in sums}
    outside = [one.code for one in worths if adds(one) and one.section not in known]
    if outside:
        raise SectionsIncomplete(codes=", ".join(outside))
    wrong = [one for one in sums if not one.is_within(allowed)]
    if wrong:
        problem = ", ".join(
            f"{one.section.code} {one.shown} / {one.section.weight:f}" for one in wrong
        )
        raise SectionsOff(allowed=f"{allowed:f}", problem=problem)


def sections_in(kept: Iterable[Mapping[str, Any]] | None) -> tuple[SectionFacts, ...]:
    """Sections as a scheme keeps them."""
    return tuple(
        SectionFacts(one["code"], one["name"], Decimal(one["weight"])) for one in kept or ()
    )
