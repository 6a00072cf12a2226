"""A second calculation of every total, place, prize and medal, before anything is drawn up (R30).

It starts from the values the judges entered and from the circumstances of the ranking, and shares
no code with the first: whole numbers only, places by counting who is better, prizes by handing them
out one by one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from eventsys.errors import N_, RuleBroken
from eventsys.events.rules import CompetitionRules, ScaleRule
from eventsys.results.ranking import Circumstances, Standing, Standings
from eventsys.results.second_marks import (
    HUNDREDTHS,
    MILLION,
    Parts,
    SecondMarks,
    added,
    hundredths,
    second_marks,
    whole,
)
from eventsys.scoring.queries import PanelMarks

FEWEST_ON_SCALE = 6
TOP_OF_SCALE = 1000
PERCENT = 100


class CalculationsDiffer(RuleBroken):
    message = N_(
        "Two independent calculations differ for code %(code)s: %(first)s and %(second)s. Nothing"
        " was drawn up. Keep the marks as they are and call the administrator."
    )


@dataclass(frozen=True)
class SecondResult:
    """One code in hundredths: its total, its marks by module; and what they come to."""

    total: int | None
    marks: Mapping[str, int | None]
    judges: int
    place: int | None = None
    is_shared: bool = False
    prize: str = "none"
    scale: int | None = None
    medal: str | None = None


def check_twice(ranking: Standings, rules: CompetitionRules) -> None:
    """Refuse a ranking that the second calculation does not confirm, naming the code."""
    second = second_results(ranking.panel, rules, ranking.circumstances)
    ranked = [row for row in ranking.rows if row.code]
    lost = set(second) - {row.code for row in ranked}
    if lost:
        raise CalculationsDiffer(code=min(lost), first=None, second="?")
    for row in ranked:
        for first, other in zip(_said(row), _found(second[row.code]), strict=True):
            if first != other:
                raise CalculationsDiffer(code=row.code, first=first, second=other)


def _said(row: Standing) -> list[object]:
    """What the first calculation says, in the order in which it is compared."""
    total = row.score.total
    marks = {key: None if one is None else _in_hundredths(one) for key, one in row.marks.items()}
    return [
        None if total is None else _in_hundredths(total),
        row.place,
        row.is_shared,
        row.outcome.value,
        sorted(marks.items()),
        row.judges,
        row.scale,
        row.medal.value if row.medal else None,
    ]


def _found(one: SecondResult) -> list[object]:
    """The same of the second."""
    return [
        one.total,
        one.place,
        one.is_shared,
        one.prize,
        sorted(one.marks.items()),
        one.judges,
        one.scale,
        one.medal,
    ]


def _in_hundredths(value: Decimal) -> int:
    return whole(value) // (MILLION // HUNDREDTHS)


def second_results(
    panel: PanelMarks, rules: CompetitionRules, around: Circumstances
) -> dict[str, SecondResult]:
    """The result of every code, from the judges' values on."""
    marks = second_marks(panel, rules, around.aside)
    totals = {code: _total(code, own, rules, around) for code, own in marks.items()}
    shown = {code: _shown(code, own, rules, around) for code, own in marks.items()}
    merits = {
        code: (total, *(shown[code][module] or 0 for module in rules.tie_break))
        for code, total in totals.items()
        if total is not None
    }
    places = {code: _place(code, merits, rules, around) for code in merits}
    prizes = _prizes(places, totals, rules, around)
    scale = _scale({code: total for code, total in totals.items() if total is not None}, rules)
    medals = _medals(scale, rules.scale) if rules.scale else {}
    return {
        code: SecondResult(
            total=totals[code],
            marks=shown[code],
            judges=own.judges,
            place=places.get(code),
            is_shared=list(places.values()).count(places.get(code, 0)) > 1,
            prize=prizes.get(code) or _why_none(code, panel, around, places),
            scale=scale.get(code),
            medal=medals.get(code),
        )
        for code, own in marks.items()
    }


def _why_none(
    code: str, panel: PanelMarks, around: Circumstances, places: Mapping[str, int]
) -> str:
    effects = around.effects.get(code)
    if effects is not None and effects.disqualified:
        return "disqualified"
    empty = code not in places and not panel.counting(code)
    return "no_result" if empty else "none"


# ---- totals


def _cancelled(code: str, around: Circumstances) -> frozenset[str]:
    effects = around.effects.get(code)
    gone = effects is not None and not effects.disqualified
    return effects.cancelled_modules if effects and gone else frozenset()


def _total(
    code: str, own: SecondMarks, rules: CompetitionRules, around: Circumstances
) -> int | None:
    """Weighed marks less what incidents took, not below 0, with the stage before; rounded once."""
    effects = around.effects.get(code)
    if effects is not None and effects.disqualified:
        return None
    parts: list[Parts] = [(0, 1)]
    for module in rules.modules:
        if module.code in _cancelled(code, around):
            continue
        if module.code not in own.modules:
            return None
        above, below = own.modules[module.code]
        parts.append((above * whole(module.weight), below * whole(module.full)))
    if effects is not None:
        parts.append((-whole(effects.points_off), MILLION))
    above, below = added(parts)
    above = max(0, above)
    share = whole(rules.selection_weight)
    if share:
        if code not in around.selection:
            return None
        before = whole(around.selection[code])
        rest = PERCENT * MILLION - share
        above, below = added(
            [(above * rest, below * PERCENT * MILLION), (before * share, PERCENT * MILLION**2)]
        )
    return hundredths(above, below)


def _shown(
    code: str, own: SecondMarks, rules: CompetitionRules, around: Circumstances
) -> dict[str, int | None]:
    """The marks of the modules as published; a cancelled one is 0."""
    shown: dict[str, int | None] = {}
    for module in rules.modules:
        mark = own.modules.get(module.code)
        shown[module.code] = None if mark is None else hundredths(*mark)
        if module.code in _cancelled(code, around):
            shown[module.code] = 0
    return shown


