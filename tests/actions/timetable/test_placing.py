"""Placing by hand and by lot: never two at one station, never one entry twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from eventsys.audit.models import AuditEntry
from eventsys.db import new_id, session, transaction
from eventsys.errors import Forbidden
from eventsys.events.models import Track
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.releases.stops import my_stops
from eventsys.timetable import queries
from eventsys.timetable.actions import clear_stations, draw_stations, place_entry, remove_placement
from eventsys.timetable.lots import Spot
from eventsys.timetable.models import Placement, Room, Session, Station, StationDraw, Venue
from eventsys.timetable.place_actions import add_room, add_stations
from eventsys.timetable.refusals import (
    AlreadyStarted,
    NobodyToPlace,
    NotEnoughStations,
    NotPlaceable,
    StationElsewhere,
    StationTaken,
    TwoPlacesAtOnce,
)
from tests.seating import neighbours_of_one_unit


def entry(world, name) -> Entry:
    return session().get_one(Entry, world.ids[name])


def station(world, number) -> Station:
    return session().get_one(Station, world.ids[f"station{number}_a"])


def where(entry_id, part="") -> str | None:
    found = queries.placement_of(entry_id, part)
    return found.station.label if found else None


def test_an_entry_is_placed_and_moved(organizer, world, set_session):
    held = set_session("track_a")
    for number in (3, 7):
        with transaction():
            place_entry(organizer, held, entry(world, "entry1_a"), station(world, number))

    assert where(world.entry1_a) == "07"
    facts = session().scalars(
        select(AuditEntry.facts)
        .where(AuditEntry.deed == "entry.placed")
        .order_by(AuditEntry.sequence)
    )
    assert [(one["before"], one["after"]) for one in facts] == [
        (None, "第一场 03"),
        ("第一场 03", "第一场 07"),
    ]


def test_a_taken_station_is_refused_naming_who_is_there(organizer, world, set_session):
    held = set_session("track_a")
    with transaction():
        place_entry(organizer, held, entry(world, "entry1_a"), station(world, 1))

    with pytest.raises(StationTaken) as refused, transaction():
        place_entry(organizer, held, entry(world, "entry2_a"), station(world, 1))

    assert refused.value.facts == {"label": "01", "number": 1}


def test_the_database_itself_holds_both_rules(organizer, world, set_session):
    held = set_session("track_a")
    with transaction():
        place_entry(organizer, held, entry(world, "entry1_a"), station(world, 1))
    same_station = {"entry_id": world.entry2_a, "station_id": world.station1_a}
    same_entry = {"entry_id": world.entry1_a, "station_id": world.station2_a}
    held_id = held.id

    for values in (same_station, same_entry):
        with pytest.raises(IntegrityError), transaction():
            session().add(
                Placement(id=new_id(), group_id=world.group_a, session_id=held_id, **values)
            )


@pytest.mark.parametrize("name", ["draft_entry_a", "candidate1_a"])
def test_only_approved_entries_of_the_track_are_placed(organizer, world, set_session, name):
    held = set_session("track_a")

    with pytest.raises(NotPlaceable), transaction():
        place_entry(organizer, held, entry(world, name), station(world, 1))


def test_a_station_of_another_room_is_refused(organizer, world, set_session):
    held = set_session("track_a")
    with transaction():
        room = add_room(organizer, session().get_one(Venue, world.venue_a), "二号车间", 5)
        [elsewhere] = add_stations(organizer, room, 1)

    with pytest.raises(StationElsewhere), transaction():
        place_entry(organizer, held, entry(world, "entry1_a"), elsewhere)


def test_nobody_sits_in_two_parts_at_once(organizer, world, set_session):
    with transaction():
        room = add_room(organizer, session().get_one(Venue, world.venue_a), "二号机房", 5)
        stations = add_stations(organizer, room, 4)
    theory = set_session("exam_track_a", 9, "理论", "T")
    practice = set_session("exam_track_a", 10, "实操", "P", room.id)
    with transaction():
        place_entry(organizer, theory, entry(world, "candidate1_a"), station(world, 1))

    with pytest.raises(TwoPlacesAtOnce), transaction():
        place_entry(organizer, practice, entry(world, "candidate1_a"), stations[0])


def test_a_placement_is_taken_out(organizer, world, set_session):
    held = set_session("track_a")
    with transaction():
        placed = place_entry(organizer, held, entry(world, "entry1_a"), station(world, 1))
    with transaction():
        remove_placement(organizer, session().get_one(Placement, placed.id))

    assert where(world.entry1_a) is None
    assert len(queries.unplaced(world.track_a, "")) == 6


def test_a_draw_places_everybody_and_leaves_spares_free(organizer, world, set_session):
    held = set_session("track_a")
    with transaction():
        draw = draw_stations(organizer, session().get_one(Track, world.track_a))

    labels = [one.station.label for one in queries.placements_in([held.id])]
    assert labels == ["01", "02", "03", "04", "05", "06"]
    assert (draw.placed, queries.unplaced(world.track_a, "")) == (6, [])


def test_the_seed_is_shown_and_recorded(organizer, world, set_session):
    set_session("track_a")
    with transaction():
        draw = draw_stations(organizer, session().get_one(Track, world.track_a))

    [facts] = session().scalars(select(AuditEntry.facts).where(AuditEntry.deed == "stations.drawn"))
    last = queries.last_draw(world.track_a, "")
    assert facts == {"part": "", "seed": draw.seed, "placed": 6}
    assert (last.seed, len(last.seed)) == (draw.seed, 32)


def test_people_placed_by_hand_keep_their_station_in_a_draw(organizer, world, set_session):
    held = set_session("track_a")
    with transaction():
        place_entry(organizer, held, entry(world, "entry4_a"), station(world, 2))
    with transaction():
        draw = draw_stations(organizer, session().get_one(Track, world.track_a))

    assert (draw.placed, where(world.entry4_a)) == (5, "02")


def test_a_draw_frees_the_station_of_an_entry_that_withdrew(organizer, world, set_session):
    held = set_session("track_a")
    with transaction():
        place_entry(organizer, held, entry(world, "entry4_a"), station(world, 1))
        entry(world, "entry4_a").state = EntryState.WITHDRAWN
    with transaction():
        draw_stations(organizer, session().get_one(Track, world.track_a))

    assert where(world.entry4_a) is None
    assert queries.placements_in([held.id])[0].station.label == "01"


def test_too_few_stations_are_refused_with_both_numbers_and_nobody_moves(
    organizer, world, set_session
):
    with transaction():
        room = add_room(organizer, session().get_one(Venue, world.venue_a), "小车间", 2)
        add_stations(organizer, room, 4)
        add_stations(organizer, room, 9, prefix="S", is_spare=True)
    set_session("track_a", room_id=room.id)

    with pytest.raises(NotEnoughStations) as refused, transaction():
        draw_stations(organizer, session().get_one(Track, world.track_a))

    assert refused.value.facts == {"entries": 6, "stations": 4}
    assert session().scalars(select(Placement)).all() == []
    assert session().scalars(select(StationDraw)).all() == []


def test_several_sessions_fill_in_order_of_time(organizer, world, set_session):
    with transaction():
        room = add_room(organizer, session().get_one(Venue, world.venue_a), "小车间", 2)
        add_stations(organizer, room, 4)
    later = set_session("track_a", 13, "下午场", room_id=room.id)
    earlier = set_session("track_a", 9, "上午场", room_id=room.id)
    with transaction():
        draw_stations(organizer, session().get_one(Track, world.track_a))

    taken = {row.session.id: row.taken for row in queries.sessions_of_track(world.track_a)}
    assert taken == {earlier.id: 4, later.id: 2}


def test_in_an_exam_units_do_not_sit_side_by_side(organizer, world, set_session):
    room = session().get_one(Room, world.room_a)
    held = set_session("exam_track_a", 9, "理论", "T")
    with transaction():
        room = session().get_one(Room, world.room_a)
        room.per_row = 2
        draw_stations(organizer, session().get_one(Track, world.exam_track_a), "T")

    seats = queries.seat_map(session().get_one(Session, held.id))
    seating, units = {}, {}
    for row, line in enumerate(seats):
        for column, seat in enumerate(line):
            if seat.entry:
                seating[seat.entry.id] = Spot(held.id, seat.station.id, row, column)
                units[seat.entry.id] = seat.entry.unit_id
    assert len(seating) == 4
    assert neighbours_of_one_unit(seating, units) == 0


def test_two_parts_of_an_exam_are_drawn_apart(organizer, world, set_session):
    with transaction():
        room = add_room(organizer, session().get_one(Venue, world.venue_a), "二号机房", 5)
        add_stations(organizer, room, 4)
    set_session("exam_track_a", 9, "理论", "T")
    set_session("exam_track_a", 13, "实操", "P", room.id)
    for part in ("T", "P"):
        with transaction():
            draw_stations(organizer, session().get_one(Track, world.exam_track_a), part)

    placed = queries.placements_of([world.candidate1_a])[world.candidate1_a]
    assert [one.part for one in placed] == ["T", "P"]


def test_a_second_draw_finds_nobody(organizer, world, set_session):
    set_session("track_a")
    with transaction():
        draw_stations(organizer, session().get_one(Track, world.track_a))

    with pytest.raises(NobodyToPlace), transaction():
        draw_stations(organizer, session().get_one(Track, world.track_a))


def test_stations_are_cleared_only_before_the_session(organizer, world, set_session, at):
    held = set_session("track_a")
    starts = held.starts_at
    at(starts - timedelta(minutes=1))
    with transaction():
        draw_stations(organizer, session().get_one(Track, world.track_a))
    with transaction():
        freed = clear_stations(organizer, session().get_one(Track, world.track_a))
    with transaction():
        draw_stations(organizer, session().get_one(Track, world.track_a))

    at(starts)
    with pytest.raises(AlreadyStarted), transaction():
        clear_stations(organizer, session().get_one(Track, world.track_a))

    assert (freed, len(queries.unplaced(world.track_a, ""))) == (6, 0)


def test_others_place_nobody(act, world, set_session):
    held = set_session("track_a")
    for name in ("organizer2_a", "organizer_b", "leader1_a", "steward_a", "encryptor_a"):
        actor = act(name)
        with pytest.raises(Forbidden), transaction():
            place_entry(actor, held, entry(world, "entry1_a"), station(world, 1))
        with pytest.raises(Forbidden), transaction():
            draw_stations(actor, session().get_one(Track, world.track_a))


def test_my_day_shows_own_entries_in_order_of_time(act, organizer, world, set_session):
    set_session("track_a")
    with transaction():
        draw_stations(organizer, session().get_one(Track, world.track_a))

    def numbers(name):
        return [
            (stop.entry.track_id, stop.entry.number, stop.starts_at is not None)
            for stop in my_stops(act(name))
        ]

    assert numbers("participant_a") == [(world.track_a, 1, True)]
    assert [one[1] for one in numbers("leader2_a") if one[0] == world.track_a] == [4, 5, 6]
    assert numbers("leader1_a")[-1][2] is False
    assert numbers("steward_a") == []


def test_entries_without_a_station_are_counted_for_whoever_may_place_them(
    act, organizer, world, set_session
):
    set_session("track_a")
    with transaction():
        place_entry(
            organizer,
            session().scalars(select(Session)).one(),
            entry(world, "entry1_a"),
            station(world, 1),
        )

    whole = [scope for grant in organizer.grants for scope in [grant.scope]]
    assert [(t.id, n) for t, n in queries.entries_without_station(whole)] == [(world.track_a, 5)]
