"""The second person's pages: the list, one code, confirming, giving back."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from eventsys.db import session, transaction
from eventsys.scoring.models import Mark, MarkSheet
from eventsys.scoring.states import SheetState
from tests import judging
from tests.queries import count_queries


@pytest.fixture
def codes(app, world):
    with app.app_context():
        found = judging.ready_to_mark(world)
        judging.mark_everything(world, judging.same_for_all(found))
    return found


@pytest.fixture
def clerk(browse):
    return browse("clerk_a")


def versions(app, world, code):
    with app.app_context():
        return {seat: judging.sheet(world, seat, code).version for seat in range(1, 6)}


def states(app, code):
    with app.app_context():
        found = select(MarkSheet.state).where(MarkSheet.code == code)
        return set(session().scalars(found))


def test_the_clerk_finds_what_waits(clerk, codes, world):
    start = clerk.get("/").text
    assert "待核对评分单：甲数控多轴加工技术" in start
    assert f"/confirm/{world.track_a}" in clerk.get("/judging").text
    page = clerk.get(f"/confirm/{world.track_a}")
    assert (page.status_code, page.text.count("核对确认")) == (200, 7)


def test_a_code_shows_every_value_and_goes_on_to_the_next(app, clerk, codes, world):
    page = clerk.get(f"/confirm/{world.track_a}/{codes[0]}")
    assert page.text.count("185.00") == 5
    seen = " ".join(f"{seat}:{one}" for seat, one in versions(app, world, codes[0]).items())
    assert f'value="{seen}"' in page.text

    answer = clerk.post(f"/confirm/{world.track_a}/{codes[0]}", data={"seen": seen})

    assert answer.headers["Location"].endswith(f"/confirm/{world.track_a}/{codes[1]}")
    assert states(app, codes[0]) == {SheetState.CONFIRMED}


def test_what_changed_since_is_not_confirmed(app, clerk, codes, world):
    path = f"/confirm/{world.track_a}/{codes[0]}"
    assert clerk.post(path, data={"seen": "1:1"}).status_code == 409
    assert clerk.post(path, data={"seen": "nonsense"}).status_code == 422
    assert clerk.post(f"{path}/1", data={"version": "1"}).status_code == 409

    assert states(app, codes[0]) == {SheetState.SUBMITTED}


def test_one_sheet_is_confirmed_alone(app, clerk, codes, world):
    version = versions(app, world, codes[0])[3]
    path = f"/confirm/{world.track_a}/{codes[0]}/3"

    assert clerk.post(path, data={"version": version}).status_code == 302
    assert states(app, codes[0]) == {SheetState.SUBMITTED, SheetState.CONFIRMED}
    assert "甲统分员" in clerk.get(f"/confirm/{world.track_a}/{codes[0]}").text


def test_a_sheet_is_given_back_with_a_reason(app, clerk, browse, codes, world):
    path = f"/confirm/{world.track_a}/{codes[0]}/2/reject"
    assert clerk.get(path).status_code == 200
    assert clerk.post(path, data={"reason": "错"}).status_code == 422
    assert clerk.post(path, data={"reason": "与签名不一致"}).status_code == 302

    assert states(app, codes[0]) == {SheetState.SUBMITTED, SheetState.OPEN}
    assert "与签名不一致" in browse("judge2_a").get(f"/judging/{world.track_a}/{codes[0]}").text


def test_values_still_being_marked_are_not_shown(app, clerk, world):
    with app.app_context():
        codes = judging.ready_to_mark(world)
        judging.mark(world, 1, codes[0], ("90", "90", "3"), submit=False)

    assert "180.00" not in clerk.get(f"/confirm/{world.track_a}/{codes[0]}").text


def test_the_chief_judge_sees_who_confirmed(app, clerk, browse, codes, world):
    version = versions(app, world, codes[0])[3]
    clerk.post(f"/confirm/{world.track_a}/{codes[0]}/3", data={"version": version})

    assert "甲统分员" in browse("chief_a").get(f"/chief/{world.track_a}/{codes[0]}").text


def test_what_is_not_there_is_not_there(clerk, codes, world):
    for path in ("?-1", f"{codes[0]}/9/reject", "?-1/1/reject"):
        assert clerk.get(f"/confirm/{world.track_a}/{path}").status_code == 404, path


@pytest.mark.parametrize("name", ["judge1_a", "organizer_a", "supervisor_a"])
def test_nobody_else_comes_in(browse, codes, world, name):
    assert browse(name).get(f"/confirm/{world.track_a}").status_code == 403


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_takes_the_same_queries_for_any_number_of_codes(app, clerk, world, number):
    with app.app_context():
        judging.lay_down(world, number)
    with count_queries() as sent:
        shown = clerk.get(f"/confirm/{world.track_a}").text

    assert shown.count('<th scope="row"') == number
    assert sum(one.startswith("SELECT") for one in sent) == 15


def test_pass_and_fail_stand_in_words(app, browse, clerk, codes, world):
    with app.app_context(), transaction():
        key = judging.aspect_ids(world)["B1.3"]
        sheet = judging.sheet(world, 2, codes[0])
        session().query(Mark).filter_by(sheet_id=sheet.id, aspect_id=key).one().raw = Decimal(0)

    for who, place in ((clerk, "confirm"), (browse("chief_a"), "chief")):
        page = who.get(f"/{place}/{world.track_a}/{codes[0]}").text
        assert (page.count(">达标<"), page.count(">未达标<")) == (4, 1)
