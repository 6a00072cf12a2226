"""The judges' pages and the saving of taps over HTTP."""

import pytest
from sqlalchemy import select

from eventsys.db import session, transaction
from eventsys.scoring.chief_actions import return_sheet, void_code
from eventsys.scoring.models import MarkOperation, MarkSheet
from eventsys.scoring.queries import marks_of
from tests import judging
from tests.queries import count_queries

OP = "0d1c0b5e-0000-4000-8000-00000000000"


@pytest.fixture
def codes(app, world):
    with app.app_context():
        return judging.ready_to_mark(world)


@pytest.fixture
def ids(app, codes, world):
    with app.app_context():
        return judging.aspect_ids(world)


@pytest.fixture
def judge(browse):
    return browse("judge1_a")


def tap(client, world, code, aspect, raw, seen=0, op="1"):
    body = {"op": OP + op, "aspect": str(aspect), "raw": raw, "seen": seen}
    return client.post(f"/judging/{world.track_a}/{code}/marks", json=body)


def test_a_judge_finds_the_way_to_the_first_sheet(judge, codes, world):
    assert "去评分" in judge.get("/judging").text
    answer = judge.get(f"/judging/{world.track_a}")

    assert answer.location == f"/judging/{world.track_a}/{codes[0]}"
    page = judge.get(answer.location)
    assert page.status_code == 200
    assert all(code in page.text for code in codes)


def test_before_the_sheets_are_dealt_a_judge_is_told_to_wait(app, browse, world):
    with app.app_context():
        judging.seat(world)
    judge = browse("judge1_a")

    assert judge.get(f"/judging/{world.track_a}").location == "/judging"
    assert "评分尚未开始" in judge.get("/judging").text


def test_a_tap_is_saved_and_answered(judge, codes, ids, world):
    answer = tap(judge, world, codes[0], ids["A1.2"], "2")

    assert answer.status_code == 200
    assert answer.json == {
        "aspect": ids["A1.2"],
        "version": 1,
        "points": "20",
        "total": "20.00",
        "missing": ["A1.1", "B1.1", "B1.2", "B1.3"],
        "sheet_version": 2,
    }
    assert tap(judge, world, codes[0], ids["A1.2"], "2").json == answer.json


def test_a_stale_tap_is_answered_with_what_stands_there(judge, codes, ids, world):
    tap(judge, world, codes[0], ids["B1.2"], "31.990")

    answer = tap(judge, world, codes[0], ids["B1.2"], "31.98", op="2")

    assert answer.status_code == 409
    assert answer.json == {
        "aspect": ids["B1.2"],
        "raw": "31.99",
        "version": 1,
        "message": "评分点 B1.2 刚在另一台设备上打过分，请选择以哪个为准。",
    }


def test_an_absurd_value_is_refused_in_words(judge, codes, ids, world):
    answer = tap(judge, world, codes[0], ids["A1.2"], "7")

    assert (answer.status_code, list(answer.json)) == (422, ["message"])


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"op": "x", "aspect": "1", "raw": "1", "seen": 0},
        {"op": OP + "1", "aspect": "a", "raw": "1", "seen": 0},
        {"op": OP + "1", "aspect": "1", "raw": "1" * 30, "seen": 0},
        {"op": OP + "1", "aspect": "1", "raw": "one", "seen": 0},
        {"op": OP + "1", "aspect": "1", "raw": "1", "seen": -1},
    ],
)
def test_a_broken_delivery_is_refused(judge, codes, world, body):
    answer = judge.post(f"/judging/{world.track_a}/{codes[0]}/marks", json=body)

    assert (answer.status_code, list(answer.json)) == (422, ["message"])


def test_a_delivery_longer_than_any_mark_is_refused_unread(judge, codes, world):
    answer = judge.post(
        f"/judging/{world.track_a}/{codes[0]}/marks",
        data="[" * 100_000,
        content_type="application/json",
    )

    assert (answer.status_code, answer.is_json) == (422, True)


def test_a_slip_of_the_decimal_point_is_not_another_number(judge, codes, ids, world):
    answer = tap(judge, world, codes[0], ids["B1.2"], "31_990")

    assert (answer.status_code, "“31_990”不是数字" in answer.json["message"]) == (422, True)


