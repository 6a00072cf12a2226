"""The ranking of a whole competition, computed by hand, and its number of queries."""

from decimal import Decimal

import pytest

from eventsys.db import session, transaction
from eventsys.results.ranking import standings
from eventsys.results.states import Outcome
from eventsys.scoring.chief_actions import sign_off, void_code
from tests import judging
from tests.queries import count_queries
from tests.world import PASSWORD


def by_hand(codes):
    """Six codes, five judges: (module A, module B, level of the judgement)."""
    first, second, third, fourth, fifth, sixth = codes
    marks_a = ("88.5", "90", "91.5", "87", "92")
    marks_b = ("70.5", "71", "71.5", "70", "72")
    level = dict.fromkeys(("88.5", "90", "91.5", "87", "92"), "3")
    return {
        first: [(a, "80", "3") for a in ("90", "92", "91", "88", "95")],
        second: [("85", "84", "2")] * 5,
        third: [(a, b, level[a]) for a, b in zip(marks_a, marks_b, strict=True)],
        fourth: [(a, b, level[a]) for a, b in zip(marks_a[::-1], marks_b[::-1], strict=True)],
        fifth: [
            (a, b, "0")
            for a, b in zip(
                ("60", "60.5", "61", "61", "62"), ("50", "50", "51", "51", "52"), strict=True
            )
        ],
        sixth: [("10", "10", "0")] * 5,
    }


@pytest.fixture
def computed(inside, world):
    """The competition computed by hand, the sixth code set aside, signed off."""
    codes = judging.ready_to_mark(world)
    judging.mark_everything(world, by_hand(codes))
    judging.confirm_everything(world)
    with transaction():
        chief = judging.actor("chief_a")
        void_code(chief, judging.track_of(world), codes[5], "未提交作品")
        sign_off(chief, judging.track_of(world), PASSWORD)
    return codes


def test_a_competition_with_ties_is_ranked_as_computed_by_hand(computed, world):
    first, second, third, fourth, fifth, sixth = computed

    ranking = standings(judging.track_of(world))

    # A 91 x 0.4 + B 80 x 0.6 = 84.40 = A 85 x 0.4 + B 84 x 0.6: module B decides first
    # trimmed means 90.00 and 71.00: 36 + 42.6; the same marks from other judges: a shared place
    # (60.5 + 61 + 61) / 3 x 0.4 + (50 + 51 + 51) / 3 x 0.6 = 24.333... + 30.4
    assert [(row.code, row.place, row.is_shared, row.score.total) for row in ranking.rows] == [
        (second, 1, False, Decimal("84.40")),
        (first, 2, False, Decimal("84.40")),
        (third, 3, True, Decimal("78.60")),
        (fourth, 3, True, Decimal("78.60")),
        (fifth, 5, False, Decimal("54.73")),
        (sixth, None, False, None),
    ]


def test_prizes_are_shares_of_the_entries_that_finished(computed, world):
    ranking = standings(judging.track_of(world))

    # five finished: 0.5 -> 1, 1.0 -> 1, 1.5 -> 2
    assert [row.outcome for row in ranking.rows] == [
        Outcome.FIRST,
        Outcome.SECOND,
        Outcome.THIRD,
        Outcome.THIRD,
        Outcome.NONE,
        Outcome.NO_RESULT,
    ]


def test_module_marks_are_shown_rounded_once(computed, world):
    ranking = standings(judging.track_of(world))

    assert {row.code: dict(row.marks) for row in ranking.rows}[computed[4]] == {
        "A": Decimal("60.83"),
        "B": Decimal("50.67"),
    }


def test_nobody_stands_behind_a_code_before_the_map_is_open(computed, world):
    ranking = standings(judging.track_of(world))

    assert (ranking.is_open, {row.entry for row in ranking.rows}) == (False, {None})


def test_a_code_with_a_sheet_still_due_has_no_place(inside, world):
    codes = judging.ready_to_mark(world)
    given = judging.same_for_all(codes)
    judging.mark_everything(world, {code: given[code] for code in codes[1:]})
    judging.mark(world, 1, codes[0], given[codes[0]][0])

    ranking = standings(judging.track_of(world))

    assert [(row.code, row.place) for row in ranking.rows] == [
        *((code, place) for place, code in enumerate(codes[1:], start=1)),
        (codes[0], None),
    ]


@pytest.mark.parametrize(("entries", "aspects"), [(1, 4), (30, 40), (300, 4)])
def test_the_ranking_takes_the_same_queries_for_any_number_of_entries(
    inside, world, entries, aspects
):
    judging.lay_down(world, entries, aspects)
    session().expunge_all()
    track = judging.track_of(world)
    assert track.rules
    assert track.event

    with count_queries() as sent:
        ranking = standings(track)
        shown = [(row.entry.label, row.entry.unit.name) for row in ranking.rows]

    assert (len(shown), sum(one.startswith("SELECT") for one in sent)) == (entries + 6, 30)
