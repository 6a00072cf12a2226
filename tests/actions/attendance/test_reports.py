"""Tickets, sign-in sheets, seat lists and the workbook of hours, as files."""

import io
from datetime import datetime, time, timedelta
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from eventsys import clock
from eventsys.attendance import reports
from eventsys.attendance.actions import correct_half_day
from eventsys.attendance.reports import (
    NobodyPlaced,
    make_hours_xlsx,
    make_sign_in_pdf,
    make_tickets_pdf,
)
from eventsys.attendance.rules import HalfDayKey
from eventsys.db import enter_group, session, transaction
from eventsys.events.models import Track
from eventsys.identity.policy import System
from eventsys.printing.documents import NothingToPrint
from eventsys.registration.models import Entry
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind
from eventsys.tasks.work import Work
from eventsys.timetable.actions import SessionFacts, add_session, draw_stations
from eventsys.timetable.models import Venue
from eventsys.timetable.place_actions import add_room
from eventsys.timetable.reports import make_seats_pdf


@pytest.fixture
def work(world, inside, tmp_path):
    """A claimed task in English, with its reports of progress."""
    enter_group(world.group_a)

    def make(kind, **payload):
        task = Task(kind=kind, payload=payload, title="File", language="en", group_id=world.group_a)
        return Work(
            task=task,
            out=io.BytesIO(),
            progress=lambda _done, _total: None,
            words=str,
            public_url="https://example.org",
            fonts_dir=tmp_path,
            keys_dir=tmp_path,
        )

    return make


@pytest.fixture
def seated(world, inside):
    """Everybody of the individual track and of the exam has a station."""
    enter_group(world.group_a)
    actor = System(group_id=world.group_a)
    contest = session().get_one(Track, world.track_a)
    exam = session().get_one(Track, world.exam_track_a)
    starts = datetime.combine(contest.event.starts_on, time(9), tzinfo=clock.SHANGHAI)

    def facts(name, part, hours, room):
        begins = starts + timedelta(hours=hours)
        return SessionFacts(room, name, begins, begins + timedelta(hours=2), part)

    with transaction():
        venue = session().get_one(Venue, world.venue_a)
        second = add_room(actor, venue, "二号机房", 4, stations=8).id
        add_session(actor, contest, facts("第一场", "", 0, world.room_a))
        add_session(actor, exam, facts("理论场", "T", 0, second))
        add_session(actor, exam, facts("实操场", "P", 3, second))
    with transaction():
        draw_stations(actor, contest)
        draw_stations(actor, exam, "T")
        draw_stations(actor, exam, "P")


def pages(work: Work) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(work.out.getvalue())).pages]


def test_every_placed_entry_has_a_ticket(work, world, seated):
    made = work(TaskKind.TICKETS_PDF, track_id=world.track_a)

    name = make_tickets_pdf(made)

    text = "".join(pages(made))
    assert name == "File-甲数控多轴加工技术.pdf"
    assert [f"track-{n:03d}" in text for n in range(1, 7)] == [True] * 6
    assert "甲一号车间" in text
    assert "4101**********" in text
    assert len(pages(made)) == 2


def test_a_ticket_of_an_exam_names_both_parts(work, world, seated):
    made = work(TaskKind.TICKETS_PDF, event_id=world.exam_a)

    make_tickets_pdf(made)

    text = "".join(pages(made)).replace("\n", "")
    assert text.count("理论") == 4
    assert text.count("实操") == 4
    assert "09:00–11:00" in text
    assert "12:00–14:00" in text


def test_trainees_have_tickets_without_stations(work, world):
    made = work(TaskKind.TICKETS_PDF, track_id=world.class_a)

    make_tickets_pdf(made)

    assert "".join(pages(made)).count("class-00") == 3


def test_without_stations_there_are_no_tickets_and_it_is_said(work, world):
    with pytest.raises(NobodyPlaced) as refused:
        make_tickets_pdf(work(TaskKind.TICKETS_PDF, track_id=world.track_a))

    assert refused.value.facts == {"entries": 6}


def test_an_empty_track_has_nothing_to_print(work, world):
    with pytest.raises(NothingToPrint):
        make_tickets_pdf(work(TaskKind.TICKETS_PDF, track_id=world.team_track_a))


def test_many_tickets_come_as_several_files_in_an_archive(work, seated, world, monkeypatch):
    whole = work(TaskKind.TICKETS_PDF, track_id=world.track_a)
    make_tickets_pdf(whole)
    monkeypatch.setattr(reports, "TICKETS_TOGETHER", 4)
    made = work(TaskKind.TICKETS_PDF, track_id=world.track_a)

    name = make_tickets_pdf(made)

    with ZipFile(io.BytesIO(made.out.getvalue())) as archive:
        files = [PdfReader(io.BytesIO(archive.read(one))).pages for one in archive.namelist()]
    assert name.endswith(".zip")
    assert [len(one) for one in files] == [1, 1]
    assert [page.extract_text() for one in files for page in one] == pages(whole)


def test_sign_in_sheets_have_a_box_for_each_half_day_or_a_list_for_each_session(
    work, world, seated
):
    of_class = work(TaskKind.SIGN_IN_PDF, track_id=world.class_a)
    of_exam = work(TaskKind.SIGN_IN_PDF, track_id=world.exam_track_a)

    make_sign_in_pdf(of_class)
    make_sign_in_pdf(of_exam)

    first = "".join(pages(of_class))
    assert (first.count("morning"), first.count("afternoon")) == (2, 2)
    assert ["理论场" in page for page in pages(of_exam)] == [True, False]
    assert ["实操场" in page for page in pages(of_exam)] == [False, True]


def test_each_session_has_its_seat_list(work, world, seated):
    made = work(TaskKind.SEATS_PDF, event_id=world.exam_a)

    make_seats_pdf(made)

    assert len(pages(made)) == 2
    assert "exam_track-001" in pages(made)[0]


def test_the_workbook_of_hours_adds_up_by_half_day_and_year(work, world, act):
    organizer = act("organizer_a")
    days = session().get_one(Track, world.class_a).rules.half_days
    for half_day in days[:3]:
        with transaction():
            correct_half_day(
                organizer,
                session().get_one(Entry, world.trainee1_a),
                HalfDayKey(half_day.on, half_day.part),
                present=True,
                reason="现场核实",
            )
    made = work(TaskKind.HOURS_XLSX, track_id=world.class_a)

    name = make_hours_xlsx(made)

    rows = list(load_workbook(io.BytesIO(made.out.getvalue())).active.values)
    heads = rows[1]
    first = dict(zip(heads, rows[2], strict=True))
    assert name == "File-甲双师型一班.xlsx"
    assert len(rows) == 5
    assert rows[2][4:8] == (4, 4, 4, 0)
    assert (first["Hours in all"], first["Attendance in percent"]) == (12, 75)
    assert first["Completed"] == "not completed"
    years = [first[head] for head in heads if str(head).startswith("Hours of 2")]
    assert sum(years) == 12
    assert "*" in first["ID number"]
