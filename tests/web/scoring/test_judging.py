"""The judges' pages and the saving of taps over HTTP."""

import re

import pytest
from sqlalchemy import select

from eventsys.db import db, session, transaction
from eventsys.identity.grant_actions import end_grant
from eventsys.panels.queries import seats_of
from eventsys.scoring.chief_actions import return_sheet, void_code
from eventsys.scoring.models import MarkOperation, MarkSheet
from eventsys.scoring.panel_actions import excuse_judge
from eventsys.scoring.queries import late_taps, marks_of, panel_marks
from tests import judging
from tests.queries import count_queries

OP = "0d1c0b5e-0000-4000-8000-000000000000"


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


def op(number):
    return f"{OP[:-2]}{number:02d}"


def one(code, aspect, raw, *seen, number=1):
    """One operation as a tablet sends it."""
    body = {"code": code, "aspect": str(aspect), "raw": raw, "seen": list(seen)}
    return {"op": op(number), **body}


def deliver(client, world, *ops, known=None):
    body = {"ops": list(ops), "known": known or {}}
    return client.post(f"/judging/{world.track_a}/marks", json=body)


def results(answer):
    return [one["result"] for one in answer.json["answers"]]


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


def test_a_tap_is_saved_and_answered_with_what_stands_there_now(judge, codes, ids, world):
    answer = deliver(judge, world, one(codes[0], ids["A1.2"], "2"), known={codes[0]: 1})

    assert answer.status_code == 200
    assert answer.json["answers"] == [{"op": op(1), "result": "applied"}]
    (state,) = answer.json["sheets"].values()
    mark = state["marks"][str(ids["A1.2"])]
    assert {key: state[key] for key in ("status", "version", "whole")} == {
        "status": "open",
        "version": 2,
        "whole": False,
    }
    assert (mark["raw"], mark["points"], mark["contested"]) == ("2", "20", False)
    assert [head["op"] for head in mark["heads"]] == [op(1)]
    assert "test" in mark["heads"][0]["device"]


def test_the_same_delivery_again_is_known(judge, codes, ids, world):
    first = one(codes[0], ids["A1.2"], "2")
    deliver(judge, world, first)

    assert results(deliver(judge, world, first)) == ["duplicate"]
    assert results(deliver(judge, world, {**first, "raw": "1"})) == ["refused"]


def test_two_devices_that_differ_are_both_shown(judge, codes, ids, world):
    deliver(judge, world, one(codes[0], ids["B1.2"], "31.990"))

    answer = deliver(judge, world, one(codes[0], ids["B1.2"], "31.98", number=2))

    assert results(answer) == ["contested"]
    mark = answer.json["sheets"][codes[0]]["marks"][str(ids["B1.2"])]
    assert (mark["raw"], mark["points"], mark["contested"]) == ("", "", True)
    assert sorted(head["raw"] for head in mark["heads"]) == ["31.98", "31.99"]
    page = judge.get(f"/judging/{world.track_a}/{codes[0]}").text
    assert 'data-contested="1"' in page


def test_a_device_behind_the_others_is_told_the_whole_sheet(judge, codes, ids, world):
    deliver(judge, world, one(codes[0], ids["A1.2"], "2"))
    deliver(judge, world, one(codes[0], ids["B1.3"], "1", number=2))

    answer = deliver(judge, world, one(codes[0], ids["B1.2"], "32", number=3), known={codes[0]: 1})

    state = answer.json["sheets"][codes[0]]
    assert (state["version"], state["whole"], len(state["marks"])) == (4, True, 3)


def test_a_device_asks_what_changed_without_sending_anything(judge, codes, ids, world):
    deliver(judge, world, one(codes[1], ids["A1.2"], "2"))

    answer = deliver(judge, world, known=dict.fromkeys(codes, 1))

    assert answer.json["answers"] == []
    assert list(answer.json["sheets"]) == [codes[1]]
    assert answer.json["sheets"][codes[1]]["version"] == 2


def test_a_days_work_on_several_sheets_goes_in_one_delivery(judge, codes, ids, world):
    ops = [
        one(code, ids[aspect], raw, number=10 * place + number)
        for place, code in enumerate(codes)
        for number, (aspect, raw) in enumerate(judging.raws_for(("90", "90", "3")).items())
    ]

    answer = deliver(judge, world, *ops)

    assert results(answer) == ["applied"] * len(ops)
    assert [state["version"] for state in answer.json["sheets"].values()] == [6] * len(codes)


