"""What ends a session or takes a right away works with the next request, on every device."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from eventsys import clock
from eventsys.db import db, session, transaction
from eventsys.identity.models import LoginSession, RoleGrant, User
from eventsys.identity.queries import token_hash, user_named
from tests.world import PASSWORD

NEW = "yiju-hen-chang-de-xin-mima"
MORNING = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)


def is_in(client):
    return client.get("/account/me").status_code == 200


def change(world_id, model, **values):
    """What another process does meanwhile."""
    with transaction():
        found = session().get_one(model, world_id)
        for name, value in values.items():
            setattr(found, name, value)
    db.session.remove()


def grant_of(app, username):
    with app.app_context():
        user = user_named(username)
        found = session().scalars(select(RoleGrant.id).where(RoleGrant.user_id == user.id)).one()
        db.session.remove()
        return found


def copy_of(app, client):
    """The same cookie in another browser, as a thief has it."""
    thief = app.test_client()
    with client.session_transaction() as own, thief.session_transaction() as stolen:
        stolen.update(own)
    return thief


def change_password(client, old=PASSWORD, new=NEW, again=None):
    data = {"old": old, "password": new, "again": again or new}
    return client.post("/account/me", data=data)


# ---- the end of a session


def test_a_cookie_kept_from_before_signing_out_is_dead(app, browse):
    client = browse("leader1_a")
    thief = copy_of(app, client)
    before = is_in(thief)

    answer = client.post("/account/sign-out")

    assert (before, is_in(thief), is_in(client)) == (True, False, False)
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_signing_out_one_device_leaves_the_other_signed_in(browse):
    phone, desk = browse("leader1_a"), browse("leader1_a")

    phone.post("/account/sign-out")

    assert (is_in(phone), is_in(desk)) == (False, True)


def test_a_changed_password_signs_every_device_out(app, browse):
    desk, phone = browse("leader1_a"), browse("leader1_a")

    answer = change_password(desk)

    assert answer.status_code == 302
    assert (is_in(desk), is_in(phone)) == (False, False)


def test_after_a_change_only_the_new_password_opens(app, browse):
    change_password(browse("leader1_a"))

    answers = [
        app.test_client()
        .post("/account/sign-in", data={"username": "leader1_a", "password": one})
        .status_code
        for one in (PASSWORD, NEW)
    ]

    assert answers == [422, 302]


def test_a_wrong_present_password_changes_nothing_and_is_said_at_its_field(app, browse):
    client = browse("leader1_a")

    answer = change_password(client, old="wrong-password")

    assert answer.status_code == 422
    assert 'id="old-error"' in answer.text
    assert "这不是您当前的密码" in answer.text
    assert is_in(client)


def test_the_present_password_cannot_be_guessed_on_a_borrowed_tablet(browse):
    client = browse("leader1_a")
    for _ in range(8):
        change_password(client, old="wrong-password")

    answer = change_password(client)

    assert "请等待 15 分钟" in answer.text
    assert is_in(client)


@pytest.mark.parametrize(
    "weak", ["short", "leader1_a", "Leader1_A1", "甲领队1甲领队1", "12345678901"]
)
def test_a_weak_new_password_is_refused_at_its_field(browse, weak):
    client = browse("leader1_a")

    answer = change_password(client, new=weak)

    assert answer.status_code == 422
    assert 'id="password-error"' in answer.text
    assert is_in(client)


def test_two_different_new_passwords_are_refused(browse):
    answer = change_password(browse("leader1_a"), again="something-else-entirely")

    assert answer.status_code == 422
    assert "两次输入的密码不一致" in answer.text


def test_a_device_can_be_signed_out_from_another(app, browse, world):
    desk, phone = browse("leader1_a"), browse("leader1_a")
    with phone.session_transaction() as cookie, app.app_context():
        token = cookie["_user_id"]
        ended = select(LoginSession.id).where(LoginSession.token_hash == token_hash(token))
        key = session().scalar(ended)

    answer = desk.post(f"/account/sessions/{key}/end")

    assert answer.status_code == 302
    assert (is_in(desk), is_in(phone)) == (True, False)


def test_a_device_of_somebody_else_cannot_be_signed_out(app, browse, world):
    other, client = browse("leader2_a"), browse("leader1_a")
    with app.app_context():
        key = session().scalar(
            select(LoginSession.id).where(LoginSession.user_id == world.leader2_a)
        )

    answer = client.post(f"/account/sessions/{key}/end")

    assert (answer.status_code, is_in(other)) == (404, True)


# ---- the end of an account, a role, a term


def test_a_closed_account_is_out_with_the_next_request(app, browse, world):
    client = browse("leader1_a")
    before = is_in(client)

    with app.app_context():
        change(world.leader1_a, User, closed_at=clock.now())

    assert (before, is_in(client)) == (True, False)


def test_an_ended_role_opens_nothing_with_the_next_request(app, browse):
    client, key = browse("admin_a"), grant_of(app, "admin_a")
    before = client.get("/account/people").status_code

    with app.app_context():
        change(key, RoleGrant, ended_at=clock.now())

    assert (before, client.get("/account/people").status_code) == (200, 403)
    assert is_in(client)


@pytest.mark.parametrize(
    ("term", "status"),
    [
        ({"starts_on": date(2027, 3, 2)}, 403),
        ({"ends_on": date(2027, 2, 28)}, 403),
        ({"starts_on": date(2027, 3, 1), "ends_on": date(2027, 3, 1)}, 200),
        ({"starts_on": None, "ends_on": None}, 200),
    ],
)
def test_a_role_holds_within_its_term_only(app, browse, at, term, status):
    at(MORNING)
    client, key = browse("admin_a"), grant_of(app, "admin_a")

    with app.app_context():
        change(key, RoleGrant, **term)

    assert client.get("/account/people").status_code == status


def test_the_days_of_a_term_are_days_in_shanghai(app, browse, at):
    key = grant_of(app, "admin_a")
    with app.app_context():
        change(key, RoleGrant, starts_on=date(2027, 3, 1), ends_on=date(2027, 3, 1))
    answers = []
    for moment in ("02-28T15:59:59", "02-28T16:00:01", "03-01T15:59:59", "03-01T16:00:01"):
        at(datetime.fromisoformat(f"2027-{moment}+00:00"))
        answers.append(browse("admin_a").get("/account/people").status_code)

    assert answers == [403, 200, 200, 403]


# ---- limits of time


@pytest.mark.parametrize(
    ("account", "idle", "alive"),
    [
        ("leader1_a", timedelta(minutes=29), True),
        ("leader1_a", timedelta(minutes=31), False),
        ("admin_a", timedelta(minutes=31), False),
        ("encryptor_a", timedelta(minutes=31), False),
        ("judge1_a", timedelta(minutes=31), True),
        ("chief_a", timedelta(hours=11, minutes=59), True),
        ("judge1_a", timedelta(hours=12, seconds=1), False),
    ],
)
def test_an_idle_session_ends_later_for_judges_at_their_table(browse, at, account, idle, alive):
    at(MORNING)
    client = browse(account)

    at(MORNING + idle)

    assert is_in(client) is alive


@pytest.mark.parametrize("account", ["leader1_a", "judge1_a"])
def test_a_session_in_use_ends_after_twelve_hours_all_the_same(browse, at, account):
    at(MORNING)
    client, alive = browse(account), []
    for minutes in range(20, 12 * 60 + 21, 20):
        at(MORNING + timedelta(minutes=minutes))
        alive.append(is_in(client))

    assert alive == [True] * 35 + [False] * 2


def test_being_used_keeps_a_session_alive_and_is_noted_once_a_minute(app, browse, at, world):
    at(MORNING)
    client = browse("leader1_a")

    def seen():
        with app.app_context():
            return session().scalar(
                select(LoginSession.seen_at).where(LoginSession.user_id == world.leader1_a)
            )

    at(MORNING + timedelta(seconds=59))
    is_in(client)
    early = seen()
    at(MORNING + timedelta(seconds=61))
    is_in(client)

    assert (early, seen()) == (MORNING, MORNING + timedelta(seconds=61))


def test_a_session_that_ended_by_time_is_not_listed_among_the_devices(browse, at):
    at(MORNING)
    browse("judge1_a")
    at(MORNING + timedelta(hours=13))

    now, page = "2027-03-01 22:00", browse("judge1_a").get("/account/me").text

    assert (page.count("本设备"), page.count("/account/sessions/")) == (1, 0)
    assert now in page


# ---- whoever is not signed in


def test_a_script_without_a_session_is_told_so_in_json(app):
    answer = app.test_client().get("/messages", headers={"Accept": "application/json"})

    assert answer.status_code == 401
    assert answer.json == {"message": "您已退出登录，请在另一标签页重新登录。"}


def test_a_part_of_a_page_takes_the_whole_page_to_the_sign_in(app):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/tasks/5"}

    answer = app.test_client().get("/messages", headers=headers)

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/account/sign-in?next=/tasks/5"
