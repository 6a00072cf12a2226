"""The table one registers with: columns by kind, rows grouped into entries, problems in cells."""

import io

from openpyxl import load_workbook

from eventsys.exports import template_xlsx
from eventsys.id_numbers import IdKind
from eventsys.registration.rules import MemberRole, Shape
from eventsys.registration.tables import import_choices, import_columns, read_entries
from tests.applicants import name, number, workbook

SINGLE = Shape(MemberRole.CONTESTANT, 1, 1, 2, needs_phone=False)
TEAM = Shape(MemberRole.CONTESTANT, 2, 3, 2, needs_phone=False)
TRAINEE = Shape(MemberRole.TRAINEE, 1, 1, 0, needs_phone=True)
HEAD = ("队伍", "角色", "姓名", "证件号码")


def problems(reading):
    return [(one.row, one.column_header, type(one.refusal).__name__) for one in reading.problems]


def test_columns_fit_the_kind_of_entry_and_the_language():
    team = [(one.key, one.header[0], one.required) for one in import_columns(TEAM)]
    trainee = [one.header[0] for one in import_columns(TRAINEE, english=True)]

    assert team == [
        ("team", "队伍", True),
        ("role", "角色", True),
        ("name", "姓名", True),
        ("id_kind", "证件类型", False),
        ("id_number", "证件号码", True),
    ]
    assert trainee == ["Full name", "Document type", "Document number", "Phone"]


def test_rows_of_one_team_are_one_entry_in_the_order_of_the_table():
    reading = read_entries(
        workbook(
            HEAD,
            ("先锋 队", "选手", name(1), number(1)),
            ("后卫队", "选手", name(3), number(3)),
            (" 先锋　队 ", "选手", name(2), number(2)),
            ("先锋 队", "指导教师", name(4), number(4)),
        ),
        "a.xlsx",
        TEAM,
    )

    assert problems(reading) == []
    assert [(group.facts.team_name, group.rows) for group in reading.groups] == [
        ("先锋 队", (2, 4, 5)),
        ("后卫队", (3,)),
    ]
    assert [one.role for one in reading.groups[0].facts.people] == [
        MemberRole.CONTESTANT,
        MemberRole.CONTESTANT,
        MemberRole.INSTRUCTOR,
    ]


def test_individuals_stand_alone_unless_a_mark_joins_them_with_an_instructor():
    reading = read_entries(
        workbook(
            HEAD,
            ("", "", name(1), number(1)),
            ("1", "选手", name(2), number(2)),
            ("1", "指导教师", name(3), number(3)),
        ),
        "a.xlsx",
        SINGLE,
    )

    assert [(group.facts.team_name, group.rows) for group in reading.groups] == [
        ("", (2,)),
        ("", (3, 4)),
    ]


def test_every_cell_that_cannot_be_taken_is_named_and_its_entry_left_out():
    reading = read_entries(
        workbook(
            ("姓名", "证件类型", "证件号码", "手机号码"),
            (name(1), "学生证", number(1), "13812345678"),
            ("李?", "", "12", "12"),
            (name(3), "护照", "E1234567", "13812345678"),
        ),
        "a.xlsx",
        TRAINEE,
    )

    assert problems(reading) == [
        (2, "证件类型", "KindUnknown"),
        (3, "姓名", "NameGarbled"),
        (3, "手机号码", "PhoneUnfit"),
        (3, "证件号码", "IdNumberLength"),
    ]
    assert [group.rows for group in reading.groups] == [(4,)]
    assert reading.groups[0].facts.people[0].id_number.kind is IdKind.PASSPORT


def test_an_unknown_role_is_refused_with_the_known_ones():
    reading = read_entries(workbook(HEAD, ("先锋队", "队长", name(1), number(1))), "a.xlsx", TEAM)

    (problem,) = reading.problems
    assert problem.refusal.facts == {"given": "队长", "known": "选手 / 指导教师"}


def test_the_template_can_be_filled_in_and_read_back():
    out = io.BytesIO()
    template_xlsx(import_columns(TEAM), out, choices=import_choices(TEAM))
    book = load_workbook(io.BytesIO(out.getvalue()))
    for column, text in enumerate(("先锋队", "选手", name(1), "居民身份证", number(1)), start=1):
        book.worksheets[0].cell(2, column).value = text
    filled = io.BytesIO()
    book.save(filled)

    reading = read_entries(filled.getvalue(), "a.xlsx", TEAM)

    assert problems(reading) == []
    assert reading.groups[0].facts.people[0].name == name(1)
