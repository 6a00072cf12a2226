"""The pages of incidents: recording fast, signing, deciding blind, the board of the room."""

import re

import pytest

from eventsys.db import session
from eventsys.incidents import queries
from eventsys.incidents.rules import DecisionFacts
from eventsys.incidents.states import Effect, IncidentKind
from tests.competition_room import decided, happened, hold_session, noted, op
from tests.queries import count_queries

STROKES = "[[[10,10],[400,300],[800,20]]]"
RECORD = {"kind": "warning", "violation": "discipline", "description": "大声喧哗，经劝阻无效"}
DECISION = {"effect": "points_off", "points": "5", "rule_text": "规程第十二条第一款"}


@pytest.fixture
def held(app, world):
    with app.app_context():
        key = hold_session(world)
        session().close()
    return key


@pytest.fixture
def kept(app, world, held):
    """An incident at station 01 that the contestant has noted."""
    with app.app_context():
        key = happened(world, held, "01")
        noted(key)
        session().close()
    return key


def send(client, world, held, **more):
    data = {"op": op(), "session_id": held, "station": "01", **RECORD, **more}
    return client.post(f"/incidents/tracks/{world.track_a}/new", data=data)


def test_a_floor_judge_records_has_it_signed_and_the_chief_judge_decides(browse, world, held):
    floor, chief = browse("floor_a"), browse("chief_a")

    made = send(floor, world, held)
    waiting = chief.get("/").text
    signed = floor.post(f"{made.location}/note", data={"receipt": "signed", "signature": STROKES})
    ruled = chief.post(f"{made.location}/decision", data=DECISION | {"seen_version": "0"})

    assert [one.status_code for one in (made, signed, ruled)] == [302] * 3
    assert "待裁定的现场事件" in waiting
    shown = floor.get(made.location).text
    assert [
        words for words in ("扣分 −5", "规程第十二条第一款", "选手已签字") if words not in shown
    ] == []


def test_the_form_chooses_the_session_that_runs_and_carries_an_id_of_its_own(browse, world, held):
    floor = browse("floor_a")

    first = floor.get(f"/incidents/tracks/{world.track_a}/new").text
    second = floor.get(f"/incidents/tracks/{world.track_a}/new").text

    assert f'name="session_id" value="{held}"' in first
    ids = [re.search(r'name="op"[^>]*value="([^"]{36})"', page)[1] for page in (first, second)]
    assert ids[0] != ids[1]


def test_what_is_missing_is_refused_at_its_field_and_what_was_typed_is_kept(browse, world, held):
    answer = send(browse("floor_a"), world, held, violation="", description="在赛场接打电话")

    assert answer.status_code == 422
    assert re.search(r'href="#violation">[^<]*请选择', answer.text)
    assert "在赛场接打电话" in answer.text


def test_a_running_clock_goes_by_the_servers_moment_and_survives_the_page(app, browse, world, held):
    floor = browse("floor_a")
    made = send(floor, world, held, kind="equipment", own_fault="no", violation="")

    shown = floor.get(made.location).text
    stopped = floor.post(f"{made.location}/stop", data={})
    again = floor.post(f"{made.location}/stop", data={})

    assert re.search(r'data-clock-since="[^"]+" data-clock-now="[^"]+"', shown)
    assert (stopped.status_code, again.status_code) == (302, 409)
    assert "计时已经停止" in again.text


def test_an_unsigned_pad_is_refused_and_a_refusal_needs_a_name(browse, world, held):
    floor = browse("floor_a")
    made = send(floor, world, held)

    empty = floor.post(f"{made.location}/note", data={"receipt": "signed", "signature": "[]"})
    nobody = floor.post(f"{made.location}/note", data={"receipt": "refused"})
    seen = floor.post(
        f"{made.location}/note", data={"receipt": "refused", "second_judge": "乔现场裁判"}
    )

    assert [one.status_code for one in (empty, nobody, seen)] == [422, 422, 302]


def test_the_chief_judge_sees_no_signature_and_the_floor_judge_does(browse, world, held):
    floor = browse("floor_a")
    made = send(floor, world, held)
    floor.post(f"{made.location}/note", data={"receipt": "signed", "signature": STROKES})

    assert 'class="signature"' in floor.get(made.location).text
    assert 'class="signature"' not in browse("chief_a").get(made.location).text


def test_what_is_usual_is_suggested_and_never_chosen(browse, kept):
    shown = browse("chief_a").get(f"/incidents/{kept}/decision").text

    assert "这只是建议" in shown
    assert re.search(r'name="points"[^>]*value="5"', shown)
    assert "checked" not in shown


def test_the_board_shows_stations_with_added_time_and_no_names(app, browse, world, held):
    with app.app_context():
        key = happened(world, held, "03", IncidentKind.EQUIPMENT, own_fault=False)
        other = happened(world, held, "05", IncidentKind.EQUIPMENT, own_fault=False, ends_at=None)
        assert other != key
        session().close()

    shown = browse("floor_a").get(f"/incidents/tracks/{world.track_a}/board").text

    assert re.findall(r"工位 <b>(\d+)</b>", shown) == ["03", "05"]


@pytest.mark.parametrize("name", ["judge1_a", "leader1_a", "clerk_a", "steward_a", "participant_a"])
def test_scoring_judges_clerks_and_contestants_see_nothing(browse, world, kept, name):
    client = browse(name)

    codes = [
        client.get(path).status_code
        for path in (f"/incidents/tracks/{world.track_a}", f"/incidents/{kept}")
    ]

    assert codes == [403, 403]


@pytest.mark.parametrize("name", ["floor_b", "chief_b", "supervisor_b", "organizer_b"])
def test_another_group_finds_nothing(browse, world, kept, name):
    client = browse(name)

    codes = [
        client.get(path).status_code
        for path in (f"/incidents/tracks/{world.track_a}", f"/incidents/{kept}")
    ]

    assert codes == [404, 404]


def test_a_list_of_thirty_asks_as_many_questions_as_a_list_of_one(app, browse, world, held):
    client = browse("chief_a")

    def fill(number):
        with app.app_context():
            for _ in range(number):
                key = happened(world, held, "01")
                noted(key)
                decided(key, DecisionFacts(Effect.NONE, "规程第十二条第一款"))
            session().close()

    fill(1)
    with count_queries() as one:
        client.get(f"/incidents/tracks/{world.track_a}")
    fill(29)
    with count_queries() as thirty:
        client.get(f"/incidents/tracks/{world.track_a}")

    with app.app_context():
        assert queries.last_number(world.track_a) == 30
    assert len(thirty) == len(one)


def test_the_card_of_an_incident_says_what_happened_where(browse, world, kept):
    page = browse("floor_a").get(f"/incidents/tracks/{world.track_a}").text

    assert '1<span class="as-title"> · 警告 · 01 号工位</span></a>' in page
