"""A second calculation of every total and place, before anything is drawn up (R30).

It shares no code with the first: whole numbers only, no ``Fraction``, no ``Decimal`` arithmetic,
places by counting who is better. Points are counted in thirds of a ten-thousandth.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from math import lcm

from eventsys.errors import N_, RuleBroken
from eventsys.events.rules import CompetitionRules, ModuleRule
from eventsys.results.queries import Standings
from eventsys.scoring.models import Aspect
from eventsys.scoring.queries import PanelMarks

TENTHOUSANDTHS = 10_000
UNIT = 3 * TENTHOUSANDTHS
LEVELS = 3

Parts = tuple[int, int]
"""A number as numerator and denominator."""


class CalculationsDiffer(RuleBroken):
    message = N_(
        "Two independent calculations differ for code %(code)s: %(first)s and %(second)s. Nothing"
        " was drawn up. Keep the marks as they are and call the administrator."
    )


def check_twice(ranking: Standings, rules: CompetitionRules) -> None:
    """Refuse a ranking that the second calculation does not confirm."""
    totals = second_totals(ranking.panel, rules)
    for row in ranking.rows:
        first = None if row.score.total is None else _whole(row.score.total) // 100
        if first != totals[row.code]:
            raise CalculationsDiffer(code=row.code, first=first, second=totals[row.code])
    merits = {
        row.code: (totals[row.code], *(_whole(row.marks[m] or Decimal(0)) for m in rules.tie_break))
        for row in ranking.rows
        if totals[row.code] is not None
    }
    for row in ranking.rows:
        second = _place(row.code, merits)
        if row.place != second:
            raise CalculationsDiffer(code=row.code, first=row.place, second=second)


def second_totals(panel: PanelMarks, rules: CompetitionRules) -> dict[str, int | None]:
    """Every code's total in hundredths; ``None`` where a sheet lacks marks or none counts."""
    totals: dict[str, int | None] = {}
    for code in panel.sheets:
        sheets = [panel.raws_of(sheet) for sheet in panel.counting(code)]
        complete = sheets and all(len(raws) == len(panel.tally.aspects) for raws in sheets)
        totals[code] = _total(panel.tally.aspects, sheets, rules) if complete else None
    return totals


def _total(
    aspects: Sequence[Aspect], sheets: Sequence[Mapping[int, Decimal]], rules: CompetitionRules
) -> int:
    parts = [_module(module, aspects, sheets, rules) for module in rules.modules]
    common = lcm(*(below for _above, below in parts))
    above = sum(above * (common // below) for above, below in parts)
    return (200 * above + common) // (2 * common)


def _module(
    module: ModuleRule,
    aspects: Sequence[Aspect],
    sheets: Sequence[Mapping[int, Decimal]],
    rules: CompetitionRules,
) -> Parts:
    """The points a module adds to the total."""
    own = [aspect for aspect in aspects if aspect.criterion.module_code == module.code]
    marks = sorted(sum(_points(one, raws[one.id]) for one in own) for raws in sheets)
    above, below = _joined(marks, rules)
    return above * _whole(module.weight), below * UNIT * _whole(module.full)


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


def _place(code: str, merits: Mapping[str, tuple[int | None, ...]]) -> int | None:
    if code not in merits:
        return None
    return 1 + sum(_is_better(other, merits[code]) for other in merits.values())


def _is_better(one: Iterable[int | None], other: Iterable[int | None]) -> bool:
    for mine, theirs in zip(one, other, strict=True):
        if mine != theirs:
            return (mine or 0) > (theirs or 0)
    return False


def _whole(value: Decimal) -> int:
    """A decimal with at most four places as a whole number of ten-thousandths."""
    sign, digits, exponent = value.as_tuple()
    shift = int(exponent) + 4
    number = int("".join(map(str, digits)) or "0")
    size = number * 10**shift if shift >= 0 else number // 10**-shift
    return -size if sign else size
