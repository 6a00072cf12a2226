"""The pages of a draw: who may do what, and who learns what."""

import re

import pytest
from sqlalchemy import select

from eventsys.attendance.actions import check_in
from eventsys.db import db, session, transaction
from eventsys.draws.actions import unseal
from eventsys.draws.models import CodeDraw, LevelDraw, Lot
from eventsys.draws.queries import blind_list
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.identity.policy import System
from eventsys.registration.models import Entry
from eventsys.vault import vault
from tests.more_entries import add_entries
from tests.queries import count_queries


@pytest.fixture
def path(world):
    return f"/draws/tracks/{world.track_a}"


@pytest.fixture
def here(app, world):
    """Three entries are checked in."""
    with app.app_context():
        with transaction():
            for n in (1, 2, 4):
                entry = session().get_one(Entry, world.ids[f"entry{n}_a"])
                check_in(System(group_id=world.group_a), entry)
        db.session.remove()


@pytest.fixture
def drawn(browse, world, path, here):
    """The codes are drawn."""
    client = browse("encryptor_a")
    client.post(f"{path}/commit")
    assert client.post(path, data=given(world)).status_code == 302


def given(world, witness="supervisor_a") -> dict[str, str | int]:
    return {"level": "work", "witness": world.ids[witness]}


def codes(app, world) -> list[str]:
    with app.app_context():
        return [one.code for one in blind_list(world.track_a)]


def secrets(app, world) -> set[str]:
    """What nobody but the encryption judge may read before the opening."""
    with app.app_context():
        seed = vault().open(session().scalars(select(LevelDraw)).one().seed_sealed)
        return {seed, *(one.code for one in blind_list(world.track_a))}


def test_first_the_seed_then_the_draw_then_the_minute(browse, app, world, path, here):
    client = browse("encryptor_a")

    first = client.get(path).text
    fixed = client.post(f"{path}/commit")
    second = client.get(path).text
    done = client.post(path, data=given(world))
    third = client.get(path).text
    minute = client.get(f"{path}/minute/work").text

    assert (fixed.status_code, done.status_code) == (302, 302)
    assert "锁定种子" in first
    assert "3 个未到，没有加密号，不能参赛" in second
    assert "加密记录（密封用）" in third
    assert [code for code in codes(app, world) if code not in minute] == []
    assert sorted(re.findall(r"[A-Z]-\d{4}", minute)) == codes(app, world)


def test_the_minute_names_who_stands_behind_each_code(browse, app, world, path, drawn):
    minute = browse("encryptor_a").get(f"{path}/minute/work").text

    with app.app_context():
        for one in session().scalars(select(Lot)):
            row = minute.split(f">{one.number}<")[1].split("</tr>")[0]
            assert one.entry.label in row


def test_a_draw_without_a_witness_or_without_anybody_is_refused_in_place(browse, world, path):
    client = browse("encryptor_a")
    client.post(f"{path}/commit")

    without = client.post(path, data={})
    foreign = client.post(path, data=given(world, "supervisor_b"))
    nobody = client.post(path, data=given(world))

    assert [one.status_code for one in (without, foreign, nobody)] == [422, 422, 422]
    assert "还没有人检录，无法抽取加密号" in nobody.text


def test_a_second_draw_is_refused(browse, app, world, path, drawn):
    before = codes(app, world)

    answer = browse("encryptor_a").post(path, data=given(world))

    assert answer.status_code == 409
    assert "不能重抽" in answer.text
    assert codes(app, world) == before


@pytest.mark.parametrize(
    "name", ["organizer_a", "steward_a", "supervisor_a", "admin_a", "office_a"]
)
def test_everybody_else_learns_the_number_and_the_time_only(browse, app, world, path, drawn, name):
    client = browse(name)

    page = client.get(path)

    assert page.status_code == 200
    assert [one for one in secrets(app, world) if one in page.text] == []
    assert "加密号数量</dt><dd><b>3</b>" in page.text
    assert client.get(f"{path}/minute/work").status_code == 403


@pytest.mark.parametrize("name", ["judge1_a", "chief_a", "leader1_a", "participant_a"])
def test_judges_and_those_who_take_part_have_no_such_page(browse, path, drawn, name):
    client = browse(name)

    for address in (path, f"{path}/minute/work"):
        assert client.get(address).status_code == 403


@pytest.mark.parametrize("name", ["encryptor_b", "organizer_b"])
def test_for_the_other_group_there_is_no_draw(browse, path, drawn, name):
    assert browse(name).get(path).status_code == 404


@pytest.mark.parametrize("name", ["organizer_a", "steward_a", "supervisor_a"])
def test_others_cannot_draw_by_sending_the_form(browse, app, world, path, here, name):
    client = browse(name)

    sent = client.post(path, data=given(world))

    assert sent.status_code in {404, 422}
    assert codes(app, world) == []


def test_the_record_of_the_group_tells_nothing_of_the_map(browse, app, world, drawn):
    page = browse("admin_a").get("/members/record").text

    assert [one for one in secrets(app, world) if one in page] == []


def test_after_the_opening_the_seed_is_told(browse, app, world, path, drawn):
    with app.app_context():
        with transaction():
            draw = session().scalars(select(CodeDraw)).one()
            unseal(
                System(group_id=world.group_a), draw, session().get_one(User, world.supervisor_a)
            )
        seed = vault().open(draw.levels[0].seed_sealed)
        db.session.remove()

    assert seed in browse(None).get(f"/e/tracks/{world.track_a}/draw").text


def test_exams_have_no_draw(browse, world):
    assert browse("organizer_a").get(f"/draws/tracks/{world.exam_track_a}").status_code == 404


def test_a_minute_before_the_draw_says_what_to_do(browse, path):
    answer = browse("encryptor_a").get(f"{path}/minute/work")

    assert answer.status_code == 422
    assert "还没有抽取，请先抽取" in answer.text


def test_the_start_page_tells_the_encryption_judge_what_to_draw(browse, world, path, here):
    client = browse("encryptor_a")

    before = client.get("/").text
    client.post(path, data=given(world))
    after = client.get("/").text

    assert "抽取“甲数控多轴加工技术”的加密号" in before
    assert '<span class="badge badge-warn">3</span>' in before
    assert "抽取“甲数控多轴加工技术”的加密号" not in after


def test_the_minute_costs_the_same_with_more_codes(browse, app, world, path):
    def cost(address):
        with count_queries() as sent:
            assert client.get(address).status_code == 200
        return len(sent)

    client = browse("encryptor_a")
    with app.app_context():
        with transaction():
            many = add_entries(session().get_one(Track, world.team_track_a), world.unit1_a, 20)
            for entry in [session().get_one(Entry, world.entry1_a), *many]:
                check_in(System(group_id=world.group_a), entry)
        db.session.remove()
    other = f"/draws/tracks/{world.team_track_a}"
    for address in (path, other):
        client.post(address, data=given(world))

    assert cost(f"{path}/minute/work") == cost(f"{other}/minute/work")
    assert cost(path) == cost(other)
