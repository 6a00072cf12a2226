"""Pages of places, sessions, stations, the timetable and one's own day."""

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from eventsys import clock
from eventsys.db import db, enter_group, leave_groups, session, transaction
from eventsys.events.models import Track
from eventsys.identity.policy import System
from eventsys.registration.models import Entry
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind
from eventsys.timetable.actions import SessionFacts, add_session, draw_stations
from eventsys.timetable.models import Placement, Room, Session, Station, StationDraw
from eventsys.timetable.queries import placement_of
from tests.more_entries import add_entries
from tests.queries import count_queries
from tests.world import TODAY


@pytest.fixture
def held(app, world) -> int:
    """A session of the individual track, nobody placed."""
    with app.app_context():
        enter_group(world.group_a)
        track = session().get_one(Track, world.track_a)
        starts = datetime.combine(track.event.starts_on, time(9), tzinfo=clock.SHANGHAI)
        facts = SessionFacts(world.room_a, "第一场", starts, starts + timedelta(hours=4))
        with transaction():
            key = add_session(System(group_id=world.group_a), track, facts).id
        leave_groups()
        db.session.remove()
    return key


@pytest.fixture
def seated(app, world, held) -> int:
    """The same with everybody at a station."""
    with app.app_context():
        with transaction():
            draw_stations(System(group_id=world.group_a), session().get_one(Track, world.track_a))
        db.session.remove()
    return held


def more_entries(app, world, number: int) -> None:
    """So many more approved entries in the individual track."""
    with app.app_context():
        with transaction():
            add_entries(session().get_one(Track, world.track_a), world.unit1_a, number)
        db.session.remove()


def where(app, entry_id: int) -> str | None:
    with app.app_context():
        found = placement_of(entry_id, "")
        return found.station.label if found else None


def test_an_organizer_sets_up_a_venue_a_room_and_its_stations(browse, app, world):
    client = browse("organizer_a")

    venue = client.post("/places/venues", data={"name": "新校区", "address": "郑东新区"})
    facts = {"name": "301", "per_row": "6", "stations": "12", "spare": "2"}
    room = client.post(venue.location, data=facts)
    more = client.post(room.location, data={"number": "3", "prefix": "B"})

    assert [one.status_code for one in (venue, room, more)] == [302, 302, 302]
    page = client.get(room.location).text
    assert page.count("seat-spare") == 2
    assert all(label in page for label in ("<b>01</b>", "<b>14</b>", "<b>B03</b>"))


def test_a_refused_room_is_said_at_its_field(browse, world):
    client = browse("organizer_a")

    again = client.post("/places/venues", data={"name": "甲实训中心"})
    wide = client.post(
        f"/places/venues/{world.venue_a}", data={"name": "x", "per_row": "99", "stations": "5"}
    )

    assert (again.status_code, wide.status_code) == (422, 422)
    assert "“甲实训中心”已存在" in again.text


def test_a_station_is_kept_free_and_taken_away(browse, app, world, seated):
    client = browse("organizer_a")

    spare = client.post(f"/places/stations/{world.station9_a}/spare")
    gone = client.post(f"/places/stations/{world.station8_a}/remove")
    refused = client.post(f"/places/stations/{world.station1_a}/remove")

    assert (spare.status_code, gone.status_code, refused.status_code) == (302, 302, 422)
    assert "01 号工位已安排人员" in refused.text
    with app.app_context():
        assert session().get_one(Station, world.station9_a).is_spare
        assert session().get(Station, world.station8_a) is None


def test_stations_stand_as_many_side_by_side_as_said(browse, app, world):
    client = browse("organizer_a")

    client.post(
        f"/places/rooms/{world.room_a}/facts",
        data={"name": "101", "purpose": "theory", "reset_minutes": "5", "per_row": "2"},
    )

    assert client.get(f"/places/rooms/{world.room_a}").text.count("<tr>") == 5
    with app.app_context():
        assert session().get_one(Room, world.room_a).per_row == 2


