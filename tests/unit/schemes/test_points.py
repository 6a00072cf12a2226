"""What a value is worth, kind by kind, and which parameters are refused."""

from decimal import Decimal
from fractions import Fraction

import pytest

from eventsys.errors import RuleBroken
from eventsys.rounding import round_half_up
from eventsys.schemes.aspects import (
    NO_SPEC,
    AspectKind,
    AspectSpec,
    Band,
    Edge,
    MachineMarkOutOfRange,
    MeasurementOutOfRange,
    OccurrencesOutOfRange,
    OnlyTheMachine,
    aspect_points,
    check_machine_mark,
    check_raw,
)
from eventsys.schemes.models import Aspect, Criterion
from eventsys.schemes.parameters import (
    BandPointsUnfit,
    BandsApart,
    BandsMissing,
    BandTurned,
    FormulaUnfit,
    ToleranceUnfit,
    check_aspect,
)
from eventsys.schemes.tally import Tally

D, K = Decimal, AspectKind


def bands(*rows: tuple[str, str, str], edge: Edge = Edge.LOWER) -> AspectSpec:
    """Bands from texts, an empty end being open."""
    made = [Band(D(low) if low else None, D(high) if high else None, D(p)) for low, high, p in rows]
    return AspectSpec(bands=tuple(made), edge=edge)


ROUGH = bands(("", "0.8", "5"), ("0.8", "1.6", "3"), ("1.6", "", "0"))
SCORED = bands(("60", "80", "2"), ("80", "90", "3"), ("90", "100", "5"), edge=Edge.UPPER)
LINE = AspectSpec(base=D(10), factor=D(-2), floor=D(0))
RISING = AspectSpec(base=D(-1), factor=D("0.125"), floor=D("0.5"))
HOLE = AspectSpec(nominal=D(10), inner=D("0.05"), outer=D("0.1"), part=D(2))
STRICT = AspectSpec(nominal=D(10), inner=D(0))
WARNING = AspectSpec(step=D("2.5"))


@pytest.mark.parametrize(
    ("kind", "full", "spec", "raw", "points"),
    [
        (K.BANDS, "5", ROUGH, "-3", 5),
        (K.BANDS, "5", ROUGH, "0.8", 5),
        (K.BANDS, "5", ROUGH, "0.801", 3),
        (K.BANDS, "5", ROUGH, "1.6", 3),
        (K.BANDS, "5", ROUGH, "99", 0),
        (K.BANDS, "5", SCORED, "59.999", 0),
        (K.BANDS, "5", SCORED, "60", 2),
        (K.BANDS, "5", SCORED, "80", 3),
        (K.BANDS, "5", SCORED, "90", 5),
        (K.BANDS, "5", SCORED, "100", 5),
        (K.BANDS, "5", SCORED, "100.001", 0),
        (K.FORMULA, "10", LINE, "0", 10),
        (K.FORMULA, "10", LINE, "3", 4),
        (K.FORMULA, "10", LINE, "1.234", Fraction(7532, 1000)),
        (K.FORMULA, "10", LINE, "5", 0),
        (K.FORMULA, "10", LINE, "6", 0),
        (K.FORMULA, "10", LINE, "-1", 10),
        (K.FORMULA, "4", RISING, "12", Fraction(1, 2)),
        (K.FORMULA, "4", RISING, "12.001", Fraction(500125, 1000000)),
        (K.FORMULA, "4", RISING, "40", 4),
        (K.FORMULA, "4", RISING, "999999999.999", 4),
        (K.TOLERANCE, "5", HOLE, "10", 5),
        (K.TOLERANCE, "5", HOLE, "9.95", 5),
        (K.TOLERANCE, "5", HOLE, "10.05", 5),
        (K.TOLERANCE, "5", HOLE, "10.051", 2),
        (K.TOLERANCE, "5", HOLE, "9.9", 2),
        (K.TOLERANCE, "5", HOLE, "9.899", 0),
        (K.TOLERANCE, "5", STRICT, "10", 5),
        (K.TOLERANCE, "5", STRICT, "10.001", 0),
        (K.VIOLATION, "10", WARNING, "0", 0),
        (K.VIOLATION, "10", WARNING, "3", Fraction(-15, 2)),
        (K.VIOLATION, "10", WARNING, "4", -10),
        (K.VIOLATION, "10", WARNING, "9", -10),
        (K.MACHINE, "30", NO_SPEC, "27.125", Fraction(27125, 1000)),
    ],
)
def test_a_value_is_worth_exactly_this(kind, full: str, spec, raw: str, points):
    assert aspect_points(kind, D(full), spec, D(raw)) == points


@pytest.mark.parametrize(
    ("levels", "full", "mark"),
    [
        ("233", "1.50", "1.33"),
        ("122", "2", "1.11"),
        ("011", "0.75", "0.17"),
        ("112", "1", "0.44"),
    ],
)
def test_three_levels_come_to_their_mean_third_of_the_maximum(levels: str, full: str, mark: str):
    points = [aspect_points(K.JUDGEMENT, D(full), NO_SPEC, D(level)) for level in levels]

    assert str(round_half_up(sum(points) / 3, 2)) == mark


