"""The check-in desk and the QR image of a ticket."""

import re

import pytest
from sqlalchemy import select

from eventsys.attendance.actions import end_check_in
from eventsys.attendance.models import Arrival, SignIn
from eventsys.db import db, session, transaction
from eventsys.events.models import Track
from eventsys.identity.policy import System
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState


@pytest.fixture
def desk(world):
    return f"/attendance/events/{world.competition_a}/check-in"


def arrivals(app) -> list[int]:
    with app.app_context():
        return list(session().scalars(select(Arrival.entry_id)))


def name_of(app, entry_id: int) -> str:
    with app.app_context():
        return session().get_one(Entry, entry_id).label


def without_csrf(page: str) -> str:
    """A page without the token that changes with every second."""
    return re.sub(r'(name="csrf[-_]token" (?:value|content)=)"[^"]*"', r"\1", page)


def test_a_scan_shows_the_card_and_enter_checks_in(browse, app, world, desk, token):
    client = browse("steward_a")

    card = client.post(desk, data={"code": f"https://example.org/t/{token('entry1_a')}"})
    before = arrivals(app)
    done = client.post(desk, data={"code": "", "pending": token("entry1_a")})
    page = client.get(desk).text

    assert (card.status_code, done.location) == (200, desk)
    assert name_of(app, world.entry1_a) in card.text
    assert "确认检录" in card.text
    assert (before, arrivals(app)) == ([], [world.entry1_a])
    assert "已检录 1 / 6" in page
    assert "已登记到场" in page


def test_the_second_scan_is_amber_and_tells_of_the_first(browse, app, world, desk, token):
    steward, organizer = browse("steward_a"), browse("organizer_a")
    steward.post(desk, data={"pending": token("entry1_a")})

    card = organizer.post(desk, data={"code": token("entry1_a")})
    again = organizer.post(desk, data={"pending": token("entry1_a")}, follow_redirects=True)

    assert (card.status_code, again.status_code) == (200, 200)
    assert "pass-warn" in card.text
    assert "甲检录员" in card.text
    assert "notice-warn" in again.text
    assert "此前已登记" in again.text
    assert arrivals(app) == [world.entry1_a]


def test_only_looking_up_again_checks_nobody_in(browse, app, desk, token):
    answer = browse("steward_a").post(
        desk, data={"code": "", "look": "1", "pending": token("entry1_a")}
    )

    assert answer.status_code == 200
    assert arrivals(app) == []


@pytest.mark.parametrize("text", ["2", "track-002"])
def test_a_number_finds_the_entry(browse, app, world, desk, text):
    page = browse("steward_a").post(desk, data={"code": text}).text

    assert "确认检录" in page
    assert name_of(app, world.entry2_a) in page


def test_several_of_one_number_are_offered_to_choose_from(browse, app, world, desk, token):
    with app.app_context():
        session().get_one(Entry, world.entry6_a).track_id = world.team_track_a
        session().get_one(Entry, world.entry6_a).number = 2
        session().commit()
        db.session.remove()
    client = browse("steward_a")

    page = client.post(desk, data={"code": "2"}).text
    chosen = client.post(desk, data={"code": "", "pick": token("entry6_a")}).text

    assert "请选择" in page
    assert name_of(app, world.entry6_a) in chosen
    assert "确认检录" in chosen


@pytest.mark.parametrize("code", ["nonsense", "https://example.org/t/AAAA", "x" * 401])
def test_a_bad_code_is_refused_and_the_focus_stays(browse, app, desk, code):
    answer = browse("steward_a").post(desk, data={"code": code})

    assert answer.status_code == 422
    assert "autofocus" in answer.text
    assert "data-focus" not in answer.text
    assert arrivals(app) == []


def test_a_ticket_of_another_event_is_refused_by_name(browse, app, world, desk, token):
    answer = browse("organizer_a").post(desk, data={"code": token("candidate1_a")})

    assert answer.status_code == 422
    assert "该证件属于“甲1+X考核”" in answer.text


def test_a_ticket_of_the_other_group_is_no_ticket(browse, app, desk, token):
    client = browse("steward_a")

    seen = client.post(desk, data={"code": token("entry1_b")})
    done = client.post(desk, data={"pending": token("entry1_b")})

    assert (seen.status_code, done.status_code) == (422, 404)
    assert "不是有效的证件" in seen.text
    assert arrivals(app) == []


def test_a_withdrawn_entry_is_refused_with_its_state(browse, app, world, desk, token):
    with app.app_context():
        session().get_one(Entry, world.entry1_a).state = EntryState.WITHDRAWN
        session().commit()
        db.session.remove()
    client = browse("steward_a")

    card = client.post(desk, data={"code": token("entry1_a")})
    done = client.post(desk, data={"pending": token("entry1_a")})

    assert "该报名未通过审核" in card.text
    assert "确认检录" not in card.text
    assert done.status_code == 422
    assert arrivals(app) == []


