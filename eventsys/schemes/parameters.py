"""The parameters of an aspect, and the refusals of those that nobody could compute with."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import pairwise

from eventsys.errors import N_, RuleBroken
from eventsys.schemes.aspects import AspectKind, AspectSpec

MOST_BANDS = 20


class AspectUnusable(RuleBroken):
    """An aspect that no mark could ever be computed for."""

    message = N_(
        "Aspect %(code)s is incomplete. Give it more than 0 points; a measurement needs limits "
        "with the lower not above the upper, a deduction the points lost each time."
    )


class BandsMissing(RuleBroken):
    field = "bands"
    message = N_(
        "Aspect %(code)s needs 2 to %(most)s bands. Write one band per line, for example 0 ~ 0.8 = "
        "5."
    )


class BandTurned(RuleBroken):
    field = "bands"
    message = N_(
        "Band %(number)s of %(code)s ends before it begins. Write the smaller value first; only "
        "the first band may be open below and the last one above."
    )


class BandsApart(RuleBroken):
    """Two neighbours that leave a gap or overlap."""

    field = "bands"
    message = N_(
        "Band %(number)s of %(code)s ends at %(end)s and the next one begins at %(start)s. Let "
        "every band begin where the one before it ends."
    )


class BandPointsUnfit(RuleBroken):
    field = "bands"
    message = N_(
        "The points of the bands of %(code)s run from 0 to %(full)s, and the best band gives "
        "exactly %(full)s. Correct the bands or the maximum mark."
    )


class FormulaUnfit(RuleBroken):
    field = "formula"
    message = N_(
        "The formula of %(code)s needs a factor other than 0 and a least value from 0 to below "
        "%(full)s. Write it like 10-2*N, min 0."
    )


class ToleranceUnfit(RuleBroken):
    field = "nominal"
    message = N_(
        "Aspect %(code)s needs a nominal value and an inner tolerance of at least 0. A wider "
        "tolerance is larger than the inner one and comes with part marks between 0 and %(full)s."
    )


def check_aspect(code: str, kind: AspectKind, max_points: Decimal, spec: AspectSpec) -> None:
    """Refuse an aspect whose points could not be computed, or never be lost or won."""
    if not max_points > 0:
        raise AspectUnusable(code=code)
    check = _CHECKS.get(kind)
    if check is not None:
        check(code, max_points, spec)


def _check_limits(code: str, _full: Decimal, spec: AspectSpec) -> None:
    if spec.low is None and spec.high is None:
        raise AspectUnusable(code=code)
    if spec.low is not None and spec.high is not None and spec.low > spec.high:
        raise AspectUnusable(code=code)


def _check_step(code: str, _full: Decimal, spec: AspectSpec) -> None:
    if spec.step is None or not spec.step > 0:
        raise AspectUnusable(code=code)


def _check_bands(code: str, full: Decimal, spec: AspectSpec) -> None:
    bands = spec.bands
    if not 1 < len(bands) <= MOST_BANDS:
        raise BandsMissing(code=code, most=MOST_BANDS)
    for number, band in enumerate(bands, start=1):
        if band.low is not None and band.high is not None and not band.low < band.high:
            raise BandTurned(code=code, number=number)
        if (band.low is None and number > 1) or (band.high is None and number < len(bands)):
            raise BandTurned(code=code, number=number)
    for number, (band, after) in enumerate(pairwise(bands), start=1):
        if band.high != after.low:
            raise BandsApart(code=code, number=number, end=band.high, start=after.low)
    points = [band.points for band in bands]
    if min(points) < 0 or max(points) != full:
        raise BandPointsUnfit(code=code, full=full)


def _check_formula(code: str, full: Decimal, spec: AspectSpec) -> None:
    if spec.base is None or not spec.factor or not 0 <= (spec.floor or Decimal(0)) < full:
        raise FormulaUnfit(code=code, full=full)


def _check_tolerance(code: str, full: Decimal, spec: AspectSpec) -> None:
    known = spec.nominal is not None and spec.inner is not None and spec.inner >= 0
    wider = spec.outer is None and spec.part is None
    if spec.inner is not None and spec.outer is not None and spec.part is not None:
        wider = spec.outer > spec.inner and 0 < spec.part < full
    if not (known and wider):
        raise ToleranceUnfit(code=code, full=full)


_CHECKS: Mapping[AspectKind, Callable[[str, Decimal, AspectSpec], None]] = {
    AspectKind.MEASUREMENT: _check_limits,
    AspectKind.DEDUCTION: _check_step,
    AspectKind.VIOLATION: _check_step,
    AspectKind.BANDS: _check_bands,
    AspectKind.FORMULA: _check_formula,
    AspectKind.TOLERANCE: _check_tolerance,
}
