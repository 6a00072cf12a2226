"""Tables that leave as files: xlsx and CSV in which no text can ever turn into a formula.

Labels and lines arrive translated. Cells hold what was typed, with three honest exceptions:
characters that XML or a spreadsheet cannot hold become U+FFFD, line ends become LF, and text
longer than a cell can hold ends in an ellipsis.
"""

import re
import unicodedata
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from itertools import chain, islice
from typing import BinaryIO, Protocol

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from eventsys import clock

Row = Mapping[str, object] | Sequence[object]
Shown = str | int | Decimal | date | datetime | None

TEXT_FORMAT = "@"
DATE_FORMAT = "yyyy-mm-dd"
MOMENT_FORMAT = "yyyy-mm-dd hh:mm:ss"
EXACT_DIGITS = 15  # a spreadsheet keeps numbers as binary doubles: longer ones would be rounded
LONGEST_CELL = 32_767
LONGEST_SHEET_NAME = 31
LONGEST_FILE_NAME = 200  # bytes; file systems stop at 255
WIDEST = 48
ROWS_MEASURED = 50
TEMPLATE_ROWS = 1000
LONGEST_INLINE_CHOICES = 250  # the format allows 255 between the quotes
FIRST_REAL_DATE = date(1900, 3, 1)  # Excel believes in a 29 February 1900

NOT_FOR_CELLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
LINE_ENDS = re.compile("\r\n?")
LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
STARTS_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
NOT_FOR_SHEET_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f]")
NOT_FOR_FILE_NAMES = re.compile(r'[<>:"/\\|?*%\s]+')
RESERVED_ON_WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)

HEADER_FONT = Font(bold=True)
HEADER_FILL = PatternFill("solid", fgColor="E8EEF4")
REQUIRED_FILL = PatternFill("solid", fgColor="FCE8C8")


class Kind(Enum):
    """What a column holds, and so what its values must be."""

    TEXT = "text"  # anything; identity and phone numbers belong here
    INTEGER = "integer"  # int
    DECIMAL = "decimal"  # Decimal, shown with its own number of places
    MONEY = "money"  # int fen, shown as yuan with two places
    DATE = "date"  # date
    MOMENT = "moment"  # aware datetime, shown on a Shanghai clock


UNSEEN = ("Cc", "Cf", "Cs")  # not "Cn": Python does not know the youngest hanzi yet
NUMBERS = (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY)
WIDTHS = {Kind.INTEGER: 10, Kind.DECIMAL: 10, Kind.MONEY: 14, Kind.DATE: 12, Kind.MOMENT: 20}


