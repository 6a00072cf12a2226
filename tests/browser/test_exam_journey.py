"""A 1+X exam from the negotiated fee to the revoked certificate, by its people, in Chinese."""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Locator, expect
from pypdf import PdfReader

from eventsys import clock
from tests.browser.visits import Visitor
from tests.world import id_number

DESK, TABLET, PHONE = (1280, 900), (1024, 768), (390, 844)
CERTIFICATE = "甲工业机器人操作与运维"
EVENT = "甲工业机器人操作与运维考核计划"
TRACK = "甲工业机器人（中级）"
CODE = "JQR-2"
FILE_NUMBER = "XS-2026-JQR"
SCHOOLS = {"leader1_a": "甲职业技术学院", "leader2_a": "甲工业学院"}
# yuan for one person-time: assessors, certificate, system, and what the issuer gets in all
FIRST_OFFER = {
    "初级": ("180", "60", "220", "460"),
    "中级": ("200.50", "60", "240", "500.50"),
}
COUNTER = {
    "初级": ("140", "60", "150", "350"),
    "中级": ("150.50", "60", "175", "385.50"),
}
ITEMS = ("考评员劳务", "证书印制及发放", "考试系统技术支持与运维")
PRICE = Decimal("385.50")
REASON = "复核发现实操考核由他人代考"


@dataclass(frozen=True)
class Candidate:
    """Who sits the exam, for which leader's school, with which marks (None: absent)."""

    name: str
    leader: str
    number: str
    theory: str
    practice: str | None
    composite: str | None
    outcome: str


def _number(order: int) -> str:
    return id_number(410305, date(2004, 3, order), order)


CANDIDATES = (
    Candidate("石一鸣", "leader1_a", _number(1), "45", "72", "61.20", "合格"),
    Candidate("石二妮", "leader1_a", _number(2), "30", "80", "60.00", "合格"),
    Candidate("石三元", "leader1_a", _number(3), "88", None, None, "缺考"),
    Candidate("石四海", "leader2_a", _number(4), "90", "39.99", "59.99", "不合格"),
    Candidate("石五岳", "leader2_a", _number(5), "77.5", "91", "85.60", "合格"),
)
NAMES = "|".join(one.name for one in CANDIDATES)
PASSED = [one.name for one in CANDIDATES if one.outcome == "合格"]


@pytest.fixture
def people(visit: Callable[..., Visitor]) -> Callable[[str], Visitor]:
    """Everybody at their own device, signed in when they first have something to do."""
    sizes = {"leader1_a": PHONE, "leader2_a": TABLET, "visitor": PHONE}
    here: dict[str, Visitor] = {}

    def find(name: str) -> Visitor:
        if name not in here:
            account = None if name == "visitor" else name
            here[name] = visit(account, sizes.get(name, DESK))
        return here[name]

    return find


def test_an_exam_from_the_negotiated_fee_to_the_revoked_certificate(people, tmp_path):
    organizer = people("organizer_a")

    list_the_certificate(organizer)
    open_the_file(organizer)
    record_the_first_offer(organizer)
    record_the_counter_offer(organizer)
    put_the_price_in_force(organizer)
    create_the_exam(organizer)
    for leader in SCHOOLS:
        enter_candidates(people(leader), leader, tmp_path)
    approve_everybody(organizer)
    plan_the_sessions(organizer)
    tickets = print_the_tickets(organizer)
    look_at_a_ticket(people("leader1_a"), tickets)

    appoint_the_assessor(people("admin_a"))
    enter_theory_by_grid(people("assessor_a"), tickets)
    enter_practice_by_file(people("assessor_a"), tickets, tmp_path)

    publish_the_results(organizer)
    look_from_outside(people("visitor"))
    look_as_a_school(people("leader2_a"))
    check_what_is_owed(organizer)

    links = issue_the_certificates(people("office_a"))
    verify(people("visitor"), links[PASSED[0]], PASSED[0])
    revoke(people("office_a"), PASSED[0])
    see_it_revoked(people("visitor"), links[PASSED[0]])


# ---- the fee