def test_a_complete_sheet_is_submitted_and_the_next_one_opens(app, judge, codes, ids, world):
    raws = judging.raws_for(("90", "90", "3"))
    for number, (aspect, raw) in enumerate(raws.items()):
        assert tap(judge, world, codes[0], ids[aspect], raw, op=str(number)).status_code == 200
    path = f"/judging/{world.track_a}/{codes[0]}/submit"

    assert judge.post(path, data={"version": "1"}).status_code == 409
    answer = judge.post(path, data={"version": "6"})

    assert (answer.status_code, answer.location) == (302, f"/judging/{world.track_a}")
    assert judge.get(answer.location).location.endswith(codes[1])
    assert "180.00" in judge.get(f"/judging/{world.track_a}/{codes[1]}").text


def test_an_incomplete_sheet_is_not_submitted(judge, codes, world):
    path = f"/judging/{world.track_a}/{codes[0]}/submit"
    answer = judge.post(path, data={"version": "1"})

    assert answer.status_code == 422
    assert "以下评分点尚未打分：A1.1, A1.2, B1.1, B1.2, B1.3。" in answer.text


def test_a_tap_after_the_end_is_locked_and_kept_as_evidence(app, judge, codes, ids, world):
    with app.app_context():
        judging.mark(world, 1, codes[0], ("90", "90", "3"))

    answer = tap(judge, world, codes[0], ids["A1.2"], "0", seen=1)

    assert (answer.status_code, list(answer.json)) == (423, ["message"])
    with app.app_context():
        late = session().scalars(select(MarkOperation).where(MarkOperation.is_late)).one()
        assert (late.raw, late.aspect_id) == (0, ids["A1.2"])
        sheet = judging.sheet(world, 1, codes[0])
        assert marks_of(sheet.id)[ids["A1.2"]].raw == 3


def test_a_returned_sheet_says_why_and_can_be_changed(app, judge, codes, ids, world):
    with app.app_context():
        judging.mark(world, 1, codes[0], ("90", "90", "3"))
        with transaction():
            sheet = judging.sheet(world, 1, codes[0])
            return_sheet(judging.actor("chief_a"), sheet, "请说明 A1.2 的理由")

    assert "请说明 A1.2 的理由" in judge.get(f"/judging/{world.track_a}/{codes[0]}").text
    assert tap(judge, world, codes[0], ids["A1.2"], "2", seen=1).status_code == 200


def test_a_code_set_aside_needs_no_marks(app, judge, codes, ids, world):
    with app.app_context(), transaction():
        void_code(judging.actor("chief_a"), judging.track_of(world), codes[0], "未提交作品")

    assert "未提交成果" in judge.get(f"/judging/{world.track_a}/{codes[0]}").text
    assert tap(judge, world, codes[0], ids["A1.2"], "2").status_code == 423
    assert judge.get(f"/judging/{world.track_a}").location.endswith(codes[1])


@pytest.mark.parametrize("name", ["judge1_b", "chief_a", "organizer_a", "leader1_a", "encryptor_a"])
def test_sheets_are_their_judges_alone(browse, codes, ids, world, name):
    client = browse(name)

    assert client.get(f"/judging/{world.track_a}/{codes[0]}").status_code in {403, 404}
    assert tap(client, world, codes[0], ids["A1.2"], "1").status_code in {403, 404}


def test_each_judge_writes_on_a_sheet_of_their_own(app, browse, codes, ids, world):
    for number in (1, 2):
        answer = tap(browse(f"judge{number}_a"), world, codes[0], ids["A1.2"], str(number))
        assert answer.status_code == 200

    with app.app_context():
        raws = [
            marks_of(judging.sheet(world, number, codes[0]).id)[ids["A1.2"]].raw
            for number in (1, 2)
        ]
    assert raws == [1, 2]


def test_a_code_nobody_drew_is_not_there(judge, codes, world):
    assert judge.get(f"/judging/{world.track_a}/?-1").status_code == 404
    assert judge.get("/judging/1").status_code == 404


@pytest.mark.parametrize("entries", [1, 30])
def test_a_judges_pages_take_the_same_queries_for_any_number_of_codes(app, browse, world, entries):
    with app.app_context():
        judging.lay_down(world, entries)
        with transaction():
            for sheet in session().scalars(select(MarkSheet)):
                sheet.void_reason = ""
    judge = browse("judge1_a")
    sent = {}
    for path in ("/", "/judging", f"/judging/{world.track_a}/Z-0000"):
        with count_queries() as counted:
            assert judge.get(path).status_code == 200
        sent[path] = sum(one.startswith("SELECT") for one in counted)

    assert sent[f"/judging/{world.track_a}/Z-0000"] <= 14
    assert sent["/judging"] <= 10
    assert sent["/"] <= 14
