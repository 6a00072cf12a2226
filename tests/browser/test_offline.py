"""A judge's tablet without a network, in a real browser: nothing is lost and nothing is merged."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask_migrate import upgrade
from playwright.sync_api import Error, Page, expect
from sqlalchemy import select

from eventsys.config import read_settings
from eventsys.db import db, leave_groups, session
from eventsys.scoring.models import Mark, MarkSheet
from tests import judging
from tests.browser.conftest import wait_until_alive
from tests.browser.visits import Visitor
from tests.world import World, build_world
from wsgi import ROOT, create_app

TABLET, PHONE = (1180, 820), (390, 844)


@dataclass
class Site:
    """A server that can be stopped and started again under the same address."""

    env: dict[str, str]
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        config = str(ROOT / "deploy" / "gunicorn.conf.py")
        command = ["-m", "gunicorn", "--config", config, "--no-control-socket", "wsgi:create_app()"]
        self.running = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=self.env)
        wait_until_alive(self.env["EVENTSYS_URL"], self.running)

    def stop(self) -> None:
        if self.running is not None:
            self.running.terminate()
            self.running.wait(30)
            self.running = None


@pytest.fixture(scope="module")
def site_world(installation) -> World:
    """The small world with its sheets dealt."""
    app = create_app(read_settings(installation, ROOT))
    with app.app_context():
        upgrade()
        built = build_world()
        judging.ready_to_mark(built)
        db.session.remove()
        db.engine.dispose()
    return built


@pytest.fixture(scope="module")
def server(installation, site_world) -> Iterator[Site]:
    found = Site(installation)
    found.start()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def site(server) -> str:
    return server.env["EVENTSYS_URL"]


@pytest.fixture
def codes(installation, site_world) -> list[str]:
    app = create_app(read_settings(installation, ROOT))
    with app.app_context():
        leave_groups()
        found = sorted(set(session().scalars(select(MarkSheet.code))))
        db.session.remove()
        db.engine.dispose()
    return found


def on_the_server(installation, code: str, seat: int = 1) -> list[tuple[str, bool]]:
    """What holds on a sheet, read past the pages: values and whether contested."""
    app = create_app(read_settings(installation, ROOT))
    with app.app_context():
        leave_groups()
        found = session().execute(
            select(Mark.raw, Mark.is_contested)
            .join(Mark.sheet)
            .join(MarkSheet.seat)
            .where(MarkSheet.code == code, MarkSheet.seat.property.mapper.class_.seat == seat)
        )
        marks = sorted((str(raw), contested) for raw, contested in found)
        db.session.remove()
        db.engine.dispose()
    return marks


def row(page: Page, number: int):
    return page.locator("fieldset.mark").nth(number)


def give(page: Page, *, faults: int = 1, level: int = 2) -> None:
    """All five aspects of the small scheme: count, level, count, measure, met."""
    for number in (0, 2):
        row(page, number).locator("input").fill(str(faults))
        row(page, number).locator("input").press("Enter")
    row(page, 1).locator("label").nth(level).click()
    row(page, 3).locator("input").fill("31.99")
    row(page, 3).locator("input").press("Enter")
    row(page, 4).locator("label").first.click()


def opened(visitor: Visitor, world: World, code: str) -> Page:
    visitor.page.goto(f"/judging/{world.track_a}/{code}")
    return visitor.page


def cut_off(server: Site, page: Page) -> None:
    """The server is gone and the tablet knows that it has no network."""
    server.stop()
    page.context.set_offline(True)


def connected(server: Site, judge: Visitor, world: World, code: str) -> Page:
    """The server is back, and so is the network."""
    server.start()
    judge.page.context.set_offline(False)
    return opened(judge, world, code)


def killed_and_opened(judge: Visitor, world: World, code: str) -> Page:
    """The tab is killed; a new one of the same browser opens the sheet's address."""
    context = judge.page.context
    judge.page.close()
    judge.page = context.new_page()
    return opened(judge, world, code)


