"""Getting in: answers tell nothing, guessing is slow, and nobody is led off the site."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.db import leave_groups, session, transaction
from eventsys.identity.models import LoginSession, User
from eventsys.identity.queries import token_hash, user_named
from tests.world import PASSWORD

TOKEN = re.compile(r'(name="csrf[-_]token"[^>]*(?:content|value)=)"[^"]*"')


def try_to(client, username, password, source="10.0.0.1", **fields):
    return client.post(
        "/account/sign-in",
        data={"username": username, "password": password} | fields,
        environ_base={"REMOTE_ADDR": source},
    )


def plain(answer, typed):
    """The answer without one-time tokens and without what was typed."""
    return answer.status_code, TOKEN.sub(r"\1", answer.text).replace(typed, "")


def is_in(client):
    return client.get("/account/me").status_code == 200


def login_token(client):
    with client.session_transaction() as cookie:
        return cookie.get("_user_id")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(app, world, lang):
    client = app.test_client()
    client.post("/account/language", data={"lang": lang})
    client.get("/account/sign-in")

    unknown = try_to(client, "leader9_a", "wrong-password")
    wrong = try_to(client, "leader1_a", "wrong-password")

    assert plain(unknown, "leader9_a") == plain(wrong, "leader1_a")
    assert sorted(unknown.headers.keys()) == sorted(wrong.headers.keys())
    assert wrong.status_code == 422


def test_a_closed_account_is_answered_like_an_unknown_one(app, world):
    with app.app_context(), transaction():
        user_named("leader1_a").closed_at = clock.now()
    client = app.test_client()

    unknown = try_to(client, "leader9_a", PASSWORD)
    closed = try_to(client, "leader1_a", PASSWORD)

    assert plain(unknown, "leader9_a") == plain(closed, "leader1_a")
    assert not is_in(client)


def test_an_unknown_name_is_slowed_down_like_a_known_one(app, world):
    client = app.test_client()
    for _ in range(8):
        try_to(client, "leader9_a", "wrong-password")
        try_to(client, "leader1_a", "wrong-password")

    unknown = try_to(client, "leader9_a", "wrong-password")
    known = try_to(client, "leader1_a", "wrong-password")

    assert plain(unknown, "leader9_a") == plain(known, "leader1_a")


def test_after_eight_wrong_passwords_even_the_right_one_waits(app, world):
    client = app.test_client()
    for _ in range(8):
        assert "不正确" in try_to(client, "leader1_a", "wrong-password").text

    answer = try_to(client, "LEADER1_A ", PASSWORD)

    assert answer.status_code == 422
    assert "请等待 15 分钟" in answer.text
    assert not is_in(client)


def test_another_source_is_not_shut_out_by_the_guesses_of_the_first(app, world):
    guesser, owner = app.test_client(), app.test_client()
    for _ in range(9):
        try_to(guesser, "leader1_a", "wrong-password")

    assert try_to(owner, "leader1_a", PASSWORD, source="10.0.0.2").status_code == 302
    assert is_in(owner)


def test_another_account_is_not_shut_out_from_the_same_source(app, world):
    client = app.test_client()
    for _ in range(9):
        try_to(client, "leader1_a", "wrong-password")

    assert try_to(client, "leader2_a", PASSWORD).status_code == 302


def test_after_fifteen_minutes_one_may_try_again(app, world, at):
    client, start = app.test_client(), clock.now()
    at(start)
    for _ in range(8):
        try_to(client, "leader1_a", "wrong-password")

    at(start + timedelta(minutes=14, seconds=59))
    too_early = try_to(client, "leader1_a", PASSWORD).status_code
    at(start + timedelta(minutes=15, seconds=1))
    in_time = try_to(client, "leader1_a", PASSWORD).status_code

    assert (too_early, in_time) == (422, 302)


def test_eight_wrong_passwords_are_not_yet_too_many(app, world):
    client = app.test_client()
    for _ in range(7):
        try_to(client, "leader1_a", "wrong-password")

    assert try_to(client, "leader1_a", PASSWORD).status_code == 302


def test_every_wrong_password_leaves_a_line_without_the_password(app, world):
    client = app.test_client()
    try_to(client, "leader1_a", "wrong-password")
    try_to(client, "leader9_a", "wrong-password")

    with app.app_context():
        leave_groups()
        found = session().scalars(
            select(AuditEntry)
            .where(AuditEntry.deed == "session.refused")
            .order_by(AuditEntry.chain.desc())
        )
        lines = [(one.chain, one.thing_id, one.source, one.facts) for one in found]

    assert lines == [(world.group_a, world.leader1_a, "10.0.0.1", {}), (0, None, "10.0.0.1", {})]


def test_each_sign_in_opens_a_session_with_a_new_id(app, world):
    first, second = app.test_client(), app.test_client()
    try_to(first, "leader1_a", PASSWORD)
    try_to(second, "leader1_a", PASSWORD)

    tokens = {login_token(first), login_token(second)}

    assert len(tokens) == 2
    with app.app_context():
        kept = session().scalars(
            select(LoginSession.token_hash).where(LoginSession.user_id == world.leader1_a)
        )
        assert set(kept) == {token_hash(token) for token in tokens}


def test_signing_in_again_on_a_device_ends_its_former_session(app, world, browse):
    client = browse("leader1_a")
    former, old = app.test_client(), login_token(client)

    try_to(client, "leader2_a", PASSWORD)

    with former.session_transaction() as cookie:
        cookie["_user_id"] = old
    assert "甲领队2" in client.get("/").text
    assert not is_in(former)


def test_nothing_of_a_visitors_cookie_survives_the_sign_in(app, world):
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = "planted"
        cookie["anything"] = "planted"

    try_to(client, "leader1_a", PASSWORD)

    with client.session_transaction() as cookie:
        assert "planted" not in cookie.values()


def test_a_session_token_that_was_never_given_out_opens_nothing(app, world):
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "never-given-out"

    assert not is_in(client)


def test_the_hash_of_a_token_is_no_token(app, world, browse):
    client, thief = browse("leader1_a"), app.test_client()
    with thief.session_transaction() as cookie:
        cookie["_user_id"] = token_hash(login_token(client))

    assert not is_in(thief)


def test_the_cookie_is_out_of_reach_of_scripts_and_foreign_forms(app, world):
    answer = try_to(app.test_client(), "leader1_a", PASSWORD)

    cookie = answer.headers["Set-Cookie"]
    assert "; HttpOnly" in cookie
    assert "; SameSite=Lax" in cookie
    assert "; Path=/" in cookie
    assert "Expires" not in cookie
    assert "Domain" not in cookie


def test_the_language_cookie_is_out_of_reach_of_scripts(app):
    answer = app.test_client().post("/account/language", data={"lang": "en"})

    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("lang="))
    assert "; HttpOnly" in cookie
    assert "; SameSite=Lax" in cookie


@pytest.mark.parametrize(
    "there",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\t\\evil.example",
        " //evil.example",
        "https://evil.example",
        "https:/evil.example",
        "HTTPS:evil.example",
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "@evil.example",
        "?next=//evil.example",
        "/%2f\\evil.example",
        "",
    ],
)
def test_the_sign_in_leads_only_to_own_pages(app, world, there):
    answer = try_to(app.test_client(), "leader1_a", PASSWORD, next=there)

    assert answer.location == "/"


@pytest.mark.parametrize("there", ["/account/me", "/messages?page=2", "/"])
def test_the_sign_in_leads_back_to_where_one_wanted_to_go(app, world, there):
    answer = try_to(app.test_client(), "leader1_a", PASSWORD, next=there)

    assert answer.location == there


@pytest.mark.parametrize("there", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_choosing_a_language_leads_only_to_own_pages(app, there):
    client = app.test_client()

    by_form = client.post("/account/language", data={"lang": "en", "next": there})
    by_referrer = client.post("/account/language", data={"lang": "en"}, headers={"Referer": there})

    assert (by_form.location, by_referrer.location) == ("/", "/")


def test_choosing_a_language_leads_back_to_the_page_it_was_chosen_on(browse):
    client = browse("leader1_a")

    answer = client.post(
        "/account/language",
        data={"lang": "en"},
        headers={"Referer": "http://localhost/messages?page=2"},
    )

    assert answer.location == "/messages?page=2"
    assert "Messages" in client.get(answer.location).text


def test_an_unknown_language_is_chinese(app):
    client = app.test_client()

    client.post("/account/language", data={"lang": "../../etc/passwd"})

    assert client.get_cookie("lang").value == "zh"


@pytest.mark.parametrize(
    "name", ["leader1_a\0", "le\u202eader1_a", "'; DROP TABLE user_account; --", "领" * 60]
)
def test_odd_names_are_refused_and_do_not_break_anything(app, world, name):
    answer = try_to(app.test_client(), name, PASSWORD)

    assert answer.status_code == 422


def test_a_name_of_blanks_is_an_empty_name(app):
    answer = try_to(app.test_client(), "   ", PASSWORD)

    assert answer.status_code == 422
    assert "请填写此项。" in answer.text


def test_very_long_passwords_are_refused_before_they_are_hashed(app, world):
    answer = try_to(app.test_client(), "leader1_a", "x" * 201)

    assert answer.status_code == 422
    with app.app_context():
        assert session().scalar(select(func.count(LoginSession.id))) == 0


def test_signing_in_is_written_in_the_record_of_the_group(app, world):
    try_to(app.test_client(), "leader1_a", PASSWORD)

    with app.app_context():
        leave_groups()
        entry = (
            session().scalars(select(AuditEntry).where(AuditEntry.deed == "session.opened")).one()
        )
        assert (entry.chain, entry.actor_id) == (world.group_a, world.leader1_a)
        assert session().get_one(User, world.leader1_a).closed_at is None
