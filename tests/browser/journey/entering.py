"""Before the contest: the edition, the offices, the entries, the room and the stations."""

from datetime import timedelta
from pathlib import Path

import openpyxl
from playwright.sync_api import expect

from tests.browser.journey.people import (
    CORRECT,
    EVENT,
    FOURTH,
    MISTYPED,
    PHONE,
    SECOND,
    SINGLE,
    TEAM,
    THIRD,
    TODAY,
    UNIT1,
    Journey,
    born,
    choose,
    menu,
    person_row,
    reach,
    write,
)
from tests.browser.visits import Visitor

OFFICES = (
    *(("甲裁判" + str(number), "评分裁判", f"{EVENT} · {SINGLE}") for number in range(1, 6)),
    ("甲裁判长", "裁判长", f"{EVENT} · {SINGLE}"),
    ("甲统分员", "统分员", f"{EVENT} · {SINGLE}"),
    ("甲加密裁判", "加密裁判", EVENT),
    ("甲监督员", "监督员", EVENT),
    ("甲检录员", "检录员", EVENT),
)


def announce(j: Journey) -> None:
    """The organizer drafts the edition with two tracks and publishes it; the rules freeze."""
    who = j.person("organizer_a")
    menu(who, "活动")
    who.follow("新建技能竞赛")
    write(who, "活动名称", EVENT)
    choose(who, "承办单位", UNIT1)
    write(who, "报名开始", f"{TODAY - timedelta(days=1)}T08:00")
    write(who, "报名截止", f"{TODAY + timedelta(days=1)}T18:00")
    write(who, "举办首日", str(TODAY))
    write(who, "举办末日", str(TODAY + timedelta(days=1)))
    write(who, "成绩公布期限", f"{TODAY + timedelta(days=2)}T18:00")
    who.press("保存草稿")
    j.event = who.page.url
    add_track(who, SINGLE, team="1", instructors="1")
    add_track(who, TEAM, team="2", instructors="2")
    who.press("发布", role="link")
    who.press("发布并冻结规则")
    assert who.sees("活动已发布，规则已冻结。")

    who.follow(SINGLE)
    j.track = who.page.url
    assert who.sees("校验码")
    assert who.page.get_by_role("link", name="编辑", exact=True).count() == 0


def add_track(who: Visitor, name: str, team: str, instructors: str) -> None:
    """One track with its ruleset: weights 40 and 60, five judges, a quarter for each prize."""
    who.follow("添加赛项")
    write(who, "项目名称", name)
    write(who, "组别", "高职组")
    write(who, "总名额", "20")
    write(who, "每单位名额", "2")
    write(who, "选手人数上限", team)
    write(who, "选手人数下限", team)
    write(who, "指导教师人数上限", instructors)
    write(who, "年龄上限", "25")
    write(who, "年龄计算基准日", str(TODAY))
    for number, (module, weight) in enumerate((("编程", "40"), ("作业", "60")), start=1):
        row = who.page.get_by_role("group", name=f"竞赛模块 {number}", exact=True)
        write(who, "模块名称", module, row)
        write(who, "权重", weight, row)
    write(who, "评分裁判人数", "5")
    for prize in ("一等奖", "二等奖", "三等奖"):
        write(who, f"{prize}比例", "25")
    who.page.locator("summary").get_by_text("公示与申诉").click()
    write(who, "公示时长（分钟）", "0")
    write(who, "申诉时限（分钟）", "0")
    who.press("保存")
    assert who.sees("已保存。可继续添加，或发布活动。")


def appoint(j: Journey) -> None:
    """The administrator gives existing accounts their offices in the new edition."""
    admin = j.person("admin_a")
    for name, role, place in OFFICES:
        menu(admin, "账号")
        admin.follow(name)
        choose(admin, "角色", role)
        choose(admin, "生效范围", place)
        admin.press("授予")
        assert admin.sees("角色已授予，即刻生效。")


def offer(who: Visitor, track: str, way: str) -> None:
    """From the menu to the way of entering somebody in a track of this edition."""
    menu(who, "报名")
    card = who.page.locator("section.card").filter(has_text=EVENT)
    reach(who, card.locator("tr").filter(has_text=track).get_by_role("link", name=way))


def enter_by_form(j: Journey) -> None:
    """A team leader enters two people and a team on the phone; somebody is too old."""
    leader = j.person("leader1_a", PHONE)
    offer(leader, SINGLE, "逐个填报")
    person_row(leader, "参加人员", "高年级", born(1990, 9))
    leader.press("提交")
    assert leader.sees("超过上限 25 周岁")
    for order, name in enumerate((MISTYPED, SECOND), start=1):
        offer(leader, SINGLE, "逐个填报")
        person_row(leader, "参加人员", name, born(2006, order))
        leader.press("提交")
        assert leader.sees("审核后会通知您。")

    menu(leader, "报名")
    card = leader.page.locator("section.card").filter(has_text=EVENT)
    assert "名额已满" in card.locator("tr").filter(has_text=SINGLE).inner_text()

    offer(leader, TEAM, "逐个填报")
    write(leader, "队伍名称", "甲校一队")
    person_row(leader, "选手 1", "冯立夏", born(2006, 5))
    person_row(leader, "选手 2", "邓白露", born(2006, 6))
    person_row(leader, "指导教师 1", "唐立冬", born(1980, 7))
    leader.press("提交")
    assert leader.sees("审核后会通知您。")


