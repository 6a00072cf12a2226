"""The plan editor in a real browser: mouse, finger, keyboard, undo, two people, a weak network."""

import re

import pytest
from flask_migrate import upgrade
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import delete, select

from eventsys.db import db, session, transaction
from eventsys.duties.rules import Office
from eventsys.plans.models import PlanItem, PlanMove, PlanPost
from eventsys.timetable.models import Placement, Session
from tests import moving
from tests.browser.visits import Visitor
from tests.world import World, build_world

DESK, TABLET, PHONE = (1280, 900), (820, 1100), (390, 844)
SECOND_DAY = 1
expect.set_options(timeout=15_000)  # the server answers in time, a busy machine may not


@pytest.fixture(scope="module")
def site_world(installed) -> World:
    """The small world with a small plan."""
    with installed.app_context():
        upgrade()
        built = moving.lay_out(build_world())
        db.session.remove()
        db.engine.dispose()
    return built


@pytest.fixture
def lies(rows, site_world):
    """Room and minute of an item, or nothing."""

    def find(name):
        where = rows(lambda: moving.lies(site_world, name))
        return where and (where.room, where.at)

    return find


@pytest.fixture
def fresh(rows, site_world):
    """Every item in the tray again."""

    def clear():
        with transaction():
            for item in session().scalars(select(PlanItem)):
                item.session_id = None
            session().flush()
            for kind in (Placement, Session, PlanMove):
                session().execute(delete(kind))

    rows(clear)


@pytest.fixture
def board(visit, site_world, fresh):
    """The editor of the competition at its second day, open for somebody."""

    def open_board(account="organizer_a", size=DESK):
        visitor = visit(account, size)
        visitor.go(f"/plans/events/{site_world.competition_a}/board?day={SECOND_DAY}")
        if size != PHONE:
            expect(visitor.page.locator(".plan-col")).to_have_count(2)
            expect(visitor.page.locator("#plan-count")).not_to_be_empty()
        return visitor

    return open_board


def block(page: Page, name: str) -> Locator:
    return page.locator(".plan-block", has=page.locator("b", has_text=re.compile(f"^{name}$")))


def spot(page: Page, room: str, time: str) -> tuple[float, float]:
    """Where a time of a room is on the screen."""
    return page.evaluate(
        """([room, time]) => {
          const plan = window.plan, board = plan.board;
          const column = plan.facts.columns.find((c) => c.name === room);
          const [h, m] = time.split(':').map(Number);
          const lane = board.lane(column.id);
          board.show({ room: column.id, at: board.view.day * 1440 + h * 60 + m });
          const box = lane.getBoundingClientRect();
          return [box.left + 40, box.top + (h * 60 + m - board.from) * board.view.scale];
        }""",
        [room, time],
    )


def drag(page: Page, name: str, room: str, time: str) -> None:
    """Take a block at its top and let it go at a time of a room."""
    box = block(page, name).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 1)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 20, steps=3)
    in_tray = block(page, name).locator("xpath=ancestor::*[@id='plan-tray']").count()
    x, y = spot(page, room, time)
    grip = page.evaluate("plan.cards.get(plan.hold.card.id).minutes") if in_tray else 0
    scale = page.evaluate("plan.board.view.scale")
    page.mouse.move(x, y + (min(grip / 2, 15) * scale if in_tray else 1), steps=5)
    page.mouse.up()


def saved(page: Page) -> None:
    expect(page.locator("#plan-pill")).to_have_attribute("data-state", "ok")


def minute(hour: int, minutes: int = 0) -> int:
    return SECOND_DAY * 1440 + hour * 60 + minutes


def test_a_session_is_dragged_from_the_tray_and_stays_after_a_reload(board, lies, site_world):
    visitor = board()
    drag(visitor.page, "K1", "甲一号车间", "09:00")
    saved(visitor.page)

    assert lies("K1") == (site_world.room_a, minute(9))
    visitor.page.reload()
    expect(block(visitor.page, "K1")).to_contain_text("09:00–10:00")
    expect(visitor.page.locator("#plan-tray-count")).to_have_text("3")
    visitor.checked.clear()
    visitor.check()


