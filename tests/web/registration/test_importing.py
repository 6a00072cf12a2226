"""A table at the upload page: every mistake listed, nothing half done, nothing left in the page."""

import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from eventsys.db import leave_groups, session
from eventsys.registration.models import Entry, ImportDraft
from tests.applicants import name, number, workbook

HEAD = ("姓名", "证件号码", "手机号码")


def upload(client, world, data, *, key="exam_track_a", file_name="名单.xlsx"):
    return client.post(
        f"/tracks/{getattr(world, key)}/import",
        data={"unit": str(world.unit1_a), "file": (io.BytesIO(data), file_name)},
        content_type="multipart/form-data",
    )


def rows(app, world, key="exam_track_a"):
    with app.app_context():
        leave_groups()
        counted = tuple(
            session().scalar(query)
            for query in (
                select(func.count(Entry.id)).where(Entry.track_id == getattr(world, key)),
                select(func.count(ImportDraft.id)),
            )
        )
        session().close()
    return counted


def lines(first, last):
    return [(name(one), number(one), "") for one in range(first, last + 1)]


def test_a_clean_table_is_previewed_confirmed_and_entered(browse, app, world):
    client = browse("leader1_a")

    checked = upload(client, world, workbook(HEAD, *lines(1, 3)))
    assert (checked.status_code, rows(app, world)) == (302, (4, 1))
    preview = client.get(checked.location).text
    confirmed = client.post(checked.location)

    assert "确认录入全部 3 份" in preview
    assert (confirmed.status_code, rows(app, world)) == (302, (7, 0))
    assert "已提交 3 份报名" in client.get(confirmed.location).text
    assert client.post(checked.location).status_code == 404


def test_the_preview_carries_no_number_and_no_row_in_the_page_or_cookie(browse, app, world):
    client = browse("leader1_a")

    checked = upload(client, world, workbook(HEAD, *lines(1, 3)))
    preview = client.get(checked.location)

    assert re.findall(r"\d{17}[\dX]", preview.text) == []
    hidden = re.findall(r'<input type="hidden" name="([^"]+)"', preview.text)
    assert set(hidden) <= {"csrf_token", "lang"}
    assert number(1) not in str(preview.headers)


def test_every_mistake_is_listed_with_row_column_and_cure_and_nothing_is_kept(browse, app, world):
    data = workbook(HEAD, (name(1), "12", ""), ("李?", number(2), "12"), (name(3), number(3), ""))

    answer = upload(browse("leader1_a"), world, data)

    assert answer.status_code == 422
    assert rows(app, world) == (4, 0)
    found = re.findall(r'data-label="(?:行|列)">([^<]+)<', answer.text)
    assert found == ["第 2 行", "证件号码", "第 3 行", "姓名", "第 3 行", "手机号码"]
    assert "发现 3 个问题，未录入任何报名" in answer.text


@pytest.mark.parametrize(
    ("data", "file_name", "says"),
    [
        (b"", "空.xlsx", "文件是空的"),
        (b"hello", "名单.xlsx", "并不是 Excel 工作簿"),
        (workbook(("学校", "成绩")), "名单.xlsx", "缺少以下列"),
        (workbook(HEAD), "名单.xlsx", "表头下面没有数据"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_cure(
    browse, app, world, data, file_name, says
):
    answer = upload(browse("leader1_a"), world, data, file_name=file_name)

    assert (answer.status_code, says in answer.text, rows(app, world)) == (422, True, (4, 0))


def test_uploading_no_file_is_said_at_the_field(browse, world):
    answer = browse("leader1_a").post(
        f"/tracks/{world.exam_track_a}/import", data={"unit": str(world.unit1_a)}
    )

    assert (answer.status_code, 'id="file-error"' in answer.text) == (422, True)


def test_the_same_table_again_is_reported_and_enters_nobody(browse, app, world):
    client = browse("leader1_a")
    table = workbook(HEAD, *lines(1, 3))
    client.post(upload(client, world, table).location)

    again = upload(client, world, table)
    longer = upload(client, world, workbook(HEAD, *lines(1, 4)))
    client.post(longer.location)

    assert (again.status_code, "表中 3 份报名均已登记" in again.text) == (200, True)
    assert rows(app, world) == (8, 0)


def test_what_happened_since_the_preview_is_told_row_by_row(browse, app, world):
    client = browse("leader1_a")
    checked = upload(client, world, workbook(HEAD, *lines(1, 2)))
    browse("leader2_a").post(
        f"/tracks/{world.exam_track_a}/entries/new",
        data={
            "unit": str(world.unit2_a),
            "people-0-name": name(2),
            "people-0-id_number": number(2),
            "people-0-id_kind": "",
            "submit": "1",
        },
    )

    answer = client.post(checked.location)

    assert answer.status_code == 422
    assert "第 3 行" in answer.text
    assert "已由其他单位报名本活动" in answer.text
    assert rows(app, world) == (5, 1)


def test_a_table_can_be_thrown_away(browse, app, world):
    client = browse("leader1_a")
    checked = upload(client, world, workbook(HEAD, *lines(1, 2)))

    assert client.post(f"{checked.location}/discard").status_code == 302
    assert rows(app, world) == (4, 0)


def test_nobody_else_opens_confirms_or_discards_a_table(browse, app, world):
    checked = upload(browse("leader1_a"), world, workbook(HEAD, *lines(1, 2)))

    for who in ("leader2_a", "leader1_b"):
        client = browse(who)
        assert client.get(checked.location).status_code == 404
        assert client.post(checked.location).status_code == 404
        assert client.post(f"{checked.location}/discard").status_code == 404
    assert rows(app, world) == (4, 1)


def test_the_template_has_text_cells_drop_downs_and_instructions_in_both_languages(browse, world):
    client = browse("leader1_a")
    address = f"/tracks/{world.team_track_a}/import/template"
    answer = client.get(address)
    book = load_workbook(io.BytesIO(answer.data))
    client.post("/account/language", data={"lang": "en"})
    english = load_workbook(io.BytesIO(client.get(address).data))

    heads = [cell.value for cell in book.worksheets[0][1]]
    assert heads == ["队伍", "角色", "姓名", "证件类型", "证件号码"]
    assert book.worksheets[0]["E2"].number_format == "@"
    assert len(book.worksheets[0].data_validations.dataValidation) == 2
    assert [cell.value for cell in english.worksheets[0][1]] == [
        "Team",
        "Role",
        "Full name",
        "Document type",
        "Document number",
    ]
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_template_as_it_was_taken_is_filled_in_and_accepted(browse, app, world):
    client = browse("leader1_a")
    taken = client.get(f"/tracks/{world.team_track_a}/import/template")
    book = load_workbook(io.BytesIO(taken.data))
    for row, order in enumerate((1, 2), start=2):
        for column, text in enumerate(
            ("先锋队", "选手", name(order), "居民身份证", number(order)), 1
        ):
            book.worksheets[0].cell(row, column).value = text
    out = io.BytesIO()
    book.save(out)

    checked = upload(client, world, out.getvalue(), key="team_track_a")

    assert checked.status_code == 302
    assert "先锋队" in client.get(checked.location).text
