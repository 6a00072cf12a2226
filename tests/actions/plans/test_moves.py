"""Moves by hand: placed, moved, lifted, taken back; refused, asked about, or too late."""

import pytest
from sqlalchemy import func, select

from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.events.models import Event
from eventsys.plans.models import PlanMove
from eventsys.plans.move_actions import move_item, redo_move, undo_move
from eventsys.plans.moves import (
    AsksFirst,
    DoesNotFit,
    Move,
    MovedMeanwhile,
    NotAPlace,
    NothingToRedo,
    NothingToUndo,
    TooFewStations,
    Where,
)
from eventsys.plans.rules import SessionBegun
from eventsys.timetable.models import Placement, Session, Station
from eventsys.timetable.rules import ClashKind
from tests.moving import LATE, MORNING, NOON, add_item, item, lay_out, lies, seat
from tests.queries import count_queries


@pytest.fixture
def plan(world, inside):
    return lay_out(world)


@pytest.fixture
def go(plan, act):
    """Move an item as somebody; what was seen is where it lies unless said otherwise."""
    numbers = iter(range(1000))

    def move(name, to, *, by="organizer_a", agreed=(), op=None, **seen):
        actor = act(by)
        op = op or f"aaaaaaaa-{next(numbers):04d}"
        there = seen.get("seen", lies(plan, name))
        with transaction():
            wanted = Move(op, there, to, frozenset(agreed))
            return move_item(actor, item(plan, name), wanted).move

    return move


@pytest.fixture
def back(plan, act):
    """Undo or redo as somebody."""
    numbers = iter(range(1000))

    def step(way, *, by="organizer_a", agreed=()):
        actor = act(by)
        with transaction():
            event = session().get_one(Event, plan.competition_a)
            return way(actor, event, f"bbbbbbbb-{next(numbers):04d}", frozenset(agreed))

    return step


def refusal(kind, deed, *args, **kwargs):
    with pytest.raises(kind) as found:
        deed(*args, **kwargs)
    return found.value


def labels(held_id):
    found = session().execute(
        select(Placement.entry_id, Station.label)
        .join(Station, Station.id == Placement.station_id)
        .where(Placement.session_id == held_id)
    )
    return {row[0]: row[1] for row in found}


def test_an_item_gets_a_session_moves_with_it_and_goes_back_to_the_tray(plan, go):
    first = Where(plan.room_a, MORNING)
    then = Where(plan.hall, LATE)

    kinds = [go("K1", one).kind.value for one in (first, then, None)]

    assert kinds == ["placed", "moved", "lifted"]
    assert lies(plan, "K1") is None
    assert session().scalars(select(Session)).all() == []
    numbers = session().scalars(select(PlanMove.number).order_by(PlanMove.number)).all()
    assert numbers == [1, 2, 3]


def test_every_move_is_on_record_with_where_from_and_where_to(plan, go):
    go("K1", Where(plan.room_a, MORNING))
    go("K1", Where(plan.room_a, NOON))

    found = session().scalars(
        select(AuditEntry).where(AuditEntry.deed.like("item.%")).order_by(AuditEntry.sequence)
    )
    told = [(one.deed, one.facts["before"], one.facts["after"]) for one in found]
    first, then = told[0][2], told[1][2]

    assert told == [("item.placed", None, first), ("item.moved", first, then)]
    assert (first[:5], first[-5:], then[-5:]) == ("甲一号车间", "09:00", "12:00")


def test_a_move_that_is_sent_twice_is_made_once(plan, go):
    to = Where(plan.room_a, MORNING)

    first = go("K1", to, op="cccccccc-0001", seen=None)
    again = go("K1", to, op="cccccccc-0001", seen=None)

    assert again.id == first.id
    assert session().scalar(select(func.count(PlanMove.id))) == 1


def test_a_move_of_what_somebody_else_moved_meanwhile_is_refused_by_name(plan, go):
    go("K1", Where(plan.room_a, MORNING))

    late = refusal(MovedMeanwhile, go, "K1", Where(plan.hall, NOON), seen=None)

    assert late.facts == {"name": "K1", "who": "甲组织者"}
    assert lies(plan, "K1") == Where(plan.room_a, MORNING)


def test_another_item_may_be_moved_meanwhile(plan, go):
    go("K1", Where(plan.room_a, MORNING))

    go("K2", Where(plan.room_a, NOON), seen=None)

    assert lies(plan, "K2") == Where(plan.room_a, NOON)


def test_a_room_that_is_taken_refuses_and_nothing_changes(plan, go):
    go("K1", Where(plan.room_a, MORNING))

    stopped = refusal(DoesNotFit, go, "K2", Where(plan.room_a, MORNING + 30))

    assert [one.kind for one in stopped.clashes] == [ClashKind.PLACE_TAKEN]
    assert lies(plan, "K2") is None
    assert session().scalar(select(func.count(PlanMove.id))) == 1


def test_nobody_can_be_in_two_sessions_at_once(plan, go):
    go("K1", Where(plan.room_a, MORNING))

    stopped = refusal(DoesNotFit, go, "T1", Where(plan.hall, MORNING))

    assert [one.kind for one in stopped.clashes] == [ClashKind.CROWD_TWICE]


def test_a_place_outside_the_event_or_in_another_group_is_none(plan, go):
    for to in (Where(plan.room_b, MORNING), Where(plan.room_a, -10), Where(plan.room_a, 99999)):
        refusal(NotAPlace, go, "K1", to)

    assert lies(plan, "K1") is None


