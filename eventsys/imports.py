"""Uploaded tables: an xlsx or CSV file read into rows of text, or refused with a cure.

The file itself is opened only by a child process (``eventsys.spreadsheet_reader``) with little
memory and time. Here its answer is turned into rows under the headings a caller asks for. What
the values mean, and whether the rows may be kept, is for the caller: all of them or none.
"""

import json
import os
import re
import subprocess
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eventsys.errors import N_, RuleBroken
from eventsys.spreadsheet_package import Reason, column_letters, listed
from eventsys.spreadsheet_reader import (
    MAX_ALL_TEXT,
    MAX_BYTES,
    MAX_ROWS,
    MAX_TEXT,
    MAX_TITLE_ROWS,
    Cell,
    CellKind,
    FilledRow,
    Notice,
    NoticeCode,
)

WALL_SECONDS = 20
ROOT = Path(__file__).resolve().parent.parent
INHERITED = ("PATH", "LD_LIBRARY_PATH")  # nothing secret, only what starts Python
CSV_SUFFIXES = (".csv", ".txt", ".tsv")
SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]{1,3}")
# Controls but TAB, LF and CR; bidirectional controls; the replacement character; noncharacters.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
    "\ufdd0-\ufdef\ufffd"
    + "".join(chr(plane * 0x10000 + end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
    + "]"
)


class UnreadableFile(RuleBroken):
    """The file as a whole is refused; every subclass says why and what to do."""

    message = N_(
        "The file could not be read. It is damaged, or far too complicated. Copy the cells into a "
        "new workbook, save it as .xlsx and upload that."
    )


class EmptyFile(UnreadableFile):
    message = N_(
        "The file is empty. Choose the file again; if it is empty on your disk, save it anew."
    )


class FileTooBig(UnreadableFile):
    message = N_("The file is larger than %(limit)s MB. Remove pictures, or upload it in parts.")


class NotASpreadsheet(UnreadableFile):
    message = N_(
        "This is not an Excel workbook, whatever its name says. Open it in Excel or WPS, save it "
        "as .xlsx (or as .csv) and upload it again."
    )


class OldOrLockedWorkbook(UnreadableFile):
    message = N_(
        "This is an old .xls file or a workbook with a password. Save it as .xlsx without a "
        "password and upload it again."
    )


class MacroWorkbook(UnreadableFile):
    message = N_(
        "The workbook contains macros. Save it as .xlsx without macros and upload it again."
    )


class DamagedFile(UnreadableFile):
    message = N_(
        "The file is damaged or was not uploaded completely. Open it in Excel or WPS, save it as "
        ".xlsx and upload it again."
    )


class UnusualPackage(UnreadableFile):
    message = N_(
        "The inside of this workbook is not as Excel or WPS writes it, so it was not opened. Copy "
        "the cells into a new workbook, save it as .xlsx and upload that."
    )


class TooTightlyPacked(UnreadableFile):
    message = N_(
        "Unpacked, this workbook would be far too large. Copy only the filled cells into a new "
        "workbook, save it as .xlsx and upload that."
    )


class TableTooLong(UnreadableFile):
    message = N_(
        "A table may have at most %(limit)s rows and %(characters)s characters. Split it and "
        "upload the parts one by one."
    )


class CellTooFar(UnreadableFile):
    message = N_(
        "Cell %(cell)s holds something, but a table may have at most %(rows)s rows and %(columns)s "
        "columns. Clear what stands outside the table and upload the file again."
    )


class UnknownEncoding(UnreadableFile):
    message = N_(
        "The characters of this CSV file cannot be read without doubt. Open it in Excel or WPS, "
        "save it as .xlsx (or as CSV UTF-8) and upload it again."
    )


class UnclosedQuote(UnreadableFile):
    message = N_(
        "A quotation mark near line %(line)s of the CSV file is not closed. Correct it, or save "
        "the table as .xlsx, and upload it again."
    )


class MissingColumns(UnreadableFile):
    message = N_(
        "These columns are missing: %(missing)s. Write the headings as in the template, in one row "
        "of the first sheet, and upload the file again."
    )


class RepeatedColumns(UnreadableFile):
    message = N_("These columns appear more than once: %(repeated)s. Delete or rename one of each.")


class NoRows(UnreadableFile):
    message = N_("There are no rows below the headings. Fill in the table and upload it again.")


class RowsLost(RuleBroken):
    message = N_("The rows did not arrive as they were sent. Upload the file once more.")


class FormulaCell(RuleBroken):
    message = N_("This is a formula. Copy the column and paste it as values only.")


class ErrorCell(RuleBroken):
    message = N_("This cell shows a calculation error. Type the value itself.")


class NotTypedAsText(RuleBroken):
    message = N_(
        "This was typed as a number, so digits may be lost. Set the column's format to Text, then "
        "type the numbers again."
    )


class TextTooLong(RuleBroken):
    message = N_("The text has more than %(limit)s characters. Shorten it.")


class ForbiddenCharacter(RuleBroken):
    message = N_("The text contains an invisible or broken character (%(code)s). Type it again.")


class NothingGiven(RuleBroken):
    message = N_("This cell must not be empty. Fill it in; unmerge merged cells first.")


REFUSALS: Mapping[Reason, type[UnreadableFile]] = {
    Reason.EMPTY: EmptyFile,
    Reason.NOT_A_SPREADSHEET: NotASpreadsheet,
    Reason.OLD_OR_LOCKED: OldOrLockedWorkbook,
    Reason.MACROS: MacroWorkbook,
    Reason.DAMAGED: DamagedFile,
    Reason.UNUSUAL_PACKAGE: UnusualPackage,
    Reason.TOO_TIGHTLY_PACKED: TooTightlyPacked,
    Reason.TOO_LONG: TableTooLong,
    Reason.CELL_TOO_FAR: CellTooFar,
    Reason.UNKNOWN_ENCODING: UnknownEncoding,
    Reason.UNCLOSED_QUOTE: UnclosedQuote,
}

NOTICES: Mapping[NoticeCode, str] = {
    NoticeCode.HIDDEN_ROWS: N_("These hidden rows were read too: %(rows)s."),
    NoticeCode.HIDDEN_COLUMNS: N_("These hidden columns were read too: %(columns)s."),
    NoticeCode.MERGED_CELLS: N_(
        "Merged cells count only where they begin: %(ranges)s. Unmerge them if rows miss a value."
    ),
    NoticeCode.OTHER_SHEETS: N_("Only the sheet %(sheet)s was read. Not read: %(others)s."),
    NoticeCode.EXTERNAL_LINKS: N_("Links to other workbooks were not followed."),
    NoticeCode.SEPARATOR: N_("The columns were found separated by %(separator)s, not by commas."),
    NoticeCode.ENCODING: N_("The file was read as %(encoding)s. Check that the names look right."),
    NoticeCode.UNKNOWN_COLUMNS: N_("These columns are not used here: %(columns)s."),
    NoticeCode.READ_AS_TEXT: N_("%(column)s was a date or logical value, read as %(value)s."),
}


@dataclass(frozen=True)
class ImportColumn:
    """A column to look for: any of its headings names it, in any order of columns.

    ``required``: the column must be there and no cell empty. ``is_identifier``: a cell typed as a
    number is refused, because a spreadsheet keeps 15 digits only.
    """

    key: str
    header: tuple[str, ...]
    required: bool = False
    is_identifier: bool = False


@dataclass(frozen=True)
class ReadRow:
    """One row under the number a person sees; ``values`` has every key, "" where nothing stood."""

    number: int
    values: Mapping[str, str]
    notes: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class CellProblem:
    """Why a cell cannot be taken, where it is, and what to do."""

    row: int
    column_header: str
    refusal: RuleBroken


@dataclass(frozen=True)
class ReadTable:
    """All rows, also those with problems; nothing may be kept while there are ``errors``."""

    rows: list[ReadRow]
    notices: list[Notice]
    errors: list[CellProblem]


def columns_of(
    headings: Mapping[str, str], required: Iterable[str], words: Callable[[str], str]
) -> list[ImportColumn]:
    """The columns under their headings in the reader's language; English is understood too."""
    needed = frozenset(required)
    return [
        ImportColumn(key, tuple(dict.fromkeys((words(label), label))), required=key in needed)
        for key, label in headings.items()
    ]


def read_table(data: bytes, file_name: str, columns: Sequence[ImportColumn]) -> ReadTable:
    """The rows of an upload under ``columns``; raises UnreadableFile, and nothing else, if it must.

    The file name tells only CSV from the rest; what the file is follows from its content.
    """
    if len(data) > MAX_BYTES:
        raise FileTooBig(limit=MAX_BYTES // 1024**2)
    filled, notices = _asked(data, file_name)
    heading, found = _heading(filled, columns)
    below = [row for row in filled if row.number > heading.number]
    if len(below) > MAX_ROWS:
        raise TableTooLong(limit=MAX_ROWS, characters=MAX_ALL_TEXT)
    if unused := _unused(heading, below, set(found.values())):
        notices.append(Notice(NoticeCode.UNKNOWN_COLUMNS, {"columns": listed(unused)}))
    headers = {cell.column: cell.text for cell in heading.cells}
    wanted = [(column, found[column.key]) for column in columns if column.key in found]
    rows, errors = [], []
    for filled_row in below:
        cells = {cell.column: cell for cell in filled_row.cells}
        here = [(column, headers[place], cells.get(place)) for column, place in wanted]
        if any(cell is not None for _, _, cell in here):
            rows.append(_read_row(filled_row, here, columns))
            errors += _problems(filled_row.number, here)
    if not rows:
        raise NoRows
    return ReadTable(rows=rows, notices=notices, errors=errors)


Here = Sequence[tuple[ImportColumn, str, Cell | None]]  # a wanted column, its heading, its cell


def _read_row(filled: FilledRow, here: Here, columns: Sequence[ImportColumn]) -> ReadRow:
    values = dict.fromkeys((column.key for column in columns), "")
    notes = [Notice(NoticeCode.HIDDEN_ROWS, {"rows": filled.number})] if filled.hidden else []
    for column, header, cell in here:
        if cell is None:
            continue
        values[column.key] = cell.text
        if cell.kind in (CellKind.DATE, CellKind.BOOLEAN):
            notes.append(Notice(NoticeCode.READ_AS_TEXT, {"column": header, "value": cell.text}))
    return ReadRow(number=filled.number, values=values, notes=tuple(notes))


def _problems(row: int, here: Here) -> Iterable[CellProblem]:
    for column, header, cell in here:
        refusal = _refusal(column, cell)
        if refusal is not None:
            yield CellProblem(row=row, column_header=header, refusal=refusal)


def _refusal(column: ImportColumn, cell: Cell | None) -> RuleBroken | None:
    """Why this cell cannot be taken, if it cannot."""
    if cell is None:
        return NothingGiven() if column.required else None
    if cell.kind is CellKind.FORMULA:
        return FormulaCell()
    if cell.kind is CellKind.ERROR:
        return ErrorCell()
    if column.is_identifier and (cell.kind is not CellKind.TEXT or SCIENTIFIC.fullmatch(cell.text)):
        return NotTypedAsText()
    return _text_refusal(cell.text)


def _text_refusal(text: str) -> RuleBroken | None:
    if len(text) > MAX_TEXT:
        return TextTooLong(limit=MAX_TEXT)
    if broken := FORBIDDEN.search(text):
        return ForbiddenCharacter(code=f"U+{ord(broken[0]):04X}")
    return None


def _heading(
    filled: Sequence[FilledRow], columns: Sequence[ImportColumn]
) -> tuple[FilledRow, dict[str, int]]:
    """The heading row, and the column of each key found in it; titles may stand above it."""
    keys = {_same(text): column.key for column in columns for text in column.header}
    required = {column.key for column in columns if column.required}
    best: FilledRow | None = None
    most: dict[str, list[Cell]] = {}
    for row in filled[: MAX_TITLE_ROWS + 1]:
        named = defaultdict(list)
        for cell in row.cells:
            if key := keys.get(_same(cell.text)):
                named[key].append(cell)
        if (len(required & set(named)), len(named)) > (len(required & set(most)), len(most)):
            best, most = row, named
    missing = [c.header[0] for c in columns if c.required and c.key not in most]
    if best is None or missing:
        raise MissingColumns(missing=", ".join(missing or [c.header[0] for c in columns]))
    repeated = [cell.text for cells in most.values() if len(cells) > 1 for cell in cells]
    if repeated:
        raise RepeatedColumns(repeated=", ".join(dict.fromkeys(repeated)))
    return best, {key: cells[0].column for key, cells in most.items()}


def _same(heading: str) -> str:
    """A heading without what people vary: width, case, spaces, and a mark that it is required."""
    return "".join(unicodedata.normalize("NFKC", heading).split()).strip("*:").casefold()


def _unused(heading: FilledRow, below: Iterable[FilledRow], used: set[int]) -> list[str]:
    """The columns nobody asked for, by heading or else by letter."""
    named = {cell.column: cell.text for cell in heading.cells}
    there = set(named).union(cell.column for row in below for cell in row.cells)
    return [named.get(column) or column_letters(column) for column in sorted(there - used)]


def _asked(data: bytes, file_name: str) -> tuple[list[FilledRow], list[Notice]]:
    """What the reader process says of the file; that it dies is an answer too."""
    kind = "csv" if file_name.casefold().endswith(CSV_SUFFIXES) else "xlsx"
    try:
        done = subprocess.run(  # noqa: S603  a fixed program; the file goes in as data
            [sys.executable, "-s", "-B", "-m", "eventsys.spreadsheet_reader", kind],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback would quote the file
            cwd=ROOT,
            env={name: os.environ[name] for name in INHERITED if name in os.environ},
            timeout=WALL_SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise UnreadableFile from error
    answer: dict[str, Any] = json.loads(done.stdout)
    if "refused" in answer:
        raise REFUSALS[Reason(answer["refused"])](**answer["facts"])
    rows = [
        FilledRow(number, hidden, [Cell(at, CellKind(kind), text) for at, kind, text in cells])
        for number, hidden, cells in answer["rows"]
    ]
    return rows, [Notice(NoticeCode(code), facts) for code, facts in answer["notices"]]
