"""Laws of places, prizes and exam decisions that hold for every field of entries."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from eventsys.results.rules import (
    Allocation,
    AwardRule,
    BoundaryTie,
    ExamPart,
    Outcome,
    PartMark,
    PartStatus,
    PassKind,
    PassRule,
    Rounding,
    award_counts,
    award_prizes,
    decide_pass,
    rank,
)

# Few different scores, so that ties are common.
SCORES = st.dictionaries(
    st.integers(1, 500), st.decimals(0, 100, places=2) | st.sampled_from([Decimal(60), Decimal(80)])
)
RULES = st.builds(
    AwardRule,
    st.sampled_from(
        [
            (Decimal("0.1"), Decimal("0.2"), Decimal("0.3")),
            (Decimal("0.2"), Decimal("0.3"), Decimal("0.5")),
            (Decimal("0.05"),),
        ]
    ),
    st.sampled_from(Rounding),
    st.sampled_from(Allocation),
    st.sampled_from([(), (1,)]),
    st.sampled_from(BoundaryTie),
    st.sampled_from([None, Decimal(60)]),
)
MARKS = st.decimals(0, 100, places=2)


@given(SCORES)
def test_a_place_is_one_more_than_the_number_strictly_better(scores):
    placings = rank(scores)

    assert sorted(placing.entry for placing in placings) == sorted(scores)
    for placing in placings:
        assert placing.place == 1 + sum(score > placing.score for score in scores.values())
        assert placing.shared == (list(scores.values()).count(placing.score) > 1)


@given(SCORES, st.data())
def test_with_tie_breaks_too_only_the_strictly_better_count(scores, data):
    coarse = st.sampled_from([Decimal(0), Decimal(1)])
    breaks = {entry: data.draw(st.tuples(coarse, coarse)) for entry in scores}
    merits = {entry: (scores[entry], *breaks[entry]) for entry in scores}

    for placing in rank(scores, breaks):
        better = sum(merit > merits[placing.entry] for merit in merits.values())
        assert placing.place == 1 + better


@given(SCORES, st.randoms(use_true_random=False))
def test_the_order_of_input_changes_nothing(scores, random):
    shuffled = dict(random.sample(list(scores.items()), len(scores)))

    assert rank(shuffled) == rank(scores)


@given(SCORES)
def test_new_keys_change_no_place(scores):
    renamed = {1000 - entry: score for entry, score in scores.items()}

    places = {placing.entry: placing.place for placing in rank(scores)}

    assert {1000 - placing.entry: placing.place for placing in rank(renamed)} == places


@given(st.integers(0, 5000), RULES)
def test_counts_of_prizes_never_exceed_the_entries(n: int, rule: AwardRule):
    counts = award_counts(n, rule)

    assert sum(counts) <= n
    assert min(counts) >= 0
    assert len(counts) == len(rule.ratios)


@given(st.integers(0, 5000), RULES)
def test_one_more_entry_never_takes_a_first_prize_away(n: int, rule: AwardRule):
    assert award_counts(n + 1, rule)[0] >= award_counts(n, rule)[0]


@given(SCORES, RULES)
def test_a_better_place_never_has_a_worse_prize_and_equal_places_have_the_same(scores, rule):
    placings = rank(scores)
    prizes = award_prizes(placings, rule, len(placings))
    worst = len(rule.ratios) + 1

    by_place = [(placing.place, prizes[placing.entry] or worst) for placing in placings]

    assert [prize for _, prize in by_place] == sorted(prize for _, prize in by_place)
    assert len(set(by_place)) == len({place for place, _ in by_place})


@given(SCORES, RULES, st.randoms(use_true_random=False))
def test_a_lot_gives_out_exactly_the_prizes_there_are(scores, rule, random):
    rule = replace(rule, boundary_tie=BoundaryTie.TIE_BREAK, min_score=None)
    drawn = dict(zip(scores, random.sample(range(1000), len(scores)), strict=True))

    prizes = award_prizes(rank(scores), rule, len(scores), drawn)

    counts = award_counts(len(scores), rule)
    given_out = list(prizes.values())
    assert tuple(given_out.count(number) for number, _ in enumerate(counts, 1)) == counts


@given(SCORES, st.randoms(use_true_random=False))
def test_with_lots_no_place_is_shared_and_only_equals_change(scores, random):
    drawn = dict(zip(scores, random.sample(range(1000), len(scores)), strict=True))

    shared = {one.entry: one.place for one in rank(scores)}
    parted = rank(scores, lots=drawn)

    assert sorted(one.place for one in parted) == list(range(1, len(scores) + 1))
    for one in parted:
        equals = [key for key in scores if scores[key] == scores[one.entry]]
        before = sum(drawn[key] < drawn[one.entry] for key in equals)
        assert one.place == shared[one.entry] + before
        assert one.by_lot == (len(equals) > 1)


@given(SCORES, RULES)
def test_excluding_ties_never_gives_more_prizes_than_there_are(scores, rule):
    placings = rank(scores)
    prizes = award_prizes(placings, rule, len(placings))
    given_prizes = sum(prize is not None for prize in prizes.values())
    seats = sum(award_counts(len(placings), rule))

    if rule.boundary_tie is not BoundaryTie.INCLUDE_ALL:  # without lots nobody is parted
        assert given_prizes <= seats
    elif rule.min_score is None:
        assert given_prizes >= seats


@given(MARKS, MARKS)
def test_a_composite_passes_exactly_if_its_published_mark_reaches_the_pass_mark(theory, practice):
    parts = (ExamPart("T", Decimal(40)), ExamPart("P", Decimal(60)))
    rule = PassRule(PassKind.COMPOSITE, parts, Decimal(60))
    marks = {
        "T": PartMark(PartStatus.VALID, theory),
        "P": PartMark(PartStatus.VALID, practice),
    }

    decision = decide_pass(rule, marks)

    exact = (Fraction(theory) * 4 + Fraction(practice) * 6) / 10
    assert decision.composite is not None
    assert abs(Fraction(decision.composite) - exact) <= Fraction(1, 200)
    assert (decision.outcome is Outcome.PASSED) == (decision.composite >= 60)
