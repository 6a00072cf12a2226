"""An organizer's way from tracks to a public timetable, and how judges and visitors then see it.

The planner really works, in the worker beside the server. Every page on the way is checked: by axe,
for sideways scrolling, and for what the policy of the page refuses.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visits import Visitor

DESK, PHONE = (1280, 900), (390, 844)
PLANNER_LIMIT, WORKER_LIMIT = 120_000, 60_000  # milliseconds; the planner warms up first
EARLY, LATE = "08:00", "13:30"
ROOM = "甲一号车间"
OFFICE = "您的工作：评分裁判"
TIMES = "人员,这段时间,星期,开始时间,结束时间\njudge2_a,不能到场,星期二,8:30,12:00\n"
PLACES = (
    "场馆名称,地址,场地名称,场地用途,每排工位数,工位,设备品牌或型号,备用\n"
    "甲实训中心,文化路 1 号,甲一号车间,,4,01,,否\n"
    "北楼,北路 1 号,101,理论,5,A01,甲牌,是\n"
)
expect.set_options(timeout=15_000)


@pytest.fixture
def plan(site_world) -> str:
    """Where the plan of the competition lies."""
    return f"/plans/events/{site_world.competition_a}"


@pytest.fixture
def public(site_world) -> str:
    """Where everybody reads its timetable."""
    return f"/public/timetable/{site_world.competition_a}"


def test_from_the_tracks_to_a_public_timetable(visit, site_world, plan, public):
    organizer, judge, phone = visit("organizer_a", DESK), visit("judge1_a", PHONE), PHONE
    prepare(organizer, plan)
    let_the_planner_work(organizer, plan)
    first = publish(organizer, plan, "初稿")
    starts = read_in_public(visit(None, phone), public)
    read_ones_duty(judge, starts)

    carried = visit("organizer_a", phone)
    later = move_the_session(carried, plan)
    assert later != starts
    second = publish(carried, plan, "领队会后")
    assert second != first
    assert read_in_public(visit(None, phone), public) == later
    read_ones_duty(judge, later)
    say_when_one_can_come(judge)
    subscribe(judge)

    log_a_fault(visit("floor_a", phone), site_world)
    print_a_paper(organizer, second)
    look_at_every_page(carried, plan, site_world, second)


# ---- the organizer


def prepare(organizer: Visitor, plan: str) -> None:
    """Days and shifts, what the tracks need, and the sessions that follow from it."""
    organizer.go(plan)
    organizer.go(f"{plan}/settings")
    organizer.press("套用")
    organizer.go(f"{plan}/needs")
    organizer.press("套用常用需求")
    check_anew(organizer)
    organizer.press("生成场次")
    organizer.go(plan)


def let_the_planner_work(organizer: Visitor, plan: str) -> None:
    """Ask, watch the curve, end it early, compare with the present plan, accept."""
    organizer.press("开始排程")
    expect(organizer.page.locator("#run-progress figure.line")).to_be_visible(timeout=PLANNER_LIMIT)
    check_anew(organizer)
    organizer.press("停止并保留当前最好方案")
    accept = organizer.page.get_by_role("button", name="采用方案")
    expect(accept).to_be_visible(timeout=PLANNER_LIMIT)
    shows(organizer, "新排定")
    check_anew(organizer)
    agree_to(organizer, "采用方案")
    shows(organizer, "已采用：")
    check_anew(organizer)
    organizer.go(f"{plan}/board")


def move_the_session(organizer: Visitor, plan: str) -> str:
    """Another half day for it, by the form that every telephone can fill in; when it starts now."""
    organizer.go(plan)
    link = organizer.page.get_by_role("main").locator("a[href^='/plans/items/']").first
    organizer.go(str(link.get_attribute("href")).replace("/edit", "/move"))
    now = organizer.page.get_by_role("main").inner_text()
    starts = LATE if EARLY in now else EARLY
    day = organizer.page.get_by_label("日期", exact=True)
    day.select_option(index=day.locator("option").count() - 1)
    organizer.fill("开始时间", starts)
    organizer.press("移动")
    shows(organizer, starts)
    return starts


def publish(organizer: Visitor, plan: str, name: str) -> str:
    """Keep the timetable under a name, look at what it changes, publish it; where it lies."""
    organizer.go(f"{plan}/versions")
    check_anew(organizer)
    organizer.fill("版本名称", name)
    organizer.press("保存为版本")
    organizer.press("公布此版本")
    shows(organizer, "已公布，通知了")
    check_anew(organizer)
    return organizer.page.url.split("#")[0]


def print_a_paper(organizer: Visitor, version: str) -> None:
    """Paper of the version, made by the worker."""
    organizer.go(version)
    organizer.page.locator("#paper button").first.click()
    download = organizer.page.get_by_role("link", name="下载", exact=True)
    expect(download).to_be_visible(timeout=WORKER_LIMIT)
    organizer.check()


def look_at_every_page(organizer: Visitor, plan: str, world, version: str) -> None:
    """What else an organizer has on a telephone."""
    duties = f"/duties/events/{world.competition_a}"
    pages = ("", "/settings", "/needs", "/board", "/versions")
    for path in (*(f"{plan}{page}" for page in pages), version, duties, f"{duties}/people"):
        organizer.go(path)
    organizer.go(f"/duties/people/{world.judge1_a}/times")
    compare(organizer, f"{duties}/times/import", TIMES, "全部保存")
    compare(organizer, "/places/import", PLACES, "全部保存")
    compare(organizer, "/places/import", PLACES.replace("理论", "睡觉"), "场地用途应为以下之一")
    for start, part in ((plan, "/edit"), (plan, "/delay"), (duties, "/duties/"), (plan, "/runs/")):
        organizer.page.goto(start)
        links = organizer.page.get_by_role("main").locator(f"a[href*='{part}']")
        organizer.go(str(links.first.get_attribute("href")))


def compare(organizer: Visitor, path: str, table: str, answer: str) -> None:
    """What a file would change, or what is wrong with it."""
    organizer.go(path)
    file = {"name": "表.csv", "mimeType": "text/csv", "buffer": table.encode("gb18030")}
    organizer.page.locator("main input[type=file]").set_input_files(file)
    organizer.press("比对")
    shows(organizer, answer)
    check_anew(organizer)


# ---- everybody else


def read_in_public(visitor: Visitor, public: str) -> str:
    """The page for everybody, inside another site too; when the session starts."""
    visitor.go(f"{public}/embed")
    shows(visitor, ROOM)
    visitor.go(public)
    shows(visitor, ROOM)
    found = re.search(r"(\d\d:\d\d)–\d\d:\d\d", visitor.page.get_by_role("main").inner_text())
    assert found is not None
    return found[1]


def read_ones_duty(judge: Visitor, starts: str) -> None:
    judge.go("/timetable/my-day")
    for text in (OFFICE, ROOM, starts):
        shows(judge, text)
    judge.go("/duties/mine")
    shows(judge, starts)


def say_when_one_can_come(judge: Visitor) -> None:
    judge.follow("我的到场时间")
    judge.choose("星期", "星期日")
    judge.press("保存")
    shows(judge, "已登记，排程会遵守。")
    check_anew(judge)


def subscribe(judge: Visitor) -> None:
    judge.go("/my-calendar")
    judge.press("生成订阅地址")
    address = judge.page.get_by_label("把它粘贴到").input_value()
    answer = judge.page.request.get(address)
    assert (answer.status, "BEGIN:VEVENT" in answer.text()) == (200, True)
    check_anew(judge)


def log_a_fault(floor: Visitor, world) -> None:
    """Two taps in the room, and that it was mended."""
    floor.go(f"/stations/rooms/{world.room_a}")
    floor.go(f"/stations/{world.station2_a}")
    floor.press("断电")
    shows(floor, "起故障：断电")
    check_anew(floor)
    floor.press("已修复")
    shows(floor, "故障记录")
    check_anew(floor)


# ---- what everybody does


def shows(visitor: Visitor, text: str) -> None:
    """Wait until the words stand on the page."""
    expect(visitor.page.get_by_role("main")).to_contain_text(text)


def agree_to(visitor: Visitor, button: str) -> None:
    """Press a button that asks first, and say yes."""
    visitor.page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
    visitor.page.get_by_role("dialog").get_by_role("button", name="确定").click()
    visitor.page.wait_for_load_state()


def check_anew(visitor: Visitor) -> None:
    """Check a page that was checked before and says something else now."""
    visitor.checked.discard(visitor.page.url.split("#")[0])
    visitor.check()
