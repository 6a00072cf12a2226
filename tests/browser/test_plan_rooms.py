"""The stations of a room in a real browser: mouse, finger, keyboard, undo, two people, a phone."""

import re
from datetime import timedelta

import pytest
from flask_migrate import upgrade
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import delete, select, update

from eventsys import clock
from eventsys.db import db, session, transaction
from eventsys.plans.models import PlanMove
from eventsys.plans.placing import put_item
from eventsys.plans.problem import problem_of
from eventsys.registration.models import Entry
from eventsys.timetable.models import Placement, Station
from tests import moving
from tests.browser.visits import Visitor
from tests.world import World, build_world

DESK, TABLET, PHONE = (1280, 900), (820, 1100), (390, 844)
expect.set_options(timeout=15_000)  # the server answers in time, a busy machine may not


@pytest.fixture(scope="module")
def site_world(installed) -> World:
    """The small world, K1 in the hall on the second morning."""
    with installed.app_context():
        upgrade()
        built = moving.lay_out(build_world())
        with transaction():
            item = moving.item(built, "K1")
            starts = problem_of(item.track.event).origin + timedelta(minutes=moving.MORNING)
            put_item(item, built.hall, starts)
        db.session.remove()
        db.engine.dispose()
    return built


@pytest.fixture
def sits(rows):
    """Labels by ticket number."""

    def find():
        found = session().execute(
            select(Entry.number, Station.label)
            .join(Placement, Placement.entry_id == Entry.id)
            .join(Station, Station.id == Placement.station_id)
        )
        return {row[0]: row[1] for row in found}

    return lambda: rows(find)


@pytest.fixture
def fresh(rows, site_world):
    """Entries 1 and 2 at the first stations, the others in the tray; station 04 is faulty."""

    def clear():
        with transaction():
            for kind in (Placement, PlanMove):
                session().execute(delete(kind))
            faulty = update(Station).filter_by(id=site_world.hall_station4)
            session().execute(faulty.values(faulty_since=clock.now()))
        moving.seat(site_world, "K1", "entry1_a", "entry2_a")

    rows(clear)


@pytest.fixture
def room(visit, site_world, fresh):
    """The stations of the hall on the second day, open for somebody."""

    def open_room(account="organizer_a", size=DESK):
        visitor = visit(account, size)
        visitor.go(f"/plans/events/{site_world.competition_a}/rooms/{site_world.hall}?day=1")
        if size != PHONE:
            expect(visitor.page.locator(".plan-col")).to_have_count(4)
            expect(visitor.page.locator("#plan-count")).not_to_be_empty()
        return visitor

    return open_room


def block(page: Page, number: str) -> Locator:
    return page.locator(".plan-block", has=page.locator("b", has_text=re.compile(f"^{number} ")))


def lane(page: Page, label: str) -> Locator:
    head = page.locator("h3", has_text=re.compile(f"^{label}"))
    return page.locator(".plan-col", has=head).locator(".plan-lane")


def middle(where: Locator) -> tuple[float, float]:
    box = where.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 40)


def drag(page: Page, number: str, to: Locator) -> None:
    """Take an entry and let it go over something."""
    page.mouse.move(*middle(block(page, number)))
    page.mouse.down()
    page.mouse.move(*middle(to), steps=6)
    page.mouse.up()


def saved(page: Page) -> None:
    expect(page.locator("#plan-pill")).to_have_attribute("data-state", "ok")


def test_an_entry_is_dragged_to_a_free_station_and_stays_after_a_reload(room, sits):
    visitor = room()
    drag(visitor.page, "001", lane(visitor.page, "03"))
    saved(visitor.page)

    assert sits() == {1: "03", 2: "02"}
    visitor.page.reload()
    expect(lane(visitor.page, "03").locator(".plan-block")).to_contain_text("001")
    visitor.checked.clear()
    visitor.check()


def test_two_change_places_after_being_shown(room, sits):
    page = room().page
    page.mouse.move(*middle(block(page, "001")))
    page.mouse.down()
    page.mouse.move(*middle(lane(page, "02")), steps=6)
    expect(page.locator(".plan-landing")).to_have_class(re.compile("is-warn"))
    expect(page.locator("#plan-say")).to_contain_text("该工位现为 002 号，将与其对调")
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_contain_text("换到 01 号工位")
    page.get_by_role("button", name="放回原处").click()
    saved(page)
    assert sits() == {1: "01", 2: "02"}

    drag(page, "001", lane(page, "02"))
    page.get_by_role("dialog").get_by_role("button", name="仍然移动").click()
    saved(page)
    assert sits() == {1: "02", 2: "01"}
    expect(lane(page, "01").locator(".plan-block")).to_contain_text("002")


def test_a_faulty_station_takes_nobody_and_says_so_at_once(room, sits):
    visitor = room()
    page = visitor.page
    page.mouse.move(*middle(block(page, "001")))
    page.mouse.down()
    page.mouse.move(*middle(lane(page, "04")), steps=6)
    expect(page.locator(".plan-landing")).to_have_class(re.compile("is-block"))
    page.mouse.up()

    expect(page.locator("#plan-notice")).to_contain_text("故障")
    assert sits() == {1: "01", 2: "02"}
    visitor.checked.clear()
    visitor.check()


