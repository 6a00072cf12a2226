"""The WorldSkills marking spreadsheet, columns A to N, read and written (rules §2.1).

Every criterion begins with the row of headings (its letter and its total stand in L to N). A row
with a sub-criterion's ID and name follows, then its aspects; a judgement is followed by four rows
with the scores 0 to 3 and their descriptions. Calculated cells outside the columns that are read
are let be; the sheet has no aspect codes, so aspects are numbered inside their sub-criterion.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby
from typing import BinaryIO

from eventsys.errors import N_, RuleBroken
from eventsys.events.rules import ModuleRule
from eventsys.exports import Column, Kind, Table, to_xlsx
from eventsys.imports import ImportColumn, NothingGiven, ReadRow, read_table
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.importing import LONGEST, Problem, ReadScheme, WordsTooLong
from eventsys.schemes.notation import number_in
from eventsys.schemes.requirements import requirement_of, with_requirement
from eventsys.schemes.rules import (
    LEVELS,
    AspectFacts,
    CriterionFacts,
    check_aspect_facts,
    check_code,
)
from eventsys.schemes.sections import SectionFacts, SectionUnknown, check_section

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "id": ("Sub Criterion ID", "Sub Criteria ID", "Sub-Criterion ID"),
    "name": (
        "Sub Criterion Name or Description",
        "Sub Criteria Name or Description",
        "Sub Criterion Name",
    ),
    "day": ("Day of Marking",),
    "type": (
        "Aspect Type M = Meas J = Judg",
        "Aspect Type",
        "Aspect Type O = Obj S = Sub J = Judg",
        "Aspect Type O = Obj J = Judg",
        "Aspect Type (M or J)",
        "Aspect Type M or J",
    ),
    "text": ("Aspect - Description", "Aspect Description"),
    "score": ("Judg Score", "Judgement Score"),
    "extra": (
        "Extra Aspect Description (Meas or Judg) OR Judgement Score Description (Judg only)",
        "Extra Aspect Description (Meas or Judg) OR Judgement Score",
        "Extra Aspect Description (Obj or Subj) OR Judgement Score Description (Judg only)",
        "Extra Aspect Description",
    ),
    "requirement": (
        "Requirement (Measurement Only)",
        "Requirement (how to measure)",
        "Requirement or Nominal Size (Obj Only)",
        "Requirement",
    ),
    "section": ("WSSS Section", "WSOS Section"),
    "calculation": ("Calculation Row (Export only)",),
    "max": ("Max Mark",),
}
NEEDED = frozenset({"id", "name", "type", "text", "score", "extra", "max"})
TOTAL_MARK = "Total Mark"
JUDGED = "J"
MEASURED = frozenset({"M", "O", "B"})  # O: before 2015; B: yes or no
SECTION = re.compile(r"(?:(?:WSSS|WSOS)\s*)?(?P<code>[A-Za-z0-9.-]{1,10})", re.IGNORECASE)
SUB_ID = re.compile(r"(?P<letter>[A-Za-z]+)[0-9A-Za-z.-]*")
FIELDS: Mapping[str, str] = {
    "code": "id",
    "max_points": "max",
    "level0": "extra",
    "low": "requirement",
}
TOO_LONG: Mapping[str, int] = {
    "name": LONGEST["sub_name"],
    "text": LONGEST["text"],
    "extra": LONGEST["level0"],
    "requirement": LONGEST["requirement"],
    "day": LONGEST["day"],
}


class TypeUnknown(RuleBroken):
    field = "type"
    message = N_(
        "“%(given)s” is not M or J. Write M for a measurement and J for a judgement; for part "
        "marks write the bands as the requirement, for example ~ 0.8 = 5; 0.8 ~ = 0."
    )


class NoSubCriterion(RuleBroken):
    field = "id"
    message = N_("This aspect stands under no sub-criterion. Write its ID in a row above.")


class SubCriterionUnfit(RuleBroken):
    field = "id"
    message = N_(
        "A sub-criterion ID is a letter and a number such as A1, each once. Correct “%(given)s”."
    )


class ScoreOutOfPlace(RuleBroken):
    field = "score"
    message = N_(
        "The scores 0, 1, 2, 3 follow a judgement in four rows, each with its description. Put "
        "them in order."
    )


class MaxMissing(RuleBroken):
    field = "max"
    message = N_("An aspect needs its maximum mark. Fill it in.")


class CriterionNowhere(RuleBroken):
    field = "id"
    message = N_(
        "Criterion %(letter)s is no module of this track (%(known)s), and the track has several. "
        "Name the modules like the criteria, or use one module."
    )


class SectionsFirst(RuleBroken):
    field = "section"
    message = N_(
        "The scheme has no standard sections yet. Enter them with their weights first, then import "
        "again."
    )


@dataclass
class _Reading:
    """What the rows read so far came to, and the judgement that waits for its levels."""

    modules: Sequence[ModuleRule]
    sections: Sequence[SectionFacts]
    criteria: dict[str, CriterionFacts] = field(default_factory=dict)
    here: str = ""
    day: str = ""
    judged: AspectFacts | None = None
    judged_row: int = 0
    problems: list[Problem] = field(default_factory=list)


def world_skills_columns() -> list[ImportColumn]:
    """The columns of the sheet, under the headings seen in use."""
    return [
        ImportColumn(key, headings, required=key in NEEDED) for key, headings in HEADINGS.items()
    ]


def read_world_skills(
    data: bytes,
    file_name: str,
    modules: Sequence[ModuleRule],
    sections: Sequence[SectionFacts] = (),
) -> ReadScheme:
    """Read the sheet: every problem by row and column, or the whole scheme.

    A criterion's letter is the code of a module, or a criterion of the only module.
    """
    table = read_table(data, file_name, world_skills_columns())
    reading = _Reading(modules, sections)
    for one in table.errors:
        if not isinstance(one.refusal, NothingGiven):  # most cells of this sheet are empty
            reading.problems.append(Problem(one.row, one.column_header, one.refusal))
    broken = {one.row for one in reading.problems}
    for row in table.rows:
        if row.number not in broken and not _is_heading(row):
            _take(row, reading)
    _finish_judgement(reading)
    if reading.problems:
        ordered = sorted(reading.problems, key=lambda one: one.row)
        return ReadScheme([], table.notices, ordered)
    return ReadScheme(list(reading.criteria.values()), table.notices, [])


def _is_heading(row: ReadRow) -> bool:
    """Whether the headings are repeated, as before every criterion."""
    known = {_bare(text) for text in HEADINGS["text"]}
    return _bare(row.values["text"]) in known and _bare(row.values["max"]) == "maxmark"


def _bare(text: str) -> str:
    return "".join(text.split()).casefold()


def _take(row: ReadRow, reading: _Reading) -> None:
    values = {key: text.strip() for key, text in row.values.items()}
    long = [key for key, most in TOO_LONG.items() if len(values[key]) > most]
    for key in long:
        _refuse(row.number, WordsTooLong(most=TOO_LONG[key]), reading, key)
    if long:
        return
    steps: tuple[tuple[bool, Callable[[int, Mapping[str, str], _Reading], None]], ...] = (
        (bool(values["id"] or (values["name"] and not values["type"])), _take_sub),
        (bool(values["type"]), _take_aspect),
        (bool(values["score"] and not values["type"]), _take_level),
    )
    for applies, step in steps:
        try:
            if applies:
                step(row.number, values, reading)
        except RuleBroken as refusal:
            _refuse(row.number, refusal, reading)


def _refuse(row: int, refusal: RuleBroken, reading: _Reading, key: str = "") -> None:
    name = key or refusal.field or ""
    heading = HEADINGS.get(FIELDS.get(name, name), ("",))[0]
    reading.problems.append(Problem(row, heading, refusal))


def _take_sub(_row: int, values: Mapping[str, str], reading: _Reading) -> None:
    """A sub-criterion begins; its letter tells the module or the criterion it belongs to."""
    _finish_judgement(reading)
    code = values["id"]
    parts = SUB_ID.fullmatch(code)
    reading.here = ""
    if parts is None or code in reading.criteria:
        raise SubCriterionUnfit(given=code)
    check_code(code)
    letter = parts["letter"].upper()
    reading.day = values["day"]
    facts = CriterionFacts("", code, values["name"] or code)
    reading.criteria |= _above(letter, reading.modules, reading.criteria)
    if letter in {module.code for module in reading.modules}:
        facts = replace(facts, module_code=letter)
    else:
        facts = replace(facts, module_code=reading.modules[0].code, parent=letter)
    reading.criteria[code] = facts
    reading.here = code


def _above(
    letter: str, modules: Sequence[ModuleRule], there: Mapping[str, CriterionFacts]
) -> dict[str, CriterionFacts]:
    """The criterion a sub-criterion stands under, unless that is a module."""
    known = [module.code for module in modules]
    if letter in known or letter in there:
        return {}
    if len(known) > 1:
        raise CriterionNowhere(letter=letter, known=", ".join(known))
    return {letter: CriterionFacts(known[0], letter, letter)}


def _take_aspect(row: int, values: Mapping[str, str], reading: _Reading) -> None:
    _finish_judgement(reading)
    kind = values["type"][:1].upper()
    if kind not in MEASURED | {JUDGED} or len(values["type"]) > 1:
        raise TypeUnknown(given=values["type"])
    if not reading.here:
        raise NoSubCriterion
    points = number_in(values["max"])
    if points is None:
        raise MaxMissing
    owner = reading.criteria[reading.here]
    facts = AspectFacts(
        code=f"{owner.code}.{len(owner.aspects) + 1}",
        kind=AspectKind.JUDGEMENT,
        text=values["text"] or values["extra"],
        max_points=points,
        note=values["extra"] if values["text"] else "",
        day=values["day"] or reading.day,
        section=_section(values["section"], reading.sections),
    )
    if kind == JUDGED:
        reading.judged = replace(facts, requirement=values["requirement"])
        reading.judged_row = row
        return
    facts = with_requirement(facts, values["requirement"])
    check_aspect_facts(facts)
    _add(facts, reading)


def _section(text: str, sections: Sequence[SectionFacts]) -> str:
    if not text:
        return ""
    if not sections:
        raise SectionsFirst
    parts = SECTION.fullmatch(text)
    code = parts["code"] if parts else text
    if code not in {one.code for one in sections}:
        raise SectionUnknown(code="", section=text, known=", ".join(one.code for one in sections))
    return code


def _take_level(_row: int, values: Mapping[str, str], reading: _Reading) -> None:
    """One of the four rows under a judgement."""
    judged = reading.judged
    if judged is None or values["score"] != str(len(judged.levels)) or not values["extra"]:
        raise ScoreOutOfPlace
    reading.judged = replace(judged, levels=(*judged.levels, values["extra"]))
    if len(judged.levels) + 1 == LEVELS:
        _finish_judgement(reading)


def _finish_judgement(reading: _Reading) -> None:
    """The judgement that waited for its levels is complete, or named as a problem."""
    judged, reading.judged = reading.judged, None
    if judged is None:
        return
    try:
        check_aspect_facts(judged)
        check_section(judged, [one.code for one in reading.sections])
    except RuleBroken as refusal:
        _refuse(reading.judged_row, refusal, reading)
    _add(judged, reading)


def _add(facts: AspectFacts, reading: _Reading) -> None:
    owner = reading.criteria[reading.here]
    reading.criteria[reading.here] = replace(owner, aspects=(*owner.aspects, facts))


# ---- writing


def write_world_skills(out: BinaryIO, criteria: Sequence[CriterionFacts]) -> None:
    """The scheme as the sheet: A to K headed, the criterion, its total and no calculation in L-N.

    The sheet knows no violations, so they are not in it.
    """
    keys = [*HEADINGS, "criterion", "total_mark", "total"]
    filled = [one for one in criteria if _in_sheet(one)]
    blocks = [(letter, list(some)) for letter, some in groupby(filled, key=_letter)]
    first = _heading(*blocks[0]) if blocks else _heading("", [])
    columns = [
        Column(key, str(label), Kind.DECIMAL if key in ("max", "total") else Kind.TEXT)
        for key, label in zip(keys, first, strict=True)
    ]
    rows = [row for place, block in enumerate(blocks) for row in _block(place, *block)]
    to_xlsx([Table("CIS Marking Scheme Import", columns, rows)], out)


def _letter(criterion: CriterionFacts) -> str:
    return criterion.parent or criterion.module_code


def _in_sheet(criterion: CriterionFacts) -> list[AspectFacts]:
    return [one for one in criterion.aspects if one.kind is not AspectKind.VIOLATION]


def _heading(letter: str, criteria: Iterable[CriterionFacts]) -> list[object]:
    total = sum((one.max_points for some in criteria for one in _in_sheet(some)), Decimal(0))
    heads = [texts[0] for texts in HEADINGS.values()]
    return [*heads, f"Criterion {letter}".strip(), TOTAL_MARK, f"{total.normalize() + 0:f}"]


def _block(
    place: int, letter: str, criteria: Sequence[CriterionFacts]
) -> Iterator[Sequence[object]]:
    """A criterion's rows; the headings of the first one are those of the table."""
    if place:
        yield _heading(letter, criteria)
    for criterion in criteria:
        aspects = _in_sheet(criterion)
        yield _row(id=criterion.code, name=criterion.name, day=aspects[0].day)
        for aspect in aspects:
            yield from _aspect_rows(aspect)


def _aspect_rows(facts: AspectFacts) -> Iterator[Sequence[object]]:
    judged = facts.kind is AspectKind.JUDGEMENT
    yield _row(
        day=facts.day,
        type=JUDGED if judged else "M",
        text=facts.text,
        extra=facts.note,
        requirement=requirement_of(facts),
        section=facts.section,
        max=Decimal(f"{facts.max_points.normalize() + 0:f}"),
    )
    for score, words in enumerate(facts.levels if judged else ()):
        yield _row(score=str(score), extra=words)


def _row(**values: object) -> list[object]:
    return [*(values.get(key) for key in HEADINGS), None, None, None]