@dataclass(frozen=True)
class Column:
    """One column: where its value lies in a row, its translated heading, and what it holds."""

    key: str
    label: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Table:
    """A named table; ``rows`` (by key, or in column order) are walked once and never listed."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Row]


class TemplateColumn(Protocol):
    """What a template must know of an import column: ``imports.ImportColumn`` fits."""

    @property
    def key(self) -> str: ...
    @property
    def header(self) -> tuple[str, ...]: ...
    @property
    def required(self) -> bool: ...
    @property
    def is_identifier(self) -> bool: ...


def to_xlsx(
    tables: Sequence[Table],
    out: BinaryIO,
    *,
    header_lines: Sequence[str] = (),
    footer_lines: Sequence[str] = (),
) -> None:
    """Write one sheet per table, in constant memory, with the given lines above and below each."""
    book = Workbook(write_only=True)
    book.properties.creator = "eventsys"
    for table, name in zip(tables, sheet_names(table.name for table in tables), strict=True):
        _write_sheet(book.create_sheet(name), table, header_lines, footer_lines)
    book.save(out)


def template_xlsx(
    columns: Sequence[TemplateColumn],
    out: BinaryIO,
    *,
    notes: Sequence[str] = (),
    choices: Mapping[str, Sequence[str]] | None = None,
    example: Sequence[str] = (),
    name: str = "Data",
    notes_name: str = "Notes",
) -> None:
    """Write an empty import file: headings, text cells for identifiers, drop-downs, instructions.

    A column's first header is shown; required columns are coloured. Long choice lists stand in
    full on the instruction sheet, from its third column on. ``example`` is the first row.
    """
    book = Workbook()
    book.properties.creator = "eventsys"
    first, second = sheet_names([name, notes_name])
    sheet = book.worksheets[0]
    sheet.title = first
    explained = book.create_sheet(second)
    explained.column_dimensions["A"].width = 80
    for line, note in enumerate(notes, start=1):
        _put_text(explained, line, 1, note)
    for position, column in enumerate(columns, start=1):
        _template_column(sheet, position, column)
        allowed = (choices or {}).get(column.key, ())
        if allowed:
            _add_choices(sheet, explained, position, allowed)
    for position, text in enumerate(example, start=1):
        _put_text(sheet, 2, position, text)
    sheet.freeze_panes = "A2"
    book.save(out)


def safe_file_name(text: str, suffix: str) -> str:
    """``text`` as a file name that every system accepts, ending in ``suffix`` (``"xlsx"``)."""
    spaced = NOT_FOR_FILE_NAMES.sub("_", unicodedata.normalize("NFC", text.strip()))
    stem = "".join(c for c in spaced if unicodedata.category(c) not in UNSEEN)
    stem = stem.encode()[:LONGEST_FILE_NAME].decode(errors="ignore").strip("._-~")
    if RESERVED_ON_WINDOWS.match(stem):
        stem = f"_{stem}"
    return f"{stem or 'file'}.{suffix.lstrip('.')}"


def sheet_names(wanted: Iterable[str]) -> list[str]:
    """Names a spreadsheet accepts: no forbidden characters, at most 31 units, no two alike."""
    names: list[str] = []
    taken = {"history"}  # Excel keeps this one for itself
    for text in wanted:
        base = NOT_FOR_SHEET_NAMES.sub(" ", _clean(text)).strip(" '") or "Sheet"
        name, count = _first_units(base, LONGEST_SHEET_NAME), 1
        while name.casefold() in taken:
            count += 1
            mark = f" ({count})"
            name = _first_units(base, LONGEST_SHEET_NAME - len(mark)) + mark
        taken.add(name.casefold())
        names.append(name)
    return names


def _first_units(text: str, units: int) -> str:
    """The longest start of ``text`` that fits in so many UTF-16 units, as Excel counts."""
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", errors="ignore").rstrip(" '")


def _clean(text: str) -> str:
    """``text`` without what no cell can hold."""
    return NOT_FOR_CELLS.sub("\ufffd", LINE_ENDS.sub("\n", text))


def _shown_row(columns: Sequence[Column], row: Row) -> Iterator[Shown]:
    values = [row[column.key] for column in columns] if isinstance(row, Mapping) else row
    for column, value in zip(columns, values, strict=True):
        yield _shown(column.kind, value)


def _shown(kind: Kind, value: object) -> Shown:
    """``value`` as people should see it; text stands in any column (a dash for "absent")."""
    if value is None:
        return None
    if kind is Kind.TEXT or isinstance(value, str):
        return _clean(str(value))
    shown = _shown_number(kind, value) if kind in NUMBERS else _shown_time(kind, value)
    if shown is None:
        raise TypeError(f"{value!r} is not a value of kind {kind.value}")
    return shown


def _shown_number(kind: Kind, value: object) -> Shown:
    match kind, value:
        case Kind.MONEY, int():
            return Decimal(value).scaleb(-2)
        case ((Kind.INTEGER | Kind.DECIMAL), int()):
            return int(value)
        case Kind.DECIMAL, Decimal():
            return value
    return None


def _shown_time(kind: Kind, value: object) -> Shown:
    match kind, value:
        case Kind.MOMENT, datetime() if value.tzinfo is not None:
            return clock.in_shanghai(value).replace(tzinfo=None)
        case Kind.DATE, date() if not isinstance(value, datetime):
            return value
    return None


def _plain(shown: Shown) -> str:
    """The same value as text."""
    match shown:
        case None:
            return ""
        case Decimal():
            return format(shown, "f")
        case datetime():
            return shown.isoformat(sep=" ", timespec="seconds")
    return str(shown)


def _cell_content(shown: Shown) -> tuple[Shown, str]:
    """What goes into the cell and its number format; what a number cannot hold goes as text."""
    match shown:
        case int() | Decimal() if _fits(shown):
            return shown, _number_format(shown)
        case datetime() if shown.date() >= FIRST_REAL_DATE:
            return shown, MOMENT_FORMAT
        case date() if not isinstance(shown, datetime) and shown >= FIRST_REAL_DATE:
            return shown, DATE_FORMAT
    return _cell_text(_plain(shown)), TEXT_FORMAT


def _cell_text(text: str) -> str:
    """``text`` as the cell must hold it to be shown as it is."""
    escaped = LOOKS_ESCAPED.sub("_x005F_", text)
    return escaped if len(escaped) <= LONGEST_CELL else escaped[: LONGEST_CELL - 1] + "\u2026"


def _fits(number: int | Decimal) -> bool:
    digits = format(Decimal(number), "f").strip("-0.").replace(".", "")
    return len(digits) <= EXACT_DIGITS and f"0{digits}".isdecimal()


def _number_format(number: int | Decimal) -> str:
    exponent = Decimal(number).as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return f"0.{'0' * places}" if places else "0"


class _Pen:
    """Cells of one sheet, one per style and used again and again: styling costs more than writing.

    A cell must be written before the same style is asked for again, so rows go out as generators.
    """

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._cells: dict[str, Cell] = {}

    def cell(self, shown: Shown) -> Cell | None:
        """A cell that holds ``shown``, text always as text."""
        if shown is None:
            return None
        value, number_format = _cell_content(shown)
        cell = self._cells.get(number_format)
        if cell is None:
            cell = self._cells[number_format] = WriteOnlyCell(self._sheet)
            cell.number_format = number_format
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
        return cell

    def heading(self, label: str) -> Cell:
        """A cell of the header row."""
        cell = WriteOnlyCell(self._sheet, _cell_text(_clean(label)))
        cell.data_type = "s"
        cell.font = HEADER_FONT
        cell.fill = HEADER_FILL
        return cell

    def row(self, values: Iterable[Shown]) -> Generator[Cell | None, None, None]:
        """The cells of one row, each made when the writer comes to it."""
        return (self.cell(shown) for shown in values)


def _write_sheet(
    sheet: Worksheet, table: Table, above: Sequence[str], below: Sequence[str]
) -> None:
    rows = iter(table.rows)
    first = list(islice(rows, ROWS_MEASURED))
    for position in range(len(table.columns)):
        letter = get_column_letter(position + 1)
        sheet.column_dimensions[letter].width = _width(table.columns, position, first)
    sheet.freeze_panes = f"A{len(above) + 2}"
    pen = _Pen(sheet)
    for text in above:
        sheet.append(pen.row([_clean(text)]))
    sheet.append([pen.heading(column.label) for column in table.columns])
    for row in chain(first, rows):
        sheet.append(pen.row(_shown_row(table.columns, row)))
    for text in below:
        sheet.append(pen.row([_clean(text)]))


def _width(columns: Sequence[Column], position: int, rows: Sequence[Row]) -> int:
    """A column's width in characters, judged by its heading, its kind and the first rows."""
    column = columns[position]
    measured = rows if column.kind is Kind.TEXT else ()
    values = (row[column.key] if isinstance(row, Mapping) else row[position] for row in measured)
    least = max(_cells_wide(column.label) + 2, WIDTHS.get(column.kind, 8))
    return min(max(chain([least], (_cells_wide(str(value or "")) + 2 for value in values))), WIDEST)


