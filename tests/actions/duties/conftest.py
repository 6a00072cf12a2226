"""An organizer before the competition, and a judge's seat nobody is on yet."""

from datetime import timedelta

import pytest

from eventsys.db import enter_group, session, transaction
from eventsys.duties.models import Duty
from eventsys.duties.rules import Office
from eventsys.events.models import Event
from eventsys.plans.minutes import origin_of
from eventsys.plans.models import PlanItem, PlanPost
from eventsys.plans.placing import put_item


@pytest.fixture
def organizer(act, world, at):
    enter_group(world.group_a)
    event = session().get_one(Event, world.competition_a)
    at(origin_of(event.starts_on) - timedelta(minutes=1))
    return act("organizer_a")


@pytest.fixture
def duty(organizer, world):
    """A judge's seat at a session of the individual track, nobody on it."""
    with transaction():
        event = session().get_one(Event, world.competition_a)
        item = PlanItem(
            group_id=event.group_id,
            event_id=event.id,
            track_id=world.track_a,
            name="第一场",
            minutes=120,
            posts=[PlanPost(group_id=event.group_id, office=Office.JUDGE, seat=1)],
        )
        session().add(item)
        session().flush()
        put_item(item, world.room_a, origin_of(event.starts_on) + timedelta(hours=9))
    return session().query(Duty).one()
