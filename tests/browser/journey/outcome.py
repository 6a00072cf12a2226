"""Results and certificates."""

import re
import time

import openpyxl
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.journey.people import (
    CONTESTANTS,
    DESK,
    EVENT,
    PHONE,
    SINGLE,
    Journey,
    agree,
    cells,
    finished_task,
    menu,
    write,
)
from tests.browser.visits import Visitor

TOTALS = ("100.00", "89.00", "78.00", "67.00")
PRIZES = ("一等奖", "二等奖", "三等奖", "–")


def publish(j: Journey) -> None:
    """The organizer sees the ranking of names and publishes; without a notice it is final."""
    organizer = j.person("organizer_a")
    organizer.go(j.track)
    organizer.follow("成绩")
    ranking = organizer.page.get_by_role("table", name="排名").locator("tbody tr").all()
    assert [cells(row)[2] for row in ranking] == j.names
    organizer.page.get_by_label("立即公布").check()
    organizer.press("生成成绩")
    assert organizer.sees("成绩已公布。")
    become_final(organizer)


def become_final(organizer: Visitor) -> None:
    """A notice of no minutes is over at once: the worker makes the results final within seconds."""
    state = organizer.page.locator("h1 .badge")
    until = time.monotonic() + 40
    while state.inner_text().strip() != "最终成绩" and time.monotonic() < until:
        organizer.page.wait_for_timeout(1000)
        organizer.page.reload()
    expect(state).to_have_text("最终成绩")
    organizer.check()


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
