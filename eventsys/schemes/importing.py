"""Marking schemes from spreadsheets: every problem is named, or all rows are kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import BinaryIO

from eventsys.errors import N_, DomainError, RuleBroken
from eventsys.events.rules import ModuleRule
from eventsys.exports import template_xlsx
from eventsys.imports import ImportColumn, Notice, ReadRow, read_table
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.rules import (
    LEVELS,
    AspectFacts,
    CriterionFacts,
    check_aspect_facts,
    check_code,
    check_criterion,
)

Words = Callable[[str], str]

SCHEME_HEADINGS: Mapping[str, str] = {
    "module": N_("Module"),
    "criterion": N_("Criterion code"),
    "criterion_name": N_("Criterion"),
    "aspect": N_("Aspect code"),
    "text": N_("What is judged"),
    "kind": N_("Type"),
    "max": N_("Maximum mark"),
    "low": N_("Lower limit"),
    "high": N_("Upper limit"),
    "unit": N_("Unit of measurement"),
    "step": N_("Points lost each time"),
    "level0": N_("Level 0"),
    "level1": N_("Level 1"),
    "level2": N_("Level 2"),
    "level3": N_("Level 3"),
}
SCHEME_REQUIRED = frozenset({"module", "criterion", "aspect", "text", "kind", "max"})
SCHEME_NOTES = (
    N_("One row for each aspect. Rows with the same criterion code form one criterion."),
    N_("Type: J judgement 0 to 3, B met or not met, M measurement, D deduction."),
    N_("A judgement needs all four levels described; a measurement at least one limit."),
    N_("A deduction needs the points lost each time. The maximum is what is left without faults."),
    N_("The maximum marks of a module must add up to the module's full marks."),
)
TYPES: Mapping[str, AspectKind] = {
    "评价": AspectKind.JUDGEMENT,
    "判定": AspectKind.CHECK,
    "测量": AspectKind.MEASUREMENT,
    "扣分": AspectKind.DEDUCTION,
}
NUMBERS = ("max", "low", "high", "step")


class UnknownType(RuleBroken):
    message = N_("Type is J, B, M or D. Correct “%(given)s”.")


class NotANumber(RuleBroken):
    message = N_("“%(given)s” is not a number. Type digits and a decimal point only.")


class CriterionChanges(RuleBroken):
    message = N_("Criterion %(code)s has two names or two modules. Write the same in all its rows.")


class CodeRepeated(RuleBroken):
    message = N_("The code %(code)s is in row %(row)s already. Give every aspect its own code.")


@dataclass(frozen=True)
class Problem:
    """What is wrong in one row, and in which column if that is known."""

    row: int
    column: str
    refusal: DomainError


@dataclass(frozen=True)
class ReadScheme:
    """A scheme as the file gives it; nothing may be kept while there are problems."""

    criteria: list[CriterionFacts]
    notices: list[Notice]
    problems: list[Problem]


def columns_of(
    headings: Mapping[str, str], required: Iterable[str], words: Words
) -> list[ImportColumn]:
    """The columns under their headings in the reader's language; English is understood too."""
    needed = frozenset(required)
    return [
        ImportColumn(key, tuple(dict.fromkeys((words(label), label))), required=key in needed)
        for key, label in headings.items()
    ]


def scheme_columns(words: Words) -> list[ImportColumn]:
    """The columns of our own template for marking schemes."""
    return columns_of(SCHEME_HEADINGS, SCHEME_REQUIRED, words)


def write_scheme_template(out: BinaryIO, modules: Sequence[ModuleRule], words: Words) -> None:
    """An empty file to fill in, with the track's modules and the four types to choose from."""
    template_xlsx(
        scheme_columns(words),
        out,
        notes=[words(note) for note in SCHEME_NOTES],
        choices={
            "module": [module.code for module in modules],
            "kind": [kind.value for kind in AspectKind],
        },
        name=words(N_("Marking scheme")),
        notes_name=words(N_("Notes")),
    )


def read_scheme(
    data: bytes, file_name: str, modules: Sequence[ModuleRule], words: Words
) -> ReadScheme:
    """Read a filled-in template; every row that cannot be kept is named with its reason."""
    table = read_table(data, file_name, scheme_columns(words))
    found = [Problem(one.row, one.column_header, one.refusal) for one in table.errors]
    if found:
        return ReadScheme([], table.notices, found)
    criteria: dict[str, CriterionFacts] = {}
    seen: dict[str, int] = {}
    for row in table.rows:
        try:
            _take_row(row, modules, criteria, seen)
        except RuleBroken as refusal:
            found.append(Problem(row.number, "", refusal))
    return ReadScheme(list(criteria.values()), table.notices, found)


def _take_row(
    row: ReadRow,
    modules: Sequence[ModuleRule],
    criteria: dict[str, CriterionFacts],
    seen: dict[str, int],
) -> None:
    values = {key: text.strip() for key, text in row.values.items()}
    facts = CriterionFacts(
        module_code=values["module"],
        code=values["criterion"],
        name=values["criterion_name"] or values["criterion"],
    )
    check_criterion(facts, modules)
    known = criteria.get(facts.code, facts)
    if (known.module_code, known.name) != (facts.module_code, facts.name):
        raise CriterionChanges(code=facts.code)
    aspect = _aspect(values)
    check_aspect_facts(aspect)
    if aspect.code in seen:
        raise CodeRepeated(code=aspect.code, row=seen[aspect.code])
    seen[aspect.code] = row.number
    criteria[facts.code] = replace(known, aspects=(*known.aspects, aspect))


def _aspect(values: Mapping[str, str]) -> AspectFacts:
    check_code(values["aspect"])
    kind = _kind(values["kind"])
    numbers = {key: number_in(values[key]) for key in NUMBERS}
    measured, deducted = kind is AspectKind.MEASUREMENT, kind is AspectKind.DEDUCTION
    levels = tuple(values[f"level{level}"] for level in range(LEVELS))
    return AspectFacts(
        code=values["aspect"],
        kind=kind,
        text=values["text"],
        max_points=numbers["max"] or Decimal(0),
        low=numbers["low"] if measured else None,
        high=numbers["high"] if measured else None,
        unit=values["unit"] if measured else "",
        step=numbers["step"] if deducted else None,
        levels=levels if kind is AspectKind.JUDGEMENT else (),
    )


def _kind(text: str) -> AspectKind:
    if text in TYPES:
        return TYPES[text]
    try:
        return AspectKind(text[:1].upper())
    except ValueError as unknown:
        raise UnknownType(given=text) from unknown


def number_in(text: str) -> Decimal | None:
    """The number a cell holds, exactly; ``None`` for an empty cell."""
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation as broken:
        raise NotANumber(given=text) from broken
    if "_" in text or not number.is_finite():  # Decimal would read a slip like 8_5 as 85
        raise NotANumber(given=text)
    return number