def test_an_organizer_of_one_event_sees_the_rooms_and_changes_none(browse, world):
    client = browse("organizer2_a")

    assert client.get("/places/venues").status_code == 200
    assert client.get(f"/places/rooms/{world.room_a}").status_code == 404
    assert client.post("/places/venues", data={"name": "x"}).status_code == 404


def test_a_session_is_added_changed_and_removed(browse, app, world):
    client = browse("organizer_a")
    path = f"/timetable/tracks/{world.track_a}/sessions/new"
    facts = {
        "name": "上午场",
        "room": str(world.room_a),
        "on": TODAY.isoformat(),
        "starts_at": "09:00",
        "ends_at": "12:00",
    }

    added = client.post(path, data=facts)
    taken = client.post(
        f"/timetable/tracks/{world.team_track_a}/sessions/new", data=facts | {"name": "另一场"}
    )
    with app.app_context():
        key = session().scalars(select(Session.id)).one()
    edit = f"/timetable/sessions/{key}/edit"
    assert 'value="09:00"' in client.get(edit).text
    changed = client.post(edit, data=facts | {"starts_at": "08:30"})
    removed = client.post(f"/timetable/sessions/{key}/remove")

    assert (added.status_code, taken.status_code) == (302, 422)
    assert "该场地已被占用" in taken.text
    assert (changed.status_code, removed.status_code) == (302, 302)
    with app.app_context():
        assert session().scalars(select(Session)).all() == []


def test_a_draw_shows_what_it_does_then_the_seed(browse, app, world, held):
    client = browse("organizer_a")
    path = f"/timetable/tracks/{world.track_a}/draw"

    before = client.get(path)
    drawn = client.post(path, data={"part": ""})
    page = client.get(drawn.location).text

    with app.app_context():
        draw = session().scalars(select(StationDraw)).one()
    assert "立即抽签" in before.text
    assert (drawn.status_code, draw.placed) == (302, 6)
    assert page.count(draw.seed) == 2
    assert client.get(f"{path}?part=X").status_code == 404


def test_a_draw_without_enough_stations_says_both_numbers(browse, app, world, held):
    more_entries(app, world, 4)

    answer = browse("organizer_a").post(
        f"/timetable/tracks/{world.track_a}/draw", data={"part": ""}
    )

    assert answer.status_code == 422
    assert "有 10 个待安排，只有 9 个空闲工位" in answer.text


def test_stations_are_cleared_and_a_late_clearing_is_refused_in_place(
    browse, app, world, seated, at
):
    client = browse("organizer_a")
    with app.app_context():
        starts = session().get_one(Session, seated).starts_at
    path = f"/timetable/tracks/{world.track_a}/clear"

    at(starts)
    late = client.post(path, data={"part": ""})
    at(starts - timedelta(hours=2))
    early = client.post(path, data={"part": ""})

    assert (late.status_code, early.status_code) == (422, 302)
    assert "已有场次开始" in late.text
    with app.app_context():
        assert session().scalars(select(Placement)).all() == []


def test_the_seat_map_leads_through_placing_one_after_the_other(browse, app, world, held):
    client = browse("organizer_a")
    path = f"/timetable/sessions/{held}/seats"

    free = client.get(f"{path}?entry={world.entry1_a}").text
    placed = client.post(path, data={"entry": world.entry1_a, "station": world.station4_a})

    assert free.count('name="station"') == 10
    assert placed.location == f"{path}?entry={world.entry2_a}#seats"
    assert where(app, world.entry1_a) == "04"
    assert "seat-taken" in client.get(path).text


def test_a_taken_station_is_refused_on_the_map(browse, app, world, held):
    client = browse("organizer_a")
    path = f"/timetable/sessions/{held}/seats"
    client.post(path, data={"entry": world.entry1_a, "station": world.station4_a})

    refused = client.post(path, data={"entry": world.entry2_a, "station": world.station4_a})

    assert refused.status_code == 409
    assert "04 号工位已由 1 号占用" in refused.text


