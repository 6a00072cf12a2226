"""Scoring: exact aggregation, aspects, weights, and every refusal."""

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from eventsys.errors import RuleBroken
from eventsys.rounding import round_half_up
from eventsys.schemes.aspects import (
    MAX_JUDGEMENT_SPREAD,
    NO_SPEC,
    AspectKind,
    AspectSpec,
    CheckOutOfRange,
    JudgementOutOfRange,
    MeasurementOutOfRange,
    OccurrencesOutOfRange,
    aspect_points,
    check_raw,
    judgement_spread,
)
from eventsys.schemes.parameters import AspectUnusable, check_aspect
from eventsys.scoring.rules import (
    CONSENSUS,
    JUDGEMENT,
    MEAN,
    MEDIAN,
    RANK_POINTS,
    STRATEGIES,
    TRIMMED_MEAN,
    AspectMarks,
    Level,
    MarkOutOfRange,
    Method,
    Module,
    ModuleScore,
    NoConsensus,
    Strategy,
    StrategyUnusable,
    TooFewMarks,
    aggregate,
    aspect_mark,
    check_range,
    for_few,
    needs_revote,
    rank_points,
    weighted,
)
from tests.vectors import vector_path

CASES = json.loads(vector_path("scoring_cases.json").read_text("utf-8"))
METHODS = {"mean": MEAN, "trim1": TRIMMED_MEAN, "median": MEDIAN}
J, B, M, DEDUCTION, *_OTHERS = AspectKind


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['method']} {case['name']}")
def test_marks_aggregate_exactly_as_in_the_vector(case):
    exact = aggregate(METHODS[case["method"]], [Decimal(mark) for mark in case["marks"]])

    assert (exact, str(round_half_up(exact, 2))) == (Fraction(case["exact"]), case["half_up_2"])


def test_the_scoring_file_is_not_empty():
    assert len(CASES) > 20


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        (Decimal("2.675"), 2, "2.68"),
        (Fraction(107, 40), 2, "2.68"),
        (Fraction(1, 3), 2, "0.33"),
        (Fraction(2, 3), 0, "1"),
        (Decimal("-2.675"), 2, "-2.68"),
        (Decimal("-0.001"), 2, "0.00"),
        (Decimal(0), 2, "0.00"),
        (Decimal(-1), 0, "-1"),
        (Decimal("0.5"), 0, "1"),
        (Decimal("89.995"), 2, "90.00"),
        (Decimal("123456789012345678901234567890.125"), 2, "123456789012345678901234567890.13"),
    ],
)
def test_a_half_is_rounded_up_at_the_stated_place(value, places: int, rounded: str):
    assert str(round_half_up(value, places)) == rounded


def test_the_mean_and_the_trimmed_mean_of_a_panel_of_five_differ():
    marks = [Decimal("88.5"), Decimal(90), Decimal("91.5"), Decimal(87), Decimal(92)]

    assert (aggregate(MEAN, marks), aggregate(TRIMMED_MEAN, marks)) == (
        Fraction("89.8"),
        Fraction(90),
    )


def test_trimming_drops_one_extreme_of_each_end_even_if_several_judges_gave_it():
    marks = [Decimal(90), Decimal(90), Decimal(90), Decimal(60), Decimal(60)]

    assert aggregate(TRIMMED_MEAN, marks) == Fraction(80)


def test_trimming_can_drop_different_numbers_of_marks_at_the_ends():
    strategy = Strategy(Method.TRIMMED_MEAN, 1, drop_high=2, drop_low=0, min_judges=4)

    assert aggregate(strategy, [Decimal(1), Decimal(2), Decimal(3), Decimal(4)]) == Fraction(3, 2)


def test_a_panel_below_the_smallest_size_is_refused_with_both_numbers():
    strategy = Strategy(Method.TRIMMED_MEAN, 1, drop_high=1, drop_low=1, min_judges=5)

    with pytest.raises(TooFewMarks) as caught:
        aggregate(strategy, [Decimal(80)] * 4)

    assert caught.value.facts == {"needed": 5, "given": 4}


def test_no_marks_at_all_are_refused_by_every_strategy():
    for strategy in STRATEGIES.values():
        with pytest.raises(TooFewMarks):
            aggregate(strategy, [])


