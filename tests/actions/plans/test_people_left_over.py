"""Nobody loses a station unsaid: put elsewhere, taken back, or left out by a planner."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from eventsys import clock
from eventsys.db import new_id, session, transaction
from eventsys.events.models import Event
from eventsys.plans.keeping import keep_plan, losing_stations
from eventsys.plans.minutes import moment_of, origin_of
from eventsys.plans.models import PlanRun
from eventsys.plans.move_actions import move_item, undo_move
from eventsys.plans.moves import AsksFirst, Move, TooFewStations, Where
from eventsys.plans.placing import put_item, settings_of
from eventsys.plans.problem import problem_of
from eventsys.plans.results import Found
from eventsys.plans.rules import OthersLoseStations
from eventsys.plans.states import RunState
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.timetable.models import Placement, Station
from eventsys.timetable.rules import Placing, Plan, Seat
from tests.moving import MORNING, NOON, item, lay_out, lies, seat


@pytest.fixture
def plan(world, inside, act):
    """K1 in the large room in the morning, five entries at its stations."""
    lay_out(world)
    to = Where(world.room_a, MORNING)
    with transaction():
        move_item(act("organizer_a"), item(world, "K1"), Move("aaaaaaaa-0000", None, to))
    seat(world, "K1", *(f"entry{n}_a" for n in range(1, 6)))
    return world


def seated():
    return sorted(
        session().scalars(select(Entry.number).join(Placement, Placement.entry_id == Entry.id))
    )


def test_a_room_that_is_too_small_is_refused_with_whom_it_would_leave_over(plan):
    event = session().get_one(Event, plan.competition_a)

    with pytest.raises(TooFewStations) as found, transaction():
        put_item(item(plan, "K1"), plan.hall, moment_of(origin_of(event.starts_on), NOON))

    assert found.value.facts == {"count": 5, "free": 4, "who": "005"}
    assert lies(plan, "K1") == Where(plan.room_a, MORNING)
    assert seated() == [1, 2, 3, 4, 5]


def test_putting_takes_everybody_along_where_there_is_room(plan):
    event = session().get_one(Event, plan.competition_a)
    with transaction():
        session().delete(session().scalars(select(Placement)).first())

    with transaction():
        put_item(item(plan, "K1"), plan.hall, moment_of(origin_of(event.starts_on), NOON))

    rooms = session().scalars(
        select(Station.room_id).join(Placement, Placement.station_id == Station.id)
    )
    assert list(rooms) == [plan.hall] * 4


def test_undo_says_who_does_not_get_a_station_back(plan, act):
    actor = act("organizer_a")
    there = Where(plan.room_a, MORNING)
    with transaction():
        move = Move("aaaaaaaa-0001", there, None, frozenset({"seats:5"}))
        move_item(actor, item(plan, "K1"), move)
    with transaction():
        session().execute(
            update(Station).filter_by(id=plan.station1_a).values(faulty_since=clock.now())
        )
        session().get_one(Entry, plan.entry3_a).state = EntryState.WITHDRAWN

    def undo(agreed):
        with transaction():
            event = session().get_one(Event, plan.competition_a)
            return undo_move(actor, event, "bbbbbbbb-0001", frozenset(agreed))

    with pytest.raises(AsksFirst) as asked:
        undo([])
    undo(asked.value.keys)

    assert asked.value.keys == ["without:2:001·003"]
    assert seated() == [2, 4, 5]


@pytest.fixture
def found(plan):
    """A run that found a plan of these placings and seats, ready to be accepted."""

    def make(wanted):
        event = session().get_one(Event, plan.competition_a)
        with transaction():
            run = PlanRun(id=new_id(), group_id=plan.group_a, event_id=event.id)
            run.owner_id, run.language, run.seconds, run.seed = plan.organizer_a, "zh", 10, 1
            run.created_at, run.state = clock.now(), RunState.DONE
            run.found = Found(wanted).plain()
            session().add(run)
        return run.id, settings_of(event).revision

    return make


def present(plan):
    problem = problem_of(session().get_one(Event, plan.competition_a))
    return problem, problem.present


def test_a_plan_that_seats_nobody_keeps_seats_unless_it_changes_the_room(plan):
    problem, now = present(plan)
    later = replace(now, placings=(Placing(plan.K1, plan.room_a, NOON),), seats=())
    elsewhere = replace(now, placings=(Placing(plan.K1, plan.hall, NOON),), seats=())
    some = replace(later, seats=(Seat(plan.entry1_a, plan.K1, plan.station1_a),))

    assert losing_stations(problem, later) == set()
    assert losing_stations(problem, Plan()) == {plan.ids[f"entry{n}_a"] for n in range(1, 6)}
    assert losing_stations(problem, elsewhere) == losing_stations(problem, Plan())
    assert losing_stations(problem, some) == {plan.ids[f"entry{n}_a"] for n in range(2, 6)}


def test_accepting_a_run_that_takes_stations_unsaid_is_refused_with_who(plan, act, found):
    key, revision = found(Plan((Placing(plan.K1, plan.room_a, NOON),), (), seats_of(plan, 1, 2, 3)))
    actor = act("organizer_a")

    with pytest.raises(OthersLoseStations) as refused, transaction():
        keep_plan(actor, session().get_one(PlanRun, key), revision, 0)
    before = seated()
    with transaction():
        keep_plan(actor, session().get_one(PlanRun, key), revision, 2)

    assert refused.value.facts == {"count": 2, "who": "004 · 005"}
    assert (before, seated()) == ([1, 2, 3, 4, 5], [1, 2, 3])


def seats_of(plan, *numbers):
    placed = session().scalars(select(Placement)).all()
    wanted = {plan.ids[f"entry{n}_a"] for n in numbers}
    return tuple(
        Seat(one.entry_id, plan.K1, one.station_id) for one in placed if one.entry_id in wanted
    )
