"""All paper comes from one version, says so on every page, and tells no more than may be told."""

import io
from datetime import datetime, time, timedelta
from zipfile import ZipFile

import pytest
from flask_babel import gettext
from pypdf import PdfReader

from eventsys import clock
from eventsys.db import enter_group, session, transaction
from eventsys.errors import Forbidden, NotThere
from eventsys.events.models import Track
from eventsys.registration.actions import withdraw_entry
from eventsys.registration.models import Entry
from eventsys.releases import papers_people
from eventsys.releases.actions import ask_paper, keep_version, publish_version
from eventsys.releases.papers import NobodyInVersion
from eventsys.releases.papers_book import make_plan_book
from eventsys.releases.papers_current import (
    make_current_seats,
    make_current_sign_in,
    make_current_tickets,
)
from eventsys.releases.papers_handbook import make_plan_handbooks
from eventsys.releases.papers_people import NobodyServes, make_plan_duties, make_plan_tickets
from eventsys.releases.papers_rooms import (
    make_plan_desks,
    make_plan_doors,
    make_plan_maps,
    make_plan_sign_in,
)
from eventsys.releases.queries import lines_of
from eventsys.releases.rules import PAPERS, LineKind
from eventsys.tasks import pages as typesetting
from eventsys.tasks.models import Task
from eventsys.tasks.pages import batches
from eventsys.tasks.rules import TaskKind
from eventsys.tasks.work import Work
from eventsys.timetable.actions import SessionFacts, add_session
from eventsys.timetable.models import Room
from scheduling.papers import PAPERS as MAKERS
from tests.levels import use_levels

WITH_PLACES = (make_plan_tickets, make_plan_doors, make_plan_sign_in, make_plan_maps)


@pytest.fixture(scope="module")
def fonts(tmp_path_factory):
    """One folder for all: unpacking the fonts takes longer than a paper."""
    return tmp_path_factory.mktemp("fonts")


@pytest.fixture
def work(world, inside, fonts):
    """A claimed task in English, of a version or of what the old papers were asked for."""
    enter_group(world.group_a)

    def make(version=None, words=str, **payload):
        if version is not None:
            payload["version_id"] = version.id
        kind = TaskKind.PLAN_DOORS_PDF
        task = Task(kind=kind, payload=payload, title="File", language="en", group_id=world.group_a)
        return Work(
            task=task,
            out=io.BytesIO(),
            progress=lambda _done, _total: None,
            words=words,
            public_url="https://example.org",
            fonts_dir=fonts,
            keys_dir=fonts,
        )

    return make


@pytest.fixture
def keep(organizer, event):
    def kept(name="初稿", *, public=False):
        with transaction():
            version = keep_version(organizer, event, name)
        if public:
            with transaction():
                publish_version(organizer, version)
        return version

    return kept


def pages(job):
    return [page.extract_text() for page in PdfReader(io.BytesIO(job.out.getvalue())).pages]


def printed(maker, job):
    maker(job)
    return pages(job)


# ---- the stamp


@pytest.mark.parametrize("kind", PAPERS)
def test_every_page_of_every_paper_says_which_version_it_is_of(kind, work, keep, held):
    version = keep(public=True)
    today = f"{clock.in_shanghai(version.published_at):%Y-%m-%d}"

    found = printed(MAKERS[kind], work(version, gettext))

    assert [f"V1 初稿 · {today} 公布" in page for page in found] == [True] * len(found)
    assert ["草稿" in page for page in found] == [False] * len(found)


@pytest.mark.parametrize("kind", PAPERS)
def test_every_page_of_a_version_nobody_published_is_a_draft(kind, work, keep, held):
    found = printed(MAKERS[kind], work(keep(), gettext))

    assert ["草稿 · V1 初稿 · 未公布" in page for page in found] == [True] * len(found)


def test_paper_of_a_replaced_version_says_which_one_holds(work, keep, held, move):
    old = keep(public=True)
    move(held, 14)
    keep("二稿", public=True)

    found = printed(make_plan_doors, work(old))

    assert ["replaced by V2" in page for page in found] == [True]
    assert ["REPLACED" in "".join(page.split()) for page in found] == [True]


# ---- one version, whatever happens later


@pytest.mark.parametrize("maker", [*WITH_PLACES, make_plan_duties, make_plan_handbooks])
def test_a_later_change_of_the_plan_is_not_on_paper_of_an_older_version(
    maker, work, keep, held, move
):
    old = keep(public=True)
    before = printed(maker, work(old))
    move(held, 14)

    after = printed(maker, work(old))
    new = printed(maker, work(keep("二稿")))

    assert after == before
    assert ["14:00–16:00" in page for page in new].count(True) > 0
    assert ["14:00" in page for page in before] == [False] * len(before)


