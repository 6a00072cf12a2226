"""Rulesets that fit together, their digest, and the steps of an event's life."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from eventsys.events.rules import (
    CompetitionRules,
    EventKind,
    EventState,
    ExamRules,
    HalfDay,
    ModuleRule,
    PartRule,
    RulesetUnfit,
    Stage,
    TrainingRules,
    check_rules,
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
        ({"age_on": None}, "the age limit needs a reference date"),
        ({"max_age": None}, "the age limit needs a reference date"),
        ({"minutes": 0}, "the contest needs at least one minute"),
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


@pytest.mark.parametrize(
    ("kind", "rules"),
    [(EventKind.COMPETITION, CONTEST), (EventKind.TRAINING, CLASS), (EventKind.EXAM, EXAM)],
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
