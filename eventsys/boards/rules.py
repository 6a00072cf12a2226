"""How far a track is, in which order prizes are revealed, and what judges' marks have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import groupby

from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.rounding import round_half_up

FIGURE_PLACES = 2
PERCENT = 100
QUARTERS = 4
LONGEST_CEREMONY = timedelta(hours=12)
"""A ceremony that nobody brought to its end hides nothing any more after this time."""


class Step(StrEnum):
    """How far a track is on its way from check-in to final results."""

    WAITING = "waiting"
    CHECK_IN = "check_in"
    DRAWN = "drawn"
    MARKING = "marking"
    CHECKING = "checking"
    LOCKED = "locked"
    OPENED = "opened"
    PUBLIC = "public"
    FINAL = "final"


STEP_LABELS = {
    Step.WAITING: N_("Not begun"),
    Step.CHECK_IN: N_("Checking in"),
    Step.DRAWN: N_("Codes drawn"),
    Step.MARKING: N_("Being marked"),
    Step.CHECKING: N_("Marks under re-check"),
    Step.LOCKED: N_("Marks locked"),
    Step.OPENED: N_("Results being drawn up"),
    Step.PUBLIC: N_("Public notice"),
    Step.FINAL: N_("Final"),
}


class NothingToReveal(RuleBroken):
    message = N_("There are no prizes in these results, so there is nothing to reveal.")


class CeremonyMoved(Conflict):
    message = N_("The ceremony went on meanwhile on another screen. Look at what stands there now.")


class CeremonyRuns(RuleBroken):
    message = N_(
        "The award ceremony of these results is running. Ask again once the last prize is revealed,"
        " or after %(moment)s."
    )


class FreezePast(RuleBroken):
    field = "freezes_at"
    message = N_("The moment of freezing has passed already. Choose a later one, or leave it open.")


@dataclass(frozen=True)
class Reached:
    """What is known of a track at a moment; each is true once the deed is done."""

    came: bool
    drawn: bool
    dealt: bool
    handed_over: bool
    locked: bool
    opened: bool
    public: bool
    final: bool


def step_of(reached: Reached) -> Step:
    """The furthest step that was reached."""
    ladder = (
        (reached.final, Step.FINAL),
        (reached.public, Step.PUBLIC),
        (reached.opened, Step.OPENED),
        (reached.locked, Step.LOCKED),
        (reached.handed_over, Step.CHECKING),
        (reached.dealt, Step.MARKING),
        (reached.drawn, Step.DRAWN),
        (reached.came, Step.CHECK_IN),
    )
    return next((step for is_there, step in ladder if is_there), Step.WAITING)


def reveal_order(places: Mapping[int, int]) -> list[list[int]]:
    """Rows (key: place) in the order of a ceremony: the last place first, equals together."""
    ordered = sorted(places, key=lambda row: (-places[row], row))
    return [list(equals) for _place, equals in groupby(ordered, key=lambda row: places[row])]


@dataclass(frozen=True)
class JudgeFigures:
    """One judge beside the panel, in points of the sheet's total.

    ``severity`` is the mean distance from the panel's mean of the same code (below 0: stricter).
    ``distance`` is the same without signs. ``quarters`` are least, quartiles and most of the
    judge's totals. All are rounded half up to two places, for looking at only.
    """

    seat: int
    codes: int
    severity: Decimal
    distance: Decimal
    quarters: tuple[Decimal, Decimal, Decimal, Decimal, Decimal]


def judge_figures(totals: Mapping[int, Mapping[str, Fraction]]) -> list[JudgeFigures]:
    """The figures of every judge from the totals by seat and code; judges without marks are out."""
    codes = sorted({code for given in totals.values() for code in given})
    means = {}
    for code in codes:
        marks = [given[code] for given in totals.values() if code in given]
        means[code] = sum(marks, Fraction(0)) / len(marks)
    return [_figures(seat, given, means) for seat, given in sorted(totals.items()) if given]


def _figures(
    seat: int, given: Mapping[str, Fraction], means: Mapping[str, Fraction]
) -> JudgeFigures:
    away = [mark - means[code] for code, mark in given.items()]
    ordered = sorted(given.values())
    quarters = [_rounded(_quantile(ordered, quarter)) for quarter in range(QUARTERS + 1)]
    return JudgeFigures(
        seat=seat,
        codes=len(given),
        severity=_rounded(sum(away, Fraction(0)) / len(away)),
        distance=_rounded(sum(map(abs, away), Fraction(0)) / len(away)),
        quarters=(quarters[0], quarters[1], quarters[2], quarters[3], quarters[4]),
    )


def _quantile(ordered: Sequence[Fraction], quarter: int) -> Fraction:
    """The value below which so many quarters lie, between two neighbours in proportion."""
    place = Fraction(quarter * (len(ordered) - 1), QUARTERS)
    below = ordered[int(place)]
    above = ordered[min(int(place) + 1, len(ordered) - 1)]
    return below + (above - below) * (place - int(place))


def _rounded(value: Fraction) -> Decimal:
    return round_half_up(value, FIGURE_PLACES)


@dataclass(frozen=True)
class Box:
    """A judge's totals as a picture draws them: x positions from 0 to ``width``."""

    least: int
    low: int
    middle: int
    high: int
    most: int


def box_of(figures: JudgeFigures, most: Decimal, width: int) -> Box:
    """Where the quarters stand on a scale from 0 to ``most`` points."""
    places = [int(one * width / most) if most else 0 for one in figures.quarters]
    return Box(*places)
