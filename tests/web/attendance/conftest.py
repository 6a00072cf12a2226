"""What the pages of attendance are tested with: a class in session, codes on tickets."""

from datetime import datetime, time, timedelta

import pytest

from eventsys import clock
from eventsys.attendance.tickets import ticket_token
from eventsys.db import db, session, transaction
from eventsys.events.models import Track
from eventsys.identity.models import User
from tests.more_entries import add_entries


@pytest.fixture
def first(app, world):
    """The first day of the class."""
    with app.app_context():
        return session().get_one(Track, world.class_a).rules.half_days[0].on


@pytest.fixture
def on_day(first, at):
    """Set the clock to a time in Shanghai on the first day of the class, or later."""

    def set_clock(hour, minute=0, *, second=0, later=0):
        day = first + timedelta(days=later)
        at(datetime.combine(day, time(hour, minute, second), clock.SHANGHAI))

    return set_clock


@pytest.fixture
def token(app, world):
    """The code on the ticket of an entry of the world."""

    def of(name):
        with app.app_context():
            return ticket_token(world.ids[name])

    return of


@pytest.fixture
def as_trainee(app, world):
    """Makes the participant's account that of the first trainee."""
    with app.app_context():
        session().get_one(User, world.participant_a).person_id = world.person_trainee1_a
        session().commit()
        db.session.remove()


@pytest.fixture
def more_entries(app, world):
    """More approved entries in a track of group A."""

    def add(track, number):
        with app.app_context():
            with transaction():
                found = session().get_one(Track, world.ids[f"{track}_a"])
                add_entries(found, world.unit1_a, number)
            db.session.remove()

    return add
