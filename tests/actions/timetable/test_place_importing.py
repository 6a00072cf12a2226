"""Venues, rooms and stations from a table: compared, kept as a whole, twice the same is nothing."""

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.imports import NoRows
from eventsys.timetable import queries
from eventsys.timetable.models import Room, Station, Venue
from eventsys.timetable.place_actions import RoomFacts, change_room, set_vendor
from eventsys.timetable.place_importing import PlacesMoved, effect_of, keep_places
from eventsys.timetable.place_tables import (
    HEADINGS,
    NOTES,
    read_places,
    write_place_template,
    write_places,
)
from eventsys.timetable.states import Purpose
from tests.applicants import workbook

HEAD = tuple(HEADINGS.values())


def same(text):
    return text


def line(venue, room="", station="", **cells):
    given = {"venue": venue, "room": room, "station": station, **cells}
    return tuple(given.get(key, "") for key in HEADINGS)


NEW = (
    line("北楼", "101", "01", address="北路 1 号", purpose="theory", per_row="4", is_spare="no"),
    line("北楼", "101", "02", vendor="-甲牌", is_spare="是"),
    line("北楼", "大厅", seats="120", equipment="投影仪，音响", reset_minutes="15"),
    line("南楼"),
)


def read(*lines):
    return read_places(workbook(HEAD, *lines), "场地.xlsx", same)


def keep(actor, *lines):
    found = read(*lines)
    with transaction():
        return keep_places(actor, found.rows, effect_of(found.places).seen, same)


def told(found):
    return [(one.row, one.column_header, type(one.refusal).__name__) for one in found.problems]


def counts():
    session().expire_all()
    kinds = (Venue, Room, Station, AuditEntry)
    return [session().scalar(select(func.count()).select_from(one)) for one in kinds]


def numbers(effect):
    new = [effect.number(level) for level in (1, 2, 3)]
    return [*new, len(effect.changed), effect.same, effect.untouched]


def test_a_table_makes_venues_rooms_and_stations(organizer):
    assert numbers(effect_of(read(*NEW).places)) == [2, 2, 2, 0, 0, 0]

    assert numbers(keep(organizer, *NEW)) == [2, 2, 2, 0, 0, 0]

    north = next(one for one in queries.venues() if one.name == "北楼")
    room, hall = north.rooms
    assert (north.address, room.name, room.purpose, room.per_row) == (
        "北路 1 号",
        "101",
        Purpose.THEORY,
        4,
    )
    assert (hall.seats, hall.equipment, hall.reset_minutes, hall.purpose) == (
        120,
        "投影仪, 音响",
        15,
        Purpose.PRACTICE,
    )
    assert [(one.label, one.vendor, one.is_spare) for one in room.stations] == [
        ("01", "", False),
        ("02", "-甲牌", True),
    ]


def test_the_same_table_again_changes_nothing(organizer):
    keep(organizer, *NEW)
    before = counts()

    assert numbers(keep(organizer, *NEW)) == [0, 0, 0, 0, 6, 0]
    assert counts() == before


def test_what_is_on_record_comes_back_unchanged_and_can_be_edited(organizer):
    keep(organizer, *NEW)
    out = io.BytesIO()
    write_places(out, queries.venues(), same)
    book = load_workbook(io.BytesIO(out.getvalue()))
    whole = read_places(out.getvalue(), "导出.xlsx", same)
    stands = counts()

    assert told(whole) == []
    assert numbers(effect_of(whole.places))[:4] == [0, 0, 0, 0]
    assert effect_of(whole.places).untouched == 0
    assert sum(stands[:3]) == len(whole.places)

    row = next(one for one in book.worksheets[0].iter_rows(min_row=2) if one[2].value == "大厅")
    row[list(HEADINGS).index("seats")].value = 80
    edited = io.BytesIO()
    book.save(edited)
    found = read_places(edited.getvalue(), "导出.xlsx", same)
    with transaction():
        effect = keep_places(organizer, found.rows, effect_of(found.places).seen, same)

    (given, (difference,)) = effect.changed[0]
    assert (given.path, difference.key, difference.before, difference.after) == (
        ("北楼", "大厅"),
        "seats",
        120,
        80,
    )
    deed = session().scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
    assert deed is not None
    assert (deed.deed, deed.facts) == (
        "venue.imported",
        {"name": "北楼", "rooms": 0, "stations": 0, "changed": 1},
    )


