"""From a session to drawn codes: stations, the scanner at the desk, the phone in a trainee's hand."""

import pytest

from eventsys.attendance.tickets import ticket_token
from eventsys.vault import use_vault

TABLET, PHONE = (1024, 768), (390, 844)


@pytest.fixture
def token(installation, site_world):
    """The code on the ticket of an entry of group B."""
    path = f"{installation['EVENTSYS_INSTANCE']}/keys/secret"

    def of(name):
        with open(path, encoding="ascii") as file:
            use_vault(bytes.fromhex(file.read().strip()))
        return ticket_token(site_world.ids[f"{name}_b"])

    return of


def scan(visitor, text):
    """What a scanner at the USB port does: it types and presses Enter."""
    visitor.page.keyboard.type(text)
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_load_state()
    visitor.check()


def focus(visitor) -> str:
    return visitor.page.evaluate("document.activeElement.id")


def test_stations_check_in_and_codes(visit, site, site_world, token):
    track = site_world.track_b
    organizer = visit("organizer_b", TABLET)
    organizer.go(f"/timetable/tracks/{track}/sessions/new")
    organizer.fill("名称", "第一场")
    organizer.page.get_by_label("开始时间").fill("09:00")
    organizer.page.get_by_label("结束时间").fill("12:00")
    organizer.press("添加场次")
    organizer.follow("工位图")
    organizer.page.locator("a.picker").first.click()
    organizer.page.wait_for_load_state()
    organizer.press("安排到 05 号工位")
    assert organizer.page.locator("a.seat-taken").count() == 1
    organizer.go(f"/timetable/tracks/{track}")
    organizer.follow("抽签定工位")
    organizer.press("立即抽签")
    assert organizer.sees("本次抽签种子")
    organizer.follow("第一场")
    assert organizer.page.locator("a.seat-taken").count() == 6

    steward = visit("steward_b", TABLET)
    steward.go(f"/attendance/events/{site_world.competition_b}/check-in")
    for n in range(1, 6):
        scan(steward, f"{site}/t/{token(f'entry{n}')}")
        assert focus(steward) == "code"
        scan(steward, "")
        assert focus(steward) == "code"
    assert steward.sees("已检录 5 / 6")
    scan(steward, token("entry1"))
    assert steward.sees("已于")
    assert steward.page.locator(".pass-warn").count() == 1
    scan(steward, "nonsense")
    assert focus(steward) == "code"

    encryptor = visit("encryptor_b", TABLET)
    encryptor.go(f"/draws/tracks/{track}")
    encryptor.press("锁定种子")
    encryptor.page.get_by_role("button", name="立即抽签").click()
    encryptor.page.get_by_role("dialog").get_by_role("button", name="是").click()
    encryptor.page.wait_for_load_state()
    encryptor.check()
    encryptor.follow("加密记录（密封用）")
    assert encryptor.page.locator("tbody tr").count() == 5

    scan(steward, "6")
    assert steward.sees("检录截止")


@pytest.mark.parametrize(
    ("account", "path"),
    [
        ("organizer_b", "/places/venues"),
        ("organizer_b", "/places/venues/{venue_b}"),
        ("organizer_b", "/places/rooms/{room_b}"),
        ("organizer_b", "/timetable/events/{competition_b}"),
        ("organizer_b", "/timetable/tracks/{class_b}"),
        ("organizer_b", "/attendance/tracks/{class_b}/check-in"),
        ("organizer_b", "/attendance/tracks/{class_b}/poster"),
        ("organizer_b", "/attendance/tracks/{class_b}/hours"),
        ("leader1_b", "/timetable/my-day"),
        ("participant_b", "/attendance/entries/{entry1_b}/ticket"),
        ("leader1_b", "/attendance/entries/{trainee1_b}/ticket"),
    ],
)
def test_pages_fit_a_phone_and_a_tablet(visit, site_world, account, path):
    for size in (PHONE, TABLET):
        visit(account, size).go(path.format(**site_world.ids))
