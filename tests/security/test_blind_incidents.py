"""Whoever sits where: the chief judge's pages of incidents are the same bytes."""

import re

import pytest
from sqlalchemy import text

from eventsys import clock
from eventsys.db import db, session
from eventsys.incidents import queries
from eventsys.incidents.rules import DecisionFacts
from eventsys.incidents.states import Effect, IncidentKind
from eventsys.registration.models import Entry
from tests.competition_room import decided, happened, hold_session, noted
from tests.security.stages import permute


@pytest.fixture
def moment(app, world, browse, monkeypatch):
    """A morning with incidents of every sort; what the chief judge can reach of them."""
    noon = clock.now()
    monkeypatch.setattr(clock, "now", lambda: noon)
    with app.app_context():
        held = hold_session(world)
        signed = happened(world, held, "01")
        noted(signed)
        decided(signed, DecisionFacts(Effect.ADDED_TIME, "规程第九条补时", seconds=120))
        again = happened(world, held, "01")
        noted(again)
        running = happened(world, held, "04", IncidentKind.EQUIPMENT, own_fault=False)
        session().close()
    paths = [
        "/",
        "/incidents",
        f"/incidents/tracks/{world.track_a}",
        f"/incidents/tracks/{world.track_a}/board",
        *(f"/incidents/{key}" for key in (signed, again, running)),
        f"/incidents/{signed}/decision",
        f"/incidents/{again}/decision",
    ]
    return browse("chief_a"), paths


TOKEN = re.compile(r'(name="csrf[_-]token" (?:type="hidden" )?(?:value|content)=")[^"]*')


def look(client, paths):
    """The pages, without the token that changes from second to second."""
    return [TOKEN.sub(r"\1", client.get(path).text) for path in paths]


def give_names(app, world, seed):
    """Every entry gets the people, unit and number of another one."""
    with app.app_context():
        permute(world, seed)
        session().close()


def give_seats(app, world, shift):
    """Everybody sits at the station of another one; what happened there happened to them."""
    keys = [world.ids[f"entry{number}_a"] for number in range(1, 7)]
    there = dict(zip(keys, keys[shift:] + keys[:shift], strict=True))
    with app.app_context(), db.engine.begin() as connection:
        on = "" if db.engine.dialect.name == "sqlite" else " ON incident"
        connection.execute(text(f"DROP TRIGGER IF EXISTS incident_noted_update{on}"))
        for key, entry_id in connection.execute(text("SELECT id, entry_id FROM incident")).all():
            connection.execute(
                text("UPDATE incident SET entry_id = :there WHERE id = :id"),
                {"there": there[entry_id], "id": key},
            )


def test_the_pages_do_not_depend_on_who_the_contestants_are(app, world, moment):
    before = look(*moment)
    assert all("<h1" in page for page in before)

    for shift in (1, 2, 3):
        give_names(app, world, shift)
        assert look(*moment) == before
        give_seats(app, world, shift)
        assert look(*moment) == before


def test_a_list_in_the_order_of_the_contestants_would_be_seen(app, world, moment, monkeypatch):
    """The wrong build: the list of incidents is sorted by who sits at the station."""
    by_number = queries.incidents_of

    def by_name(track_id):
        found = by_number(track_id)
        return sorted(found, key=lambda one: session().get_one(Entry, one.entry_id).label)

    monkeypatch.setattr(queries, "incidents_of", by_name)
    before = look(*moment)
    seen = []
    for shift in (1, 2, 3):
        give_names(app, world, shift)
        seen.append(look(*moment) != before)

    assert True in seen
