"""The chief judge's page of contested marks."""

import pytest

from eventsys.db import transaction
from eventsys.scoring.actions import save_mark
from eventsys.scoring.queries import contests_of, marks_of
from tests import judging
from tests.queries import count_queries


@pytest.fixture
def contest(app, world):
    """Two values of one judge for A1.2 of the first code."""
    with app.app_context():
        code = judging.ready_to_mark(world)[0]
        aspect = judging.aspect_ids(world)["A1.2"]
        differ(world, code, aspect)
        return facts(world)


def differ(world, code, aspect, judge=1):
    with transaction():
        who, sheet = judging.actor(f"judge{judge}_a"), judging.sheet(world, judge, code)
        for raw, device in (("2", "Safari · iPad 07AF"), ("1", "Chrome · Android 19C2")):
            save_mark(who, sheet, judging.tap(aspect, raw), device)


def facts(world):
    """The form as the page sends it, for the first value."""
    (one,) = contests_of(judging.track_of(world))
    return {
        "seat_id": one.sheet.seat_id,
        "code": one.sheet.code,
        "aspect": one.mark.aspect_id,
        "op": one.values[0].op,
        "seen": " ".join(sorted(one.seen)),
    }


def test_the_chief_judge_is_led_to_all_values_with_their_devices(browse, contest, world):
    chief = browse("chief_a")

    assert f'href="/chief/{world.track_a}/contested"' in chief.get(f"/chief/{world.track_a}").text
    page = chief.get(f"/chief/{world.track_a}/contested").text
    assert page.count("以此为准") == 2
    assert [name in page for name in ("Safari · iPad 07AF", "Chrome · Android 19C2")] == [True] * 2


def test_one_value_is_chosen_and_holds(app, browse, contest, world):
    chief = browse("chief_a")
    path = f"/chief/{world.track_a}/contested"

    answer = chief.post(path, data=contest)

    assert (answer.status_code, answer.location) == (302, path)
    assert "没有不一致的评分" in chief.get(path).text
    with app.app_context():
        sheet = judging.sheet(world, 1, contest["code"])
        assert marks_of(sheet.id)[contest["aspect"]].raw is not None


def test_a_choice_on_an_old_page_is_refused_with_what_to_do(browse, contest, world):
    chief = browse("chief_a")
    path = f"/chief/{world.track_a}/contested"
    chief.post(path, data=contest)

    answer = chief.post(path, data=contest)

    assert (answer.status_code, "请重新核对后再选择" in answer.text) == (409, True)


@pytest.mark.parametrize("change", [{"op": ""}, {"seat_id": "x"}, {"aspect": str(2**60)}])
def test_a_form_out_of_shape_changes_nothing(app, browse, contest, world, change):
    answer = browse("chief_a").post(f"/chief/{world.track_a}/contested", data=contest | change)

    assert answer.status_code == 422
    with app.app_context():
        assert facts(world) == contest


def test_a_sheet_of_another_panel_is_not_there(browse, contest, world):
    path = f"/chief/{world.track_a}/contested"

    assert browse("chief_a").post(path, data=contest | {"seat_id": 1}).status_code == 404
    assert browse("judge1_a").get(path).status_code == 403
    assert browse("chief_b").get(path).status_code == 404


@pytest.mark.parametrize("entries", [1, 5])
def test_the_page_takes_the_same_queries_for_any_number_of_contests(app, browse, world, entries):
    with app.app_context():
        codes = judging.ready_to_mark(world)
        for code in codes[:entries]:
            differ(world, code, judging.aspect_ids(world)["A1.2"])
    chief = browse("chief_a")

    with count_queries() as counted:
        page = chief.get(f"/chief/{world.track_a}/contested")

    assert page.text.count("以此为准") == 2 * entries
    assert sum(sent.startswith("SELECT") for sent in counted) <= 12
