"""Results: places, prizes at every edge, exam decisions, and every refusal."""

from decimal import Decimal

import pytest

from eventsys.results.rules import (
    Allocation,
    AwardRule,
    AwardRuleUnusable,
    BoundaryTie,
    ExamMarkOutOfRange,
    ExamPart,
    ExamPartMissing,
    ExamPartUnknown,
    Outcome,
    PartMark,
    PartStatus,
    PassKind,
    PassRule,
    PassRuleUnusable,
    Placing,
    Rounding,
    award_counts,
    award_prizes,
    decide_pass,
    rank,
)

CLASSIC = (Decimal("0.1"), Decimal("0.2"), Decimal("0.3"))
TWO_PARTS = (ExamPart("T", Decimal(40)), ExamPart("P", Decimal(60)))
COMPOSITE = PassRule(PassKind.COMPOSITE, TWO_PARTS, Decimal(60))
EACH = PassRule(
    PassKind.EACH, (ExamPart("T", min_pass=Decimal(60)), ExamPart("P", min_pass=Decimal(60)))
)
ABSENT = PartMark(PartStatus.ABSENT)
VIOLATION = PartMark(PartStatus.VIOLATION)


def valid(mark: str) -> PartMark:
    return PartMark(PartStatus.VALID, Decimal(mark))


def sat(theory: str, practice: str) -> dict[str, PartMark]:
    return {"T": valid(theory), "P": valid(practice)}


def test_equal_scores_share_a_place_and_the_next_place_is_skipped():
    scores = {"d": Decimal(70), "c": Decimal("80.00"), "b": Decimal(80), "a": Decimal(90)}

    assert rank(scores) == [
        Placing("a", 1, Decimal(90), shared=False),
        Placing("b", 2, Decimal(80), shared=True),
        Placing("c", 2, Decimal(80), shared=True),
        Placing("d", 4, Decimal(70), shared=False),
    ]


def test_tie_breaks_decide_in_their_order_and_only_among_equals():
    scores = {
        "a": Decimal(80),
        "b": Decimal(80),
        "c": Decimal(80),
        "d": Decimal(81),
        "e": Decimal(80),
    }
    breaks = {
        "a": (Decimal(40), Decimal(10)),
        "b": (Decimal(40), Decimal(20)),
        "c": (Decimal(50), Decimal(0)),
        "d": (Decimal(0), Decimal(0)),
        "e": (Decimal(40), Decimal(10)),
    }

    places = [(p.entry, p.place, p.shared) for p in rank(scores, breaks)]

    assert places == [
        ("d", 1, False),
        ("c", 2, False),
        ("b", 3, False),
        ("a", 4, True),
        ("e", 4, True),
    ]


def test_tie_breaks_of_different_lengths_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="same number of tie-break values"):
        rank({1: Decimal(1), 2: Decimal(1)}, {1: (Decimal(1),), 2: ()})


def test_nobody_ranked_gives_no_places():
    assert rank({}) == []


@pytest.mark.parametrize(
    ("n", "half_up", "floor", "cumulative"),
    [
        (4, (0, 1, 1), (0, 0, 1), (0, 1, 1)),
        (5, (1, 1, 2), (0, 1, 1), (1, 1, 1)),
        (15, (2, 3, 5), (1, 3, 4), (2, 3, 4)),
        (23, (2, 5, 7), (2, 4, 6), (2, 5, 7)),
        (25, (3, 5, 8), (2, 5, 7), (3, 5, 7)),
        (45, (5, 9, 14), (4, 9, 13), (5, 9, 13)),
    ],
)
def test_prizes_are_counted_as_the_field_counts_them(n: int, half_up, floor, cumulative):
    assert award_counts(n, AwardRule(CLASSIC)) == half_up
    assert award_counts(n, AwardRule(CLASSIC, Rounding.FLOOR)) == floor
    assert award_counts(n, AwardRule(CLASSIC, allocation=Allocation.CUMULATIVE)) == cumulative


@pytest.mark.parametrize(
    ("n", "rule", "counts"),
    [
        (23, AwardRule(CLASSIC, Rounding.CEIL), (3, 5, 7)),
        (21, AwardRule(CLASSIC, Rounding.CEIL, Allocation.CUMULATIVE), (3, 4, 6)),
        (0, AwardRule(CLASSIC, min_counts=(1, 1, 1)), (0, 0, 0)),
        (2, AwardRule(CLASSIC, min_counts=(1, 2, 3)), (1, 1, 0)),
        (4, AwardRule(CLASSIC, min_counts=(1,)), (1, 1, 1)),
        (1, AwardRule((Decimal("0.5"), Decimal("0.5"))), (1, 0)),
        (10, AwardRule(()), ()),
    ],
)
def test_prizes_never_exceed_the_entries_and_respect_smallest_numbers(n: int, rule, counts):
    assert award_counts(n, rule) == counts


