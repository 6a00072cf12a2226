"""The estimated scale: the field's vector, few competitors, tied medals, medallions."""

from decimal import Decimal

import pytest

from eventsys.events.rules import ScaleRule
from eventsys.results.scale import Medal, medals, scaled

RAWS = ("88.2", "86.9", "84.0", "79.5", "77.1", "75.0", "70.2", "66.3", "60.0")
FIRST = ScaleRule(compare="first")
GOLD, SILVER, BRONZE, MEDALLION = Medal.GOLD, Medal.SILVER, Medal.BRONZE, Medal.MEDALLION


def on_scale(*raws: str, rule: ScaleRule | None = None) -> list[int]:
    totals = {number: Decimal(raw) for number, raw in enumerate(raws)}
    return list(scaled(totals, rule or ScaleRule()).values())


def given(*points: int, rule: ScaleRule | None = None) -> list[Medal | None]:
    found = medals(dict(enumerate(points)), rule or ScaleRule())
    return [found.get(number) for number in range(len(points))]


def test_the_vector_of_the_field():
    assert on_scale(*RAWS) == [733, 729, 720, 707, 700, 694, 680, 668, 650]


def test_below_six_results_there_is_no_scale():
    assert on_scale(*RAWS[:5]) == []
    assert len(on_scale(*RAWS[:6])) == 6


def test_without_any_spread_everybody_stands_at_the_centre():
    assert on_scale("80", "80", "80", "80", "80", "99") == [700] * 6


def test_the_scale_ends_at_nothing_and_a_thousand():
    assert on_scale("0", "79", "80", "80", "81", "100000", rule=ScaleRule(spread=500)) == [
        0, 363, 700, 700, 1000, 1000,
    ]  # fmt: skip


def test_centre_and_spread_are_parameters():
    assert on_scale(*RAWS, rule=ScaleRule(500, 60))[0] == 565


@pytest.mark.parametrize(
    ("points", "rule", "expected"),
    [
        ((740, 730, 720, 701), None, [GOLD, SILVER, BRONZE, MEDALLION]),
        ((740, 730, 720, 699), None, [GOLD, SILVER, BRONZE, None]),
        # two golds: no silver, one or more bronze
        ((740, 738, 720, 719, 700), None, [GOLD, GOLD, BRONZE, BRONZE, MEDALLION]),
        # three golds: no silver; bronze only within the gap of the last gold
        ((740, 738, 736, 733), None, [GOLD, GOLD, GOLD, MEDALLION]),
        ((740, 739, 738, 736, 735), FIRST, [GOLD, GOLD, GOLD, BRONZE, MEDALLION]),
        # measured to the first, the third is no gold any more
        ((740, 738, 736, 733), FIRST, [GOLD, GOLD, BRONZE, MEDALLION]),
        # a tie for silver uses the bronze up
        ((740, 730, 728, 720), None, [GOLD, SILVER, SILVER, MEDALLION]),
        ((740, 730, 728, 727), FIRST, [GOLD, SILVER, SILVER, BRONZE]),
        # more than one bronze
        ((740, 730, 720, 720, 718, 715), None, [GOLD, SILVER, BRONZE, BRONZE, BRONZE, MEDALLION]),
        ((740,), None, [GOLD]),
        ((), None, []),
    ],
)
def test_tied_medals(points, rule, expected):
    assert given(*points, rule=rule) == expected
