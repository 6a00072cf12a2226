"""From sheets to scores: who counts, too few judges, aspects, places, voting again."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from eventsys.schemes.aspects import AspectKind
from eventsys.scoring.queries import PanelMarks
from eventsys.scoring.rules import MarkOutOfRange, Method, RevoteNeeded
from eventsys.scoring.scores import _apart, counted_sheets, entry_scores, scoring_modules
from tests.panels import ONE, RULES, aspect, panel

JUDGED = replace(RULES, strategy="judgement_0_3", drop_high=0, drop_low=0)
GRADED, VIOLATION = AspectKind.JUDGEMENT, AspectKind.VIOLATION
WHOLE = [aspect(1, "100")]


def of(*values) -> dict:
    """One code, judges in order."""
    return {"A-1": {n: [value] for n, value in enumerate(values, start=1)}}


def score(found: PanelMarks, rules=RULES, aside=()):
    return entry_scores(found, rules, {"A-1": frozenset(aside)})["A-1"]


def test_the_sheet_of_a_judge_who_stands_aside_drops_out_of_that_entry_only():
    marks = {
        code: {n: [value] for n, value in enumerate((90, 80, 70, 60, 50), 1)}
        for code in ("A-1", "A-2")
    }
    scores = entry_scores(panel(WHOLE, marks), RULES, {"A-1": frozenset({1})})

    assert (scores["A-1"].total, scores["A-1"].judges) == (Decimal("65.00"), 4)
    assert (scores["A-2"].total, scores["A-2"].judges) == (Decimal("70.00"), 5)


def test_with_too_few_judges_left_the_plain_mean_of_the_rest_counts():
    found = panel(WHOLE, of(90, 80, 70, 60, 50))

    left = score(found, aside={1, 2, 3})
    assert (left.total, left.judges, left.missing) == (Decimal("55.00"), 2, ())
    assert score(found, aside={1, 2, 3, 4}).total == Decimal("50.00")


def test_with_too_few_judges_left_the_track_may_want_a_reserve_judge_first():
    rules = replace(RULES, few_judges="refuse")
    found = panel(WHOLE, of(90, 80, 70, 60, 50))

    left = score(found, rules, aside={1, 2, 3})
    assert (left.total, left.judges, left.missing) == (None, 2, ("A",))
    assert score(found, rules, aside={1, 2}).total == Decimal("60.00")


def test_an_exception_lets_the_mean_of_the_rest_count_for_its_code_alone():
    rules = replace(RULES, few_judges="refuse")
    marks = {
        code: {n: [value] for n, value in enumerate((90, 80, 70, 60, 50), 1)}
        for code in ("A-1", "A-2")
    }
    found = replace(panel(WHOLE, marks), excepted=frozenset({"A-1"}))
    scores = entry_scores(found, rules, dict.fromkeys(marks, frozenset({1, 2, 3})))

    assert (scores["A-1"].total, scores["A-2"].total) == (Decimal("55.00"), None)
    assert score(found, rules, aside={1, 2, 3, 4, 5}).total is None


def test_nobody_left_is_never_a_score():
    assert score(panel(WHOLE, of(90, 80, 70)), aside={1, 2, 3}).total is None


def test_a_reserve_judge_counts_where_somebody_stands_aside_and_nowhere_else():
    found = panel(WHOLE, of(90, 80, 70, 60, 50, 100), reserves={6})

    assert (score(found).total, score(found).judges) == (Decimal("70.00"), 5)
    assert score(found, aside={5}).total == Decimal("80.00")
    assert score(found, aside={5, 6}).total == Decimal("75.00")


def test_a_reserve_judge_counts_everywhere_for_an_excused_judge():
    found = panel(WHOLE, of(90, 80, 70, 60, 50, 100), reserves={6}, excused={5})

    assert [one.seat_id for one in counted_sheets(found, "A-1")] == [1, 2, 3, 4, 6]
    assert score(found).total == Decimal("80.00")


def test_with_a_reserve_judge_enough_remain_where_the_track_refuses_fewer():
    rules = replace(RULES, few_judges="refuse", min_judges=5)
    found = panel(WHOLE, of(90, 80, 70, 60, 50, 100), reserves={6})

    assert score(found, rules, aside={1}).total == Decimal("70.00")
    assert score(found, rules, aside={1, 2}).total is None


def test_an_open_sheet_and_an_aspect_without_a_mark_are_not_zero():
    assert score(panel(WHOLE, of(90, 80, 70), open_={("A-1", 2)})).total is None
    assert score(panel(WHOLE, of(90, None, 70))).total is None
    assert score(panel(WHOLE, of(90, 0, 70))).total == Decimal("70.00")


def test_a_code_that_was_set_aside_has_no_total():
    found = panel(WHOLE, of(90, 80, 70))
    for sheet in found.sheets["A-1"].values():
        sheet.void_reason = "未提交作品"

    assert (score(found).total, score(found).judges) == (None, 0)


def test_a_total_the_module_cannot_give_is_refused_whatever_the_strategy():
    with pytest.raises(MarkOutOfRange):
        score(panel(WHOLE, of(90, 101, 70)))


def test_by_aspect_each_aspect_is_put_together_by_itself():
    two = [aspect(1, "50"), aspect(2, "50")]
    marks = {"A-1": {1: [50, 0], 2: [40, 20], 3: [0, 50]}}
    rules = replace(RULES, judges=3)

    assert score(panel(two, marks), rules).total == Decimal("50.00")
    by_aspect = replace(rules, strategy_level="aspect")
    assert score(panel(two, marks), by_aspect).total == Decimal("60.00")


def test_by_aspect_the_sum_of_a_module_stops_at_zero():
    aspects = [aspect(1, "100"), aspect(2, "30", VIOLATION, step="30")]
    marks = {"A-1": {n: [10, 1] for n in range(1, 4)}}
    rules = replace(RULES, judges=3, strategy_level="aspect")

    assert score(panel(aspects, marks), rules).total == Decimal("0.00")


LEVELS = ["无", "符合", "部分优于", "优秀"]


@pytest.mark.parametrize(
    ("levels", "full", "mark"),
    [("233", "1.50", "1.33"), ("122", "2", "1.11"), ("011", "0.75", "0.17"), ("112", "1", "0.44")],
)
def test_judgements_are_rounded_at_the_aspect(levels, full, mark):
    graded = [aspect(1, full, GRADED, levels=LEVELS)]
    marks = {"A-1": {n: [level] for n, level in enumerate(levels, start=1)}}
    rules = replace(JUDGED, judges=3, modules=(replace(ONE, full=Decimal(full)),))

    (module,) = score(panel(graded, marks), rules).modules
    assert module.mark == Fraction(mark)


def test_judgements_too_far_apart_are_no_score_until_judged_again():
    graded = [aspect(1, "100", GRADED, levels=LEVELS)]
    with pytest.raises(RevoteNeeded) as refused:
        score(panel(graded, of(1, 3, 2)), JUDGED)

    assert refused.value.facts == {"code": "A-1", "aspects": "A1"}
    assert score(panel(graded, of(2, 3, 2)), JUDGED).total == Decimal("77.78")


def test_under_judgement_all_else_is_one_value_of_all_judges():
    with pytest.raises(RevoteNeeded):
        score(panel(WHOLE, of(50, 50, 51)), JUDGED)

    assert score(panel(WHOLE, of(50, 50, 50)), JUDGED).total == Decimal("50.00")


def test_two_judges_left_of_three_still_share_out_three_levels():
    graded = [aspect(1, "100", GRADED, levels=LEVELS)]

    assert score(panel(graded, of(2, 3, 3)), JUDGED, aside={1}).total == Decimal("100.00")
    assert score(panel(graded, of(2, 3, 2)), JUDGED, aside={1}).total == Decimal("83.33")


def test_places_given_by_each_judge_make_the_points():
    rules = replace(RULES, strategy="rank_points", drop_high=0, drop_low=0, min_judges=2)
    marks = {
        "A-1": {1: [90], 2: [70]},
        "A-2": {1: [80], 2: [70]},
        "A-3": {1: [70], 2: [90]},
    }
    scores = entry_scores(panel(WHOLE, marks), rules)

    # judge 1: places 1 2 3 of 3; judge 2: places 2.5 2.5 1
    assert [one.modules[0].mark for one in scores.values()] == [
        (Fraction(100) + Fraction(50)) / 2,
        (Fraction(200, 3) + Fraction(50)) / 2,
        (Fraction(100, 3) + Fraction(100)) / 2,
    ]
    assert scores["A-1"].total == Decimal("75.00")


def test_a_judge_who_stands_aside_ranks_the_others_only():
    rules = replace(RULES, strategy="rank_points", drop_high=0, drop_low=0, min_judges=1)
    marks = {"A-1": {1: [90], 2: [50]}, "A-2": {1: [80], 2: [60]}}
    scores = entry_scores(panel(WHOLE, marks), rules, {"A-1": frozenset({1})})

    assert scores["A-1"].total == Decimal("50.00")
    assert scores["A-2"].total == Decimal("100.00")


def test_places_are_not_known_before_a_judge_has_marked_everything():
    rules = replace(RULES, strategy="rank_points", drop_high=0, drop_low=0, min_judges=2)
    marks = {"A-1": {1: [90], 2: [70]}, "A-2": {1: [80], 2: [60]}}
    scores = entry_scores(panel(WHOLE, marks, open_={("A-2", 2)}), rules)

    assert [one.total for one in scores.values()] == [None, None]


def test_under_a_consensus_by_module_the_module_is_named_for_voting_again():
    found = panel(WHOLE, of(50, 50, 51))
    sheets = list(found.sheets["A-1"].values())
    rules = replace(RULES, strategy="consensus", drop_high=0, drop_low=0)

    assert _apart(found, sheets, scoring_modules(rules)[0].strategy) == ["A"]
    assert _apart(found, sheets[:2], scoring_modules(rules)[0].strategy) == []


def test_every_method_computes_at_a_level_where_it_is_defined():
    for method in Method:
        trims = method is Method.TRIMMED_MEAN
        for level in ("module", "aspect"):
            rules = replace(
                RULES,
                strategy=method.value,
                strategy_level=level,
                drop_high=int(trims),
                drop_low=int(trims),
            )
            assert scoring_modules(rules)[0].strategy.name is method
