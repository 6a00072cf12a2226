"""The organizer's browser before an event, and a plan that was begun through the pages."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from eventsys.db import db, leave_groups, session
from eventsys.events.models import Event
from eventsys.plans.minutes import origin_of

SETTINGS = {
    "days": ["0", "1"],
    "shifts": "08:00-12:00 上午\n13:30-17:30 下午",
    "rest": "10",
    "gap": "60",
    "duty_rest": "0",
    "reset": "10",
    "travel": "30",
    "most_per_unit": "1",
}
WISHES = ("spread_load", "same_place", "early", "no_late_shift", "few_venues", "gap")
CLASHES = (
    "place_reset crowd_rest person_rest load day_load senior panel_unit panel_even panel_split"
    " neighbour_unit neighbour_class neighbour_paper unplaced unfilled unseated"
).split()


def filled(**changed) -> dict[str, object]:
    wishes = {f"wish_{kind}": "important" for kind in WISHES}
    weights = {f"clash_{kind}": "warn" for kind in CLASHES}
    return {**SETTINGS, **wishes, **weights, **changed}


@pytest.fixture
def client(browse, world, app, at):
    """An organizer's browser, the night before the event."""
    with app.app_context():
        first = session().get_one(Event, world.competition_a).starts_on
        db.session.remove()
    found = browse("organizer_a")
    at(origin_of(first) - timedelta(minutes=5))
    return found


@pytest.fixture
def planned(client, app, world):
    """Settings kept and sessions worked out through the pages; the plan's address."""
    path = f"/plans/events/{world.competition_a}"
    assert client.post(f"{path}/settings", data=filled()).status_code == 302
    assert client.post(f"{path}/needs/usual").status_code == 302
    assert client.post(f"{path}/needs").status_code == 302
    return path


def one(app, table, *where):
    with app.app_context():
        leave_groups()
        found = session().scalars(select(table).where(*where)).first()
        db.session.expunge_all()
        return found
