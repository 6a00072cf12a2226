"""From the panel's sheets to one exact score for every code."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from eventsys.draws.queries import draw_of, entries_by_code
from eventsys.events.models import Track
from eventsys.events.rules import CompetitionRules
from eventsys.panels.queries import standing_aside
from eventsys.panels.rules import on_the_bench
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.models import Aspect
from eventsys.schemes.queries import competition_rules
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.queries import PanelMarks, panel_marks
from eventsys.scoring.rules import (
    ONLY_LEVEL,
    AspectMarks,
    EntryScore,
    Level,
    Method,
    Module,
    RevoteNeeded,
    Strategy,
    aggregate,
    aspect_mark,
    check_range,
    for_few,
    needs_revote,
    rank_points,
    weighted,
)
from eventsys.scoring.states import SheetState

Aside = Mapping[str, frozenset[int]]
"""Seats whose sheets never count, by code."""
Totals = Mapping[str, Fraction]
"""A judge's points by module."""
NOBODY: frozenset[int] = frozenset()


def scoring_modules(rules: CompetitionRules) -> tuple[Module, ...]:
    """The track's modules as the computation takes them; only a trimmed mean drops marks."""
    method = Method(rules.strategy)
    trims = method is Method.TRIMMED_MEAN
    strategy = Strategy(
        method,
        drop_high=rules.drop_high if trims else 0,
        drop_low=rules.drop_low if trims else 0,
        min_judges=rules.min_judges,
        level=ONLY_LEVEL.get(method, Level(rules.strategy_level)),
    )
    return tuple(Module(one.code, one.weight, one.full, strategy) for one in rules.modules)


def aside_by_code(track_id: int) -> dict[str, frozenset[int]]:
    """Who stands aside from which code; nothing before the map is open, a gap would tell whose."""
    found = draw_of(track_id)
    if found is None or found.opened_at is None:
        return {}
    aside = standing_aside(track_id)
    codes = entries_by_code(track_id).items()
    return {code: aside[entry_id] for code, entry_id in codes if entry_id in aside}


def counted_sheets(panel: PanelMarks, code: str, aside: frozenset[int] = NOBODY) -> list[MarkSheet]:
    """The sheets one code's score is made of, by seat; none where nothing was handed in.

    Sheets of excused judges and of those who stand aside drop out; the sheets of reserve judges
    come in for them, one for one in the order of the seats.
    """
    dealt = panel.sheets[code]
    seats = [seat for seat in on_the_bench(panel.seats, aside) if seat.id in dealt]
    return [dealt[seat.id] for seat in seats if not dealt[seat.id].void_reason]


def entry_scores(
    panel: PanelMarks, rules: CompetitionRules, aside: Aside | None = None
) -> dict[str, EntryScore]:
    """Every code's score; a code with a sheet still due, or set aside, has no total.

    When fewer judges remain for a code than the strategy needs, ``few_judges`` decides: their
    plain mean ("mean"), or no score at all ("refuse") unless an exception was made for the code.
    """
    given = aside or {}
    counted = {code: counted_sheets(panel, code, given.get(code, NOBODY)) for code in panel.sheets}
    totals = _all_totals(panel, counted)
    modules = scoring_modules(rules)
    if any(one.strategy.name is Method.RANK_POINTS for one in modules):
        totals = _ranked(panel, counted, totals, modules)
    scores = {}
    for code, sheets in counted.items():
        fitting = _for_number(modules, len(sheets), rules, excepted=code in panel.excepted)
        marks = _marks(panel, code, sheets, totals, fitting) if fitting else {}
        scores[code] = weighted(modules, marks, len(sheets))
    return scores


def _for_number(
    modules: tuple[Module, ...], judges: int, rules: CompetitionRules, *, excepted: bool
) -> tuple[Module, ...]:
    """The modules with what so few judges are put together by; none when they are refused."""
    if judges >= rules.min_judges:
        return modules
    if judges == 0 or (rules.few_judges == "refuse" and not excepted):
        return ()
    return tuple(replace(one, strategy=for_few(one.strategy)) for one in modules)


def _all_totals(
    panel: PanelMarks, counted: Mapping[str, Sequence[MarkSheet]]
) -> dict[int, Totals | None]:
    """The judges' points by sheet and module."""
    return {sheet.id: _totals(panel, sheet) for sheets in counted.values() for sheet in sheets}


def _totals(panel: PanelMarks, sheet: MarkSheet) -> Totals | None:
    """A judge's points by module; ``None`` while anything on the sheet is still due."""
    raws = panel.raws_of(sheet)
    if sheet.state is SheetState.OPEN:
        return None
    if not panel.tally.keys <= raws.keys():
        return None
    return panel.tally.module_totals(raws)