def test_people_go_along_to_the_same_stations_after_a_yes(plan, go):
    go("K1", Where(plan.room_a, MORNING))
    seat(plan, "K1", "entry1_a", "entry2_a", "entry3_a")
    to = Where(plan.hall, MORNING)

    asked = refusal(AsksFirst, go, "K1", to)
    go("K1", to, agreed=asked.keys)

    assert asked.keys == ["along:3"]
    assert labels(item(plan, "K1").session_id) == {
        plan.entry1_a: "01",
        plan.entry2_a: "02",
        plan.entry3_a: "03",
    }


def test_a_yes_to_other_numbers_asks_again(plan, go):
    go("K1", Where(plan.room_a, MORNING))
    seat(plan, "K1", "entry1_a", "entry2_a")

    asked = refusal(AsksFirst, go, "K1", Where(plan.hall, MORNING), agreed=["along:1"])

    assert asked.keys == ["along:2"]


def test_a_room_with_too_few_stations_is_refused_with_the_numbers(plan, go):
    go("K1", Where(plan.room_a, MORNING))
    seat(plan, "K1", *(f"entry{n}_a" for n in range(1, 6)))

    stopped = refusal(TooFewStations, go, "K1", Where(plan.hall, MORNING))

    assert stopped.facts == {"count": 5, "free": 4, "who": "005"}


def test_a_move_in_time_leaves_people_at_their_stations(plan, go):
    go("K1", Where(plan.room_a, MORNING))
    seat(plan, "K1", "entry1_a", "entry2_a")

    go("K1", Where(plan.room_a, NOON))

    assert labels(item(plan, "K1").session_id) == {plan.entry1_a: "01", plan.entry2_a: "02"}


def test_the_tray_takes_stations_away_after_a_yes_and_undo_gives_them_back(plan, go, back):
    go("K1", Where(plan.room_a, MORNING))
    seat(plan, "K1", "entry1_a", "entry2_a")

    asked = refusal(AsksFirst, go, "K1", None)
    go("K1", None, agreed=asked.keys)
    gone = session().scalar(select(func.count(Placement.id)))
    back(undo_move)

    assert asked.keys == ["seats:2"]
    assert gone == 0
    assert lies(plan, "K1") == Where(plan.room_a, MORNING)
    assert labels(item(plan, "K1").session_id) == {plan.entry1_a: "01", plan.entry2_a: "02"}


def test_undo_goes_back_step_by_step_and_redo_forth_again(plan, go, back):
    places = [Where(plan.room_a, MORNING), Where(plan.room_a, NOON), Where(plan.hall, LATE)]
    for one in places:
        go("K1", one)

    down = []
    for _step in places:
        back(undo_move)
        down.append(lies(plan, "K1"))
    up = []
    for _step in places:
        back(redo_move)
        up.append(lies(plan, "K1"))

    assert down == [places[1], places[0], None]
    assert up == places
    refusal(NothingToRedo, back, redo_move)


def test_a_new_move_forgets_what_could_be_repeated(plan, go, back):
    go("K1", Where(plan.room_a, MORNING))
    back(undo_move)
    go("K2", Where(plan.room_a, NOON))

    refusal(NothingToRedo, back, redo_move)


def test_undo_is_for_one_s_own_moves_and_leaves_what_others_moved_on(plan, go, back):
    go("K1", Where(plan.room_a, MORNING))
    go("K2", Where(plan.room_a, NOON))
    go("K2", Where(plan.room_a, LATE), by="colleague_a")

    back(undo_move)

    assert lies(plan, "K1") is None
    assert lies(plan, "K2") == Where(plan.room_a, LATE)
    refusal(NothingToUndo, back, undo_move)


def test_an_undo_that_would_clash_now_is_refused_and_changes_nothing(plan, go, back):
    go("K1", Where(plan.room_a, MORNING))
    go("K1", Where(plan.room_a, NOON))
    go("K2", Where(plan.room_a, MORNING), by="colleague_a")

    stopped = refusal(DoesNotFit, back, undo_move)

    assert [one.kind for one in stopped.clashes] == [ClashKind.PLACE_TAKEN]
    assert lies(plan, "K1") == Where(plan.room_a, NOON)


def test_what_has_begun_stays(plan, go, at):
    go("K1", Where(plan.room_a, MORNING))
    at(session().scalars(select(Session.starts_at)).one())

    refusal(SessionBegun, go, "K1", Where(plan.room_a, NOON))

    assert lies(plan, "K1") == Where(plan.room_a, MORNING)


@pytest.mark.parametrize("who", ["organizer2_a", "leader1_a", "judge1_a", "organizer_b"])
def test_others_cannot_move_anything(plan, go, who):
    refusal(Forbidden, go, "K1", Where(plan.room_a, MORNING), by=who)


def test_the_number_of_queries_does_not_grow_with_the_plan(plan, go):
    with count_queries() as few:
        go("K1", Where(plan.room_a, MORNING))
    with transaction():
        for number in range(30):
            add_item(plan, f"Z{number}")
    for number in range(5):
        go(f"Z{number}", Where(plan.hall, MORNING + 70 * number))
    with count_queries() as many:
        go("K2", Where(plan.room_a, NOON))

    assert len(many) <= len(few)