def test_an_absurd_value_is_refused_in_words_and_spoils_no_other(judge, codes, ids, world):
    absurd = one(codes[0], ids["A1.2"], "7")
    answer = deliver(judge, world, absurd, one(codes[0], ids["B1.3"], "1", number=2))

    assert results(answer) == ["refused", "applied"]
    assert "A1.2" in answer.json["answers"][0]["message"]


@pytest.mark.parametrize(
    "change",
    [
        {"aspect": "a"},
        {"aspect": "1" * 17},
        {"raw": "1" * 30},
        {"raw": "one"},
        {"raw": "31_990"},
        {"raw": "1e-99999999"},
        {"raw": "0e-99999999"},
        {"code": "\ud800"},
        {"code": "A\0"},
        {"seen": 0},
        {"seen": [1]},
        {"seen": ["x" * 41]},
        {"seen": ["x"] * 51},
        {"code": "x" * 11},
        {"code": "?-1"},
    ],
)
def test_an_operation_out_of_shape_is_refused_alone(judge, codes, ids, world, change):
    broken = one(codes[0], ids["A1.2"], "1") | change

    answer = deliver(judge, world, broken, one(codes[0], ids["B1.3"], "1", number=2))

    assert sorted(results(answer)) == ["applied", "refused"]


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"ops": {}, "known": {}},
        {"ops": [], "known": []},
        {"ops": [{}], "known": {}},
        {"ops": ["x"], "known": {}},
        {"ops": [{"op": "x"}], "known": {}},
        {"ops": [{"op": OP}] * 201, "known": {}},
    ],
)
def test_a_broken_delivery_is_refused(judge, codes, world, body):
    answer = judge.post(f"/judging/{world.track_a}/marks", json=body)

    assert (answer.status_code, list(answer.json)) == (422, ["message"])


def test_a_delivery_longer_than_any_day_is_refused_unread(judge, codes, world):
    answer = judge.post(
        f"/judging/{world.track_a}/marks",
        data="[" * 600_000,
        content_type="application/json",
    )

    assert (answer.status_code, answer.is_json) == (422, True)


def test_brackets_without_end_are_refused(judge, codes, world):
    answer = judge.post(
        f"/judging/{world.track_a}/marks",
        data='{"ops":' + "[" * 200_000,
        content_type="application/json",
    )

    assert (answer.status_code, answer.is_json) == (422, True)


def test_a_version_of_half_a_character_is_passed_over(judge, codes, ids, world):
    answer = deliver(judge, world, one(codes[0], ids["B1.3"], "1"), known={"\ud800": 1, "\0": 1})

    assert (results(answer), list(answer.json["sheets"])) == (["applied"], [codes[0]])


@pytest.mark.parametrize("code", ["%00", "%E2%80%AE"])
def test_an_address_nobody_can_type_is_not_there(judge, codes, world, code):
    assert judge.get(f"/judging/{world.track_a}/{code}").status_code == 404


def test_a_complete_sheet_is_submitted_and_the_next_one_opens(app, judge, codes, ids, world):
    raws = judging.raws_for(("90", "90", "3"))
    ops = [
        one(codes[0], ids[aspect], raw, number=number)
        for number, (aspect, raw) in enumerate(raws.items())
    ]
    assert results(deliver(judge, world, *ops)) == ["applied"] * 5
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

    answer = deliver(judge, world, one(codes[0], ids["A1.2"], "0"))

    assert results(answer) == ["late"]
    assert answer.json["sheets"][codes[0]]["status"] == "submitted"
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
    assert results(deliver(judge, world, one(codes[0], ids["A1.1"], "2"))) == ["contested"]


def test_a_code_set_aside_needs_no_marks(app, judge, codes, ids, world):
    with app.app_context(), transaction():
        void_code(judging.actor("chief_a"), judging.track_of(world), codes[0], "未提交作品")

    assert "未提交成果" in judge.get(f"/judging/{world.track_a}/{codes[0]}").text
    assert results(deliver(judge, world, one(codes[0], ids["A1.2"], "2"))) == ["late"]
    assert judge.get(f"/judging/{world.track_a}").location.endswith(codes[1])


