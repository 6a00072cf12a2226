"""Pages of works: by station for the floor, by entry for its people, by code for judges."""

import io

import pytest
from sqlalchemy import select

from eventsys.db import db, enter_group, session
from eventsys.draws.queries import blind_list
from eventsys.draws.rules import Level
from eventsys.works.models import Work
from tests import levels


@pytest.fixture
def drawn(app, world):
    with app.app_context():
        enter_group(world.group_a)
        levels.use_levels(world, 3)
        levels.come(world)
        levels.draw_level(world, Level.CONTEST)
        levels.draw_level(world, Level.STATION)
        db.session.remove()


@pytest.fixture
def path(world):
    return f"/works/tracks/{world.track_a}"


def ask_for(browse, path, code="A1", **more):
    given = {"code": code, "name": "加工程序", "extensions": ["nc"], "most_megabytes": "1", **more}
    return browse("organizer_a").post(f"{path}/slots/new", data=given)


def slot_id(app) -> int:
    with app.app_context():
        return session().execute(db.text("SELECT id FROM work_slot")).scalar_one()


def bring(browse, app, path, station="03", data=b"G01 X1", name="甲赵一.nc", who="floor_a"):
    given = {"slot": slot_id(app), "station": station, "file": (io.BytesIO(data), name)}
    return browse(who).post(path, data=given)


def fetched(judge, world, code):
    answer = judge.get(f"/works/judging/{world.track_a}/{code}/A1", buffered=True)
    answer.close()
    return answer


def test_from_the_list_to_the_judge(browse, app, world, path, drawn):
    empty = browse("organizer_a").get(path).text
    asked = ask_for(browse, path)
    floor = browse("floor_a")
    brought = bring(browse, app, path)
    page = floor.get(path).text
    waiting = browse("judge1_a").get(f"/works/judging/{world.track_a}").text
    closed = floor.post(f"{path}/close")
    with app.app_context():
        levels.draw_level(world, Level.WORK)
        codes = [one.code for one in blind_list(world.track_a)]
        db.session.remove()
    judge = browse("judge1_a")
    shelves = judge.get(f"/works/judging/{world.track_a}").text
    files = [fetched(judge, world, code) for code in codes]

    assert "还没有提交项" in empty
    assert [one.status_code for one in (asked, brought, closed)] == [302, 302, 302]
    assert "第 1 版" in page
    assert "截止后" in waiting
    assert [code for code in codes if code not in shelves] == []
    assert [one.data for one in files if one.status_code == 200] == [b"G01 X1"]
    assert sorted(one.status_code for one in files) == [200, 404, 404, 404, 404, 404]


def test_a_judges_file_has_no_header_of_its_maker(browse, app, world, path, drawn):
    ask_for(browse, path)
    bring(browse, app, path)
    browse("floor_a").post(f"{path}/close")
    with app.app_context():
        levels.draw_level(world, Level.WORK)
        work = session().scalars(select(Work)).one()
        codes = [one.code for one in blind_list(world.track_a)]
        stored = work.stored
        db.session.remove()
    judge = browse("judge1_a")
    answers = {code: fetched(judge, world, code) for code in codes}
    [(code, answer)] = [pair for pair in answers.items() if pair[1].status_code == 200]

    assert answer.headers["Content-Disposition"] == f"attachment; filename={code}-A1.nc"
    assert answer.headers["ETag"] == f'"{stored}"'
    assert answer.mimetype == "application/octet-stream"
    assert "Last-Modified" not in answer.headers
    assert "Accept-Ranges" not in answer.headers


def test_what_is_wrong_with_a_file_is_said_in_place(browse, app, path, drawn):
    ask_for(browse, path)

    answers = [
        bring(browse, app, path, name="a.exe"),
        bring(browse, app, path, data=b""),
        bring(browse, app, path, data=b"\0\1"),
        bring(browse, app, path, station="77"),
    ]

    assert [one.status_code for one in answers] == [422] * 4
    assert "不能提交这种类型的文件" in answers[0].text
    assert "文件是空的" in answers[1].text


def test_an_entrys_people_get_a_receipt(browse, world, app, path, drawn):
    ask_for(browse, path, is_remote="y")
    address = f"/works/entries/{world.entry1_a}"
    client = browse("participant_a")

    sent = client.post(
        address, data={"slot": slot_id(app), "file": (io.BytesIO(b"G01"), "甲赵一.nc")}
    )
    page = client.get(address).text

    assert sent.status_code == 302
    assert "原文件 SHA-256" in page
    with app.app_context():
        assert session().scalars(select(Work)).one().received in page
    assert "赵一.nc" not in page


@pytest.mark.parametrize(
    ("name", "status"),
    [("leader2_a", 404), ("organizer_a", 403), ("judge1_a", 403), ("leader1_b", 404)],
)
def test_others_do_not_reach_an_entrys_works(browse, world, path, drawn, name, status):
    assert browse(name).get(f"/works/entries/{world.entry1_a}").status_code == status


def test_after_the_closing_nothing_comes_in(browse, app, path, drawn):
    ask_for(browse, path)
    browse("floor_a").post(f"{path}/close")

    late = bring(browse, app, path)
    again = browse("floor_a").post(f"{path}/close")

    assert (late.status_code, again.status_code) == (409, 409)
    assert "不能再补交" in late.text
