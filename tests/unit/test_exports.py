"""Exports: what leaves is exact, is text where it must be, and never calculates anything."""

import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from eventsys.exports import (
    Column,
    Kind,
    Table,
    safe_file_name,
    sheet_names,
    template_xlsx,
    to_xlsx,
)
from eventsys.imports import ImportColumn

DANGEROUS = [
    "=1+1",
    '=HYPERLINK("http://127.0.0.1","x")',
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "=cmd|' /C calc'!A0",
]
NUMBER = "110101200801180000"


def workbook(columns, rows, **lines):
    out = io.BytesIO()
    to_xlsx([Table("表", columns, rows)], out, **lines)
    return load_workbook(out)


def cells(kind, *values):
    """The cells of one column, below its heading."""
    sheet = workbook([Column("k", "列", kind)], [[value] for value in values]).active
    return [sheet.cell(row, 1) for row in range(2, len(values) + 2)]


def made_row(number):
    """Twenty values: text, an identity number, money, marks, dates and formulas as text."""
    return [
        f"张三{number}",
        NUMBER,
        number * 101,
        Decimal(number) / 100,
        date(2025, 5, 1),
        datetime(2025, 5, 1, 1, 30, tzinfo=UTC),
        number,
        *(f"=A{number}", f"+86-{number}", f"@{number}"),
        *(f"第{n}格" for n in range(10)),
    ]


KINDS = [Kind.TEXT, Kind.TEXT, Kind.MONEY, Kind.DECIMAL, Kind.DATE, Kind.MOMENT, Kind.INTEGER]
TWENTY = [Column(f"k{n}", f"列{n}", kind) for n, kind in enumerate([*KINDS, *[Kind.TEXT] * 13])]
ROWS = 10_000
TRACED = 2000  # tracing every allocation is slow; what rows leave behind shows in the last ones


@pytest.fixture(scope="module")
def large_file(tmp_path_factory):
    """A file of ten thousand rows by twenty columns, and the most memory its last rows took."""

    def rows():
        for number in range(ROWS):
            if number == ROWS - TRACED:
                tracemalloc.start()
            yield made_row(number)

    path = tmp_path_factory.mktemp("exports") / "large.xlsx"
    with path.open("wb") as out:
        to_xlsx([Table("大表", TWENTY, rows())], out)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return path, peak


def test_ten_thousand_rows_are_written_in_constant_memory(large_file):
    listed_rows_would_take = TRACED * len(TWENTY) * 50

    assert large_file[1] < listed_rows_would_take / 2


def test_a_large_file_holds_no_formula_and_every_identity_number_as_text(large_file):
    book = load_workbook(large_file[0], read_only=True)
    types, numbers, formats = set(), set(), set()
    for row in book.active.iter_rows(min_row=2):
        types.update(cell.data_type for cell in row)
        numbers.add(row[1].value)
        formats.add(row[1].number_format)
    book.close()

    assert types == {"s", "n", "d"}
    assert numbers == {NUMBER}
    assert formats == {"@"}


def test_a_second_reader_sees_the_same_values_in_a_large_file(large_file):
    sheet = CalamineWorkbook.from_path(large_file[0]).get_sheet_by_index(0).to_python()

    assert len(sheet) == ROWS + 1
    assert [row[0] for row in sheet[1:]] == [f"张三{n}" for n in range(ROWS)]
    assert {row[1] for row in sheet[1:]} == {NUMBER}
    assert [round(row[2] * 100) for row in sheet[1:]] == [n * 101 for n in range(ROWS)]
    assert [row[7] for row in sheet[1:]] == [f"=A{n}" for n in range(ROWS)]
    assert {row[5] for row in sheet[1:]} == {datetime(2025, 5, 1, 9, 30)}  # noqa: DTZ001  as shown


@pytest.mark.parametrize("text", [*DANGEROUS, "#N/A", "TRUE", "1", NUMBER])
def test_text_is_text_in_a_workbook_whatever_it_looks_like(text):
    (cell,) = cells(Kind.TEXT, text)

    assert (cell.value, cell.data_type) == (text.replace("\r", "\n"), "s")
    assert cell.number_format == "@"


