"""Exam marks from spreadsheets, set beside what stands there now before anything is saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from eventsys.errors import N_, RuleBroken
from eventsys.events.models import Track
from eventsys.exports import Column, Table, to_xlsx
from eventsys.imports import ImportColumn, Notice, ReadRow, columns_of, read_table
from eventsys.schemes.importing import Problem, Words, number_in
from eventsys.scoring.exam_actions import GivenMark
from eventsys.scoring.exam_queries import Candidate, candidates
from eventsys.scoring.states import PART_LABELS, PartStatus

EXAM_HEADINGS: Mapping[str, str] = {"ticket": N_("Admission ticket no."), "mark": N_("Mark given")}
EXAM_NOTES = (
    N_("One row for each candidate. Write the points, or “absent” or “violation”."),
    N_("Nothing is saved before you have seen what will change."),
)
ABSENT_WORDS = frozenset({"absent", "a", "缺考", "缺"})
VIOLATION_WORDS = frozenset({"violation", "v", "违纪"})


class TicketUnknown(RuleBroken):
    message = N_("No approved candidate has the ticket number %(given)s. Compare it with the list.")


class TicketRepeated(RuleBroken):
    message = N_("Ticket %(given)s is in row %(row)s already. Keep one of the two rows.")


@dataclass(frozen=True)
class ReadMark:
    """One row of a mark file beside what stands for the candidate now."""

    candidate: Candidate
    given: GivenMark

    @property
    def changes(self) -> bool:
        """Whether saving it would change anything."""
        now = (self.candidate.status, self.candidate.points)
        return (self.given.status, self.given.points) != now


@dataclass(frozen=True)
class ReadMarks:
    """The marks of a file; nothing may be kept while there are problems."""

    marks: list[ReadMark]
    notices: list[Notice]
    problems: list[Problem]


def exam_columns(words: Words) -> list[ImportColumn]:
    """The columns of a file of exam marks."""
    return columns_of(EXAM_HEADINGS, EXAM_HEADINGS, words)


def write_marks_file(out: BinaryIO, track: Track, part: str, words: Words) -> None:
    """A file with the ticket number of every candidate and what stands there, to fill in."""
    columns = [Column(key, words(label)) for key, label in EXAM_HEADINGS.items()]
    rows = [(line.ticket, _shown(line, words)) for line in candidates(track.id, part)]
    heading = Column("note", words(N_("Notes")))
    notes = Table(heading.label, [heading], [(words(note),) for note in EXAM_NOTES])
    to_xlsx([Table(words(N_("Exam marks")), columns, rows), notes], out)


def _shown(line: Candidate, words: Words) -> str:
    if line.status is None:
        return ""
    return words(PART_LABELS[line.status]) if line.points is None else f"{line.points:f}"


def read_exam_marks(
    data: bytes, file_name: str, track: Track, part: str, words: Words
) -> ReadMarks:
    """Read ticket numbers and marks of one part, and set them beside what stands there now."""
    table = read_table(data, file_name, exam_columns(words))
    problems = [Problem(one.row, one.column_header, one.refusal) for one in table.errors]
    lines = {line.ticket.casefold(): line for line in candidates(track.id, part)}
    seen: dict[int, int] = {}
    marks = []
    for row in table.rows if not problems else ():
        try:
            marks.append(_take_mark(row, lines, seen))
        except RuleBroken as refusal:
            problems.append(Problem(row.number, "", refusal))
    return ReadMarks(marks, table.notices, problems)


def _take_mark(row: ReadRow, lines: Mapping[str, Candidate], seen: dict[int, int]) -> ReadMark:
    ticket = row.values["ticket"].strip()
    line = lines.get(ticket.casefold())
    if line is None:
        raise TicketUnknown(given=ticket)
    if line.entry_id in seen:
        raise TicketRepeated(given=ticket, row=seen[line.entry_id])
    seen[line.entry_id] = row.number
    status, points = _status(row.values["mark"].strip())
    return ReadMark(line, GivenMark(line.entry_id, status, points, line.version))


def _status(text: str) -> tuple[PartStatus, Decimal | None]:
    plain = text.casefold()
    if plain in ABSENT_WORDS:
        return PartStatus.ABSENT, None
    if plain in VIOLATION_WORDS:
        return PartStatus.VIOLATION, None
    return PartStatus.VALID, number_in(text)
