"""T3 once more, at the moment when the timetable is public and the panel is on duty.

Judges see when and where they serve. What sits where, in whatever order, must not reach them: not
on a page, not in a seat map, not in a calendar, not by the length of an answer.
"""

import secrets
from functools import partial

import pytest
from flask import Flask, make_response

from eventsys import clock
from eventsys.db import db, session, transaction
from eventsys.releases.actions import give_feed
from eventsys.releases.models import PlanVersion
from eventsys.releases.queries import lines_of
from eventsys.releases.rules import LineKind
from tests.databases import Database
from tests.security.crawl import Ask
from tests.security.stages import actor, marking, permute_seats, publish_timetable
from tests.security.worlds import JUDGES, Worlds, compared
from tests.world import World

LOOKS = {
    "every address": (1, None, ()),
    "every form of the chief judge": (2, 1, ("chief_a",)),
}
"""A world, how many addresses are guessed, and who sends forms."""


@pytest.fixture
def worlds(app: Flask, database: Database, world: World, browse, monkeypatch) -> Worlds:
    """A version is public, the panel serves at its session and marks, each has a calendar."""
    with app.app_context():
        held = publish_timetable(world, JUDGES)
    noon = clock.now()
    monkeypatch.setattr(clock, "now", lambda: noon)
    with app.app_context():
        marking(world)
        version = session().query(PlanVersion.id).scalar()
        with transaction():
            feeds = {name: give_feed(actor(name)).token for name in JUDGES}
        db.session.remove()
    found = Worlds(app, database, world)
    monkeypatch.setattr(secrets, "randbelow", found.chance.randrange)
    monkeypatch.setattr(secrets, "token_bytes", lambda n=None: found.chance.randbytes(n or 32))
    clients = {name: browse(name) for name in (*JUDGES, "leader1_a")}
    own = {
        name: [Ask(f"/public/timetable/calendar/{token}.ics"), *map(Ask, public(world))]
        for name, token in feeds.items()
    }
    found.freeze(clients, [world.competition_a, world.room_a, held, version], own)
    return found


def public(world: World) -> tuple[str, ...]:
    place = f"/public/timetable/{world.competition_a}"
    parts = ("", "/embed", f"/tracks/{world.track_a}.ics", f"/rooms/{world.room_a}.ics")
    return ("/timetable/my-day", "/duties/mine", *(f"{place}{part}" for part in parts))


@pytest.mark.parametrize(("seed", "part", "sends"), LOOKS.values(), ids=LOOKS)
def test_a_published_timetable_leaves_every_byte_a_panel_reaches_as_it_is(
    worlds, seed, part, sends
):
    look = partial(worlds.look, JUDGES, part=part, words=[], sends=sends)
    here, there = look(), look(partial(permute_seats, seed=seed))

    assert compared(here, there) == {}
    for name in JUDGES:
        for ask in worlds.own[name]:
            status, body, _headers = here[name][str(ask)]
            assert (status, "甲一号车间" in body.decode().replace("\r\n ", "")) == (200, True), ask


def test_those_who_may_know_do_see_another_world(worlds):
    here = worlds.look(("leader1_a",), part=0, words=[])
    there = worlds.look(("leader1_a",), partial(permute_seats, seed=1), part=0, words=[])

    assert "/timetable/my-day" in compared(here, there)["leader1_a"]


def test_a_public_page_that_gives_away_who_sits_where_is_caught(worlds, monkeypatch):
    honest = worlds.app.view_functions["public_timetable.show"]

    def leaks(**arguments: object):
        answer = make_response(honest(**arguments))
        seats = lines_of(session().query(PlanVersion).one(), LineKind.SEAT)
        order = sorted(seats, key=lambda one: one.key)
        answer.set_data(answer.get_data() + " ".join(one.number for one in order).encode())
        return answer

    monkeypatch.setitem(worlds.app.view_functions, "public_timetable.show", leaks)
    here = worlds.look(("judge1_a",), part=0, words=[])
    there = worlds.look(("judge1_a",), partial(permute_seats, seed=1), part=0, words=[])

    page = f"/public/timetable/{worlds.world.competition_a}"
    assert compared(here, there)["judge1_a"][page] == "body"