def test_headings_and_lines_are_text_too_and_the_header_row_is_frozen():
    sheet = workbook(
        [Column("k", "=1+1")], [["x"]], header_lines=["=2", "导出人"], footer_lines=["=3"]
    ).active

    assert [(cell.value, cell.data_type) for cell in sheet["A"]] == [
        (text, "s") for text in ("=2", "导出人", "=1+1", "x", "=3")
    ]
    assert sheet.freeze_panes == "A4"


def test_no_formula_element_is_in_the_markup():
    out = io.BytesIO()
    to_xlsx([Table("表", [Column("k", "=1")], [[text] for text in DANGEROUS])], out)
    with zipfile.ZipFile(out) as archive:
        markup = archive.read("xl/worksheets/sheet1.xml")

    assert b"<f>" not in markup
    assert markup.count(b't="inlineStr"') == len(DANGEROUS) + 1


@pytest.mark.parametrize(
    ("fen", "yuan"),
    [(0, "0.00"), (1, "0.01"), (-5, "-0.05"), (123456789012345, "1234567890123.45")],
)
def test_money_is_an_exact_number_of_yuan_with_two_places(fen, yuan):
    (cell,) = cells(Kind.MONEY, fen)

    assert (cell.data_type, cell.number_format) == ("n", "0.00")
    assert Decimal(str(cell.value)) == Decimal(yuan)


def test_marks_keep_their_places():
    found = cells(Kind.DECIMAL, Decimal("89.50"), Decimal(7), Decimal("0.125"))

    assert [(cell.value, cell.number_format) for cell in found] == [
        (89.5, "0.00"),
        (7, "0"),
        (0.125, "0.000"),
    ]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Kind.INTEGER, 1234567890123456, "1234567890123456"),
        (Kind.DECIMAL, Decimal("0.1234567890123456"), "0.1234567890123456"),
        (Kind.DECIMAL, Decimal("NaN"), "NaN"),
        (Kind.DATE, date(1899, 5, 1), "1899-05-01"),
        (Kind.DECIMAL, "缺考", "缺考"),
    ],
)
def test_what_a_number_cell_cannot_hold_is_text(kind, value, text):
    (cell,) = cells(kind, value)

    assert (cell.value, cell.data_type) == (text, "s")


def test_moments_are_shown_on_a_shanghai_clock_and_dates_as_dates():
    (moment,) = cells(Kind.MOMENT, datetime(2024, 12, 31, 16, 0, 59, tzinfo=UTC))
    (day,) = cells(Kind.DATE, date(2025, 1, 1))

    assert moment.value.isoformat() == "2025-01-01T00:00:59"
    assert moment.number_format == "yyyy-mm-dd hh:mm:ss"
    assert (day.value.date(), day.number_format) == (date(2025, 1, 1), "yyyy-mm-dd")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.MOMENT, datetime(2025, 1, 1)),  # noqa: DTZ001  a naive moment is the mistake
        (Kind.MOMENT, date(2025, 1, 1)),
        (Kind.DATE, datetime(2025, 1, 1, tzinfo=UTC)),
        (Kind.MONEY, Decimal("1.5")),
        (Kind.DECIMAL, 1.5),
        (Kind.INTEGER, Decimal(1)),
    ],
)
def test_a_value_of_the_wrong_kind_is_a_mistake_of_the_caller(kind, value):
    with pytest.raises(TypeError):
        cells(kind, value)


def test_text_like_an_escape_is_shown_as_typed():
    out = io.BytesIO()
    to_xlsx([Table("表", [Column("k", "列")], [["_x0041_ x_x000d_"]])], out)

    shown = CalamineWorkbook.from_filelike(io.BytesIO(out.getvalue())).get_sheet_by_index(0)

    assert shown.to_python() == [["列"], ["_x0041_ x_x000d_"]]


def test_text_longer_than_a_cell_ends_in_an_ellipsis():
    (cell,) = cells(Kind.TEXT, "长" * 40_000)

    assert cell.value == "长" * 32_766 + "…"


def test_sheet_names_are_made_legal_and_different():
    wanted = ["成绩/[一]:*?\\", "", "'引号'", "A", "a", "History", "长" * 40, "长" * 40, "𠮷" * 20]

    assert sheet_names(wanted) == [
        "成绩  一",
        "Sheet",
        "引号",
        "A",
        "a (2)",
        "History (2)",
        "长" * 31,
        "长" * 27 + " (2)",
        "𠮷" * 15,
    ]


