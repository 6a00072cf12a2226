"""From the panel's sheets to one exact score for every code."""

from fractions import Fraction

from eventsys.events.rules import CompetitionRules
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.queries import PanelMarks
from eventsys.scoring.rules import EntryScore, Method, Module, Strategy, entry_score
from eventsys.scoring.states import SheetState


def scoring_modules(rules: CompetitionRules) -> tuple[Module, ...]:
    """The track's modules as the computation takes them; only a trimmed mean drops marks."""
    method = Method(rules.strategy)
    trims = method is Method.TRIMMED_MEAN
    strategy = Strategy(
        method,
        drop_high=rules.drop_high if trims else 0,
        drop_low=rules.drop_low if trims else 0,
        min_judges=rules.min_judges,
    )
    return tuple(Module(one.code, one.weight, one.full, strategy) for one in rules.modules)


def entry_scores(panel: PanelMarks, rules: CompetitionRules) -> dict[str, EntryScore]:
    """Every code's score; a code with a sheet still due, or set aside, has no total."""
    modules = scoring_modules(rules)
    scores = {}
    for code in panel.sheets:
        totals = [_totals(panel, sheet) for sheet in panel.counting(code)]
        given = {
            module.code: [one.get(module.code) if one else None for one in totals]
            for module in modules
        }
        scores[code] = entry_score(modules, given)
    return scores


def _totals(panel: PanelMarks, sheet: MarkSheet) -> dict[str, Fraction] | None:
    """A judge's points by module; ``None`` while the judge still works on the sheet."""
    if sheet.state is SheetState.OPEN:
        return None
    return panel.tally.module_totals(panel.raws_of(sheet))
