"""Corrections on the screen: asking, the effect, deciding, the history."""

import pytest

from tests import judging

WHY = "录入时看错一格"


@pytest.fixture
def codes(app, world):
    with app.app_context():
        return judging.signed_off(world)


@pytest.fixture
def asked(app, browse, codes, world):
    """The clerk asked for another level of judge 1 on the first code."""
    with app.app_context():
        key = judging.aspect_ids(world)["A1.2"]
    data = {"seat": "1", "aspect": str(key), "value": "1", "reason": WHY}
    path = f"/corrections/{world.track_a}/code/{codes[0]}"
    clerk = browse("clerk_a")
    assert clerk.get(path).status_code == 200
    assert clerk.post(path, data=data).status_code == 302
    assert clerk.post(path, data=data).status_code == 409
    return data


def test_a_wrong_form_is_shown_again(browse, codes, world, app):
    with app.app_context():
        key = judging.aspect_ids(world)["A1.2"]
    path = f"/corrections/{world.track_a}/code/{codes[0]}"
    good = {"seat": "1", "aspect": str(key), "value": "1", "reason": WHY}
    clerk = browse("clerk_a")
    for wrong in (
        {"value": "4"},
        {"value": "1.00001"},
        {"reason": "错"},
        {"seat": "9"},
        {"aspect": "1"},
    ):
        assert clerk.post(path, data={**good, **wrong}).status_code == 422, wrong
    assert clerk.get(f"/corrections/{world.track_a}/code/?-1").status_code == 404


def test_the_chief_judge_sees_the_effect_and_approves(browse, asked, codes, world):
    chief = browse("chief_a")
    assert "待裁定的更正：甲数控多轴加工技术" in chief.get("/").text
    page = chief.get(f"/corrections/{world.track_a}/1").text
    assert ("3" in page, "总分名次" in page, WHY in page) == (True, True, True)
    assert chief.post(f"/corrections/{world.track_a}/1").status_code == 302
    assert chief.post(f"/corrections/{world.track_a}/1").status_code == 409

    assert "第 1 版" in chief.get(f"/corrections/{world.track_a}").text
    assert "提交后已有 1 项更正生效" in chief.get(f"/chief/{world.track_a}").text
    assert "批准更正" in chief.get(f"/chief/{world.track_a}/{codes[0]}/history").text


def test_refusing_needs_a_reason(browse, asked, world):
    chief = browse("chief_a")
    path = f"/corrections/{world.track_a}/1/refuse"

    assert chief.post(path, data={"note": ""}).status_code == 422
    assert chief.post(path, data={"note": "不是录入错误"}).status_code == 302
    assert "不是录入错误" in chief.get(f"/corrections/{world.track_a}/1").text


def test_who_asked_gets_no_button(browse, asked, world):
    page = browse("clerk_a").get(f"/corrections/{world.track_a}/1").text

    assert ("须由他人裁定" in page, "批准更正" in page) == (True, False)
    assert browse("clerk_a").post(f"/corrections/{world.track_a}/1").status_code == 403


def test_the_pages_show_codes_only(app, browse, asked, codes, world):
    shown = browse("chief_a").get(f"/corrections/{world.track_a}").text

    assert all(name not in shown for name in ("甲钱", "甲孙", "职业技术学院", "工业学院"))


def test_before_the_handing_over_the_page_says_so(app, browse, world):
    with app.app_context():
        judging.ready_to_mark(world)

    assert "成绩尚未提交" in browse("chief_a").get(f"/corrections/{world.track_a}").text


@pytest.mark.parametrize("name", ["judge1_a", "organizer_a", "encryptor_a"])
def test_nobody_else_comes_in(browse, codes, world, name):
    assert browse(name).get(f"/corrections/{world.track_a}").status_code == 403


def test_what_is_not_there_is_not_there(browse, codes, world):
    chief = browse("chief_a")
    assert chief.get(f"/corrections/{world.track_a}/1").status_code == 404
    assert chief.get(f"/chief/{world.track_a}/?-1/history").status_code == 404
