"""Who stands aside from which entry shows nowhere before the map is opened: no gap, no number.

Two worlds with the same codes, marks and people; in one of them judges are recused from entries.
Whatever a judge, the chief judge and a score clerk can reach answers with the same bytes.
"""

import random
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, tuple_

from eventsys import clock
from eventsys.db import changed, db, enter_group, session, transaction
from eventsys.draws.queries import joined
from eventsys.events.models import Track
from eventsys.panels.actions import keep_card
from eventsys.panels.queries import standing_aside
from eventsys.panels.recusal_actions import DeclaredFacts, declare_for
from eventsys.panels.rules import Card, Relation
from eventsys.scoring.models import Mark, MarkOperation, MarkSheet
from eventsys.scoring.scores import aside_by_code
from tests.databases import Database
from tests.security.crawl import Answer, crawl, differences
from tests.security.stages import actor, marking, user
from tests.world import World

BLIND = ("judge1_a", "judge2_a", "chief_a", "clerk_a")
Secret = Callable[[World], None]
Crawls = dict[str, dict[str, Answer]]
Look = Callable[..., Crawls]


@pytest.fixture
def look(app: Flask, database: Database, world: World, browse, monkeypatch) -> Look:
    """Everything the blind offices reach while the judges mark, with a secret added or not."""
    noon = clock.now()
    monkeypatch.setattr(clock, "now", lambda: noon)
    with app.app_context():
        marking(world)
        db.session.remove()
    clients: dict[str, FlaskClient] = {name: browse(name) for name in BLIND}
    with app.app_context():
        db.engine.dispose()
    database.keep_as_template("moment")

    def reached(secret: Secret | None = None, names: tuple[str, ...] = BLIND) -> Crawls:
        with app.app_context():
            db.engine.dispose()
        database.restore("moment")
        if secret is not None:
            with app.app_context():
                enter_group(world.group_a)
                secret(world)
                db.session.remove()
        # keys of new rows show in addresses: the same ones in each world
        keys = random.Random(7)  # noqa: S311  keys of a test, no secrets
        monkeypatch.setattr("eventsys.db.secrets", SimpleNamespace(randbelow=keys.randrange))
        found = {name: crawl(clients[name], []) for name in names}
        monkeypatch.undo()
        monkeypatch.setattr(clock, "now", lambda: noon)
        return found

    return reached


def relate(world: World) -> None:
    """Judge 1 is related to a unit, judge 2 turns out to work for another, both taking part."""
    track, organizer = session().get_one(Track, world.track_a), actor("organizer_a")
    with transaction():
        facts = DeclaredFacts(Relation.KINSHIP, world.unit2_a, "", "表亲")
        declare_for(organizer, track, user("judge1_a"), facts)
        keep_card(organizer, track, user("judge2_a"), Card(employer_id=world.unit1_a))
    assert len(standing_aside(track.id)) > 1


def relate_and_leave_a_gap(world: World) -> None:
    """The wrong build: sheets that will not count are not there from the beginning."""
    relate(world)
    aside, entries = standing_aside(world.track_a), joined(world.track_a)
    gaps = [
        (code, seat_id)
        for code, entry_id in entries.items()
        for seat_id in aside.get(entry_id, frozenset())
    ]
    begun = select(Mark.sheet_id).union(select(MarkOperation.sheet_id))
    with transaction():
        gone = delete(MarkSheet).where(
            tuple_(MarkSheet.code, MarkSheet.seat_id).in_(gaps), MarkSheet.id.not_in(begun)
        )
        assert changed(gone) > 0


def compared(one: Crawls, other: Crawls) -> dict[str, dict[str, str]]:
    found = {name: differences(one[name], other[name]) for name in one}
    return {name: different for name, different in found.items() if different}


def test_nobody_who_is_blind_can_tell_that_judges_stand_aside(look):
    here, there = look(), look(relate)

    assert compared(here, there) == {}
    assert min(len(reached) for reached in here.values()) > 5


@pytest.mark.parametrize("name", ["judge1_a", "judge2_a"])
def test_a_build_that_leaves_a_gap_is_caught(look, name):
    here, there = look(None, (name,)), look(relate_and_leave_a_gap, (name,))

    assert set(compared(here, there)) == {name}


def test_the_computation_knows_of_nobody_aside_before_the_opening(look, app, world):
    look(relate, ())

    with app.app_context():
        assert standing_aside(world.track_a) != {}
        assert aside_by_code(world.track_a) == {}
