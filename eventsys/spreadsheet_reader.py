"""Read one untrusted xlsx or CSV file from standard input and print its cells as JSON.

A program of its own, run by ``eventsys.imports`` as a child process: whatever a hostile file does
to a parser happens in here, with little memory, little time, and no way to open a file or a
connection. Of an xlsx the checked sheet is put into a clean package for the value reader, so that
the check and the reader have seen the same bytes.
"""

import codecs
import csv
import io
import json
import re
import resource
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

from eventsys.spreadsheet_package import (
    LAST_COLUMN,
    Book,
    Reason,
    Refused,
    Walk,
    cell_place,
    column_letters,
    listed,
)

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 5000  # filled rows below the heading
MAX_COLUMNS = 60
MAX_ROW_NUMBER = 20_000  # a value further down is a stray one
MAX_TITLE_ROWS = 20  # filled rows that may stand above the heading
MAX_TEXT = 1000  # characters in a cell; one more is passed on, so that the excess can be seen
MAX_ALL_TEXT = 10_000_000

CPU_SECONDS = 10
MEMORY_BYTES = 512 * 1024 * 1024
STANDARD_STREAMS = 3
LIMITS = {
    resource.RLIMIT_CPU: CPU_SECONDS,
    resource.RLIMIT_AS: MEMORY_BYTES,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_NOFILE: STANDARD_STREAMS,
}

OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_START = b"PK\x03\x04"
TRUE = ("1", "true")
TABLE_DEPTH = 2  # worksheet, sheetData
# A whole run of non-ASCII bytes that spells two or more hanzi in UTF-8.
UTF8_HANZI = re.compile(rb"(?<![\x80-\xff])(?:[\xe3-\xe9][\x80-\xbf]{2}){2,}(?![\x80-\xff])")
# What our own CSV export puts before text that might be calculated.
PROTECTED = re.compile("''*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
SEPARATORS = ",;\t"

Value = str | float | bool | datetime | date | time | timedelta


class CellKind(StrEnum):
    """What stood in a cell."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    FORMULA = "formula"
    ERROR = "error"


class NoticeCode(StrEnum):
    """What a person should know about a file that could be read, with its facts."""

    HIDDEN_ROWS = "hidden_rows"  # rows
    HIDDEN_COLUMNS = "hidden_columns"  # columns
    MERGED_CELLS = "merged_cells"  # ranges
    OTHER_SHEETS = "other_sheets"  # sheet, others
    EXTERNAL_LINKS = "external_links"
    SEPARATOR = "separator"  # separator
    ENCODING = "encoding"  # encoding
    UNKNOWN_COLUMNS = "unknown_columns"  # columns
    READ_AS_TEXT = "read_as_text"  # column, value


class Cell(NamedTuple):
    """A cell that holds something; ``column`` counts from 1."""

    column: int
    kind: CellKind
    text: str


class FilledRow(NamedTuple):
    """A row that holds something, under the number a person sees beside it."""

    number: int
    hidden: bool
    cells: list[Cell]


class Notice(NamedTuple):
    """One thing worth knowing, and the facts that fill its message."""

    code: NoticeCode
    facts: Mapping[str, object]


class Grid:
    """The filled rows of one sheet, kept within the limits."""

    def __init__(self) -> None:
        self.rows: list[FilledRow] = []
        self.notices: list[Notice] = []
        self._characters = 0

    def add(self, number: int, cells: Iterable[Cell], *, hidden: bool = False) -> None:
        """Keep one row unless it is blank; refuse what is too much."""
        filled = [
            cell for cell in cells if cell.text or cell.kind in (CellKind.FORMULA, CellKind.ERROR)
        ]
        if not filled:
            return
        check_place(number, filled[-1].column)
        self.rows.append(FilledRow(number, hidden, filled))
        self._characters += sum(len(cell.text) for cell in filled)
        if len(self.rows) > MAX_ROWS + MAX_TITLE_ROWS or self._characters > MAX_ALL_TEXT:
            raise Refused(Reason.TOO_LONG, limit=MAX_ROWS, characters=MAX_ALL_TEXT)

    def notice(self, code: NoticeCode, **facts: object) -> None:
        """Tell the reader's user something."""
        self.notices.append(Notice(code, facts))


def check_place(row: int, column: int) -> None:
    """Refuse a value where no table can reach."""
    if row > MAX_ROW_NUMBER or column > MAX_COLUMNS:
        cell = f"{column_letters(column)}{row}"
        raise Refused(Reason.CELL_TOO_FAR, cell=cell, rows=MAX_ROWS, columns=MAX_COLUMNS)


class SheetWalk(Walk):
    """Where a worksheet holds values, formulas and errors, and what is hidden or merged."""

    def __init__(self, part: bytes) -> None:
        super().__init__()
        self.kinds: dict[tuple[int, int], CellKind] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: list[str] = []
        self.merged: list[str] = []
        self._spilled: list[tuple[int, int, int, int]] = []
        self._place = (0, 0)
        self._is_error = False
        self._tables = 0
        self.over(part)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Note what the element says about its place."""
        match name:
            case "sheetData":
                self._begin_table()
            case "row":
                self._begin_row(attributes)
            case "c":
                self._begin_cell(attributes)
            case "v" | "is":
                self._hold(CellKind.ERROR if self._is_error else CellKind.TEXT)
            case "f":
                self._begin_formula(attributes)
            case "col" if attributes.get("hidden") in TRUE:
                self.hidden_columns.append(column_range(attributes))
            case "mergeCell":
                self.merged.append(attributes.get("ref", "")[:21])

    def kind(self, place: tuple[int, int]) -> CellKind:
        """TEXT for any plain value; FORMULA also where another cell's array formula reaches."""
        row, column = place
        if any(
            top <= row <= low and left <= column <= right for top, left, low, right in self._spilled
        ):
            return CellKind.FORMULA
        return self.kinds[place]

    def _begin_table(self) -> None:
        self._tables += 1
        if self._tables > 1 or self.depth != TABLE_DEPTH:
            raise Refused(Reason.DAMAGED)

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        above = self._place[0]
        row, _ = cell_place(f"A{attributes.get('r', above + 1)}")
        if row <= above:
            raise Refused(Reason.DAMAGED)
        self._place = (row, 0)
        if attributes.get("hidden") in TRUE:
            self.hidden_rows.add(row)

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        row, left = self._place
        place = cell_place(attributes.get("r", f"{column_letters(left + 1)}{row}"))
        if place[0] != row or place[1] <= left:
            raise Refused(Reason.DAMAGED)
        self._place = place
        self._is_error = attributes.get("t") == "e"

    def _begin_formula(self, attributes: Mapping[str, str]) -> None:
        self._hold(CellKind.FORMULA)
        first, _, last = attributes.get("ref", "").partition(":")
        if last and attributes.get("t") in ("array", "dataTable"):
            self._spilled.append((*cell_place(first), *cell_place(last)))

    def _hold(self, kind: CellKind) -> None:
        """The present cell holds something; that it holds a formula outweighs its value."""
        check_place(*self._place)
        if self.kinds.get(self._place) is not CellKind.FORMULA:
            self.kinds[self._place] = kind


def column_range(attributes: Mapping[str, str]) -> str:
    """The columns a ``col`` element speaks of, as ``C`` or ``C:E``."""
    first, last = attributes.get("min", ""), attributes.get("max", "")
    if not (first.isdecimal() and last.isdecimal() and 1 <= int(first) <= int(last) <= LAST_COLUMN):
        raise Refused(Reason.DAMAGED)
    letters = column_letters(int(first))
    return letters if first == last else f"{letters}:{column_letters(int(last))}"


def read_xlsx(data: bytes) -> Grid:
    """The first visible worksheet of a workbook."""
    book = Book(data)
    name, part = book.first_sheet()
    walk = SheetWalk(part)
    try:
        values = values_of(book.package_of(part))
    except CalamineError as error:
        raise Refused(Reason.DAMAGED) from error
    grid = Grid()
    for row, places in groupby(walk.kinds, key=lambda place: place[0]):
        cells = (found_cell(place, walk.kind(place), values) for place in places)
        grid.add(row, cells, hidden=row in walk.hidden_rows)
    hidden = [str(row.number) for row in grid.rows if row.hidden]
    others = [sheet.name for sheet in book.sheets if sheet.name != name]
    if hidden:
        grid.notice(NoticeCode.HIDDEN_ROWS, rows=listed(hidden))
    if walk.hidden_columns:
        grid.notice(NoticeCode.HIDDEN_COLUMNS, columns=listed(walk.hidden_columns))
    if walk.merged:
        grid.notice(NoticeCode.MERGED_CELLS, ranges=listed(walk.merged))
    if others:
        grid.notice(NoticeCode.OTHER_SHEETS, sheet=name, others=listed(others))
    if book.has_external_links:
        grid.notice(NoticeCode.EXTERNAL_LINKS)
    return grid


def values_of(package: io.BytesIO) -> list[list[Value]]:
    """Every cell value up to the last one, row by row from A1."""
    workbook = CalamineWorkbook.from_filelike(package)
    return workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)