@pytest.mark.parametrize(
    ("ratios", "min_counts"),
    [
        ((Decimal("-0.1"),), ()),
        ((Decimal("0.6"), Decimal("0.5")), ()),
        ((Decimal("0.6"), Decimal("-0.1")), ()),
        ((Decimal("0.1"),), (1, 1)),
        ((Decimal("0.1"),), (-1,)),
    ],
)
def test_an_award_rule_that_cannot_be_dealt_out_is_refused(ratios, min_counts):
    with pytest.raises(AwardRuleUnusable):
        AwardRule(ratios, min_counts=min_counts)


def prizes(scores: str, rule: AwardRule, n_base: int | None = None) -> list[int | None]:
    """Prizes of entries 0, 1, ... which scored the given numbers."""
    ranked = rank({key: Decimal(score) for key, score in enumerate(scores.split())})
    given = award_prizes(ranked, rule, n_base or len(ranked))
    return [given[key] for key in sorted(given)]


def test_prizes_go_down_the_places():
    assert prizes("99 98 97 96 95 94 93 92 91 90", AwardRule(CLASSIC)) == [
        *[1, 2, 2, 3, 3, 3],
        *[None, None, None, None],
    ]


def test_a_tie_across_a_border_takes_the_better_prize_or_the_next():
    tied = "99 99 97 96 95 94 94 92 91 90"

    include = prizes(tied, AwardRule(CLASSIC))
    exclude = prizes(tied, AwardRule(CLASSIC, boundary_tie=BoundaryTie.EXCLUDE_ALL))

    assert include == [1, 1, 2, 3, 3, 3, 3, None, None, None]
    assert exclude == [2, 2, 2, 3, 3, None, None, None, None, None]


def test_a_tie_over_every_border_gives_all_the_first_prize_or_nobody_any():
    assert prizes("9 9 9 9 9", AwardRule(CLASSIC)) == [1] * 5
    excluding = AwardRule(CLASSIC, boundary_tie=BoundaryTie.EXCLUDE_ALL)
    assert prizes("9 9 9 9 9", excluding) == [None] * 5


def test_a_prize_needs_the_smallest_score_inclusive():
    rule = AwardRule((Decimal("0.5"), Decimal("0.5")), min_score=Decimal(60))

    assert prizes("90 60 59.99 10", rule) == [1, 1, None, None]


def test_the_base_of_the_shares_may_differ_from_the_number_ranked():
    assert prizes("9 8 7 6", AwardRule(CLASSIC), n_base=10) == [1, 2, 2, 3]


def test_a_rule_may_give_no_prize_of_one_kind():
    assert prizes("9 8 7 6", AwardRule((Decimal(0), Decimal("0.5")))) == [2, 2, None, None]


def test_a_prize_without_a_seat_is_never_given():
    assert prizes("9 8 7 6", AwardRule(CLASSIC)) == [2, 3, None, None]


def test_the_same_marks_pass_as_a_composite_and_fail_part_by_part():
    composite = decide_pass(COMPOSITE, sat("45", "72"))
    each = decide_pass(EACH, sat("45", "72"))

    assert (composite.outcome, composite.composite) == (Outcome.PASSED, Decimal("61.20"))
    assert (each.outcome, each.composite) == (Outcome.FAILED, None)
    assert each.facts == {"part": "T", "mark": Decimal(45), "needed": Decimal(60)}
    assert each.reason % each.facts == "Part T: 45 is below the pass mark 60."


@pytest.mark.parametrize(
    ("theory", "practice", "outcome", "composite"),
    [
        ("30", "80", Outcome.PASSED, "60.00"),
        ("30", "79.98", Outcome.FAILED, "59.99"),
        ("30", "79.99", Outcome.FAILED, "59.99"),
        ("30", "79.995", Outcome.PASSED, "60.00"),
        ("0", "100", Outcome.PASSED, "60.00"),
    ],
)
def test_a_composite_is_rounded_once_and_its_pass_mark_is_inclusive(
    theory: str, practice: str, outcome: Outcome, composite: str
):
    decision = decide_pass(COMPOSITE, sat(theory, practice))

    assert (decision.outcome, decision.composite) == (outcome, Decimal(composite))
    assert f"{composite} " in decision.reason % decision.facts


