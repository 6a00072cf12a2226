"""From a session to drawn codes, with a scanner at the desk; every page on phone and tablet."""

from pathlib import Path

import pytest

from eventsys.attendance.tickets import ticket_token
from eventsys.vault import use_vault

TABLET, PHONE = (1024, 768), (390, 844)


@pytest.fixture
def token(installation, site_world):
    """The code on the ticket of an entry of group B."""
    secret = Path(installation["EVENTSYS_INSTANCE"], "keys", "secret")

    def of(name):
        use_vault(bytes.fromhex(secret.read_text().strip()))
        return ticket_token(site_world.ids[f"{name}_b"])

    return of


def scan(visitor, text):
    """What a scanner at the USB port does: it types and presses Enter."""
    visitor.page.keyboard.type(text)
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    visitor.check()


def focus(visitor) -> str:
    return visitor.page.evaluate("document.activeElement.id")


def set_stations(visitor, track):
    """A session, one station by hand, the others by lot."""
    visitor.go(f"/timetable/tracks/{track}/sessions/new")
    visitor.fill("场次名称", "第一场")
    visitor.fill("开始时间", "09:00")
    visitor.fill("结束时间", "12:00")
    visitor.press("添加场次")
    visitor.follow("工位图")
    with visitor.page.expect_navigation():
        visitor.page.locator("a.picker").first.click()
    with visitor.page.expect_navigation():
        visitor.page.locator("button.seat-go").nth(4).click()
    assert visitor.page.locator("a.seat-taken").count() == 1
    visitor.go(f"/timetable/tracks/{track}")
    visitor.follow("抽签定工位")
    visitor.press("立即抽签")
    assert visitor.sees("本次抽签种子")
    visitor.follow("第一场")
    assert visitor.page.locator("a.seat-taken").count() == 6


def draw_codes(visitor, track):
    """Fix the seed, draw, open the minute."""
    visitor.go(f"/draws/tracks/{track}")
    visitor.press("锁定种子")
    visitor.page.get_by_role("button", name="立即抽签").click()
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("dialog").get_by_role("button").last.click()
    visitor.check()
    visitor.follow("加密记录（密封用）")


def test_stations_check_in_and_codes(visit, site, site_world, token):
    track = site_world.track_b
    set_stations(visit("organizer_b", TABLET), track)

    steward = visit("steward_b", TABLET)
    steward.go(f"/attendance/events/{site_world.competition_b}/check-in")
    for n in range(1, 6):
        for typed in (f"{site}/t/{token(f'entry{n}')}", ""):
            scan(steward, typed)
            assert focus(steward) == "code"
    assert steward.sees("已检录 5 / 6")
    scan(steward, token("entry1"))
    assert steward.page.locator(".pass-warn").count() == 1
    scan(steward, "nonsense")
    assert focus(steward) == "code"

    encryptor = visit("encryptor_b", TABLET)
    draw_codes(encryptor, track)
    assert encryptor.page.locator("tbody tr").count() == 5
    scan(steward, "6")
    assert steward.sees("检录截止")


PAGES = {
    "organizer_b": (
        "/places/venues",
        "/places/venues/{venue_b}",
        "/places/rooms/{room_b}",
        "/timetable/events/{competition_b}",
        "/timetable/tracks/{class_b}",
        "/attendance/tracks/{class_b}/check-in",
        "/attendance/tracks/{class_b}/poster",
        "/attendance/tracks/{class_b}/hours",
    ),
    "leader1_b": ("/timetable/my-day", "/attendance/entries/{trainee1_b}/ticket"),
    "participant_b": ("/attendance/entries/{entry1_b}/ticket",),
}


@pytest.mark.parametrize("size", [PHONE, TABLET], ids=["phone", "tablet"])
def test_pages_fit(visit, site_world, size):
    for account, paths in PAGES.items():
        visitor = visit(account, size)
        for path in paths:
            visitor.go(path.format(**site_world.ids))
