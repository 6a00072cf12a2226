"""What a marking scheme must be: aspects that can be computed, and sums that reach full marks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from eventsys.errors import N_, RuleBroken
from eventsys.events.rules import ModuleRule
from eventsys.schemes.aspects import (
    MAX_JUDGEMENT,
    MAX_MEASURED,
    MAX_MEASURED_PLACES,
    AspectKind,
    AspectSpec,
    check_aspect,
)

POINT_PLACES = 2
"""Decimal places of an aspect's points and of a deduction: tablets count in hundredths."""

LEVELS = MAX_JUDGEMENT + 1
MOST_POINTS = Decimal(1000)
LONGEST_CODE = 10

KIND_LABELS: dict[AspectKind, str] = {
    AspectKind.JUDGEMENT: N_("Judgement 0 to 3"),
    AspectKind.CHECK: N_("Met or not met"),
    AspectKind.MEASUREMENT: N_("Measurement"),
    AspectKind.DEDUCTION: N_("Deduction"),
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


class SchemeIncomplete(RuleBroken):
    message = N_(
        "The marking scheme is not complete: %(problem)s. The organizer corrects it before the"
        " first mark."
    )


@dataclass(frozen=True)
class AspectFacts:
    """One aspect as it is entered; texts trimmed, numbers exact."""

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

    @property
    def limits(self) -> AspectSpec:
        """The limits as the computation takes them."""
        return AspectSpec(self.low, self.high, self.step)


@dataclass(frozen=True)
class CriterionFacts:
    """One criterion of a module with its aspects, as it is entered."""

    module_code: str
    code: str
    name: str
    name_en: str = ""
    aspects: tuple[AspectFacts, ...] = ()


@dataclass(frozen=True)
class ModuleSum:
    """What the aspects of a module add up to, beside its full marks."""

    code: str
    name: str
    name_en: str
    full: Decimal
    points: Decimal
    aspects: int

    @property
    def difference(self) -> Decimal:
        """Points still to be given out; below zero there are too many."""
        return self.full - self.points


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


def check_aspect_facts(facts: AspectFacts) -> None:
    """Refuse an aspect that a judge could not mark or that could not be computed exactly."""
    check_code(facts.code)
    if not all(_fits(one, POINT_PLACES, MOST_POINTS) for one in (facts.max_points, facts.step)):
        raise PointsUnfit(code=facts.code, most=MOST_POINTS)
    if not all(_fits(one, MAX_MEASURED_PLACES, MAX_MEASURED) for one in (facts.low, facts.high)):
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


def module_sums(
    modules: Iterable[ModuleRule], points: Iterable[tuple[str, Decimal]]
) -> list[ModuleSum]:
    """The sums of ``points`` (module code and points of each aspect), in the modules' order."""
    given = list(points)
    sums = []
    for module in modules:
        own = [value for code, value in given if code == module.code]
        total = sum(own, Decimal(0))
        sums.append(
            ModuleSum(module.code, module.name, module.name_en, module.full, total, len(own))
        )
    return sums


def check_sums(sums: Iterable[ModuleSum]) -> None:
    """Refuse a scheme whose aspects do not add up to the full marks of every module."""
    wrong = [one for one in sums if one.difference]
    if wrong:
        problem = ", ".join(f"{one.code} {one.points:f} / {one.full:f}" for one in wrong)
        raise SchemeIncomplete(problem=problem)


def _fits(value: Decimal | None, places: int, most: Decimal) -> bool:
    """Whether a number, if there is one, is neither too long nor too large to be kept exactly."""
    if value is None:
        return True
    if not value.is_finite() or abs(value) > most:
        return False
    exponent = value.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -places
