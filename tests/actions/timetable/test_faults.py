"""Faulty stations: logged and mended on record, kept out of draws, hands and counts."""

import pytest
from sqlalchemy import select

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.events.models import Track
from eventsys.registration.models import Entry
from eventsys.timetable import place_queries, queries
from eventsys.timetable.actions import draw_stations, place_entry
from eventsys.timetable.fault_actions import log_fault, mend_station
from eventsys.timetable.models import Placement, Room, Station, StationFault, Travel, Venue
from eventsys.timetable.place_actions import (
    RoomFacts,
    add_venue,
    change_room,
    close_room,
    reopen_room,
    set_travel,
    set_vendor,
)
from eventsys.timetable.refusals import (
    AlreadyFaulty,
    ClosureUpsideDown,
    FaultUnsaid,
    NotFaulty,
    SameVenue,
    StationFaulty,
    StationUnknown,
)
from eventsys.timetable.rules import StationState
from eventsys.timetable.states import Purpose


@pytest.fixture(autouse=True)
def _early(at, facts):
    """Before anything begins."""
    at(facts(6).starts_at)


@pytest.fixture
def station(inside, world) -> Station:
    return session().get_one(Station, world.station1_a)


def broken(actor, station: Station, what="无法开机") -> StationFault:
    with transaction():
        return log_fault(actor, station, what)


def test_a_fault_is_logged_and_mended_on_record(organizer, station):
    broken(organizer, station, "  无法   开机 ")
    assert station.state is StationState.FAULTY

    with transaction():
        mend_station(organizer, station, "换电源")

    log = place_queries.faults_of(station.id)
    assert [(one.what, one.note, one.mended_by) for one in log] == [
        ("无法 开机", "换电源", organizer.name)
    ]
    deeds = select(AuditEntry.deed).where(AuditEntry.deed.startswith("station."))
    assert set(session().scalars(deeds)) == {"station.broke", "station.mended"}
    assert station.state is StationState.OK


def test_a_fault_is_logged_once_and_says_what(organizer, station):
    with pytest.raises(FaultUnsaid), transaction():
        log_fault(organizer, station, "  ")
    with pytest.raises(NotFaulty), transaction():
        mend_station(organizer, station)
    broken(organizer, station)
    with pytest.raises(AlreadyFaulty), transaction():
        log_fault(organizer, station, "断电")


def test_a_floor_judge_logs_faults_only_while_at_work_in_the_room(
    act, world, station, set_session, organizer
):
    with pytest.raises(Forbidden), transaction():
        log_fault(act("floor_a"), station, "断电")

    held = set_session("track_a")
    assert held.ends_at > clock.now()

    broken(act("floor_a"), station)


def test_nobody_is_drawn_or_put_at_a_faulty_station(organizer, world, station, set_session):
    held = set_session("track_a")
    broken(organizer, station)

    with transaction():
        draw_stations(organizer, held.track)

    used = set(session().scalars(select(Placement.station_id)))
    assert station.id not in used
    entry = session().get_one(Entry, world.entry1_a)
    with pytest.raises(StationFaulty), transaction():
        place_entry(organizer, held, entry, station)


def test_faulty_stations_do_not_count_as_free(organizer, world, station, set_session):
    held = set_session("track_a")
    before = queries.sessions_of_track(held.track_id)[0]

    broken(organizer, station)

    after = queries.sessions_of_track(held.track_id)[0]
    assert (after.stations, after.free) == (before.stations - 1, before.free - 1)


def test_whoever_sits_at_a_faulty_station_is_offered_the_spare_ones(organizer, world, set_session):
    held = set_session("track_a")
    with transaction():
        draw_stations(organizer, held.track)
    placed = queries.placements_in([held.id])[0]
    spare = next(one for one in queries.stations_of(held.room_id) if one.is_spare)
    broken(organizer, placed.station)

    stranded = place_queries.stranded_at(placed.station)
    assert [one.placement.id for one in stranded] == [placed.id]
    assert spare.id in {one.id for one in stranded[0].spare}

    with transaction():
        place_entry(organizer, held, placed.entry, spare)
    assert place_queries.stranded_at(session().get_one(Station, world.station1_a)) == []


def test_a_room_says_what_it_is_for(organizer, world):
    room = session().get_one(Room, world.room_a)
    facts = RoomFacts("202", 4, Purpose.THEORY, 60, "投影仪，气源、投影仪", 15)

    with transaction():
        change_room(organizer, room, facts)

    assert (room.name, room.purpose, room.seats, room.reset_minutes) == (
        "202",
        Purpose.THEORY,
        60,
        15,
    )
    assert room.equipment == "投影仪, 气源"


def test_a_room_closes_and_opens_again(organizer, world, facts):
    room = session().get_one(Room, world.room_a)
    when = facts(9)

    with pytest.raises(ClosureUpsideDown), transaction():
        close_room(organizer, room, when.ends_at, when.starts_at)
    with transaction():
        closure = close_room(organizer, room, when.starts_at, when.ends_at, "停电检修")
    assert [one.reason for one in place_queries.closures_of(room.id)] == ["停电检修"]
    with transaction():
        reopen_room(organizer, closure)

    assert place_queries.closures_of(room.id) == []


def test_the_way_between_two_venues_is_one_line_in_either_direction(organizer, world):
    venue = session().get_one(Venue, world.venue_a)
    with pytest.raises(SameVenue), transaction():
        set_travel(organizer, venue, venue, 20)
    with transaction():
        other = add_venue(organizer, "新校区")
    for one, two, minutes in ((venue, other, 30), (other, venue, 40)):
        with transaction():
            set_travel(organizer, one, two, minutes)
    assert [one.minutes for one in place_queries.ways()] == [40]

    with transaction():
        set_travel(organizer, venue, other, 0)

    assert session().scalars(select(Travel)).all() == []


def test_stations_in_a_row_get_a_make(organizer, world):
    room = session().get_one(Room, world.room_a)
    labels = [one.label for one in queries.stations_of(room.id)]

    with pytest.raises(StationUnknown), transaction():
        set_vendor(organizer, room, "Z99", labels[1], "海康")
    with transaction():
        number = set_vendor(organizer, room, labels[3], labels[1], "海康")

    marked = [one.label for one in queries.stations_of(room.id) if one.vendor == "海康"]
    assert number == 3
    assert marked == labels[1:4]
    assert place_queries.vendors() == ["海康"]


def test_a_leader_manages_no_place(act, world, station):
    with pytest.raises(Forbidden), transaction():
        log_fault(act("leader1_a"), station, "断电")
    assert session().get_one(Track, world.track_a).event_id == world.competition_a
