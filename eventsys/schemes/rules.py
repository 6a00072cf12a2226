"""What a marking scheme must be: aspects that can be computed, and sums that reach full marks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from eventsys.errors import N_, RuleBroken
from eventsys.events.rules import ModuleRule
from eventsys.schemes.aspects import (
    MAX_JUDGEMENT,
    MAX_MEASURED,
    MAX_MEASURED_PLACES,
    AspectKind,
    AspectSpec,
    Band,
    Edge,
)
from eventsys.schemes.parameters import check_aspect

POINT_PLACES = 2
"""Decimal places of an aspect's points and of a deduction: tablets count in hundredths."""

LEVELS = MAX_JUDGEMENT + 1
MOST_POINTS = Decimal(1000)
LONGEST_CODE = 10
WHOLE = Decimal(100)

KIND_LABELS: dict[AspectKind, str] = {
    AspectKind.JUDGEMENT: N_("Judgement 0 to 3"),
    AspectKind.CHECK: N_("Met or not met"),
    AspectKind.MEASUREMENT: N_("Measurement"),
    AspectKind.DEDUCTION: N_("Deduction"),
    AspectKind.BANDS: N_("Bands of values"),
    AspectKind.FORMULA: N_("Formula"),
    AspectKind.TOLERANCE: N_("Tolerance"),
    AspectKind.VIOLATION: N_("Breach of rules"),
    AspectKind.MACHINE: N_("Marked by machine"),
}


class Source(StrEnum):
    """Where the marks of a criterion come from (rules §1.7)."""

    PROCESS = "process"
    RESULT = "result"
    PRESENTATION = "presentation"
    MACHINE = "machine"


SOURCE_LABELS: dict[Source, str] = {
    Source.PROCESS: N_("Process, judged on site"),
    Source.RESULT: N_("Result"),
    Source.PRESENTATION: N_("Presentation or defence"),
    Source.MACHINE: N_("Examination machine"),
}
EDGE_LABELS: dict[Edge, str] = {
    Edge.LOWER: N_("the band below (up to and including)"),
    Edge.UPPER: N_("the band above (from and including)"),
}


class CodeUnfit(RuleBroken):
    field = "code"
    message = N_("A code has 1 to %(longest)s letters, digits, dots or hyphens. Correct %(code)s.")


class CodeTaken(RuleBroken):
    field = "code"
    message = N_("The code %(code)s is used twice in this scheme. Choose another one.")


class UnknownModule(RuleBroken):
    field = "module_code"
    message = N_("The track has no module %(module)s. Choose one of: %(known)s.")


class PointsUnfit(RuleBroken):
    field = "max_points"
    message = N_("Points are at most %(most)s with at most two decimals. Correct %(code)s.")


class LevelsMissing(RuleBroken):
    field = "level0"
    message = N_("Describe each of the four levels of %(code)s, so that all judges mean the same.")


class LimitsUnfit(RuleBroken):
    field = "low"
    message = N_("Limits are numbers with at most three decimals. Correct %(code)s.")


class ParentUnfit(RuleBroken):
    field = "parent"
    message = N_(
        "Criterion %(code)s cannot stand under %(parent)s. Choose a criterion of the same module "
        "that is not a sub-criterion itself."
    )


class SchemeIncomplete(RuleBroken):
    message = N_(
        "The marking scheme is not complete: %(problem)s. The organizer corrects it before the"
        " first mark."
    )


@dataclass(frozen=True)
class AspectFacts:
    """One aspect as it is entered; texts trimmed, numbers exact; unused fields at their default.

    ``section`` is the code of a standard section. ``note``, ``requirement`` and ``day`` (of
    marking) are further words of the WorldSkills sheet; they decide nothing.
    """

    code: str
    kind: AspectKind
    text: str
    max_points: Decimal
    text_en: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    step: Decimal | None = None
    levels: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()
    edge: Edge = Edge.LOWER
    base: Decimal | None = None
    factor: Decimal | None = None
    floor: Decimal | None = None
    nominal: Decimal | None = None
    inner: Decimal | None = None
    outer: Decimal | None = None
    part: Decimal | None = None
    section: str = ""
    note: str = ""
    requirement: str = ""
    day: str = ""

    @property
    def limits(self) -> AspectSpec:
        """The parameters as the computation takes them."""
        return AspectSpec(
            self.low,
            self.high,
            self.step,
            self.bands,
            self.edge,
            self.base,
            self.factor,
            self.floor,
            self.nominal,
            self.inner,
            self.outer,
            self.part,
        )


@dataclass(frozen=True)
class CriterionFacts:
    """A criterion of a module with its own aspects; ``parent`` is set for a sub-criterion."""

    module_code: str
    code: str
    name: str
    name_en: str = ""
    aspects: tuple[AspectFacts, ...] = ()
    parent: str = ""
    source: Source = Source.RESULT


