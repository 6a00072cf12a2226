"""Bands and formulas as people write them, and the requirements of the WorldSkills sheet."""

from decimal import Decimal

import pytest

from eventsys.schemes.aspects import AspectKind, Band, Edge
from eventsys.schemes.notation import (
    BandUnreadable,
    Formula,
    FormulaUnreadable,
    bands_in,
    bands_text,
    formula_in,
    formula_text,
    plain,
)
from eventsys.schemes.requirements import requirement_of, with_requirement
from eventsys.schemes.rules import AspectFacts

D, K = Decimal, AspectKind
ROUGH = (
    Band(None, D("0.8"), D(5)),
    Band(D("0.8"), D("1.6"), D(3)),
    Band(D("1.6"), None, D(0)),
)


@pytest.mark.parametrize(
    "text",
    [
        "~ 0.8 = 5; 0.8 ~ 1.6 = 3; 1.6 ~ = 0",
        "~0.8=5\n0.8~1.6=3\r\n1.6~=0\n",
        "～０.８＝５；０.８至１.６＝３；１.６～＝０",
    ],
)
def test_bands_are_read_as_typed_on_any_keyboard(text: str):
    assert bands_in(text) == ROUGH


def test_bands_are_written_as_they_are_read():
    assert bands_text(ROUGH) == "~ 0.8 = 5; 0.8 ~ 1.6 = 3; 1.6 ~ = 0"
    assert bands_in("-2 ~ −1 = 0.50") == (Band(D(-2), D(-1), D("0.5")),)
    assert bands_in(" \n ") == ()


@pytest.mark.parametrize(
    "text", ["0.8", "a ~ b = c", "0 ~ 1", "0 - 1 = 5", "0 ~ 1 = 5 6", "1e3 ~ = 2"]
)
def test_what_is_no_band_is_refused_as_written(text: str):
    with pytest.raises(BandUnreadable) as caught:
        bands_in(f"~ 0 = 1\n{text}")

    assert caught.value.facts == {"given": text}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("10-2*N, min 0", Formula(D(10), D(-2), D(0))),
        ("10 − 2 × n，min 0", Formula(D(10), D(-2), D(0))),
        ("10-N", Formula(D(10), D(-1), D(0))),
        ("0.5*N", Formula(D(0), D("0.5"), D(0))),
        ("-5+0.125*N, MIN 1.5", Formula(D(-5), D("0.125"), D("1.5"))),
        ("", None),
    ],
)
def test_a_formula_is_numbers_and_nothing_else(text: str, line):
    assert formula_in(text) == line


@pytest.mark.parametrize("text", ["10", "N*N", "10-2*N+1", "10 2*N", "__import__('os')", "2**N"])
def test_other_arithmetic_is_refused(text: str):
    with pytest.raises(FormulaUnreadable):
        formula_in(text)


def test_a_formula_is_written_as_it_is_read():
    assert formula_text(D("10.0"), D(-2), None) == "10-2*N, min 0"
    assert formula_in(formula_text(D(-5), D("0.125"), D("1.5"))) == (D(-5), D("0.125"), D("1.5"))


def test_numbers_are_shown_without_exponent_and_idle_zeros():
    assert [plain(one) for one in (D("1E+3"), D("2.50"), D("-0.0"), None)] == [
        "1000",
        "2.5",
        "0",
        "",
    ]


FACTS = AspectFacts("A1.1", K.CHECK, "外径", D(5))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("9.9 ~ 10.1 mm", K.MEASUREMENT),
        ("~ 10.1", K.MEASUREMENT),
        ("5 ~", K.MEASUREMENT),
        ("10 ± 0.1 mm", K.TOLERANCE),
        ("10 ± 0.1 ± 0.2 = 1.5 mm", K.TOLERANCE),
        ("~ 0.8 = 5; 0.8 ~ = 0", K.BANDS),
        ("upper: ~ 0.8 = 5; 0.8 ~ = 0 [μm]", K.BANDS),
        ("10-2*N, min 0", K.FORMULA),
        ("10-2*N, min 0 [mm]", K.FORMULA),
        ("-0.5 each", K.DEDUCTION),
        ("machine", K.MACHINE),
        ("见图纸 3", K.CHECK),
        ("≥ 5", K.CHECK),
        ("", K.CHECK),
    ],
)
def test_a_requirement_means_one_kind_and_is_written_the_same(text: str, kind):
    facts = with_requirement(FACTS, text)

    assert (facts.kind, requirement_of(facts)) == (kind, text)


def test_a_requirement_keeps_edge_and_unit():
    facts = with_requirement(FACTS, "upper: ~ 0.8 = 5; 0.8 ~ = 0 [μm]")

    assert (facts.edge, facts.unit, facts.bands[0]) == (
        Edge.UPPER,
        "μm",
        Band(None, D("0.8"), D(5)),
    )