def list_the_certificate(organizer: Visitor) -> None:
    turn_to(organizer, "证书目录")
    organizer.follow("登记证书")
    organizer.fill("证书名称", CERTIFICATE)
    organizer.fill("代码", "JQRCZ")
    organizer.choose("评价组织", "甲评价组织")
    organizer.press("登记")

    shows(organizer, "证书已登记。下一步：协商考核费用。")
    expect(row_of(organizer, "中级")).to_contain_text("暂无标准")


def open_the_file(organizer: Visitor) -> None:
    organizer.follow("新建协商")
    organizer.fill("协商案号", FILE_NUMBER)
    organizer.choose("考核形式", "机考")
    write(organizer, "协商依据", "教职成厅函〔2019〕19号")
    organizer.press("建立案卷")

    shows(organizer, "案卷已建立，请记录首轮报价。")


def record_the_first_offer(organizer: Visitor) -> None:
    """A slip in the price first: the refusal names level and difference, and nothing is lost."""
    organizer.follow("记录一轮协商")
    organizer.choose("提出方", "评价组织")
    organizer.choose("协商方式", "函件")
    fill_round(organizer, FIRST_OFFER)
    organizer.fill("考核费（中级）", "505.50")
    typed = fields_of(organizer)
    organizer.press("归档本轮")

    shows(
        organizer,
        "中级：考核费为 ¥505.50，而评价组织承担的项目合计 ¥500.50，相差 ¥5.00。",
    )
    assert fields_of(organizer) == typed
    check_anew(organizer)

    organizer.fill("考核费（中级）", "500.50")
    organizer.press("归档本轮")
    shows(organizer, "第 1 轮已归档。")


def record_the_counter_offer(organizer: Visitor) -> None:
    organizer.follow("记录一轮协商")
    expect(organizer.page.get_by_label("提出方")).to_have_value("group")
    organizer.choose("协商方式", "会议")
    write(organizer, "参加人员", "秘书处、评价组织、院校代表")
    fill_round(organizer, COUNTER)
    organizer.press("归档本轮")

    shows(organizer, "第 2 轮已归档。")
    picture = organizer.page.get_by_role("img", name="中级")
    expect(picture).to_have_accessible_name("中级: 第 1 轮 ¥500.50; 第 2 轮 ¥385.50")
    changes = organizer.page.get_by_role("table", name="各轮变动").get_by_role("row")
    expect(changes.filter(has_text="考核费").filter(has_text="中级")).to_contain_text("−¥115.00")


def put_the_price_in_force(organizer: Visitor) -> None:
    organizer.follow("登记协议")
    organizer.page.get_by_label("双方认可的轮次").select_option("2")
    organizer.fill("协议编号", "甲职教集团〔2026〕7号")
    organizer.press("登记协议")
    shows(organizer, "协议已归档。下一步：确定执行日期。")

    organizer.follow("确定执行")
    organizer.fill("执行起始日", clock.today().isoformat())
    organizer.press("确定执行")
    shows(organizer, "费用标准已确定，自执行日起的考核计划按此计费。")

    turn_to(organizer, "证书目录")
    organizer.follow(CERTIFICATE)
    expect(row_of(organizer, "中级").first).to_contain_text("¥385.50")


def fill_round(organizer: Visitor, offer: Mapping[str, Sequence[str]]) -> None:
    """Type a proposal: three items the issuer carries, one the school carries, the price."""
    organizer.fill("协商日期", clock.today().isoformat())
    organizer.choose("考场租赁：承担方", "学校")
    for level, (*amounts, price) in offer.items():
        for item, amount in zip(ITEMS, amounts, strict=True):
            organizer.fill(f"{item}（{level}）", amount)
        organizer.fill(f"考场租赁（{level}）", "40")
        organizer.fill(f"考核费（{level}）", price)


def fields_of(visitor: Visitor) -> dict[str, str]:
    """Everything that stands in the fields of the page's form, by the field's name."""
    found = visitor.page.locator("main form").first.evaluate(
        "form => Object.fromEntries([...new FormData(form)])"
    )
    return {key: value for key, value in found.items() if key != "csrf_token"}


