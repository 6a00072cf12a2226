"""Uploaded tables: hostile and broken files get their verdict, honest ones their exact rows."""

import io
import random
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from eventsys import exports
from eventsys.imports import (
    NOTICES,
    REFUSALS,
    CellTooFar,
    DamagedFile,
    EmptyFile,
    ErrorCell,
    FileTooBig,
    ForbiddenCharacter,
    FormulaCell,
    ImportColumn,
    MacroWorkbook,
    MissingColumns,
    NoRows,
    NotASpreadsheet,
    NothingGiven,
    NotTypedAsText,
    OldOrLockedWorkbook,
    ReadTable,
    RepeatedColumns,
    TableTooLong,
    TextTooLong,
    TooTightlyPacked,
    UnclosedQuote,
    UnknownEncoding,
    UnreadableFile,
    UnusualPackage,
    read_table,
)
from eventsys.spreadsheet_package import Reason
from eventsys.spreadsheet_reader import NoticeCode
from tests.vectors import vector_path

FOLDER = vector_path("spreadsheets")
MANIFEST = [line.split("\t") for line in (FOLDER / "MANIFEST.tsv").read_text("utf-8").splitlines()]
VERDICTS = [(name, verdict) for name, _, verdict, _ in MANIFEST[1:]]
COLUMNS = [
    ImportColumn("name", ("姓名", "Name"), required=True),
    ImportColumn("number", ("证件号码", "ID number"), required=True, is_identifier=True),
    ImportColumn("school", ("学校", "School")),
    ImportColumn("track", ("赛项", "Track")),
    ImportColumn("phone", ("联系电话", "Phone")),
]
ZHANG = {
    "name": "张三",
    "number": "11010120080118000X",
    "school": "测试职校",
    "track": "网络搭建",
    "phone": "13800000000",
}
MUTATIONS = 60


def vector(name: str) -> ReadTable:
    return read_table((FOLDER / name).read_bytes(), name, COLUMNS)


