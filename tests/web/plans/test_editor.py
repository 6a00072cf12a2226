"""The plan editor's pages and answers: what scripts are told, and the same by forms."""

import zlib
from json import dumps

import pytest
from sqlalchemy import func, select

from eventsys import clock
from eventsys.db import db, enter_group, session, transaction
from eventsys.duties.rules import Office
from eventsys.plans.models import PlanMove, PlanPost
from eventsys.plans.moves import Where
from eventsys.plans.states import MoveKind
from eventsys.timetable.models import Session
from tests.moving import MORNING, NOON, add_item, keep, lay_out, lies, seat
from tests.queries import count_queries

JSON = {"Accept": "application/json"}


@pytest.fixture
def plan(world, app):
    with app.app_context():
        lay_out(world)
        db.session.remove()
    return world


@pytest.fixture
def desk(plan, browse):
    return browse("organizer_a")


@pytest.fixture
def inside_group(plan, app):
    with app.app_context():
        enter_group(plan.group_a)
        yield
        db.session.remove()


def board(plan, rest="", **query):
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return f"/plans/events/{plan.competition_a}/board{rest}?{asked}"


def move(desk, plan, name, to, *, seen=None, op="aaaaaaaa-0001", agreed=()):
    def plain(where):
        return {"room": where.room, "at": where.at} if where else {"room": None, "at": None}

    body = {"op": op, "seen": plain(seen), "to": plain(to), "agreed": list(agreed)}
    return desk.post(f"/plans/items/{plan.ids[name]}/moves", json=body, headers=JSON)


def sums(rows):
    added = [0] * 16
    for row in rows:
        text = dumps(row, ensure_ascii=False, separators=(",", ":"))
        added[row[0] % 16] += zlib.crc32(text.encode())
    return ".".join(f"{one & 0xFFFFFFFF:x}" for one in added)


def test_the_page_lists_the_day_and_the_tray_without_scripts(desk, plan):
    move(desk, plan, "K1", Where(plan.room_a, MORNING))

    text = desk.get(board(plan, day=1)).text

    assert "09:00–10:00" in text
    assert "待排区：3 场没有场地和时间" in text


def test_a_move_answers_with_the_card_and_what_undo_would_do(desk, plan):
    answer = move(desk, plan, "K1", Where(plan.room_a, MORNING))

    told = answer.get_json()
    assert answer.status_code == 200
    assert told["card"][0] == plan.K1
    assert told["card"][8:10] == [plan.room_a, MORNING]
    assert told["number"] == 1
    assert told["history"] == {"undo": "撤销：K1 回到 待排区", "redo": None}


def test_what_blocks_is_refused_in_words_with_the_way_out(desk, plan):
    move(desk, plan, "K1", Where(plan.room_a, MORNING))

    answer = move(desk, plan, "K2", Where(plan.room_a, MORNING), op="aaaaaaaa-0002")

    told = answer.get_json()
    assert answer.status_code == 422
    assert told["message"] == "“K2”不能放在那里。请换场地或时间。"
    assert len(told["words"]) == 1
    assert told["words"][0].endswith("同时使用甲一号车间。请给其中一个换场地或换时间。")


def test_what_another_moved_is_refused_with_409_and_shows_theirs(desk, plan, browse):
    move(browse("colleague_a"), plan, "K1", Where(plan.room_a, NOON))

    answer = move(desk, plan, "K1", Where(plan.room_a, MORNING), op="aaaaaaaa-0002")

    assert answer.status_code == 409
    assert answer.get_json()["card"][8:10] == [plan.room_a, NOON]
    assert answer.get_json()["message"].startswith("甲同事 刚刚移动了“K1”。")


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"op": "x", "seen": {}, "to": {}},
        {"op": "aaaaaaaa-0001", "seen": 1, "to": {}},
        {"op": "aaaaaaaa-0001", "seen": {}, "to": {"room": "1", "at": 2}},
        {"op": "aaaaaaaa-0001", "seen": {}, "to": {"room": True, "at": 2}},
        {"op": "aaaaaaaa-0001", "seen": {}, "to": {"room": 2**60, "at": 2}},
        {"op": "aaaaaaaa-0001", "seen": {}, "to": {"room": 1, "at": 10**12}},
        {"op": "aaaaaaaa-0001", "seen": {}, "to": {}, "agreed": "all"},
    ],
)
def test_what_cannot_be_read_is_refused_and_changes_nothing(desk, plan, body, inside_group):
    answer = desk.post(f"/plans/items/{plan.K1}/moves", json=body, headers=JSON)

    assert answer.status_code == 422
    assert session().scalar(select(func.count(PlanMove.id))) == 0


