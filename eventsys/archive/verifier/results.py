"""A third, small calculator: from marks to points, totals and places."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .packs import Pack, Wrong, read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

UNKNOWN = -1
Spec = dict[str, Any]


class RuleUnknown(Exception):
    """A rule this calculator does not know: it says so instead of guessing."""


def _number(spec: Spec, key: str) -> Fraction:
    return Fraction(spec.get(key) or 0)


def _measured(full: Fraction, spec: Spec, value: Fraction) -> Fraction:
    low, high = spec.get("lo"), spec.get("hi")
    inside = (not low or Fraction(low) <= value) and (not high or value <= Fraction(high))
    return full if inside else Fraction(0)


def _banded(_full: Fraction, spec: Spec, value: Fraction) -> Fraction:
    bands = spec["bands"] if spec.get("edge", "lower") == "lower" else spec["bands"][::-1]
    for low, high, worth in bands:
        if (not low or Fraction(low) <= value) and (not high or value <= Fraction(high)):
            return Fraction(worth)
    return Fraction(0)


def _tolerated(full: Fraction, spec: Spec, value: Fraction) -> Fraction:
    away = abs(value - _number(spec, "nominal"))
    if spec.get("inner") and away <= Fraction(spec["inner"]):
        return full
    within = spec.get("outer") and away <= Fraction(spec["outer"])
    return _number(spec, "part") if within else Fraction(0)


def _formula(full: Fraction, spec: Spec, value: Fraction) -> Fraction:
    line = _number(spec, "base") + _number(spec, "factor") * value
    return min(full, max(_number(spec, "floor"), line))


KINDS: dict[str, Callable[[Fraction, Spec, Fraction], Fraction]] = {
    "J": lambda full, _spec, value: full * value / 3,
    "B": lambda full, _spec, value: full * value,
    "M": _measured,
    "D": lambda full, spec, value: max(Fraction(0), full - _number(spec, "step") * value),
    "N": _banded,
    "F": _formula,
    "T": _tolerated,
    "V": lambda full, spec, value: -min(full, _number(spec, "step") * value),
    "I": lambda _full, _spec, value: value,
}


def points(aspect: dict[str, Any], raw: str) -> Fraction:
    """What a raw value is worth, exactly."""
    if aspect["kind"] not in KINDS:
        raise RuleUnknown(aspect["kind"])
    return KINDS[aspect["kind"]](Fraction(aspect["max"]), aspect["spec"], Fraction(raw))


def aggregate(rules: dict[str, Any], marks: Sequence[Fraction]) -> Fraction:
    """One module mark of the judges' marks; with fewer than the least, their plain mean."""
    name = rules["strategy"] if len(marks) >= rules["min_judges"] else "mean"
    ordered = sorted(marks)
    if name == "median":
        return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    if name == "trimmed_mean":
        ordered = ordered[rules["drop_low"] : len(ordered) - rules["drop_high"]]
    elif name not in {"mean", "consensus"}:
        raise RuleUnknown(name)
    return sum(ordered, Fraction(0)) / len(ordered)


def half_up(value: Fraction) -> Decimal:
    """To two places, a half upwards."""
    return Decimal(int(value * 200 + 1) // 2) / 100


def _module(marks: dict[str, Any], entry: dict[str, Any], code: str) -> Fraction:
    if code in entry["effects"]["cancelled_modules"]:
        return Fraction(0)
    given = []
    for seat in entry["counting"]:
        raws = entry["marks"][str(seat)]
        own = [
            points(aspect, raws[key])
            for key, aspect in marks["aspects"].items()
            if aspect["module"] == code and key in raws
        ]
        given.append(max(Fraction(0), sum(own, Fraction(0))))
    return aggregate(marks["rules"], given)


def _may_count(marks: dict[str, Any], entry: dict[str, Any]) -> bool:
    """Whether there is a result: somebody counts, nobody owes a mark, and they are enough.

    Where the rules refuse too few judges, an exception may have been made for this entry alone.
    """
    rules, seats = marks["rules"], entry["counting"]
    refused = rules["few_judges"] == "refuse" and not entry["few_allowed"]
    enough = len(seats) >= (rules["min_judges"] if refused else 1)
    wanted = marks["aspects"].keys()
    return enough and all(wanted <= entry["marks"][str(seat)].keys() for seat in seats)


def total_of(
    marks: dict[str, Any], entry: dict[str, Any]
) -> tuple[Decimal | None, dict[str, Decimal]]:
    """The total of one entry and its modules' marks; no total for nothing handed in."""
    if entry["effects"]["disqualified"] or not _may_count(marks, entry):
        return None, {}
    total, modules = Fraction(0), {}
    for module in marks["rules"]["modules"]:
        mark = _module(marks, entry, module["code"])
        modules[module["code"]] = half_up(mark)
        total += mark * Fraction(module["weight"]) / Fraction(module["full"])
    total = max(Fraction(0), total - Fraction(entry["effects"]["points_off"]))
    return half_up(total), modules


def check_results(pack: Pack, folder: str) -> int:
    """How many totals and places were computed again; ``UNKNOWN`` with a rule unknown here."""
    versions = [
        one for one in pack.names() if re.fullmatch(re.escape(folder) + r"/results-v\d+\.json", one)
    ]
    if not versions or f"{folder}/marks.json" not in pack.names():
        return 0
    name = max(versions, key=lambda one: int(re.findall(r"\d+", one)[-1]))
    results, marks = read_json(pack, name), read_json(pack, f"{folder}/marks.json")
    if marks["rules"]["beyond"]:
        return UNKNOWN
    try:
        made = {code: total_of(marks, entry) for code, entry in marks["entries"].items()}
    except RuleUnknown:
        return UNKNOWN
    for row in results["rows"]:
        total = made[row["code"]][0] if row["code"] in made else None
        stated = None if row["total"] is None else Decimal(row["total"])
        if total != stated:
            raise Wrong(f"{name} {row['code']}", f"公布总分 {stated}，由评分表重算为 {total}")
    _check_places(name, results["rows"], marks["rules"]["tie_break"], made)
    return len(results["rows"])


def _check_places(
    name: str,
    rows: Sequence[dict[str, Any]],
    tie_break: Sequence[str],
    made: dict[str, tuple[Decimal | None, dict[str, Decimal]]],
) -> None:
    """A place is one more than how many are better; equal ones share or drew lots."""
    keys = {
        code: (-total, *(-modules[one] for one in tie_break))
        for code, (total, modules) in made.items()
        if total is not None
    }
    for row in rows:
        if row["place"] is None or row["code"] not in keys:
            continue
        before = sum(key < keys[row["code"]] for key in keys.values())
        equal = sum(key == keys[row["code"]] for key in keys.values())
        if not before < row["place"] <= before + equal:
            raise Wrong(f"{name} {row['code']}", f"公布名次 {row['place']} 与总分排序不符")
