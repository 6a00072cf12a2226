"""Conditions, a judge's card, exceptions and relations, as pages; and the judge's own page."""

import re

import pytest

from eventsys.db import session, transaction
from eventsys.panels.models import Declaration
from eventsys.panels.queries import card_of, panel_of, seats_of, standing_aside
from eventsys.panels.rules import Card, Mode, Relation, Title
from tests import judging
from tests.queries import count_queries

MODES = {
    f"mode_{one.value}": "event"
    for one in (Relation.EMPLOYER, Relation.HOST, Relation.SPONSOR, Relation.LEADER)
} | {
    f"mode_{one.value}": "entry"
    for one in (
        Relation.INSTRUCTOR,
        Relation.KINSHIP,
        Relation.FORMER_COACH,
        Relation.OTHER,
    )
}
TERMS = {"min_years": "5", "min_title": "senior", "reserves": "1", "sponsors": "", **MODES}


@pytest.fixture
def organizer(browse):
    return browse("organizer_a")


def judge_path(world, tail=""):
    return f"/tracks/{world.track_a}/judges/{world.judge1_a}{tail}"


def test_conditions_are_set_and_a_reserve_seat_appears(app, organizer, world):
    path = f"/tracks/{world.track_a}/panel/terms"
    assert "执裁条件与回避" in organizer.get(path).text
    assert organizer.post(path, data=TERMS).status_code == 302

    with app.app_context():
        kept = panel_of(world.track_a)
        assert (kept.terms.min_years, kept.terms.min_title, kept.reserves) == (5, Title.SENIOR, 1)
        assert kept.mode_of(Relation.INSTRUCTOR) is Mode.ENTRY
    page = organizer.get(f"/tracks/{world.track_a}/panel").text
    assert page.count("备用席位 6") == 1
    assert page.count("待核实") == 6
    chosen = re.findall(r'<option selected value="(\w+)"', organizer.get(path).text)
    assert chosen.count("senior") == 1


@pytest.mark.parametrize(
    "wrong",
    [{"reserves": "9"}, {"min_years": "-1"}, {"most_per_unit": "0"}, {"min_title": "king"}],
)
def test_conditions_out_of_range_are_refused_in_place(organizer, world, wrong):
    answer = organizer.post(f"/tracks/{world.track_a}/panel/terms", data={**TERMS, **wrong})

    assert answer.status_code == 422


def test_a_card_is_filled_in_and_checked(app, organizer, world):
    organizer.post(f"/tracks/{world.track_a}/panel/terms", data=TERMS)
    assert organizer.get(judge_path(world)).text.count("未知") == 4
    facts = {
        "employer_id": "0",
        "employer": "郑州机床厂",
        "title": "technician",
        "since_year": "2001",
        "birth_year": "1970",
        "judgings": "3",
        "consent": "yes",
    }
    assert organizer.post(judge_path(world), data=facts).status_code == 302

    with app.app_context():
        assert card_of(world.judge1_a).facts == Card(
            "郑州机床厂", None, Title.TECHNICIAN, 2001, 1970, 3, True
        )
    page = organizer.get(judge_path(world)).text
    assert page.count("不符合") == 1
    assert "郑州机床厂" in page


def test_an_exception_is_made_with_a_reason(organizer, world):
    organizer.post(f"/tracks/{world.track_a}/panel/terms", data=TERMS)
    path = judge_path(world, "/admit")
    assert "特批执裁" in organizer.get(path).text
    assert organizer.post(path, data={"reason": "缺"}).status_code == 422
    assert organizer.post(path, data={"reason": "执委会同意"}).status_code == 302

    assert "特批：执委会同意" in organizer.get(judge_path(world)).text
    refused = organizer.post(path, data={"reason": "再来一次"})
    assert refused.status_code == 422
    assert "已符合全部条件" in refused.text