@pytest.mark.parametrize(
    ("kind", "full", "spec", "refusal"),
    [
        (K.BANDS, "5", NO_SPEC, BandsMissing),
        (K.BANDS, "5", bands(("", "", "5")), BandsMissing),
        (K.BANDS, "5", bands(*[(str(n), str(n + 1), "5") for n in range(21)]), BandsMissing),
        (K.BANDS, "5", bands(("1", "1", "5"), ("1", "2", "0")), BandTurned),
        (K.BANDS, "5", bands(("2", "1", "5"), ("1", "3", "0")), BandTurned),
        (K.BANDS, "5", bands(("", "1", "5"), ("", "2", "0")), BandTurned),
        (K.BANDS, "5", bands(("0", "", "5"), ("2", "3", "0")), BandTurned),
        (K.BANDS, "5", bands(("0", "1", "5"), ("1.001", "2", "0")), BandsApart),
        (K.BANDS, "5", bands(("0", "1", "5"), ("0.9", "2", "0")), BandsApart),
        (K.BANDS, "5", bands(("0", "1", "4"), ("1", "2", "0")), BandPointsUnfit),
        (K.BANDS, "5", bands(("0", "1", "6"), ("1", "2", "0")), BandPointsUnfit),
        (K.BANDS, "5", bands(("0", "1", "5"), ("1", "2", "-1")), BandPointsUnfit),
        (K.FORMULA, "5", NO_SPEC, FormulaUnfit),
        (K.FORMULA, "5", AspectSpec(base=D(5), factor=D(0)), FormulaUnfit),
        (K.FORMULA, "5", AspectSpec(base=D(5), factor=D(1), floor=D(5)), FormulaUnfit),
        (K.FORMULA, "5", AspectSpec(base=D(5), factor=D(1), floor=D(-1)), FormulaUnfit),
        (K.TOLERANCE, "5", NO_SPEC, ToleranceUnfit),
        (K.TOLERANCE, "5", AspectSpec(nominal=D(1), inner=D(-1)), ToleranceUnfit),
        (K.TOLERANCE, "5", AspectSpec(nominal=D(1), inner=D(1), outer=D(2)), ToleranceUnfit),
        (K.TOLERANCE, "5", AspectSpec(nominal=D(1), inner=D(1), part=D(2)), ToleranceUnfit),
        (
            K.TOLERANCE,
            "5",
            AspectSpec(nominal=D(1), inner=D(1), outer=D(1), part=D(2)),
            ToleranceUnfit,
        ),
        (
            K.TOLERANCE,
            "5",
            AspectSpec(nominal=D(1), inner=D(1), outer=D(2), part=D(5)),
            ToleranceUnfit,
        ),
    ],
)
def test_parameters_that_leave_a_doubt_are_refused(kind, full: str, spec, refusal):
    with pytest.raises(RuleBroken) as caught:
        check_aspect("A1", kind, D(full), spec)

    assert type(caught.value) is refusal


def test_a_gap_between_bands_is_named_with_both_ends():
    with pytest.raises(BandsApart) as caught:
        check_aspect("A1", K.BANDS, D(5), bands(("0", "1", "5"), ("1.5", "2", "0")))

    assert caught.value.facts == {"code": "A1", "number": 1, "end": D(1), "start": D("1.5")}


@pytest.mark.parametrize(
    ("kind", "raw", "refusal"),
    [
        (K.BANDS, "1.2345", MeasurementOutOfRange),
        (K.FORMULA, "NaN", MeasurementOutOfRange),
        (K.TOLERANCE, "1E+9", MeasurementOutOfRange),
        (K.VIOLATION, "1.5", OccurrencesOutOfRange),
        (K.VIOLATION, "1000", OccurrencesOutOfRange),
        (K.MACHINE, "1", OnlyTheMachine),
    ],
)
def test_a_judge_cannot_enter_what_the_kind_does_not_take(kind, raw: str, refusal):
    with pytest.raises(refusal):
        check_raw("A1.2", kind, D(raw))


@pytest.mark.parametrize("raw", ["-0.001", "30.001", "1.2345", "NaN", "Infinity"])
def test_a_machine_gives_marks_between_nothing_and_the_maximum(raw: str):
    check_machine_mark("A1", D(30), D(30))
    with pytest.raises(MachineMarkOutOfRange):
        check_machine_mark("A1", D(30), D(raw))


def test_violations_come_off_their_module_and_stop_at_nothing():
    rows = [
        ("A", K.CHECK, "5", {}),
        ("A", K.VIOLATION, "9", {"step": "4"}),
        ("B", K.CHECK, "6", {}),
    ]
    aspects = [
        Aspect(
            id=number,
            code=str(number),
            kind=kind,
            max_points=D(full),
            spec=spec,
            criterion=Criterion(module_code=module),
        )
        for number, (module, kind, full, spec) in enumerate(rows, start=1)
    ]
    tally = Tally(aspects)

    assert tally.module_totals({1: D(1), 2: D(1), 3: D(1)}) == {"A": 1, "B": 6}
    assert tally.module_totals({1: D(1), 2: D(2), 3: D(1)}) == {"A": 0, "B": 6}
    assert tally.total({1: D(1), 2: D(2), 3: D(1)}) == 6


def test_a_judge_owes_nothing_that_a_machine_marks():
    aspects = [
        Aspect(id=1, code="A1", kind=K.CHECK, max_points=D(1), spec={}),
        Aspect(id=2, code="A2", kind=K.MACHINE, max_points=D(1), spec={}),
    ]
    tally = Tally(aspects)

    assert (tally.missing({}), tally.missing_from_machine({})) == (["A1"], ["A2"])
    assert (tally.missing({1: D(1)}), tally.missing_from_machine({2: D(0)})) == ([], [])
    assert list(tally.by_id) == [1]


def test_marks_are_found_under_the_key_they_were_given_under():
    kept = Aspect(id=7, kept_key=1, code="A1", kind=K.CHECK, max_points=D(3), spec={})
    again = Aspect(id=8, kept_key=None, code="A2", kind=K.CHECK, max_points=D(2), spec={})
    for one in (kept, again):
        one.criterion = Criterion(module_code="A")
    tally = Tally([kept, again])

    assert tally.total({1: D(1), 2: D(1)}) == 3
    assert tally.missing({1: D(1), 2: D(1)}) == ["A2"]