def test_a_station_is_freed_from_the_map(browse, app, world, seated):
    with app.app_context():
        key = placement_of(world.entry1_a, "").id

    answer = browse("organizer_a").post(f"/timetable/placements/{key}/remove")

    assert answer.status_code == 302
    assert where(app, world.entry1_a) is None


def test_nobody_places_things_of_the_other_group(browse, app, world, held):
    path = f"/timetable/sessions/{held}/seats"
    client = browse("organizer_a")

    foreign = client.post(path, data={"entry": world.entry1_b, "station": world.station1_a})
    station = client.post(path, data={"entry": world.entry1_a, "station": world.station1_b})

    assert (foreign.status_code, station.status_code) == (404, 404)
    assert browse("organizer_b").get(path).status_code == 404
    assert browse("organizer2_a").get(path).status_code == 404


def test_seat_lists_are_asked_for_from_the_worker(browse, app, world, seated):
    answer = browse("organizer_a").post(f"/timetable/tracks/{world.track_a}/seat-lists")

    with app.app_context():
        task = session().scalars(select(Task)).one()
    assert answer.location == f"/tasks/{task.id}"
    assert (task.kind, task.payload) == (TaskKind.SEATS_PDF, {"track_id": world.track_a})


@pytest.mark.parametrize(
    "name", ["organizer_a", "leader1_a", "participant_a", "steward_a", "admin_a", "office_a"]
)
def test_the_timetable_of_an_event_is_a_picture_and_a_list(browse, world, seated, name):
    page = browse(name).get(f"/timetable/events/{world.competition_a}").text

    assert "<svg viewBox" in page
    assert "09:00–13:00" in page
    assert "甲一号车间" in page


def test_judges_and_the_other_group_have_no_timetable(browse, world, seated):
    path = f"/timetable/events/{world.competition_a}"

    assert browse("judge1_a").get(path).status_code == 403
    assert browse("chief_a").get(path).status_code == 403
    assert browse("organizer_b").get(path).status_code == 404


def test_my_day_shows_the_people_of_the_unit_and_no_others(browse, app, world, seated):
    page = browse("leader1_a").get("/timetable/my-day").text

    with app.app_context():
        names = [session().get_one(Entry, world.ids[f"entry{n}_a"]).label for n in (1, 4)]
    assert names[0] in page
    assert names[1] not in page
    assert browse("participant_a").get("/timetable/my-day").text.count("/ticket") == 1


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("organizer_a", "/timetable/tracks/{track_a}"),
        ("organizer_a", "/timetable/tracks/{track_a}/draw"),
        ("organizer_a", "/timetable/sessions/{held}/seats"),
        ("organizer_a", "/timetable/events/{competition_a}"),
        ("leader1_a", "/timetable/my-day"),
        ("organizer_a", "/"),
    ],
)
def test_pages_cost_the_same_with_more_rows(browse, app, world, held, name, path):
    path = path.format(held=held, **world.ids)
    client = browse(name)

    def cost():
        with count_queries() as sent:
            assert client.get(path).status_code == 200
        return len(sent)

    few = cost()
    more_entries(app, world, 24)

    assert cost() == few


def test_the_seat_map_costs_no_more_with_everybody_seated(browse, app, world, held):
    client = browse("organizer_a")
    path = f"/timetable/sessions/{held}/seats"

    def cost():
        with count_queries() as sent:
            assert client.get(path).status_code == 200
        return len(sent)

    client.post(path, data={"entry": world.entry1_a, "station": world.station1_a})
    one = cost()
    client.post(f"/timetable/tracks/{world.track_a}/draw", data={"part": ""})

    assert cost() <= one


def test_an_organizer_is_told_of_entries_without_a_station(browse, world, held):
    page = browse("organizer_a").get("/").text

    assert "“甲数控多轴加工技术”待安排工位" in page
    assert "待安排工位" not in browse("organizer2_a").get("/").text
