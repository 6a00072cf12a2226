"""Pages of versions, the public timetable, and calendar files."""

import re

import pytest
from sqlalchemy import select

from eventsys.db import db, enter_group, leave_groups, session, transaction
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventState
from eventsys.identity.policy import System
from eventsys.releases.rules import PAPERS
from eventsys.tasks.models import Task
from eventsys.timetable.actions import draw_stations
from eventsys.timetable.models import Room
from scheduling.work import do_waiting_tasks
from tests.web.timetable.test_pages import held  # noqa: F401  the session they share

EDIT = "/timetable/sessions/%s/edit"


@pytest.fixture
def placed(app, world, held):  # noqa: F811  the fixture of that name
    with app.app_context():
        enter_group(world.group_a)
        with transaction():
            draw_stations(System(group_id=world.group_a), session().get_one(Track, world.track_a))
        leave_groups()
        db.session.remove()
    return held


def kept(client, world, name="初稿"):
    answer = client.post(
        f"/plans/events/{world.competition_a}/versions", data={"name": name, "note": ""}
    )
    assert answer.status_code == 302
    return answer.location


def test_from_a_kept_version_to_the_public_page(browse, world, placed):
    client = browse(None)
    organizer = browse("organizer_a")
    address = f"/public/timetable/{world.competition_a}"
    where = kept(organizer, world)
    assert "第一场" not in client.get(address).text

    assert organizer.post(f"{where}/publish").status_code == 302

    shown = client.get(address).text
    assert "第一场" in shown
    assert "V1 初稿" in shown
    assert "V1 初稿" in client.get(f"{address}/embed").text


def test_a_version_says_in_words_what_moves(browse, world, placed):
    organizer = browse("organizer_a")
    where = kept(organizer, world)
    organizer.post(f"{where}/publish")
    page = organizer.get(EDIT % placed).text
    day = re.search(r'name="on"[^>]*value="([^"]+)"', page)[1]
    form = {"name": "第一场", "room": str(world.room_a), "on": day}
    form |= {"starts_at": "14:00", "ends_at": "18:00"}
    assert organizer.post(EDIT % placed, data=form).status_code == 302

    shown = organizer.get(kept(organizer, world, "二稿")).text

    assert "14:00" in shown
    assert "09:00" in shown


def test_a_version_without_a_name_is_refused_and_nothing_kept(browse, world, placed):
    organizer = browse("organizer_a")
    answer = organizer.post(f"/plans/events/{world.competition_a}/versions", data={"name": " "})
    assert answer.status_code == 422
    assert "V1" not in organizer.get(f"/plans/events/{world.competition_a}/versions").text


def test_publishing_twice_says_so(browse, world, placed):
    organizer = browse("organizer_a")
    where = kept(organizer, world)
    organizer.post(f"{where}/publish")
    again = organizer.post(f"{where}/publish")
    assert again.status_code == 409


def test_only_the_page_for_frames_may_stand_in_one(world, browse, placed):
    client = browse(None)
    inside = client.get(f"/public/timetable/{world.competition_a}/embed")
    alone = client.get(f"/public/timetable/{world.competition_a}")
    assert "frame-ancestors *" in inside.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in alone.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in inside.headers
    assert "<script" not in inside.text


def test_a_calendar_address_is_made_read_and_ended(browse, world, placed):
    client = browse(None)
    organizer = browse("organizer_a")
    organizer.post(f"{kept(organizer, world)}/publish")
    mine = browse("participant_a")
    mine.post("/my-calendar")
    address = re.search(
        r'value="https?://[^/"]+(/public/[^"]+\.ics)"', mine.get("/my-calendar").text
    )

    read = client.get(address[1])
    assert read.mimetype == "text/calendar"
    assert read.text.count("BEGIN:VEVENT") == 1

    mine.post("/my-calendar/end")
    assert client.get(address[1]).status_code == 404


def test_a_track_and_a_room_have_public_calendars_without_names(browse, world, placed):
    client = browse(None)
    organizer = browse("organizer_a")
    organizer.post(f"{kept(organizer, world)}/publish")
    base = f"/public/timetable/{world.competition_a}"
    for part in (f"tracks/{world.track_a}", f"rooms/{world.room_a}"):
        text = client.get(f"{base}/{part}.ics").text
        assert text.count("BEGIN:VEVENT") == 1
        assert "-001" not in text


def test_a_button_on_the_version_asks_the_worker_for_its_paper(app, browse, world, placed):
    organizer = browse("organizer_a")
    where = kept(organizer, world)
    shown = organizer.get(where).text
    kinds = re.findall(r'name="paper" value="([a-z_]+)"', shown)

    answers = [organizer.post(f"{where}/papers", data={"paper": kind}) for kind in kinds]

    assert kinds == [kind.value for kind in PAPERS]
    assert [answer.status_code for answer in answers] == [302] * len(kinds)
    assert [re.match(r"/tasks/\d+$", answer.location) is None for answer in answers] == [
        False
    ] * len(kinds)
    with app.app_context():
        enter_group(world.group_a)
        tasks = session().scalars(select(Task)).all()
        found = {task.kind: (task.payload, task.title) for task in tasks}
        leave_groups()
        db.session.remove()
    version_id = int(where.rsplit("/", 1)[-1])
    assert set(found) == set(PAPERS)
    assert [payload for payload, _ in found.values()] == [{"version_id": version_id}] * len(kinds)
    assert found[PAPERS[0]][1].startswith("秩序册")
    assert found[PAPERS[0]][1].endswith("V1 初稿")


def test_a_paper_nobody_knows_is_refused(browse, world, placed):
    organizer = browse("organizer_a")
    where = kept(organizer, world)
    assert organizer.post(f"{where}/papers", data={"paper": "evidence_pack"}).status_code == 422
    assert organizer.post(f"{where}/papers", data={}).status_code == 422


def test_the_worker_makes_the_paper_in_chinese(app, browse, world, placed):
    organizer = browse("organizer_a")
    where = kept(organizer, world)
    task = organizer.post(f"{where}/papers", data={"paper": "plan_doors_pdf"}).location
    with app.app_context():
        do_waiting_tasks()

    page = organizer.get(task).text
    assert "门贴" in page
    assert "已完成" in page


def test_a_cancelled_event_says_so_instead_of_showing_its_timetable(app, browse, world, placed):
    organizer, client = browse("organizer_a"), browse(None)
    organizer.post(f"{kept(organizer, world)}/publish")
    with app.app_context(), transaction():
        event = session().get_one(Event, world.competition_a)
        event.state, event.reason = EventState.CANCELLED, "场馆停电"
    address = f"/public/timetable/{world.competition_a}"

    for shown in (client.get(address).text, client.get(f"{address}/embed").text):
        assert ("场馆停电" in shown, "第一场" in shown) == (True, False)
    for part in (f"tracks/{world.track_a}", f"rooms/{world.room_a}"):
        assert "BEGIN:VEVENT" not in client.get(f"{address}/{part}.ics").text


def test_a_name_alone_is_kept_as_a_version_and_the_page_says_that_nobody_moves(
    app, browse, world, placed
):
    organizer = browse("organizer_a")
    organizer.post(f"{kept(organizer, world)}/publish")
    with app.app_context(), transaction():
        session().get_one(Room, world.room_a).name = "甲二号车间"

    offered = organizer.get(f"/plans/events/{world.competition_a}/versions").text
    shown = organizer.get(kept(organizer, world, "更正")).text

    assert "以来只改了名称" in offered
    assert "只改了名称" in shown
