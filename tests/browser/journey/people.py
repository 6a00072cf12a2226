"""Who takes part in the journey, what they hand on, and how people use a page."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, expect

from tests.browser.visits import Visitor
from tests.world import id_number

DESK, TABLET, PHONE = (1280, 900), (1180, 820), (390, 844)
TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()
EVENT, SINGLE, TEAM = "职业院校技能节", "工业机器人编程", "智能产线联调"
UNIT1, UNIT2 = "甲职业技术学院", "甲工业学院"
# The contestants of the single track; the first one's name is mistyped until the entry comes back.
MISTYPED, CORRECT = "苏晓雪", "苏晓雪梅"
SECOND, THIRD, FOURTH = "谢长河", "罗一川", "方小满"
CONTESTANTS = (CORRECT, SECOND, THIRD, FOURTH)


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