def test_consensus_is_one_mark_that_all_judges_gave():
    assert aggregate(CONSENSUS, [Decimal("1.5"), Decimal("1.50"), Decimal("1.5")]) == Fraction(3, 2)
    with pytest.raises(NoConsensus):
        aggregate(CONSENSUS, [Decimal("1.4"), Decimal("1.4"), Decimal("1.5")])
    with pytest.raises(NoConsensus):
        aggregate(CONSENSUS, [Decimal("1.5"), Decimal("1.5"), Decimal("1.4")])


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        (Method.TRIMMED_MEAN, {"drop_high": 1, "drop_low": 1, "min_judges": 2}),
        (Method.TRIMMED_MEAN, {"drop_high": -1, "drop_low": 1}),
        (Method.TRIMMED_MEAN, {"drop_high": 2, "drop_low": -1, "min_judges": 3}),
        (Method.MEAN, {"drop_high": 1, "min_judges": 3}),
        (Method.MEDIAN, {"min_judges": 0}),
    ],
)
def test_a_strategy_that_could_leave_no_mark_is_refused(name: Method, parameters):
    with pytest.raises(StrategyUnusable):
        Strategy(name, 1, **parameters)


def test_an_unusable_strategy_is_told_the_smallest_panel():
    with pytest.raises(StrategyUnusable) as caught:
        Strategy(Method.TRIMMED_MEAN, 1, drop_high=2, drop_low=1, min_judges=3)

    assert caught.value.facts == {"dropped": 3, "needed": 4}


def test_the_strategies_are_found_by_name_and_version():
    assert STRATEGIES["trimmed_mean", 1] == Strategy(Method.TRIMMED_MEAN, 1, 1, 1, 3)
    assert {version for _, version in STRATEGIES} == {1}


@pytest.mark.parametrize(
    ("kind", "full", "spec", "raw", "points"),
    [
        (J, "1.5", NO_SPEC, "0", Fraction(0)),
        (J, "1.5", NO_SPEC, "2", Fraction(1)),
        (J, "2", NO_SPEC, "1", Fraction(2, 3)),
        (B, "0.75", NO_SPEC, "1", Fraction(3, 4)),
        (B, "0.75", NO_SPEC, "0", Fraction(0)),
        (M, "2", AspectSpec(Decimal("9.9"), Decimal("10.1")), "9.9", Fraction(2)),
        (M, "2", AspectSpec(Decimal("9.9"), Decimal("10.1")), "10.1", Fraction(2)),
        (M, "2", AspectSpec(Decimal("9.9"), Decimal("10.1")), "10.101", Fraction(0)),
        (M, "2", AspectSpec(Decimal("9.9"), Decimal("10.1")), "9.899", Fraction(0)),
        (M, "2", AspectSpec(low=Decimal(5)), "900", Fraction(2)),
        (M, "2", AspectSpec(high=Decimal(5)), "-900", Fraction(2)),
        (DEDUCTION, "5", AspectSpec(step=Decimal("1.5")), "0", Fraction(5)),
        (DEDUCTION, "5", AspectSpec(step=Decimal("1.5")), "3", Fraction(1, 2)),
        (DEDUCTION, "5", AspectSpec(step=Decimal("1.5")), "4", Fraction(0)),
        (DEDUCTION, "5", NO_SPEC, "4", Fraction(5)),
    ],
)
def test_a_raw_value_gives_exact_points(kind, full: str, spec, raw: str, points: Fraction):
    assert aspect_points(kind, Decimal(full), spec, Decimal(raw)) == points


@pytest.mark.parametrize(
    ("levels", "full", "mark"),
    [
        ("233", "1.50", "1.33"),
        ("122", "2", "1.11"),
        ("011", "0.75", "0.17"),
        ("112", "1", "0.44"),
    ],
)
def test_three_judgements_average_to_a_share_of_the_points(levels: str, full: str, mark: str):
    points = [aspect_points(J, Decimal(full), NO_SPEC, Decimal(level)) for level in levels]

    assert str(round_half_up(aggregate(MEAN, points), 2)) == mark


