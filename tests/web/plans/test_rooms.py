"""The stations of a room as columns: the page, what scripts are told, moves and their words."""

import pytest
from sqlalchemy import select

from eventsys import clock
from eventsys.db import db, enter_group, session, transaction
from eventsys.draws.models import CodeDraw, LevelDraw
from eventsys.draws.rules import Level
from eventsys.plans.moves import Where
from eventsys.timetable.models import Placement, Station
from tests.moving import MORNING, NOON, item, keep, lay_out, seat
from tests.queries import count_queries
from tests.web.plans.test_editor import move

JSON = {"Accept": "application/json"}


@pytest.fixture
def plan(world, app, browse):
    """K1 in the hall on the second morning, entries 1 and 2 at its first stations."""
    with app.app_context():
        lay_out(world)
        db.session.remove()
    move(browse("organizer_a"), world, "K1", Where(world.hall, MORNING))
    with app.app_context():
        enter_group(world.group_a)
        world.ids["held"] = item(world, "K1").session_id
        seat(world, "K1", "entry1_a", "entry2_a")
        db.session.remove()
    return world


@pytest.fixture
def desk(plan, browse):
    return browse("organizer_a")


def address(plan, rest="", **query):
    asked = "&".join(f"{key}={value}" for key, value in ({"day": 1} | query).items())
    return f"/plans/events/{plan.competition_a}/rooms/{plan.hall}{rest}?{asked}"


def put(desk, plan, entry, to, *, seen=None, op="bbbbbbbb-0001", agreed=()):
    body = {"op": op, "entry": plan.ids[entry], "agreed": list(agreed)}
    body |= {key: plan.ids[one] if one else None for key, one in (("seen", seen), ("to", to))}
    return desk.post(f"/plans/sessions/{plan.held}/seats?day=1", json=body, headers=JSON)


def cards(picture):
    """Station by ticket number of the session."""
    return {row[2]: row[5] for row in picture["cards"]}


def test_the_page_lists_who_sits_where_without_scripts(desk, plan):
    text = desk.get(address(plan)).text

    assert "K1 09:00–10:00" in text
    assert "二号车间 工位安排" in text
    assert text.index("001 ") < text.index("002 ") < text.index("003 ")


def test_the_board_leads_to_the_room(desk, plan):
    text = desk.get(f"/plans/events/{plan.competition_a}/board?day=1").text

    assert f'href="/plans/events/{plan.competition_a}/rooms/{plan.hall}?day=1"' in text


def test_the_state_tells_columns_sessions_and_cards_and_nothing_twice(desk, plan):
    told = desk.get(address(plan, "/state"), headers=JSON).get_json()
    again = desk.get(address(plan, "/state", mark=told["mark"]), headers=JSON).get_json()
    other_day = desk.get(address(plan, "/state", day=0), headers=JSON).get_json()

    assert [one["label"] for one in told["stations"]] == ["01", "02", "03", "04"]
    assert [(one["name"], one["at"], one["minutes"]) for one in told["sessions"]] == [
        ("K1", 9 * 60, 60)
    ]
    assert cards(told) == {
        1: plan.hall_station1,
        2: plan.hall_station2,
        **dict.fromkeys((3, 4, 5, 6)),
    }
    assert again == {"mark": None}
    assert other_day["sessions"] == other_day["cards"] == []


def test_a_card_says_no_more_than_the_seat_map_does(desk, plan):
    told = desk.get(address(plan, "/state"), headers=JSON).get_json()
    map_page = desk.get(f"/timetable/sessions/{plan.held}/seats").text

    row = next(one for one in told["cards"] if one[2] == 1)
    assert len(row) == 7
    assert all(text in map_page for text in (f"{row[2]:03d}", row[3], row[4]))


def test_a_move_answers_with_the_picture_and_what_undo_would_do(desk, plan):
    answer = put(desk, plan, "entry1_a", "hall_station3", seen="hall_station1")

    told = answer.get_json()
    assert answer.status_code == 200
    assert told["card"] == f"{plan.held}-{plan.entry1_a}"
    assert told["words"] == "001 号：03 号工位。"
    assert cards(told["picture"])[1] == plan.hall_station3
    assert told["picture"]["history"] == {"undo": "撤销：001 号回到 01 号工位", "redo": None}


