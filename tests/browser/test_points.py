"""The tablet reckons points as the server does: the same values, the same hundredths."""

import json
from fractions import Fraction
from random import Random

from playwright.sync_api import Browser

from eventsys.rounding import round_half_up
from eventsys.schemes.aspects import AspectKind, aspect_points
from eventsys.schemes.notation import plain
from eventsys.schemes.specs import spec_of
from tests import schemes
from wsgi import ROOT

CASES = 500
UNIT = 3_000_000
"""Units of the script in one point."""

POINTS = """cases => cases.map(([row, raw]) => {
    const points = window.marking.points(row, raw);
    return [points, window.marking.shown(points), window.marking.given(row.points)];
})"""
TOTALS = """sheets => sheets.map(rows => window.marking.shown(window.marking.total(rows)))"""


def row_of(facts, points: Fraction) -> dict[str, str]:
    """What the page holds of an aspect in the data of its row."""
    spec = spec_of(facts)
    return {
        "kind": facts.kind.value,
        "max": plain(facts.max_points),
        "lo": spec.get("lo", ""),
        "hi": spec.get("hi", ""),
        "step": spec.get("step", ""),
        "spec": json.dumps(spec),
        "points": str(points),
    }


def shown(points: Fraction) -> str:
    """Half up to hundredths, with the minus of print."""
    return f"{round_half_up(points, 2)}".replace("-", "\u2212")


def drawn(random: Random):
    """An aspect, a value for it, and the points Python gives."""
    facts = schemes.aspect(random, random.choice(list(AspectKind)))
    raw = schemes.raw_for(random, facts)
    return facts, raw, aspect_points(facts.kind, facts.max_points, facts.limits, raw)


def test_the_tablet_and_the_server_give_the_same_points(browser: Browser):
    random = Random(20260601)  # noqa: S311  test data, nothing secret
    cases = [drawn(random) for _ in range(CASES)]
    sheets = [random.sample(cases, 12) for _ in range(60)]
    modules = [[random.choice("AB") for _ in sheet] for sheet in sheets]
    page = browser.new_page()
    page.add_script_tag(path=ROOT / "static" / "js" / "mark_points.js")

    found = page.evaluate(
        POINTS, [[row_of(facts, points), f"{raw:f}"] for facts, raw, points in cases]
    )
    totals = page.evaluate(
        TOTALS,
        [
            [
                {"module": module, "points": int(points * UNIT)}
                for module, (_, _, points) in zip(own, sheet, strict=True)
            ]
            for own, sheet in zip(modules, sheets, strict=True)
        ],
    )
    page.close()

    wanted = [[points * UNIT, shown(points), points * UNIT] for _, _, points in cases]
    assert found == wanted
    assert totals == [shown(total(*one)) for one in zip(modules, sheets, strict=True)]
    assert {facts.kind for facts, _, _ in cases} == set(AspectKind)


def total(modules, sheet) -> Fraction:
    """A sheet's total: no module below zero."""
    sums = {
        module: sum(
            (points for own, (_, _, points) in zip(modules, sheet, strict=True) if own == module),
            Fraction(0),
        )
        for module in "AB"
    }
    return sum((max(Fraction(0), one) for one in sums.values()), Fraction(0))


def test_what_is_no_number_has_no_points(browser: Browser):
    page = browser.new_page()
    page.add_script_tag(path=ROOT / "static" / "js" / "mark_points.js")
    rows = [
        [{"kind": kind, "max": "5", "lo": "1", "hi": "2", "step": "1", "spec": "{}"}, raw]
        for kind, raw in [
            ("M", "1.2345"),
            ("N", "x"),
            ("F", "1e3"),
            ("V", "1.5"),
            ("I", ""),
            ("T", "-"),
        ]
    ]

    assert [one[0] for one in page.evaluate(POINTS, rows)] == [None] * len(rows)
    page.close()
