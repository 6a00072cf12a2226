"""How far a track is, the order of a ceremony, and the figures of judges."""

from decimal import Decimal
from fractions import Fraction

import pytest

from eventsys.boards.rules import Reached, Step, box_of, judge_figures, reveal_order, step_of

FIELDS = ("came", "drawn", "dealt", "handed_over", "locked", "opened", "public", "final")


@pytest.mark.parametrize(("number", "step"), list(enumerate(Step)))
def test_the_step_is_the_furthest_that_was_reached(number, step):
    reached = Reached(**{name: place < number for place, name in enumerate(FIELDS)})

    assert step_of(reached) is step


def test_a_ceremony_goes_from_the_last_place_to_the_first_and_keeps_equals_together():
    assert reveal_order({11: 1, 12: 2, 13: 2, 14: 4}) == [[14], [12, 13], [11]]


def test_severity_is_the_mean_distance_from_the_panel():
    strict, mild = judge_figures(
        {1: {"A": Fraction(80), "B": Fraction(60)}, 2: {"A": Fraction(90), "B": Fraction(66)}}
    )

    assert (strict.severity, mild.severity) == (Decimal("-4.00"), Decimal("4.00"))
    assert (strict.distance, mild.distance) == (Decimal("4.00"), Decimal("4.00"))


def test_a_judge_who_goes_up_and_down_is_far_without_being_severe():
    wavering, _other = judge_figures(
        {1: {"A": Fraction(80), "B": Fraction(60)}, 2: {"A": Fraction(70), "B": Fraction(70)}}
    )

    assert (wavering.severity, wavering.distance) == (Decimal("0.00"), Decimal("5.00"))


def test_quarters_lie_between_neighbours_in_proportion():
    marks = {str(mark): Fraction(mark) for mark in (10, 20, 30, 40)}

    (figures,) = judge_figures({1: marks})

    assert figures.quarters == tuple(map(Decimal, ("10.00", "17.50", "25.00", "32.50", "40.00")))
    assert box_of(figures, Decimal(100), 1000).high == 325


def test_a_judge_without_a_counting_sheet_has_no_figures():
    assert judge_figures({1: {}, 2: {}}) == []