def test_who_was_approved_later_is_in_no_older_order_book(
    work, keep, held, world, organizer, monkeypatch
):
    old = keep()
    entry = session().get_one(Entry, world.entry6_a)
    with transaction():
        entry.decided_at = old.made_at + timedelta(hours=1)

    found = "".join(printed(make_plan_book, work(old)))

    assert "track-005" in found
    assert "track-006" not in found


def test_who_withdrew_is_on_no_paper_any_more(work, keep, held, world, organizer):
    version = keep(public=True)
    with transaction():
        withdraw_entry(organizer, session().get_one(Entry, world.entry2_a), "参赛选手生病")

    for maker in (*WITH_PLACES, make_plan_desks, make_plan_handbooks, make_plan_book):
        text = "".join(printed(maker, work(version)))
        assert ("track-001" in text, "track-002" in text) == (True, False), maker


# ---- what is on them


def test_a_door_sheet_names_everybody_at_their_station(work, keep, held):
    version = keep()
    seats = {one.number: one.station for one in lines_of(version, LineKind.SEAT)}

    (page,) = printed(make_plan_doors, work(version))

    words = page.split()
    for number, station in seats.items():
        assert words[words.index(number) - 2] == station, page


def test_a_map_shows_the_room_as_it_stands_with_what_is_spare_and_faulty(
    work, keep, held, world, inside
):
    version = keep()
    taken = {one.station for one in lines_of(version, LineKind.SEAT)}
    with transaction():
        free = [
            one
            for one in session().get_one(Room, world.room_a).stations
            if one.label not in taken and not one.is_spare
        ]
        free[0].faulty_since = clock.now()
        free[1].is_spare = True

    (page,) = printed(make_plan_maps, work(version))

    everything = [one.label for one in session().get_one(Room, world.room_a).stations]
    assert [label in page for label in everything] == [True] * len(everything)
    spare = sum(one.is_spare for one in session().get_one(Room, world.room_a).stations)
    words = page.split()
    assert words.count("Faulty") == 2  # the station and the legend
    assert words.count("Spare") == spare + 1


def test_a_station_that_is_gone_is_named_below_the_map(work, keep, held, world):
    version = keep()
    line = lines_of(version, LineKind.SEAT)[0]
    with transaction():
        room = session().get_one(Room, world.room_a)
        next(one for one in room.stations if one.label == line.station).label = "Z99"

    (page,) = printed(make_plan_maps, work(version))

    assert f"{line.station} {line.number}" in page


def test_a_sign_in_sheet_has_a_box_for_each_photo_and_masked_numbers_only(work, keep, held):
    text = "".join(printed(make_plan_sign_in, work(keep())))

    assert text.count("Photo") == 6
    assert text.count("Signature") == 6
    assert text.count("4101**********") == 6


def test_duties_are_listed_by_session_and_by_person(work, keep, held):
    roster, slips = printed(make_plan_duties, work(keep()))

    assert "Floor judge" in roster
    assert "第一场" in roster
    assert "Floor judge" in slips
    assert "Duty slips" in slips


def test_a_handbook_has_its_times_its_roll_and_the_record_to_fill_in(work, keep, held):
    first, roll, record = printed(make_plan_handbooks, work(keep()))

    assert [hour in first for hour in ("08:15", "08:30", "08:50", "09:00", "10:45", "11:00")] == [
        True
    ] * 6
    assert [f"track-{n:03d}" in roll for n in range(1, 7)] == [True] * 6
    assert "Record of the contest room" in record
    assert [f"track-{n:03d}" in record for n in range(1, 7)] == [False] * 6


def test_the_order_book_tells_the_whole_event(work, keep, held, event):
    cover, contents, days, offices, rooms, entries = printed(make_plan_book, work(keep()))

    assert event.name in cover.replace("\n", "")
    assert event.host.name in cover
    assert f"{event.starts_on}" in cover
    assert "Timetable by day" in contents
    assert "第一场" in days
    assert "Floor judge" in offices
    assert "甲一号车间" in rooms
    assert [f"track-{n:03d}" in entries for n in range(1, 7)] == [True] * 6


def test_desk_labels_carry_the_name_and_the_station(work, keep, held):
    (page,) = printed(make_plan_desks, work(keep()))

    assert page.count("Ticket no.") == 6
    assert page.count("V1 初稿") == 6


# ---- drawn at the door


@pytest.fixture
def blind(world, held, keep):
    """A version of a track whose stations are drawn at the entrance; the plan knows them."""
    session().rollback()
    use_levels(world, 2)
    return keep()


def test_where_stations_are_drawn_at_the_door_no_paper_says_who_sits_where(work, blind, world):
    stations = [one.label for one in session().get_one(Room, world.room_a).stations]

    for maker in (make_plan_tickets, make_plan_doors, make_plan_sign_in, make_plan_handbooks):
        words = " ".join(printed(maker, work(blind))).split()
        assert sorted(set(stations) & set(words)) == [], maker
    for maker in (make_plan_desks, make_plan_maps):
        text = " ".join(printed(maker, work(blind)))
        assert sorted(set(stations) & set(text.split())) == sorted(stations), maker
        assert [f"track-{n:03d}" in text for n in range(1, 7)] == [False] * 6


