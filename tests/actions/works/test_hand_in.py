"""Works: asked for, brought in by station or sent by the entry, closed, read under codes only."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy import select

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.db import enter_group, session, transaction
from eventsys.draws import queries as draws
from eventsys.draws.actions import move_station
from eventsys.draws.rules import Level
from eventsys.errors import Forbidden
from eventsys.registration.models import Entry
from eventsys.timetable.models import Session
from eventsys.works import queries, rules
from eventsys.works.actions import (
    Upload,
    ask_for_file,
    close_hand_in,
    drop_slot,
    fetch_work,
    read_work,
    send_work,
    sweep_works,
)
from eventsys.works.files import files_before
from eventsys.works.models import Work, WorkSlot
from eventsys.works.rules import SlotFacts
from tests import levels

PROGRAM = SlotFacts("A1", "加工程序", ("nc", "txt"), 1, is_remote=False)
REPORT = SlotFacts("B1", "设计说明", ("txt",), 1, is_remote=True)


@pytest.fixture
def drawn(inside, world):
    """Contest and station numbers are drawn, the work numbers not yet."""
    enter_group(world.group_a)
    levels.use_levels(world, 3)
    levels.come(world)
    levels.draw_level(world, Level.CONTEST)
    levels.draw_level(world, Level.STATION)


def files_dir() -> Path:
    return current_app.extensions["settings"].files_dir


def slot(act, world, facts=PROGRAM) -> WorkSlot:
    with transaction():
        return ask_for_file(act("organizer_a"), levels.track_of(world), facts)


def upload(text: str, name: str = "a.nc") -> Upload:
    return Upload(name, text.encode(), files_dir())


def fetch(act, asked, station: str, text: str, who: str = "floor_a", name: str = "a.nc") -> Work:
    with transaction():
        return fetch_work(act(who), asked, station, upload(text, name))


def close(act, world, who="floor_a") -> None:
    with transaction():
        close_hand_in(act(who), levels.track_of(world))


def test_a_file_fetched_at_a_station_is_kept_without_its_name(drawn, act, world):
    asked = slot(act, world)

    kept = fetch(act, asked, "03", "G01 X1", name="甲赵一-甲职业技术学院.nc")

    assert (kept.station, kept.version, kept.extension) == ("03", 1, "nc")
    assert kept.received == hashlib.sha256(b"G01 X1").hexdigest()
    assert (files_dir() / kept.path).read_bytes() == b"G01 X1"
    assert "甲" not in "".join(str(value) for value in (kept.path, kept.extension, kept.station))
    assert kept.entry_id == draws.entry_at_station(world.track_a, "03")
    line = session().scalars(select(AuditEntry).where(AuditEntry.deed == "work.handed_in")).one()
    assert line.facts == {"code": "A1", "version": 1, "sha256": kept.received}


def test_until_the_hand_in_is_closed_a_new_version_counts_and_the_old_one_stays(drawn, act, world):
    asked = slot(act, world)
    first = fetch(act, asked, "03", "G01 X1")
    second = fetch(act, asked, "03", "G01 X2", who="steward_a")

    assert (first.version, second.version) == (1, 2)
    assert queries.newest_by_station(world.track_a) == {("03", asked.id): second}
    assert (files_dir() / first.path).is_file()
    close(act, world)
    with pytest.raises(rules.HandInClosed):
        fetch(act, asked, "03", "G01 X3")
    with pytest.raises(rules.ClosedAlready):
        close(act, world)
    assert len(session().scalars(select(Work)).all()) == 2


def test_judges_read_by_code_and_only_after_the_closing(drawn, act, world):
    asked = slot(act, world)
    texts = {station: f"G01 X{station}" for station in queries.stations(world.track_a)}
    for station, text in texts.items():
        fetch(act, asked, station, text)
    judge, track = act("judge1_a"), levels.track_of(world)
    with pytest.raises(rules.HandInOpen):
        read_work(judge, track, "K-0001", "A1")
    close(act, world)
    levels.draw_level(world, Level.WORK)

    for shelf in queries.shelves(world.track_a):
        [(found_slot, work)] = shelf.files
        assert found_slot is asked
        assert work is read_work(judge, track, shelf.code, "A1")
        assert (files_dir() / work.path).read_text() == texts[work.station]
        whose = draws.entry_at_station(world.track_a, work.station)
        assert draws.joined(world.track_a)[shelf.code] == whose
    assert read_work(judge, track, "Z-0000", "A1") is None
    assert read_work(judge, track, shelf.code, "Z9") is None


def test_a_work_follows_its_entry_to_the_spare_station(drawn, act, world):
    asked = slot(act, world)
    fetch(act, asked, "03", "G01 X1")
    hold_spare(world)
    with transaction():
        move_station(
            act("floor_a"),
            levels.track_of(world),
            "03",
            "10",
            levels.user("supervisor_a"),
            "主轴报警",
        )

    assert fetch(act, asked, "10", "G01 X2").version == 2
    with pytest.raises(rules.StationUnknown):
        fetch(act, asked, "03", "G01 X3")


def hold_spare(world) -> None:
    """A session in the room gives the stations numbers; the drawn ones stay what they are."""
    with transaction():
        session().add(
            Session(
                group_id=world.group_a,
                track_id=world.track_a,
                room_id=world.room_a,
                name="上午场",
                starts_at=clock.now(),
                ends_at=clock.now() + timedelta(hours=4),
            )
        )


def test_only_those_on_the_floor_bring_files_in(drawn, act, world):
    asked = slot(act, world)
    for name in ("judge1_a", "chief_a", "leader1_a", "supervisor_a", "encryptor_a", "floor_b"):
        with pytest.raises(Forbidden):
            fetch(act, asked, "03", "G01", who=name)
    with pytest.raises(rules.StationUnknown):
        fetch(act, asked, "77", "G01")
    for name in ("organizer_a", "floor_a", "supervisor_a", "clerk_a", "leader1_a"):
        with pytest.raises(Forbidden):
            read_work(act(name), levels.track_of(world), "K-0001", "A1")


def send(act, asked, entry, text, who) -> Work:
    with transaction():
        found = session().get_one(Entry, entry)
        return send_work(act(who), asked, found, upload(text, "b.txt"))


def test_remote_works_are_sent_by_the_entrys_own_people(drawn, act, world):
    asked, on_the_spot = slot(act, world, REPORT), slot(act, world)

    kept = send(act, asked, world.entry1_a, "说明", "participant_a")
    again = send(act, asked, world.entry1_a, "说明二", "leader1_a")

    assert (kept.station, kept.version, again.version) == ("", 1, 2)
    for name, entry in (
        ("leader2_a", world.entry1_a),
        ("participant_a", world.entry2_a),
        ("floor_a", world.entry1_a),
        ("leader1_b", world.entry1_a),
    ):
        with pytest.raises(Forbidden):
            send(act, asked, entry, "x", name)
    with pytest.raises(rules.NoSlots):
        send(act, on_the_spot, world.entry1_a, "x", "leader1_a")
    assert queries.newest_by_station(world.track_a) == {}


def test_a_file_that_names_its_own_people_is_refused_and_nothing_is_kept(drawn, act, world):
    asked = slot(act, world, REPORT)
    name = next(iter(queries.names_of(world.entry1_a) - {"甲职业技术学院"}))
    before = files_before(files_dir(), clock.now() + timedelta(days=1))

    for text in (f"作者：{name}", "甲职业技术学院"):
        with pytest.raises(rules.NameInside) as refused:
            send(act, asked, world.entry1_a, text, "leader1_a")
        assert name not in str(refused.value)

    assert session().scalars(select(Work)).all() == []
    assert files_before(files_dir(), clock.now() + timedelta(days=1)) == before


def test_what_is_asked_for_is_described_fully_and_stays_once_used(drawn, act, world):
    asked = slot(act, world)
    for facts, refusal in (
        (PROGRAM, rules.SlotTaken),
        (SlotFacts("a1", "x", ("nc",), 1, False), rules.SlotUnfit),
        (SlotFacts("A2", "x", (), 1, False), rules.SlotTypesMissing),
        (SlotFacts("A2", "x", ("exe",), 1, False), rules.SlotTypesMissing),
        (SlotFacts("A2", "x", ("nc",), 11, False), rules.SlotSizeUnfit),
    ):
        with pytest.raises(refusal):
            slot(act, world, facts)
    fetch(act, asked, "01", "G01")
    with pytest.raises(rules.SlotInUse), transaction():
        drop_slot(act("organizer_a"), asked)
    unused = slot(act, world, REPORT)
    with transaction():
        drop_slot(act("organizer_a"), unused)
    assert [one.code for one in queries.slots_of(world.track_a)] == ["A1"]


def test_files_that_no_row_knows_are_swept_and_known_ones_stay(drawn, act, world):
    asked = slot(act, world)
    kept = fetch(act, asked, "01", "G01")
    orphan = files_dir() / "works" / ("0" * 32)
    orphan.write_bytes(b"lost")
    part = orphan.with_suffix(".part")
    part.write_bytes(b"half")

    assert sweep_works(files_dir(), clock.now()) == 0
    later = clock.now() + timedelta(hours=2)
    assert sweep_works(files_dir(), later) >= 2

    assert [orphan.exists(), part.exists()] == [False, False]
    assert (files_dir() / kept.path).is_file()


def test_a_track_without_station_numbers_hands_in_where_the_timetable_says(inside, act, world):
    enter_group(world.group_a)

    assert queries.stations(world.track_a) == []