def test_each_part_passes_at_its_pass_mark():
    decision = decide_pass(EACH, sat("60", "60.0"))

    assert (decision.outcome, decision.composite) == (Outcome.PASSED, None)


def test_a_rule_of_parts_ignores_a_pass_mark_for_the_whole():
    rule = PassRule(PassKind.EACH, EACH.parts, Decimal(100))

    decision = decide_pass(rule, sat("60", "60"))

    assert (decision.outcome, decision.composite) == (Outcome.PASSED, None)


def test_a_composite_rule_may_also_ask_for_a_part():
    parts = (ExamPart("T", Decimal(40)), ExamPart("P", Decimal(60), min_pass=Decimal(75)))
    rule = PassRule(PassKind.COMPOSITE, parts, Decimal(60))

    decision = decide_pass(rule, sat("100", "74"))

    assert (decision.outcome, decision.composite) == (Outcome.FAILED, Decimal("84.40"))
    assert decision.facts["part"] == "P"


def test_a_part_without_weight_counts_for_nothing_but_its_own_pass_mark():
    parts = (ExamPart("T", min_pass=Decimal("0.5"), full=Decimal(1)), ExamPart("P", Decimal(100)))
    rule = PassRule(PassKind.COMPOSITE, parts, Decimal(80))

    assert decide_pass(rule, sat("1", "80")).composite == Decimal(80)


def test_parts_with_other_full_marks_are_weighed_on_their_own_scale():
    parts = (
        ExamPart("T", Decimal(40), full=Decimal(50)),
        ExamPart("P", Decimal(60), full=Decimal(200)),
    )
    rule = PassRule(PassKind.COMPOSITE, parts, Decimal(60), decimals=0)

    assert decide_pass(rule, sat("25", "133")).composite == Decimal(60)


@pytest.mark.parametrize(
    ("marks", "outcome", "part"),
    [
        ({"T": ABSENT, "P": valid("100")}, Outcome.ABSENT, "T"),
        ({"T": valid("100"), "P": ABSENT}, Outcome.ABSENT, "P"),
        ({"T": ABSENT, "P": VIOLATION}, Outcome.VIOLATION, "P"),
    ],
)
@pytest.mark.parametrize("rule", [COMPOSITE, EACH], ids=["composite", "each"])
def test_absence_and_violation_are_outcomes_of_their_own(rule, marks, outcome, part: str):
    decision = decide_pass(rule, marks)

    assert (decision.outcome, decision.composite) == (outcome, None)
    assert decision.facts == {"part": part}


@pytest.mark.parametrize(
    ("marks", "refusal"),
    [
        ({"T": valid("60")}, ExamPartMissing),
        ({"T": ABSENT}, ExamPartMissing),
        ({**sat("60", "60"), "X": valid("60")}, ExamPartUnknown),
        (sat("60", "100.01"), ExamMarkOutOfRange),
        (sat("-1", "60"), ExamMarkOutOfRange),
        (sat("NaN", "60"), ExamMarkOutOfRange),
        ({"T": PartMark(PartStatus.VALID), "P": valid("60")}, ExamMarkOutOfRange),
    ],
)
def test_an_exam_is_not_decided_on_missing_or_absurd_marks(marks, refusal):
    with pytest.raises(refusal):
        decide_pass(EACH, marks)


@pytest.mark.parametrize(
    ("kind", "parts", "composite_min"),
    [
        (PassKind.EACH, (), None),
        (PassKind.EACH, (ExamPart("T"),), None),
        (PassKind.EACH, (ExamPart("T", min_pass=Decimal(60), full=Decimal(0)),), None),
        (PassKind.COMPOSITE, (*TWO_PARTS, ExamPart("R", Decimal(1))), Decimal(60)),
        (PassKind.COMPOSITE, TWO_PARTS, None),
        (PassKind.COMPOSITE, TWO_PARTS[:1], Decimal(60)),
        (PassKind.COMPOSITE, (), Decimal(60)),
    ],
)
def test_a_pass_rule_that_leaves_something_open_is_refused(kind, parts, composite_min):
    with pytest.raises(PassRuleUnusable):
        PassRule(kind, parts, composite_min)
