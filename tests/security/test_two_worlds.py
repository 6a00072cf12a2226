"""T3: what an observer can reach does not depend on what must be hidden from them.

The same database, the same clock, the same people at the keyboard; only the secret is another one.
Every page followed and every address guessed must answer with the same bytes.
"""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventsys import clock
from eventsys.db import db
from tests.databases import Database
from tests.security.crawl import Answer, crawl, differences
from tests.security.stages import (
    change_marks,
    codes_of,
    entries_of,
    marking,
    permute_identities,
)
from tests.world import World

JUDGES = ("judge1_a", "chief_a")
OUTSIDERS = (None, "participant_a", "leader1_a", "leader2_a")
Crawls = dict[str, dict[str, Answer]]
Names = tuple[str | None, ...]


class Worlds:
    """One moment of a competition, looked at again and again with another secret behind it."""

    def __init__(self, app: Flask, database: Database, world: World) -> None:
        self.app, self.database, self.world = app, database, world
        self.clients: dict[str, FlaskClient] = {}
        self.guesses: list[str] = []

    def freeze(self, clients: dict[str, FlaskClient]) -> None:
        """Keep this moment, with the observers signed in."""
        self.clients = clients
        with self.app.app_context():
            codes = codes_of(self.world)
            db.session.remove()
        keys = [*entries_of(self.world), self.world.track_a, self.world.competition_a]
        kinds = {
            rule.rule for rule in self.app.url_map.iter_rules() if "GET" in (rule.methods or ())
        }
        self.guesses = guesses(sorted(kinds), keys, codes)
        with self.app.app_context():
            db.engine.dispose()  # a copy is made of a database that nobody uses
        self.database.keep_as_template("moment")

    def look(self, names: Names, secret: Callable[[World], None] | None = None) -> Crawls:
        """Everything these observers reach in this world."""
        with self.app.app_context():
            db.engine.dispose()
        self.database.restore("moment")
        if secret is not None:
            with self.app.app_context():
                secret(self.world)
                db.session.remove()
        keys = [name or "visitor" for name in names]
        return {key: crawl(self.clients[key], self.guesses) for key in keys}


def guesses(rules: list[str], keys: list[int], codes: list[str]) -> list[str]:
    """Addresses with the ids and codes of this moment in every place an address has."""
    found = []
    for rule in rules:
        if rule.count("<") == 1 and "<int:" in rule:
            start, _sep, rest = rule.partition("<int:")
            found += [f"{start}{key}{rest.partition('>')[2]}" for key in keys]
        elif rule.count("<") == 1 and "<" in rule:
            start, _sep, rest = rule.partition("<")
            found += [f"{start}{code}{rest.partition('>')[2]}" for code in codes]
    return [path for path in found if not path.startswith("/static")]


@pytest.fixture
def worlds(app: Flask, database: Database, world: World, browse, monkeypatch) -> Worlds:
    """The moment when the judges mark: drawn, dealt, two codes submitted."""
    noon = clock.now()
    monkeypatch.setattr(clock, "now", lambda: noon)
    with app.app_context():
        marking(world)
        db.session.remove()
    found = Worlds(app, database, world)
    found.freeze({name or "visitor": browse(name) for name in (*JUDGES, *OUTSIDERS)})
    return found


def compared(
    one: Crawls, other: Crawls, names: tuple[str | None, ...]
) -> dict[str, dict[str, str]]:
    found = {
        name or "visitor": differences(one[name or "visitor"], other[name or "visitor"])
        for name in names
    }
    return {name: different for name, different in found.items() if different}


def test_what_judges_reach_does_not_depend_on_who_the_contestants_are(worlds):
    here = worlds.look(JUDGES)

    for shift in (1, 2, 4):
        there = worlds.look(JUDGES, lambda world, by=shift: permute_identities(world, by))
        assert compared(here, there, JUDGES) == {}

    assert len(here["judge1_a"]) > 20


def test_what_outsiders_reach_before_publication_does_not_depend_on_the_marks(worlds):
    here = worlds.look(OUTSIDERS)
    there = worlds.look(OUTSIDERS, change_marks)

    assert compared(here, there, OUTSIDERS) == {}


def test_the_comparison_can_see_a_difference(worlds):
    """The people who may know do see another world: the test is not blind itself."""
    names = ("leader1_a",)
    here = worlds.look(names)
    there = worlds.look(names, lambda world: permute_identities(world, 1))

    assert compared(here, there, names) != {}