def test_where_stations_are_drawn_at_the_door_the_order_is_that_of_numbers(work, blind):
    (page,) = printed(make_plan_doors, work(blind))

    at = [page.index(f"track-{n:03d}") for n in range(1, 7)]
    assert at == sorted(at)


def test_a_version_kept_before_the_draw_was_moved_to_the_door_gives_no_station_away(
    work, keep, held, world
):
    version = keep()
    assert all(one.station for one in lines_of(version, LineKind.SEAT))
    session().rollback()
    use_levels(world, 2)

    words = " ".join(printed(make_plan_doors, work(version))).split()

    stations = {one.label for one in session().get_one(Room, world.room_a).stations}
    assert stations & set(words) == set()


# ---- nothing to print


def test_nobody_on_duty_is_said(work, organizer, world, event, facts):
    track = session().get_one(Track, world.track_a)
    with transaction():
        add_session(organizer, track, facts())
    with transaction():
        version = keep_version(organizer, event, "初稿")

    with pytest.raises(NobodyServes):
        make_plan_duties(work(version))
    with pytest.raises(NobodyInVersion):
        make_plan_doors(work(version))


# ---- classes


def test_a_class_comes_to_its_sessions_as_a_whole(work, organizer, world, inside):
    track = session().get_one(Track, world.class_a)
    starts = datetime.combine(track.event.starts_on, time(9), tzinfo=clock.SHANGHAI)
    with transaction():
        add_session(
            organizer,
            track,
            SessionFacts(world.room_a, "第一讲", starts, starts + timedelta(hours=2)),
        )
    with transaction():
        version = keep_version(organizer, track.event, "初稿")

    for maker in (make_plan_tickets, make_plan_doors, make_plan_sign_in, make_plan_book):
        text = "".join(printed(maker, work(version)))
        assert [f"class-00{n}" in text for n in (1, 2, 3)] == [True] * 3, maker


# ---- the papers of before


@pytest.mark.parametrize("maker", [make_current_tickets, make_current_seats, make_current_sign_in])
@pytest.mark.parametrize("of_event", [True, False])
def test_what_is_public_is_what_is_printed_everywhere(
    maker, of_event, work, keep, held, move, world
):
    wanted = {"event_id": world.competition_a} if of_event else {"track_id": world.track_a}
    before = printed(maker, work(**wanted))
    keep(public=True)
    move(held, 14)

    after = printed(maker, work(**wanted))

    assert ["V1 初稿" in page for page in before] == [False] * len(before)
    assert ["V1 初稿" in page for page in after] == [True] * len(after)
    assert ["14:00" in page for page in after] == [False] * len(after)


def test_a_version_of_another_track_prints_nothing_of_this_one(work, keep, held, world):
    keep(public=True)

    with pytest.raises(NobodyInVersion):
        make_current_tickets(work(track_id=world.team_track_a))


# ---- many


def test_a_large_paper_comes_as_several_in_an_archive(work, keep, held, monkeypatch):
    monkeypatch.setattr(papers_people, "TICKETS_TOGETHER", 4)
    job = work(keep())

    name = make_plan_tickets(job)

    with ZipFile(io.BytesIO(job.out.getvalue())) as archive:
        assert archive.namelist() == ["001_File.pdf", "002_File.pdf"]
    assert name == "File.zip"


def test_pieces_the_typesetter_bears_become_one_document(work, keep, held, monkeypatch):
    version = keep()
    whole = printed(make_plan_tickets, work(version))
    monkeypatch.setattr(typesetting, "DRAWN_AT_ONCE", 4 * papers_people.TICKET_WEIGHT)

    assert printed(make_plan_tickets, work(version)) == whole


def test_a_batch_is_never_too_heavy_and_never_divides_an_item():
    assert list(batches([3, 3, 9, 1, 1], int, 6)) == [[3, 3], [9], [1, 1]]
    assert list(batches([], int, 6)) == []


# ---- asking


def test_only_who_plans_the_event_asks_and_only_for_what_there_is(act, organizer, keep, held):
    version = keep()

    with transaction():
        task = ask_paper(organizer, version, TaskKind.PLAN_MAPS_PDF, "座位图")
        again = ask_paper(organizer, version, TaskKind.PLAN_MAPS_PDF, "座位图")

    assert task.id == again.id
    assert task.payload == {"version_id": version.id}
    with pytest.raises(NotThere):
        ask_paper(organizer, version, TaskKind.EVIDENCE_PACK, "证据")
    for name in ("leader1_a", "floor_a", "organizer_b"):
        with pytest.raises((Forbidden, NotThere)):
            ask_paper(act(name), version, TaskKind.PLAN_MAPS_PDF, "座位图")
