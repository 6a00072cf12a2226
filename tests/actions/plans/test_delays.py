"""Delaying a session: what shares its room or people moves along, in one act, or nothing moves."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from eventsys import clock
from eventsys.db import session, transaction
from eventsys.duties.rules import Office
from eventsys.events.models import Event, Track
from eventsys.plans.delays import Delay, delay_session
from eventsys.plans.models import PlanItem, PlanMove, PlanPost
from eventsys.plans.placing import put_item, serve
from eventsys.plans.queries import items_of
from eventsys.plans.rules import DelayUnfit, SessionOver
from eventsys.plans.setting_actions import split_track
from eventsys.plans.work_out import work_out
from eventsys.timetable.models import Room, Session, Venue
from eventsys.timetable.place_actions import add_room, close_room
from tests.actions.plans.conftest import names, words


@pytest.fixture
def day(planned, organizer, early, world):
    """Modules A 8:00 and B 10:00 in one room, the team track 14:00 in another."""
    event = planned("competition_a")
    with transaction():
        split_track(organizer, session().get_one(Track, world.track_a), by_module=True)
        work_out(organizer, session().get_one(Event, event.id), words, names)
        other = add_room(organizer, session().get_one(Venue, world.venue_a), "二号", 5, stations=9)
        first, second = [one for one in items_of(event.id) if one.track_id == world.track_a]
        a = put_item(first, world.room_a, early + timedelta(hours=8))
        b = put_item(second, world.room_a, early + timedelta(hours=10))
        extra = PlanItem(
            group_id=first.group_id,
            event_id=event.id,
            track_id=world.team_track_a,
            name="单独",
            minutes=60,
        )
        session().add(extra)
        session().flush()
        c = put_item(extra, other.id, early + timedelta(hours=14))
        return {"a": a.id, "b": b.id, "c": c.id}


def held(key) -> Session:
    return session().get_one(Session, key)


def starts(day) -> dict[str, int]:
    """Hours on a Shanghai clock, and minutes."""
    return {
        name: clock.in_shanghai(held(key).starts_at).strftime("%H:%M") for name, key in day.items()
    }


def test_a_delay_pushes_what_comes_after_it_and_nothing_else(organizer, day):
    with transaction():
        moved = delay_session(organizer, held(day["a"]), 60, words)

    assert moved == 2
    assert (starts(day)["a"], starts(day)["c"]) == ("09:00", "14:00")
    assert held(day["b"]).starts_at - held(day["a"]).ends_at == timedelta(minutes=10)


def test_a_delay_that_reaches_nobody_moves_one(organizer, day):
    with transaction():
        moved = delay_session(organizer, held(day["c"]), 30, words)

    assert moved == 1
    assert starts(day)["c"] == "14:30"


def test_a_judge_who_serves_later_elsewhere_takes_the_delay_along(organizer, day, world):
    with transaction():
        item = session().scalars(select(PlanItem).where(PlanItem.name == "单独")).one()
        item.posts.append(PlanPost(group_id=item.group_id, office=Office.JUDGE, seat=1))
        for key in ("b", "c"):
            serve(held(day[key]), Office.JUDGE, 1, world.judge1_a, fixed=False)

    thought = Delay(held(day["b"]), 240)

    assert len(thought.pushes) == 2


def test_a_delay_into_a_closed_room_moves_nothing(organizer, day, world, early):
    with transaction():
        room = session().get_one(Room, world.room_a)
        close_room(organizer, room, early + timedelta(hours=13), early + timedelta(hours=20))
    before = starts(day)

    with pytest.raises(DelayUnfit), transaction():
        delay_session(organizer, held(day["a"]), 120, words)

    assert starts(day) == before


def test_what_has_begun_ends_later_and_pushes_the_rest(organizer, day, early, at):
    at(early + timedelta(hours=8, minutes=30))
    ended = held(day["a"]).ends_at

    with transaction():
        delay_session(organizer, held(day["a"]), 60, words)

    assert starts(day)["a"] == "08:00"
    assert held(day["a"]).ends_at == ended + timedelta(minutes=60)
    assert held(day["b"]).starts_at == held(day["a"]).ends_at + timedelta(minutes=10)


def test_what_is_over_is_not_delayed(organizer, day, early, at):
    at(early + timedelta(hours=23))

    with pytest.raises(SessionOver), transaction():
        delay_session(organizer, held(day["a"]), 10, words)


def test_a_delay_is_one_move_of_the_plan_on_record(organizer, day):
    with transaction():
        delay_session(organizer, held(day["a"]), 60, words)

    move = session().scalars(select(PlanMove)).one()
    assert move.kind.value == "delayed"
    assert len(move.before) == len(move.after) == 2
