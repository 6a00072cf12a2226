"""The two calculations agree for any marks, any panel and any method."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from eventsys.events.rules import CompetitionRules, ModuleRule
from eventsys.panels.models import JudgeSeat
from eventsys.results.second_calculation import second_scores
from eventsys.rounding import round_half_up
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.models import Aspect, Criterion
from eventsys.schemes.tally import Tally
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.queries import PanelMarks
from eventsys.scoring.scores import entry_scores
from eventsys.scoring.states import SheetState

MODULES = (
    ModuleRule("A", "A", "", Decimal("33.3"), Decimal("7.25")),
    ModuleRule("B", "B", "", Decimal("66.7"), Decimal(10)),
)
RULES = CompetitionRules(None, None, 1, 1, 1, 0, MODULES, 5, min_judges=3)
SPECS = {
    "A.1": (AspectKind.JUDGEMENT, "5.05", {}),
    "A.2": (AspectKind.CHECK, "2.2", {}),
    "B.1": (AspectKind.MEASUREMENT, "0.95", {"lo": "-1.5", "hi": "2.125"}),
    "B.2": (AspectKind.DEDUCTION, "9.05", {"step": "0.35"}),
}
RAWS = {
    AspectKind.JUDGEMENT: st.integers(0, 3).map(Decimal),
    AspectKind.CHECK: st.integers(0, 1).map(Decimal),
    AspectKind.MEASUREMENT: st.decimals(-5, 5, places=3),
    AspectKind.DEDUCTION: st.integers(0, 40).map(Decimal),
}
METHODS = st.sampled_from(["mean", "trimmed_mean", "median"])


def aspects():
    criteria = {code: Criterion(module_code=code, code=code, name=code) for code in "AB"}
    return [
        Aspect(
            id=number,
            code=code,
            kind=kind,
            max_points=Decimal(full),
            spec=spec,
            criterion=criteria[code[0]],
        )
        for number, (code, (kind, full, spec)) in enumerate(SPECS.items(), start=1)
    ]


@st.composite
def panels(draw):
    judges = draw(st.integers(3, 7))
    found = aspects()
    seats = [JudgeSeat(id=n, seat=n) for n in range(1, judges + 1)]
    sheets, raws = {}, {}
    for place, code in enumerate(("K-1", "K-2", "K-3")):
        sheets[code] = {}
        for seat in seats:
            key = place * 10 + seat.id
            sheets[code][seat.id] = MarkSheet(
                id=key, code=code, seat_id=seat.id, state=SheetState.LOCKED, void_reason=""
            )
            raws[key] = {one.id: draw(RAWS[one.kind]) for one in found}
    return PanelMarks(Tally(found), seats, sheets, raws)


@given(panels(), METHODS)
def test_both_calculations_give_the_same_totals_and_marks(panel, method):
    rules = replace(RULES, strategy=method)

    first = {
        code: (
            int(score.total * 100),
            {one.code: int(round_half_up(one.mark, 2) * 100) for one in score.modules},
        )
        for code, score in entry_scores(panel, rules).items()
    }

    second = {code: (one.total, one.marks) for code, one in second_scores(panel, rules).items()}
    assert second == first
