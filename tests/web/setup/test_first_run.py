"""The first account, and the groups it founds."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from eventsys.db import db, session
from eventsys.groups.models import Group
from eventsys.identity.models import RoleGrant, User
from eventsys.identity.rules import Role
from tests.fresh import empty_database
from tests.world import PASSWORD

GOOD = "yiju-hen-chang-de-mima"
FIRST = {"name": "平台", "username": "erster", "password": GOOD, "again": GOOD}
GROUP = {
    "group_name": "丙职业教育集团",
    "region": "湖北省",
    "name": "丙管理员",
    "username": "admin_c",
    "password": GOOD,
    "again": GOOD,
}


@pytest.fixture
def fresh(app):
    """The application without any account."""
    with app.app_context():
        empty_database()
    return app


def count(app, kind):
    with app.app_context():
        found = session().scalar(select(func.count(kind.id)))
        db.session.remove()
        return found


def test_the_first_account_is_made_and_can_sign_in(fresh):
    client = fresh.test_client()

    asked = client.get("/setup")
    made = client.post("/setup", data=FIRST)
    client.post("/account/sign-in", data={"username": "erster", "password": GOOD})

    assert "请创建第一个账号" in asked.text
    assert made.location == "/account/sign-in"
    assert client.get("/groups").status_code == 200


def test_the_page_is_gone_once_there_is_an_account(fresh):
    client = fresh.test_client()
    client.post("/setup", data=FIRST)

    answers = [client.get("/setup"), client.post("/setup", data=FIRST | {"username": "zweiter"})]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert count(fresh, User) == 1


def test_the_page_is_not_there_in_a_running_installation(app, world, browse):
    for account in (None, "admin_a", "root"):
        assert browse(account).get("/setup").status_code == 404
        assert browse(account).post("/setup", data=FIRST).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"password": "tian-qi-hao", "again": "tian-qi-hao"}, "password"),
        ({"password": "123456789012", "again": "123456789012"}, "password"),
        ({"again": "something-else"}, "again"),
        ({"username": "管理员"}, "username"),
        ({"name": "  "}, "name"),
    ],
)
def test_an_unfit_first_account_is_refused_at_its_field(fresh, change, field):
    answer = fresh.test_client().post("/setup", data=FIRST | change)

    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)
    assert count(fresh, User) == 0


def test_of_two_first_runs_at_once_one_is_told_that_there_is_nothing(fresh):
    start = Barrier(2)
    clients = [fresh.test_client() for _ in range(2)]
    for client in clients:
        client.post("/account/sign-in", data={"username": "nobody", "password": "nothing"})

    def run(number):
        start.wait()
        return clients[number].post("/setup", data=FIRST | {"username": f"first{number}"})

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(run, range(2)))

    assert sorted(answer.status_code for answer in answers) == [302, 404]
    assert (count(fresh, User), count(fresh, RoleGrant)) == (1, 1)


# ---- groups


def test_the_platform_founds_a_group_and_its_administrator_signs_in(app, browse, world):
    client, new = browse("root"), app.test_client()

    answer = client.post("/groups", data=GROUP)
    new.post("/account/sign-in", data={"username": "admin_c", "password": GOOD})

    assert answer.location == "/groups"
    assert "丙职业教育集团" in client.get("/groups").text
    assert new.get("/account/people").status_code == 200
    assert "甲" not in new.get("/members/record").text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"group_name": "甲职业教育集团"}, "group_name"),
        ({"group_name": " "}, "group_name"),
        ({"username": "leader1_a"}, "username"),
        ({"password": "admin_c-admin_c", "again": "admin_c-admin_c"}, "password"),
        ({"region": ""}, "region"),
    ],
)
def test_an_unfit_group_is_refused_at_its_field(app, browse, change, field):
    answer = browse("root").post("/groups", data=GROUP | change)

    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)
    assert count(app, Group) == 2


def test_the_platform_sees_groups_and_nothing_inside_them(browse, world):
    client = browse("root")

    assert "甲职业教育集团" in client.get("/groups").text
    for path in ("/account/people", "/members/units", "/members/record", "/account/invite"):
        assert client.get(path).status_code == 403, path
    assert client.get(f"/members/units/{world.unit1_a}").status_code == 403


@pytest.mark.parametrize("account", ["admin_a", "organizer_a", "leader1_a"])
def test_nobody_in_a_group_sees_the_groups(browse, account):
    assert browse(account).get("/groups").status_code == 403
    assert browse(account).post("/groups", data=GROUP).status_code == 403


# ---- commands


def run(app, *words, password=GOOD):
    return app.test_cli_runner().invoke(args=["setup", *words, "--password", password])


def test_the_command_line_adds_a_platform_administrator(fresh):
    answer = run(fresh, "admin", "Erster", "平台")

    assert (answer.exit_code, answer.output) == (0, "Erster may now sign in.\n")
    with fresh.app_context():
        user = session().scalars(select(User)).one()
        assert (user.username, [grant.role for grant in user.grants]) == (
            "erster",
            [Role.PLATFORM_ADMIN],
        )


def test_the_command_line_founds_a_group(fresh):
    words = ("--region", "湖北省", "--admin", "admin_c", "--admin-name", "丙管理员")
    answer = run(fresh, "group", "丙职业教育集团", *words)
    client = fresh.test_client()

    client.post("/account/sign-in", data={"username": "admin_c", "password": GOOD})

    assert answer.exit_code == 0
    assert "丙职业教育集团" in client.get("/").text
    assert client.get("/account/people").status_code == 200


@pytest.mark.parametrize(
    ("words", "password", "says"),
    [
        (("admin", "root", "平台"), GOOD, "This sign-in name is taken."),
        (("admin", "平台", "平台"), GOOD, "Use 3 to 40 letters"),
        (("admin", "second", "平台"), "short", "Choose at least 12 characters"),
        (("admin", "second", "平台"), "Second-second", "on every guesser's list"),
    ],
)
def test_the_command_line_says_what_is_wrong(app, world, words, password, says):
    before = count(app, User)

    answer = run(app, *words, password=password)

    assert (answer.exit_code, says in answer.output) == (1, True)
    assert "Traceback" not in answer.output
    assert count(app, User) == before


def test_the_command_line_refuses_a_second_group_of_the_same_name(app, world):
    words = ("--region", "x", "--admin", "admin_c", "--admin-name", "丙管理员")

    answer = run(app, "group", "甲职业教育集团", *words)

    assert (answer.exit_code, "A group of this name exists already." in answer.output) == (1, True)


def test_the_password_is_not_printed(fresh):
    assert GOOD not in run(fresh, "admin", "erster", "平台").output


def test_a_founded_group_stands_in_an_honest_record(app, world, browse):
    browse("root").post("/groups", data=GROUP)

    answer = app.test_cli_runner().invoke(args=["audit", "verify"])

    assert (answer.exit_code, answer.output.count(": ok")) == (0, 4)
    assert PASSWORD not in answer.output
