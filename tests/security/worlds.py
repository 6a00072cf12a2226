"""One moment of a competition, looked at again and again with another secret behind it."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient

from blueprints.policy import read_policy
from eventsys.db import db, session
from eventsys.identity.models import Person
from tests.databases import Database
from tests.security.crawl import Answer, Ask, crawl, differences
from tests.security.stages import codes_of, entries_of
from tests.world import World

JUDGES = ("judge1_a", "chief_a", "clerk_a")
PARTS = 10
ROLES = {
    "judge1_a": "judge",
    "chief_a": "chief_judge",
    "clerk_a": "score_clerk",
    "participant_a": "participant",
    "leader1_a": "team_leader",
    "leader2_a": "team_leader",
    "encryptor_a": "encryption_judge",
    "visitor": "",
}
Crawls = dict[str, dict[str, Answer]]
Names = tuple[str | None, ...]


class Worlds:
    """One moment of a competition, looked at again and again with another secret behind it."""

    def __init__(self, app: Flask, database: Database, world: World) -> None:
        self.app, self.database, self.world = app, database, world
        self.clients: dict[str, FlaskClient] = {}
        self.cookies: dict[str, dict[str, object]] = {}
        self.guesses: dict[str, list[Ask]] = {}
        self.own: dict[str, Sequence[Ask]] = {}
        self.words: list[str] = []
        self.chance = random.Random(0)  # noqa: S311  nothing secret: it must repeat itself

    def freeze(
        self,
        clients: dict[str, FlaskClient],
        more: Sequence[int] = (),
        own: Mapping[str, Sequence[Ask]] | None = None,
    ) -> None:
        """Keep this moment, with the observers signed in.

        ``more`` keys are tried in addresses besides, and ``own`` is what only each of them knows.
        """
        self.own = dict(own or {})
        self.clients = clients
        for name, client in clients.items():
            with client.session_transaction() as cookie:
                self.cookies[name] = dict(cookie)
        with self.app.app_context():
            codes = codes_of(self.world)
            person = session().get_one(Person, self.world.person_entry1_a).name
            db.session.remove()
        keys = [entries_of(self.world)[0], self.world.track_a, *more]
        self.guesses = {
            name: list(guesses(self.app, ROLES[name], keys, codes[:1])) for name in clients
        }
        self.words = [person, codes[0]]
        with self.app.app_context():
            db.engine.dispose()  # a copy is made of a database that nobody uses
        self.database.keep_as_template("moment")

    def look(
        self,
        names: Names,
        secret: Callable[[World], None] | None = None,
        part: int | None = None,
        words: list[str] | None = None,
        sends: Names | None = None,
    ) -> Crawls:
        """Everything these observers reach in this world; with ``part`` some guesses only.

        ``sends`` are those who send forms, all unless told otherwise.
        """
        found = {}
        for key in (name or "visitor" for name in names):
            with self.app.app_context():
                db.engine.dispose()
            self.database.restore("moment")
            if secret is not None:
                with self.app.app_context():
                    secret(self.world)
                    db.session.remove()
            with self.clients[key].session_transaction() as cookie:
                cookie.clear()
                cookie.update(self.cookies[key])
            every = self.guesses[key]
            asked = every if part is None else every[part % PARTS :: PARTS]
            first = Ask(f"/works/judging/{self.world.track_a}")
            asked = [first, *self.own.get(key, ()), *asked]
            self.chance.seed(0)  # the keys of whatever is made meanwhile are the same, too
            tried = self.words if words is None else words
            forms = sends is None or key in sends
            found[key] = crawl(self.clients[key], asked, tried, forms=forms)
        return found


def guesses(app: Flask, role: str, keys: list[int], codes: list[str]) -> Iterator[Ask]:
    """Addresses with the ids and codes of this moment in every place an address has.

    What the guard refuses to a role, whatever thing is meant, is asked for one thing only.
    """
    open_to = {
        rule.endpoint
        for rule in read_policy().values()
        if not rule.roles or role in {one.value for one in rule.roles}
    }
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        if rule.rule.startswith("/static") or "<" not in rule.rule:
            continue
        every = rule.endpoint in open_to
        for key in keys if every else keys[:1]:
            for code in codes if every and "<code>" in rule.rule else codes[:1]:
                path = re.sub(r"<int:\w+>", str(key), rule.rule)
                path = re.sub(r"<(?:\w+:)?\w+>", quote(code), path)
                if "GET" in (rule.methods or ()):
                    yield Ask(path)
                if "POST" in (rule.methods or ()) and every:
                    yield Ask(path, ())
                    yield Ask(path, json={"op": "1", "code": code, "aspect": key, "raw": "1"})


def compared(one: Crawls, other: Crawls) -> dict[str, dict[str, str]]:
    found = {name: differences(one[name], other[name]) for name in one}
    return {name: different for name, different in found.items() if different}
