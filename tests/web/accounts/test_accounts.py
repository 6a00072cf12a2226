"""The administrator's pages: inviting, giving and ending roles, closing accounts."""

import re

import pytest
from sqlalchemy import select

from blueprints.accounts.devices import device_name
from eventsys import clock
from eventsys.db import db, session
from eventsys.identity.models import Invitation, LoginSession, RoleGrant, User
from eventsys.identity.queries import user_named
from tests.queries import count_queries
from tests.world import PASSWORD

GOOD = "yiju-hen-chang-de-mima"


def invite(client, **fields):
    return client.post("/account/invite", data={"name": "新领队", "role": "team_leader"} | fields)


def link_in(answer):
    return re.search(r"http://127\.0\.0\.1:8000(/account/invitation/[\w-]+)", answer.text)[1]


def accept(client, link, username="newcomer", password=GOOD):
    return client.post(link, data={"username": username, "password": password, "again": password})


def stored(app, statement):
    with app.app_context():
        found = session().execute(statement).all()
        db.session.remove()
        return found


def grant_of(app, user_id):
    return stored(app, select(RoleGrant.id).where(RoleGrant.user_id == user_id))[0][0]


# ---- invitations


def test_an_invited_person_makes_an_account_and_signs_in(app, browse, world):
    link = link_in(invite(browse("admin_a"), place=f"unit:{world.unit1_a}"))
    client = app.test_client()

    welcome = client.get(link)
    made = accept(client, link, "New.Comer")
    client.post("/account/sign-in", data={"username": "new.comer", "password": GOOD})

    assert "新领队，欢迎您" in welcome.text
    assert "您受邀担任：领队" in welcome.text
    assert "至少 8 位" in welcome.text
    assert made.location == "/account/sign-in"
    assert "新领队，您好" in client.get("/").text


def test_a_used_or_unknown_link_says_what_to_do(app, browse, world):
    link = link_in(invite(browse("admin_a"), place=f"unit:{world.unit1_a}"))
    client = app.test_client()
    accept(client, link)

    used, unknown = accept(client, link, "second"), client.get("/account/invitation/none")

    assert (used.status_code, unknown.status_code) == (409, 409)
    assert "请索取新的邀请" in used.text
    assert "请索取新的邀请" in unknown.text


@pytest.mark.parametrize(
    ("username", "password", "field"),
    [
        ("领队", GOOD, "username"),
        ("leader1_a", GOOD, "username"),
        ("newcomer", "tian-qi", "password"),
        ("newcomer", "newcomer1", "password"),
        ("", GOOD, "username"),
    ],
)
def test_what_will_not_do_is_said_at_its_field(app, browse, world, username, password, field):
    link = link_in(invite(browse("admin_a"), place=f"unit:{world.unit1_a}"))

    answer = accept(app.test_client(), link, username, password)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert GOOD not in answer.text


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"role": "judge"}, "place"),
        ({"role": "platform_admin"}, "role"),
        ({"role": "nobody"}, "role"),
        ({"place": "group:1"}, "place"),
        ({"place": "platform:0"}, "place"),
        ({"place": "unit:x"}, "place"),
        ({"place": ""}, "place"),
        ({"starts_on": "2027-01-02", "ends_on": "2027-01-01"}, "ends_on"),
        ({"starts_on": "tomorrow"}, "starts_on"),
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "领\u202e队"}, "name"),
        ({"name": "领\x00队"}, "name"),
        ({"name": "领" * 51}, "name"),
    ],
)
def test_an_unfit_invitation_is_refused_at_its_field(app, browse, world, fields, field):
    answer = invite(browse("admin_a"), **({"place": f"unit:{world.unit1_a}"} | fields))

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert stored(app, select(Invitation.id)) == []


@pytest.mark.parametrize("thing", ["unit1", "competition", "track", "group"])
def test_a_place_of_another_group_typed_into_the_form_is_refused(app, browse, world, thing):
    kind = {"unit1": "unit", "competition": "event"}.get(thing, thing)
    place = f"{kind}:{world.ids[f'{thing}_b']}"

    for role in ("team_leader", "organizer", "judge", "group_admin"):
        assert invite(browse("admin_a"), role=role, place=place).status_code == 422

    assert stored(app, select(Invitation.id)) == []


def test_the_places_to_choose_from_are_those_of_the_own_group(browse, world):
    page = browse("admin_a").get("/account/invite").text

    assert "甲工业学院" in page
    assert "甲技能大赛" in page
    assert "甲数控多轴加工技术" in page
    assert "乙" not in page


def test_a_withdrawn_invitation_is_off_the_list_and_its_link_dead(app, browse, world):
    client = browse("admin_a")
    link = link_in(invite(client, place=f"unit:{world.unit1_a}"))
    key = stored(app, select(Invitation.id))[0][0]

    before = client.get("/account/people").text
    answer = client.post(f"/account/invitations/{key}/withdraw")
    again = client.post(f"/account/invitations/{key}/withdraw")

    assert "新领队" in before
    assert answer.location == "/account/people"
    assert "新领队" not in client.get("/account/people").text
    assert (again.status_code, "请索取新的邀请" in again.text) == (409, True)
    assert app.test_client().get(link).status_code == 409


def test_an_invitation_of_another_group_is_not_there(app, browse, world):
    invite(browse("admin_b"), place=f"unit:{world.unit1_b}")
    key = stored(app, select(Invitation.id))[0][0]

    assert browse("admin_a").post(f"/account/invitations/{key}/withdraw").status_code == 404
    assert "新领队" not in browse("admin_a").get("/account/people").text


# ---- roles and accounts