def test_empty_cells_leave_what_is_there_and_nothing_goes_away(organizer):
    keep(organizer, *NEW)

    effect = keep(organizer, line("北楼", "101", "03"))

    assert numbers(effect) == [0, 0, 1, 0, 2, 3]
    room = session().scalars(select(Room).where(Room.name == "101")).one()
    assert (room.per_row, len(room.stations)) == (4, 3)


def test_every_mistake_is_named_with_row_and_column(organizer):
    found = read(
        line("北楼", "101", "01", purpose="sleeping", per_row="21"),
        line("北楼", "101", "01"),
        line("北楼", "101", "02", is_spare="perhaps", seats="many"),
        line("北楼", "", "03"),
        line("北楼", "102", "", vendor="甲牌"),
        line("北楼", "103", "L" * 11, reset_minutes="5"),
        line("北楼", "103", "2", reset_minutes="6"),
        line("", "104"),
    )

    assert told(found) == [
        (2, "What the room is for", "UnknownPurpose"),
        (2, "Stations side by side", "NumberUnfit"),
        (3, "Station", "RowRepeated"),
        (4, "Seats without numbers", "NumberUnfit"),
        (4, "Spare", "SpareUnclear"),
        (5, "Room name", "NothingGiven"),
        (6, "Station", "NothingGiven"),
        (7, "Station", "TextTooLong"),
        (8, "Minutes to reset between two sessions", "SaidTwice"),
        (9, "Venue name", "NothingGiven"),
    ]


def test_a_station_typed_as_a_number_is_refused_because_its_zeros_are_lost(organizer):
    found = read(line("北楼", "101", 1))

    assert told(found) == [(2, "Station", "NotTypedAsText")]


def test_a_formula_is_refused_and_what_looks_like_one_leaves_as_text(organizer):
    keep(organizer, *NEW)
    room = session().scalars(select(Room).where(Room.name == "101")).one()
    with transaction():
        set_vendor(organizer, room, "01", "01", "=1+1")
    out = io.BytesIO()
    write_places(out, queries.venues(), same)
    cells = [
        cell for row in load_workbook(io.BytesIO(out.getvalue())).worksheets[0] for cell in row
    ]

    assert [cell.data_type for cell in cells if cell.value == "=1+1"] == ["s"]
    assert effect_of(read_places(out.getvalue(), "导出.xlsx", same).places).changed == []
    assert told(read(line("北楼", "101", "01", vendor="=1+1"))) == [
        (2, "Make or type", "FormulaCell")
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_file_says_the_same_in_either_encoding(organizer, encoding):
    text = ",".join(HEAD) + "\n" + "\n".join(",".join(one) for one in NEW).replace("，", "、")

    found = read_places(text.encode(encoding), "场地.csv", same)

    assert told(found) == []
    assert numbers(effect_of(found.places)) == [2, 2, 2, 0, 0, 0]


def test_whoever_was_faster_is_not_overwritten(organizer):
    keep(organizer, *NEW)
    found = read(line("北楼", "101", "01", per_row="5"))
    seen = effect_of(found.places).seen
    room = session().scalars(select(Room).where(Room.name == "101")).one()
    with transaction():
        change_room(organizer, room, RoomFacts("101", 6, Purpose.THEORY))

    with pytest.raises(PlacesMoved), transaction():
        keep_places(organizer, found.rows, seen, same)

    assert session().get_one(Room, room.id).per_row == 6


def test_an_organizer_of_one_event_keeps_no_table(act, inside, world):
    found = read(*NEW)

    with pytest.raises(Forbidden), transaction():
        keep_places(act("organizer2_a"), found.rows, effect_of(found.places).seen, same)


def test_the_template_explains_itself_and_its_example_is_passed_over(organizer):
    out = io.BytesIO()
    write_place_template(out, same)
    book = load_workbook(io.BytesIO(out.getvalue()))
    data, notes = book.worksheets

    assert [cell.value for cell in data[1]] == list(HEAD)
    assert data[2][0].value == "Example: training centre"
    assert [row[0].value for row in notes.iter_rows(max_row=len(NOTES))] == list(NOTES)
    with pytest.raises(NoRows):
        read_places(out.getvalue(), "模板.xlsx", same)

    data[2][0].value = "真场馆"
    changed = io.BytesIO()
    book.save(changed)
    found = read_places(changed.getvalue(), "模板.xlsx", same)
    assert told(found) == []
    assert [one.path for one in found.places] == [
        ("真场馆",),
        ("真场馆", "101"),
        ("真场馆", "101", "01"),
    ]
