"""The chief judge's pages: overview, one code, returning, setting aside, the signature."""

import pytest
from sqlalchemy import select

from eventsys.db import session
from eventsys.identity.models import SignInAttempt
from eventsys.scoring.models import Marking
from tests import judging
from tests.queries import count_queries
from tests.world import PASSWORD

WHO = ("judge1_a", "chief_a", "clerk_a")


@pytest.fixture
def codes(app, world):
    with app.app_context():
        found = judging.ready_to_mark(world)
        given = judging.same_for_all(found)
        given[found[1]] = [("80", "90", level) for level in "33311"]
        judging.mark_everything(world, given)
        judging.confirm_everything(world)
    return found


@pytest.fixture
def chief(browse):
    return browse("chief_a")


def test_before_the_sheets_are_dealt_the_overview_says_what_is_missing(chief, world):
    assert "尚未下发评分单" in chief.get(f"/chief/{world.track_a}").text


def test_the_overview_shows_totals_and_flags_judges_too_far_apart(chief, codes, world):
    page = chief.get(f"/chief/{world.track_a}")

    assert page.status_code == 200
    assert page.text.count("185.00") == 5
    assert page.text.count("A1.2") == 1


def test_a_sheet_is_returned_with_a_reason(chief, codes, world):
    assert "分歧过大" in chief.get(f"/chief/{world.track_a}/{codes[1]}").text
    path = f"/chief/{world.track_a}/{codes[1]}/4/return"
    assert chief.get(path).status_code == 200
    assert chief.post(path, data={"reason": "重评"}).status_code == 422
    assert chief.post(path, data={"reason": "请说明理由"}).status_code == 302
    assert chief.post(path, data={"reason": "请说明理由"}).status_code == 409


def test_a_code_is_set_aside_and_counts_again(chief, codes, world):
    path = f"/chief/{world.track_a}/{codes[0]}"
    assert chief.get(f"{path}/set-aside").status_code == 200
    assert chief.post(f"{path}/set-aside", data={"reason": "未提交作品"}).status_code == 302
    assert "未提交作品" in chief.get(f"/chief/{world.track_a}").text
    assert chief.post(f"{path}/restore").status_code == 302
    assert "未提交作品" not in chief.get(f"/chief/{world.track_a}").text


def test_the_signature_asks_for_the_password_and_counts_wrong_ones(app, chief, codes, world):
    path = f"/chief/{world.track_a}/sign-off"
    assert chief.get(path).status_code == 200
    answer = chief.post(path, data={"password": "wrong"})
    assert answer.status_code == 422
    assert "密码错误，请重新输入。" in answer.text
    with app.app_context():
        assert len(session().scalars(select(SignInAttempt)).all()) == 1
        assert session().scalars(select(Marking.submitted_at)).all() == [None]

    assert chief.post(path, data={"password": PASSWORD}).status_code == 302
    assert "任何人都不能再改动分数" in chief.get(f"/chief/{world.track_a}").text
    assert chief.post(path, data={"password": PASSWORD}).status_code == 409
    assert chief.post(f"/chief/{world.track_a}/{codes[0]}/restore").status_code == 409


def test_too_many_wrong_passwords_are_stopped(chief, codes, world):
    path = f"/chief/{world.track_a}/sign-off"
    for _try in range(8):
        chief.post(path, data={"password": "wrong"})

    assert chief.post(path, data={"password": PASSWORD}).status_code == 422


def test_what_is_not_there_is_not_there(chief, codes, world):
    for path in ("?-1", f"{codes[0]}/9/return", "?-1/1/return"):
        assert chief.get(f"/chief/{world.track_a}/{path}").status_code == 404, path


@pytest.mark.parametrize("name", ["judge1_a", "organizer_a", "encryptor_a"])
def test_the_overview_is_the_chief_judges(browse, codes, world, name):
    assert browse(name).get(f"/chief/{world.track_a}").status_code == 403


def test_the_overview_of_another_group_is_not_there(browse, codes, world):
    assert browse("chief_b").get(f"/chief/{world.track_a}").status_code == 404


def test_the_overview_takes_the_same_queries_for_any_number_of_codes(app, browse, world):
    counts = []
    with app.app_context():
        judging.lay_down(world, 30)
    chief = browse("chief_a")
    for path in (f"/chief/{world.track_a}", f"/chief/{world.track_a}/Z-0001"):
        with count_queries() as counted:
            assert chief.get(path).status_code == 200
        counts.append(sum(one.startswith("SELECT") for one in counted))

    assert [number <= 20 for number in counts] == [True, True]


def test_a_submitted_sheet_counts_as_done_also_while_its_judge_looks_at_it(browse, codes, world):
    judge = browse("judge1_a")
    page = judge.get(f"/judging/{world.track_a}/{codes[0]}").text

    assert 'class="stop stop-done stop-now"' in page
    assert f"<b>{len(codes)}</b> / {len(codes)}" in page
    assert "评分中" not in page


def test_relations_are_offered_to_those_who_may_declare_them(browse, codes, world):
    offered = ["/judging/relations" in browse(who).get("/judging").text for who in WHO]

    assert offered == [True, True, False]
    assert browse("clerk_a").get("/judging/relations").status_code == 403