def test_a_role_given_on_the_page_holds_with_the_next_request(app, browse, world):
    client, judge = browse("admin_a"), browse("leader1_a")
    before = judge.get("/account/people").status_code

    answer = client.post(
        f"/account/people/{world.leader1_a}",
        data={"role": "group_admin", "place": f"group:{world.group_a}"},
    )

    assert answer.status_code == 302
    assert (before, judge.get("/account/people").status_code) == (403, 200)


def test_a_role_taken_back_on_the_page_is_gone_with_the_next_request(app, browse, world):
    client, office = browse("admin_a"), browse("office_a")
    key = grant_of(app, world.office_a)

    first = client.post(f"/account/grants/{key}/end")
    second = client.post(f"/account/grants/{key}/end")

    assert first.location == f"/account/people/{world.office_a}"
    assert (second.status_code, "该角色已收回" in second.text) == (409, True)
    assert "证书办公室" not in office.get("/").text


def test_the_refusal_of_a_double_role_is_shown(browse, world):
    answer = browse("admin_a").post(
        f"/account/people/{world.leader1_a}",
        data={"role": "team_leader", "place": f"unit:{world.unit1_a}"},
    )

    assert answer.status_code == 422
    assert 'id="role-error"' in answer.text


def test_a_closed_account_is_out_and_shown_as_closed(app, browse, world):
    client, leader = browse("admin_a"), browse("leader1_a")

    first = client.post(f"/account/people/{world.leader1_a}/close")
    second = client.post(f"/account/people/{world.leader1_a}/close")

    assert (first.status_code, second.status_code) == (302, 409)
    assert "该账号已停用" in second.text
    assert leader.get("/account/me").status_code == 302
    assert "已停用" in client.get("/account/people?q=leader1").text
    page = client.get(f"/account/people/{world.leader1_a}").text
    assert (page.count("停用账号"), page.count("授予新角色")) == (0, 0)


def test_an_administrator_finds_no_button_for_their_own_roles(app, browse, world):
    with app.app_context():
        own = user_named("admin_a").id
    client, key = browse("admin_a"), grant_of(app, own)

    page = client.get(f"/account/people/{own}")
    answers = [
        client.post(f"/account/grants/{key}/end"),
        client.post(f"/account/people/{own}/close"),
        client.post(
            f"/account/people/{own}",
            data={"role": "organizer", "place": f"group:{world.group_a}"},
        ),
    ]

    assert "须由其他管理员授予或收回" in page.text
    assert ("收回角色" in page.text, "停用账号" in page.text) == (False, False)
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert client.get("/account/people").status_code == 200


@pytest.mark.parametrize("path", ["", "/close"])
def test_an_account_of_another_group_or_of_the_platform_is_not_there(app, browse, world, path):
    with app.app_context():
        root = user_named("root").id
    client = browse("admin_a")

    for key in (world.leader1_b, root, 1):
        assert client.post(f"/account/people/{key}{path}").status_code == 404
    assert client.get(f"/account/people/{world.leader1_b}").status_code == 404
    assert client.get(f"/account/people/{root}").status_code == 404


def test_a_role_in_another_group_is_not_there(app, browse, world):
    key = grant_of(app, world.leader1_b)

    assert browse("admin_a").post(f"/account/grants/{key}/end").status_code == 404
    ended = stored(app, select(RoleGrant.ended_at).where(RoleGrant.id == key))
    assert ended == [(None,)]


@pytest.mark.parametrize("key", [2**53, 2**63, 2**64, 10**30])
def test_a_key_that_no_database_holds_is_no_address(browse, key):
    assert browse("admin_a").get(f"/account/people/{key}").status_code == 404


# ---- lists


def test_accounts_are_found_by_name_and_sign_in_name(browse):
    client = browse("admin_a")

    by_name = client.get("/account/people?q=证书办").text
    by_sign_in = client.get("/account/people?q=office_").text
    nobody = client.get("/account/people?q=%25").text
    odd = client.get("/account/people?q=%00office_%E2%80%AE").text

    assert (by_name.count("office_a"), by_sign_in.count("office_a")) == (1, 1)
    assert "没有找到此人" in nobody
    assert "office_a" in odd


def test_no_account_of_another_group_is_listed(browse):
    page = browse("admin_a").get("/account/people").text

    assert "leader1_a" in page
    assert "乙" not in page
    assert "root" not in page


def test_the_number_of_queries_does_not_grow_with_the_accounts(app, browse):
    client = browse("admin_a")
    with count_queries() as few:
        client.get("/account/people?q=leader1")
    with count_queries() as many:
        client.get("/account/people")

    assert len(many) == len(few)


def test_devices_are_named_as_people_call_them(app, browse, world):
    client = app.test_client()
    agent = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/116 MicroMessenger/8.0.47"
    client.post(
        "/account/sign-in",
        data={"username": "leader1_a", "password": PASSWORD},
        headers={"User-Agent": agent},
    )

    assert "WeChat · Android" in client.get("/account/me").text
    assert stored(app, select(LoginSession.device)) == [(agent,)]


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Edg/120", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Firefox/120", "Firefox · macOS"),
        ("curl/8.0", "curl/8.0"),
        ("", ""),
    ],
)
def test_a_browser_is_named_in_two_words(agent, name):
    assert device_name(agent) == name


def test_a_hostile_browser_name_is_shown_as_text(app, browse, world):
    client = app.test_client()
    client.post(
        "/account/sign-in",
        data={"username": "leader1_a", "password": PASSWORD},
        headers={"User-Agent": "<script>alert(1)</script>"},
    )

    assert "<script>alert" not in client.get("/account/me").text


def test_an_account_stays_in_the_database_after_closing(app, browse, world):
    browse("admin_a").post(f"/account/people/{world.leader1_a}/close")

    closed = stored(app, select(User.closed_at).where(User.id == world.leader1_a))[0][0]
    assert closed <= clock.now()