@pytest.mark.parametrize(
    ("kind", "raw", "refusal"),
    [
        (J, "-1", JudgementOutOfRange),
        (J, "4", JudgementOutOfRange),
        (J, "1.5", JudgementOutOfRange),
        (J, "NaN", JudgementOutOfRange),
        (B, "0.5", CheckOutOfRange),
        (B, "2", CheckOutOfRange),
        (DEDUCTION, "-1", OccurrencesOutOfRange),
        (DEDUCTION, "1.5", OccurrencesOutOfRange),
        (DEDUCTION, "1000", OccurrencesOutOfRange),
        (DEDUCTION, "Infinity", OccurrencesOutOfRange),
        (M, "1.2345", MeasurementOutOfRange),
        (M, "1E+9", MeasurementOutOfRange),
        (M, "-1E+9", MeasurementOutOfRange),
        (M, "NaN", MeasurementOutOfRange),
        (M, "-Infinity", MeasurementOutOfRange),
    ],
)
def test_a_raw_value_out_of_range_is_refused_naming_the_aspect(kind, raw: str, refusal):
    with pytest.raises(RuleBroken) as caught:
        check_raw("A1.2", kind, Decimal(raw))

    assert type(caught.value) is refusal
    assert str(caught.value).startswith("Aspect A1.2 ")


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (J, "0"),
        (J, "3.0"),
        (B, "1"),
        (DEDUCTION, "999"),
        (M, "-1.2340"),
        (M, "999999999.999"),
        (M, "1E+8"),
    ],
)
def test_a_raw_value_in_range_is_accepted(kind, raw: str):
    assert check_raw("A1", kind, Decimal(raw)) is None


@pytest.mark.parametrize(
    ("kind", "full", "spec", "usable"),
    [
        (J, "1", NO_SPEC, True),
        (B, "0", NO_SPEC, False),
        (M, "1", NO_SPEC, False),
        (M, "1", AspectSpec(low=Decimal(1)), True),
        (M, "1", AspectSpec(high=Decimal(1)), True),
        (M, "1", AspectSpec(Decimal(1), Decimal(1)), True),
        (M, "1", AspectSpec(Decimal(2), Decimal(1)), False),
        (M, "-1", AspectSpec(Decimal(1), Decimal(2)), False),
        (DEDUCTION, "1", NO_SPEC, False),
        (DEDUCTION, "1", AspectSpec(step=Decimal(0)), False),
        (DEDUCTION, "1", AspectSpec(step=Decimal("0.5")), True),
    ],
)
def test_an_aspect_without_a_way_to_points_is_refused(kind, full: str, spec, usable: bool):
    if usable:
        assert check_aspect("A1", kind, Decimal(full), spec) is None
        return
    with pytest.raises(AspectUnusable) as caught:
        check_aspect("A1", kind, Decimal(full), spec)

    assert caught.value.facts == {"code": "A1"}


@pytest.mark.parametrize(
    ("levels", "spread", "too_far"),
    [([], 0, False), ([2], 0, False), ([1, 2, 2], 1, False), ([1, 3, 2], 2, True)],
)
def test_judgements_more_than_one_level_apart_are_noticed(levels, spread: int, too_far: bool):
    assert judgement_spread(levels) == spread
    assert (judgement_spread(levels) > MAX_JUDGEMENT_SPREAD) is too_far


def test_an_entry_is_the_weighted_sum_of_its_modules_rounded_once():
    modules = [
        Module("A", Decimal(30), Decimal(100), MEAN),
        Module("B", Decimal(70), Decimal(150), TRIMMED_MEAN),
    ]
    marks = {
        "A": aggregate(MEAN, [Decimal("80.01"), Decimal("80.00")]),
        "B": aggregate(TRIMMED_MEAN, [Decimal(150), Fraction(400, 3), Decimal(120)]),
    }

    score = weighted(modules, marks)

    assert score.modules == (
        ModuleScore("A", Fraction("80.005"), Fraction("24.0015")),
        ModuleScore("B", Fraction(400, 3), Fraction(560, 9)),
    )
    assert (score.total, score.missing) == (Decimal("86.22"), ())


def test_rounding_each_module_first_would_give_another_total():
    modules = [Module("A", Decimal(50), Decimal(100)), Module("B", Decimal(50), Decimal(100))]

    score = weighted(modules, dict.fromkeys("AB", Fraction("80.01")))

    assert score.total == Decimal("80.01")