def test_a_taken_station_asks_and_names_who_changes_places(desk, plan):
    asked = put(desk, plan, "entry1_a", "hall_station2", seen="hall_station1")
    keys = asked.get_json()["keys"]
    done = put(desk, plan, "entry1_a", "hall_station2", seen="hall_station1", agreed=keys)

    assert asked.status_code == 422
    assert asked.get_json()["message"] == "调整 001 号的工位前，请先确认以下情况。"
    assert asked.get_json()["words"] == ["该工位现为 002 号，将与其对调，换到 01 号工位。"]
    assert done.status_code == 200
    assert cards(done.get_json()["picture"])[1] == plan.hall_station2
    assert cards(done.get_json()["picture"])[2] == plan.hall_station1


def test_what_another_moved_is_refused_with_409_and_shows_theirs(desk, plan, browse):
    other = browse("colleague_a")
    put(other, plan, "entry1_a", "hall_station3", seen="hall_station1")

    late = put(desk, plan, "entry1_a", "hall_station4", seen="hall_station1", op="bbbbbbbb-0002")

    assert late.status_code == 409
    assert late.get_json()["message"].startswith("001 号刚刚被他人调整")
    assert cards(late.get_json()["picture"])[1] == plan.hall_station3


def test_others_moves_are_told_in_words(desk, plan, browse):
    number = desk.get(address(plan, "/state"), headers=JSON).get_json()["number"]
    put(browse("colleague_a"), plan, "entry1_a", "hall_station3", seen="hall_station1")

    told = desk.get(address(plan, "/state", number=number), headers=JSON).get_json()
    of_event = f"/plans/events/{plan.competition_a}/board/state?number={number}"
    board = desk.get(of_event, headers=JSON).get_json()

    assert told["news"] == ["甲同事 刚刚调整了工位。"]
    assert board["news"] == ["甲同事 调整了 K1 的工位。"]


def test_a_check_says_what_a_station_would_mean_and_changes_nothing(desk, plan):
    there = f"/plans/sessions/{plan.held}/seats/check?entry={plan.entry3_a}&station="

    taken = desk.get(f"{there}{plan.hall_station1}", headers=JSON).get_json()
    free = desk.get(f"{there}{plan.hall_station3}", headers=JSON).get_json()
    nobody = desk.get(f"/plans/sessions/{plan.held}/seats/check?station=1", headers=JSON)
    stranger = desk.get(
        f"/plans/sessions/{plan.held}/seats/check?entry={plan.candidate1_a}", headers=JSON
    )

    assert (nobody.status_code, stranger.status_code) == (422, 404)
    assert taken == {"severity": "warn", "words": ["该工位现为 001 号，将退回待排区。"]}
    assert free == {"severity": "ok", "words": []}


def test_steps_go_back_and_forth(desk, plan):
    put(desk, plan, "entry1_a", None, seen="hall_station1")
    url = address(plan, "/steps")

    back = desk.post(url, json={"op": "cccccccc-1", "way": "undo"}, headers=JSON)
    forth = desk.post(url, json={"op": "cccccccc-2", "way": "redo"}, headers=JSON)
    none = desk.post(url, json={"op": "cccccccc-3", "way": "redo"}, headers=JSON)
    odd = desk.post(url, json={"op": "cccccccc-4", "way": "sideways"}, headers=JSON)

    assert [one.status_code for one in (back, forth, none, odd)] == [200, 200, 422, 422]
    assert cards(back.get_json()["picture"])[1] == plan.hall_station1
    assert cards(forth.get_json()["picture"])[1] is None
    assert (back.get_json()["day"], back.get_json()["words"]) == (1, "001 号：01 号工位。")


def test_whoever_has_a_station_in_another_session_now_is_not_brought_back(desk, plan, app):
    put(desk, plan, "entry1_a", None, seen="hall_station1")
    move(desk, plan, "K2", Where(plan.hall, NOON), op="eeeeeeee-0001")
    with app.app_context():
        enter_group(plan.group_a)
        seat(plan, "K2", "entry1_a")
        db.session.remove()

    told = desk.get(address(plan, "/state"), headers=JSON).get_json()
    back = desk.post(
        address(plan, "/steps"), json={"op": "cccccccc-1", "way": "undo"}, headers=JSON
    )

    assert told["history"]["undo"] is None
    assert back.status_code == 422
    with app.app_context():
        enter_group(plan.group_a)
        sits = session().scalars(
            select(Placement).where(Placement.entry_id == plan.entry1_a, Placement.part == "")
        )
        assert sits.one().session_id == item(plan, "K2").session_id