def test_after_the_codes_are_drawn_late_people_are_refused(browse, app, world, desk, token):
    with app.app_context(), transaction():
        end_check_in(System(group_id=world.group_a), session().get_one(Track, world.track_a))
    client = browse("steward_a")

    card = client.post(desk, data={"code": token("entry1_a")})
    done = client.post(desk, data={"pending": token("entry1_a")})

    assert "检录截止" in card.text
    assert "确认检录" not in card.text
    assert done.status_code == 409
    assert client.get(desk).text.count("缺席") == 6


def test_a_wrong_check_in_is_undone_with_a_reason(browse, app, world, desk, token):
    client = browse("steward_a")
    client.post(desk, data={"pending": token("entry1_a")})
    with app.app_context():
        path = f"/attendance/arrivals/{session().scalars(select(Arrival.id)).one()}/undo"

    without = client.post(path, data={"reason": "错"})
    foreign = browse("organizer_b").get(path)
    undone = client.post(path, data={"reason": "扫了同伴的证"})

    assert (without.status_code, foreign.status_code, undone.status_code) == (422, 404, 302)
    assert arrivals(app) == []


def test_the_phone_of_a_steward_opens_the_card(browse, world, token):
    link = browse("steward_a").get(f"/t/{token('entry1_a')}")

    assert link.location == (
        f"/attendance/tracks/{world.track_a}/check-in?ticket={token('entry1_a')}"
    )
    assert "确认检录" in browse("steward_a").get(link.location).text


@pytest.mark.parametrize("name", ["participant_a", "leader1_a"])
def test_the_phone_of_whoever_takes_part_opens_their_own_ticket(browse, app, world, token, name):
    page = browse(name).get(f"/t/{token('entry1_a')}")

    assert page.status_code == 200
    assert name_of(app, world.entry1_a) in page.text
    assert "<svg" in page.text


@pytest.mark.parametrize(
    "name",
    ["leader2_a", "judge1_a", "chief_a", "office_a", "encryptor_a", "organizer_b", "leader1_b"],
)
def test_for_anybody_else_the_ticket_does_not_exist(browse, token, name):
    client = browse(name)

    genuine, forged = client.get(f"/t/{token('entry1_a')}"), client.get("/t/AAAA")

    assert (genuine.status_code, forged.status_code) == (404, 404)
    assert without_csrf(genuine.text) == without_csrf(forged.text)


def test_a_changed_token_opens_nothing(browse, token):
    good = token("entry1_a")
    client = browse("participant_a")

    for place in range(0, len(good), 5):
        other = "A" if good[place] != "A" else "B"
        assert client.get(f"/t/{good[:place]}{other}{good[place + 1 :]}").status_code == 404


def test_a_visitor_signs_in_first_whatever_the_token(browse, token):
    for code in (token("entry1_a"), "AAAA"):
        answer = browse(None).get(f"/t/{code}")
        assert answer.location == f"/account/sign-in?next=/t/{code}"


def test_the_ticket_of_an_entry_without_a_station_says_so(browse, world):
    page = browse("participant_a").get(f"/attendance/entries/{world.entry1_a}/ticket").text

    assert "工位尚未抽定" in page
    assert "track-001" in page
    assert "4101**********" in page


def test_the_ticket_of_a_withdrawn_entry_has_no_code(browse, app, world):
    with app.app_context():
        session().get_one(Entry, world.entry1_a).state = EntryState.WITHDRAWN
        session().commit()
        db.session.remove()

    page = browse("leader1_a").get(f"/attendance/entries/{world.entry1_a}/ticket").text

    assert "证件无效" in page
    assert "入场时请出示此码" not in page


@pytest.mark.parametrize("name", ["leader1_a", "participant_a", "judge1_a", "encryptor_a"])
def test_the_desk_is_for_stewards_and_organizers(browse, desk, name):
    assert browse(name).get(desk).status_code == 403


def test_the_desk_of_another_event_does_not_exist(browse, world, desk):
    other = f"/attendance/tracks/{world.class_a}/check-in"

    assert browse("steward_a").get(other).status_code == 404
    assert browse("steward_b").get(desk).status_code == 404


def test_a_desk_of_a_class_signs_in_for_the_open_half_day(browse, app, world, token, on_day):
    client = browse("organizer2_a")
    desk = f"/attendance/tracks/{world.class_a}/check-in"

    on_day(6, 30)
    early = client.post(desk, data={"pending": token("trainee1_a")})
    on_day(8)
    card = client.post(desk, data={"code": token("trainee1_a")})
    done = client.post(desk, data={"pending": token("trainee1_a")})

    assert (early.status_code, done.status_code) == (422, 302)
    assert "现在没有课程" in early.text
    assert "确认签到" in card.text
    assert "已签到 1 / 3" in client.get(desk).text
    with app.app_context():
        assert [one.part for one in session().scalars(select(SignIn))] == ["am"]
