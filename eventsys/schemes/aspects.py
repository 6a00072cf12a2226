"""What a judge may enter for an aspect, and the exact points it is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from eventsys.errors import N_, RuleBroken

MAX_JUDGEMENT = 3


"""Judgement levels run from 0 (below the standard of the industry) to 3 (excellent)."""


MAX_JUDGEMENT_SPREAD = 1


"""Judges further apart than this must give reasons and judge the aspect again."""


MAX_MEASURED_PLACES = 3


MAX_MEASURED = Decimal("999999999.999")


MAX_OCCURRENCES = 999


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


def _is_whole(raw: Decimal, highest: int) -> bool:
    """Tell whether ``raw`` is a whole number from 0 to ``highest``; NaN and infinity are not."""
    return raw.is_finite() and 0 <= raw <= highest and raw == int(raw)


def _is_measurable(raw: Decimal) -> bool:
    """Tell whether ``raw`` fits the column that stores measured values, without rounding."""
    if not raw.is_finite() or abs(raw) > MAX_MEASURED:
        return False
    return (Fraction(raw) * 10**MAX_MEASURED_PLACES).denominator == 1
