"""A second calculation of every total and place, before anything is drawn up (R30).

It shares no code with the first: whole numbers only, no ``Fraction``, no ``Decimal`` arithmetic,
places by counting who is better. Points are counted in thirds of a ten-thousandth.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import lcm

from eventsys.errors import N_, RuleBroken
from eventsys.events.rules import CompetitionRules, ModuleRule
from eventsys.results.queries import Standings
from eventsys.schemes.models import Aspect
from eventsys.scoring.queries import PanelMarks

TENTHOUSANDTHS = 10_000
HUNDREDTHS = 100
UNIT = 3 * TENTHOUSANDTHS
LEVELS = 3

Parts = tuple[int, int]
"""A number as numerator and denominator."""


class CalculationsDiffer(RuleBroken):
    message = N_(
        "Two independent calculations differ for code %(code)s: %(first)s and %(second)s. Nothing"
        " was drawn up. Keep the marks as they are and call the administrator."
    )


@dataclass(frozen=True)
class SecondScore:
    """One code in hundredths: its total, and its mark in every module."""

    total: int
    marks: Mapping[str, int]


def check_twice(ranking: Standings, rules: CompetitionRules) -> None:
    """Refuse a ranking that the second calculation does not confirm."""
    scores = second_scores(ranking.panel, rules)
    merits = {
        code: (score.total, *(score.marks[module] for module in rules.tie_break))
        for code, score in scores.items()
    }
    for row in ranking.rows:
        first = None if row.score.total is None else _whole(row.score.total) // HUNDREDTHS
        second = scores[row.code].total if row.code in scores else None
        if first != second:
            raise CalculationsDiffer(code=row.code, first=first, second=second)
        place = _place(row.code, merits)
        if row.place != place:
            raise CalculationsDiffer(code=row.code, first=row.place, second=place)


def second_scores(panel: PanelMarks, rules: CompetitionRules) -> dict[str, SecondScore]:
    """The score of every code that has one: no sheet lacks a mark, and at least one counts."""
    scores = {}
    for code in panel.sheets:
        sheets = [panel.raws_of(sheet) for sheet in panel.counting(code)]
        if sheets and all(len(raws) == len(panel.tally.aspects) for raws in sheets):
            scores[code] = _score(panel.tally.aspects, sheets, rules)
    return scores


def _score(
    aspects: Sequence[Aspect], sheets: Sequence[Mapping[int, Decimal]], rules: CompetitionRules
) -> SecondScore:
    marks = {one.code: _mark(one, aspects, sheets, rules) for one in rules.modules}
    parts = [
        (above * _whole(one.weight), below * _whole(one.full))
        for one in rules.modules
        for above, below in [marks[one.code]]
    ]
    common = lcm(*(below for _above, below in parts))
    total = sum(above * (common // below) for above, below in parts)
    return SecondScore(
        total=_hundredths(total, common),
        marks={code: _hundredths(*mark) for code, mark in marks.items()},
    )


def _mark(
    module: ModuleRule,
    aspects: Sequence[Aspect],
    sheets: Sequence[Mapping[int, Decimal]],
    rules: CompetitionRules,
) -> Parts:
    """The mark of a module as the judges together gave it."""
    own = [aspect for aspect in aspects if aspect.criterion.module_code == module.code]
    marks = sorted(sum(_points(one, raws[one.id]) for one in own) for raws in sheets)
    above, below = _joined(marks, rules)
    return above, below * UNIT


def _hundredths(above: int, below: int) -> int:
    """A number in hundredths, a half upwards."""
    return (2 * HUNDREDTHS * above + below) // (2 * below)


def _joined(marks: Sequence[int], rules: CompetitionRules) -> Parts:
    """One mark of several, in order: which are kept, and among how many they are shared."""
    if rules.strategy == "trimmed_mean":
        kept = marks[rules.drop_low : len(marks) - rules.drop_high]
    elif rules.strategy == "median":
        middle = len(marks) // 2
        kept = marks[middle : middle + 1] if len(marks) % 2 else marks[middle - 1 : middle + 1]
    else:
        kept = marks
    return sum(kept), len(kept)


def _points(aspect: Aspect, raw: Decimal) -> int:
    """What one value is worth, in units."""
    full, limits = _whole(aspect.max_points), aspect.limits
    match aspect.kind.value:
        case "J":
            return full * (UNIT // TENTHOUSANDTHS) * int(raw) // LEVELS
        case "B":
            return full * 3 * int(raw)
        case "M":
            value = _whole(raw)
            short = limits.low is not None and value < _whole(limits.low)
            long = limits.high is not None and value > _whole(limits.high)
            return 0 if short or long else full * 3
        case _:
            return 3 * max(0, full - _whole(limits.step or Decimal(0)) * int(raw))


def _place(code: str, merits: Mapping[str, tuple[int, ...]]) -> int | None:
    if code not in merits:
        return None
    return 1 + sum(_is_better(other, merits[code]) for other in merits.values())


def _is_better(one: Iterable[int], other: Iterable[int]) -> bool:
    for mine, theirs in zip(one, other, strict=True):
        if mine != theirs:
            return mine > theirs
    return False


def _whole(value: Decimal) -> int:
    """A decimal with at most four places as a whole number of ten-thousandths."""
    sign, digits, exponent = value.as_tuple()
    shift = int(exponent) + 4
    number = int("".join(map(str, digits)) or "0")
    size = number * 10**shift if shift >= 0 else number // 10**-shift
    return -size if sign else size
