"""How marks become points: aspects, aggregation over judges, weights, and one rounding at the end.

Everything is exact: marks are ``Decimal``, results ``Fraction``, and only ``round_half_up`` rounds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from eventsys.errors import N_, RuleBroken
from eventsys.rounding import Exact, round_half_up

TOTAL_PLACES = 2
"""Decimal places of a published total."""


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
