"""Entries moved among the stations of a session: exchanged, set aside, taken back, refused."""

import pytest
from sqlalchemy import func, select, update

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.draws.models import CodeDraw, LevelDraw
from eventsys.draws.rules import Level
from eventsys.errors import Forbidden
from eventsys.events.models import Event
from eventsys.plans.models import EntryNeed, PlanMove
from eventsys.plans.move_actions import move_item, redo_move, undo_move
from eventsys.plans.moves import Move, NothingToRedo, NothingToUndo, Where
from eventsys.plans.placing import settings_of
from eventsys.plans.seat_actions import seat_entry, seat_verdict_on
from eventsys.plans.seat_moves import (
    CannotSit,
    SeatAsksFirst,
    SeatedMeanwhile,
    SeatMove,
    StationsStay,
)
from eventsys.plans.seat_queries import room_day
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.timetable.actions import place_entry
from eventsys.timetable.models import Placement, Room, Station
from eventsys.timetable.refusals import StationElsewhere, StationFaulty
from eventsys.timetable.rules import ClashKind
from tests.moving import MORNING, NOON, item, keep, lay_out, seat
from tests.queries import count_queries

ONE, TWO, THREE = "hall_station1", "hall_station2", "hall_station3"


@pytest.fixture
def plan(world, inside, act):
    """K1 in the hall in the morning, entries 1 and 2 at its first stations."""
    lay_out(world)
    with transaction():
        to = Where(world.hall, MORNING)
        move_item(act("organizer_a"), item(world, "K1"), Move("aaaaaaaa-0000", None, to))
    seat(world, "K1", "entry1_a", "entry2_a")
    return world


@pytest.fixture
def go(plan, act):
    """Give an entry a station as somebody; what was seen is where it sits unless said otherwise."""
    numbers = iter(range(1000))

    def move(entry, to, *, by="organizer_a", agreed=(), op=None, **seen):
        actor, held = act(by), item(plan, "K1").session
        found = session().scalar(select(Placement).filter_by(entry_id=plan.ids[entry]))
        there = seen.get("seen", found.station_id if found else None)
        station = plan.ids[to] if to else None
        op = op or f"bbbbbbbb-{next(numbers):04d}"
        wanted = SeatMove(op, plan.ids[entry], there, station, frozenset(agreed))
        with transaction():
            return seat_entry(actor, held, wanted)

    return move


@pytest.fixture
def back(plan, act):
    """Undo or redo as somebody, among the stations of a room."""
    numbers = iter(range(1000))

    def step(way, *, by="organizer_a", agreed=(), room="hall"):
        actor, op = act(by), f"cccccccc-{next(numbers):04d}"
        with transaction():
            event = session().get_one(Event, plan.competition_a)
            return way(actor, event, op, frozenset(agreed), plan.ids[room])

    return step


def sits(plan):
    """Labels by entry."""
    found = session().execute(
        select(Placement.entry_id, Station.label).join(Station, Station.id == Placement.station_id)
    )
    names = {plan.ids[f"entry{n}_a"]: n for n in range(1, 7)}
    return {names[entry]: label for entry, label in found}


def mark(plan, station, **facts):
    with transaction():
        session().execute(update(Station).filter_by(id=plan.ids[station]).values(**facts))


def asked(sent):
    return [one for one in sent if one.startswith("SELECT")]


def refusal(kind, deed, *args, **kwargs):
    with pytest.raises(kind) as found:
        deed(*args, **kwargs)
    return found.value


def test_an_entry_gets_another_station_and_that_is_a_move_on_record(plan, go):
    move = go("entry1_a", THREE)

    assert sits(plan) == {1: "03", 2: "02"}
    assert (move.kind.value, move.number) == ("seated", 2)
    assert move.item_id == plan.K1
    last = session().scalars(select(AuditEntry).filter_by(deed="entry.placed")).one()
    assert (last.facts["before"], last.facts["after"]) == ("K1 01", "K1 03")