def test_the_organizer_enters_a_relation_and_sets_it_aside(app, organizer, world):
    path = judge_path(world, "/relation")
    assert organizer.get(path).status_code == 200
    facts = {
        "relation": "kinship",
        "unit_id": str(world.unit2_a),
        "person_name": "",
        "note": "表亲",
        "mode": "",
    }
    assert organizer.post(path, data=facts).status_code == 302
    page = organizer.get(judge_path(world)).text
    assert "仅回避相关参赛队，其评分不计入" in page
    assert "表亲" in page
    with app.app_context():
        made = session().query(Declaration).one().id

    drop = f"/declarations/{made}/drop"
    assert organizer.get(drop).status_code == 200
    assert organizer.post(drop, data={"reason": "误报"}).status_code == 422
    assert organizer.post(drop, data={"reason": "误报，已核实"}).status_code == 302
    assert organizer.post(drop, data={"reason": "误报，已核实"}).status_code == 409
    assert "目前没有涉及本赛项参赛队的回避关系" in organizer.get(judge_path(world)).text


def test_a_judge_declares_by_names_and_reads_back_only_what_was_typed(app, browse, world):
    judge = browse("judge1_a")
    assert "我执裁的赛项" in judge.get("/judging/relations").text
    path = f"/judging/{world.track_a}/relations"
    facts = {"relation": "kinship", "unit_id": str(world.unit2_a), "person_name": "", "note": ""}
    assert judge.post(path, data={**facts, "unit_id": "0"}).status_code == 422
    assert judge.post(path, data=facts).status_code == 302

    page = judge.get(path).text
    assert page.count("甲工业学院") == 2  # in the list of units, and as declared
    with app.app_context():
        judging.seat(world)
        seat = seats_of(world.track_a)[0].id
        assert standing_aside(world.track_a)[world.entry4_a] == frozenset({seat})


def test_the_answer_to_a_declaration_is_the_same_whether_it_concerns_an_entry(browse, world):
    judge = browse("judge1_a")
    path = f"/judging/{world.track_a}/relations"
    facts = {"relation": "kinship", "person_name": "", "note": ""}
    answers = []
    for unit in (world.unit2_a, world.unit3_a):
        judge.post(path, data={**facts, "unit_id": str(unit)})
        answers.append(judge.get(path).text.count("<li>"))

    assert answers[1] == answers[0] + 1


def test_strangers_to_the_panel_have_no_card(browse, organizer, world):
    assert organizer.get(f"/tracks/{world.track_a}/judges/{world.leader1_a}").status_code == 404
    assert organizer.get(f"/tracks/{world.track_a}/judges/{world.judge1_b}").status_code == 404
    assert browse("judge1_a").get(judge_path(world)).status_code == 403
    assert browse("clerk_a").get(f"/judging/{world.track_a}/relations").status_code == 403
    assert browse("judge1_b").get(f"/judging/{world.track_a}/relations").status_code == 404


def test_the_page_of_a_panel_says_who_holds_which_office_and_what_is_missing(app, organizer, world):
    page = organizer.get(f"/tracks/{world.track_a}/panel").text

    for name in ("甲裁判长", "甲现场裁判", "甲统分员", "甲监督员"):
        assert name in page
    assert "由集团管理员在“账号”中任命" in page
    assert page.count("缺 ") == 0
    with app.app_context(), transaction():
        for grant in judging.user("floor_a").grants:
            grant.ended_at = judging.NOW
    assert organizer.get(f"/tracks/{world.track_a}/panel").text.count("缺 1 人") == 1


def test_the_page_of_a_panel_asks_as_often_for_one_judge_as_for_five(app, organizer, world):
    path = f"/tracks/{world.track_a}/panel"

    def asked():
        with app.app_context(), count_queries() as counted:
            assert organizer.get(path).status_code == 200
        return len(counted)

    with app.app_context():
        judging.seat(world, 1)
    asked()
    one = asked()
    with app.app_context():
        judging.seat(world, 5)
    assert asked() == one
