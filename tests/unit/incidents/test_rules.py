"""What follows from incidents, and which records and decisions are refused."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from eventsys.incidents import rules
from eventsys.incidents.rules import DecisionFacts, Effects, IncidentFacts
from eventsys.incidents.states import Effect, IncidentKind

NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
RULE = "规程第十二条"


def decision(effect: Effect, **more: object) -> DecisionFacts:
    return DecisionFacts(effect=effect, rule_text=RULE, **more)


def fact(kind: IncidentKind, **more: object) -> IncidentFacts:
    given = {"starts_at": NOW, "description": "机床报警停机", **more}
    return IncidentFacts(kind=kind, **given)


def test_points_and_seconds_add_up_modules_are_a_set_and_one_disqualification_is_enough():
    found = rules.effects(
        [
            decision(Effect.POINTS_OFF, points=Decimal(5)),
            decision(Effect.POINTS_OFF, points=Decimal("0.5")),
            decision(Effect.MODULE_CANCELLED, module="A"),
            decision(Effect.MODULE_CANCELLED, module="A"),
            decision(Effect.ADDED_TIME, seconds=90),
            decision(Effect.ADDED_TIME, seconds=30),
            decision(Effect.DISQUALIFIED),
            decision(Effect.NONE),
        ]
    )

    assert found == Effects(Decimal("5.5"), frozenset({"A"}), True, 120)


def test_measures_of_other_effects_are_left_aside():
    mixed = decision(Effect.NONE, points=Decimal(5), seconds=60, module="A")

    assert rules.effects([mixed]) == Effects()
    assert rules.only_measured(mixed) == decision(Effect.NONE)


def test_a_begun_second_counts_for_the_contestant():
    assert [
        rules.seconds_between(NOW, NOW + timedelta(milliseconds=ms)) for ms in (0, 1, 1000, 1001)
    ] == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("violation", "before", "expected"),
    [
        ("discipline", 0, (Effect.POINTS_OFF, Decimal(5))),
        ("discipline", 1, (Effect.DISQUALIFIED, Decimal(0))),
        ("discipline", 7, (Effect.DISQUALIFIED, Decimal(0))),
        ("prefabricated", 0, (Effect.MODULE_CANCELLED, Decimal(0))),
        ("misreport", 1, (Effect.POINTS_OFF, Decimal(2))),
    ],
)
def test_what_is_usual_grows_with_the_repetition(violation, before, expected):
    found = rules.suggestion(violation, before)

    assert (found.effect, found.points) == expected


def test_nothing_is_usual_for_what_the_catalogue_does_not_know():
    assert rules.suggestion("", 0) is None


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        (fact(IncidentKind.EQUIPMENT), rules.FaultMissing),
        (fact(IncidentKind.WARNING), rules.ViolationMissing),
        (fact(IncidentKind.WARNING, violation="no such"), rules.ViolationMissing),
        (
            fact(IncidentKind.VIOLATION, violation="safety", description=" ok "),
            rules.DescriptionMissing,
        ),
        (fact(IncidentKind.LEFT_ROOM, module="Z"), rules.UnknownModule),
        (fact(IncidentKind.SPARE_STATION), rules.MoveUnclear),
        (fact(IncidentKind.LATER_BATCH), rules.MoveUnclear),
        (fact(IncidentKind.TIME_LOST, starts_at=NOW + timedelta(seconds=1)), rules.TimesUnfit),
        (fact(IncidentKind.TIME_LOST, starts_at=NOW - timedelta(hours=25)), rules.TimesUnfit),
        (fact(IncidentKind.TIME_LOST, ends_at=NOW - timedelta(seconds=1)), rules.TimesUnfit),
        (fact(IncidentKind.TIME_LOST, ends_at=NOW + timedelta(seconds=1)), rules.TimesUnfit),
    ],
)
def test_a_record_that_says_too_little_is_refused(facts, refusal):
    with pytest.raises(refusal):
        rules.check_facts(facts, ["A", "B"], NOW)


@pytest.mark.parametrize(
    ("facts", "is_first", "refusal"),
    [
        (DecisionFacts(Effect.NONE, "  ab "), True, rules.RuleTextMissing),
        (decision(Effect.NONE), False, rules.RevisionReasonMissing),
        (decision(Effect.ADDED_TIME), True, rules.SecondsUnfit),
        (decision(Effect.ADDED_TIME, seconds=28_801), True, rules.SecondsUnfit),
        (decision(Effect.POINTS_OFF), True, rules.PointsUnfit),
        (decision(Effect.POINTS_OFF, points=Decimal(-1)), True, rules.PointsUnfit),
        (decision(Effect.POINTS_OFF, points=Decimal("0.005")), True, rules.PointsUnfit),
        (decision(Effect.POINTS_OFF, points=Decimal("100.01")), True, rules.PointsUnfit),
        (decision(Effect.POINTS_OFF, points=Decimal("1e999999")), True, rules.PointsUnfit),
        (decision(Effect.POINTS_OFF, points=Decimal("sNaN")), True, rules.PointsUnfit),
        (decision(Effect.MODULE_CANCELLED, module="C"), True, rules.UnknownModule),
    ],
)
def test_a_decision_without_its_measure_or_rule_is_refused(facts, is_first, refusal):
    with pytest.raises(refusal):
        rules.check_decision(facts, ["A", "B"], is_first=is_first)