def enter_by_table(j: Journey) -> None:
    """Another one fills in the template: a wrong number is named with its row, then it is right."""
    leader = j.person("leader2_a")
    offer(leader, SINGLE, "表格导入")
    template = j.file(leader, lambda: leader.page.get_by_role("link", name="下载模板").click())
    right = born(2006, 3)
    rows = [
        ["", "", THIRD, "", right[:-1] + ("2" if right[-1] == "1" else "1")],
        ["乙", "选手", FOURTH, "", born(2006, 4)],
        ["乙", "指导教师", "曹冬至", "", born(1979, 8)],
    ]
    hand_in(leader, fill_template(template, rows))
    problem = leader.page.get_by_role("row").filter(has_text="第 2 行")
    assert "证件号码" in problem.inner_text()

    rows[0][-1] = right
    hand_in(leader, fill_template(template, rows))
    assert leader.page.get_by_role("row").filter(has_text="指导教师").count() == 1
    leader.press("确认录入全部 2 份")
    assert leader.sees("已提交 2 份报名")


def fill_template(template: Path, rows: list[list[str]]) -> Path:
    """The template as a school sends it back."""
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    assert heads == ["队伍", "角色", "姓名", "证件类型", "证件号码"]
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value or None
    filled = template.with_name("报名表.xlsx")
    book.save(filled)
    return filled


def hand_in(leader: Visitor, table: Path) -> None:
    """Upload a table and have it checked."""
    leader.page.get_by_label("填好的表格").set_input_files(table)
    leader.press("检查表格")


def review(j: Journey) -> None:
    """One entry goes back with a reason and comes again; then all are approved at once."""
    organizer, leader = j.person("organizer_a"), j.person("leader1_a", PHONE)
    organizer.go(j.event)
    organizer.follow("报名")
    organizer.follow(MISTYPED)
    organizer.follow("退回修改")
    write(organizer, "原因", "姓名与身份证不符，请改正。")
    organizer.press("退回报名")
    assert organizer.sees("报名已退回")

    menu(leader, "我方报名")
    leader.follow(MISTYPED)
    assert leader.sees("姓名与身份证不符，请改正。")
    leader.follow("修改报名")
    write(leader, "姓名", CORRECT)
    leader.press("保存并提交")
    assert leader.page.get_by_role("heading", level=1).inner_text().startswith(CORRECT)

    organizer.go(j.event)
    organizer.follow("报名")
    organizer.page.get_by_label("全选本页").check()
    organizer.press("通过所选")
    assert organizer.sees("已通过 5 份报名")
    organizer.go(j.event)
    organizer.follow("立即截止报名")
    organizer.press("截止报名")
    assert organizer.sees("报名已截止")


def find_room(j: Journey) -> None:
    """A venue, a room with six stations and a spare one, and a session in it."""
    organizer = j.person("organizer_a")
    menu(organizer, "场馆与场地")
    write(organizer, "场馆名称", "实训大楼")
    organizer.press("添加场馆")
    write(organizer, "场地名称", "机器人车间")
    write(organizer, "工位（座位）数", "6")
    write(organizer, "备用工位", "1")
    write(organizer, "每排工位数", "3")
    organizer.press("添加场地")
    assert organizer.sees("场地已建好")

    organizer.go(j.track)
    organizer.follow("场次与工位")
    organizer.follow("添加场次")
    write(organizer, "场次名称", "第一场")
    choose(organizer, "场地", "实训大楼 · 机器人车间")
    write(organizer, "日期", str(TODAY))
    write(organizer, "开始时间", "09:00")
    write(organizer, "结束时间", "12:00")
    organizer.press("添加场次")
    assert organizer.sees("场次已安排。")


def draw_stations(j: Journey) -> None:
    """Stations by lot; one entry is moved by hand to a station that stayed free."""
    organizer = j.person("organizer_a")
    organizer.go(j.track)
    organizer.follow("场次与工位")
    organizer.follow("抽签定工位")
    organizer.press("立即抽签")
    assert organizer.sees("已为 4 个报名抽定工位")

    organizer.follow("工位图")
    organizer.page.locator("a.seat-taken").filter(has_text=CORRECT).click()
    free = organizer.page.locator("button.seat-go").first
    label = free.locator("b").inner_text()
    free.click()
    listed = organizer.page.locator("table.table tbody tr").filter(has_text=CORRECT)
    expect(listed.locator("th")).to_have_text(label)
    organizer.check()