def test_what_arrives_after_a_judge_was_excused_is_kept_as_evidence_and_counts_for_nothing(
    app, browse, judge, codes, ids, world
):
    assert results(deliver(judge, world, one(codes[0], ids["A1.2"], "2"))) == ["applied"]
    with app.app_context(), transaction():
        seat = seats_of(world.track_a)[0]
        excuse_judge(judging.actor("organizer_a"), seat, "突发疾病离场")

    answer = deliver(judge, world, one(codes[0], ids["A1.2"], "1", op(1), number=2))
    told = answer.json["answers"][0]
    assert (answer.status_code, told["result"]) == (200, "late")
    assert "不再担任本赛项裁判" in told["message"]
    assert answer.json["sheets"][codes[0]]["status"] == "locked"
    assert deliver(judge, world).status_code == 404
    assert judge.get(f"/judging/{world.track_a}/{codes[0]}").status_code == 404
    with app.app_context():
        (kept,) = late_taps(world.track_a)
        assert (kept[0].raw, kept[0].by_name, kept[1].code) == (1, "甲裁判1", codes[0])
        panel = panel_marks(judging.track_of(world))
        assert panel.raws_of(kept[1])[ids["A1.2"]] == 2
        db.session.remove()
    assert "迟到的打分" in browse("chief_a").get(f"/chief/{world.track_a}").text


def test_what_arrives_after_a_judges_role_ended_is_kept_as_evidence_too(
    app, judge, codes, ids, world
):
    assert results(deliver(judge, world, one(codes[0], ids["A1.2"], "2"))) == ["applied"]
    with app.app_context(), transaction():
        (grant,) = judging.user("judge1_a").grants
        end_grant(judging.actor("admin_a"), grant)

    answer = deliver(judge, world, one(codes[0], ids["A1.2"], "1", op(1), number=2))

    told = answer.json["answers"][0]
    assert (answer.status_code, told["result"]) == (200, "late")
    assert "不再担任本赛项裁判" in told["message"]
    assert deliver(judge, world).status_code == 404
    path = f"/judging/{world.track_a}/{codes[0]}"
    assert [judge.get(path).status_code, judge.post(f"{path}/submit").status_code] == [403, 403]
    with app.app_context():
        (kept,) = late_taps(world.track_a)
        assert (kept[0].raw, kept[0].by_name, kept[1].code) == (1, "甲裁判1", codes[0])
        assert panel_marks(judging.track_of(world)).raws_of(kept[1])[ids["A1.2"]] == 2


@pytest.mark.parametrize("name", ["judge1_b", "chief_a", "organizer_a", "leader1_a", "encryptor_a"])
def test_sheets_are_their_judges_alone(browse, codes, ids, world, name):
    client = browse(name)

    assert client.get(f"/judging/{world.track_a}/{codes[0]}").status_code in {403, 404}
    answer = deliver(client, world, one(codes[0], ids["A1.2"], "1"))
    assert answer.status_code in {403, 404}


def test_each_judge_writes_on_a_sheet_of_their_own(app, browse, codes, ids, world):
    for number in (1, 2):
        mark = one(codes[0], ids["A1.2"], str(number), number=number)
        assert results(deliver(browse(f"judge{number}_a"), world, mark)) == ["applied"]

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


def test_the_service_worker_comes_from_the_root_as_a_script(browse):
    answer = browse(None).get("/sw.js")

    assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]


def test_judges_who_share_a_tablet_are_told_apart(browse, codes, world):
    pages = [browse(f"judge{n}_a").get(f"/judging/{world.track_a}/{codes[0]}").text for n in (1, 2)]
    owners = {re.search(r'data-owner="([0-9a-f]{16})"', page).group(1) for page in pages}

    assert len(owners) == 2


def test_one_tap_takes_few_queries(browse, codes, ids, world):
    judge = browse("judge1_a")
    deliver(judge, world, one(codes[0], ids["B1.3"], "1"))
    with count_queries() as counted:
        deliver(judge, world, one(codes[0], ids["A1.2"], "2", number=2), known={codes[0]: 2})

    reads = [sent for sent in counted if sent.startswith("SELECT")]
    assert len(reads) <= 19