# ---- places


def _place(
    code: str,
    merits: Mapping[str, tuple[int, ...]],
    rules: CompetitionRules,
    around: Circumstances,
) -> int:
    """One more than the number of those who are better."""
    better = [other for other, merit in merits.items() if _is_better(merit, merits[code])]
    lots = around.lots
    if rules.last_tie == "lot" and lots is not None:
        equal = [other for other, merit in merits.items() if merit == merits[code]]
        better += [other for other in equal if lots[other] < lots[code]]
    return 1 + len(better)


def _is_better(one: Sequence[int], other: Sequence[int]) -> bool:
    for mine, theirs in zip(one, other, strict=True):
        if mine != theirs:
            return mine > theirs
    return False


# ---- prizes


def _counts(n: int, rules: CompetitionRules) -> list[int]:
    """How many of each prize: fixed for small events, else shares rounded, at least the least."""
    sizes = sorted(one.up_to for one in rules.prize_fixed if n <= one.up_to)
    if sizes:
        (fixed,) = [one for one in rules.prize_fixed if one.up_to == sizes[0]]
        return list(fixed.counts)
    shares = [whole(ratio) * n for ratio in rules.prize_ratios]
    counts, before = [], 0
    for number in range(len(shares)):
        if rules.prize_allocation == "cumulative":
            border = _rounded(sum(shares[: number + 1]), rules.prize_rounding)
            counts.append(border - before)
            before = border
        else:
            counts.append(_rounded(shares[number], rules.prize_rounding))
    least = [*rules.prize_min_counts, *[0] * len(counts)]
    return [max(count, least[number]) for number, count in enumerate(counts)]


def _rounded(share: int, rounding: str) -> int:
    """Millionths of entries as whole entries."""
    up = {"half_up": MILLION // 2, "floor": 0, "ceil": MILLION - 1}[rounding]
    return (share + up) // MILLION


def _prizes(
    places: Mapping[str, int],
    totals: Mapping[str, int | None],
    rules: CompetitionRules,
    around: Circumstances,
) -> dict[str, str | None]:
    """Hand the prizes out: each rank in the queue carries the prize that is its turn."""
    base = len(places) if around.base is None else around.base
    queue: list[str | None] = []
    for name, count in zip(("first", "second", "third"), _counts(base, rules), strict=False):
        queue += [name] * min(count, base - len(queue))
    queue += [None] * len(places)
    found: dict[str, str | None] = {}
    for code, place in places.items():
        equals = [other for other in places if places[other] == place]
        turn = place
        if rules.boundary_tie == "tie_break" and around.lots is not None:
            own = around.lots[code]
            turn += sum(1 for other in equals if around.lots[other] < own)
        elif rules.boundary_tie != "include_all":
            turn += len(equals) - 1
        least = rules.prize_min_score
        too_low = least is not None and (totals[code] or 0) * MILLION < whole(least) * HUNDREDTHS
        found[code] = None if too_low else queue[turn - 1]
    return found


# ---- the estimated scale


def _scale(totals: Mapping[str, int], rules: CompetitionRules) -> dict[str, int]:
    """Centre + spread x (total - median) / (1.4826 x median deviation), half up, 0 to 1000."""
    scale = rules.scale
    if scale is None or len(totals) < FEWEST_ON_SCALE:
        return {}
    middle = _twice_median(list(totals.values()))
    away = _twice_median([abs(2 * one - middle) for one in totals.values()])
    found = {}
    for code, total in totals.items():
        above, below = 0, 1
        if away:
            above, below = 20_000 * scale.spread * (2 * total - middle), 14_826 * away
        points = (2 * (scale.center * below + above) + below) // (2 * below)
        found[code] = min(TOP_OF_SCALE, max(0, points))
    return found


def _twice_median(values: list[int]) -> int:
    ordered = sorted(values)
    number = len(ordered)
    return ordered[(number - 1) // 2] + ordered[number // 2]


def _medals(points: Mapping[str, int], scale: ScaleRule) -> dict[str, str]:
    """Gold, silver and bronze from the top; a medallion for the rest who reach the centre.

    One gold and one silver leave a bronze; two golds leave a bronze and no silver. When three or
    more have gold, or two or more silver, bronze is only for those within the gap of the last.
    """
    waiting = sorted(points.values(), reverse=True)
    golds = _equals(waiting, scale)
    waiting = waiting[len(golds) :]
    silvers = _equals(waiting, scale) if len(golds) == 1 else []
    waiting = waiting[len(silvers) :]
    bronzes = _equals(waiting, scale)
    above = [*golds, *silvers]
    if len(above) > 2:  # noqa: PLR2004  medals above bronze
        bronzes = [one for one in bronzes if _is_near(above[-1], one, scale)]
    named = {**dict.fromkeys(bronzes, "bronze"), **dict.fromkeys(silvers, "silver")}
    named |= dict.fromkeys(golds, "gold")
    found = {}
    for code, own in points.items():
        if own in named:
            found[code] = named[own]
        elif own >= scale.center:
            found[code] = "medallion"
    return found


def _equals(waiting: Sequence[int], scale: ScaleRule) -> list[int]:
    """The best of those who wait with all who are tied with them."""
    equals: list[int] = []
    for one in waiting:
        with_whom = equals[:1] if scale.compare == "first" else equals[-1:]
        if with_whom and not _is_near(with_whom[0], one, scale):
            break
        equals.append(one)
    return equals


def _is_near(above: int, below: int, scale: ScaleRule) -> bool:
    return (above - below) * MILLION <= whole(scale.tie_gap)