# ---- the plan and its candidates


def create_the_exam(organizer: Visitor) -> None:
    today = clock.today()
    turn_to(organizer, "活动")
    organizer.follow("新建证书考核")
    organizer.fill("活动名称", EVENT)
    organizer.fill("代码", "KH-JQR")
    organizer.fill("报名开始", reading(today - timedelta(days=1), 8))
    organizer.fill("报名截止", reading(today + timedelta(days=2), 18))
    organizer.fill("举办首日", today.isoformat())
    organizer.fill("举办末日", today.isoformat())
    write(organizer, "成绩公布期限", reading(today + timedelta(days=5), 18))
    organizer.press("保存草稿")
    shows(organizer, "草稿已保存。接下来请设置可报名的项目。")

    organizer.follow("添加考核等级")
    organizer.fill("项目名称", TRACK)
    organizer.fill("代码", CODE)
    organizer.choose("证书及等级", f"{CERTIFICATE}（中级）")
    organizer.fill("考核计划日期", today.isoformat())
    organizer.choose("合格规则", "加权综合成绩达到合格分")
    organizer.fill("综合合格分", "60")
    organizer.press("保存")
    shows(organizer, "已保存。可继续添加，或发布活动。")

    organizer.follow("发布")
    shows(organizer, "0.4")
    organizer.press("发布并冻结规则")
    shows(organizer, "活动已发布，规则已冻结。")


def enter_candidates(visitor: Visitor, leader: str, folder: Path) -> None:
    """The school's table, with a slip in the second row first."""
    own = [one for one in CANDIDATES if one.leader == leader]
    turn_to(visitor, "报名")
    event = visitor.page.get_by_role("table", name=EVENT)
    event.get_by_role("link", name="表格导入").click()
    shows(visitor, "1. 下载模板")
    visitor.check()
    template = downloaded(visitor, "下载模板")

    wrong = own[1].number[:-1] + ("0" if own[1].number[-1] != "0" else "1")
    numbers = [own[0].number, wrong, *(one.number for one in own[2:])]
    names = [one.name for one in own]
    hand_in(visitor, filled(template, names, numbers), folder / f"{leader}.xlsx")
    shows(visitor, "发现 1 个问题，未录入任何报名。")
    problem = visitor.page.get_by_role("table", name="需要更正的内容").get_by_role("row").nth(1)
    expect(problem.get_by_role("rowheader")).to_have_text("第 3 行")
    expect(problem.get_by_role("cell").first).to_have_text("证件号码")
    expect(problem).to_contain_text("请对照证件逐位核对全部 18 位。")
    check_anew(visitor)

    right = filled(template, names, [one.number for one in own])
    hand_in(visitor, right, folder / f"{leader}.xlsx")
    shows(visitor, own[1].name)
    visitor.press(f"确认录入全部 {len(own)} 份")
    shows(visitor, f"已提交 {len(own)} 份报名，审核后会通知您。")


def filled(template: bytes, names: list[str], numbers: list[str]) -> bytes:
    """The template as a school fills it in: names and numbers below their headings."""
    book = load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for row, (name, number) in enumerate(zip(names, numbers, strict=True), start=2):
        sheet.cell(row, columns["姓名"]).value = name
        sheet.cell(row, columns["证件号码"]).value = number
    return saved(book)


def hand_in(visitor: Visitor, table: bytes, path: Path) -> None:
    path.write_bytes(table)
    visitor.page.get_by_label("填好的表格").set_input_files(path)
    visitor.press("检查表格")


def approve_everybody(organizer: Visitor) -> None:
    to_the_track(organizer)
    organizer.follow("报名")
    organizer.page.get_by_role("checkbox", name="全选本页").check()
    organizer.press("通过所选")

    shows(organizer, f"已通过 {len(CANDIDATES)} 份报名，并已通知各单位。")


# ---- rooms, sessions, tickets