def test_two_change_places_after_a_yes(plan, go, back):
    asked = refusal(SeatAsksFirst, go, "entry1_a", TWO)
    go("entry1_a", TWO, agreed=asked.keys)
    then = sits(plan)
    back(undo_move)

    assert asked.keys == ["swap:002:01"]
    assert then == {1: "02", 2: "01"}
    assert sits(plan) == {1: "01", 2: "02"}


def test_out_of_the_tray_to_a_taken_station_sends_the_other_into_it(plan, go, back):
    asked = refusal(SeatAsksFirst, go, "entry3_a", TWO)
    go("entry3_a", TWO, agreed=asked.keys)
    then = sits(plan)
    back(undo_move)

    assert asked.keys == ["out:002"]
    assert then == {1: "01", 3: "02"}
    assert sits(plan) == {1: "01", 2: "02"}


def test_the_tray_takes_an_entry_and_gives_it_back(plan, go, back):
    go("entry2_a", None)
    gone = sits(plan)
    back(undo_move)
    there = sits(plan)
    back(redo_move)

    assert (gone, there, sits(plan)) == ({1: "01"}, {1: "01", 2: "02"}, {1: "01"})
    refusal(NothingToRedo, back, redo_move)
    back(undo_move)
    refusal(NothingToUndo, back, undo_move)


def test_undo_here_leaves_sessions_and_other_rooms_alone(plan, go, back):
    go("entry1_a", THREE)

    refusal(NothingToUndo, back, undo_move, room="room_a")
    back(undo_move)

    refusal(NothingToUndo, back, undo_move)
    assert item(plan, "K1").session.room_id == plan.hall


def test_undo_is_for_one_s_own_moves_that_nobody_moved_on_from(plan, go, back):
    go("entry1_a", THREE)
    go("entry1_a", "hall_station4", by="colleague_a")

    refusal(NothingToUndo, back, undo_move)

    assert sits(plan) == {1: "04", 2: "02"}


def test_a_move_that_is_sent_twice_is_made_once(plan, go):
    first = go("entry1_a", THREE, op="dddddddd-0001", seen=plan.hall_station1)
    again = go("entry1_a", THREE, op="dddddddd-0001", seen=plan.hall_station1)

    assert again.id == first.id
    assert session().scalar(select(func.count(PlanMove.id)).filter_by(kind="seated")) == 1


def test_a_move_of_what_somebody_else_moved_meanwhile_is_refused(plan, go):
    go("entry1_a", THREE, by="colleague_a")

    late = refusal(SeatedMeanwhile, go, "entry1_a", "hall_station4", seen=plan.hall_station1)

    assert late.facts == {"number": "001"}
    assert sits(plan) == {1: "03", 2: "02"}


def test_every_move_steps_the_revision_of_the_event(plan, go):
    go("entry1_a", THREE)
    go("entry1_a", ONE)

    assert settings_of(session().get_one(Event, plan.competition_a)).revision == 3


def test_a_faulty_station_gets_nobody(plan, go):
    mark(plan, THREE, faulty_since=clock.now())

    refusal(StationFaulty, go, "entry1_a", THREE)

    assert sits(plan) == {1: "01", 2: "02"}


def test_a_spare_station_is_given_after_a_yes(plan, go):
    mark(plan, THREE, is_spare=True)

    asked = refusal(SeatAsksFirst, go, "entry1_a", THREE)
    go("entry1_a", THREE, agreed=asked.keys)

    assert asked.keys == ["spare:03"]
    assert sits(plan) == {1: "03", 2: "02"}


def test_a_station_of_another_make_is_refused(plan, go):
    mark(plan, THREE, vendor="乙")
    with transaction():
        keep(plan, "need", EntryNeed(entry_id=plan.entry1_a, vendor="甲"))

    stopped = refusal(CannotSit, go, "entry1_a", THREE)

    assert [one.kind for one in stopped.clashes] == [ClashKind.STATION_VENDOR]


