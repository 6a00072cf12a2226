"""The import of when people can come, in the browser."""

import html
import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from eventsys.db import db, leave_groups, session
from eventsys.duties.models import Availability
from tests.applicants import workbook

HEAD = ("人员", "这段时间", "星期", "开始日期", "结束日期", "开始时间", "结束时间", "备注")
ROW = ("judge1_a", "不能到场", "星期二", "", "", "8:30", "12:00", "上课")


@pytest.fixture
def client(browse):
    return browse("organizer_a")


@pytest.fixture
def place(world):
    return f"/duties/events/{world.competition_a}"


def upload(client, place, *rows):
    data = {"file": (io.BytesIO(workbook(HEAD, *rows)), "时间.xlsx")}
    return client.post(f"{place}/times/import", data=data, content_type="multipart/form-data")


def save(client, place, answer):
    found = re.findall(r'<input type="hidden" name="(rows|seen)" value="([^"]*)"', answer.text)
    data = {key: html.unescape(value) for key, value in found}
    return client.post(f"{place}/times/save", data=data, content_type="multipart/form-data")


def stock(app):
    with app.app_context():
        leave_groups()
        found = session().scalar(select(func.count(Availability.id)))
        db.session.remove()
    return found


def test_a_file_is_compared_saved_and_the_second_time_there_is_nothing_to_save(app, client, place):
    compared = upload(client, place, ROW)
    assert (compared.status_code, stock(app)) == (200, 0)
    assert "不能到场 · 星期二 · 08:30 · 12:00 · 上课" in compared.text

    saved = save(client, place, compared)

    assert (saved.status_code, saved.location, stock(app)) == (302, f"{place}/people", 1)
    assert "文件内容与现有数据一致，无需保存。" in upload(client, place, ROW).text


def test_a_wrong_row_is_named_and_nothing_is_kept(app, client, place):
    answer = upload(client, place, ROW, ("judge2_a", "也许", "", "2026-05-20", "", "", "", ""))

    assert (answer.status_code, stock(app)) == (422, 0)
    assert re.findall(r'data-label="(?:行|列)">([^<]+)<', answer.text) == ["3", "这段时间"]


def test_whoever_was_faster_is_told(app, client, place):
    mine, theirs = upload(client, place, ROW), upload(client, place, (*ROW[:2], "星期三", *ROW[3:]))
    assert save(client, place, theirs).status_code == 302

    late = save(client, place, mine)

    assert (late.status_code, stock(app)) == (409, 1)
    assert "已被他人修改，本次没有保存" in late.text
    assert save(client, place, late).status_code == 302


def test_the_file_to_fill_in_holds_what_is_on_record(client, place):
    save(client, place, upload(client, place, ROW))

    data = client.get(f"{place}/times.xlsx").data

    rows = [
        [cell.value or "" for cell in row] for row in load_workbook(io.BytesIO(data)).worksheets[0]
    ]
    assert rows[0] == list(HEAD)
    assert rows[1][1:] == ["不能到场", "星期二", "", "", "08:30", "12:00", "上课"]
