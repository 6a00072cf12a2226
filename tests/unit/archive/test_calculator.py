"""The pack's own calculator and draw, against the rules of the field and our own code."""

from decimal import Decimal
from fractions import Fraction

import pytest

from eventsys.archive.verifier.draws import draw_again
from eventsys.archive.verifier.results import aggregate, half_up, points, total_of
from eventsys.archive.verifier.sheets import marks_of
from eventsys.draws.rules import Group, Level, draw_level

RULES = {
    "modules": [{"code": "A", "weight": "100", "full": "10"}],
    "strategy": "trimmed_mean",
    "drop_high": 1,
    "drop_low": 1,
    "min_judges": 3,
    "few_judges": "mean",
    "tie_break": ["A"],
    "beyond": False,
}
NOTHING = {"points_off": "0", "cancelled_modules": [], "disqualified": False}


@pytest.mark.parametrize(
    ("kind", "spec", "raw", "worth"),
    [
        ("J", {}, "2", "20/3"),
        ("B", {}, "1", "10"),
        ("M", {"lo": "1.5", "hi": "2"}, "1.5", "10"),
        ("M", {"hi": "2"}, "2.001", "0"),
        ("D", {"step": "0.5"}, "3", "17/2"),
        ("D", {"step": "6"}, "2", "0"),
        ("N", {"bands": [["", "1", "10"], ["1", "", "4"]]}, "1", "10"),
        ("N", {"bands": [["", "1", "10"], ["1", "", "4"]], "edge": "upper"}, "1", "4"),
        ("F", {"base": "10", "factor": "-2"}, "3", "4"),
        ("F", {"base": "10", "factor": "-2", "floor": "1"}, "9", "1"),
        ("T", {"nominal": "32", "inner": "0.1", "outer": "0.3", "part": "5"}, "32.3", "5"),
        ("T", {"nominal": "32", "inner": "0.1"}, "31.8", "0"),
        ("V", {"step": "3"}, "2", "-6"),
        ("I", {}, "7.5", "15/2"),
    ],
)
def test_points_of_every_kind(kind, spec, raw, worth):
    assert points({"kind": kind, "max": "10", "spec": spec}, raw) == Fraction(worth)


@pytest.mark.parametrize(
    ("strategy", "marks", "made"),
    [
        ("mean", [1, 2, 6], "3"),
        ("median", [1, 2, 6, 7], "4"),
        ("trimmed_mean", [1, 2, 3, 9], "5/2"),
        ("trimmed_mean", [1, 4], "5/2"),
        ("consensus", [4, 4, 4], "4"),
    ],
)
def test_one_mark_of_many(strategy, marks, made):
    rules = RULES | {"strategy": strategy}

    assert aggregate(rules, [Fraction(one) for one in marks]) == Fraction(made)


def test_a_half_is_rounded_up():
    assert half_up(Fraction(1, 200)) == Decimal("0.01")
    assert half_up(Fraction(8049, 1000)) == Decimal("8.05")


def entry(*raws, **effects):
    return {
        "counting": list(range(1, len(raws) + 1)),
        "marks": {str(seat): {"1": raw} for seat, raw in enumerate(raws, start=1)},
        "effects": NOTHING | effects,
        "few_allowed": False,
    }


MARKS = {
    "rules": RULES,
    "aspects": {"1": {"module": "A", "kind": "D", "max": "10", "spec": {"step": "1"}}},
}


@pytest.mark.parametrize(
    ("given", "total"),
    [
        (entry("0", "1", "5"), "90.00"),
        (entry("0", "1"), "95.00"),
        (entry("0", "1", "5", points_off="2.5"), "87.50"),
        (entry("0", "1", "5", points_off="200"), "0.00"),
        (entry("0", "1", "5", cancelled_modules=["A"]), "0.00"),
        (entry("0", "1", "5", disqualified=True), None),
        (entry(), None),
    ],
)
def test_totals_with_what_happened_in_the_room(given, total):
    assert total_of(MARKS, given)[0] == (None if total is None else Decimal(total))


def test_too_few_judges_have_no_result_where_the_rules_refuse():
    rules = RULES | {"few_judges": "refuse"}

    assert total_of(MARKS | {"rules": rules}, entry("0", "1"))[0] is None


def test_an_exception_gives_too_few_judges_their_mean_all_the_same():
    rules = RULES | {"few_judges": "refuse"}
    few = entry("0", "1")

    allowed = total_of(MARKS | {"rules": rules}, few | {"few_allowed": True})[0]

    assert allowed == total_of(MARKS, few)[0]
    assert allowed is not None


@pytest.mark.parametrize("level", list(Level))
def test_a_draw_comes_out_as_ours(level):
    sources = [f"{n:02d}" for n in range(30)]
    groups = [
        Group("上午", tuple(sources[:20]), tuple(f"1{n:02d}" for n in range(25))),
        Group("下午", tuple(sources[20:]), tuple(f"2{n:02d}" for n in range(10))),
    ]
    record = {"level": level.value, "seed": "5" * 64, "groups": [one.plain() for one in groups]}

    assert draw_again(record) == draw_level(level, "5" * 64, groups)


def operation(op, raw, *seen, late=False):
    return {"op": op, "aspect": "1", "raw": raw, "seen": list(seen), "late": late}


@pytest.mark.parametrize(
    ("operations", "held"),
    [
        ([operation("a", "1"), operation("b", "2", "a")], {"1": "2"}),
        ([operation("b", "2", "a"), operation("a", "1")], {"1": "2"}),
        ([operation("a", "1"), operation("b", "1")], {"1": "1"}),
        ([operation("a", "1"), operation("b", "2")], {}),
        ([operation("a", "1"), operation("b", "2", "a", late=True)], {"1": "1"}),
        ([operation("a", "1"), operation("b", None, "a")], {}),
    ],
)
def test_marks_follow_from_operations_in_any_order(operations, held):
    assert marks_of("sheet", {"operations": operations, "marks": held}) == held