def test_a_check_says_what_a_place_would_mean_and_changes_nothing(desk, plan, inside_group):
    move(desk, plan, "K1", Where(plan.room_a, MORNING))
    there = f"/plans/items/{plan.K2}/check?room={plan.room_a}&at="

    taken = desk.get(f"{there}{MORNING + 30}", headers=JSON).get_json()
    free = desk.get(f"{there}{NOON}", headers=JSON).get_json()

    assert taken["severity"] == "block"
    assert "同时使用甲一号车间" in taken["words"][0]
    assert free == {"severity": "ok", "words": []}
    assert lies(plan, "K2") is None


def test_the_state_tells_only_what_the_page_does_not_know(desk, plan):
    first = desk.get(board(plan, "/state"), headers=JSON).get_json()
    known = {"facts": first["facts_mark"], "number": 0, "sums": sums(first["cards"])}
    same = desk.get(board(plan, "/state", **known), headers=JSON).get_json()
    move(desk, plan, "K1", Where(plan.room_a, MORNING))
    then = desk.get(board(plan, "/state", **known), headers=JSON).get_json()

    assert sorted(row[1] for row in first["cards"]) == ["K1", "K2", "K3", "T1"]
    assert (same["facts"], same["cards"], same["buckets"]) == (None, [], [])
    assert then["buckets"] == [plan.K1 % 16]
    assert plan.K1 in [row[0] for row in then["cards"]]


def test_the_state_tells_what_others_did_and_not_one_s_own(desk, plan, browse):
    other = browse("colleague_a")
    move(desk, plan, "K1", Where(plan.room_a, MORNING))
    move(other, plan, "K2", Where(plan.room_a, NOON), op="aaaaaaaa-0002")
    move(desk, plan, "K3", Where(plan.hall, NOON), op="aaaaaaaa-0003")

    news = desk.get(board(plan, "/state", number=1), headers=JSON).get_json()["news"]

    assert len(news) == 1
    assert news[0].startswith("甲同事 安排了 K2：甲一号车间，")


def test_clashes_stand_at_every_item_they_concern(desk, plan, app):
    move(desk, plan, "K1", Where(plan.room_a, MORNING))
    move(desk, plan, "K2", Where(plan.room_a, NOON), op="aaaaaaaa-0002")
    with app.app_context(), transaction():
        enter_group(plan.group_a)
        held = session().scalars(select(Session).order_by(Session.starts_at)).all()
        held[1].starts_at, held[1].ends_at = held[0].starts_at, held[0].ends_at

    found = desk.get(board(plan, "/clashes"), headers=JSON).get_json()["clashes"]

    assert [one["items"] for one in found] == [sorted([plan.K1, plan.K2])]
    assert [one["severity"] for one in found] == ["block"]


def test_a_move_tells_what_is_wrong_with_its_item_as_the_whole_list_does(desk, plan, app):
    with app.app_context(), transaction():
        enter_group(plan.group_a)
        keep(plan, "post", PlanPost(item_id=plan.K1, office=Office.JUDGE, seat=1))

    to = Where(plan.room_a, MORNING)
    moved = move(desk, plan, "K1", to).get_json()  # nobody serves yet: said, but not asked about
    whole = desk.get(board(plan, "/clashes"), headers=JSON).get_json()
    lifted = move(desk, plan, "K1", None, seen=to, op="aaaaaaaa-0002").get_json()

    assert [(one["items"], one["severity"]) for one in moved["clashes"]] == [([plan.K1], "warn")]
    assert moved["clashes"] == whole["clashes"]
    assert lifted["clashes"] == []


def test_news_of_what_is_no_move_of_one_session_is_told_too(desk, plan, app):
    with app.app_context(), transaction():
        enter_group(plan.group_a)
        for number, kind in enumerate((MoveKind.DELAYED, MoveKind.KEPT), start=2):
            late = PlanMove(event_id=plan.competition_a, number=number, kind=kind, by="甲同事")
            late.before, late.after, late.at = {"4711": "x"}, {"4711": "y"}, clock.now()
            keep(plan, kind, late)

    news = desk.get(board(plan, "/state", number=1), headers=JSON).get_json()["news"]

    assert news == ["甲同事 更改了排程。"] * 2