def plan_the_sessions(organizer: Visitor) -> None:
    turn_to(organizer, "场馆与场地")
    venue = organizer.page.locator("section.card").filter(has_text="甲实训中心").first
    venue.get_by_role("link", name="添加场地").click()
    organizer.page.wait_for_load_state()
    organizer.check()
    organizer.fill("场地名称", "机房 301")
    organizer.fill("工位（座位）数", "8")
    write(organizer, "备用工位", "1")
    organizer.fill("每排工位数", "4")
    organizer.press("添加场地")
    shows(organizer, "场地已建好，布局如下。")

    to_the_track(organizer)
    organizer.follow("场次与工位")
    for name, part, begins, ends in (
        ("理论场", "理论", "09:00", "10:30"),
        ("实操场", "实操", "14:00", "17:00"),
    ):
        organizer.press("添加场次", role="link")
        organizer.fill("场次名称", name)
        organizer.choose("科目或模块", part)
        organizer.choose("场地", "甲实训中心 · 机房 301")
        organizer.fill("开始时间", begins)
        organizer.fill("结束时间", ends)
        organizer.press("添加场次")
        shows(organizer, "场次已安排。")
    for _part in ("T", "P"):
        organizer.follow("抽签定工位")
        organizer.press("立即抽签")
        shows(organizer, f"已为 {len(CANDIDATES)} 个报名抽定工位")
    expect(organizer.page.get_by_text("审核通过的报名都已安排工位。")).to_have_count(2)
    organizer.page.get_by_role("table", name="场次").get_by_role("link", name="实操场").click()
    shows(organizer, "全部已安排。")
    organizer.check()


def print_the_tickets(organizer: Visitor) -> dict[str, str]:
    """The tickets' file; the number that it gives to each name."""
    to_the_track(organizer)
    organizer.follow("场次与工位")
    organizer.press("准考证")
    pages = PdfReader(io.BytesIO(made_file(organizer))).pages
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pages))

    found = dict(re.findall(rf"({NAMES}).*?({CODE}-\d{{3}})", text))
    assert list(found) == [one.name for one in CANDIDATES]
    assert len(set(found.values())) == len(CANDIDATES)
    return found


def look_at_a_ticket(leader: Visitor, tickets: dict[str, str]) -> None:
    turn_to(leader, "我的日程")
    name = CANDIDATES[0].name
    stop = leader.page.get_by_role("listitem").filter(has_text=name).first
    stop.get_by_role("link", name="证件").click()

    shows(leader, tickets[name])
    shows(leader, "机房 301")
    leader.check()


# ---- marks


def appoint_the_assessor(admin: Visitor) -> None:
    turn_to(admin, "账号")
    admin.fill("姓名", "甲考评员")
    admin.press("查询")
    admin.follow("甲考评员")
    roles = admin.page.get_by_role("combobox", name="角色", exact=True)
    roles.select_option(label="考评员")
    admin.choose("生效范围", EVENT)
    admin.press("授予")

    shows(admin, "角色已授予，即刻生效。")


def enter_theory_by_grid(assessor: Visitor, tickets: dict[str, str]) -> None:
    to_the_marks(assessor, "理论")
    for one in CANDIDATES:
        assert not assessor.sees(one.name)
    hand_in_the_part(assessor, f"还有 {len(CANDIDATES)} 名考生没有成绩")
    for one in CANDIDATES:
        assessor.fill(f"{tickets[one.name]} 的分数", one.theory)
    assessor.fill(f"{tickets['石一鸣']} 的分数", "145")
    assessor.press("保存成绩")
    shows(assessor, f"准考证号 {tickets['石一鸣']}：科目 T 的分数应在 0 到 100 之间")
    wrong = assessor.page.locator("main [aria-invalid=true]")
    expect(wrong).to_have_accessible_name(f"{tickets['石一鸣']} 的分数")
    check_anew(assessor)

    assessor.fill(f"{tickets['石一鸣']} 的分数", "45")
    assessor.press("保存成绩")
    shows(assessor, f"已保存 {len(CANDIDATES)} 条成绩。")
    hand_in_the_part(assessor, "该科目成绩已提交。")


