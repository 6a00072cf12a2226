"""Marking schemes from our own spreadsheet: every problem is named, or all rows are kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeVar

from eventsys.errors import N_, DomainError, RuleBroken
from eventsys.events.rules import ModuleRule
from eventsys.imports import ImportColumn, Notice, ReadRow, columns_of, read_table
from eventsys.schemes.aspects import AspectKind, Band, Edge
from eventsys.schemes.notation import Formula, bands_in, formula_in, number_in
from eventsys.schemes.rules import (
    LEVELS,
    AspectFacts,
    CriterionFacts,
    Source,
    check_aspect_facts,
    check_code,
    check_criterion,
)
from eventsys.schemes.sections import SectionFacts
from eventsys.schemes.specs import only_used

Words = Callable[[str], str]
V = TypeVar("V")

SCHEME_HEADINGS: Mapping[str, str] = {
    "module": N_("Module"),
    "criterion": N_("Criterion code"),
    "criterion_name": N_("Criterion"),
    "criterion_name_en": N_("Criterion in English"),
    "sub": N_("Sub-criterion code"),
    "sub_name": N_("Sub-criterion"),
    "sub_name_en": N_("Sub-criterion in English"),
    "source": N_("Source of the marks"),
    "aspect": N_("Aspect code"),
    "text": N_("What is judged"),
    "text_en": N_("In English"),
    "kind": N_("Type"),
    "max": N_("Maximum mark"),
    "low": N_("Lower limit"),
    "high": N_("Upper limit"),
    "unit": N_("Unit of measurement"),
    "step": N_("Points lost each time"),
    "bands": N_("Bands"),
    "edge": N_("Boundary value"),
    "formula": N_("Formula"),
    "nominal": N_("Nominal value"),
    "inner": N_("Inner tolerance"),
    "outer": N_("Wider tolerance"),
    "part": N_("Part marks"),
    "level0": N_("Level 0"),
    "level1": N_("Level 1"),
    "level2": N_("Level 2"),
    "level3": N_("Level 3"),
    "section": N_("Section"),
    "section_name": N_("Section name"),
    "section_weight": N_("Section weight"),
    "note": N_("Further description"),
    "requirement": N_("Requirement"),
    "day": N_("Day of marking"),
}
SCHEME_REQUIRED = frozenset({"module", "criterion", "aspect", "text", "kind", "max"})
TYPES: Mapping[str, AspectKind] = {
    "评价": AspectKind.JUDGEMENT,
    "判定": AspectKind.CHECK,
    "测量": AspectKind.MEASUREMENT,
    "扣分": AspectKind.DEDUCTION,
    "分段": AspectKind.BANDS,
    "公式": AspectKind.FORMULA,
    "公差": AspectKind.TOLERANCE,
    "违规": AspectKind.VIOLATION,
    "机考": AspectKind.MACHINE,
}
NUMBERS = ("max", "low", "high", "step", "nominal", "inner", "outer", "part", "section_weight")
COLUMN_OF: Mapping[str, str] = {"code": "aspect", "max_points": "max", "module_code": "module"}
"""The column of a refusal's field where the two have different names."""

LONGEST: Mapping[str, int] = {
    "criterion_name": 100,
    "criterion_name_en": 100,
    "sub_name": 100,
    "sub_name_en": 100,
    "text": 300,
    "text_en": 300,
    "unit": 20,
    **{f"level{level}": 200 for level in range(LEVELS)},
    "section_name": 100,
    "note": 500,
    "requirement": 500,
    "day": 20,
}


class UnknownType(RuleBroken):
    field = "kind"
    message = N_("Type is one of %(known)s. Correct “%(given)s”.")


class UnknownSource(RuleBroken):
    field = "source"
    message = N_("Source is one of %(known)s. Correct “%(given)s”.")


class UnknownEdge(RuleBroken):
    field = "edge"
    message = N_("A boundary value belongs to the band lower or upper. Correct “%(given)s”.")


class WordsTooLong(RuleBroken):
    message = N_("This text has more than %(most)s characters. Shorten it.")