class Worth(NamedTuple):
    """What one aspect adds to the sums."""

    module_code: str
    kind: AspectKind
    points: Decimal
    section: str = ""
    source: Source = Source.RESULT
    code: str = ""


@dataclass(frozen=True)
class ModuleSum:
    """What the aspects of a module add up to, beside its full marks."""

    code: str
    name: str
    name_en: str
    full: Decimal
    points: Decimal
    aspects: int
    weight: Decimal = WHOLE

    @property
    def difference(self) -> Decimal:
        """Points still to be given out; below zero there are too many."""
        return self.full - self.points


# ---- codes, criteria, aspects


def check_code(code: str) -> None:
    """Refuse codes that would not fit in lists, addresses and on tablets."""
    plain = code.replace("-", "").replace(".", "")
    if not (plain.isascii() and plain.isalnum() and len(code) <= LONGEST_CODE):
        raise CodeUnfit(code=code, longest=LONGEST_CODE)


def check_criterion(facts: CriterionFacts, modules: Sequence[ModuleRule]) -> None:
    """Refuse a criterion outside the track's modules."""
    check_code(facts.code)
    known = [module.code for module in modules]
    if facts.module_code not in known:
        raise UnknownModule(module=facts.module_code, known=", ".join(known))


def check_parents(criteria: Iterable[CriterionFacts]) -> None:
    """Refuse a sub-criterion of nothing, of another sub-criterion, or in another module."""
    rows = list(criteria)
    roots = {one.code: one.module_code for one in rows if not one.parent}
    for one in rows:
        if one.parent and roots.get(one.parent) != one.module_code:
            raise ParentUnfit(code=one.code, parent=one.parent)


def check_aspect_facts(facts: AspectFacts) -> None:
    """Refuse an aspect that a judge could not mark or that could not be computed exactly."""
    check_code(facts.code)
    points = (facts.max_points, facts.step, facts.base, facts.floor, facts.part)
    points += tuple(band.points for band in facts.bands)
    if not all(fits(one, POINT_PLACES, MOST_POINTS) for one in points):
        raise PointsUnfit(code=facts.code, most=MOST_POINTS)
    limits = (facts.low, facts.high, facts.factor, facts.nominal, facts.inner, facts.outer)
    limits += tuple(end for band in facts.bands for end in (band.low, band.high))
    if not all(fits(one, MAX_MEASURED_PLACES, MAX_MEASURED) for one in limits):
        raise LimitsUnfit(code=facts.code)
    judged = facts.kind is AspectKind.JUDGEMENT
    if judged and (len(facts.levels) != LEVELS or not all(facts.levels)):
        raise LevelsMissing(code=facts.code)
    check_aspect(facts.code, facts.kind, facts.max_points, facts.limits)


def check_codes(codes: Iterable[str]) -> None:
    """Refuse a code that appears twice."""
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise CodeTaken(code=code)
        seen.add(code)


# ---- sums


def module_sums(modules: Iterable[ModuleRule], worths: Iterable[Worth]) -> list[ModuleSum]:
    """What the aspects add up to, in the modules' order; violations are no part of full marks."""
    given = list(worths)
    sums = []
    for module in modules:
        own = [one for one in given if one.module_code == module.code]
        total = sum((one.points for one in own if adds(one)), Decimal(0))
        sums.append(
            ModuleSum(
                module.code,
                module.name,
                module.name_en,
                module.full,
                total,
                len(own),
                module.weight,
            )
        )
    return sums


def source_sums(worths: Iterable[Worth]) -> dict[Source, Decimal]:
    """Marks by source; what a machine marks counts as the machine's, wherever it stands."""
    sums = dict.fromkeys(Source, Decimal(0))
    for one in worths:
        source = Source.MACHINE if one.kind is AspectKind.MACHINE else one.source
        sums[source] += one.points if adds(one) else 0
    return {source: points for source, points in sums.items() if points}


def check_sums(sums: Iterable[ModuleSum]) -> None:
    """Refuse a scheme whose aspects do not add up to the full marks of every module."""
    wrong = [one for one in sums if one.difference]
    if wrong:
        problem = ", ".join(f"{one.code} {one.points:f} / {one.full:f}" for one in wrong)
        raise SchemeIncomplete(problem=problem)


def adds(one: Worth) -> bool:
    """Whether an aspect is part of the full marks."""
    return one.kind is not AspectKind.VIOLATION


def fits(value: Decimal | None, places: int, most: Decimal) -> bool:
    """Whether a number, if there is one, is neither too long nor too large to be kept exactly."""
    if value is None:
        return True
    if not value.is_finite() or abs(value) > most:
        return False
    exponent = value.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -places
