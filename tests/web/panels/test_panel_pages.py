"""The organizer's page of the panel: seats, readiness, dealing, excusing."""

import pytest

from eventsys.db import session, transaction
from eventsys.identity.actions import ALWAYS, add_grant
from eventsys.identity.models import User
from eventsys.identity.rules import Role, Scope, ScopeKind
from eventsys.panels.queries import seats_of
from tests import judging


@pytest.fixture
def organizer(browse):
    return browse("organizer_a")


def seats(world):
    return {f"seat{n}": str(getattr(world, f"judge{n}_a")) for n in range(1, 6)}


def test_judges_are_seated_and_the_marking_is_opened(app, organizer, world):
    path = f"/tracks/{world.track_a}/panel"
    assert "评分标准" in organizer.get(path).text
    assert organizer.post(path, data=seats(world)).status_code == 302
    assert organizer.get(path).text.count("<option selected") == 5
    early = organizer.post(f"/tracks/{world.track_a}/open-marking")
    assert early.status_code == 422
    assert "评分标准不完整：A 0 / 100, B 0 / 100。" in early.text

    with app.app_context():
        judging.write_scheme(world)
        judging.draw(world)
    assert "开始评分" in organizer.get(path).text
    assert organizer.post(f"/tracks/{world.track_a}/open-marking").status_code == 302
    assert "评分进行中" in organizer.get(path).text


def test_a_judge_who_must_stand_aside_is_named_in_the_list_and_refused(app, organizer, world):
    with app.app_context(), transaction():
        session().get_one(User, world.judge1_a).person_id = world.person_entry1_a
    path = f"/tracks/{world.track_a}/panel"

    assert "甲裁判1（须回避：甲职业技术学院）" in organizer.get(path).text
    answer = organizer.post(path, data=seats(world))

    assert answer.status_code == 422
    assert "甲裁判1 须回避：" in answer.text


def test_a_judge_is_excused_with_a_reason(app, organizer, world):
    with app.app_context():
        judging.ready_to_mark(world)
        seat = seats_of(world.track_a)[0].id
    path = f"/panel/{seat}/excuse"
    assert organizer.get(path).status_code == 200
    assert organizer.post(path, data={"reason": "突发"}).status_code == 422
    assert organizer.post(path, data={"reason": "突发疾病离场"}).status_code == 302
    assert "突发疾病离场" in organizer.get(f"/tracks/{world.track_a}/panel").text


def test_opening_twice_is_refused_on_the_page(app, organizer, world):
    with app.app_context():
        judging.ready_to_mark(world)

    answer = organizer.post(f"/tracks/{world.track_a}/open-marking")

    assert answer.status_code == 409
    assert "评分已经开始，裁判已收到评分单。" in answer.text


def test_a_reserve_judge_is_added_while_the_others_mark(app, organizer, world):
    path = f"/tracks/{world.track_a}/panel/reserve"
    with app.app_context():
        judging.ready_to_mark(world)
    assert "裁判均已有席位" in organizer.get(path).text
    assert organizer.post(path, data={"judge": str(world.judge1_a)}).status_code == 422
    with app.app_context(), transaction():
        scope = Scope(ScopeKind.TRACK, world.track_a)
        judge = judging.user("assessor_a")
        add_grant(judge, world.group_a, Role.JUDGE, scope, ALWAYS, None)

    assert organizer.post(path, data={"judge": str(world.assessor_a)}).status_code == 302
    assert organizer.get(f"/tracks/{world.track_a}/panel").text.count("备用</span>") == 1