def test_the_name_of_another_kind_of_move_is_refused(desk, plan):
    put(desk, plan, "entry1_a", "hall_station3", seen="hall_station1", op="bbbbbbbb-0001")

    seat_as_session = put(
        desk, plan, "entry1_a", None, seen="hall_station3", op="aaaaaaaa-0001"
    )  # the name under which K1 was laid here
    session_as_seat = move(
        desk, plan, "K1", None, seen=Where(plan.hall, MORNING), op="bbbbbbbb-0001"
    )

    assert (seat_as_session.status_code, session_as_seat.status_code) == (404, 404)


@pytest.mark.parametrize("number", [10**20, -(10**20)])
def test_numbers_greater_than_any_key_are_none(desk, plan, number):
    there = f"/plans/sessions/{plan.held}/seats/check?entry="

    known = [
        desk.get(address(plan, "/state", number=number), headers=JSON),
        desk.get(f"/plans/events/{plan.competition_a}/board/state?number={number}", headers=JSON),
        desk.get(f"{there}{plan.entry1_a}&station={number}", headers=JSON),
        desk.get(f"{there}{number}", headers=JSON),
    ]

    assert [one.status_code for one in known] == [200, 200, 422, 422]
    assert known[0].get_json()["news"] == []


@pytest.mark.parametrize("text", ["", "[]", "{", "5", "[" * 50_000, '{"op":' + "9" * 5000 + "}"])
def test_a_body_that_says_nothing_is_refused(desk, plan, text):
    paths = [f"/plans/sessions/{plan.held}/seats", address(plan, "/steps")]

    told = [desk.post(one, data=text, content_type="application/json") for one in paths]

    assert [one.status_code for one in told] == [422, 422]


@pytest.mark.parametrize(
    "facts",
    [{"entry": None}, {"entry": "1"}, {"to": True}, {"to": 2**60}, {"seen": -1}, {"op": "x"}],
)
def test_what_cannot_be_read_is_refused_and_changes_nothing(desk, plan, app, facts):
    body = {"op": "bbbbbbbb-0001", "entry": plan.entry1_a, "seen": plan.hall_station1, "to": None}

    answer = desk.post(f"/plans/sessions/{plan.held}/seats", json=body | facts, headers=JSON)

    assert answer.status_code == 422
    with app.app_context():
        enter_group(plan.group_a)
        assert len(session().scalars(select(Placement)).all()) == 2


def test_clashes_of_seats_stand_at_their_cards(desk, plan, app):
    with app.app_context(), transaction():
        enter_group(plan.group_a)
        session().get_one(Station, plan.hall_station2).faulty_since = clock.now()

    told = desk.get(address(plan, "/state"), headers=JSON).get_json()

    assert [(one["severity"], one["cards"]) for one in told["clashes"]] == [
        ("block", [f"{plan.held}-{plan.entry2_a}"])
    ]
    assert [one["state"] for one in told["stations"]] == ["ok", "faulty", "ok", "ok"]


def test_a_track_that_has_drawn_its_stations_keeps_them_and_the_page_says_so(desk, plan, app):
    with app.app_context(), transaction():
        enter_group(plan.group_a)
        now = clock.now()
        draw = keep(plan, "draw", CodeDraw(track_id=plan.track_a, committed_at=now))
        level = LevelDraw(draw_id=draw.id, track_id=plan.track_a, level=Level.STATION, position=1)
        level.commitment, level.seed_sealed, level.drawn_at = "x" * 64, b"x", now
        keep(plan, "level", level)

    text = desk.get(address(plan)).text
    there = f"/plans/sessions/{plan.held}/seats/check?entry={plan.entry3_a}"
    check = desk.get(f"{there}&station={plan.hall_station3}", headers=JSON)

    assert "也不反映谁抽到哪个工位" in text
    assert check.status_code == 422
    assert "工位已在见证下抽签，不能再调整" in check.get_json()["message"]


def test_queries_do_not_grow_with_the_room(desk, plan, app):
    addresses = [address(plan), address(plan, "/state")]

    def counted():
        numbers = []
        for one in addresses:
            desk.get(one)
            with count_queries() as sent:
                desk.get(one)
            numbers.append(len(sent))
        return numbers

    few = counted()
    with app.app_context(), transaction():
        enter_group(plan.group_a)
        for number in range(5, 35):
            keep(plan, f"more{number}", Station(room_id=plan.hall, label=f"{number:02d}"))
    for number, name in enumerate(("entry3_a", "entry4_a", "entry5_a"), start=10):
        put(desk, plan, name, f"more{number}", op=f"dddddddd-{number}")

    assert counted() == few
