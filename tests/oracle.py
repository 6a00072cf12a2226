"""Random contests, whole: schemes, panels, sheets and circumstances, and both calculations of them.

One seed makes one contest, the same on every machine; a failure names its seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

from eventsys.events.rules import CompetitionRules, FixedPrizes, ModuleRule, ScaleRule
from eventsys.incidents.rules import Effects
from eventsys.panels.models import JudgeSeat
from eventsys.results.ranking import Circumstances, Standings, ranked
from eventsys.results.rules import lot_of
from eventsys.results.second_calculation import check_twice
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.models import Aspect, Criterion
from eventsys.schemes.tally import Tally
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.queries import PanelMarks
from eventsys.scoring.states import SheetState

NOW = datetime(2026, 6, 1, tzinfo=UTC)
K = AspectKind
AGREED = ("consensus", "judgement_0_3")
METHODS = ("mean", "trimmed_mean", "median", "rank_points", *AGREED)
FULLS = ("0.75", "1", "1.5", "2.2", "5.05", "9.05", "20")


@dataclass(frozen=True)
class Contest:
    """One contest as the calculations take it."""

    rules: CompetitionRules
    panel: PanelMarks
    around: Circumstances

    def ranking(self) -> Standings:
        """The first calculation."""
        rows = tuple(ranked(self.panel, self.rules, self.around))
        return Standings(self.rules.modules, self.panel, rows, False, self.around)

    def confirm(self) -> Standings:
        """Both; refused where they differ."""
        found = self.ranking()
        check_twice(found, self.rules)
        return found


def random_contest(seed: int, entries: int = 8, method: str | None = None) -> Contest:
    """A contest with every kind of aspect, strategy and circumstance somewhere among the seeds."""
    random = Random(seed)  # noqa: S311  no secret
    judges = random.randint(3, 7)
    strategy = method or random.choice(METHODS)
    aspects = [
        *_aspects(random, "A", 1, strategy),
        *_aspects(random, "B", 100, strategy),
        *_aspects(random, "C", 200, strategy),
    ]
    modules = _modules(random, aspects)
    rules = _rules(random, modules, judges, strategy)
    seats = _seats(random, judges)
    codes = [f"K-{number:02d}" for number in range(1, entries + 1)]
    sheets: dict[str, dict[int, MarkSheet]] = {}
    raws: dict[int, dict[int, Decimal]] = {}
    for place, code in enumerate(codes):
        empty = "-" if random.random() < 0.05 else ""
        common = {one.id: _raw(random, one) for one in aspects}
        sheets[code] = {}
        for seat in seats:
            key = place * 100 + seat.id
            sheets[code][seat.id] = MarkSheet(
                id=key, code=code, seat_id=seat.id, state=SheetState.LOCKED, void_reason=empty
            )
            raws[key] = {one.id: _given(random, one, common[one.id], strategy) for one in aspects}
        if place and random.random() < 0.25:  # the same work twice: a tie
            for seat in seats:
                raws[place * 100 + seat.id] = dict(raws[(place - 1) * 100 + seat.id])
    around = _around(random, codes, seats, rules)
    excepted = frozenset(one for one in codes if random.random() < 0.5)  # for few judges
    panel = PanelMarks(Tally(aspects), seats, sheets, raws, excepted=excepted)
    return Contest(rules, panel, around)


def _aspects(random: Random, module: str, first: int, strategy: str) -> list[Aspect]:
    criterion = Criterion(module_code=module, code=module + "1", name=module)
    found = []
    for number in range(random.randint(1, 5)):
        kind = (
            random.choice(list(K)) if number else random.choice([K.JUDGEMENT, K.CHECK, K.DEDUCTION])
        )
        full = Decimal(random.choice(FULLS))
        found.append(
            Aspect(
                id=first + number,
                code=f"{module}1.{number}",
                kind=kind,
                max_points=full,
                spec=_spec(random, kind, full),
                criterion=criterion,
            )
        )
    return found


def _spec(random: Random, kind: AspectKind, full: Decimal) -> dict[str, object]:
    third = (full / 3).quantize(Decimal("0.01"))
    step = random.choice(("0.1", "0.35", "0.5", "2"))
    return {
        K.JUDGEMENT: {"levels": ["0", "1", "2", "3"]},
        K.MEASUREMENT: random.choice([{"lo": "-1.5", "hi": "2.125"}, {"lo": "0"}, {"hi": "1.005"}]),
        K.DEDUCTION: {"step": step},
        K.VIOLATION: {"step": step},
        K.BANDS: {
            "bands": [["", "-1", "0.05"], ["-1", "1.5", f"{third}"], ["1.5", "3", f"{full}"]],
            "edge": random.choice(("lower", "upper")),
        },
        K.FORMULA: {"base": f"{full}", "factor": random.choice(("-2", "-0.333", "1.25"))}
        | random.choice([{}, {"floor": "0.1"}]),
        K.TOLERANCE: {"nominal": "1.25", "inner": "0.25"}
        | random.choice([{}, {"outer": "1.5", "part": f"{third}"}]),
    }.get(kind, {})


def _raw(random: Random, aspect: Aspect) -> Decimal:
    match aspect.kind:
        case K.JUDGEMENT:
            return Decimal(random.randint(0, 3))
        case K.CHECK:
            return Decimal(random.randint(0, 1))
        case K.DEDUCTION | K.VIOLATION:
            return Decimal(random.choice((0, 0, 1, 2, 3, 40)))
        case K.MACHINE:
            return (aspect.max_points * random.randint(0, 100) / 100).quantize(Decimal("0.001"))
        case _:
            return random.choice(
                [Decimal(one) for one in ("-1", "1", "1.25", "1.5", "1.501", "2.125", "3", "0")]
                + [Decimal(random.randint(-5000, 5000)) / 1000]
            )


def _given(random: Random, aspect: Aspect, common: Decimal, strategy: str) -> Decimal:
    """What one judge gives; those who have to agree do, and a machine gives all the same."""
    if aspect.kind is K.MACHINE or strategy == "consensus":
        return common
    if strategy == "judgement_0_3":
        if aspect.kind is K.JUDGEMENT:
            return min(Decimal(3), common + random.randint(0, 1))
        return common
    return _raw(random, aspect)


def _modules(random: Random, aspects: Sequence[Aspect]) -> tuple[ModuleRule, ...]:
    weights = random.choice([("33.3", "33.3", "33.4"), ("40", "60", "0"), ("20", "30", "50")])
    fulls = {code: Decimal(0) for code in "ABC"}
    for one in aspects:
        if one.kind is not K.VIOLATION:
            fulls[one.criterion.module_code] += one.max_points
    return tuple(
        ModuleRule(code, code, "", Decimal(weight), fulls[code])
        for code, weight in zip("ABC", weights, strict=True)
    )


def _rules(
    random: Random, modules: tuple[ModuleRule, ...], judges: int, strategy: str
) -> CompetitionRules:
    trims = strategy == "trimmed_mean"
    return CompetitionRules(
        *(None, None, 1, 1, 1, 0, modules, judges),
        strategy=strategy,
        strategy_level=random.choice(("module", "aspect")),
        drop_high=int(trims),
        drop_low=int(trims),
        min_judges=random.choice((3, 3, judges)),
        few_judges=random.choice(("mean", "refuse")),
        tie_break=random.choice(((), ("B",), ("C", "A"), ("A", "B", "C"))),
        last_tie=random.choice(("shared", "shared", "lot")),
        prize_ratios=random.choice(
            [
                (Decimal("0.10"), Decimal("0.20"), Decimal("0.30")),
                (Decimal("0.2"), Decimal("0.3"), Decimal("0.5")),
                (Decimal("0.125"), Decimal("0.25"), Decimal(0)),
            ]
        ),
        prize_rounding=random.choice(("half_up", "floor", "ceil")),
        prize_allocation=random.choice(("independent", "cumulative")),
        boundary_tie=random.choice(("include_all", "exclude_all", "tie_break")),
        prize_min_score=random.choice((None, None, Decimal("40.005"))),
        prize_min_counts=random.choice(((), (), (1,), (1, 1, 1))),
        prize_fixed=random.choice(((), (), (FixedPrizes(7, (1, 1, 1)), FixedPrizes(4, (1,))))),
        selection_weight=random.choice((Decimal(0), Decimal(0), Decimal("33.3"))),
        scale=random.choice(
            (None, ScaleRule(), ScaleRule(500, 47, Decimal("7.5"), compare="first"))
        ),
    )


def _seats(random: Random, judges: int) -> list[JudgeSeat]:
    seats = [
        JudgeSeat(id=n, seat=n, is_reserve=False, excused_at=NOW if random.random() < 0.1 else None)
        for n in range(1, judges + 1)
    ]
    return [
        *seats,
        *(
            JudgeSeat(id=judges + n, seat=judges + n, is_reserve=True, excused_at=None)
            for n in range(1, random.randint(0, 2) + 1)
        ),
    ]


def _around(
    random: Random, codes: Sequence[str], seats: Sequence[JudgeSeat], rules: CompetitionRules
) -> Circumstances:
    effects = {code: _effects(random) for code in codes if random.random() < 0.2}
    keys = [one.id for one in seats]
    aside = {
        code: frozenset(random.sample(keys, random.randint(1, 3)))
        for code in codes
        if random.random() < 0.2
    }
    lots = {code: lot_of(f"{random.random()}", code) for code in codes}
    selection = {
        code: Decimal(random.randint(0, 10_000)) / 100 for code in codes if random.random() < 0.95
    }
    is_open = random.random() < 0.8
    return Circumstances(
        effects=effects,
        aside=aside,
        lots=lots if is_open else None,
        selection=selection if rules.selection_weight else {},
        base=random.choice((None, None, len(codes) + 3)),
    )


def _effects(random: Random) -> Effects:
    return Effects(
        points_off=Decimal(random.choice(("0", "5", "0.005", "150"))),
        cancelled_modules=frozenset(random.choice(((), ("A",), ("B", "C")))),
        disqualified=random.random() < 0.3,
        added_seconds=60,
    )


def plain_contest(
    marks: Sequence[Sequence[str | None]], full: str = "100", **rules: object
) -> Contest:
    """A contest of one module with one machine mark from each judge for each code; ``None`` lacks.

    ``marks`` are the codes' marks by judge. Seats, circumstances and prizes are the simplest.
    """
    aspect = Aspect(
        id=1,
        code="A1.1",
        kind=K.MACHINE,
        max_points=Decimal(full),
        spec={},
        criterion=Criterion(module_code="A", code="A1", name="A"),
    )
    judges = len(marks[0])
    seats = [JudgeSeat(id=n, seat=n, is_reserve=False) for n in range(1, judges + 1)]
    sheets: dict[str, dict[int, MarkSheet]] = {}
    raws: dict[int, dict[int, Decimal]] = {}
    for place, own in enumerate(marks, start=1):
        code = f"K-{place:02d}"
        sheets[code] = {}
        for seat, mark in zip(seats, own, strict=True):
            key = place * 100 + seat.id
            sheets[code][seat.id] = MarkSheet(
                id=key, code=code, seat_id=seat.id, state=SheetState.LOCKED, void_reason=""
            )
            raws[key] = {} if mark is None else {1: Decimal(mark)}
    modules = (ModuleRule("A", "A", "", Decimal(100), Decimal(full)),)
    facts = {"strategy": "mean", "drop_high": 0, "drop_low": 0, "min_judges": 1, **rules}
    plan = CompetitionRules(*(None, None, 1, 1, 1, 0, modules, judges), **facts)  # ty: ignore[invalid-argument-type]  facts of any type
    return Contest(plan, PanelMarks(Tally([aspect]), seats, sheets, raws), Circumstances())
