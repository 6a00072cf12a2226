"""A skills competition from the first draft to the certificate, walked by its people in a browser.

Nothing reaches the database but through pages: each person does what their role does, and finds
what the one before left. Who stands behind a code is known to nobody until the map is open, so the
expected ranking is told by the codes and the names are put in afterwards.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
from playwright.sync_api import Locator, expect
from pypdf import PdfReader

from tests.browser.qr_reading import read_qr
from tests.browser.visits import Visitor
from tests.world import PASSWORD, id_number

DESK, TABLET, PHONE = (1280, 900), (1180, 820), (390, 844)
TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()
EVENT, SINGLE, TEAM = "职业院校技能节", "工业机器人编程", "智能产线联调"
UNIT1, UNIT2 = "甲职业技术学院", "甲工业学院"
# The contestants of the single track; the first one's name is mistyped until the entry comes back.
MISTYPED, CORRECT = "苏晓雪", "苏晓雪梅"
SECOND, THIRD, FOURTH = "谢长河", "罗一川", "方小满"
CONTESTANTS = (CORRECT, SECOND, THIRD, FOURTH)
JUDGES = tuple(f"judge{number}_a" for number in range(1, 6))
OFFICES = (
    *(("甲裁判" + str(number), "评分裁判", f"{EVENT} · {SINGLE}") for number in range(1, 6)),
    ("甲裁判长", "裁判长", f"{EVENT} · {SINGLE}"),
    ("甲统分员", "统分员", f"{EVENT} · {SINGLE}"),
    ("甲加密裁判", "加密裁判", EVENT),
    ("甲监督员", "监督员", EVENT),
    ("甲检录员", "检录员", EVENT),
)
SCHEME_HEAD = (
    *("模块", "评分项编号", "评分项", "评分点编号", "评分要点", "类型", "满分"),
    *("下限", "上限", "计量单位", "每次扣分", "0 档", "1 档", "2 档", "3 档"),
)
LEVELS = ("不能运行", "能运行", "运行平稳", "可作示范")
SCHEME = (
    ("A", "A1", "程序", "A1-1", "轨迹规划合理", "J", 60, "", "", "", "", *LEVELS),
    ("A", "A1", "程序", "A1-2", "安全点位齐全", "B", 40, "", "", "", "", "", "", "", ""),
    ("B", "B1", "作业", "B1-1", "定位误差", "M", 60, 0, "0.050", "mm", "", "", "", "", ""),
    ("B", "B1", "作业", "B1-2", "违规操作", "D", 40, "", "", "", 5, "", "", "", ""),
)
# What follows for the codes in their order: A = 60·level/3 + 40, B = 60 + 40 − 5·faults, 40 % and
# 60 %. The fifth judge counts one fault more on every sheet and falls out of the trimmed mean.
LEVEL_OF = (3, 2, 1, 0)
TOTALS = ("100.00", "89.00", "78.00", "67.00")
PRIZES = ("一等奖", "二等奖", "三等奖", "–")


@dataclass
class Journey:
    """The people at their devices, and what one leaves for the next to find."""

    visit: Callable[..., Visitor]
    folder: Path
    people: dict[str, Visitor] = field(default_factory=dict)
    event: str = ""
    track: str = ""
    tickets: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """The contestants in the order of their codes, known once the map is open."""

    def person(self, account: str, size: tuple[int, int] = DESK) -> Visitor:
        """The browser of one person, opened and signed in when they are first needed."""
        if account not in self.people:
            self.people[account] = self.visit(account, size)
        return self.people[account]

    def file(self, who: Visitor, press: Callable[[], Any]) -> Path:
        """Whatever is downloaded when something is pressed."""
        with who.page.expect_download() as told:
            press()
        path = self.folder / told.value.suggested_filename
        told.value.save_as(path)
        return path


# ---- how people use a page


def write(who: Visitor, label: str, value: str, at: Locator | None = None) -> None:
    """Type into the first field whose label begins so: optional ones say so after it."""
    found = (at or who.page).get_by_label(re.compile(f"^{re.escape(label)}"))
    found.and_(who.page.locator("input, textarea")).first.fill(value)


def choose(who: Visitor, label: str, value: str) -> None:
    """Choose from a list, even where a table has the same name."""
    who.page.get_by_role("combobox", name=label, exact=True).select_option(label=value)


def person_row(who: Visitor, legend: str, name: str, number: str) -> None:
    """One person of an entry."""
    row = who.page.get_by_role("group", name=legend, exact=True)
    write(who, "姓名", name, row)
    write(who, "证件号码", number, row)


def menu(who: Visitor, name: str) -> None:
    """Go somewhere by the main menu, which a phone keeps folded."""
    burger = who.page.locator("details.menu-phone > summary")
    if burger.is_visible():
        burger.click()
    reach(who, who.page.get_by_role("link", name=name, exact=True).locator("visible=true").first)


def reach(who: Visitor, target: Locator) -> None:
    """Press something that was found by hand, and check where it led."""
    target.click()
    who.page.wait_for_load_state()
    who.check()


def agree(who: Visitor) -> None:
    """Say yes to the question before a deed that cannot be undone."""
    reach(who, who.page.get_by_role("dialog").get_by_role("button", name="确定"))


def finished_task(who: Visitor) -> None:
    """Wait until the worker has done what was asked for."""
    expect(who.page.locator("#task-progress")).to_contain_text("已完成", timeout=40_000)


def cells(row: Locator) -> list[str]:
    """What a row of a table says."""
    return [text.strip() for text in row.locator("th, td").all_inner_texts()]


def born(year: int, order: int) -> str:
    """An invented identity number."""
    return id_number(410102, date(year, 5, 4), order)


# ---- before the contest


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


# ---- the day of the contest


def show_tickets(j: Journey) -> None:
    """Leaders open the passes of their four single entries; a scanner can read them."""
    for account, names in (("leader1_a", CONTESTANTS[:2]), ("leader2_a", CONTESTANTS[2:])):
        leader = j.person(account)
        for name in names:
            menu(leader, "我的日程")
            stops = leader.page.locator("ul.stops > li").filter(has_text=SINGLE)
            reach(leader, stops.filter(has_text=name).get_by_role("link", name="证件"))
            assert leader.page.locator(".pass-name").inner_text() == name
            j.tickets.append(read_qr(leader.page.locator(".qr svg")))
    assert len(set(j.tickets)) == 4


def fix_seed(j: Journey) -> None:
    """The encryption judge fixes the seed before anybody comes in."""
    who = j.person("encryptor_a")
    who.go(j.track)
    who.follow("加密号")
    who.press("锁定种子")
    assert who.sees("种子已锁定")


def check_in(j: Journey) -> None:
    """The steward opens one ticket by its address; a hand scanner types the others."""
    steward = j.person("steward_a")
    first, *others = j.tickets
    steward.go(first)
    steward.press("确认检录（回车）")
    assert steward.sees("已检录 1 / 4")
    for address in others:
        steward.page.locator("#code").fill(address)
        steward.page.keyboard.press("Enter")
        steward.page.get_by_role("button", name="确认检录（回车）").wait_for()
        steward.page.keyboard.press("Enter")
        steward.page.get_by_text("已登记到场。").wait_for()
        steward.check()
    assert steward.sees("已检录 4 / 4")
    steward.page.locator("#code").fill(first)
    steward.page.keyboard.press("Enter")
    steward.page.get_by_text("无需重复").wait_for()


def draw_codes(j: Journey) -> None:
    """Codes by lot, with the supervisor as witness; the minute alone says who is who."""
    who = j.person("encryptor_a")
    who.go(j.track)
    who.follow("加密号")
    choose(who, "见证人", "甲监督员")
    who.page.get_by_role("main").get_by_role("button", name="立即抽签").click()
    agree(who)
    assert who.sees("加密号已抽取")
    who.go(f"{who.page.url}/minute")
    rows = who.page.locator("table tbody tr")
    j.codes = sorted(cells(row)[0] for row in rows.all())
    assert len(j.codes) == 4


def prepare_marking(j: Journey) -> None:
    """The scheme from its template, five judges in their seats, and the sheets dealt."""
    organizer = j.person("organizer_a")
    organizer.go(j.track)
    organizer.follow("评分标准")
    organizer.follow("从文件导入")
    template = j.file(
        organizer, lambda: organizer.page.get_by_role("link", name="下载模板").click()
    )
    book = openpyxl.load_workbook(template)
    assert tuple(cell.value for cell in book.worksheets[0][1]) == SCHEME_HEAD
    for row in SCHEME:
        book.worksheets[0].append([None if value == "" else value for value in row])
    book.save(template)
    organizer.page.get_by_label("文件").set_input_files(template)
    organizer.press("检查并导入")
    assert organizer.sees("评分标准已导入。")

    organizer.go(j.track)
    organizer.follow("裁判组")
    for seat in range(1, 6):
        choose(organizer, f"{seat} 号裁判席", f"甲裁判{seat}")
    organizer.press("保存裁判名单")
    organizer.page.get_by_role("button", name="开始评分").click()
    agree(organizer)
    assert organizer.sees("共下发 20 份评分单")


# ---- marking


def mark_all(j: Journey) -> None:
    """Five judges at tablets, one after the other; they see codes and nothing else."""
    for account in JUDGES:
        judge = j.person(account, TABLET)
        menu(judge, "评分")
        judge.follow("去评分")
        for level in LEVEL_OF:
            faults = 3 - level + (account == JUDGES[-1])
            mark_sheet(j, judge, level, faults, thorough=account == JUDGES[0] and level == 3)
        nothing_left(judge)


def mark_sheet(j: Journey, judge: Visitor, level: int, faults: int, *, thorough: bool) -> None:
    """One code: tap a level, met, a value typed, faults counted; then look over it and submit."""
    page = judge.page
    code = page.url.rsplit("/", 1)[1]
    assert code == j.codes[LEVEL_OF.index(level)]
    for name in (*CONTESTANTS, UNIT1, UNIT2):
        assert not judge.sees(name)
    rows = [page.locator("fieldset.mark").nth(number) for number in range(4)]
    if thorough:
        mark_by_keys_and_reload(judge, rows, level)
    else:
        rows[0].locator("label").nth(level).click()
        rows[1].locator("label").first.click()
    rows[2].locator("input").fill("0.032")
    rows[2].locator("input").press("Enter")
    for _time in range(faults):
        rows[3].locator("[data-by='1']").click()
    if not faults:
        rows[3].locator("input").fill("0")
        rows[3].locator("input").press("Enter")
    expect(page.locator("#left-text")).to_have_text("全部评完，可以提交")
    page.get_by_role("button", name="核对并提交").click()
    page.get_by_role("dialog").get_by_role("button", name="提交", exact=True).click()
    page.get_by_text(f"{code} 的评分单已提交。").wait_for()
    judge.check()


def mark_by_keys_and_reload(judge: Visitor, rows: list[Locator], level: int) -> None:
    """The first two aspects by keyboard; a reload in the middle finds both marks again."""
    page = judge.page
    rows[0].locator("input").first.focus()
    for _step in range(level):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect(rows[1].locator("input").first).to_be_checked()
    expect(page.locator("#pill")).to_have_attribute("data-state", "ok")
    page.reload()
    expect(rows[0].locator("input").nth(level)).to_be_checked()
    expect(rows[1].locator("input").first).to_be_checked()
    expect(page.locator("#rail-count")).to_have_text("2/4")


def nothing_left(judge: Visitor) -> None:
    """In the list of tracks no sheet waits any more."""
    judge.go("/judging")
    row = judge.page.get_by_role("row").filter(has_text=SINGLE)
    assert cells(row)[2:4] == ["0", "4 / 4"]


def confirm(j: Journey) -> None:
    """The score clerk confirms code after code; the page leads to the next one."""
    clerk = j.person("clerk_a")
    menu(clerk, "评分")
    row = clerk.page.get_by_role("row").filter(has_text=SINGLE)
    reach(clerk, row.get_by_role("link", name="核对评分单"))
    clerk.follow(j.codes[0])
    for _code in j.codes:
        clerk.press("全部核对确认（5 份）")
    assert clerk.sees("已核对确认。")


def sign_off(j: Journey) -> None:
    """The chief judge looks over the panel and hands the marks over with the password."""
    chief = j.person("chief_a")
    menu(chief, "评分")
    row = chief.page.get_by_role("row").filter(has_text=SINGLE)
    reach(chief, row.get_by_role("link", name="总览"))
    best = chief.page.locator("table").first.locator("tbody tr").first
    assert cells(best)[1:6] == ["200.00"] * 4 + ["195.00"]
    chief.follow("提交全部成绩")
    chief.fill("您的密码", PASSWORD)
    chief.press("提交全部成绩")
    assert chief.sees("成绩已提交。")


def re_check(j: Journey) -> None:
    """A supervisor works through the list and locks the marks beside the chief judge."""
    supervisor = j.person("supervisor_a")
    supervisor.go(j.track)
    supervisor.follow("成绩复核")
    listed = supervisor.page.get_by_role("table", name="复核名单").locator("tbody tr").all()
    assert len(listed) == 3
    reach(supervisor, supervisor.page.get_by_role("link", name="成绩复核").last)
    for _code in listed:
        supervisor.press("全部无误")
    supervisor.follow("锁定成绩")
    choose(supervisor, "裁判长", "甲裁判长")
    supervisor.fill("裁判长密码", PASSWORD)
    supervisor.press("锁定成绩")
    assert supervisor.sees("成绩已锁定，可以解密。")


def open_map(j: Journey) -> None:
    """Encryption judge and supervisor together: now the codes have names."""
    who = j.person("encryptor_a")
    who.go(j.track)
    who.follow("解密")
    choose(who, "监督员", "甲监督员")
    who.fill("监督员密码", PASSWORD)
    who.press("共同解密")
    assert who.sees("已解密。")
    behind = dict(cells(row)[:2] for row in who.page.locator("table tbody tr").all())
    assert sorted(behind) == j.codes
    j.names = [behind[code] for code in j.codes]
    assert sorted(j.names) == sorted(CONTESTANTS)


# ---- results and certificates


def publish(j: Journey) -> None:
    """The organizer sees the ranking of names, draws it up and makes it public at once."""
    organizer = j.person("organizer_a")
    organizer.go(j.track)
    organizer.follow("成绩")
    ranking = organizer.page.get_by_role("table", name="排名").locator("tbody tr").all()
    assert [cells(row)[2] for row in ranking] == j.names
    organizer.page.get_by_label("立即公布").check()
    organizer.press("生成成绩")
    assert organizer.sees("成绩已公布。")


def read_results(j: Journey) -> None:
    """A visitor finds the event among the public ones, and reads ranks and prizes."""
    visitor = j.visit(None, DESK)
    visitor.go("/")
    visitor.follow("公开活动")
    visitor.follow(EVENT)
    visitor.follow("成绩")
    rows = visitor.page.get_by_role("table", name=SINGLE).locator("tbody tr").all()
    found = [cells(row) for row in rows]
    assert [row[0] for row in found] == ["1", "2", "3", "4"]
    assert [row[1] for row in found] == j.names
    assert [row[3] for row in found] == list(TOTALS)
    assert [row[4] for row in found] == list(PRIZES)


def export_results(j: Journey) -> None:
    """The certificate office has the workbook made and opens it."""
    office = j.person("office_a")
    office.go(j.track)
    office.follow("成绩")
    office.press("成绩册")
    finished_task(office)
    path = j.file(office, lambda: office.page.get_by_role("link", name="下载").click())
    sheet = openpyxl.load_workbook(path)["成绩"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    head = next(number for number, row in enumerate(rows) if row[0] == "名次")
    table = [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :]]
    assert [row["名次"] for row in table] == [1, 2, 3, 4]
    assert [row["加密号"] for row in table] == j.codes
    assert [row["姓名"] for row in table] == j.names
    assert [f"{row['总分']:.2f}" for row in table] == list(TOTALS)


def certify(j: Journey) -> None:
    """Three certificates are issued and printed; the paper's number stands up to a public check."""
    office = j.person("office_a")
    menu(office, "证书")
    office.follow(SINGLE)
    page = office.page.url
    office.page.get_by_role("button", name="颁发 3 份证书").click()
    agree(office)
    finished_task(office)
    office.go(page)
    office.press("全部打印（3 份）")
    finished_task(office)
    path = j.file(office, lambda: office.page.get_by_role("link", name="下载").click())
    first, *others = [page.extract_text() for page in PdfReader(path).pages]
    assert len(others) == 2
    assert j.names[0] in first

    number = re.search(r"[A-Z]+-\d{4}-\d{6}-\w", first)
    assert number is not None
    visitor = j.visit(None, PHONE)
    visitor.go("/")
    visitor.follow("查验证书")
    write(visitor, "证书编号", number[0])
    write(visitor, "证书上的姓名", j.names[0])
    visitor.press("查验")
    assert visitor.sees("该证书真实有效。")
    assert visitor.sees("一等奖")


def see_own_results(j: Journey) -> None:
    """The team leader finds the school's two results on the phone, and its certificates."""
    leader = j.person("leader1_a", PHONE)
    menu(leader, "成绩")
    rows = leader.page.get_by_role("table", name=SINGLE).locator("tbody tr").all()
    found = {cells(row)[0]: cells(row)[2] for row in rows}
    own = CONTESTANTS[:2]
    assert found == {name: str(j.names.index(name) + 1) for name in own}
    menu(leader, "我的证书")
    for name in own:
        assert leader.sees(name) is (name in j.names[:3])


STEPS = (
    *(announce, appoint, enter_by_form, enter_by_table, review, find_room, draw_stations),
    *(
        fix_seed,
        show_tickets,
        check_in,
        draw_codes,
        prepare_marking,
        mark_all,
        confirm,
        sign_off,
        re_check,
        open_map,
    ),
    *(publish, read_results, export_results, certify, see_own_results),
)


def test_a_competition_from_the_first_draft_to_the_certificate(visit, tmp_path):
    journey = Journey(visit, tmp_path)

    for step in STEPS:
        step(journey)