def test_what_does_not_fit_says_so_while_it_is_carried_and_goes_back(board, lies):
    visitor = board()
    page = visitor.page
    drag(page, "K1", "甲一号车间", "09:00")
    saved(page)
    box = block(page, "K2").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 5)
    page.mouse.down()
    x, y = spot(page, "甲一号车间", "09:40")
    page.mouse.move(x, y, steps=6)

    expect(page.locator(".plan-landing")).to_have_class(re.compile("is-block"))
    expect(page.locator("#plan-say")).to_contain_text("同时使用")
    page.mouse.up()

    expect(page.locator("#plan-notice")).to_contain_text("不能放在那里")
    expect(page.locator("#plan-notice li")).to_contain_text("请给其中一个换场地或换时间")
    expect(block(page, "K2").locator("xpath=ancestor::*[@id='plan-tray']")).to_have_count(1)
    assert lies("K2") is None
    visitor.checked.clear()
    visitor.check()


def test_everything_goes_by_keyboard_and_is_said(board, lies, site_world):
    page = board().page
    say = page.locator("#plan-say")
    block(page, "K1").focus()
    page.keyboard.press("Enter")
    expect(say).to_contain_text("已拿起 K1")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(say).to_contain_text("甲一号车间")
    expect(say).to_contain_text("08:20–09:20")
    expect(say).to_contain_text("可以放在这里")
    page.keyboard.press("Enter")
    saved(page)

    assert lies("K1") == (site_world.room_a, minute(8, 20))
    expect(block(page, "K1")).to_be_focused()

    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    expect(say).to_contain_text("保持原位")
    assert lies("K1") == (site_world.room_a, minute(8, 20))

    page.keyboard.press("Enter")
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    saved(page)
    assert lies("K1") is None


def test_a_drop_tells_at_once_what_is_wrong_there_and_undo_that_it_is_not(board, rows, site_world):
    def ask_for_a_judge():
        with transaction():
            post = PlanPost(item_id=site_world.T1, office=Office.JUDGE, seat=1)
            moving.keep(site_world, "post", post)

    rows(ask_for_a_judge)
    page = board().page
    drag(page, "T1", "甲一号车间", "09:00")
    expect(block(page, "T1").locator(".plan-flag")).to_be_visible(timeout=6000)
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("#plan-count")).to_have_text("没有冲突", timeout=6000)