def xlsx(*rows, sheet_xml=None, members=None) -> bytes:
    """A small workbook, its sheet or members replaced if asked."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    plain = io.BytesIO()
    book.save(plain)
    out = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if sheet_xml and name == "xl/worksheets/sheet1.xml":
                content = sheet_xml(content.decode()).encode()
            if name not in (members or {}):
                new.writestr(name, content)
        for name, content in (members or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def read_xlsx(*rows, columns=COLUMNS, **changes) -> ReadTable:
    return read_table(xlsx(*rows, **changes), "upload.xlsx", columns)


def read_sheet(cells, **changes) -> ReadTable:
    """A workbook whose sheet has exactly these rows, as markup."""
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{namespace}"><sheetData>{cells}</sheetData></worksheet>'
    return read_xlsx([], sheet_xml=lambda _: sheet, **changes)


def read_csv(text: str, encoding: str = "utf-8-sig") -> ReadTable:
    return read_table(text.encode(encoding), "upload.csv", COLUMNS)


def codes(table: ReadTable) -> list[NoticeCode]:
    return [notice.code for notice in table.notices]


def found_problems(table: ReadTable) -> list[tuple[int, str, type]]:
    return [(p.row, p.column_header, type(p.refusal)) for p in table.errors]


HEADER = ["姓名", "证件号码", "学校"]
PERSON = ["张三", "11010120080118000X", "测试职校"]


@pytest.mark.parametrize(("name", "verdict"), VERDICTS)
def test_every_vector_gets_its_verdict(name, verdict):
    try:
        table = vector(name)
    except UnreadableFile:
        outcome = "REJECT"
    else:
        numbers = [row.values["number"].upper() for row in table.rows if row.values["number"]]
        twice = len(set(numbers)) < len(numbers)
        outcome = "REJECT" if table.errors or twice else "ACCEPT"

    assert verdict in (outcome, "EITHER")
    assert not Path("/tmp/zipslip_marker.txt").exists()


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("01_empty.xlsx", EmptyFile),
        ("02_text.xlsx", NotASpreadsheet),
        ("03_html.xlsx", NotASpreadsheet),
        ("04_ole_xls.xlsx", OldOrLockedWorkbook),
        ("07_docx.xlsx", NotASpreadsheet),
        ("08_truncated.xlsx", DamagedFile),
        ("11_bad_crc.xlsx", DamagedFile),
        ("20_ratio_bomb_8MB.xlsx", TooTightlyPacked),
        ("21_3000_entries.xlsx", UnusualPackage),
        ("22_billion_laughs.xlsx", UnusualPackage),
        ("24_xxe_file.xlsx", UnusualPackage),
        ("25_xxe_http_dtd.xlsx", UnusualPackage),
        ("27_far_cell.xlsx", CellTooFar),
        ("28_row_number_overflow.xlsx", DamagedFile),
        ("29_bad_cell_ref.xlsx", DamagedFile),
        ("40_zip_slip.xlsx", UnusualPackage),
        ("41_duplicate_member.xlsx", UnusualPackage),
        ("43_symlink_member.xlsx", UnusualPackage),
        ("44_encrypted_flag.xlsx", OldOrLockedWorkbook),
        ("62_duplicate_header.xlsx", RepeatedColumns),
        ("63_second_sheet.xlsx", MissingColumns),
        ("68_macro.xlsx", MacroWorkbook),
        ("81_csv_mixed_invalid.csv", UnknownEncoding),
        ("82_csv_nul.csv", UnknownEncoding),
        ("83_csv_unclosed_quote.csv", UnclosedQuote),
    ],
)
def test_a_refused_file_is_refused_for_its_own_reason(name, refusal):
    with pytest.raises(UnreadableFile) as caught:
        vector(name)

    assert type(caught.value) is refusal


@pytest.mark.parametrize(
    "name", ["00_good.xlsx", "26_lying_dimension.xlsx", "61_columns_swapped.xlsx"]
)
def test_a_good_file_gives_its_rows_under_the_number_people_see(name):
    table = vector(name)

    assert [(row.number, row.values) for row in table.rows] == [(2, ZHANG)]
    assert table.errors == []
    assert table.notices == []


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-16", "utf-8-sig"])
def test_a_csv_file_is_read_in_the_encoding_it_has(encoding):
    table = vector(f"80_csv_{encoding}.csv")

    name = "张三" if encoding == "gbk" else "𠮷田"
    expected = {**ZHANG, "name": name, "track": "", "phone": ""}
    assert [row.values for row in table.rows] == [expected]
    assert codes(table) == ([] if encoding == "utf-8-sig" else [NoticeCode.ENCODING])


def test_tabs_between_columns_are_found_and_reported():
    table = vector("84_csv_semicolon_tab.csv")

    assert [row.values["number"] for row in table.rows] == ["11010120080118000X"]
    assert table.notices == [(NoticeCode.SEPARATOR, {"separator": "TAB"})]


def test_a_formula_is_a_problem_in_its_cell():
    table = vector("51_real_formula_no_cache.xlsx")

    assert found_problems(table) == [(2, "姓名", FormulaCell)]


def test_a_formula_is_a_problem_also_with_a_stored_value_and_where_it_spills():
    table = read_sheet(
        '<row r="1"><c r="A1" t="str"><v>姓名</v></c><c r="B1" t="str"><v>证件号码</v></c></row>'
        '<row r="2"><c r="A2" t="str"><f t="array" ref="A2:A3">X1:X2</f><v>张三</v></c>'
        '<c r="B2" t="str"><v>11010120080118000X</v></c></row>'
        '<row r="3"><c r="A3" t="str"><v>李四</v></c><c r="B3" t="str"><v>2</v></c></row>'
    )

    assert found_problems(table) == [(2, "姓名", FormulaCell), (3, "姓名", FormulaCell)]


def test_error_values_are_problems_in_their_cells():
    table = vector("67_error_cells.xlsx")

    headers = ["姓名", "证件号码", "学校", "赛项", "联系电话"]
    assert found_problems(table) == [(2, header, ErrorCell) for header in headers]


@pytest.mark.parametrize("name", ["52_id_as_number.xlsx", "53_id_as_float.xlsx"])
def test_an_identifier_typed_as_a_number_is_refused_and_another_number_is_exact(name):
    table = vector(name)

    assert found_problems(table) == [(2, "证件号码", NotTypedAsText)]
    assert table.rows[0].values["phone"] == "13800000000"


def test_an_identifier_that_a_spreadsheet_spoiled_in_a_csv_file_is_refused():
    table = read_csv("姓名,证件号码\n张三,1.10101E+17\n")

    assert found_problems(table) == [(2, "证件号码", NotTypedAsText)]


def test_text_over_the_limit_is_refused_with_its_row_and_column():
    table = vector("58_long_cell.xlsx")
    at_the_limit = read_xlsx(HEADER, ["张三", "1X", "校" * 1000])

    assert found_problems(table) == [(2, "姓名", TextTooLong)]
    assert at_the_limit.errors == []


@pytest.mark.parametrize("character", ["\x01", "\u202e", "\ufffd", "\ufdd0", "\U0001ffff"])
def test_a_character_nobody_can_see_or_mean_is_refused_and_named(character):
    (problem,) = read_csv(f"姓名,证件号码\n张{character}三,1X\n").errors

    assert type(problem.refusal) is ForbiddenCharacter
    assert problem.refusal.facts == {"code": f"U+{ord(character):04X}"}


def test_a_control_character_hidden_in_an_escape_is_refused():
    table = vector("57_control_chars.xlsx")

    assert found_problems(table) == [(2, "姓名", ForbiddenCharacter)]


def test_rare_names_arrive_unchanged():
    table = vector("55_rare_names.xlsx")

    assert [row.values["name"] for row in table.rows[:2]] == ["𠮷田𫍽", "买买提·吐尔逊"]


def test_text_like_a_formula_stays_text():
    table = vector("50_formula_like_text.xlsx")

    assert table.rows[0].values["name"] == "=cmd|' /C calc'!A0"
    assert table.errors == []


def test_white_space_around_a_value_is_not_part_of_it():
    table = vector("54_space_variants.xlsx")

    assert [row.values["school"] for row in table.rows] == ["测试职校", "测试职校"]


def test_a_hidden_row_is_read_and_reported():
    table = vector("64_hidden_row.xlsx")

    assert [row.number for row in table.rows] == [2, 3]
    assert table.notices == [(NoticeCode.HIDDEN_ROWS, {"rows": "3"})]
    assert [[code for code, _ in row.notes] for row in table.rows] == [[], [NoticeCode.HIDDEN_ROWS]]


def test_blank_rows_are_skipped_and_do_not_change_row_numbers():
    table = vector("66_blank_rows.xlsx")

    assert [row.number for row in table.rows] == [52]


def test_dates_of_either_epoch_and_logical_values_are_read_as_shown_and_noted():
    table = vector("65_date_1904_and_bool.xlsx")

    (row,) = table.rows
    assert (row.values["school"], row.values["phone"]) == ("2008-01-01", "TRUE")
    assert [(code, facts["column"]) for code, facts in row.notes] == [
        (NoticeCode.READ_AS_TEXT, "学校"),
        (NoticeCode.READ_AS_TEXT, "联系电话"),
    ]


def test_numbers_are_shown_with_the_digits_a_spreadsheet_keeps():
    table = read_xlsx(HEADER, ["张三", "1X", 0.1 + 0.2], ["李四", "2X", 1e20])

    assert [row.values["school"] for row in table.rows] == ["0.3", "100000000000000000000"]


def test_other_sheets_merged_cells_hidden_columns_and_links_are_reported():
    book = Workbook()
    book.active.title = "报名表"
    for row in (HEADER, PERSON, ["李四", "2X", None]):
        book.active.append(row)
    book.active.merge_cells("C2:C3")
    book.active.column_dimensions["B"].hidden = True
    book.create_sheet("说明").append(["x"])
    out = io.BytesIO()
    book.save(out)

    table = read_table(out.getvalue(), "upload.xlsx", COLUMNS)

    assert table.notices == [
        (NoticeCode.HIDDEN_COLUMNS, {"columns": "B"}),
        (NoticeCode.MERGED_CELLS, {"ranges": "C2:C3"}),
        (NoticeCode.OTHER_SHEETS, {"sheet": "报名表", "others": "说明"}),
    ]
    assert codes(vector("69_external_link_part.xlsx")) == [NoticeCode.EXTERNAL_LINKS]


def test_the_first_sheet_is_the_first_one_people_see():
    book = Workbook()
    book.active.sheet_state = "hidden"
    second = book.create_sheet("报名表")
    second.append(HEADER)
    second.append(PERSON)
    out = io.BytesIO()
    book.save(out)

    table = read_table(out.getvalue(), "upload.xlsx", COLUMNS)

    assert table.rows[0].values["name"] == "张三"


def test_columns_nobody_asked_for_are_reported_by_heading_or_letter():
    table = read_xlsx([*HEADER, "备注"], [*PERSON, "a", "b"])

    assert table.notices == [(NoticeCode.UNKNOWN_COLUMNS, {"columns": "备注, E"})]


def test_headings_are_found_below_a_title_whatever_their_width_case_and_marks():
    table = read_xlsx(["报名表"], [None], ["Ｎａｍｅ*", " 证件 号码：", "SCHOOL"], PERSON)

    assert [(row.number, row.values["name"]) for row in table.rows] == [(4, "张三")]


def test_missing_columns_are_named():
    with pytest.raises(MissingColumns) as caught:
        read_xlsx(["姓名", "学校"], ["张三", "测试职校"])

    assert caught.value.facts == {"missing": "证件号码"}


def test_two_headings_of_one_column_are_refused():
    with pytest.raises(RepeatedColumns) as caught:
        read_xlsx(["姓名", "Name", "证件号码"], ["张三", "李四", "1X"])

    assert caught.value.facts == {"repeated": "姓名, Name"}


def test_a_table_without_rows_is_refused():
    with pytest.raises(NoRows):
        read_xlsx(HEADER)


def test_an_empty_cell_of_a_required_column_is_a_problem_of_its_row():
    table = read_xlsx(HEADER, PERSON, ["", "2X", "甲校"])

    assert found_problems(table) == [(3, "姓名", NothingGiven)]
    assert table.rows[1].values == {**dict.fromkeys(ZHANG, ""), "number": "2X", "school": "甲校"}


def test_five_thousand_rows_are_read_and_one_more_is_refused():
    rows = [[f"张{n}", f"{n}X", "测试职校"] for n in range(5001)]
    table = read_xlsx(HEADER, *rows[:-1])

    assert [row.number for row in table.rows] == list(range(2, 5002))
    with pytest.raises(TableTooLong):
        read_xlsx(HEADER, *rows)


def test_a_value_right_of_the_last_column_is_refused_by_its_name():
    with pytest.raises(CellTooFar) as caught:
        read_xlsx(HEADER, [*PERSON, *[None] * 57, "x"])

    assert caught.value.facts["cell"] == "BI2"


def test_a_file_over_the_limit_is_refused_unopened():
    with pytest.raises(FileTooBig):
        read_table(b"x" * (10 * 1024**2 + 1), "upload.csv", COLUMNS)


def test_a_part_larger_than_its_directory_says_is_refused():
    data = bytearray(xlsx(HEADER, PERSON))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    end = data.rindex(b"xl/worksheets/sheet1.xml")
    data[end - 22 : end - 18] = (size - 100).to_bytes(4, "little")

    with pytest.raises(DamagedFile):
        read_table(bytes(data), "upload.xlsx", COLUMNS)


def test_the_shared_strings_of_real_workbooks_are_read_without_their_phonetic_hints():
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>姓名</t></si><si><t>证件号码</t></si>"
        '<si><r><t>张</t></r><r><t>三</t></r><rPh sb="0" eb="1"><t>zhang</t></rPh></si></sst>'
    )
    cells = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
        '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="str"><v>1X</v></c></row>'
    )

    table = read_sheet(cells, members={"xl/sharedStrings.xml": strings})

    assert [row.values["name"] for row in table.rows] == ["张三"]


def test_an_external_entity_opens_no_connection():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        dtd = f'<!DOCTYPE x SYSTEM "http://127.0.0.1:{server.getsockname()[1]}/x.dtd"><x/>'
        with pytest.raises(UnusualPackage):
            read_xlsx(HEADER, PERSON, members={"customXml/item1.xml": dtd})
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/dev/null')",
        "socket.socket()",
        "os.write(os.memfd_create('x'), b'x')",
        "bytearray(600 * 1024 * 1024)",
    ],
)
def test_the_reader_process_can_open_nothing_and_take_little(attempt):
    program = (
        f"import os, socket; from eventsys.spreadsheet_reader import confine; confine(); {attempt}"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].split(b":")[0] in (b"OSError", b"MemoryError")


def test_a_reader_that_dies_is_a_refusal(monkeypatch, tmp_path):
    killer = tmp_path / "python"
    killer.write_text("#!/bin/sh\nkill -ABRT $$\n")
    killer.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(killer))

    with pytest.raises(UnreadableFile):
        read_xlsx(HEADER, PERSON)


def test_the_reader_process_gets_no_secret_from_the_environment(monkeypatch, tmp_path):
    spy = tmp_path / "python"
    spy.write_text(f"#!/bin/sh\nenv > {tmp_path}/seen\nexit 1\n")
    spy.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(spy))
    monkeypatch.setenv("EVENTSYS_SECRET", "canary")

    with pytest.raises(UnreadableFile):
        read_xlsx(HEADER, PERSON)

    assert "canary" not in (tmp_path / "seen").read_text()


def test_broken_copies_of_good_files_are_read_or_refused_and_nothing_else():
    chance = random.Random(20)  # noqa: S311  the same mutations each time
    names = [name for name, verdict in VERDICTS if verdict == "ACCEPT"]
    outcomes = set()
    for _ in range(MUTATIONS):
        name = chance.choice(names)
        data = bytearray((FOLDER / name).read_bytes())
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            read_table(bytes(data), name, COLUMNS)
            outcomes.add("read")
        except UnreadableFile:
            outcomes.add("refused")

    assert outcomes == {"read", "refused"}


def test_broken_sheets_inside_sound_packages_are_read_or_refused_and_nothing_else():
    chance = random.Random(21)  # noqa: S311  the same mutations each time
    outcomes = set()
    for _ in range(MUTATIONS // 2):

        def spoil(sheet):
            text = list(sheet)
            for _ in range(chance.randint(1, 3)):
                text[chance.randrange(len(text))] = chance.choice('<>"/&0AZ9= ')
            return "".join(text)

        try:
            read_xlsx(HEADER, PERSON, sheet_xml=spoil)
            outcomes.add("read")
        except UnreadableFile:
            outcomes.add("refused")

    assert outcomes == {"read", "refused"}


TYPED = ["=1+1", "+86-138", "-1", "@x", "＝1", "'=1", "''=1", "'quoted", "a,b", 'say "x"', "a\nb"]


def test_what_our_xlsx_export_writes_comes_back_as_typed():
    columns = [exports.Column("name", "姓名"), exports.Column("number", "证件号码")]
    typed = [*TYPED, "_x0041_", "#N/A", "TRUE", "110101200801180000"]
    rows = [{"name": text, "number": "110101200801180000"} for text in typed]
    out = io.BytesIO()
    exports.to_xlsx([exports.Table("报名表", columns, rows)], out)

    table = read_table(out.getvalue(), "upload.xlsx", COLUMNS)

    assert [row.values["name"] for row in table.rows] == typed
    assert table.errors == []


def test_a_filled_template_is_read_without_problems():
    out = io.BytesIO()
    exports.template_xlsx(COLUMNS, out, notes=["第一行不要修改"], choices={"track": ["网络搭建"]})
    book = load_workbook(out)
    for column, text in enumerate(ZHANG.values(), start=1):
        book.worksheets[0].cell(2, column).value = text
    filled = io.BytesIO()
    book.save(filled)

    table = read_table(filled.getvalue(), "upload.xlsx", COLUMNS)

    assert [row.values for row in table.rows] == [ZHANG]
    assert table.errors == []
    assert codes(table) == [NoticeCode.OTHER_SHEETS]


def test_every_reason_has_its_refusal_and_every_notice_its_words():
    assert set(REFUSALS) == set(Reason)
    assert set(NOTICES) == set(NoticeCode)
