"""T16: nothing changes without a token of one's own, and looking changes nothing."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, BaseConverter, Rule
from werkzeug.routing.converters import NumberConverter

from blueprints.policy import read_policy
from tests.security.dump import dump
from tests.security.principals import PRINCIPALS

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
FORMS = {
    "a form": {"data": {"lang": "en", "username": "leader1_a"}},
    "a script": {"json": {"op": "1", "raw": "50"}},
}


@pytest.fixture
def guarded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application with its tokens on, as in real life."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    return app


def sample(converter: BaseConverter) -> object:
    """Something that fits into an address."""
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 1 if isinstance(converter, NumberConverter) else "x"


def address(app: Flask, rule: Rule) -> str:
    """An address of an endpoint; whether the thing exists must not matter."""
    values = {name: sample(rule._converters[name]) for name in rule.arguments}
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)


def unsafe(app: Flask) -> Iterator[tuple[str, str]]:
    """Every method and address by which something might change."""
    for rule in app.url_map.iter_rules():
        for method in sorted(UNSAFE & (rule.methods or set())):
            yield method, address(app, rule)


def token_of(client: FlaskClient) -> str:
    """The token of a browser's pages."""
    page = client.get("/account/sign-in").text
    return page.split('name="csrf-token" content="')[1].split('"')[0]


@pytest.mark.parametrize("sort", FORMS)
@pytest.mark.parametrize(
    "account", [None, "leader1_a", "judge1_a", "organizer_a", "admin_a", "root"]
)
def test_nothing_changes_without_a_token(guarded, world, browse, account, sort):
    client, before = browse(account), dump(guarded)

    answers = {
        f"{method} {url}": client.open(url, method=method, **FORMS[sort]).status_code
        for method, url in unsafe(guarded)
    }

    assert {where: code for where, code in answers.items() if code != 400} == {}
    assert dump(guarded) == before


def test_nothing_changes_with_the_token_of_somebody_else(guarded, world, browse):
    client, foreign = browse("admin_a"), {"X-CSRFToken": token_of(browse("leader1_a"))}
    before = dump(guarded)

    answers = {
        f"{method} {url}": client.open(url, method=method, headers=foreign).status_code
        for method, url in unsafe(guarded)
    }

    assert {where: code for where, code in answers.items() if code != 400} == {}
    assert dump(guarded) == before


def test_one_s_own_token_is_enough(guarded, browse):
    client = browse("leader1_a")

    answer = client.post("/account/language", headers={"X-CSRFToken": token_of(client)})

    assert answer.status_code == 302


def test_the_token_from_before_the_sign_in_is_worth_nothing_afterwards(guarded, world, browse):
    client = browse("leader1_a")
    stale = {"X-CSRFToken": token_of(client)}
    client.post("/account/sign-out", headers=stale)

    answer = client.post("/account/language", headers=stale)

    assert answer.status_code == 400


def test_a_missing_token_is_explained_with_what_to_do(guarded, browse):
    form = browse("leader1_a").post("/account/language")
    script = browse("leader1_a").post("/account/language", json={})

    assert "请返回，刷新后重新提交。" in form.text
    assert script.json == {"message": "页面打开时间过长。请返回，刷新后重新提交。"}


def look_around(app: Flask, client: FlaskClient, role: str, method: str) -> int:
    """Ask for every page that takes no thing and names the role; how often one was turned away."""
    rules, denied = read_policy(), 0
    for rule in app.url_map.iter_rules():
        row = rules.get((rule.endpoint, "GET"))
        if row is None or rule.arguments:
            continue
        if not row.roles or role in {one.value for one in row.roles}:
            code = client.open(address(app, rule), method=method).status_code
            assert code < 500 or rule.endpoint == "status.readyz", rule.endpoint
            denied += code in {403, 404}
    return denied


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("principal", PRINCIPALS, ids=lambda one: one.account or "visitor")
def test_looking_changes_nothing_and_only_a_denial_leaves_a_line(
    app, world, browse, principal, method
):
    client, before = browse(principal.account), dump(app)

    denied = look_around(app, client, principal.role, method)

    after = dump(app)
    for tables in (before, after):
        del tables["audit_head"]
    lines = set(after.pop("audit_entry")) - set(before.pop("audit_entry"))
    assert after == before
    assert len(lines) == (denied if principal.account else 0)
    assert [line for line in lines if "'access.denied'" not in line] == []
