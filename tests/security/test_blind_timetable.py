"""A published timetable, and one's duty in it, tell a panel nothing about whose works it marks."""

import re

import pytest

from eventsys.db import db, leave_groups
from tests.security.crawl import Ask, answer_of
from tests.security.stages import permute_people, publish_timetable

PANEL = ("judge1_a", "chief_a", "clerk_a")


@pytest.fixture
def held(app, world):
    """A public version with six entries at stations, at which the panel has duties."""
    with app.app_context():
        key = publish_timetable(world, PANEL)
        leave_groups()
        db.session.remove()
    return key


def read(client, world, held):
    """What somebody finds out about the timetable, the own calendar too."""
    shown = client.get("/my-calendar").text
    feed = re.search(r'value="https?://[^/"]+(/public/[^"]+\.ics)"', shown)
    event, track, room = world.competition_a, world.track_a, world.room_a
    public = f"/public/timetable/{event}"
    asked = [
        "/timetable/my-day",
        f"/timetable/events/{event}",
        f"/timetable/tracks/{track}",
        f"/timetable/sessions/{held}/seats",
        f"/plans/events/{event}",
        f"/plans/events/{event}/versions",
        *(f"{public}{part}" for part in ("", "/embed", f"/tracks/{track}.ics")),
        f"{public}/rooms/{room}.ics",
        feed[1],
    ]
    return {one: answer_of(client, Ask(one)) for one in asked}


@pytest.mark.parametrize("name", PANEL)
def test_a_panel_reads_the_same_whoever_sits_at_the_stations(app, browse, world, held, name):
    client = browse(name)
    client.post("/my-calendar")
    before = read(client, world, held)

    with app.app_context():
        permute_people(world, 1)

    after = read(client, world, held)
    assert after == before
    assert "第一场" in after[next(reversed(after))][1].decode()


def test_others_do_read_who_sits_there_so_the_test_can_fail(app, browse, world, held):
    client = browse("leader1_a")
    client.post("/my-calendar")
    before = read(client, world, held)

    with app.app_context():
        permute_people(world, 1)

    assert read(client, world, held) != before