class CriterionChanges(RuleBroken):
    field = "criterion"
    message = N_("Criterion %(code)s has two names or two modules. Write the same in all its rows.")


class SectionChanges(RuleBroken):
    field = "section"
    message = N_("Section %(code)s has two names or two weights. Write the same in all its rows.")


class CodeRepeated(RuleBroken):
    field = "code"
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
    sections: tuple[SectionFacts, ...] | None = None


@dataclass
class _Found:
    """What the rows read so far came to."""

    modules: Sequence[ModuleRule]
    words: Words
    criteria: dict[str, CriterionFacts] = field(default_factory=dict)
    sections: dict[str, SectionFacts] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, row: int, refusal: RuleBroken, key: str = "") -> None:
        """Note a problem under the heading of its column."""
        name = key or refusal.field or ""
        heading = SCHEME_HEADINGS.get(COLUMN_OF.get(name, name))
        self.problems.append(Problem(row, self.words(heading) if heading else "", refusal))


def scheme_columns(words: Words) -> list[ImportColumn]:
    """The columns of our own template for marking schemes."""
    return columns_of(SCHEME_HEADINGS, SCHEME_REQUIRED, words)


def read_scheme(
    data: bytes,
    file_name: str,
    modules: Sequence[ModuleRule],
    words: Words,
    known: Sequence[SectionFacts] = (),
) -> ReadScheme:
    """Read a filled-in template; every cell that cannot be kept is named with its reason.

    ``known`` are the standard sections there are; those of the file are added or replace them.
    """
    table = read_table(data, file_name, scheme_columns(words))
    found = _Found(modules, words)
    found.problems = [Problem(one.row, one.column_header, one.refusal) for one in table.errors]
    broken = {one.row for one in found.problems}
    for row in table.rows:
        if row.number not in broken:
            _take_row(row, found)
    if found.problems:
        ordered = sorted(found.problems, key=lambda one: one.row)
        return ReadScheme([], table.notices, ordered)
    sections = {one.code: one for one in known} | found.sections
    return ReadScheme(
        list(found.criteria.values()), table.notices, [], tuple(sections.values()) or None
    )


def _take_row(row: ReadRow, found: _Found) -> None:
    """One aspect with its place; every cell is looked at before the row as a whole is."""
    values = {key: text.strip() for key, text in row.values.items()}
    before = len(found.problems)
    for key, most in LONGEST.items():
        if len(values[key]) > most:
            found.refuse(row.number, WordsTooLong(most=most), key)
    numbers = {key: _cell(row, values, found, key, number_in) for key in NUMBERS}
    parsed = _parsed(row, values, found)
    if len(found.problems) > before or parsed is None:
        return
    try:
        aspect = _aspect(values, numbers, parsed)
        check_aspect_facts(aspect)
        if aspect.code in found.seen:
            raise CodeRepeated(code=aspect.code, row=found.seen[aspect.code])
        _place(values, parsed.source, aspect, found)
        _take_section(values, numbers["section_weight"], found)
    except RuleBroken as refusal:
        found.refuse(row.number, refusal)
        return
    found.seen[aspect.code] = row.number


@dataclass(frozen=True)
class _Parsed:
    """The cells of a row that are neither plain words nor numbers."""

    kind: AspectKind
    source: Source
    edge: Edge
    bands: tuple[Band, ...]
    formula: Formula | None


def _parsed(row: ReadRow, values: Mapping[str, str], found: _Found) -> _Parsed | None:
    """The cells as they mean; every one that cannot be read is named."""
    before = len(found.problems)
    _cell(row, values, found, "aspect", check_code)
    kind = _cell(row, values, found, "kind", _kind)
    source = _cell(row, values, found, "source", _source(found.words))
    edge = _cell(row, values, found, "edge", _edge)
    bands = _cell(row, values, found, "bands", bands_in)
    formula = _cell(row, values, found, "formula", formula_in)
    if len(found.problems) > before or kind is None or source is None or edge is None:
        return None
    return _Parsed(kind, source, edge, bands or (), formula)