def enter_practice_by_file(assessor: Visitor, tickets: dict[str, str], folder: Path) -> None:
    to_the_marks(assessor, "实操")
    assessor.follow("从文件导入")
    book = load_workbook(io.BytesIO(downloaded(assessor, "下载文件")))
    sheet = book.worksheets[0]
    given = {tickets[one.name]: one.practice or "缺考" for one in CANDIDATES}
    rows = list(sheet.iter_rows(min_row=2))
    assert [row[0].value for row in rows] == sorted(given)
    for row in rows:
        row[1].value = given[row[0].value]
    path = folder / "practice.xlsx"
    path.write_bytes(saved(book))
    assessor.page.locator("main input[type=file]").set_input_files(path)
    assessor.press("比对")
    expect(row_of(assessor, tickets["石三元"])).to_contain_text("缺考")
    check_anew(assessor)
    assessor.press(f"保存 {len(CANDIDATES)} 条成绩")

    shows(assessor, f"已保存 {len(CANDIDATES)} 条成绩。")
    hand_in_the_part(assessor, "该科目成绩已提交。")


def to_the_marks(assessor: Visitor, part: str) -> None:
    turn_to(assessor, "成绩录入")
    rows = assessor.page.get_by_role("row").filter(has_text=TRACK).filter(has_text=part)
    rows.get_by_role("link", name="录入成绩").click()
    shows(assessor, "满分")
    assessor.check()


def hand_in_the_part(assessor: Visitor, answer: str) -> None:
    agree_to(assessor, "提交该科目")
    shows(assessor, answer)
    assessor.check()


# ---- results


def publish_the_results(organizer: Visitor) -> None:
    to_the_track(organizer)
    organizer.follow("成绩")
    for one in CANDIDATES:
        expect(row_of(organizer, one.name)).to_contain_text(one.outcome)
        expect(row_of(organizer, one.name)).to_contain_text(one.composite or "—")
    organizer.page.get_by_label("立即公布").check()
    organizer.press("生成成绩")

    shows(organizer, "成绩已公布。")


def look_from_outside(visitor: Visitor) -> None:
    """Exam results are personal: no door leads to them, and the page behind names nobody."""
    visitor.go("/e?q=KH-JQR")
    visitor.follow(EVENT)
    visitor.go(f"{visitor.page.url}/results")
    shows(visitor, "考核与培训结果涉及个人信息，不公开公布。")
    for one in CANDIDATES:
        assert not visitor.sees(one.name)


def look_as_a_school(leader: Visitor) -> None:
    """A school sees its own candidates and no other's."""
    turn_to(leader, "成绩")
    for one in CANDIDATES:
        if one.leader == "leader2_a":
            expect(row_of(leader, one.name)).to_contain_text(f"综合 {one.composite}")
        else:
            assert not leader.sees(one.name)


def check_what_is_owed(organizer: Visitor) -> None:
    organizer.press("考核成绩与应缴费用")
    book = load_workbook(io.BytesIO(made_file(organizer)), data_only=True)
    owed = {
        row[0]: (row[1], Decimal(str(row[2])), Decimal(str(row[3])))
        for row in book["各校应付费用"].iter_rows(values_only=True)
        if isinstance(row[1], int)
    }
    marks = {row[1]: row for row in book["成绩"].iter_rows(values_only=True)}

    assert owed == {
        "甲职业技术学院": (3, PRICE, Decimal("1156.50")),
        "甲工业学院": (2, PRICE, Decimal("771.00")),
        "合计": (5, PRICE, Decimal("1927.50")),
    }
    for one in CANDIDATES:
        _ticket, _name, _id, school, _theory, practice, composite, outcome, _why = marks[one.name]
        assert (school, outcome) == (SCHOOLS[one.leader], one.outcome)
        assert str(practice) == (one.practice or "缺考")
        assert (None if composite is None else f"{composite:.2f}") == one.composite


# ---- certificates


