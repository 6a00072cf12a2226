"""The scoring oracle (T23): two calculations that share no code agree, and wrong ones are caught.

The number of random sheets is EVENTSYS_ORACLE_SHEETS, 2,000 unless it is set.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from eventsys.results.ranking import Standing, Standings, ranked
from eventsys.results.second_calculation import CalculationsDiffer, check_twice, second_results
from eventsys.rounding import round_half_up
from tests.oracle import METHODS, NOW, Contest, plain_contest, random_contest
from tests.vectors import vector_path

SHEETS = int(os.environ.get("EVENTSYS_ORACLE_SHEETS", "2000"))
CASES = json.loads(vector_path("scoring_cases.json").read_text("utf-8"))
TRIMS = {"strategy": "trimmed_mean", "drop_high": 1, "drop_low": 1, "min_judges": 3}
RULES = {"mean": {}, "median": {"strategy": "median"}, "trim1": TRIMS}


def sheets_in(contest: Contest) -> int:
    return sum(len(dealt) for dealt in contest.panel.sheets.values())


def many() -> Iterator[Contest]:
    """Random contests until there are as many sheets as asked for."""
    seed = left = 0
    while left < SHEETS:
        contest = random_contest(seed)
        left += sheets_in(contest)
        seed += 1
        yield contest


def test_both_calculations_agree_on_random_sheets():
    for contest in many():
        contest.confirm()


@pytest.mark.parametrize("method", METHODS)
def test_both_calculations_agree_for_every_method(method):
    found = [random_contest(seed, method=method).confirm() for seed in range(1000, 1015)]

    assert any(row.place for ranking in found for row in ranking.rows)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_both_calculations_give_the_shared_vectors(case):
    contest = plain_contest([case["marks"]], **RULES[case["method"]])

    (row,) = contest.confirm().rows

    assert row.score.modules[0].mark == Fraction(case["exact"])
    assert row.score.total == Decimal(case["half_up_2"])
    second = second_results(contest.panel, contest.rules, contest.around)
    assert second["K-01"].total == int(Decimal(case["half_up_2"]) * 100)


def test_absent_is_not_zero_in_either_calculation():
    contest = plain_contest([["90", "90", "90"], ["80", None, "80"], ["0", "0", "0"]])

    found = {row.code: (row.score.total, row.place) for row in contest.confirm().rows}

    assert found == {
        "K-01": (Decimal("90.00"), 1),
        "K-02": (None, None),
        "K-03": (Decimal("0.00"), 2),
    }


# ---- metamorphic laws


def places(contest: Contest) -> dict[str, tuple[int | None, Decimal | None]]:
    return {row.code: (row.place, row.score.total) for row in contest.ranking().rows}


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_the_judges_changes_nothing(seed):
    contest = random_contest(seed)
    panel = contest.panel
    sheets = {
        code: dict(sorted(dealt.items(), key=lambda one: -one[0]))
        for code, dealt in panel.sheets.items()
    }

    turned = replace(contest, panel=replace(panel, sheets=sheets))

    assert places(turned) == places(contest)


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_the_entries_changes_nothing(seed):
    contest = random_contest(seed)
    codes = list(contest.panel.sheets)
    Random(seed).shuffle(codes)  # noqa: S311  no secret
    sheets = {code: contest.panel.sheets[code] for code in codes}

    turned = replace(contest, panel=replace(contest.panel, sheets=sheets))

    assert places(turned) == places(contest)


@pytest.mark.parametrize("method", ["mean", "median", "trim1"])
def test_another_scale_of_marks_changes_no_total(method):
    marks = [["12.5", "13", "14.25", "11", "12.75"], ["9", "10", "9.5", "9.25", "10.5"]]
    tenfold = [[f"{Decimal(one) * 4}" for one in own] for own in marks]

    small = plain_contest(marks, "25", **RULES[method])
    large = plain_contest(tenfold, "100", **RULES[method])

    assert places(small) == places(large)


def test_a_judge_whose_sheets_do_not_count_changes_nothing():
    marks = [["90", "85", "70"], ["80", "85", "60"]]
    with_one_more = plain_contest([[*own, "0"] for own in marks])
    with_one_more.panel.seats[3].excused_at = NOW

    assert places(with_one_more) == places(plain_contest(marks))


def test_a_better_mark_never_costs_a_place():
    contest = plain_contest([["70", "80", "90"], ["75", "80", "85"], ["60", "95", "80"]], **TRIMS)
    before = places(contest)["K-03"][0]
    contest.panel.raws[301][1] += 20

    assert places(contest)["K-03"][0] <= before


# ---- wrong builds: what each would publish, and that the second calculation catches it


def published(contest: Contest, totals: Callable[[Contest, Standing], Decimal | None]) -> Standings:
    """The ranking with totals computed in another way, places taken over."""
    right = contest.ranking()
    rows = tuple(
        replace(row, score=replace(row.score, total=totals(contest, row))) for row in right.rows
    )
    return replace(right, rows=rows)


def in_floats(contest: Contest, row: Standing) -> Decimal | None:
    """Binary floats, rounded as Python does."""
    if row.score.total is None:
        return None
    (module,) = contest.rules.modules
    sheets = contest.panel.sheets[row.code].values()
    marks = [float(contest.panel.raws_of(sheet)[1]) for sheet in sheets]
    total = sum(marks) / len(marks) * float(module.weight) / float(module.full)
    return Decimal(f"{round(total, 2):.2f}")


def rounded_by_judge(contest: Contest, row: Standing) -> Decimal | None:
    """Each judge's mark rounded before the mean."""
    sheets = contest.panel.sheets[row.code].values()
    marks = [Fraction(round_half_up(contest.panel.raws_of(one)[1], 2)) for one in sheets]
    return round_half_up(sum(marks) / len(marks), 2)


