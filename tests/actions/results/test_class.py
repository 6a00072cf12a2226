"""Completion of a class: hours from attendance, drawn up after the last half day."""

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from eventsys import clock
from eventsys.attendance.models import SignIn
from eventsys.db import session, transaction
from eventsys.events.models import Track
from eventsys.results import actions
from eventsys.results.models import ResultRow
from eventsys.results.outcomes import ClassNotOver
from eventsys.results.states import Outcome
from tests.world import TODAY

LAST_DAY = TODAY + timedelta(days=1)
HALF_DAYS = [(day, part) for day in (TODAY, LAST_DAY) for part in ("am", "pm")]


def sign(world, name, half_days):
    with transaction():
        for on, part in half_days:
            session().add(
                SignIn(
                    group_id=world.group_a,
                    entry_id=getattr(world, f"{name}_a"),
                    on=on,
                    part=part,
                    at=clock.now(),
                    by_name="甲组织者",
                )
            )


@pytest.fixture
def organizer(act, world):
    sign(world, "trainee1", HALF_DAYS)
    sign(world, "trainee2", HALF_DAYS[:3])
    return act("organizer2_a")


def evening(day):
    return clock.from_shanghai(datetime.combine(day, time(20)))


def draw_up(organizer, world):
    with transaction():
        return actions.draw_up(organizer, session().get_one(Track, world.class_a), clock.now())


def test_a_class_gets_its_results_the_day_after_its_last_half_day(organizer, world, at):
    at(evening(LAST_DAY))
    with pytest.raises(ClassNotOver):
        draw_up(organizer, world)

    at(evening(LAST_DAY) + timedelta(days=1))
    publication = draw_up(organizer, world)

    rows = session().scalars(select(ResultRow).order_by(ResultRow.position)).all()
    assert [(row.outcome, row.parts["hours"], row.parts["percent"]) for row in rows] == [
        (Outcome.COMPLETED, "16", "100.00"),
        (Outcome.NOT_COMPLETED, "12", "75.00"),
        (Outcome.NOT_COMPLETED, "0", "0.00"),
    ]
    years = {str(LAST_DAY.year): "16"} if TODAY.year == LAST_DAY.year else None
    assert rows[0].parts["of"] == "16"
    assert years is None or rows[0].parts["years"] == years
    assert publication.public_at is not None
