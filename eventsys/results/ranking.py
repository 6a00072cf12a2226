"""The one ranking of a track: the screen, the files, the boards and the frozen results ask it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import func, select

from eventsys.attendance.models import Arrival
from eventsys.db import session
from eventsys.draws.queries import draw_of, opened_entries, seed_of
from eventsys.events.models import Track
from eventsys.events.rules import CompetitionRules, ModuleRule
from eventsys.incidents.queries import effects_of
from eventsys.incidents.rules import Effects
from eventsys.registration.models import Entry
from eventsys.registration.queries import approved_entries
from eventsys.registration.rules import EntryState
from eventsys.results.queries import selection_totals
from eventsys.results.rules import (
    Allocation,
    AwardRule,
    BoundaryTie,
    Placing,
    Rounding,
    award_prizes,
    lot_of,
    rank,
)
from eventsys.results.scale import Medal, medals, scaled
from eventsys.results.states import Outcome
from eventsys.rounding import round_half_up
from eventsys.schemes.queries import competition_rules
from eventsys.scoring.queries import PanelMarks, panel_marks
from eventsys.scoring.rules import TOTAL_PLACES, EntryScore, ModuleScore
from eventsys.scoring.scores import aside_by_code, entry_scores

PRIZES = {1: Outcome.FIRST, 2: Outcome.SECOND, 3: Outcome.THIRD}
WHOLE = 100
LAST = {Outcome.NONE: 0, Outcome.NO_RESULT: 1, Outcome.DISQUALIFIED: 2, Outcome.NOT_THERE: 3}
"""In which order those without a place stand at the end of the list."""


@dataclass(frozen=True)
class Circumstances:
    """What beside the marks decides a ranking, by code; nothing of it is known to be whose.

    ``lots`` are there once the seed is public. ``selection`` holds the totals of the stage before
    as published, where they count. ``base`` is the number of entries the shares of prizes are
    taken of; without one it is the number of entries with a place.
    """

    effects: Mapping[str, Effects] = field(default_factory=dict)
    aside: Mapping[str, frozenset[int]] = field(default_factory=dict)
    lots: Mapping[str, int] | None = None
    selection: Mapping[str, Decimal] = field(default_factory=dict)
    base: int | None = None


@dataclass(frozen=True)
class Standing:
    """One code's place. Who stands behind it is ``None`` until the map is open.

    ``score`` is what counts in the end, after incidents and with the stage before; ``marks`` are
    the modules' marks as published. Without a total there is no place, and ``outcome`` says why.
    An entry that never came has no code.
    """

    code: str
    entry: Entry | None
    score: EntryScore
    marks: Mapping[str, Decimal | None]
    place: int | None
    is_shared: bool
    outcome: Outcome
    judges: int = 0
    by_lot: bool = False
    effects: Effects | None = None
    selection: Decimal | None = None
    scale: int | None = None
    medal: Medal | None = None


@dataclass(frozen=True)
class Standings:
    """The ranking of a track: placed entries by place, then those without a result by code."""

    modules: tuple[ModuleRule, ...]
    panel: PanelMarks
    rows: tuple[Standing, ...]
    is_open: bool
    circumstances: Circumstances


def standings(track: Track) -> Standings:
    """Rank a track from the marks; the number of queries does not depend on the entries."""
    rules = competition_rules(track)
    panel = panel_marks(track)
    behind = opened_entries(track.id)
    around = _circumstances(track, rules, behind)
    rows = ranked(panel, rules, around)
    named = [replace(row, entry=behind.get(row.code)) for row in rows]
    if behind:
        came = {entry.id for entry in behind.values()}
        absent = [one for one in approved_entries(track.id) if one.id not in came]
        named += [_absent(entry) for entry in absent]
    return Standings(rules.modules, panel, tuple(named), bool(behind), around)


def ranked(panel: PanelMarks, rules: CompetitionRules, around: Circumstances) -> list[Standing]:
    """Places, prizes and scale of every code, from marks and circumstances alone."""
    scores = final_scores(entry_scores(panel, rules, around.aside), rules, around)
    marks = {code: _shown_marks(score) for code, score in scores.items()}
    placings = {one.entry: one for one in _placings(scores, marks, rules, around)}
    base = len(placings) if around.base is None else around.base
    prizes = award_prizes(placings.values(), award_rule(rules), base, around.lots)
    points, given = _on_scale(placings, rules)
    rows = [
        Standing(
            code=code,
            entry=None,
            score=scores[code],
            marks=marks[code],
            place=placings[code].place if code in placings else None,
            is_shared=code in placings and placings[code].shared,
            outcome=_outcome(code, panel, placings, prizes, around),
            judges=scores[code].judges,
            by_lot=code in placings and placings[code].by_lot,
            effects=around.effects.get(code),
            selection=around.selection.get(code),
            scale=points.get(code),
            medal=given.get(code),
        )
        for code in scores
    ]
    return sorted(rows, key=_order)


def _order(row: Standing) -> tuple[bool, int, int, str]:
    return (row.place is None, row.place or 0, LAST.get(row.outcome, 0), row.code)


def _absent(entry: Entry) -> Standing:
    nothing = EntryScore((), (), None)
    return Standing("", entry, nothing, {}, None, False, Outcome.NOT_THERE)


# ---- scores after the circumstances


def final_scores(
    scores: Mapping[str, EntryScore], rules: CompetitionRules, around: Circumstances
) -> dict[str, EntryScore]:
    """Totals after incidents and with the stage before; rounded once, here.

    A cancelled module counts 0. Points taken come off the exact total, which does not fall below
    0. The stage before counts as it was published, by its share of the total.
    """
    weight = Fraction(rules.selection_weight) / WHOLE
    final = {}
    for code, score in scores.items():
        effects = around.effects.get(code)
        if effects is not None and effects.disqualified:
            final[code] = replace(score, missing=(), total=None)
        elif effects is not None or weight:
            before = around.selection.get(code)
            final[code] = _final(score, effects, weight, before)
        else:
            final[code] = score
    return final


def _final(
    score: EntryScore, effects: Effects | None, weight: Fraction, before: Decimal | None
) -> EntryScore:
    cancelled = effects.cancelled_modules if effects else frozenset()
    modules = tuple(
        ModuleScore(one.code, Fraction(0), Fraction(0)) if one.code in cancelled else one
        for one in score.modules
    )
    missing = tuple(one.code for one in modules if one.points is None)
    if missing or not modules or (weight and before is None):
        return replace(score, modules=modules, missing=missing, total=None)
    here = sum((Fraction(one.points or 0) for one in modules), Fraction(0))
    here = max(Fraction(0), here - Fraction(effects.points_off if effects else 0))
    total = here * (1 - weight) + Fraction(before or 0) * weight
    return replace(score, modules=modules, missing=(), total=round_half_up(total, TOTAL_PLACES))


def _shown_marks(score: EntryScore) -> dict[str, Decimal | None]:
    return {
        one.code: None if one.mark is None else round_half_up(one.mark, TOTAL_PLACES)
        for one in score.modules
    }


def _placings(
    scores: Mapping[str, EntryScore],
    marks: Mapping[str, Mapping[str, Decimal | None]],
    rules: CompetitionRules,
    around: Circumstances,
) -> list[Placing[str]]:
    """Places by total, then by the modules' published marks in the order of the ruleset."""
    totals = {code: score.total for code, score in scores.items() if score.total is not None}
    breaks = {
        code: [marks[code][module] or Decimal(0) for module in rules.tie_break] for code in totals
    }
    return rank(totals, breaks, around.lots if rules.last_tie == "lot" else None)