def _cell(
    row: ReadRow,
    values: Mapping[str, str],
    found: _Found,
    key: str,
    reader: Callable[[str], V],
) -> V | None:
    try:
        return reader(values[key])
    except RuleBroken as refusal:
        found.refuse(row.number, refusal, key)
        return None


def _aspect(
    values: Mapping[str, str], numbers: Mapping[str, Decimal | None], parsed: _Parsed
) -> AspectFacts:
    line = parsed.formula
    return only_used(
        AspectFacts(
            code=values["aspect"],
            kind=parsed.kind,
            text=values["text"],
            text_en=values["text_en"],
            max_points=numbers["max"] or Decimal(0),
            low=numbers["low"],
            high=numbers["high"],
            unit=values["unit"],
            step=numbers["step"],
            levels=tuple(values[f"level{level}"] for level in range(LEVELS)),
            bands=parsed.bands,
            edge=parsed.edge,
            base=line.base if line else None,
            factor=line.factor if line else None,
            floor=line.floor if line else None,
            nominal=numbers["nominal"],
            inner=numbers["inner"],
            outer=numbers["outer"],
            part=numbers["part"],
            section=values["section"],
            note=values["note"],
            requirement=values["requirement"],
            day=values["day"],
        )
    )


def _place(values: Mapping[str, str], source: Source, aspect: AspectFacts, found: _Found) -> None:
    """Put an aspect under its criterion, or under the sub-criterion if the row names one."""
    code, sub = values["criterion"], values["sub"]
    root = CriterionFacts(
        module_code=values["module"],
        code=code,
        name=values["criterion_name"] or code,
        name_en=values["criterion_name_en"],
        source=source,
    )
    leaf = root
    if sub:
        known = found.criteria.get(code)
        _keep(replace(root, source=known.source if known else source), found)
        leaf = CriterionFacts(
            module_code=values["module"],
            code=sub,
            name=values["sub_name"] or sub,
            name_en=values["sub_name_en"],
            parent=code,
            source=source,
        )
    kept = _keep(leaf, found)
    found.criteria[leaf.code] = replace(kept, aspects=(*kept.aspects, aspect))


def _keep(facts: CriterionFacts, found: _Found) -> CriterionFacts:
    check_criterion(facts, found.modules)
    known = found.criteria.setdefault(facts.code, facts)
    if replace(known, aspects=()) != facts:
        raise CriterionChanges(code=facts.code)
    return known


def _take_section(values: Mapping[str, str], weight: Decimal | None, found: _Found) -> None:
    """A row may say what its section is called and weighs; all rows must say the same."""
    code = values["section"]
    if not code or weight is None:
        return
    check_code(code)
    facts = SectionFacts(code, values["section_name"] or code, weight)
    if found.sections.setdefault(code, facts) != facts:
        raise SectionChanges(code=code)


def _kind(text: str) -> AspectKind:
    if text in TYPES:
        return TYPES[text]
    try:
        return AspectKind(text[:1].upper())
    except ValueError as unknown:
        known = ", ".join(kind.value for kind in AspectKind)
        raise UnknownType(given=text, known=known) from unknown


def _source(words: Words) -> Callable[[str], Source]:
    def read(text: str) -> Source:
        """The source by its word in the file's language or in English; a result if none."""
        known = {words(name).casefold(): source for source, name in SOURCE_NAMES.items()}
        known |= {source.value: source for source in Source}
        try:
            return known[text.casefold()] if text else Source.RESULT
        except KeyError as unknown:
            names = ", ".join(words(name) for name in SOURCE_NAMES.values())
            raise UnknownSource(given=text, known=names) from unknown

    return read


SOURCE_NAMES: Mapping[Source, str] = {
    Source.PROCESS: N_("process"),
    Source.RESULT: N_("result"),
    Source.PRESENTATION: N_("presentation"),
    Source.MACHINE: N_("machine"),
}


def _edge(text: str) -> Edge:
    try:
        return Edge(text.casefold()) if text else Edge.LOWER
    except ValueError as unknown:
        raise UnknownEdge(given=text) from unknown
