"""A plan goes out as a spreadsheet and comes in again: compared, accepted, or refused by row."""

from io import BytesIO

import openpyxl
import pytest

from eventsys.duties.models import Duty
from eventsys.plans.models import PlanItem, PlanRun, PlanSettings
from eventsys.plans.states import RunState
from eventsys.timetable.models import Session
from tests.web.plans.conftest import one
from tests.world import TODAY

DAY = TODAY.isoformat()


@pytest.fixture
def rows(client, planned):
    """The plan as a table: headings, and a session in the tray."""
    answer = client.get(f"{planned}/plan.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).worksheets[0]
    return [["" if cell is None else cell for cell in row] for row in sheet.values]


def upload(client, path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    out.seek(0)
    return client.post(
        f"{path}/import", data={"file": (out, "日程.xlsx")}, content_type="multipart/form-data"
    )


def test_a_file_that_says_what_is_there_already_changes_nothing(client, planned, rows):
    answer = upload(client, planned, rows)

    assert rows[0][:6] == ["赛项编号", "场次", "地点", "场地", "日期", "开始时间"]
    assert answer.status_code == 422
    assert "文件内容与现有日程相同" in answer.text


def placed(rows, **changed):
    """The table with its one session at nine in the workshop; ``changed`` cells say otherwise."""
    cells = dict(zip(rows[0], rows[1], strict=True)) | {
        "地点": "甲实训中心",
        "场地": "甲一号车间",
        "日期": DAY,
        "开始时间": "9:00",
    }
    return [rows[0], list((cells | changed).values())]


def test_a_plan_in_a_file_is_compared_first_and_accepted_like_a_run(client, app, planned, rows):
    asked = upload(client, planned, placed(rows, 评分裁判="甲裁判1、甲裁判2"))
    run = one(app, PlanRun)
    shown = client.get(asked.location)
    seen = one(app, PlanSettings).revision
    kept = client.post(f"/plans/runs/{run.id}/keep", data={"seen": str(seen)})

    assert (asked.status_code, shown.status_code, kept.status_code) == (302, 200, 302)
    assert "来自文件 日程.xlsx" in shown.text
    assert one(app, Session).room_id is not None
    assert one(app, PlanRun).state is RunState.KEPT
    again = client.get(f"{planned}/plan.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(again.data)).worksheets[0]
    assert list(sheet.values)[1][2:6] == ("甲实训中心", "甲一号车间", DAY, "09:00")


@pytest.mark.parametrize(
    ("cell", "text", "refusal"),
    [
        ("场次", "第 9 场", "没有场次“第 9 场”"),
        ("场地", "乙一号车间", "没有场地“乙一号车间”"),
        ("日期", "明天", "“明天”"),
        ("日期", "", "须同时填写"),
        ("开始时间", "25:00", "“25:00”"),
        ("评分裁判", "谁也不是", "谁也不是"),
    ],
)
def test_a_row_that_cannot_be_understood_is_named_and_nothing_is_kept(
    client, app, planned, rows, cell, text, refusal
):
    answer = upload(client, planned, placed(rows, **{cell: text}))

    assert answer.status_code == 422
    assert cell in answer.text
    assert refusal in answer.text
    assert one(app, PlanRun) is None


def test_a_session_that_stands_twice_is_refused(client, app, planned, rows):
    table = placed(rows)

    answer = upload(client, planned, [*table, table[1]])

    assert answer.status_code == 422
    assert "该场次在第 2 行已出现" in answer.text


def test_a_plan_that_cannot_be_is_shown_and_not_accepted(client, app, planned, rows):
    upload(client, planned, placed(rows, 日期="2020-01-01"))
    run = one(app, PlanRun)
    shown = client.get(f"/plans/runs/{run.id}")
    seen = one(app, PlanSettings).revision
    kept = client.post(f"/plans/runs/{run.id}/keep", data={"seen": str(seen)})

    assert "有不可能的安排" in shown.text
    assert kept.status_code == 422
    assert one(app, Session) is None


def test_a_session_goes_back_to_the_tray_and_people_out_of_an_office(client, app, planned, rows):
    upload(client, planned, placed(rows, 评分裁判="甲裁判1"))
    accept(client, app)
    assert one(app, Duty, Duty.user_id.is_not(None)) is not None

    upload(client, planned, [rows[0], [*rows[1][:7], "无"]])
    accept(client, app)
    assert one(app, Duty, Duty.user_id.is_not(None)) is None
    upload(client, planned, [rows[0], [*rows[1][:3], "待排", "", "", "", ""]])
    accept(client, app)

    assert one(app, PlanItem).session_id is None


def accept(client, app):
    run = one(app, PlanRun, PlanRun.state == RunState.DONE)
    seen = one(app, PlanSettings).revision
    assert client.post(f"/plans/runs/{run.id}/keep", data={"seen": str(seen)}).status_code == 302
