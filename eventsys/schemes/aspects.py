"""What a judge may enter for an aspect, and the exact points it is worth.

The rule of every kind stands in words at its function below. Common to all: values and parameters
are decimals and taken exactly; nothing is rounded here. ``full`` is the aspect's maximum mark. Only
the end of the calculation rounds, half up (``eventsys.rounding``).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from eventsys.errors import N_, RuleBroken

# Judgement levels run from 0 (below the standard of the industry) to 3 (excellent).
MAX_JUDGEMENT = 3
# Judges further apart than this must give reasons and judge the aspect again.
MAX_JUDGEMENT_SPREAD = 1
MAX_MEASURED_PLACES = 3
MAX_MEASURED = Decimal("999999999.999")
MAX_OCCURRENCES = 999


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


class OnlyTheMachine(RuleBroken):
    """A judge tried to enter what comes from the examination machine."""

    message = N_(
        "Aspect %(code)s is marked by the examination machine. Its marks are imported from a file."
    )


class MachineMarkOutOfRange(RuleBroken):
    message = N_(
        "Aspect %(code)s takes marks from 0 to %(full)s with at most %(places)s decimals. Correct "
        "the file."
    )


class AspectKind(StrEnum):
    """What is entered for an aspect, and so how its points are found."""

    JUDGEMENT = "J"
    CHECK = "B"
    MEASUREMENT = "M"
    DEDUCTION = "D"
    BANDS = "N"
    FORMULA = "F"
    TOLERANCE = "T"
    VIOLATION = "V"
    MACHINE = "I"


MEASURED = frozenset(
    {AspectKind.MEASUREMENT, AspectKind.BANDS, AspectKind.FORMULA, AspectKind.TOLERANCE}
)
COUNTED = frozenset({AspectKind.DEDUCTION, AspectKind.VIOLATION})


class Edge(StrEnum):
    """Which of two neighbouring bands a value on their common boundary belongs to."""

    LOWER = "lower"
    UPPER = "upper"


@dataclass(frozen=True)
class Band:
    """A range of measured values, open where ``None``, and the points it gives."""

    low: Decimal | None
    high: Decimal | None
    points: Decimal

    def holds(self, raw: Decimal) -> bool:
        """Whether a value lies in the range, both ends included."""
        return (self.low is None or self.low <= raw) and (self.high is None or raw <= self.high)


@dataclass(frozen=True)
class AspectSpec:
    """The parameters of a kind; what a kind does not use stays at its default.

    Measurement: ``low``, ``high`` (inclusive; ``None`` is open). Deduction and violation: ``step``,
    points lost each time. Bands: ``bands`` in rising order and ``edge``. Formula: ``base``,
    ``factor``, ``floor``. Tolerance: ``nominal``, ``inner``, and perhaps ``outer`` with ``part``.
    """

    low: Decimal | None = None
    high: Decimal | None = None
    step: Decimal | None = None
    bands: tuple[Band, ...] = ()
    edge: Edge = Edge.LOWER
    base: Decimal | None = None
    factor: Decimal | None = None
    floor: Decimal | None = None
    nominal: Decimal | None = None
    inner: Decimal | None = None
    outer: Decimal | None = None
    part: Decimal | None = None


# For judgement, met / not met and machine marks, which need nothing beside their points.
NO_SPEC = AspectSpec()


# ---- what may be entered


_WHOLE: Mapping[AspectKind, tuple[int, type[RuleBroken]]] = {
    AspectKind.JUDGEMENT: (MAX_JUDGEMENT, JudgementOutOfRange),
    AspectKind.CHECK: (1, CheckOutOfRange),
    AspectKind.DEDUCTION: (MAX_OCCURRENCES, OccurrencesOutOfRange),
    AspectKind.VIOLATION: (MAX_OCCURRENCES, OccurrencesOutOfRange),
}


def check_raw(code: str, kind: AspectKind, raw: Decimal) -> None:
    """Refuse what a judge cannot have meant for this kind of aspect, naming the allowed range."""
    if kind is AspectKind.MACHINE:
        raise OnlyTheMachine(code=code)
    if kind in MEASURED:
        if not is_measurable(raw):
            raise MeasurementOutOfRange(code=code, highest=MAX_MEASURED, places=MAX_MEASURED_PLACES)
        return
    highest, refusal = _WHOLE[kind]
    if not _is_whole(raw, highest):
        raise refusal(code=code, highest=highest)


def check_machine_mark(code: str, full: Decimal, raw: Decimal) -> None:
    """Refuse a machine's mark outside 0 to ``full``."""
    if not is_measurable(raw) or not 0 <= raw <= full:
        raise MachineMarkOutOfRange(code=code, full=full, places=MAX_MEASURED_PLACES)


# ---- what it is worth


def aspect_points(
    kind: AspectKind, max_points: Decimal, spec: AspectSpec, raw: Decimal
) -> Fraction:
    """Turn the checked raw value of one judge into exact points.

    0 to ``max_points``, except for a violation: minus ``max_points`` to 0. On one sheet the points
    of a module are the sum over its aspects, violations included, and 0 where that sum is below 0.
    """
    return _POINTS[kind](Fraction(max_points), spec, raw)