def found_cell(place: tuple[int, int], kind: CellKind, values: list[list[Value]]) -> Cell:
    """What stands at ``place``; of formulas and errors only that they stand there."""
    row, column = place
    there = row <= len(values) and column <= len(values[row - 1])
    if kind is not CellKind.TEXT or not there:
        return Cell(column, kind, "")
    return Cell(column, *shown(values[row - 1][column - 1]))


def shown(value: Value) -> tuple[CellKind, str]:
    """Kind and text of a value."""
    match value:
        case str():
            return CellKind.TEXT, trimmed(value)[: MAX_TEXT + 1]
        case bool():
            return CellKind.BOOLEAN, str(value).upper()
        case int() | float():
            return shown_number(value)
        case datetime() if value.time() != time():
            return CellKind.DATE, value.isoformat(sep=" ", timespec="seconds")
        case datetime():
            return CellKind.DATE, value.date().isoformat()
    return CellKind.DATE, str(value)


def shown_number(value: float) -> tuple[CellKind, str]:
    """A number with the 15 digits a spreadsheet keeps, never in scientific notation."""
    number = Decimal(format(value, ".15g"))
    return (CellKind.NUMBER, format(number, "f")) if number.is_finite() else (CellKind.ERROR, "")


def trimmed(text: str) -> str:
    """``text`` without the white space around it, seen or unseen."""
    return text.strip().strip("\ufeff\u200b\u2060").strip()


def read_csv(data: bytes) -> Grid:
    """A CSV file in any encoding and with any separator that Chinese spreadsheet programs write."""
    text, encoding = decoded(data)
    separator = separator_of(text)
    grid = Grid()
    csv.field_size_limit(MAX_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for number, fields in enumerate(reader, start=1):
            grid.add(number, csv_cells(fields))
    except csv.Error as error:
        raise Refused(Reason.UNCLOSED_QUOTE, line=reader.line_num) from error
    if separator != ",":
        grid.notice(NoticeCode.SEPARATOR, separator="TAB" if separator == "\t" else separator)
    if encoding != "utf-8-sig":
        grid.notice(NoticeCode.ENCODING, encoding=encoding.upper())
    return grid


def csv_cells(fields: list[str]) -> Iterator[Cell]:
    """The fields as typed, without the apostrophe our own export puts before dangerous ones."""
    for column, field in enumerate(fields, start=1):
        text = trimmed(field[1:] if PROTECTED.match(field) else field)
        yield Cell(column, CellKind.TEXT, text[: MAX_TEXT + 1])


def decoded(data: bytes) -> tuple[str, str]:
    """The text and its encoding: by byte order mark, else UTF-8, else GB 18030, never by guess."""
    try:
        text, encoding = strictly_decoded(data)
    except UnicodeDecodeError as error:
        raise Refused(Reason.UNKNOWN_ENCODING) from error
    if "\0" in text:
        raise Refused(Reason.UNKNOWN_ENCODING)
    return text, encoding


def strictly_decoded(data: bytes) -> tuple[str, str]:
    """The same, leaving to the caller what cannot be decoded or is a mixture."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16"), "utf-16"
    try:
        return data.decode("utf-8-sig"), "utf-8-sig"
    except UnicodeDecodeError:
        if data.startswith(codecs.BOM_UTF8) or UTF8_HANZI.search(data):
            raise
        return data.decode("gb18030"), "gb18030"


def separator_of(text: str) -> str:
    """The separator the first filled line uses most; a comma if it uses none."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(SEPARATORS, key=first.count)


def read(data: bytes, *, is_csv: bool) -> Grid:
    """The file's table; what it is follows from its first bytes, and for CSV from its name."""
    if not data.strip():
        raise Refused(Reason.EMPTY)
    if data.startswith(OLE_START):
        raise Refused(Reason.OLD_OR_LOCKED)
    if data.startswith(ZIP_START):
        return read_xlsx(data)
    if not is_csv:
        raise Refused(Reason.NOT_A_SPREADSHEET)
    return read_csv(data)


def confine() -> None:
    """Give up, for good, more memory, more time, writing files, and opening anything at all.

    No descriptor is left for a file or a socket, so codecs are loaded first.
    """
    for encoding in ("utf-8-sig", "utf-16", "gb18030", "cp437"):  # the last for zip names
        codecs.lookup(encoding)
    for what, most in LIMITS.items():
        _, hard = resource.getrlimit(what)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (allowed, allowed))


def main() -> None:
    """Answer with ``rows`` and ``notices``, or with ``refused`` and ``facts``."""
    confine()
    answer: dict[str, object]
    try:
        grid = read(sys.stdin.buffer.read(MAX_BYTES + 1), is_csv=sys.argv[1:] == ["csv"])
        answer = {"rows": grid.rows, "notices": grid.notices}
    except Refused as refused:
        answer = {"refused": refused.reason, "facts": refused.facts}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
