"""A plan goes out as a spreadsheet and comes in again: compared, accepted, or refused by row."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from eventsys.db import db, leave_groups, session, transaction
from eventsys.duties.models import Duty
from eventsys.duties.rules import Office
from eventsys.identity.models import User
from eventsys.plans.models import PlanItem, PlanMember, PlanRun, PlanSettings
from eventsys.plans.states import RunState
from eventsys.timetable.models import Placement, Room, Session, Station
from tests.web.plans.conftest import one
from tests.world import TODAY

DAY = TODAY.isoformat()


@pytest.fixture
def rows(client, planned):
    """The plan as a table: headings, and a session in the tray."""
    return table_of(client, planned)


def table_of(client, planned):
    answer = client.get(f"{planned}/plan.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).worksheets[0]
    return [["" if cell is None else cell for cell in row] for row in sheet.values]


def upload(client, path, rows, name="日程.xlsx"):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    out.seek(0)
    return client.post(
        f"{path}/import", data={"file": (out, name)}, content_type="multipart/form-data"
    )


def test_a_file_that_says_what_is_there_already_changes_nothing(client, planned, rows):
    answer = upload(client, planned, rows)

    assert rows[0][:6] == ["赛项编号", "场次", "场馆名称", "场地名称", "日期", "开始时间"]
    assert answer.status_code == 422
    assert "文件内容与现有日程相同" in answer.text


def placed(rows, **changed):
    """The table with its one session at nine in the workshop; ``changed`` cells say otherwise."""
    cells = dict(zip(rows[0], rows[1], strict=True)) | {
        "场馆名称": "甲实训中心",
        "场地名称": "甲一号车间",
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
        ("场地名称", "乙一号车间", "没有场地“乙一号车间”"),
        ("日期", "明天", "“明天”"),
        ("日期", "", "须同时填写"),
        ("日期", "9999-12-31", "“9999-12-31”与活动日期相差多年"),
        ("开始时间", "25:00", "“25:00”"),
        ("评分裁判", "甲裁判1、甲裁判1", "有人重复出现"),
        ("评分裁判", "、", "此单元格必填"),
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
    assert "种子" not in shown.text
    assert kept.status_code == 422
    assert "请改正文件后重新上传" in kept.text.split("来自文件")[0]
    assert one(app, Session) is None


def test_a_file_older_than_the_last_change_of_the_plan_is_not_accepted(client, app, planned, rows):
    upload(client, planned, placed(rows))
    run = one(app, PlanRun)
    assert client.post(f"{planned}/needs").status_code == 302
    shown = client.get(f"/plans/runs/{run.id}")
    seen = one(app, PlanSettings).revision
    kept = client.post(f"/plans/runs/{run.id}/keep", data={"seen": str(seen)})

    assert "请重新上传文件" in shown.text
    assert f"/plans/runs/{run.id}/keep" not in shown.text
    assert kept.status_code == 409
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


def test_whoever_serves_keeps_their_post_when_the_table_names_them(client, app, planned, rows):
    upload(client, planned, placed(rows, 评分裁判="甲裁判1、甲裁判2"))
    accept(client, app)
    with app.app_context():
        leave_groups()
        with transaction():
            for duty in session().scalars(select(Duty).where(Duty.office == Office.JUDGE)):
                duty.is_fixed = duty.seat == 2
                duty.user_id = duty.user_id if duty.is_fixed else None
        db.session.remove()
    lone = one(app, Duty, Duty.user_id.is_not(None)).user_id

    again = upload(client, planned, table_of(client, planned))
    assert again.status_code == 422
    assert "文件内容与现有日程相同" in again.text
    upload(client, planned, placed(rows, 评分裁判="甲裁判3、甲裁判2"))
    accept(client, app)

    assert one(app, Duty, Duty.office == Office.JUDGE, Duty.seat == 2).user_id == lone
    assert one(app, Duty, Duty.office == Office.JUDGE, Duty.seat == 1).user_id is not None


def test_a_session_that_has_begun_may_stand_in_the_file_as_it_is(client, app, planned, rows, at):
    upload(client, planned, placed(rows, 评分裁判="甲裁判1"))
    accept(client, app)
    at(one(app, Session).starts_at + timedelta(minutes=5))
    table = table_of(client, planned)

    as_it_is = upload(client, planned, table)
    otherwise = upload(client, planned, placed(table, 开始时间="9:30"))

    assert "文件内容与现有日程相同" in as_it_is.text
    assert "已经开始，保持不变" in otherwise.text


def test_a_station_given_after_the_import_is_kept(client, app, planned, rows):
    upload(client, planned, placed(rows))
    accept(client, app)
    held = one(app, Session)
    entry, station = (
        one(app, PlanMember).entry_id,
        one(app, Station, Station.room_id == held.room_id),
    )

    upload(client, planned, placed(rows, 开始时间="10:00"))
    client.post(
        f"/timetable/sessions/{held.id}/seats", data={"entry": entry, "station": station.id}
    )
    shown = client.get(f"/plans/runs/{one(app, PlanRun, PlanRun.state == RunState.DONE).id}")
    accept(client, app)

    assert "现有工位、采用后将没有工位" not in shown.text
    assert one(app, Session).starts_at > held.starts_at
    assert one(app, Placement).station_id == station.id


def test_names_with_spaces_of_chinese_type_are_found_again(client, app, planned, rows):
    upload(client, planned, placed(rows))
    accept(client, app)
    with app.app_context():
        leave_groups()
        with transaction():
            session().get_one(Room, one(app, Session).room_id).name = "甲\u3000一号  车间"
            session().get_one(PlanItem, one(app, PlanItem).id).name = "上午\u3000第 1 场"

    answer = upload(client, planned, table_of(client, planned))

    assert "文件内容与现有日程相同" in answer.text


def test_a_name_that_a_comma_would_divide_is_written_as_the_login_name(
    client, app, planned, rows, world
):
    upload(client, planned, placed(rows, 评分裁判="甲裁判1"))
    accept(client, app)
    with app.app_context(), transaction():
        leave_groups()
        session().get_one(User, world.judge1_a).name = "Li, Ming"

    table = table_of(client, planned)

    assert table[1][-1] == "judge1_a"
    assert "文件内容与现有日程相同" in upload(client, planned, table).text


def test_a_file_name_is_kept_without_what_no_database_takes(client, app, planned, rows):
    upload(client, planned, placed(rows), name="日\0程.xlsx")

    assert one(app, PlanRun).file_name == "日_程.xlsx"


def accept(client, app):
    run = one(app, PlanRun, PlanRun.state == RunState.DONE)
    seen = one(app, PlanSettings).revision
    assert client.post(f"/plans/runs/{run.id}/keep", data={"seen": str(seen)}).status_code == 302