def test_each_table_gets_its_sheet():
    out = io.BytesIO()
    to_xlsx([Table(name, [Column("k", name)], []) for name in ("甲", "甲")], out)

    book = load_workbook(out)

    assert [(sheet.title, sheet["A1"].value) for sheet in book] == [("甲", "甲"), ("甲 (2)", "甲")]


def test_columns_are_as_wide_as_their_text_within_reason():
    columns = [Column("a", "短"), Column("b", "长"), Column("c", "时", Kind.MOMENT)]
    sheet = workbook(columns, [["x", "字" * 100, None], ["十个字的一段文字啊", "", None]]).active

    widths = [sheet.column_dimensions[letter].width for letter in "ABC"]
    assert widths == [20, 48, 20]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("成绩单 2025", "成绩单_2025.xlsx"),
        ("../../etc/passwd", "etc_passwd.xlsx"),
        ('a/b\\c:d*e?f"g<h>i|j%k', "a_b_c_d_e_f_g_h_i_j_k.xlsx"),
        ("\u202ecod.exe\x00\n", "cod.exe.xlsx"),
        ("CON", "_CON.xlsx"),
        ("...", "file.xlsx"),
        ("", "file.xlsx"),
        ("𠮷田𫍽", "𠮷田𫍽.xlsx"),
        ("长" * 300, "长" * 66 + ".xlsx"),
    ],
)
def test_file_names_are_accepted_everywhere(text, name):
    assert safe_file_name(text, "xlsx") == name
    assert safe_file_name(text, ".xlsx") == name


IMPORTED = [
    ImportColumn("name", ("姓名", "Name"), required=True),
    ImportColumn("number", ("证件号码", "ID number"), required=True, is_identifier=True),
    ImportColumn("kind", ("证件类型", "ID type")),
    ImportColumn("track", ("赛项", "Track")),
]


@pytest.fixture(scope="module")
def template():
    """A template with a short and a long list of choices, opened again."""
    out = io.BytesIO()
    tracks = [f"赛项,{n}" for n in range(100)]
    choices = {"kind": ["居民身份证", "护照"], "track": tracks}
    template_xlsx(
        IMPORTED, out, notes=["=1", "不要修改表头"], choices=choices, name="报名", notes_name="说明"
    )
    return load_workbook(out)


def test_a_template_has_its_headings_and_its_instructions_as_text(template):
    sheet, notes = template.worksheets

    assert (sheet.title, notes.title) == ("报名", "说明")
    assert [cell.value for cell in sheet[1]] == ["姓名", "证件号码", "证件类型", "赛项"]
    assert [(notes.cell(row, 1).value, notes.cell(row, 1).data_type) for row in (1, 2)] == [
        ("=1", "s"),
        ("不要修改表头", "s"),
    ]
    assert sheet.freeze_panes == "A2"


def test_a_template_takes_identifiers_as_text_for_a_thousand_rows(template):
    sheet = template.worksheets[0]

    assert {sheet.cell(row, 2).number_format for row in range(2, 1002)} == {"@"}
    assert sheet.cell(2, 1).number_format == "General"


def test_a_template_offers_choices_in_place_or_from_the_instruction_sheet(template):
    sheet, notes = template.worksheets
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}

    assert rules == {"C2:C1001": '"居民身份证,护照"', "D2:D1001": "'说明'!$D$2:$D$101"}
    assert [notes.cell(row, 4).value for row in (1, 2, 101)] == ["赛项", "赛项,0", "赛项,99"]


def test_nothing_is_an_empty_cell_of_any_kind():
    assert [cells(kind, None, None)[0].value for kind in Kind] == [None] * len(Kind)


def test_characters_no_cell_can_hold_are_replaced_visibly():
    bad = "a\x00b\x0bc\ud800d\uffffe"

    assert cells(Kind.TEXT, bad)[0].value == "a\ufffdb\ufffdc\ufffdd\ufffde"


def test_rows_may_be_mappings_and_must_fit_the_columns():
    columns = [Column("a", "甲"), Column("b", "乙")]

    sheet = workbook(columns, [{"b": 2, "a": 1, "c": 3}]).active
    assert [[one.value for one in row] for row in sheet] == [["甲", "乙"], ["1", "2"]]
    with pytest.raises(IndexError):
        workbook(columns, [["only one"]])
