"""The page on which organizers choose how entries come into sessions."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from eventsys.db import db, enter_group, leave_groups, session, transaction
from eventsys.events.models import Event
from eventsys.plans.minutes import origin_of
from eventsys.plans.models import PlanNeed
from eventsys.plans.ways import Way
from tests.levels import use_levels


@pytest.fixture
def client(browse, world, app, at):
    """An organizer's browser, the night before the event, with the needs laid down."""
    with app.app_context():
        first = session().get_one(Event, world.competition_a).starts_on
        db.session.remove()
    found = browse("organizer_a")
    at(origin_of(first) - timedelta(minutes=5))
    found.post(f"/plans/events/{world.competition_a}/needs/usual")
    with app.app_context():
        enter_group(world.group_a)
        with transaction():
            for need in session().scalars(select(PlanNeed)):
                need.at_once = 3
        leave_groups()
        db.session.remove()
    return found


@pytest.fixture
def path(world):
    return f"/plans/tracks/{world.track_a}/way"


def kept_way(app, world):
    with app.app_context():
        enter_group(world.group_a)
        asked = select(PlanNeed.way).where(PlanNeed.track_id == world.track_a)
        found = session().scalars(asked).one()
        leave_groups()
        db.session.remove()
        return found


def test_each_way_says_what_it_would_mean(client, path):
    page = client.get(path)

    assert page.status_code == 200
    assert "同校同场" in page.text
    assert "0 / 2 所" in page.text
    assert "2 / 2 所" in page.text
    assert "以抽签为准" in page.text


def test_the_choice_is_kept_told_and_used(client, app, world, path):
    needs = f"/plans/events/{world.competition_a}/needs"

    chosen = client.post(path, data={"way": "together"})

    assert (chosen.status_code, chosen.location) == (302, needs)
    assert kept_way(app, world) is Way.TOGETHER
    assert "6 人（队）按同校同场分场" in client.get(needs).text
    client.post(needs)
    after = client.get(needs).text
    assert "编排，共 6 人（队）" in after
    assert "目前：共 2 场，2 所学校中有 0 所分在多场" in client.get(path).text


def test_what_the_ruleset_wants_drawn_cannot_be_chosen_otherwise(client, app, world, path):
    with app.app_context():
        enter_group(world.group_a)
        use_levels(world, 2)
        leave_groups()
        db.session.remove()

    refused = client.post(path, data={"way": "spread"})

    assert refused.status_code == 422
    assert "请选择抽签分场" in refused.text
    assert "各校均匀分散" not in refused.text
    assert kept_way(app, world) is Way.LOT


def test_a_way_that_is_none_is_refused(client, app, world, path):
    assert client.post(path, data={"way": "bribe"}).status_code == 422
    assert kept_way(app, world) is Way.LOT


def test_only_organizers_of_the_event_choose(browse, world, path):
    for who in ("leader1_a", "organizer2_a", "judge1_a", "organizer_b"):
        assert browse(who).get(path).status_code in {403, 404}


def test_a_class_has_no_way_to_choose(browse, world):
    answer = browse("organizer_a").get(f"/plans/tracks/{world.class_a}/way")

    assert answer.status_code == 404
