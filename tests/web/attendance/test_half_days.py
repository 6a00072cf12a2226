"""The projector, the phone, the table of hours, corrections, and what waits."""

import pytest
from sqlalchemy import select

from eventsys import clock
from eventsys.attendance.models import SignIn
from eventsys.attendance.rules import HalfDayKey, SignInMethod
from eventsys.attendance.tickets import poster_token
from eventsys.db import session
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind
from tests.queries import count_queries


@pytest.fixture
def scanned(app, world, first):
    """The address a phone reads from the projector at this moment."""

    def at_this_moment(part="am"):
        with app.app_context():
            return f"/h/{poster_token(world.class_a, HalfDayKey(first, part), clock.now())}"

    return at_this_moment


def signed(app):
    with app.app_context():
        found = session().scalars(select(SignIn).order_by(SignIn.part))
        return [(one.entry_id, one.part, one.method) for one in found]


def button(page: str) -> str:
    """Where the one form of the phone's page leads."""
    return page.split('form method="post" action="/h/')[1].split('"', maxsplit=1)[0]


def test_the_projector_changes_its_code(browse, world, on_day):
    client = browse("organizer2_a")
    path = f"/attendance/tracks/{world.class_a}/poster"

    on_day(8)
    page = client.get(path).text
    code = client.get(f"{path}/code").text
    on_day(8, second=30)
    later = client.get(f"{path}/code").text

    assert "every 30s" in page
    assert "<svg" in page
    assert "0 / 3" in code
    assert code != later
    assert "<html" not in code


def test_outside_lessons_the_projector_says_when_they_are(browse, world, on_day):
    on_day(20, later=3)

    page = browse("organizer2_a").get(f"/attendance/tracks/{world.class_a}/poster").text

    assert "该班次课程已全部结束" in page
    assert "<svg viewBox" not in page


def test_a_trainee_signs_in_by_phone(browse, app, world, on_day, scanned, as_trainee):
    client = browse("participant_a")
    on_day(8)

    page = client.get(scanned())
    before = signed(app)
    done = client.post(f"/h/{button(page.text)}")

    assert (page.status_code, done.status_code, before) == (200, 302, [])
    assert signed(app) == [(world.trainee1_a, "am", SignInMethod.SELF)]
    assert "本次签到成功" in client.get(done.location).text


def test_signing_in_twice_by_phone_is_told_and_counts_once(
    browse, app, on_day, scanned, as_trainee
):
    client = browse("participant_a")
    on_day(8)
    for _time in range(2):
        answer = client.post(f"/h/{button(client.get(scanned()).text)}", follow_redirects=True)

    assert "您已于 08:00 签到" in answer.text
    assert len(signed(app)) == 1


def test_an_old_picture_is_refused_a_slow_thumb_is_not(browse, app, on_day, scanned, as_trainee):
    client = browse("participant_a")
    on_day(8)
    address = scanned()
    on_day(8, 1, second=14)
    page = client.get(address)
    on_day(8, 1, second=15)
    old = client.get(address)
    on_day(8, 5)
    done = client.post(f"/h/{button(page.text)}")
    late = client.post(address)

    assert (page.status_code, old.status_code, done.status_code) == (200, 422, 302)
    assert "签到码已过期" in old.text
    assert late.status_code == 422
    assert len(signed(app)) == 1


def test_a_page_kept_open_past_the_window_signs_nobody_in(browse, app, on_day, scanned, as_trainee):
    on_day(12, 29, second=30)
    client = browse("participant_a")
    page = client.get(scanned())
    on_day(12, 30, second=30)

    refused = client.post(f"/h/{button(page.text)}")

    assert refused.status_code == 422
    assert "的签到已于 12:30 截止" in refused.text
    assert signed(app) == []


@pytest.mark.parametrize("name", ["participant_a", "leader1_a", "organizer_a", "participant_b"])
def test_whoever_is_not_in_the_class_finds_nothing(browse, on_day, scanned, name):
    on_day(8)

    assert browse(name).get(scanned()).status_code == 404


def test_a_forged_picture_is_refused(browse, on_day, scanned, as_trainee):
    on_day(8)
    address = scanned()

    assert (
        browse("participant_a").get(address[:-1] + ("A" if address[-1] != "A" else "B")).status_code
        == 422
    )
    assert browse(None).get(address).location.startswith("/account/sign-in?next=/h/")


