"""T1: every endpoint x every principal x own / same group other event / other group / not there.

What must happen is computed from ``policy.tsv`` and from who holds what where (``principals.py``),
never from the code under test. Allowed means: neither sent to the sign-in page, nor 403, nor 404.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from blueprints.policy import Rule, read_policy
from eventsys.audit.models import AuditEntry
from eventsys.db import db, leave_groups, session
from tests.databases import Database
from tests.security.more_world import add_everything
from tests.security.principals import PRINCIPALS, Principal
from tests.security.things import Thing, things_for
from tests.world import World

RULES = read_policy()
TOKENS = re.compile(rb'(name="csrf_token"[^>]*value|name="csrf-token" content)="[^"]*"')


@dataclass(frozen=True)
class Cell:
    """One question to the application, and whether it must let the principal in."""

    rule: Rule
    thing: Thing
    allowed: bool


def cells(app: Flask, world: World, principal: Principal) -> Iterator[Cell]:
    """Every endpoint and method with every relation, for one principal."""
    for rule in RULES.values():
        arguments = next(one for one in app.url_map.iter_rules() if one.endpoint == rule.endpoint)
        for thing in things_for(world, rule, arguments.arguments, principal):
            yield Cell(rule, thing, expected(rule, thing, principal))


def expected(rule: Rule, thing: Thing, principal: Principal) -> bool:
    """The hand-written law: public, or the role is named and its scope covers the thing."""
    if thing.relation == "missing":
        return False
    if rule.relation == "public":
        return thing.public
    if principal.account is None:
        return False
    if rule.roles and principal.role not in {role.value for role in rule.roles}:
        return False
    return thing.covered


def ask(client: FlaskClient, app: Flask, cell: Cell) -> tuple[int, bytes, str]:
    """The answer: status, body without one-time tokens, and where it leads."""
    with app.test_request_context():
        url = app.url_for(cell.rule.endpoint, **cell.thing.values)
    answer = client.open(url, method=cell.rule.method, headers={"Accept": "text/html"})
    body = TOKENS.sub(b"", answer.data)
    answer.close()
    return answer.status_code, body, answer.location or ""


def let_in(status: int, location: str) -> bool:
    return status not in {401, 403, 404} and not location.startswith("/account/sign-in?")


def deeds(app: Flask) -> int:
    with app.app_context():
        leave_groups()
        count = session().scalar(select(func.count(AuditEntry.id)))
        db.session.remove()
        return count or 0


def everything(app: Flask, world: World) -> None:
    with app.app_context():
        add_everything(world)
        db.session.remove()


@pytest.mark.parametrize("principal", PRINCIPALS, ids=lambda one: one.account or "visitor")
def test_every_endpoint_answers_as_the_policy_says(
    app: Flask, world: World, browse, database: Database, principal: Principal
):
    everything(app, world)
    client = browse(principal.account)
    with client.session_transaction() as cookie:
        signed_in = dict(cookie)
    with app.app_context():
        db.engine.dispose()  # a copy is made of a database that nobody uses
    database.keep_as_template("matrix")
    wrong: list[str] = []
    strangers: dict[tuple[str, str], set[tuple[int, bytes]]] = {}

    for cell in cells(app, world, principal):
        before = deeds(app)
        status, body, location = ask(client, app, cell)
        where = f"{cell.rule.method} {cell.rule.endpoint} {cell.thing.relation}"
        if let_in(status, location) != cell.allowed:
            wrong.append(f"{where}: {status} {location}, allowed={cell.allowed}")
        if not cell.allowed and cell.thing.relation in {"other group", "missing"}:
            key = (cell.rule.endpoint, cell.rule.method)
            echo = location.startswith("/account/sign-in?")  # the page asked for comes back
            strangers.setdefault(key, set()).add((status, b"" if echo else body))
        if not cell.allowed and principal.account and deeds(app) != before + 1:
            wrong.append(f"{where}: a denial must leave one line, left {deeds(app) - before}")
        if cell.rule.method != "GET" or "sign" in cell.rule.endpoint:
            with app.app_context():
                db.engine.dispose()
            database.restore("matrix")
            with client.session_transaction() as cookie:
                cookie.clear()
                cookie.update(signed_in)

    assert wrong == [], "\n".join(wrong)
    assert [key for key, answers in strangers.items() if len(answers) > 1] == []