def _cells_wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _put_text(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    cell = sheet.cell(row, column)
    cell.value = _cell_text(_clean(text))
    cell.data_type = "s"
    cell.number_format = TEXT_FORMAT
    return cell


def _template_column(sheet: Worksheet, position: int, column: TemplateColumn) -> None:
    heading = _put_text(sheet, 1, position, column.header[0])
    heading.font = HEADER_FONT
    heading.fill = REQUIRED_FILL if column.required else HEADER_FILL
    dimension = sheet.column_dimensions[get_column_letter(position)]
    dimension.width = 22 if column.is_identifier else max(_cells_wide(column.header[0]) + 4, 14)
    if column.is_identifier:
        dimension.number_format = TEXT_FORMAT
        for row in range(2, TEMPLATE_ROWS + 2):
            sheet.cell(row, position).number_format = TEXT_FORMAT


def _add_choices(
    sheet: Worksheet, explained: Worksheet, position: int, allowed: Sequence[str]
) -> None:
    """A drop-down; the format's short list cannot hold commas, quotes or much text."""
    column = max(explained.max_column, 2) + 1
    _put_text(explained, 1, column, str(sheet.cell(1, position).value)).font = HEADER_FONT
    for row, choice in enumerate(allowed, start=2):
        _put_text(explained, row, column, choice)
    inline = ",".join(allowed)
    letter = get_column_letter(column)
    formula = f"{quote_sheetname(explained.title)}!${letter}$2:${letter}${len(allowed) + 1}"
    if len(inline) <= LONGEST_INLINE_CHOICES and not any(set(c) & set(',"\n') for c in allowed):
        formula = f'"{inline}"'
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True)
    rule.add(f"{get_column_letter(position)}2:{get_column_letter(position)}{TEMPLATE_ROWS + 1}")
    sheet.add_data_validation(rule)