def hand_in(page: Page, code: str) -> None:
    page.get_by_role("button", name="核对并提交").click()
    page.get_by_role("dialog").get_by_role("button", name="提交", exact=True).click()
    page.get_by_text(f"{code} 的评分单已提交。").wait_for()


def test_a_day_without_a_network_survives_a_killed_tab(
    visit, server, installation, site_world, codes
):
    judge = visit("judge1_a", TABLET)
    page = opened(judge, site_world, codes[0])
    expect(page.locator("body")).to_have_attribute("data-offline", "ready", timeout=30_000)
    expect(page.locator("#kept")).to_contain_text("6 / 6")
    with page.expect_response("**/marks"):
        row(page, 1).locator("label").nth(3).click()
    judge.check()

    cut_off(server, page)
    give(page)
    expect(page.locator("#pill")).to_have_text("离线 · 5 项待同步")
    page.locator(".rail a").nth(1).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(codes[1])
    give(page, level=1)
    expect(page.locator("#pill")).to_have_text("离线 · 10 项待同步")
    page = killed_and_opened(judge, site_world, codes[0])
    expect(row(page, 1).locator("input").nth(2)).to_be_checked()
    expect(row(page, 3).locator("input")).to_have_value("31.99")
    expect(page.locator("#left-text")).to_have_text("全部评完，可以提交")
    page.get_by_role("button", name="核对并提交").click()
    expect(page.locator("#sheet-notice")).to_contain_text("恢复连接后再提交")
    page.goto(f"/judging/{site_world.track_a}")  # the address people know leads to a kept sheet
    expect(page.locator("fieldset.mark").first).to_be_visible()

    page = connected(server, judge, site_world, codes[0])
    expect(page.locator("#pill")).to_have_attribute("data-state", "ok", timeout=20_000)
    due = sorted([("1", False), ("1", False), ("1", False), ("2", False), ("31.99", False)])
    assert on_the_server(installation, codes[0]) == due
    assert len(on_the_server(installation, codes[1])) == 5
    hand_in(page, codes[0])
    judge.check()


def test_two_devices_that_differ_are_settled_by_the_chief_judge(
    visit, server, installation, site_world, codes
):
    one, other = visit("judge2_a", TABLET), visit("judge2_a", PHONE)
    pages = [opened(judge, site_world, codes[2]) for judge in (one, other)]
    for page, level in zip(pages, (2, 1), strict=True):
        with page.expect_response("**/marks"):
            row(page, 1).locator("label").nth(level).click()

    expect(row(pages[1], 1).locator(".mark-note")).to_contain_text("不一致")
    expect(pages[1].locator("#pill")).to_have_attribute("data-state", "ask")
    other.check()
    assert ("None", True) in on_the_server(installation, codes[2], seat=2)

    chief = visit("chief_a")
    chief.go(f"/chief/{site_world.track_a}")
    chief.follow("查看并选定")
    values = chief.page.get_by_role("row").filter(has_text="以此为准")
    assert values.count() == 2
    values.filter(has_text="甲裁判2").first.get_by_role("button").click()
    chief.page.get_by_text("已选定，该评分生效。").wait_for()
    chief.check()
    pages[1].reload()
    expect(pages[1].locator("#pill")).to_have_attribute("data-state", "ok")
    assert on_the_server(installation, codes[2], seat=2) == [("2", False)]


def test_what_a_judge_left_on_a_tablet_is_shown_to_nobody_else(visit, server, site_world, codes):
    judge = visit("judge3_a", TABLET)
    page = opened(judge, site_world, codes[0])
    expect(page.locator("body")).to_have_attribute("data-offline", "ready", timeout=30_000)
    page.locator("summary.bar-link").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/account/sign-in")

    assert page.evaluate("caches.has('eventsys-pages')") is False
    server.stop()
    with pytest.raises(Error):
        page.goto(f"/judging/{site_world.track_a}/{codes[0]}")
    server.start()
