"""What the WorldSkills sheet says in words of a measurement, read and written without doubt.

The sheet knows measurement and judgement only. The requirement of a measurement is free text there;
these forms mean a kind of ours, anything else is met or not met with the text for the judge:
``9.9 ~ 10.1 mm`` limits, ``10 ± 0.1 mm`` a tolerance (``10 ± 0.1 ± 0.2 = 1 mm`` with part marks),
``~ 0.8 = 5; 0.8 ~ = 0`` bands (``upper:`` before them for the other edge), ``10-2*N, min 0`` a
formula, ``-0.5 each`` a deduction, ``machine`` a machine's mark.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from eventsys.errors import RuleBroken
from eventsys.schemes.aspects import AspectKind, Edge
from eventsys.schemes.notation import (
    NUMBER,
    bands_in,
    bands_text,
    formula_in,
    formula_text,
    number_in,
    plain,
)
from eventsys.schemes.rules import AspectFacts

UNIT = r"(?:\s*(?P<unit>[^\s\d=;~±][^=;~±]{0,19}))?"
LIMITS = re.compile(rf"(?P<low>{NUMBER})?\s*~\s*(?P<high>{NUMBER})?{UNIT}")
TOLERANCE = re.compile(
    rf"(?P<nominal>{NUMBER})\s*±\s*(?P<inner>{NUMBER})"
    rf"(?:\s*±\s*(?P<outer>{NUMBER})\s*=\s*(?P<part>{NUMBER}))?{UNIT}"
)
EACH = re.compile(r"-(?P<step>\d+(?:\.\d+)?) each")
MACHINE = "machine"
UPPER = "upper:"
IN_UNIT = re.compile(r"(?P<rest>.*\S)\s*\[(?P<unit>[^\[\]]{1,20})\]")


def with_requirement(facts: AspectFacts, text: str) -> AspectFacts:
    """The aspect of a measurement row: kind and parameters by the requirement, if it has any."""
    for read in (_machine, _each, _tolerance, _limits, _bands, _formula):
        found = read(facts, text.strip())
        if found is not None:
            return found
    return replace(facts, kind=AspectKind.CHECK, requirement=text.strip())


def requirement_of(facts: AspectFacts) -> str:
    """The requirement as ``with_requirement`` reads it."""
    write = _WRITTEN.get(facts.kind)
    return write(facts) if write else facts.requirement


def _written_limits(facts: AspectFacts) -> str:
    ends = (plain(facts.low), "~", plain(facts.high), facts.unit)
    return " ".join(filter(None, ends))


def _written_tolerance(facts: AspectFacts) -> str:
    wider = f" ± {plain(facts.outer)} = {plain(facts.part)}" if facts.outer else ""
    return f"{plain(facts.nominal)} ± {plain(facts.inner)}{wider} {facts.unit}".strip()


def _written_bands(facts: AspectFacts) -> str:
    edge = f"{UPPER} " if facts.edge is Edge.UPPER else ""
    return edge + bands_text(facts.bands) + _in_unit(facts)


def _written_formula(facts: AspectFacts) -> str:
    base, factor = facts.base or Decimal(0), facts.factor or Decimal(0)
    return formula_text(base, factor, facts.floor) + _in_unit(facts)


def _in_unit(facts: AspectFacts) -> str:
    return f" [{facts.unit}]" if facts.unit else ""


_WRITTEN: Mapping[AspectKind, Callable[[AspectFacts], str]] = {
    AspectKind.MEASUREMENT: _written_limits,
    AspectKind.TOLERANCE: _written_tolerance,
    AspectKind.BANDS: _written_bands,
    AspectKind.FORMULA: _written_formula,
    AspectKind.DEDUCTION: lambda facts: f"-{plain(facts.step)} each",
    AspectKind.MACHINE: lambda _facts: MACHINE,
}


def _machine(facts: AspectFacts, text: str) -> AspectFacts | None:
    return replace(facts, kind=AspectKind.MACHINE) if text == MACHINE else None


def _each(facts: AspectFacts, text: str) -> AspectFacts | None:
    parts = EACH.fullmatch(text)
    if parts is None:
        return None
    return replace(facts, kind=AspectKind.DEDUCTION, step=Decimal(parts["step"]))


def _limits(facts: AspectFacts, text: str) -> AspectFacts | None:
    parts = LIMITS.fullmatch(text)
    if parts is None or (parts["low"] is None and parts["high"] is None):
        return None
    low, high = number_in(parts["low"] or ""), number_in(parts["high"] or "")
    kind, unit = AspectKind.MEASUREMENT, parts["unit"] or ""
    return replace(facts, kind=kind, low=low, high=high, unit=unit)


def _tolerance(facts: AspectFacts, text: str) -> AspectFacts | None:
    parts = TOLERANCE.fullmatch(text)
    if parts is None:
        return None
    return replace(
        facts,
        kind=AspectKind.TOLERANCE,
        nominal=Decimal(parts["nominal"]),
        inner=Decimal(parts["inner"]),
        outer=number_in(parts["outer"] or ""),
        part=number_in(parts["part"] or ""),
        unit=parts["unit"] or "",
    )


def _bands(facts: AspectFacts, text: str) -> AspectFacts | None:
    rest, unit = _without_unit(text)
    edge = Edge.UPPER if rest.startswith(UPPER) else Edge.LOWER
    try:
        bands = bands_in(rest.removeprefix(UPPER))
    except RuleBroken:  # words, then
        return None
    kind = AspectKind.BANDS
    return replace(facts, kind=kind, bands=bands, edge=edge, unit=unit) if bands else None


def _formula(facts: AspectFacts, text: str) -> AspectFacts | None:
    rest, unit = _without_unit(text)
    try:
        line = formula_in(rest)
    except RuleBroken:  # words, then
        return None
    if line is None:
        return None
    kind = AspectKind.FORMULA
    return replace(facts, kind=kind, unit=unit, **line._asdict())


def _without_unit(text: str) -> tuple[str, str]:
    parts = IN_UNIT.fullmatch(text)
    return (parts["rest"], parts["unit"]) if parts else (text, "")
