"""The day of the contest until the judges sit before their sheets."""

import openpyxl
from playwright.sync_api import expect

from tests.browser.journey.people import (
    CONTESTANTS,
    SINGLE,
    Journey,
    agree,
    cells,
    choose,
    menu,
    reach,
)
from tests.browser.qr_reading import read_qr
from tests.browser.visits import Visitor

# The columns this scheme needs; the template has more, for other kinds of aspects.
COLUMNS = (
    *("模块", "评分项编号", "评分项", "评分点编号", "评分要点", "类型", "满分"),
    *("下限", "上限", "计量单位", "每次扣分", "0 档", "1 档", "2 档", "3 档"),
)
LEVELS = ("不能运行", "能运行", "运行平稳", "可作示范")
SCHEME = (
    ("A", "A1", "程序", "A1-1", "轨迹规划合理", "J", 60, None, None, None, None, *LEVELS),
    ("A", "A1", "程序", "A1-2", "安全点位齐全", "B", 40, *[None] * 8),
    ("B", "B1", "作业", "B1-1", "定位误差", "M", 60, 0, "0.050", "mm", *[None] * 5),
    ("B", "B1", "作业", "B1-2", "违规操作", "D", 40, *[None] * 3, 5, *[None] * 4),
)


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
    assert who.sees("评审号已抽取，请打印记录、签字并封存。")
    sign_minute(who, by_hand=True)
    sign_minute(who, by_hand=False)
    who.follow("加密记录（密封用）")
    rows = who.page.locator("table tbody tr")
    j.codes = sorted(cells(row)[1] for row in rows.all())
    assert len(j.codes) == 4
    assert who.page.locator("figure.signature").count() == 2


def sign_minute(who: Visitor, *, by_hand: bool) -> None:
    """The encryption judge draws their name on the pad; the witness types theirs instead."""
    who.follow("加密裁判签字" if by_hand else "见证人签字")
    if by_hand:
        frame = who.page.get_by_role("img", name="签名框，尚未签名").bounding_box()
        assert frame is not None
        x, y = frame["x"] + 40, frame["y"] + 40
        who.page.mouse.move(x, y)
        who.page.mouse.down()
        for step in range(1, 8):
            who.page.mouse.move(x + 25 * step, y + 30 * (step % 2))
        who.page.mouse.up()
        expect(who.page.get_by_role("img", name="签名框，已签名")).to_be_visible()
    else:
        who.fill("或键入完整姓名", "甲监督员")
    who.press("签署记录")
    assert who.sees("签名已留存。")


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
    heads = [cell.value for cell in book.worksheets[0][1]]
    assert [head for head in heads if head in COLUMNS] == list(COLUMNS)
    for row in SCHEME:
        given = dict(zip(COLUMNS, row, strict=True))
        book.worksheets[0].append([given.get(str(head)) for head in heads])
    book.save(template)
    organizer.page.get_by_label("文件", exact=True).set_input_files(template)
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
