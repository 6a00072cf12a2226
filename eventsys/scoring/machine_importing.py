"""Files of an examination machine: one row for each work code, one column for each aspect."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from eventsys.errors import N_, RuleBroken
from eventsys.exports import template_xlsx
from eventsys.imports import ImportColumn, Notice, read_table
from eventsys.schemes.aspects import check_machine_mark
from eventsys.schemes.importing import Problem, Words
from eventsys.schemes.models import Aspect
from eventsys.schemes.notation import number_in, plain

CODE = N_("Work code")
NOTES = (
    N_("One row for each work code, with the mark of every machine aspect."),
    N_("Marks run from 0 to the maximum mark of the aspect, with at most three decimals."),
)


class CodeTwice(RuleBroken):
    message = N_("The work code %(code)s is in row %(row)s already. Keep one of the two rows.")


@dataclass(frozen=True)
class ReadMachineMarks:
    """The machine's marks by work code and aspect code, or what is wrong with the file."""

    marks: Mapping[str, Mapping[str, Decimal]]
    notices: list[Notice]
    problems: list[Problem]


def machine_columns(aspects: Sequence[Aspect], words: Words) -> list[ImportColumn]:
    """The work code, and each aspect under its code; more words may follow the code."""
    heads = tuple(dict.fromkeys((words(CODE), CODE)))
    return [
        ImportColumn("work_code", heads, required=True),
        *(
            ImportColumn(one.code, (one.code, f"{one.code} {one.text}"), required=True)
            for one in aspects
        ),
    ]


def write_machine_template(
    out: BinaryIO, aspects: Sequence[Aspect], codes: Iterable[str], words: Words
) -> None:
    """The file to fill in; the second sheet names the codes."""
    maxima = [f"{one.code}: 0 ~ {plain(one.max_points)}" for one in aspects]
    template_xlsx(
        machine_columns(aspects, words),
        out,
        notes=[*(words(note) for note in NOTES), *maxima],
        choices={"work_code": list(codes)},
        name=words(N_("Machine marks")),
        notes_name=words(N_("Notes")),
    )


def read_machine_marks(
    data: bytes, file_name: str, aspects: Sequence[Aspect], words: Words
) -> ReadMachineMarks:
    """Every cell that is no mark is named with its reason."""
    table = read_table(data, file_name, machine_columns(aspects, words))
    problems = [Problem(one.row, one.column_header, one.refusal) for one in table.errors]
    broken = {one.row for one in problems}
    rows: dict[str, int] = {}
    marks: dict[str, dict[str, Decimal]] = {}
    for row in table.rows:
        if row.number in broken:
            continue
        code = row.values["work_code"].strip().upper()
        if code in rows:
            problems.append(Problem(row.number, words(CODE), CodeTwice(code=code, row=rows[code])))
            continue
        rows[code] = row.number
        marks[code] = {}
        for aspect in aspects:
            try:
                marks[code][aspect.code] = _mark(row.values[aspect.code].strip(), aspect)
            except RuleBroken as refusal:
                problems.append(Problem(row.number, aspect.code, refusal))
    ordered = sorted(problems, key=lambda one: one.row)
    return ReadMachineMarks({} if ordered else marks, table.notices, ordered)


def _mark(text: str, aspect: Aspect) -> Decimal:
    raw = number_in(text)
    if raw is None:
        raw = Decimal("NaN")  # refused with the allowed range
    check_machine_mark(aspect.code, aspect.max_points, raw)
    return raw
