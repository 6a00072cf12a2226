"""How marks become points: aspects, aggregation over judges, weights, and one rounding at the end.

Everything is exact: marks are ``Decimal``, results ``Fraction``, and only ``round_half_up`` rounds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from eventsys.errors import N_, RuleBroken

Exact: TypeAlias = Decimal | Fraction

TOTAL_PLACES = 2
"""Decimal places of a published total."""

MAX_JUDGEMENT = 3
"""Judgement levels run from 0 (below the standard of the industry) to 3 (excellent)."""

MAX_JUDGEMENT_SPREAD = 1
"""Judges further apart than this must give reasons and judge the aspect again."""

MAX_MEASURED_PLACES = 3
MAX_MEASURED = Decimal("999999999.999")
MAX_OCCURRENCES = 999

_FULL_WEIGHT = 100


class TooFewMarks(RuleBroken):
    """The strategy is not defined for so few judges, for instance after a recusal."""

    message = N_(
        "At least %(needed)s judges' marks are needed and there are %(given)s. "
        "Add a judge, or choose a scoring method for a smaller panel."
    )


class NoConsensus(RuleBroken):
    """Judges who have to agree on one mark gave different ones."""

    message = N_("The judges' marks differ. Agree on one mark and enter it on every sheet.")


class StrategyUnusable(RuleBroken):
    """Dropping so many marks could leave none."""

    message = N_(
        "A scoring method that drops %(dropped)s marks needs at least %(needed)s judges. "
        "Raise the smallest panel or drop fewer marks."
    )


class AspectUnusable(RuleBroken):
    """An aspect that no mark could ever be computed for."""

    message = N_(
        "Aspect %(code)s is incomplete. Give it more than 0 points; a measurement needs limits "
        "with the lower not above the upper, a deduction the points lost each time."
    )


class JudgementOutOfRange(RuleBroken):
    """A level other than 0, 1, 2, 3."""

    message = N_("Aspect %(code)s takes a level of 0, 1, 2 or 3. Choose one of them.")


class CheckOutOfRange(RuleBroken):
    """Something between met and not met."""

    message = N_("Aspect %(code)s takes 1 for met or 0 for not met. Choose one of them.")


class OccurrencesOutOfRange(RuleBroken):
    """A count of faults that is negative, fractional or absurd."""

    message = N_(
        "Aspect %(code)s counts faults: enter a whole number from 0 to %(highest)s. "
        "The deduction is computed from it."
    )


class MeasurementOutOfRange(RuleBroken):
    """A measured value that cannot be stored exactly."""

    message = N_(
        "Aspect %(code)s takes a measured value from -%(highest)s to %(highest)s with at most "
        "%(places)s decimals. Check the unit and the decimal point."
    )


class MarkOutOfRange(RuleBroken):
    """A judge's total below zero or above the full marks of its module."""

    message = N_(
        "Module %(code)s takes marks from 0 to %(full)s. Correct the sheet or the full marks."
    )


class WeightsNotHundred(RuleBroken):
    """Module weights that do not share out the whole."""

    message = N_(
        "The weights of the modules add up to %(total)s instead of 100 percent. "
        "Correct the weights."
    )


def round_half_up(value: Exact, places: int) -> Decimal:
    """Round to ``places`` decimals, a half away from zero; exact for values of any length."""
    fraction = Fraction(value) * 10**places
    units = (2 * abs(fraction.numerator) + fraction.denominator) // (2 * fraction.denominator)
    # Built from digits: arithmetic on Decimal would round to the precision of the context.
    return Decimal((int(fraction < 0 and units > 0), tuple(map(int, str(units))), -places))


class Method(StrEnum):
    """Names of the ways to make one mark of several judges'."""

    MEAN = "mean"
    TRIMMED_MEAN = "trimmed_mean"
    MEDIAN = "median"
    CONSENSUS = "consensus"


