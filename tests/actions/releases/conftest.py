"""A planned competition day, and an organizer who keeps versions of it."""

from datetime import datetime, time, timedelta

import pytest

from eventsys import clock
from eventsys.db import new_id, session, transaction
from eventsys.duties.models import Duty
from eventsys.duties.rules import Office
from eventsys.events.models import Event, Track
from eventsys.timetable.actions import SessionFacts, add_session, change_session, draw_stations
from eventsys.timetable.models import Session


@pytest.fixture
def organizer(act):
    return act("organizer_a")


@pytest.fixture
def event(inside, world):
    return session().get_one(Event, world.competition_a)


@pytest.fixture
def facts(world, event):
    def make(hour=9, name="第一场"):
        starts = datetime.combine(event.starts_on, time(hour), tzinfo=clock.SHANGHAI)
        return SessionFacts(world.room_a, name, starts, starts + timedelta(hours=2))

    return make


@pytest.fixture
def held(organizer, world, facts):
    """A session of the individual track with everybody at a station and one floor judge."""
    track = session().get_one(Track, world.track_a)
    with transaction():
        found = add_session(organizer, track, facts())
    with transaction():
        draw_stations(organizer, track)
    with transaction():
        session().add(
            Duty(
                id=new_id(),
                group_id=track.group_id,
                session_id=found.id,
                office=Office.FLOOR,
                seat=1,
                user_id=world.floor_a,
            )
        )
    return found.id


@pytest.fixture
def move(organizer, facts):
    """Put a session on another hour."""

    def to(key, hour):
        with transaction():
            change_session(organizer, session().get_one(Session, key), facts(hour))

    return to
