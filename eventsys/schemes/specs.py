"""An aspect's parameters as JSON keeps them: the one form that Python and the tablet both read.

Numbers are decimal texts. Keys: ``lo``, ``hi``, ``unit``, ``step``, ``levels``, ``bands`` (lists of
low, high, points; an open end is an empty text), ``edge``, ``base``, ``factor``, ``floor``,
``nominal``, ``inner``, ``outer``, ``part``; and the words ``note``, ``need``, ``day``.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from eventsys.schemes.aspects import (
    COUNTED,
    MEASURED,
    AspectKind,
    AspectSpec,
    Band,
    Edge,
)
from eventsys.schemes.rules import AspectFacts

NUMBERS: Mapping[str, str] = {
    "low": "lo",
    "high": "hi",
    "step": "step",
    "base": "base",
    "factor": "factor",
    "floor": "floor",
    "nominal": "nominal",
    "inner": "inner",
    "outer": "outer",
    "part": "part",
}
"""Numbers of an aspect's parameters, and their keys."""

WORDS: Mapping[str, str] = {"unit": "unit", "note": "note", "requirement": "need", "day": "day"}
USED: Mapping[AspectKind, frozenset[str]] = {
    AspectKind.JUDGEMENT: frozenset({"levels"}),
    AspectKind.MEASUREMENT: frozenset({"low", "high"}),
    AspectKind.BANDS: frozenset({"bands", "edge"}),
    AspectKind.FORMULA: frozenset({"base", "factor", "floor"}),
    AspectKind.TOLERANCE: frozenset({"nominal", "inner", "outer", "part"}),
    AspectKind.DEDUCTION: frozenset({"step"}),
    AspectKind.VIOLATION: frozenset({"step"}),
}
"""What each kind uses; the rest of a form or a row is left out."""

_PARAMETERS: Mapping[str, Any] = {
    **dict.fromkeys(NUMBERS),
    "levels": (),
    "bands": (),
    "edge": Edge.LOWER,
    "unit": "",
}


def only_used(facts: AspectFacts) -> AspectFacts:
    """The facts without parameters that their kind does not know."""
    used = USED.get(facts.kind, frozenset()) | ({"unit"} if facts.kind in MEASURED else set())
    idle = {key: value for key, value in _PARAMETERS.items() if key not in used}
    return replace(facts, **idle)


def spec_of(facts: AspectFacts) -> dict[str, Any]:
    """What JSON keeps of an aspect beside its code, kind, text and maximum."""
    spec: dict[str, Any] = {key: exact(getattr(facts, name)) for name, key in NUMBERS.items()}
    spec |= {key: getattr(facts, name) for name, key in WORDS.items()}
    spec["levels"] = list(facts.levels)
    if facts.bands:
        ends = [
            (exact(one.low) or "", exact(one.high) or "", exact(one.points)) for one in facts.bands
        ]
        spec["bands"] = [list(one) for one in ends]
        spec["edge"] = facts.edge.value
    return {key: value for key, value in spec.items() if value}


def limits_in(spec: Mapping[str, Any]) -> AspectSpec:
    """The parameters as exact numbers."""
    return AspectSpec(
        bands=_bands(spec),
        edge=Edge(spec.get("edge", Edge.LOWER)),
        **{name: _number(spec.get(key)) for name, key in NUMBERS.items()},
    )


def parameters_in(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The same as arguments of ``AspectFacts``."""
    return {
        **{name: _number(spec.get(key)) for name, key in NUMBERS.items()},
        **{name: spec.get(key, "") for name, key in WORDS.items()},
        "levels": tuple(spec.get("levels", ())),
        "bands": _bands(spec),
        "edge": Edge(spec.get("edge", Edge.LOWER)),
    }


def stays_valid(old: AspectFacts, new: AspectFacts) -> bool:
    """Whether what was entered for ``old`` can be read for ``new``: only the points change then.

    A judged level stands as long as the four descriptions do; a measured value as long as it is
    measured in the same unit, whatever gives the points; a count as long as something is counted;
    a machine's mark as long as its maximum stands.
    """
    if old.kind in MEASURED and new.kind in MEASURED:
        return old.unit == new.unit
    if old.kind in COUNTED and new.kind in COUNTED:
        return True
    if old.kind is not new.kind:
        return False
    if old.kind is AspectKind.MACHINE:
        return old.max_points == new.max_points
    return old.levels == new.levels


def exact(value: Decimal | None) -> str | None:
    """A number as the text that JSON keeps."""
    return None if value is None else f"{value:f}"


def _bands(spec: Mapping[str, Any]) -> tuple[Band, ...]:
    return tuple(
        Band(_number(low), _number(high), Decimal(points))
        for low, high, points in spec.get("bands", ())
    )


def _number(kept: str | None) -> Decimal | None:
    return Decimal(kept) if kept else None