def test_everything_goes_by_keyboard_and_is_said(room, sits):
    page = room().page
    say = page.locator("#plan-say")
    block(page, "001").focus()
    page.keyboard.press("Enter")
    expect(say).to_contain_text("已拿起 001 号")
    page.keyboard.press("ArrowRight")
    expect(say).to_contain_text("02 号工位")
    page.keyboard.press("ArrowRight")
    expect(say).to_contain_text("可以放在这里")
    page.keyboard.press("Enter")
    saved(page)
    assert sits() == {1: "03", 2: "02"}
    expect(block(page, "001")).to_be_focused()


def test_keys_put_back_into_the_tray_undo_and_repeat(room, sits):
    page = room().page
    say = page.locator("#plan-say")
    block(page, "001").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Escape")
    expect(say).to_contain_text("保持原位")
    page.keyboard.press("Enter")
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    saved(page)
    assert sits() == {2: "02"}
    expect(page.locator("#plan-tray-count")).to_have_text("5")

    page.keyboard.press("Control+z")
    expect(page.locator("#plan-tray-count")).to_have_text("4")
    saved(page)
    assert sits() == {1: "01", 2: "02"}
    page.keyboard.press("Control+y")
    expect(page.locator("#plan-tray-count")).to_have_text("5")
    saved(page)
    assert sits() == {2: "02"}


def test_the_tray_gives_and_takes_by_mouse(room, sits):
    page = room().page
    drag(page, "003", lane(page, "03"))
    saved(page)
    assert sits() == {1: "01", 2: "02", 3: "03"}

    drag(page, "002", page.locator("#plan-tray-list"))
    saved(page)
    assert sits() == {1: "01", 3: "03"}
    page.get_by_role("button", name="撤销").click()
    expect(lane(page, "02").locator(".plan-block")).to_contain_text("002")
    saved(page)
    assert sits() == {1: "01", 2: "02", 3: "03"}


def test_two_people_see_each_other_and_neither_loses_work(room, sits):
    mine, theirs = room(), room("colleague_a")
    mine.page.evaluate("plan.hold.start(plan.cards.values().next().value, 'key')")  # hears nothing
    drag(theirs.page, "001", lane(theirs.page, "03"))
    saved(theirs.page)
    mine.page.evaluate("plan.hold.cancel()")
    mine.page.evaluate(
        """() => {
          const card = Array.from(plan.cards.values()).find((one) => one.number === '001');
          const to = plan.facts.stations.find((one) => one.label === '02');
          plan.ground.send(card, { station: card.station }, { station: to.id });
        }"""
    )

    expect(mine.page.locator("#plan-notice")).to_contain_text("001 号刚刚被他人调整")
    expect(lane(mine.page, "03").locator(".plan-block")).to_contain_text("001")
    assert sits() == {1: "03", 2: "02"}


def test_a_finger_carries_after_a_short_press(browser, site, site_world, fresh, sits):
    context = browser.new_context(
        base_url=site,
        viewport={"width": TABLET[0], "height": TABLET[1]},
        locale="zh-CN",
        has_touch=True,
    )
    visitor = Visitor(context.new_page())
    page = visitor.page
    visitor.sign_in("organizer_a")
    visitor.go(f"/plans/events/{site_world.competition_a}/rooms/{site_world.hall}?day=1")
    expect(block(page, "001")).to_be_visible()
    page.locator("#plan-scroll").scroll_into_view_if_needed()
    from_x, from_y = middle(block(page, "001"))
    wire = context.new_cdp_session(page)

    def touch(kind, *points):
        told = [{"x": x, "y": y} for x, y in points]
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    touch("touchStart", (from_x, from_y))
    expect(page.locator("body.plan-holding")).to_have_count(1)
    to_x, to_y = middle(lane(page, "03"))
    for n in range(1, 6):
        touch("touchMove", (from_x + (to_x - from_x) * n / 5, from_y + (to_y - from_y) * n / 5))
    expect(page.locator(".plan-landing")).to_be_visible()
    touch("touchEnd")
    saved(page)

    assert sits() == {1: "03", 2: "02"}
    visitor.close()


def test_the_phone_shows_the_day_as_a_list(room):
    visitor = room(size=PHONE)
    page = visitor.page

    assert page.locator(".plan-block").count() == 0
    expect(page.get_by_role("listitem").filter(has_text="001 ")).to_contain_text("01")
    page.get_by_role("main").get_by_role("link", name="工位图").first.click()
    visitor.check()


def test_the_board_s_columns_lead_here_by_keyboard_too(visit, site_world, fresh):
    visitor = visit("organizer_a", DESK)
    visitor.go(f"/plans/events/{site_world.competition_a}/board?day=1")
    head = visitor.page.locator(".plan-col h3 a", has_text="二号车间")
    head.focus()
    visitor.page.keyboard.press("Enter")

    expect(visitor.page.locator("h1")).to_have_text("二号车间 工位安排")
    expect(lane(visitor.page, "01").locator(".plan-block")).to_contain_text("001")