def issue_the_certificates(office: Visitor) -> dict[str, str]:
    """Only those who passed get one; the public address of each."""
    turn_to(office, "证书")
    office.follow(TRACK)
    due = office.page.get_by_role("table", name="拟颁发名单").get_by_role("rowheader")
    assert due.all_inner_texts() == PASSED
    agree_to(office, f"颁发 {len(PASSED)} 份证书")
    expect(office.page.locator("#task-progress")).to_contain_text("已完成", timeout=30_000)
    office.check()

    links = {}
    for name in PASSED:
        to_the_certificate(office, name)
        link = office.page.locator("main a[href^='/v/']")
        links[name] = str(link.get_attribute("href"))
    return links


def to_the_certificate(office: Visitor, name: str) -> None:
    turn_to(office, "证书")
    office.follow("全部证书")
    office.fill("姓名或编号", name)
    office.press("查询")
    office.follow(name)


def verify(visitor: Visitor, link: str, name: str) -> None:
    visitor.go(link)
    shows(visitor, "该证书真实有效。")
    shows(visitor, name)
    shows(visitor, "考核合格")


def revoke(office: Visitor, name: str) -> None:
    to_the_certificate(office, name)
    office.follow("撤销")
    office.fill("原因", REASON)
    office.press("撤销证书")
    shows(office, "证书已撤销，查验页面即时更新。")


def see_it_revoked(visitor: Visitor, link: str) -> None:
    visitor.go(link)
    shows(visitor, f"该证书已于 {clock.today().isoformat()} 撤销。")
    shows(visitor, REASON)
    assert not visitor.sees("该证书真实有效。")


# ---- what everybody does


def shows(visitor: Visitor, text: str) -> None:
    """Wait until the words stand on the page."""
    expect(visitor.page.get_by_role("main")).to_contain_text(text)


def write(visitor: Visitor, label: str, value: str) -> None:
    """Type into a field that may be left empty."""
    visitor.page.get_by_label(f"{label} （选填）", exact=True).fill(value)


def row_of(visitor: Visitor, heading: str) -> Locator:
    """The rows of tables whose first cell says this."""
    rows = visitor.page.get_by_role("row")
    return rows.filter(has=visitor.page.get_by_role("rowheader", name=heading, exact=True))


def check_anew(visitor: Visitor) -> None:
    """Check a page that answers at an address that was checked before: refused, or asking."""
    visitor.checked.discard(visitor.page.url.split("#")[0])
    visitor.check()


def turn_to(visitor: Visitor, place: str) -> None:
    """Go by the menu: tabs on a desk, behind a button on a phone."""
    button = visitor.page.locator(".menu-phone > summary")
    if button.is_visible():
        button.click()
    menus = visitor.page.get_by_role("navigation", name="主菜单")
    menus.get_by_role("link", name=place, exact=True).filter(visible=True).click()
    visitor.page.wait_for_load_state()
    visitor.check()


def to_the_track(organizer: Visitor) -> None:
    turn_to(organizer, "活动")
    organizer.follow(EVENT)
    organizer.follow(TRACK)


def agree_to(visitor: Visitor, button: str) -> None:
    """Press a button that asks first, and say yes."""
    visitor.page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
    question = visitor.page.get_by_role("dialog")
    expect(question).to_be_visible()
    check_anew(visitor)
    question.get_by_role("button", name="确定").click()
    visitor.page.wait_for_load_state()


def made_file(visitor: Visitor) -> bytes:
    """The file of the task on the page, once it is made."""
    expect(visitor.page.get_by_role("link", name="下载", exact=True)).to_be_visible(timeout=30_000)
    visitor.check()
    return downloaded(visitor, "下载")


def downloaded(visitor: Visitor, link: str) -> bytes:
    """What a link gives as a file."""
    with visitor.page.expect_download() as waiting:
        visitor.page.get_by_role("main").get_by_role("link", name=link, exact=True).click()
    return waiting.value.path().read_bytes()


def saved(book: Workbook) -> bytes:
    """A workbook as its bytes."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def reading(day: date, hour: int) -> str:
    """An hour of a day as a field for moments takes it."""
    return datetime.combine(day, time(hour)).isoformat(timespec="minutes")
