"""The certificate office's pages: the effect first, then the deed, then the paper."""

import re

import pytest
from sqlalchemy import select

from eventsys.certificates.models import Certificate
from eventsys.db import session
from eventsys.results.states import Outcome
from scheduling.work import do_waiting_tasks
from tests.published import enter_many, publish
from tests.queries import count_queries


@pytest.fixture
def published(app, world):
    """Two prizes in the contest of group A, results public."""
    with app.app_context():
        publish(world.track_a, {world.entry1_a: Outcome.FIRST, world.entry4_a: Outcome.SECOND})


@pytest.fixture
def issue(app, browse, world, published):
    """A function that issues what is due and gives back the certificates."""

    def run():
        browse("office_a").post(f"/certificates/tracks/{world.track_a}/issue")
        with app.app_context():
            do_waiting_tasks()
            return session().scalars(select(Certificate).order_by(Certificate.number)).all()

    return run


def test_the_office_sees_what_would_be_issued_before_it_is(browse, world, published):
    client = browse("office_a")

    start = client.get("/").text
    listed = client.get("/certificates/tracks").text
    shown = client.get(f"/certificates/tracks/{world.track_a}").text

    assert "待颁发证书的赛项与班次" in start
    assert f"/certificates/tracks/{world.track_a}" in listed
    assert re.findall("一等奖|二等奖", shown) == ["一等奖", "二等奖"]
    assert "颁发 2 份证书" in shown


def test_issuing_is_asked_for_and_done_by_the_worker(app, browse, world, published):
    client = browse("office_a")

    answer = client.post(f"/certificates/tracks/{world.track_a}/issue")

    assert (answer.status_code, answer.location[:7]) == (302, "/tasks/")
    with app.app_context():
        assert session().scalars(select(Certificate)).all() == []
        assert do_waiting_tasks() == 1
        assert len(session().scalars(select(Certificate)).all()) == 2
    assert "待颁发证书的赛项与班次" not in client.get("/").text


def test_issuing_again_is_refused_in_words_on_the_same_page(browse, world, issue):
    issue()

    answer = browse("office_a").post(f"/certificates/tracks/{world.track_a}/issue")

    assert answer.status_code == 422
    assert "应发证书均已颁发，本次没有新增" in answer.text


def test_names_the_font_lacks_are_said_before_issuing(app, browse, world):
    with app.app_context():
        keys = enter_many(world.track_a, world.unit1_a, ["吴\U0002ceb0"])
        publish(world.track_a, {keys[0]: Outcome.FIRST})

    shown = browse("office_a").get(f"/certificates/tracks/{world.track_a}").text

    assert "打印字库没有的字" in shown


def test_chosen_certificates_are_printed_as_a_task(browse, issue):
    client, found = browse("office_a"), issue()

    answer = client.post("/certificates/print", data={"ids": [one.id for one in found]})
    none = client.post("/certificates/print", data={"ids": [2**60, "x"]})

    assert (answer.status_code, answer.location[:7]) == (302, "/tasks/")
    assert none.status_code == 422


def test_the_list_is_filtered_by_name_number_and_state(browse, issue):
    client, (first, second) = browse("office_a"), issue()

    def listed(query):
        text = client.get(f"/certificates?{query}").text
        return [one.number for one in (first, second) if one.number in text]

    assert listed(f"q={first.holder}") == [first.number]
    assert listed(f"q={second.number[-8:]}") == [second.number]
    assert listed("state=valid") == [first.number, second.number]
    assert listed("state=revoked") == []
    assert listed(f"track={2**70}") == [first.number, second.number]


def test_revoking_needs_a_reason_and_is_seen_in_public_at_once(browse, issue):
    client, (first, _second) = browse("office_a"), issue()
    path = f"/certificates/{first.id}"

    empty = client.post(f"{path}/revoke", data={"reason": ""})
    short = client.post(f"{path}/revoke", data={"reason": "错"})
    done = client.post(f"{path}/revoke", data={"reason": "成绩复核后更正"})
    again = client.post(f"{path}/revoke", data={"reason": "再撤一次试试"})

    assert [one.status_code for one in (empty, short, done, again)] == [422, 422, 302, 409]
    public = browse(None).get(f"/v/{first.token}").text
    assert "已撤销" in public
    assert "成绩复核后更正" in public
    assert client.post(f"{path}/print").status_code == 409


def test_a_replacement_leads_to_the_new_certificate(browse, issue):
    client, (first, _second) = browse("office_a"), issue()

    answer = client.post(f"/certificates/{first.id}/replace", data={"reason": "姓名书写有误"})

    assert answer.status_code == 302
    new = client.get(answer.location).text
    assert "姓名书写有误" in new
    public = browse(None).get(f"/v/{first.token}").text
    assert re.search(r"现行有效证书编号为 J-\d{4}-000003-\d", public)


def test_holder_and_leader_see_and_print_theirs(browse, issue):
    first, second = issue()

    for name, own, other in (
        ("participant_a", first, second),
        ("leader1_a", first, second),
        ("leader2_a", second, first),
    ):
        client = browse(name)
        shown = client.get("/certificates/mine").text
        assert (own.number in shown, other.number in shown) == (True, False), name
        assert client.post(f"/certificates/{own.id}/print").status_code == 302
        for path in ("", "/print"):
            method = client.post if path else client.get
            assert method(f"/certificates/{other.id}{path}").status_code == 404


def test_the_office_of_another_group_finds_nothing(browse, world, issue):
    first, _second = issue()
    client = browse("office_b")

    paths = (f"/certificates/{first.id}", f"/certificates/tracks/{world.track_a}")
    assert [client.get(path).status_code for path in paths] == [404, 404]
    assert client.post(f"/certificates/tracks/{world.track_a}/issue").status_code == 404
    assert first.number not in client.get("/certificates").text


def test_lists_ask_the_same_number_of_questions_for_two_rows_and_for_thirty(
    app, browse, world, issue
):
    issue()
    client = browse("office_a")
    paths = ("/certificates", "/certificates/tracks", f"/certificates/tracks/{world.team_track_a}")

    def counts():
        sent = []
        for path in paths:
            with count_queries() as statements:
                client.get(path)
            sent.append(len(statements))
        return sent

    with app.app_context():
        few = enter_many(world.team_track_a, world.unit1_a, ["甲", "乙"])
        publish(world.team_track_a, dict.fromkeys(few, Outcome.THIRD))
    before = counts()
    with app.app_context():
        more = enter_many(world.class_a, world.unit1_a, [f"学员{n}" for n in range(30)])
        publish(world.class_a, dict.fromkeys(more, Outcome.COMPLETED))
    client.post(f"/certificates/tracks/{world.class_a}/issue")
    with app.app_context():
        do_waiting_tasks()

    assert counts() == before