def test_arrows_walk_from_session_to_session(board):
    page = board().page
    drag(page, "K1", "甲一号车间", "09:00")
    drag(page, "K2", "甲一号车间", "11:00")
    drag(page, "K3", "二号车间", "11:00")
    saved(page)
    block(page, "K1").focus()
    walked = []
    for key in ("ArrowDown", "ArrowLeft", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
        walked.append(page.evaluate("document.activeElement.querySelector('b').textContent"))

    assert walked == ["K2", "K3", "K2", "K1"]


def test_undo_and_redo_by_keys_and_buttons(board, lies, site_world):
    page = board().page
    drag(page, "K1", "甲一号车间", "09:00")
    saved(page)
    block(page, "K1").focus()
    page.keyboard.press("Control+z")
    expect(page.locator("#plan-tray-count")).to_have_text("4")
    saved(page)
    assert lies("K1") is None

    page.get_by_role("button", name="重做").click()
    expect(page.locator("#plan-tray-count")).to_have_text("3")
    saved(page)
    assert lies("K1") == (site_world.room_a, minute(9))


def test_two_people_see_each_other_and_neither_loses_work(board, lies, site_world):
    mine, theirs = board(), board("colleague_a")
    drag(mine.page, "K1", "甲一号车间", "09:00")
    drag(theirs.page, "K2", "二号车间", "09:00")
    saved(mine.page)
    saved(theirs.page)
    expect(block(mine.page, "K2")).to_contain_text("09:00–10:00")
    expect(block(theirs.page, "K1")).to_contain_text("09:00–10:00")

    mine.page.evaluate(
        "plan.hold.start(plan.cards.values().next().value, 'key')"
    )  # it hears nothing
    drag(theirs.page, "K1", "甲一号车间", "14:00")
    saved(theirs.page)
    mine.page.evaluate("plan.hold.cancel()")
    drag(mine.page, "K1", "甲一号车间", "11:00")

    expect(mine.page.locator("#plan-notice")).to_contain_text("甲同事 刚刚移动了“K1”")
    expect(block(mine.page, "K1")).to_contain_text("14:00–15:00")
    assert lies("K1") == (site_world.room_a, minute(14))
    assert lies("K2") == (site_world.hall, minute(9))


def test_a_move_without_a_connection_waits_and_survives_a_reload(board, lies, site_world):
    visitor = board()
    page = visitor.page
    page.route("**/moves", lambda route: route.abort())
    drag(page, "K1", "甲一号车间", "09:00")
    expect(page.locator("#plan-pill")).to_contain_text("1")
    expect(block(page, "K1")).to_have_class(re.compile("plan-sending"))
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(block(page, "K1")).to_contain_text("09:00–10:00")
    assert lies("K1") is None

    page.unroute("**/moves")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    saved(page)
    assert lies("K1") == (site_world.room_a, minute(9))
    visitor.complaints.clear()  # the browser's own words about the requests that were cut off


def test_an_answer_that_was_lost_moves_nothing_twice(board, rows, site_world):
    visitor = board()
    page = visitor.page
    lost = []

    def lose(route):
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/moves", lose)
    drag(page, "K1", "甲一号车间", "09:00")
    saved(page)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    saved(page)

    assert lost == [200]
    assert rows(lambda: len(session().scalars(select(PlanMove)).all())) == 1
    visitor.complaints.clear()


def test_people_with_stations_are_asked_about(board, rows, lies, site_world):
    page = board().page
    drag(page, "K1", "甲一号车间", "09:00")
    saved(page)
    rows(lambda: moving.seat(site_world, "K1", "entry1_a", "entry2_a"))
    drag(page, "K1", "二号车间", "09:00")
    expect(page.get_by_role("dialog")).to_contain_text("已有 2 个报名在此安排了工位")
    page.get_by_role("button", name="放回原处").click()
    saved(page)
    assert lies("K1") == (site_world.room_a, minute(9))

    drag(page, "K1", "二号车间", "09:00")
    page.get_by_role("dialog").get_by_role("button", name="仍然移动").click()
    saved(page)
    assert lies("K1") == (site_world.hall, minute(9))


def test_a_finger_carries_after_a_short_press(browser, site, site_world, fresh, lies):
    context = browser.new_context(
        base_url=site,
        viewport={"width": TABLET[0], "height": TABLET[1]},
        locale="zh-CN",
        has_touch=True,
    )
    visitor = Visitor(context.new_page())
    page = visitor.page
    visitor.sign_in("organizer_a")
    visitor.go(f"/plans/events/{site_world.competition_a}/board?day={SECOND_DAY}")
    expect(block(page, "K1")).to_be_visible()
    box = block(page, "K1").bounding_box()
    x, y = box["x"] + 40, box["y"] + 10
    wire = context.new_cdp_session(page)

    def touch(kind, *points):
        told = [{"x": x, "y": y} for x, y in points]
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    touch("touchStart", (x, y))
    expect(page.locator("body.plan-holding")).to_have_count(1)
    to_x, to_y = spot(page, "甲一号车间", "09:00")
    for n in range(1, 6):
        touch("touchMove", (x + (to_x - x) * n / 5, y + (to_y - y) * n / 5))
    expect(page.locator(".plan-landing")).to_be_visible()
    touch("touchEnd")
    saved(page)

    where = lies("K1")
    assert where is not None
    assert where[0] == site_world.room_a
    visitor.close()


def test_the_phone_shows_the_day_as_a_list_and_moves_by_a_form(board, lies, site_world):
    visitor = board(size=PHONE)
    page = visitor.page
    assert page.locator(".plan-block").count() == 0
    page.get_by_role("listitem").filter(has_text="K1").get_by_role("link").click()
    visitor.check()
    visitor.choose("场地", "甲实训中心 · 甲一号车间")
    page.get_by_label("日期").select_option(index=SECOND_DAY)
    visitor.fill("开始时间", "09:00")
    visitor.press("移动")

    assert lies("K1") == (site_world.room_a, minute(9))
    expect(page.get_by_role("listitem").filter(has_text="K1")).to_contain_text("09:00–10:00")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_the_day_prints(board):
    visitor = board()
    drag(visitor.page, "K1", "甲一号车间", "09:00")
    saved(visitor.page)
    visitor.page.get_by_role("link", name="打印当天").click()
    expect(visitor.page.locator("svg[role=img] text", has_text="09:00 K1")).to_have_count(1)
    visitor.check()
