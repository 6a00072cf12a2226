"""How the marks of several judges become one: strategies, weights, and where they are rounded.

Everything is exact: marks are ``Decimal``, results ``Fraction``, and only ``round_half_up`` rounds.
All strategies but one round once, at the published total. ``judgement_0_3`` rounds every aspect to
two places, as its paper form shows it; the total of these is rounded once more, which changes
nothing as long as the modules' weights are their full marks.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from eventsys.errors import N_, RuleBroken
from eventsys.rounding import Exact, round_half_up
from eventsys.schemes.aspects import MAX_JUDGEMENT, MAX_JUDGEMENT_SPREAD, judgement_spread

TOTAL_PLACES = 2
"""Decimal places of a published total."""


ASPECT_PLACES = 2
"""Decimal places of an aspect's mark under ``judgement_0_3``."""
K = TypeVar("K", bound=Hashable)


class TooFewMarks(RuleBroken):
    """The strategy is not defined for so few judges, for instance after a recusal."""

    message = N_(
        "At least %(needed)s judges' marks are needed and there are %(given)s. "
        "Add a judge, or choose a scoring method for a smaller panel."
    )


class NoConsensus(RuleBroken):
    """Judges who have to agree on one mark gave different ones."""

    message = N_("The judges' marks differ. Agree on one mark and enter it on every sheet.")


class RevoteNeeded(RuleBroken):
    """Judgements too far apart to be averaged, or values that had to be the same."""

    message = N_(
        "The judges are too far apart on %(code)s: %(aspects)s. They give their reasons to the"
        " chief judge, judge these again, and hand the sheets in once more."
    )


class StrategyUnusable(RuleBroken):
    """Dropping so many marks could leave none."""

    message = N_(
        "A scoring method that drops %(dropped)s marks needs at least %(needed)s judges. "
        "Raise the smallest panel or drop fewer marks."
    )


class MarkOutOfRange(RuleBroken):
    """A judge's total below zero or above the full marks of its module."""

    message = N_(
        "Module %(code)s takes marks from 0 to %(full)s. Correct the sheet or the full marks."
    )


class Method(StrEnum):
    """Names of the ways to make one mark of several judges'.

    ``mean``: the sum of all judges' marks divided by their number.
    ``trimmed_mean``: put the marks in order, strike out the ``drop_low`` lowest and the
    ``drop_high`` highest (one mark each, though several judges gave the same), mean of the rest.
    ``median``: the middle mark in order; of an even number the mean of the middle two.
    ``consensus``: the one mark that all judges gave; there is none when two of them differ.
    ``judgement_0_3``: aspect by aspect. A judgement is the mean of the judges' levels, divided by
    3, times the aspect's points; judges more than one level apart judge it again. Of any other
    aspect all judges give the same points. Each aspect is rounded half up to two places, then
    they are added up to the module.
    ``rank_points``: within a module each judge ranks the entries by that judge's own totals of
    the module. Place p of N is worth (N - p + 1) / N of the module's full marks; equal totals
    share their places and get the mean of what these are worth. N counts the entries that this
    judge's sheets count for. An entry gets the mean over its judges.

    Deductions from full marks, formulas and imported values are kinds of aspect: they make points
    of what one judge enters (``schemes.aspects``), before the judges are put together here.
    """

    MEAN = "mean"
    TRIMMED_MEAN = "trimmed_mean"
    MEDIAN = "median"
    CONSENSUS = "consensus"
    JUDGEMENT = "judgement_0_3"
    RANK_POINTS = "rank_points"


class Level(StrEnum):
    """What is put together: the judges' totals of a module, or each aspect, then added up.

    By aspect the sum of a module stops at zero, as it does on each judge's sheet by module.
    """

    MODULE = "module"
    ASPECT = "aspect"


ONLY_LEVEL = {Method.JUDGEMENT: Level.ASPECT, Method.RANK_POINTS: Level.MODULE}
"""Methods that make sense at one level only."""


@dataclass(frozen=True)
class Strategy:
    """A named way of aggregation; ``version`` grows whenever the same name computes differently."""

    name: Method
    version: int = 1
    drop_high: int = 0
    drop_low: int = 0
    min_judges: int = 1
    level: Level = Level.MODULE

    def __post_init__(self) -> None:
        """Refuse a combination that could leave no mark to aggregate."""
        if self.level is not ONLY_LEVEL.get(self.name, self.level):
            raise ValueError(f"{self.name} is not defined by {self.level}")
        dropped = self.drop_high + self.drop_low
        negative = min(self.drop_high, self.drop_low) < 0
        needless = dropped > 0 and self.name is not Method.TRIMMED_MEAN
        if negative or needless or self.min_judges <= dropped:
            raise StrategyUnusable(dropped=dropped, needed=dropped + 1)


