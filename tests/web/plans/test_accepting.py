"""Accepting what a planner found says first whose station it takes, and does not take more."""

import pytest

from eventsys import clock
from eventsys.db import db, enter_group, new_id, session, transaction
from eventsys.events.models import Event
from eventsys.plans.models import PlanRun
from eventsys.plans.moves import Where
from eventsys.plans.placing import settings_of
from eventsys.plans.results import Found
from eventsys.plans.states import RunState
from eventsys.timetable.models import Placement
from eventsys.timetable.rules import Placing, Plan, Seat
from tests.moving import MORNING, NOON, lay_out, seat
from tests.web.plans.test_editor import move


@pytest.fixture
def run(world, app, browse):
    """K1 with two entries seated, and a run that found a later time and a seat for the first."""
    with app.app_context():
        lay_out(world)
        db.session.remove()
    move(browse("organizer_a"), world, "K1", Where(world.room_a, MORNING))
    with app.app_context():
        enter_group(world.group_a)
        seat(world, "K1", "entry1_a", "entry2_a")
        station = session().query(Placement).filter_by(entry_id=world.entry1_a).one().station_id
        event = session().get_one(Event, world.competition_a)
        with transaction():
            row = PlanRun(id=new_id(), group_id=world.group_a, event_id=event.id)
            row.owner_id, row.language, row.seconds, row.seed = world.organizer_a, "zh", 10, 1
            row.created_at, row.state = clock.now(), RunState.DONE
            later = (Placing(world.K1, world.room_a, NOON),)
            row.found = Found(Plan(later, (), (Seat(world.entry1_a, world.K1, station),))).plain()
            session().add(row)
        key, seen = row.id, settings_of(event).revision
        db.session.remove()
    return f"/plans/runs/{key}", seen


def test_the_comparison_says_whose_station_would_be_lost(run, browse):
    text = browse("organizer_a").get(run[0]).text

    assert "有 1 个报名现有工位、采用后将没有工位，证号：002。" in text
    assert '<input type="hidden" name="losing" value="1">' in text


def test_what_was_not_said_is_refused_and_shown(run, browse, app, world):
    desk, (url, seen) = browse("organizer_a"), run

    unsaid = desk.post(f"{url}/keep", data={"seen": seen, "losing": 0})
    said = desk.post(f"{url}/keep", data={"seen": seen, "losing": 1})

    assert (unsaid.status_code, said.status_code) == (409, 302)
    assert "会使 1 个报名失去工位（证号 002）" in unsaid.text
    with app.app_context():
        enter_group(world.group_a)
        assert [one.entry_id for one in session().query(Placement)] == [world.entry1_a]
