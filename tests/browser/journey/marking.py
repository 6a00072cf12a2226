"""From the first tap to the opening of the map: nobody who marks knows whom."""

from playwright.sync_api import Locator, expect

from tests.browser.journey.people import (
    CONTESTANTS,
    SINGLE,
    TABLET,
    UNIT1,
    UNIT2,
    Journey,
    cells,
    choose,
    menu,
    reach,
)
from tests.browser.visits import Visitor
from tests.world import PASSWORD

JUDGES = tuple(f"judge{number}_a" for number in range(1, 6))
# What follows for the codes in their order: A = 60·level/3 + 40, B = 60 + 40 − 5·faults, 40 % and
# 60 %. The fifth judge counts one fault more on every sheet and falls out of the trimmed mean.
LEVEL_OF = (3, 2, 1, 0)


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