def test_the_table_of_hours_adds_up(browse, app, world, on_day, token):
    client = browse("organizer2_a")
    on_day(8)
    client.post(
        f"/attendance/tracks/{world.class_a}/check-in", data={"pending": token("trainee1_a")}
    )

    page = client.get(f"/attendance/tracks/{world.class_a}/hours").text

    assert "25.00 %" in page
    assert page.count("0.00 %") == 2
    for name, status in (("office_a", 200), ("steward_a", 404), ("leader1_a", 403)):
        assert browse(name).get(f"/attendance/tracks/{world.class_a}/hours").status_code == status
    assert client.get(f"/attendance/tracks/{world.track_a}/hours").status_code == 404


def test_a_half_day_is_corrected_with_a_reason(browse, app, world, first):
    client = browse("organizer2_a")
    path = f"/attendance/entries/{world.trainee1_a}/half-days/{first}/pm"

    without = client.post(path, data={"reason": "错"})
    entered = client.post(path, data={"reason": "手机没电，已核实"})
    page = client.get(path).text
    taken = client.post(path, data={"reason": "代签，已核实"})

    assert (without.status_code, entered.status_code, taken.status_code) == (422, 302, 302)
    assert "手机没电，已核实" in page
    assert signed(app) == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("entries/{trainee1_a}/half-days/2020-01-01/am", 422),
        ("entries/{trainee1_a}/half-days/yesterday/am", 404),
        ("entries/{entry1_a}/half-days/2026-01-01/am", 404),
        ("entries/{trainee1_b}/half-days/2026-01-01/am", 404),
    ],
)
def test_what_is_not_there_cannot_be_corrected(browse, world, path, status):
    answer = browse("organizer_a").get(f"/attendance/{path.format(**world.ids)}")

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("name", "path", "kind"),
    [
        ("organizer_a", "tracks/{track_a}/tickets", TaskKind.TICKETS_PDF),
        ("organizer_a", "events/{competition_a}/tickets", TaskKind.TICKETS_PDF),
        ("organizer_a", "tracks/{track_a}/sign-in-sheets", TaskKind.SIGN_IN_PDF),
        ("office_a", "tracks/{class_a}/hours-file", TaskKind.HOURS_XLSX),
    ],
)
def test_files_are_asked_for_from_the_worker(browse, app, world, name, path, kind):
    answer = browse(name).post(f"/attendance/{path.format(**world.ids)}")

    with app.app_context():
        task = session().scalars(select(Task)).one()
    assert answer.location == f"/tasks/{task.id}"
    assert task.kind is kind


def test_files_are_for_whoever_may_have_them(browse, app, world):
    for name, path, status in (
        ("organizer2_a", f"tracks/{world.track_a}/tickets", 404),
        ("organizer_b", f"tracks/{world.track_a}/sign-in-sheets", 404),
        ("leader1_a", f"tracks/{world.track_a}/tickets", 403),
        ("organizer_a", f"tracks/{world.track_a}/hours-file", 404),
    ):
        assert browse(name).post(f"/attendance/{path}").status_code == status, name

    with app.app_context():
        assert session().scalars(select(Task)).all() == []


def test_the_start_page_says_who_waits(browse, app, world, on_day, as_trainee, token):
    on_day(8)
    steward, trainee = browse("steward_a"), browse("participant_a")

    before = steward.get("/").text
    steward.post(
        f"/attendance/events/{world.competition_a}/check-in",
        data={"pending": token("entry1_a")},
    )
    after = steward.get("/").text
    morning = trainee.get("/").text
    on_day(20)
    evening = browse("participant_a").get("/").text

    assert "“甲技能大赛”待检录" in before
    assert '<span class="badge badge-warn">6</span>' in before
    assert '<span class="badge badge-warn">5</span>' in after
    assert "现在可以签到" in morning
    assert "现在可以签到" not in evening
    assert "“甲双师型一班”的证件" in evening


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("organizer_a", "/attendance/events/{competition_a}/check-in"),
        ("organizer_a", "/attendance/tracks/{class_a}/check-in"),
        ("organizer_a", "/attendance/tracks/{class_a}/hours"),
        ("steward_a", "/"),
    ],
)
def test_pages_cost_the_same_with_more_rows(browse, app, world, on_day, name, path, more_entries):
    path = path.format(**world.ids)
    on_day(8)
    client = browse(name)

    def cost():
        with count_queries() as sent:
            assert client.get(path).status_code == 200
        return len(sent)

    few = cost()
    more_entries("track", 26)
    more_entries("class", 27)

    assert cost() == few