def test_neighbours_of_one_class_are_asked_about(plan, act, go):
    with transaction():
        for name in ("entry1_a", "entry3_a"):
            keep(plan, f"need_{name}", EntryNeed(entry_id=plan.ids[name], school_class="一班"))
    held = item(plan, "K1").session
    entry = session().get_one(Entry, plan.entry3_a)

    beside = seat_verdict_on(act("organizer_a"), held, entry, plan.hall_station2)
    apart = seat_verdict_on(act("organizer_a"), held, entry, plan.hall_station3)

    assert [one.kind for one in beside.warnings] == [ClashKind.NEIGHBOUR_CLASS]
    assert [one.message for one in beside.questions] == [
        "No. %(number)s sits there and goes back to the tray."
    ]
    assert apart.warnings == []


def test_stations_drawn_before_a_witness_stay(plan, act, go):
    with transaction():
        now = clock.now()
        draw = keep(plan, "draw", CodeDraw(track_id=plan.track_a, committed_at=now))
        level = LevelDraw(draw_id=draw.id, track_id=plan.track_a, level=Level.STATION, position=1)
        level.commitment, level.seed_sealed, level.drawn_at = "x" * 64, b"x", now
        keep(plan, "level", level)

    refusal(StationsStay, go, "entry1_a", THREE)
    held, entry = item(plan, "K1").session, session().get_one(Entry, plan.entry1_a)
    refusal(StationsStay, seat_verdict_on, act("organizer_a"), held, entry, None)

    assert sits(plan) == {1: "01", 2: "02"}


def test_a_station_of_another_room_is_none(plan, go):
    refusal(StationElsewhere, go, "entry1_a", "station1_a")


@pytest.mark.parametrize("who", ["organizer2_a", "leader1_a", "judge1_a", "organizer_b"])
def test_others_cannot_seat_anybody(plan, go, who):
    refusal(Forbidden, go, "entry1_a", THREE, by=who)


def test_the_seat_map_and_the_board_see_the_same(plan, act, go):
    held = item(plan, "K1").session
    entry = session().get_one(Entry, plan.entry1_a)
    with transaction():
        place_entry(act("organizer_a"), held, entry, session().get_one(Station, plan.hall_station3))

    refusal(SeatedMeanwhile, go, "entry1_a", "hall_station4", seen=plan.hall_station1)

    event = session().get_one(Event, plan.competition_a)
    shown = room_day(event, session().get_one(Room, plan.hall), MORNING // 1440)
    seated = {one.entry.id: one.station for one in shown.guests if one.station is not None}
    assert seated == {plan.entry1_a: plan.hall_station3, plan.entry2_a: plan.hall_station2}


def test_in_the_tray_lie_those_dealt_to_the_session_and_those_dealt_nowhere(plan, act, go):
    with transaction():
        where = Where(plan.hall, NOON)
        move_item(act("organizer_a"), item(plan, "K2"), Move("aaaaaaaa-0009", None, where))
        session().get_one(Entry, plan.entry6_a).state = EntryState.WITHDRAWN
    go("entry1_a", None)
    event = session().get_one(Event, plan.competition_a)

    shown = room_day(event, session().get_one(Room, plan.hall), MORNING // 1440)

    waiting = {(one.session, one.entry.number) for one in shown.guests if one.station is None}
    first, second = item(plan, "K1").session_id, item(plan, "K2").session_id
    assert waiting == {(first, 1), *((key, n) for key in (first, second) for n in (3, 4, 5))}


def test_the_queries_of_a_move_do_not_grow_with_the_room(plan, act, go):
    event, room = session().get_one(Event, plan.competition_a), session().get_one(Room, plan.hall)
    session().expire_all()
    with count_queries() as few:
        go("entry1_a", THREE)
        room_day(event, room, 1)
    with transaction():
        for number in range(5, 35):
            keep(plan, f"more{number}", Station(room_id=plan.hall, label=f"{number:02d}"))
        for number, name in enumerate(("entry3_a", "entry4_a", "entry5_a"), start=10):
            entry = session().get_one(Entry, plan.ids[name])
            station = session().get_one(Station, plan.ids[f"more{number}"])
            place_entry(act("organizer_a"), item(plan, "K1").session, entry, station)
    session().expire_all()
    with count_queries() as many:
        go("entry1_a", ONE)
        room_day(event, room, 1)

    assert len(asked(many)) <= len(asked(few))