def test_steps_go_back_and_forth(desk, plan, inside_group):
    move(desk, plan, "K1", Where(plan.room_a, MORNING))
    url = board(plan, "/steps")

    back = desk.post(url, json={"op": "bbbbbbbb-1", "way": "undo"}, headers=JSON)
    forth = desk.post(url, json={"op": "bbbbbbbb-2", "way": "redo"}, headers=JSON)
    none = desk.post(url, json={"op": "bbbbbbbb-3", "way": "redo"}, headers=JSON)
    odd = desk.post(url, json={"op": "bbbbbbbb-4", "way": "sideways"}, headers=JSON)

    assert [one.status_code for one in (back, forth, none, odd)] == [200, 200, 422, 422]
    assert back.get_json()["card"][8] is None
    assert lies(plan, "K1") == Where(plan.room_a, MORNING)


def test_a_form_moves_without_scripts_and_asks_before_people_lose_stations(
    desk, plan, inside_group
):
    url = f"/plans/items/{plan.K1}/move"
    data = {"room": plan.room_a, "on": 1, "starts": "09:00", "seen": "", "keys": ""}

    moved = desk.post(url, data=data | {"op": "cccccccc-1"})
    again = desk.post(url, data=data | {"op": "cccccccc-2"})
    lost = desk.post(
        url,
        data={"room": "0", "on": 1, "starts": "", "op": "cccccccc-3", "keys": ""}
        | {"seen": f"{plan.room_a}:{MORNING}"},
    )

    assert [one.status_code for one in (moved, again, lost)] == [302, 409, 302]
    assert lies(plan, "K1") is None


def test_a_form_without_a_time_says_so(desk, plan):
    data = {"room": plan.room_a, "on": 0, "starts": "", "seen": "", "keys": "", "op": "cccccccc-1"}

    answer = desk.post(f"/plans/items/{plan.K1}/move", data=data)

    assert answer.status_code == 422
    assert "请选择场地，以及活动日期内的时间。" in answer.text


def test_undo_works_as_a_button_and_shows_why_not(desk, plan, inside_group):
    move(desk, plan, "K1", Where(plan.room_a, MORNING))

    done = desk.post(board(plan, "/undo"))
    nothing = desk.post(board(plan, "/undo"))

    assert (done.status_code, nothing.status_code) == (302, 422)
    assert "没有可以撤销的移动" in nothing.text
    assert lies(plan, "K1") is None


def test_undo_as_a_button_asks_and_goes_on_after_a_yes(desk, plan, inside_group):
    move(desk, plan, "K1", Where(plan.room_a, MORNING))
    seat(plan, "K1", "entry1_a", "entry2_a")
    there = {"seen": Where(plan.room_a, MORNING), "op": "aaaaaaaa-0002", "agreed": ["along:2"]}
    move(desk, plan, "K1", Where(plan.hall, MORNING), **there)

    asked = desk.post(board(plan, "/undo"))
    done = desk.post(board(plan, "/undo"), data={"keys": "along:2", "consent": "1"})

    assert (asked.status_code, done.status_code) == (422, 302)
    assert "已有 2 个报名在此安排了工位" in asked.text
    assert lies(plan, "K1") == Where(plan.room_a, MORNING)


def test_the_picture_of_a_day_shows_what_is_held(desk, plan):
    move(desk, plan, "K1", Where(plan.room_a, MORNING))

    text = desk.get(board(plan, "/picture", day=1)).text

    assert "09:00 K1" in text
    assert "style=" not in text


def test_queries_do_not_grow_with_the_plan(desk, plan, app):
    addresses = [board(plan, rest, day=1) for rest in ("", "/state", "/clashes", "/picture")]

    def counted():
        numbers = []
        for address in addresses:
            desk.get(address)
            with count_queries() as sent:
                desk.get(address)
            numbers.append(len(sent))
        return numbers

    move(desk, plan, "K1", Where(plan.room_a, MORNING))
    few = counted()
    with app.app_context(), transaction():
        enter_group(plan.group_a)
        for number in range(30):
            add_item(plan, f"Z{number}")
    for number in range(5):
        to = Where(plan.hall, MORNING + 75 * number)
        move(desk, plan, f"Z{number}", to, op=f"dddddddd-{number}")

    assert counted() == few
