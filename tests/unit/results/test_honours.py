"""What follows from prizes and ranks for units, instructors' lists aside, and for teams."""

from decimal import Decimal

from eventsys.events.rules import ConsequenceRule
from eventsys.results.honours import (
    TeamStanding,
    UnitStanding,
    consequences_of,
    teams,
    units_by_prizes,
)

WON = [("甲校", 1), ("甲校", 3), ("乙校", 1), ("乙校", 2), ("丙校", 2), ("丁校", None), ("戊校", 2)]


def test_units_stand_by_first_then_second_then_third_prizes():
    assert units_by_prizes(WON, 3, 2) == [
        UnitStanding("乙校", 1, (1, 1, 0)),
        UnitStanding("甲校", 2, (1, 0, 1)),
    ]


def test_units_equal_in_all_prizes_are_all_honoured_and_none_without_a_prize():
    assert [(one.unit, one.place) for one in units_by_prizes(WON, 3, 9)] == [
        ("乙校", 1),
        ("甲校", 2),
        ("丙校", 3),
        ("戊校", 3),
    ]
    assert [one.unit for one in units_by_prizes(WON, 3, 3)] == ["乙校", "甲校", "丙校", "戊校"]


RESULTS = {
    "甲校": [("甲一", Decimal("90.00")), ("甲二", Decimal("80.01")), ("甲三", Decimal("70.00"))],
    "乙校": [("乙一", Decimal("85.00")), ("乙二", Decimal("85.01"))],
    "丙校": [("丙一", Decimal("99.00"))],
}


def test_a_team_is_the_best_entries_of_a_unit_and_equal_teams_share_the_rank():
    assert teams(RESULTS, 2, "sum") == [
        TeamStanding("乙校", 1, True, Decimal("170.01"), ("乙二", "乙一")),
        TeamStanding("甲校", 1, True, Decimal("170.01"), ("甲一", "甲二")),
    ]


def test_the_mean_of_a_team_is_rounded_half_up_once():
    assert [one.total for one in teams(RESULTS, 2, "mean")] == [Decimal("85.01")] * 2


def test_a_rank_earns_what_its_range_says_also_when_shared():
    table = (ConsequenceRule(1, 5, "技师"), ConsequenceRule(5, 15, "高级工"))

    earned = {
        place: [one.text for one in consequences_of(place, table)] for place in (1, 5, 15, 16)
    }

    assert earned == {1: ["技师"], 5: ["技师", "高级工"], 15: ["高级工"], 16: []}
    assert consequences_of(None, table) == ()