def _judgement(full: Fraction, _spec: AspectSpec, raw: Decimal) -> Fraction:
    """J: the level (0, 1, 2 or 3) divided by 3, times ``full``; the third is kept as a fraction.

    The mean over several judges is a matter of the aggregation: mean / 3 x ``full`` is the mean of
    these points.
    """
    return full * Fraction(raw) / MAX_JUDGEMENT


def _check(full: Fraction, _spec: AspectSpec, raw: Decimal) -> Fraction:
    """B: ``full`` where the value is 1 (met), nothing where it is 0 (not met)."""
    return full * Fraction(raw)


def _measurement(full: Fraction, spec: AspectSpec, raw: Decimal) -> Fraction:
    """M: ``full`` from ``low`` to ``high``, both included, a missing one being no limit; else 0."""
    return full if Band(spec.low, spec.high, Decimal(0)).holds(raw) else Fraction(0)


def _deduction(full: Fraction, spec: AspectSpec, raw: Decimal) -> Fraction:
    """D: ``full`` less ``step`` for every occurrence, but never below 0."""
    return max(Fraction(0), full - Fraction(spec.step or 0) * Fraction(raw))


def _bands(_full: Fraction, spec: AspectSpec, raw: Decimal) -> Fraction:
    """N: the points of the band the value lies in; 0 where it lies in none.

    A band reaches from its low to its high end, both included; a missing end is no end. A value on
    the boundary of two bands lies in both: with edge "lower" the band of the smaller values counts
    (up to and including), with edge "upper" that of the greater values (from and including).
    """
    ordered = spec.bands if spec.edge is Edge.LOWER else tuple(reversed(spec.bands))
    found = next((band for band in ordered if band.holds(raw)), None)
    return Fraction(found.points) if found else Fraction(0)


def _formula(full: Fraction, spec: AspectSpec, raw: Decimal) -> Fraction:
    """F: ``base`` plus ``factor`` times the value; ``floor`` if that is less, ``full`` if more.

    ``10-2*N, min 0`` has base 10, factor -2, floor 0. A missing floor is 0.
    """
    line = Fraction(spec.base or 0) + Fraction(spec.factor or 0) * Fraction(raw)
    return min(full, max(Fraction(spec.floor or 0), line))


def _tolerance(full: Fraction, spec: AspectSpec, raw: Decimal) -> Fraction:
    """T: by the distance of the value from ``nominal``, whichever side it lies on.

    A distance up to and including ``inner`` gives ``full``. Where there is an ``outer``, a greater
    distance up to and including ``outer`` gives ``part``. Any other distance gives 0.
    """
    distance = abs(raw - (spec.nominal or Decimal(0)))
    if spec.inner is not None and distance <= spec.inner:
        return full
    if spec.outer is not None and distance <= spec.outer:
        return Fraction(spec.part or 0)
    return Fraction(0)


def _violation(full: Fraction, spec: AspectSpec, raw: Decimal) -> Fraction:
    """V: minus ``step`` for every occurrence, but never less than minus ``full``, the cap.

    Violations are no part of a module's full marks. They come off the sum of their module on the
    same sheet, which stops at 0.
    """
    return -min(full, Fraction(spec.step or 0) * Fraction(raw))


def _machine(_full: Fraction, _spec: AspectSpec, raw: Decimal) -> Fraction:
    """I: the mark the machine gave is the points, the same on every judge's sheet of the code."""
    return Fraction(raw)


_POINTS: Mapping[AspectKind, Callable[[Fraction, AspectSpec, Decimal], Fraction]] = {
    AspectKind.JUDGEMENT: _judgement,
    AspectKind.CHECK: _check,
    AspectKind.MEASUREMENT: _measurement,
    AspectKind.DEDUCTION: _deduction,
    AspectKind.BANDS: _bands,
    AspectKind.FORMULA: _formula,
    AspectKind.TOLERANCE: _tolerance,
    AspectKind.VIOLATION: _violation,
    AspectKind.MACHINE: _machine,
}


def judgement_spread(levels: Sequence[int | Decimal]) -> int:
    """How far the judges of one aspect are apart; above ``MAX_JUDGEMENT_SPREAD`` is too far."""
    return int(max(levels) - min(levels)) if levels else 0


def _is_whole(raw: Decimal, highest: int) -> bool:
    """Tell whether ``raw`` is a whole number from 0 to ``highest``; NaN and infinity are not."""
    return raw.is_finite() and 0 <= raw <= highest and raw == raw.to_integral_value()


def is_measurable(raw: Decimal) -> bool:
    """Tell whether ``raw`` fits the column that stores measured values, without rounding."""
    if not raw.is_finite() or abs(raw) > MAX_MEASURED:
        return False
    return raw.quantize(MAX_MEASURED) == raw  # as a fraction 1e-99999999 would take minutes