def _marks(
    panel: PanelMarks,
    code: str,
    sheets: Sequence[MarkSheet],
    totals: Mapping[int, Totals | None],
    modules: Sequence[Module],
) -> dict[str, Fraction | None]:
    """The marks of one code by module; ``None`` as long as a sheet is due."""
    known = [own for own in (totals[sheet.id] for sheet in sheets) if own is not None]
    if len(known) < len(sheets):
        return {}
    marks = {}
    for module in modules:
        given = [own[module.code] for own in known if module.code in own]
        check_range(module, given)
        if not given:
            continue
        by_aspect = module.strategy.level is Level.ASPECT
        marks[module.code] = (
            _of_aspects(panel, code, sheets, module)
            if by_aspect
            else aggregate(module.strategy, given)
        )
    return marks


def _of_aspects(
    panel: PanelMarks, code: str, sheets: Sequence[MarkSheet], module: Module
) -> Fraction:
    """A module's mark as the sum of its aspects' marks, not below zero."""
    given = [
        _aspect_marks(panel, aspect, sheets)
        for aspect in panel.tally.aspects
        if aspect.criterion.module_code == module.code
    ]
    apart = [one.code for one in given if _is_apart(module.strategy, one)]
    if apart:
        raise RevoteNeeded(code=code, aspects=", ".join(apart))
    return max(Fraction(0), sum((aspect_mark(module.strategy, one) for one in given), Fraction(0)))


def _aspect_marks(panel: PanelMarks, aspect: Aspect, sheets: Sequence[MarkSheet]) -> AspectMarks:
    own = [panel.raws_of(sheet) for sheet in sheets]
    raws = [given[aspect.mark_key] for given in own if aspect.mark_key in given]
    judged = aspect.kind is AspectKind.JUDGEMENT
    points = [panel.tally.points(aspect, raw) for raw in raws]
    return AspectMarks(aspect.code, aspect.max_points, points, raws if judged else None)


def _is_apart(strategy: Strategy, aspect: AspectMarks) -> bool:
    """Whether the judges have to vote again on an aspect under a strategy."""
    if strategy.name is Method.JUDGEMENT and aspect.levels is not None:
        return needs_revote(aspect.levels)
    agree = strategy.name in {Method.JUDGEMENT, Method.CONSENSUS}
    return agree and len({Fraction(one) for one in aspect.points}) > 1


def _ranked(
    panel: PanelMarks,
    counted: Mapping[str, Sequence[MarkSheet]],
    totals: Mapping[int, Totals | None],
    modules: Sequence[Module],
) -> dict[int, Totals | None]:
    """The judges' points for places instead of their totals; none until a judge marked all."""
    ranked: dict[int, Totals | None] = {}
    for seat in panel.seats:
        own = [one.id for sheets in counted.values() for one in sheets if one.seat_id == seat.id]
        known = {key: given for key in own if (given := totals[key]) is not None}
        if len(known) < len(own):
            ranked |= dict.fromkeys(own)
            continue
        places = [(one.code, _places(known, one)) for one in modules]
        ranked |= {
            key: {code: points[key] for code, points in places if key in points} for key in known
        }
    return ranked


def _places(known: Mapping[int, Totals], module: Module) -> dict[int, Fraction]:
    """One judge's points for places in one module, by sheet."""
    code = module.code
    return rank_points({key: own[code] for key, own in known.items() if code in own}, module.full)


# ---- voting again


def revote_codes(track: Track) -> list[tuple[str, str]]:
    """Code and aspect wherever the judges are too far apart for the track's strategy to hold.

    Every judge on the panel is asked, reserve judges and those who will stand aside too: what
    is shown before the opening must not tell whose sheets count. Under a consensus by module the
    second word is the module.
    """
    rules = competition_rules(track)
    strategy = scoring_modules(rules)[0].strategy
    if strategy.name not in {Method.JUDGEMENT, Method.CONSENSUS}:
        return []
    panel = panel_marks(track)
    found = []
    for code in panel.sheets:
        sheets = [one for one in panel.counting(code) if one.state is not SheetState.OPEN]
        found += [(code, apart) for apart in _apart(panel, sheets, strategy)]
    return found


def _apart(panel: PanelMarks, sheets: Sequence[MarkSheet], strategy: Strategy) -> list[str]:
    if strategy.level is Level.MODULE:
        totals = [panel.tally.module_totals(panel.raws_of(sheet)) for sheet in sheets]
        modules = totals[0] if totals else {}
        return [one for one in modules if len({own.get(one) for own in totals}) > 1]
    given = (_aspect_marks(panel, aspect, sheets) for aspect in panel.tally.aspects)
    return [one.code for one in given if _is_apart(strategy, one)]


def check_agreement(track: Track, code: str | None = None) -> None:
    """Refuse to go on while judges have to vote again, on one code or on any."""
    apart = [pair for pair in revote_codes(track) if code in {None, pair[0]}]
    if apart:
        first = apart[0][0]
        aspects = ", ".join(aspect for at, aspect in apart if at == first)
        raise RevoteNeeded(code=first, aspects=aspects)