MEAN = Strategy(Method.MEAN)
TRIMMED_MEAN = Strategy(Method.TRIMMED_MEAN, drop_high=1, drop_low=1, min_judges=3)
MEDIAN = Strategy(Method.MEDIAN)
CONSENSUS = Strategy(Method.CONSENSUS)
JUDGEMENT = Strategy(Method.JUDGEMENT, min_judges=3, level=Level.ASPECT)
RANK_POINTS = Strategy(Method.RANK_POINTS)
STRATEGIES = {
    (strategy.name, strategy.version): strategy
    for strategy in (MEAN, TRIMMED_MEAN, MEDIAN, CONSENSUS, JUDGEMENT, RANK_POINTS)
}
"""The usual parameters of each method, by name and version."""


def for_few(strategy: Strategy) -> Strategy:
    """What the judges who remain are put together by when they are too few: their plain mean.

    Judgements stay shares of three levels and places stay places; both are means already.
    """
    name = strategy.name if strategy.name in ONLY_LEVEL else Method.MEAN
    return Strategy(name, strategy.version, level=strategy.level)


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


def needs_revote(levels: Sequence[int | Decimal]) -> bool:
    """Whether any two judges of one aspect are more than one level apart."""
    return judgement_spread(levels) > MAX_JUDGEMENT_SPREAD


@dataclass(frozen=True)
class AspectMarks:
    """What the judges gave for one aspect of one entry: points, and levels if it is a judgement."""

    code: str
    full: Decimal
    points: Sequence[Exact]
    levels: Sequence[Decimal] | None = None


def aspect_mark(strategy: Strategy, aspect: AspectMarks) -> Fraction:
    """One mark of the judges' marks for one aspect; only ``judgement_0_3`` rounds it."""
    if strategy.name is not Method.JUDGEMENT:
        return aggregate(strategy, aspect.points)
    if aspect.levels is None:
        agreed = Strategy(Method.CONSENSUS, min_judges=strategy.min_judges, level=Level.ASPECT)
        return Fraction(round_half_up(aggregate(agreed, aspect.points), ASPECT_PLACES))
    mean = aggregate(Strategy(Method.MEAN, min_judges=strategy.min_judges), aspect.levels)
    return Fraction(round_half_up(mean / MAX_JUDGEMENT * Fraction(aspect.full), ASPECT_PLACES))


def rank_points(totals: Mapping[K, Exact], full: Exact) -> dict[K, Fraction]:
    """One judge's totals as points for places: the best gets ``full``, equals share."""
    number = len(totals)
    ordered = sorted(Fraction(total) for total in totals.values())
    points = {}
    for key, total in totals.items():
        worse, not_better = bisect_left(ordered, total), bisect_right(ordered, total)
        place = number - Fraction(worse + not_better - 1, 2)  # the middle of the shared places
        points[key] = Fraction(full) * (number - place + 1) / number
    return points


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
    """An entry's modules in order; ``total`` is ``None`` as long as ``missing`` names a module.

    ``judges`` is how many judges' sheets it was made of.
    """

    modules: tuple[ModuleScore, ...]
    missing: tuple[str, ...]
    total: Decimal | None
    judges: int = 0


def check_range(module: Module, totals: Sequence[Exact]) -> None:
    """Refuse a judge's total that the module cannot give."""
    if any(not 0 <= total <= module.full for total in totals):
        raise MarkOutOfRange(code=module.code, full=module.full)


def weighted(
    modules: Sequence[Module], marks: Mapping[str, Fraction | None], judges: int = 0
) -> EntryScore:
    """The total of the modules' marks by their weights; none while a module has no mark.

    A module adds mark x weight / full marks; the sum is rounded half up to two places.
    """
    scores = tuple(_module_score(module, marks.get(module.code)) for module in modules)
    missing = tuple(score.code for score in scores if score.points is None)
    if missing or not scores:
        return EntryScore(scores, missing, None, judges)
    total = sum((Fraction(score.points or 0) for score in scores), Fraction(0))
    return EntryScore(scores, (), round_half_up(total, TOTAL_PLACES), judges)


def _module_score(module: Module, mark: Fraction | None) -> ModuleScore:
    if mark is None:
        return ModuleScore(module.code, None, None)
    return ModuleScore(module.code, mark, mark * Fraction(module.weight) / Fraction(module.full))
