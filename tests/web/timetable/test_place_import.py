"""The import of venues and rooms in the browser: compared first, saved whole, never over others."""

import html
import io
import json
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from eventsys.db import db, leave_groups, session, transaction
from eventsys.timetable.models import Room, Station, Venue
from tests.applicants import workbook
from tests.queries import count_queries

HEAD = (
    "场馆名称",
    "地址",
    "场地名称",
    "场地用途",
    "未编号座位数",
    "每排工位数",
    "设备条件",
    "两场之间的复位时间（分钟）",
    "工位",
    "设备品牌或型号",
    "备用",
)
ROWS = (
    ("北楼", "北路 1 号", "101", "理论", "", "4", "", "", "01", "", "否"),
    ("北楼", "", "101", "", "", "", "", "", "02", "甲牌", "是"),
    ("北楼", "", "大厅", "", "120", "", "", "", "", "", ""),
)


@pytest.fixture
def client(browse):
    return browse("organizer_a")


def upload(client, *rows, name="场地.xlsx"):
    data = {"file": (io.BytesIO(workbook(HEAD, *rows)), name)}
    return client.post("/places/import", data=data, content_type="multipart/form-data")


def kept(answer) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(rows|seen)" value="([^"]*)"', answer.text)
    return {key: html.unescape(value) for key, value in found}


def save(client, fields):
    return client.post("/places/import/save", data=fields, content_type="multipart/form-data")


def stock(app):
    with app.app_context():
        leave_groups()
        kinds = (Venue, Room, Station)
        found = [session().scalar(select(func.count()).select_from(one)) for one in kinds]
        db.session.remove()
    return found


def test_a_file_is_compared_saved_and_the_second_time_there_is_nothing_to_save(app, client):
    before = stock(app)
    compared = upload(client, *ROWS)

    assert compared.status_code == 200
    assert stock(app) == before
    assert "2 个工位：01、02" in compared.text

    saved = save(client, kept(compared))
    assert (saved.status_code, saved.location) == (302, "/places/venues")
    assert "文件中的场馆、场地和工位已保存。" in client.get(saved.location).text
    assert [now - then for now, then in zip(stock(app), before, strict=True)] == [1, 2, 2]

    again = upload(client, *ROWS)
    assert "文件内容与现有数据一致，无需保存。" in again.text
    assert kept(again) == {}


def test_a_change_is_shown_with_what_stands_now(client):
    save(client, kept(upload(client, *ROWS)))

    compared = upload(client, ("北楼", "", "大厅", "", "80", "", "", "", "", "", ""))

    shown = re.findall(r'data-label="(?:位置|当前|文件中)">(?:<b>)?([^<]+)', compared.text)
    assert shown == ["北楼 · 大厅", "未编号座位数：120", "未编号座位数：80"]


def test_every_mistake_is_listed_and_nothing_can_be_saved(app, client):
    before = stock(app)
    wrong = [list(one) for one in ROWS]
    wrong[0][3], wrong[1][10], wrong[2][4] = "睡觉", "也许", "很多"

    answer = upload(client, *wrong)

    assert (answer.status_code, kept(answer), stock(app)) == (422, {}, before)
    found = re.findall(r'data-label="(?:行|列)">([^<]+)<', answer.text)
    assert found == ["2", "场地用途", "3", "备用", "4", "未编号座位数"]
    assert "场地用途应为以下之一：理论、实操、" in answer.text


def test_whoever_was_faster_is_told_and_the_file_is_compared_anew(app, client, browse):
    save(client, kept(upload(client, *ROWS)))
    hall = ("北楼", "", "大厅", "", "80", "", "", "", "", "", "")
    mine, theirs = upload(client, hall), upload(browse("organizer_a"), (*hall[:4], "90", *hall[5:]))
    save(client, kept(theirs))

    late = save(client, kept(mine))

    assert late.status_code == 409
    assert "已被他人修改，本次没有保存" in late.text
    assert "未编号座位数：90" in late.text
    assert save(client, kept(late)).status_code == 302
    with app.app_context(), transaction():
        leave_groups()
        assert session().scalars(select(Room.seats).where(Room.name == "大厅")).one() == 80
        db.session.remove()


def as_sent(name):
    """A row of a new venue as the page keeps it."""
    return json.dumps([[2, name, *[""] * (len(HEAD) - 1)]])


@pytest.mark.parametrize(
    "rows",
    [
        "nonsense",
        "[[1]]",
        "7",
        '[["x", 1]]',
        "[" * 5000,
        as_sent("北楼").replace("2", "1e999", 1),
        as_sent("北\0楼"),
        as_sent("\ud800"),
        as_sent({"北": "楼"}),
    ],
)
def test_rows_that_do_not_arrive_as_sent_are_refused(app, client, rows):
    before = stock(app)

    answer = save(client, {"rows": rows, "seen": "0"})

    assert (answer.status_code, stock(app)) == (422, before)
    assert "数据未能完整送达，请重新上传文件。" in answer.text


def test_rows_changed_on_the_way_are_looked_at_once_more(app, client):
    before = stock(app)
    fields = kept(upload(client, *ROWS))
    rows = json.loads(fields["rows"])
    rows[0][6] = "999"

    answer = save(client, fields | {"rows": json.dumps(rows)})

    assert (answer.status_code, stock(app)) == (422, before)
    assert "请填写 1 到 20 之间的整数。" in answer.text


def test_more_rows_than_a_page_keeps_are_refused_with_the_limit(client):
    rows = [("北楼", "", "101", "", "", "", "", "", f"{n:04d}", "", "") for n in range(2001)]

    answer = upload(client, *rows)

    assert answer.status_code == 422
    assert "2000" in answer.text
    assert kept(answer) == {}


def test_the_export_is_the_table_that_is_imported(client):
    save(client, kept(upload(client, *ROWS)))
    file = client.get("/places/places.xlsx")
    data = {"file": (io.BytesIO(file.data), "导出.xlsx")}

    again = client.post("/places/import", data=data, content_type="multipart/form-data")

    sheet = load_workbook(io.BytesIO(file.data)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == list(HEAD)
    assert "文件内容与现有数据一致，无需保存。" in again.text


def test_the_template_names_every_column(client):
    sheet = load_workbook(io.BytesIO(client.get("/places/import/template.xlsx").data)).worksheets[0]

    assert [cell.value for cell in sheet[1]] == list(HEAD)
    assert sheet[2][0].value == "示例：实训中心"


def test_comparing_asks_the_database_no_more_often_for_more_rows(client):
    numbers = []
    for count in (1, 60):
        rows = [
            ("北楼", "", f"r{n % 20}", "", "", "", "", "", f"{n}", "", "") for n in range(count)
        ]
        with count_queries() as asked:
            assert upload(client, *rows).status_code == 200
        numbers.append(len(asked))

    assert numbers[0] == numbers[1]
