"""Venues, rooms, stations and sessions."""

import pytest
from sqlalchemy import func, select

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.events.models import Track
from eventsys.registration.models import Entry
from eventsys.timetable import queries
from eventsys.timetable.actions import add_session, change_session, place_entry, remove_session
from eventsys.timetable.models import Room, Session, Station, Venue
from eventsys.timetable.place_actions import (
    add_room,
    add_stations,
    add_venue,
    remove_station,
    set_spare,
)
from eventsys.timetable.refusals import (
    NameTaken,
    PartUnknown,
    RoomFixed,
    RoomTaken,
    SessionInUse,
    SessionOutside,
    StationInUse,
    TooManyStations,
    TwoPlacesAtOnce,
)


def deeds():
    return session().scalars(select(AuditEntry.deed).order_by(AuditEntry.sequence)).all()


def test_a_room_gets_its_stations_at_once(organizer, world):
    with transaction():
        venue = add_venue(organizer, "新校区实训楼", "郑州市")
        room = add_room(organizer, venue, "301", 6)
        add_stations(organizer, room, 24)
        add_stations(organizer, room, 2, prefix="S", is_spare=True)

    stations = queries.stations_of(room.id)
    assert [one.label for one in stations][:3] == ["01", "02", "03"]
    assert [one.label for one in stations if one.is_spare] == ["S01", "S02"]
    assert (len(stations), {one.group_id for one in stations}) == (26, {world.group_a})
    assert deeds()[-4:] == ["venue.added", "room.added", "stations.added", "stations.added"]


def test_two_venues_of_one_name_are_refused(organizer, world):
    name = session().get_one(Venue, world.venue_a).name

    with pytest.raises(NameTaken), transaction():
        add_venue(organizer, name)


def test_only_organizers_of_the_whole_group_manage_venues(act, world):
    for name in ("organizer2_a", "leader1_a", "steward_a", "admin_a"):
        with pytest.raises(Forbidden), transaction():
            add_venue(act(name), "x")


def test_too_many_stations_at_once_leave_none(organizer, world):
    room = session().get_one(Room, world.room_a)

    with pytest.raises(TooManyStations), transaction():
        add_stations(organizer, room, 201)

    assert session().scalar(select(func.count(Station.id)).where(Station.room_id == room.id)) == 10


def test_a_used_station_stays(organizer, world, facts):
    with transaction():
        held = add_session(organizer, session().get_one(Track, world.track_a), facts(9))
        station = session().get_one(Station, world.station1_a)
        place_entry(organizer, held, session().get_one(Entry, world.entry1_a), station)

    with pytest.raises(StationInUse), transaction():
        remove_station(organizer, session().get_one(Station, world.station1_a))
    with transaction():
        remove_station(organizer, session().get_one(Station, world.station9_a))
        set_spare(organizer, session().get_one(Station, world.station8_a), is_spare=True)

    stations = queries.stations_of(world.room_a)
    assert [one.label for one in stations if one.is_spare] == ["08", "10"]
    assert "09" not in [one.label for one in stations]


def test_a_session_is_set(organizer, world, facts):
    with transaction():
        held = add_session(organizer, session().get_one(Track, world.track_a), facts(9))

    [row] = queries.sessions_of_track(world.track_a)
    assert (row.session.id, row.stations, row.spare, row.taken) == (held.id, 9, 1, 0)


def test_a_room_holds_one_session_at_a_time_whatever_the_track(organizer, world, facts):
    with transaction():
        add_session(organizer, session().get_one(Track, world.track_a), facts(9))

    other = session().get_one(Track, world.team_track_a)
    with pytest.raises(RoomTaken) as refused, transaction():
        add_session(organizer, other, facts(10))
    with transaction():
        add_session(organizer, other, facts(11))
        add_session(organizer, other, facts(7, "早场"))

    assert refused.value.facts["other"] == "第一场"
    assert refused.value.facts["track"] == session().get_one(Track, world.track_a).name
    assert refused.value.facts["ends"] == "11:00"


def test_two_sessions_of_one_track_have_two_names(organizer, world, facts):
    track = session().get_one(Track, world.track_a)
    with transaction():
        add_session(organizer, track, facts(9))

    with pytest.raises(NameTaken), transaction():
        add_session(organizer, session().get_one(Track, world.track_a), facts(14))


def test_a_session_lies_in_the_days_of_the_event(organizer, world, facts):
    with pytest.raises(SessionOutside), transaction():
        add_session(organizer, session().get_one(Track, world.track_a), facts(9 + 24 * 9))


@pytest.mark.parametrize(
    ("track", "part"), [("exam_track_a", ""), ("exam_track_a", "X"), ("track_a", "T")]
)
def test_a_session_has_a_part_exactly_in_exams(organizer, world, facts, track, part):
    with pytest.raises(PartUnknown), transaction():
        add_session(organizer, session().get_one(Track, world.ids[track]), facts(9, part=part))


def test_a_session_with_people_keeps_its_room_and_cannot_go(organizer, world, facts):
    with transaction():
        held = add_session(organizer, session().get_one(Track, world.track_a), facts(9))
        station = session().get_one(Station, world.station1_a)
        place_entry(organizer, held, session().get_one(Entry, world.entry1_a), station)
        other = add_room(organizer, session().get_one(Venue, world.venue_a), "二号车间", 5)
    room_id, held_id = other.id, held.id

    with pytest.raises(RoomFixed), transaction():
        change_session(organizer, session().get_one(Session, held_id), facts(9, room_id=room_id))
    with pytest.raises(SessionInUse), transaction():
        remove_session(organizer, session().get_one(Session, held_id))
    with transaction():
        change_session(organizer, session().get_one(Session, held_id), facts(13, "下午场"))

    changed = session().get_one(Session, held_id)
    assert (changed.name, clock.in_shanghai(changed.starts_at).hour) == ("下午场", 13)


def test_a_session_does_not_move_onto_another_part_of_its_people(organizer, world, facts):
    track = session().get_one(Track, world.exam_track_a)
    with transaction():
        room = add_room(organizer, session().get_one(Venue, world.venue_a), "二号机房", 5)
        add_stations(organizer, room, 4)
        theory = add_session(organizer, track, facts(9, "理论", "T"))
        practice = add_session(organizer, track, facts(13, "实操", "P", room.id))
        entry = session().get_one(Entry, world.candidate1_a)
        place_entry(organizer, theory, entry, session().get_one(Station, world.station1_a))
        place_entry(organizer, practice, entry, queries.stations_of(room.id)[0])
    room_id, practice_id = room.id, practice.id

    with pytest.raises(TwoPlacesAtOnce), transaction():
        change_session(
            organizer,
            session().get_one(Session, practice_id),
            facts(10, "实操", "P", room_id),
        )


def test_an_empty_session_can_go(organizer, world, facts):
    with transaction():
        held = add_session(organizer, session().get_one(Track, world.track_a), facts(9))
    with transaction():
        remove_session(organizer, session().get_one(Session, held.id))

    assert queries.sessions_of_track(world.track_a) == []


def test_others_set_no_sessions(act, world, facts):
    for name in ("organizer2_a", "organizer_b", "leader1_a", "steward_a", "chief_a"):
        with pytest.raises(Forbidden), transaction():
            add_session(act(name), session().get_one(Track, world.track_a), facts(9))
