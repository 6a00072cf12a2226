"""What the timetable's tests share: an organizer at work, and sessions set."""

from datetime import datetime, time, timedelta

import pytest

from eventsys import clock
from eventsys.db import enter_group, session, transaction
from eventsys.events.models import Track
from eventsys.timetable.actions import SessionFacts, add_session
from eventsys.timetable.models import Session


@pytest.fixture
def organizer(act, world):
    enter_group(world.group_a)
    return act("organizer_a")


@pytest.fixture
def facts(inside, world):
    """Facts of a session from ``hour`` on, two hours long, on the first day of the events."""
    day = session().get_one(Track, world.track_a).event.starts_on

    def make(hour, name="第一场", part="", room_id=None):
        midnight = datetime.combine(day, time(), tzinfo=clock.SHANGHAI)
        starts = midnight + timedelta(hours=hour)
        return SessionFacts(
            room_id or world.room_a, name, starts, starts + timedelta(hours=2), part
        )

    return make


@pytest.fixture
def set_session(organizer, world, facts):
    """A session of a track, kept."""

    def make(track, hour=9, name="第一场", part="", room_id=None) -> Session:
        with transaction():
            return add_session(
                organizer,
                session().get_one(Track, world.ids[track]),
                facts(hour, name, part, room_id),
            )

    return make