@dataclass(frozen=True)
class Strategy:
    """A named way of aggregation; ``version`` grows whenever the same name computes differently."""

    name: Method
    version: int = 1
    drop_high: int = 0
    drop_low: int = 0
    min_judges: int = 1

    def __post_init__(self) -> None:
        """Refuse a combination that could leave no mark to aggregate."""
        dropped = self.drop_high + self.drop_low
        negative = min(self.drop_high, self.drop_low) < 0
        needless = dropped > 0 and self.name is not Method.TRIMMED_MEAN
        if negative or needless or self.min_judges <= dropped:
            raise StrategyUnusable(dropped=dropped, needed=dropped + 1)


MEAN = Strategy(Method.MEAN)
TRIMMED_MEAN = Strategy(Method.TRIMMED_MEAN, drop_high=1, drop_low=1, min_judges=3)
MEDIAN = Strategy(Method.MEDIAN)
CONSENSUS = Strategy(Method.CONSENSUS)
STRATEGIES = {
    (strategy.name, strategy.version): strategy
    for strategy in (MEAN, TRIMMED_MEAN, MEDIAN, CONSENSUS)
}
"""The usual parameters of each method, by name and version."""


def aggregate(strategy: Strategy, marks: Sequence[Exact]) -> Fraction:
    """Make one exact mark of the judges' marks, in any order.

    Trimming drops the stated number at each end, no more, even when several judges gave the same
    extreme. Raises ``TooFewMarks`` below ``min_judges`` and ``NoConsensus`` where all must agree.
    """
    if len(marks) < strategy.min_judges:
        raise TooFewMarks(needed=strategy.min_judges, given=len(marks))
    exact = sorted(Fraction(mark) for mark in marks)
    match strategy.name:
        case Method.MEDIAN:
            # The middle two of an even number, the middle one (twice) of an odd one.
            return (exact[(len(exact) - 1) // 2] + exact[len(exact) // 2]) / 2
        case Method.CONSENSUS if exact[0] != exact[-1]:
            raise NoConsensus
        case _:
            kept = exact[strategy.drop_low : len(exact) - strategy.drop_high]
            return sum(kept, Fraction(0)) / len(kept)


class AspectKind(StrEnum):
    """What a judge enters for an aspect."""

    JUDGEMENT = "J"
    CHECK = "B"
    MEASUREMENT = "M"
    DEDUCTION = "D"


@dataclass(frozen=True)
class AspectSpec:
    """Limits of a measurement (inclusive; ``None`` is open), or points lost per fault."""

    low: Decimal | None = None
    high: Decimal | None = None
    step: Decimal | None = None


NO_SPEC = AspectSpec()
"""For judgement and met / not met, which need nothing beside their points."""


def check_aspect(code: str, kind: AspectKind, max_points: Decimal, spec: AspectSpec) -> None:
    """Refuse an aspect whose points could not be computed, or never be lost or won."""
    usable = max_points > 0
    match kind:
        case AspectKind.MEASUREMENT:
            if spec.low is None or spec.high is None:
                usable &= spec.low is not spec.high
            else:
                usable &= spec.low <= spec.high
        case AspectKind.DEDUCTION:
            usable &= spec.step is not None and spec.step > 0
    if not usable:
        raise AspectUnusable(code=code)


_COUNTED: dict[AspectKind, tuple[int, type[RuleBroken]]] = {
    AspectKind.JUDGEMENT: (MAX_JUDGEMENT, JudgementOutOfRange),
    AspectKind.CHECK: (1, CheckOutOfRange),
    AspectKind.DEDUCTION: (MAX_OCCURRENCES, OccurrencesOutOfRange),
}


def check_raw(code: str, kind: AspectKind, raw: Decimal) -> None:
    """Refuse what a judge cannot have meant for this kind of aspect, naming the allowed range."""
    if kind is AspectKind.MEASUREMENT:
        if not _is_measurable(raw):
            raise MeasurementOutOfRange(code=code, highest=MAX_MEASURED, places=MAX_MEASURED_PLACES)
        return
    highest, refusal = _COUNTED[kind]
    if not _is_whole(raw, highest):
        raise refusal(code=code, highest=highest)


def aspect_points(
    kind: AspectKind, max_points: Decimal, spec: AspectSpec, raw: Decimal
) -> Fraction:
    """Turn the checked raw value of one judge into exact points, 0 to ``max_points``."""
    full = Fraction(max_points)
    match kind:
        case AspectKind.JUDGEMENT:
            return full * Fraction(raw) / MAX_JUDGEMENT
        case AspectKind.CHECK:
            return full * Fraction(raw)
        case AspectKind.MEASUREMENT:
            above = spec.low is None or spec.low <= raw
            below = spec.high is None or raw <= spec.high
            return full if above and below else Fraction(0)
        case AspectKind.DEDUCTION:
            return max(Fraction(0), full - Fraction(spec.step or 0) * Fraction(raw))


def judgement_spread(levels: Sequence[int | Decimal]) -> int:
    """How far the judges of one aspect are apart; above ``MAX_JUDGEMENT_SPREAD`` is too far."""
    return int(max(levels) - min(levels)) if levels else 0


@dataclass(frozen=True)
class Module:
    """A part of a competition: its share of the total in percent, its full marks, its strategy."""

    code: str
    weight: Decimal
    full: Decimal
    strategy: Strategy = MEAN


@dataclass(frozen=True)
class ModuleScore:
    """One module of one entry: the mark out of ``full``, and the points it adds to the total."""

    code: str
    mark: Fraction | None
    points: Fraction | None


@dataclass(frozen=True)
class EntryScore:
    """An entry's modules in order; ``total`` is ``None`` as long as ``missing`` names a module."""

    modules: tuple[ModuleScore, ...]
    missing: tuple[str, ...]
    total: Decimal | None


def check_weights(modules: Sequence[Module]) -> None:
    """Refuse modules whose weights do not add up to exactly 100 percent."""
    total = sum((Fraction(module.weight) for module in modules), Fraction(0))
    if total != _FULL_WEIGHT:
        # Enough places never to say "100 instead of 100".
        raise WeightsNotHundred(total=f"{round_half_up(total, 12).normalize():f}")


def entry_score(
    modules: Sequence[Module], sheets: Mapping[str, Sequence[Exact | None]]
) -> EntryScore:
    """Score one entry from the judges' totals per module code; rounded once, at the total.

    ``None`` stands for a sheet that is due and not handed in. It never counts as zero: the module
    is missing and the entry has no total. A judge who is excused has no place in the sequence.
    """
    scores = tuple(_module_score(module, sheets.get(module.code, ())) for module in modules)
    missing = tuple(score.code for score in scores if score.points is None)
    if missing or not scores:
        return EntryScore(scores, missing, None)
    total = sum((Fraction(score.points or 0) for score in scores), Fraction(0))
    return EntryScore(scores, (), round_half_up(total, TOTAL_PLACES))


def _module_score(module: Module, totals: Sequence[Exact | None]) -> ModuleScore:
    """Aggregate one module over its judges, unless a sheet is still due."""
    marks = [Fraction(total) for total in totals if total is not None]
    full = Fraction(module.full)
    if any(not 0 <= mark <= full for mark in marks):
        raise MarkOutOfRange(code=module.code, full=module.full)
    if not marks or len(marks) < len(totals):
        return ModuleScore(module.code, None, None)
    mark = aggregate(module.strategy, marks)
    return ModuleScore(module.code, mark, mark * Fraction(module.weight) / full)


def _is_whole(raw: Decimal, highest: int) -> bool:
    """Tell whether ``raw`` is a whole number from 0 to ``highest``; NaN and infinity are not."""
    return raw.is_finite() and 0 <= raw <= highest and raw == int(raw)


def _is_measurable(raw: Decimal) -> bool:
    """Tell whether ``raw`` fits the column that stores measured values, without rounding."""
    if not raw.is_finite() or abs(raw) > MAX_MEASURED:
        return False
    return (Fraction(raw) * 10**MAX_MEASURED_PLACES).denominator == 1