def test_a_sheet_not_handed_in_leaves_the_entry_without_a_total():
    modules = [
        Module("A", Decimal(50), Decimal(100)),
        Module("B", Decimal(50), Decimal(100)),
        Module("C", Decimal(0), Decimal(10)),
    ]

    score = weighted(modules, {"A": aggregate(MEAN, [Decimal(80), Decimal(90)]), "B": None})

    assert (score.total, score.missing) == (None, ("B", "C"))
    assert score.modules[0] == ModuleScore("A", Fraction(85), Fraction("42.5"))
    assert score.modules[1] == ModuleScore("B", None, None)


def test_a_module_nobody_was_dealt_to_is_missing_and_zero_is_a_mark():
    module = Module("A", Decimal(100), Decimal(100))

    assert weighted([module], {}).missing == ("A",)
    assert weighted([module], {"A": Fraction(0)}).total == Decimal("0.00")


def test_an_entry_without_modules_has_no_total():
    assert weighted([], {}).total is None


@pytest.mark.parametrize("mark", ["-0.01", "100.01"])
def test_a_total_outside_the_full_marks_of_its_module_is_refused(mark: str):
    with pytest.raises(MarkOutOfRange) as caught:
        check_range(Module("A", Decimal(100), Decimal(100)), [Decimal(mark)])

    assert caught.value.facts == {"code": "A", "full": Decimal(100)}


def test_equal_totals_share_the_points_of_their_places():
    totals = {"a": Decimal(90), "b": Decimal(80), "c": Decimal(80), "d": Decimal(70)}

    assert rank_points(totals, 100) == {
        "a": Fraction(100),
        "b": Fraction(125, 2),
        "c": Fraction(125, 2),
        "d": Fraction(25),
    }
    assert rank_points({"a": Decimal(1)}, 50) == {"a": Fraction(50)}
    assert rank_points({}, 100) == {}


@pytest.mark.parametrize(
    ("points", "mark"),
    [(["1.005"] * 3, Fraction("1.01")), (["0.004"] * 3, Fraction(0)), (["2"] * 3, Fraction(2))],
)
def test_an_agreed_aspect_is_rounded_where_it_stands(points, mark):
    given = AspectMarks("A1", Decimal(5), [Decimal(one) for one in points])

    assert aspect_mark(JUDGEMENT, given) == mark


def test_an_aspect_is_not_rounded_by_any_other_strategy():
    given = AspectMarks("A1", Decimal(5), [Decimal(1), Decimal(1), Decimal(2)])

    assert aspect_mark(replace(MEAN, level=Level.ASPECT), given) == Fraction(4, 3)
    assert aspect_mark(replace(TRIMMED_MEAN, level=Level.ASPECT), given) == 1


def test_too_few_judges_are_put_together_by_their_plain_mean():
    trimmed = for_few(Strategy(Method.TRIMMED_MEAN, 1, 1, 1, 5))
    assert aggregate(trimmed, [Decimal(1), Decimal(2)]) == Fraction(3, 2)
    assert aggregate(for_few(CONSENSUS), [Decimal(1), Decimal(2)]) == Fraction(3, 2)
    assert aggregate(for_few(MEDIAN), [Decimal(1), Decimal(2), Decimal(9)]) == 4
    assert (for_few(JUDGEMENT).name, for_few(JUDGEMENT).min_judges) == (Method.JUDGEMENT, 1)
    assert for_few(RANK_POINTS).name is Method.RANK_POINTS


@pytest.mark.parametrize(
    ("name", "level"), [(Method.JUDGEMENT, Level.MODULE), (Method.RANK_POINTS, Level.ASPECT)]
)
def test_a_strategy_at_a_level_where_it_means_nothing_is_a_mistake_of_ours(name, level):
    with pytest.raises(ValueError, match="is not defined"):
        Strategy(name, level=level)


@pytest.mark.parametrize(("levels", "again"), [([0, 1, 1], False), ([0, 2, 1], True), ([], False)])
def test_judges_more_than_one_level_apart_vote_again(levels, again):
    assert needs_revote([Decimal(one) for one in levels]) is again