def nothing_as_zero(contest: Contest, row: Standing) -> Decimal | None:
    """A mark that is missing counted as zero."""
    sheets = contest.panel.sheets[row.code].values()
    marks = [contest.panel.raws_of(one).get(1, Decimal(0)) for one in sheets]
    return round_half_up(Fraction(sum(marks)) / len(marks), 2)


@pytest.mark.parametrize(
    ("wrong", "marks"),
    [
        (in_floats, [["2.675"], ["1.005"]]),
        (rounded_by_judge, [["80.004", "80.004", "80.007"]]),
        (nothing_as_zero, [["80", None, "80"], ["90", "90", "90"]]),
    ],
)
def test_a_wrong_total_is_caught(wrong, marks):
    contest = plain_contest(marks)
    contest.confirm()

    with pytest.raises(CalculationsDiffer):
        check_twice(published(contest, wrong), contest.rules)


def test_a_tie_broken_by_the_order_of_the_codes_is_caught():
    contest = plain_contest([["80", "90"], ["90", "80"], ["70", "70"]])
    right = contest.confirm()
    assert [row.place for row in right.rows] == [1, 1, 3]

    sorted_anyhow = tuple(
        replace(row, place=number, is_shared=False) for number, row in enumerate(right.rows, 1)
    )
    with pytest.raises(CalculationsDiffer):
        check_twice(replace(right, rows=sorted_anyhow), contest.rules)


def test_a_scheme_changed_after_the_marks_is_caught():
    contest = random_contest(1, method="mean")
    right = contest.confirm()

    contest.panel.tally.aspects[0].max_points += 1
    with pytest.raises(CalculationsDiffer):
        check_twice(right, contest.rules)


def test_a_code_left_out_of_the_ranking_is_caught():
    contest = random_contest(2)
    right = contest.confirm()

    with pytest.raises(CalculationsDiffer):
        check_twice(replace(right, rows=right.rows[1:]), contest.rules)


def test_the_rows_of_a_ranking_say_all_that_is_compared():
    contest = random_contest(3)

    assert ranked(contest.panel, contest.rules, contest.around) == list(contest.confirm().rows)
