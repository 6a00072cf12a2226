"""What the tests of plans share: an organizer, shifts, needs, and sessions worked out."""

from datetime import timedelta

import pytest

from eventsys.db import enter_group, session, transaction
from eventsys.events.models import Event
from eventsys.plans.minutes import origin_of
from eventsys.plans.setting_actions import PlanFacts, keep_settings, lay_down_needs
from eventsys.plans.shifts import TEMPLATES, Template, check_shifts
from eventsys.plans.work_out import work_out


def plan_facts(**changed) -> PlanFacts:
    """The usual settings of a competition day on both days."""
    usual = {
        "shifts": check_shifts(TEMPLATES[Template.CONTEST], [0, 1]),
        "rest": 10,
        "duty_rest": 0,
        "gap": 60,
        "reset": 10,
        "travel": 30,
        "wishes": {},
        "severities": {},
        "most": None,
        "most_a_day": None,
        "most_per_unit": 1,
        "odd_panels": False,
    }
    return PlanFacts(**(usual | changed))


@pytest.fixture
def organizer(act, world):
    enter_group(world.group_a)
    return act("organizer_a")


@pytest.fixture
def early(inside, world, at):
    """Midnight before the events, when nothing has begun."""
    moment = origin_of(session().get_one(Event, world.competition_a).starts_on)
    at(moment - timedelta(minutes=1))
    return moment


def names(track, part):
    """How parts are called where nobody translates."""
    return part


def words(text):
    """No translation."""
    return text


@pytest.fixture
def planned(early, organizer, world):
    """An event with shifts, needs and sessions worked out; gives back the event."""

    def make(key: str) -> Event:
        with transaction():
            event = session().get_one(Event, world.ids[key])
            keep_settings(organizer, event, plan_facts())
            lay_down_needs(organizer, event)
            work_out(organizer, event, words, names)
        return session().get_one(Event, world.ids[key])

    return make