def _outcome(
    code: str,
    panel: PanelMarks,
    placings: Mapping[str, Placing[str]],
    prizes: Mapping[str, int | None],
    around: Circumstances,
) -> Outcome:
    effects = around.effects.get(code)
    if effects is not None and effects.disqualified:
        return Outcome.DISQUALIFIED
    if code not in placings and not panel.counting(code):
        return Outcome.NO_RESULT
    return PRIZES.get(prizes.get(code) or 0, Outcome.NONE)


def _on_scale(
    placings: Mapping[str, Placing[str]], rules: CompetitionRules
) -> tuple[dict[str, int], dict[str, Medal]]:
    if rules.scale is None:
        return {}, {}
    points = scaled({code: one.score for code, one in placings.items()}, rules.scale)
    return points, medals(points, rules.scale)


# ---- what is around the marks


def award_rule(rules: CompetitionRules) -> AwardRule:
    """The track's prizes as the computation takes them."""
    return AwardRule(
        ratios=rules.prize_ratios,
        rounding=Rounding(rules.prize_rounding),
        allocation=Allocation(rules.prize_allocation),
        min_counts=rules.prize_min_counts,
        boundary_tie=BoundaryTie(rules.boundary_tie),
        min_score=rules.prize_min_score,
        fixed=tuple((one.up_to, one.counts) for one in rules.prize_fixed),
    )


def _circumstances(
    track: Track, rules: CompetitionRules, behind: Mapping[str, Entry]
) -> Circumstances:
    """Before the opening only the number of entries is known: everything else names them."""
    base = _award_base(track, rules)
    if not behind:
        return Circumstances(base=base)
    before = selection_totals(track.id) if rules.selection_weight else {}
    effects = effects_of(track.id)
    return Circumstances(
        effects={code: effects[entry.id] for code, entry in behind.items() if entry.id in effects},
        aside=aside_by_code(track.id),
        lots=_lots(track, rules, behind),
        selection={code: before[entry.id] for code, entry in behind.items() if entry.id in before},
        base=base,
    )


def _lots(
    track: Track, rules: CompetitionRules, codes: Mapping[str, Entry]
) -> dict[str, int] | None:
    if rules.last_tie != "lot" and rules.boundary_tie != BoundaryTie.TIE_BREAK:
        return None
    return lots_of(track, codes)


def lots_of(track: Track, codes: Iterable[str]) -> dict[str, int] | None:
    """The lot of every code, from the seed of the draw of the codes, once it is public."""
    draw = draw_of(track.id)
    seed = seed_of(draw) if draw else None
    return {code: lot_of(seed, code) for code in codes} if seed else None


def _award_base(track: Track, rules: CompetitionRules) -> int | None:
    """How many entries the shares of prizes are taken of; of those with a place if it is none."""
    entered = select(func.count(Entry.id)).where(
        Entry.track_id == track.id, Entry.state == EntryState.APPROVED
    )
    match rules.prize_base:
        case "registered":
            return session().scalar(entered) or 0
        case "checked_in":
            came = entered.join(Arrival, Arrival.entry_id == Entry.id)
            return session().scalar(came) or 0
        case _:
            return None
