"""Rulesets that fit together, their digest, and the steps of an event's life."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from eventsys.events.checks import check_rules, selection_problems
from eventsys.events.rules import (
    CompetitionRules,
    ConsequenceRule,
    EventKind,
    EventState,
    ExamRules,
    FixedPrizes,
    HalfDay,
    ModuleRule,
    PartRule,
    RulesetUnfit,
    ScaleRule,
    Stage,
    TrainingRules,
    digest_of,
    from_plain,
    stage_of,
    to_plain,
)

A = ModuleRule("A", "工艺", "Planning", Decimal(40), Decimal(100))
B = ModuleRule("B", "加工", "Making", Decimal(60), Decimal(100))
CONTEST = CompetitionRules(25, date(2026, 11, 1), 2, 1, 1, 2, (A, B), 5, tie_break=("B", "A"))
HALF_DAY = HalfDay(date(2026, 7, 6), "am", Decimal(4), "教学设计")
CLASS = TrainingRules(5, 40, (HALF_DAY,))
THEORY = PartRule("T", "理论", "Theory", Decimal(100), Decimal("0.4"), Decimal(0))
PRACTICE = PartRule("P", "实操", "Practice", Decimal(100), Decimal("0.6"), Decimal(0))
EXAM = ExamRules(7, "2", date(2026, 5, 9), 20, 100, "composite", Decimal(60), (THEORY, PRACTICE))


def problem_of(rules):
    with pytest.raises(RulesetUnfit) as refused:
        check_rules(rules)
    return refused.value.facts["problem"]


@pytest.mark.parametrize("rules", [CONTEST, CLASS, EXAM, replace(EXAM, pass_kind="each")])
def test_usual_rules_fit_together(rules):
    check_rules(rules)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"modules": ()}, "add at least one module"),
        ({"modules": (A, replace(B, code="A"))}, "two modules have the same code"),
        (
            {"modules": (A, replace(B, weight=Decimal("60.01")))},
            "the module weights must add up to 100",
        ),
        (
            {"modules": (replace(A, weight=Decimal(0)), replace(B, weight=Decimal(100)))},
            "each module needs a weight",
        ),
        ({"modules": (A, replace(B, full=Decimal(0)))}, "full marks must be above zero"),
        ({"team_min": 3, "team_max": 2}, "the team sizes are upside down"),
        ({"team_min": 0}, "the team sizes are upside down"),
        ({"per_unit_quota": 0}, "each unit needs at least one place"),
        ({"instructors_max": -1}, "the number of instructors cannot be negative"),
        ({"judges": 2}, "there are fewer judges than the scoring method needs"),
        ({"min_judges": 0}, "at least one judge is needed"),
        ({"min_judges": 2}, "more marks would be dropped than remain"),
        ({"strategy": "dice"}, "choose a scoring method"),
        ({"strategy": "mean"}, "only the trimmed mean drops marks"),
        ({"tie_break": ("C",)}, "a tie-break names an unknown module"),
        ({"tie_break": ("A", "A")}, "a tie-break names a module twice"),
        ({"prize_ratios": (Decimal("0.5"), Decimal("0.51"))}, "the prize ratios exceed 100 %"),
        ({"prize_ratios": (Decimal("-0.1"),)}, "a prize ratio cannot be negative"),
        (
            {"prize_ratios": (Decimal("0.1234567"),)},
            "a number has too many decimals; four are enough",
        ),
        ({"age_on": None}, "the age limit needs a reference date"),
        ({"max_age": None}, "the age limit needs a reference date"),
        ({"minutes": 0}, "the contest needs at least one minute"),
        ({"strategy_level": "x"}, "choose how the judges' marks are put together"),
        ({"prize_base": "x"}, "choose whom the prize shares are taken of"),
        ({"prize_rounding": "x"}, "choose how prize numbers are rounded"),
        ({"prize_allocation": "x"}, "choose how prize shares are counted"),
        ({"boundary_tie": "x"}, "choose what a tie across a border means"),
        ({"last_tie": "x"}, "choose what decides the last ties"),
        ({"prize_min_counts": (1, 1, 1, 1)}, "there are more smallest numbers than prizes"),
        (
            {"prize_fixed": (FixedPrizes(4, (1, 1, 1, 1)),)},
            "there are more fixed numbers than prizes",
        ),
        (
            {"prize_fixed": (FixedPrizes(4, (1,)), FixedPrizes(4, (2,)))},
            "two fixed numbers are for the same size of event",
        ),
        (
            {"prize_min_score": Decimal("100.01")},
            "no total reaches the smallest mark for a prize",
        ),
        ({"instructor_honours": 4}, "instructors are honoured for prizes that exist"),
        ({"organisation_honours": -1}, "the number of honoured units cannot be negative"),
        (
            {"consequences": (ConsequenceRule(5, 1, "技师"),)},
            "the ranks of a consequence are upside down",
        ),
        ({"consequences": (ConsequenceRule(1, 5, ""),)}, "a consequence needs words"),
        ({"team_best": -1}, "a team needs at least one entry"),
        ({"team_method": "x"}, "choose how a team is made of its entries"),
        (
            {"scale": ScaleRule(center=1000)},
            "the centre of the scale lies between 0 and 1000",
        ),
        ({"scale": ScaleRule(spread=0)}, "the spread of the scale must be above zero"),
        (
            {"scale": ScaleRule(tie_gap=Decimal(-1))},
            "the gap of tied medals cannot be negative",
        ),
        ({"scale": ScaleRule(compare="x")}, "choose with whom a medal is compared"),
        (
            {"selection_code": "01", "advance_count": 1, "selection_weight": Decimal(100)},
            "the share of the selection lies between 0 and 100 %",
        ),
        ({"advance_count": 3}, "name the track that selects for this one"),
        ({"selection_code": "01"}, "say how many advance from the selection"),
        ({"anonymity_levels": 4}, "there are one to three anonymity levels"),
        ({"few_judges": "x"}, "choose what happens when judges drop out"),
        ({"recheck_top_mode": "x"}, "choose how the top of the re-check is counted"),
        ({"recheck_top": Decimal(101)}, "the top of the re-check is out of range"),
        (
            {"recheck_sample": Decimal(101)},
            "the sample and the error limit of the re-check are percentages",
        ),
        ({"recheck_denominator": "x"}, "choose what the error rate is counted by"),
        ({"appeal_clock": "x"}, "choose when the time for appeals begins"),
        ({"appeal_levels": 3}, "there are at most two levels of appeal"),
        ({"appeal_minutes": -1}, "times and deposit of an appeal cannot be negative"),
        ({"notice_minutes": -1}, "the public notice cannot be shorter than nothing"),
    ],
)
def test_a_contest_that_cannot_be_run_is_refused_by_name(change, problem):
    assert problem_of(replace(CONTEST, **change)) == problem


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"half_days": ()}, "add at least one half day"),
        ({"half_days": (HALF_DAY, HALF_DAY)}, "a half day is listed twice"),
        ({"half_days": (replace(HALF_DAY, hours=Decimal(0)),)}, "hours must be above zero"),
        ({"capacity": 0}, "the class needs at least one place"),
        ({"attendance_percent": Decimal(101)}, "attendance is a percentage"),
    ],
)
def test_a_class_that_cannot_be_run_is_refused_by_name(change, problem):
    assert problem_of(replace(CLASS, **change)) == problem


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"parts": ()}, "add at least one part"),
        ({"parts": (THEORY, replace(PRACTICE, code="T"))}, "two parts have the same code"),
        ({"parts": (THEORY,)}, "the weights of the parts must add up to 1"),
        (
            {"parts": (THEORY, replace(PRACTICE, min_pass=Decimal(101)))},
            "a pass mark lies between zero and the full marks",
        ),
        ({"pass_kind": "luck"}, "choose a pass rule"),
        ({"capacity": 0}, "the plan needs at least one place"),
    ],
)
def test_an_exam_that_cannot_be_run_is_refused_by_name(change, problem):
    assert problem_of(replace(EXAM, **change)) == problem


def test_a_final_takes_its_entries_from_another_contest_of_the_event():
    final = replace(CONTEST, selection_code="01", advance_count=3)

    assert selection_problems({"01": CONTEST, "02": final, "03": CLASS}) == {}
    problem = "the track that selects for this one is not in the event"
    for tracks in ({"02": final}, {"01": final}, {"01": CLASS, "02": final}):
        assert list(selection_problems(tracks).values()) == [problem]


WHOLE = replace(
    CONTEST,
    prize_fixed=(FixedPrizes(4, (1, 1, 1)),),
    prize_min_counts=(1, 1),
    prize_min_score=Decimal("60.5"),
    consequences=(ConsequenceRule(1, 5, "技师", "Technician"),),
    scale=ScaleRule(500, 60, Decimal("1.5"), "first"),
)


@pytest.mark.parametrize(
    ("kind", "rules"),
    [
        (EventKind.COMPETITION, WHOLE),
        (EventKind.COMPETITION, CONTEST),
        (EventKind.TRAINING, CLASS),
        (EventKind.EXAM, EXAM),
    ],
)
def test_a_ruleset_survives_being_written_down(kind, rules):
    assert from_plain(kind, to_plain(rules)) == rules


def test_the_digest_does_not_depend_on_the_order_of_keys_and_feels_every_change():
    plain = to_plain(CONTEST)
    turned = dict(reversed(plain.items()))

    assert digest_of(turned) == digest_of(plain)
    assert digest_of({**plain, "max_age": 26}) != digest_of(plain)


@pytest.mark.parametrize(
    ("state", "today", "stage"),
    [
        (EventState.DRAFT, date(2026, 1, 1), Stage.SETUP),
        (EventState.PUBLISHED, date(2026, 1, 1), Stage.REGISTRATION),
        (EventState.REGISTRATION_CLOSED, date(2026, 6, 4), Stage.PREPARATION),
        (EventState.REGISTRATION_CLOSED, date(2026, 6, 5), Stage.RUNNING),
        (EventState.REGISTRATION_CLOSED, date(2026, 6, 7), Stage.RUNNING),
        (EventState.REGISTRATION_CLOSED, date(2026, 6, 8), Stage.RESULTS),
        (EventState.FINISHED, date(2026, 6, 8), Stage.FINISHED),
        (EventState.CANCELLED, date(2026, 6, 8), None),
    ],
)
def test_the_stage_follows_from_state_and_day(state, today, stage):
    assert stage_of(state, date(2026, 6, 5), date(2026, 6, 7), today) is stage
