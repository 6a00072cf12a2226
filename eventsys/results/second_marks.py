"""The second calculation of every mark, from the rules as they stand in words (R30).

It shares no code with the first: whole numbers only, no ``Fraction``, no ``Decimal`` arithmetic.
A point is counted in units of a third of a millionth of a millionth, so that thirds and products of
two numbers with six decimals are whole; a mark of several judges is a numerator over a denominator.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import lcm

from eventsys.events.rules import CompetitionRules, ModuleRule
from eventsys.panels.models import JudgeSeat
from eventsys.schemes.models import Aspect
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.queries import PanelMarks

HUNDREDTHS = 100
MILLION = 10**6
ONE = 3 * MILLION * MILLION
"""One point in units."""
LEVELS = 3
JUDGED = "J"

Parts = tuple[int, int]
"""A number as numerator and denominator, the latter above zero."""


@dataclass(frozen=True)
class SecondMarks:
    """One code's marks by module, and of how many judges; a module still due is not in them."""

    modules: Mapping[str, Parts]
    judges: int


def hundredths(above: int, below: int) -> int:
    """A number in hundredths, a half away from zero."""
    size = (2 * HUNDREDTHS * abs(above) + below) // (2 * below)
    return size if above >= 0 else -size


def added(numbers: Sequence[Parts]) -> Parts:
    """The sum of some numbers."""
    common = lcm(*(below for _above, below in numbers))
    return sum(above * (common // below) for above, below in numbers), common


def whole(value: Decimal | int | str | None, places: int = 6) -> int:
    """A decimal as a whole number of its last allowed place; one with more places is refused."""
    sign, digits, exponent = Decimal(value or 0).as_tuple()
    shift = int(exponent) + places
    number = int("".join(map(str, digits)) or "0")
    if shift < 0 and number % 10**-shift:
        raise ValueError(f"{value} has more than {places} decimals")
    size = number * 10**shift if shift >= 0 else number // 10**-shift
    return -size if sign else size


# ---- one judge


def sheet_points(aspects: Sequence[Aspect]) -> "Points":
    """What values are worth under a scheme, each looked up once."""
    return Points({aspect.mark_key: aspect for aspect in aspects}, {})


@dataclass(frozen=True)
class Points:
    """The points of an aspect's value, in units."""

    aspects: Mapping[int, Aspect]
    known: dict[tuple[int, Decimal], int]

    def of(self, key: int, raw: Decimal) -> int:
        """What one value is worth."""
        found = self.known.get((key, raw))
        if found is None:
            aspect = self.aspects[key]
            full = whole(aspect.max_points) * MILLION
            found = self.known[key, raw] = _worth(aspect.kind.value, full, aspect.spec, raw)
        return found


def _worth(kind: str, full: int, spec: Mapping[str, object], raw: Decimal) -> int:
    """The points of a value: ``full`` in millionths of millionths, the answer in units."""
    if kind == JUDGED:  # the level is out of three, and a unit is a third
        return full * int(raw)
    return 3 * _WORTH[kind](full, spec, whole(raw))


def _met(full: int, _spec: Mapping[str, object], value: int) -> int:
    """All or nothing."""
    return full * value // MILLION


def _limits(full: int, spec: Mapping[str, object], value: int) -> int:
    """Full marks between two limits."""
    return full if _lies(value, spec.get("lo"), spec.get("hi")) else 0


def _deduction(full: int, spec: Mapping[str, object], value: int) -> int:
    """Full marks less the step for every time."""
    return max(0, full - _number(spec, "step") * value)


def _violation(full: int, spec: Mapping[str, object], value: int) -> int:
    """The step for every time, taken from the module, at most the cap."""
    return -min(full, _number(spec, "step") * value)


def _machine(_full: int, _spec: Mapping[str, object], value: int) -> int:
    """The mark itself."""
    return value * MILLION


def _formula(full: int, spec: Mapping[str, object], value: int) -> int:
    """Base plus factor times the value, not below the floor, not above full marks."""
    line = _number(spec, "base") * MILLION + _number(spec, "factor") * value
    return min(full, max(_number(spec, "floor") * MILLION, line))


def _tolerance(full: int, spec: Mapping[str, object], value: int) -> int:
    """Full marks within the inner distance of the nominal value, part of them within the outer."""
    away = abs(value - _number(spec, "nominal"))
    if away <= _number(spec, "inner"):
        return full
    if spec.get("outer") is not None and away <= _number(spec, "outer"):
        return _number(spec, "part") * MILLION
    return 0


def _band(_full: int, spec: Mapping[str, object], value: int) -> int:
    """The points of the band; on a boundary the lower one's, or the upper's if the edge says so."""
    bands = spec.get("bands")
    holding = [
        points
        for low, high, points in (bands if isinstance(bands, list) else [])
        if _lies(value, low, high)
    ]
    if not holding:
        return 0
    return whole(holding[-1] if spec.get("edge") == "upper" else holding[0]) * MILLION


_WORTH: Mapping[str, Callable[[int, Mapping[str, object], int], int]] = {
    "B": _met,
    "M": _limits,
    "D": _deduction,
    "V": _violation,
    "I": _machine,
    "F": _formula,
    "T": _tolerance,
    "N": _band,
}


def _number(spec: Mapping[str, object], key: str) -> int:
    """A parameter in millionths; 0 where there is none."""
    value = spec.get(key)
    return 0 if value in (None, "") else whole(str(value))


def _lies(value: int, low: object, high: object) -> bool:
    """Whether a value lies between two limits, both included; a missing one is no limit."""
    over = low in (None, "") or value >= whole(str(low))
    return over and (high in (None, "") or value <= whole(str(high)))


def _totals(
    points: Points, by_module: Mapping[str, Sequence[int]], raws: Mapping[int, Decimal]
) -> dict[str, int]:
    """A judge's points in every module; what violations take stops at nothing."""
    return {
        module: max(0, sum(points.of(key, raws[key]) for key in keys))
        for module, keys in by_module.items()
    }


# ---- whose sheets count


def counting(panel: PanelMarks, code: str, aside: frozenset[int]) -> list[MarkSheet]:
    """The sheets a code's result is made of.

    Not those of judges who are excused or stand aside, and none set aside as empty. For every
    regular judge who drops out, a reserve judge comes in, in the order of the seats.
    """
    fit = [one for one in panel.seats if one.excused_at is None and one.id not in aside]
    regular = {one.id for one in fit if not one.is_reserve}
    gone = sum(1 for one in panel.seats if not one.is_reserve and one.id not in regular)
    waiting = sorted((one.seat, one.id) for one in fit if one.is_reserve)
    taken = regular | {key for _seat, key in waiting[:gone]}
    return [
        sheet
        for seat, sheet in panel.sheets[code].items()
        if seat in taken and not sheet.void_reason
    ]


# ---- several judges


def second_marks(
    panel: PanelMarks, rules: CompetitionRules, aside: Mapping[str, frozenset[int]]
) -> dict[str, SecondMarks]:
    """The marks of every code by module, as the judges together gave them."""
    aspects = panel.tally.aspects
    points = sheet_points(aspects)
    by_module = {
        one.code: [a.mark_key for a in aspects if a.criterion.module_code == one.code]
        for one in rules.modules
    }
    by_module = {code: keys for code, keys in by_module.items() if keys}
    counted = {code: counting(panel, code, aside.get(code, frozenset())) for code in panel.sheets}
    ready = {
        sheet.id: _totals(points, by_module, panel.raws_of(sheet))
        for sheets in counted.values()
        for sheet in sheets
        if _is_complete(sheet, panel.raws_of(sheet), points.aspects)
    }
    places = _rank_points(panel.seats, counted, ready, rules)
    found = {}
    for code, sheets in counted.items():
        ways = _Way(rules, len(sheets), code in panel.excepted)
        done = bool(sheets) and ways.is_possible and all(one.id in ready for one in sheets)
        marks: dict[str, Parts] = {}
        for module in rules.modules if done else ():
            keys = by_module.get(module.code)
            if keys is None:
                continue
            if rules.strategy == "rank_points":
                own = [places[one.id].get(module.code) for one in sheets if one.id in places]
                if len(own) == len(sheets):
                    above, below = added([one for one in own if one is not None])
                    marks[module.code] = above, below * len(sheets)
            elif ways.by_aspect:
                raws = [panel.raws_of(one) for one in sheets]
                marks[module.code] = _by_aspect(ways, points, keys, raws)
            else:
                marks[module.code] = ways.joined([ready[one.id][module.code] for one in sheets])
        found[code] = SecondMarks(marks, len(sheets))
    return found


def _is_complete(
    sheet: MarkSheet, raws: Mapping[int, Decimal], aspects: Mapping[int, Aspect]
) -> bool:
    return sheet.state.value != "open" and all(key in raws for key in aspects)


@dataclass(frozen=True)
class _Way:
    """How so many judges' marks become one under a ruleset."""

    rules: CompetitionRules
    judges: int
    is_excepted: bool

    @property
    def is_few(self) -> bool:
        """Fewer than the method needs."""
        return self.judges < self.rules.min_judges

    @property
    def is_possible(self) -> bool:
        """With too few there may be no result at all, unless the organizer made an exception."""
        refused = self.is_few and self.rules.few_judges == "refuse"
        return self.is_excepted or not refused

    @property
    def by_aspect(self) -> bool:
        """Whether every aspect is put together for itself."""
        return self.rules.strategy == "judgement_0_3" or self.rules.strategy_level == "aspect"

    def joined(self, given: Sequence[int]) -> Parts:
        """One mark of several, given in units: which are kept, shared among how many."""
        marks = sorted(given)
        if self.is_few:
            kept = marks
        elif self.rules.strategy == "trimmed_mean":
            kept = marks[self.rules.drop_low : len(marks) - self.rules.drop_high]
        elif self.rules.strategy == "median":
            middle = len(marks) // 2
            kept = marks[middle : middle + 1] if len(marks) % 2 else marks[middle - 1 : middle + 1]
        else:
            kept = marks
        return sum(kept), len(kept) * ONE


def _by_aspect(
    ways: _Way, points: Points, keys: Sequence[int], raws: Sequence[Mapping[int, Decimal]]
) -> Parts:
    """A module as the sum of its aspects, each put together first; not below nothing."""
    marks = []
    for key in keys:
        given = [points.of(key, own[key]) for own in raws]
        if ways.rules.strategy != "judgement_0_3":
            marks.append(ways.joined(given))
        elif points.aspects[key].kind.value == JUDGED:
            levels = sum(int(own[key]) for own in raws)
            full = whole(points.aspects[key].max_points)
            marks.append((hundredths(levels * full, LEVELS * len(raws) * MILLION), HUNDREDTHS))
        else:
            marks.append((hundredths(given[0], ONE), HUNDREDTHS))
    above, below = added(marks)
    return max(0, above), below


def _rank_points(
    seats: Sequence[JudgeSeat],
    counted: Mapping[str, Sequence[MarkSheet]],
    ready: Mapping[int, Mapping[str, int]],
    rules: CompetitionRules,
) -> dict[int, dict[str, Parts]]:
    """Each judge's totals as points for places: place p of N is (N - p + 1) / N of full marks.

    Equal totals get the mean of what their places are worth. Nothing of a judge who still marks.
    """
    if rules.strategy != "rank_points":
        return {}
    found: dict[int, dict[str, Parts]] = {}
    for seat in seats:
        own = [one.id for sheets in counted.values() for one in sheets if one.seat_id == seat.id]
        if not all(key in ready for key in own):
            continue
        for module in rules.modules:
            given = {key: ready[key][module.code] for key in own if module.code in ready[key]}
            for key, mark in given.items():
                share = _share(mark, list(given.values()), module)
                found.setdefault(key, {})[module.code] = share
    return found


def _share(mark: int, all_marks: Sequence[int], module: ModuleRule) -> Parts:
    """The mean worth of the places that equal marks take up together."""
    number = len(all_marks)
    first = 1 + sum(1 for one in all_marks if one > mark)
    equal = sum(1 for one in all_marks if one == mark)
    worth = sum(number - place + 1 for place in range(first, first + equal))
    return worth * whole(module.full), equal * number * MILLION
