"""The organizer's page of results: preview, drawing up, taking back, files; opening the map."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from eventsys import clock
from eventsys.db import session, transaction
from eventsys.events.models import Event, Track
from eventsys.results.actions import draw_up
from eventsys.results.queries import publication_of
from eventsys.scoring.exam_actions import GivenMark, hand_in_part, save_exam_marks
from eventsys.scoring.states import PartStatus
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind
from tests import judging
from tests.actions.results.test_few_judges import REASON, recused
from tests.queries import count_queries
from tests.world import PASSWORD

DUE = datetime(2026, 12, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def organizer(browse):
    return browse("organizer_a")


@pytest.fixture
def path(world):
    return f"/tracks/{world.track_a}/results"


def test_before_the_signature_there_is_nothing_to_see(app, organizer, world, path):
    with app.app_context():
        judging.ready_to_mark(world)
    page = organizer.get(path)

    assert page.status_code == 200
    assert "裁判长尚未签认成绩" in page.text
    assert organizer.post(path, data={"when": "now"}).status_code == 422


def test_after_the_signature_the_ranking_shows_codes_only(app, organizer, world, path):
    with app.app_context():
        codes = judging.signed_off(world)
    page = organizer.get(path).text

    assert [code for code in codes if code not in page] == []
    assert "甲工业学院" not in page
    assert "尚未解密" in page


def test_the_map_is_opened_by_two_people_on_one_screen(app, browse, organizer, world, path):
    with app.app_context():
        judging.signed_off(world)
    encryptor, where = browse("encryptor_a"), f"/tracks/{world.track_a}/open-map"
    assert "待解密（须监督员在场）" in encryptor.get("/").text
    form = {"witness": str(world.supervisor_a), "password": "wrong"}
    assert encryptor.post(where, data=form).status_code == 422
    assert "甲工业学院" not in encryptor.get(where).text
    form["password"] = PASSWORD
    assert encryptor.post(where, data={**form, "witness": "1"}).status_code == 422
    assert encryptor.post(where, data=form).status_code == 302

    assert "甲工业学院" in encryptor.get(where).text
    assert "甲工业学院" in organizer.get(path).text
    assert "待解密（须监督员在场）" not in encryptor.get("/").text


@pytest.mark.parametrize("stage", ["draw", "sign"])
def test_before_the_signature_the_map_page_says_what_is_missing(app, browse, world, stage):
    if stage == "sign":
        with app.app_context():
            judging.draw(world)
    page = browse("encryptor_a").get(f"/tracks/{world.track_a}/open-map")

    assert page.status_code == 200
    expected = {"draw": "尚未抽签加密。", "sign": "裁判长尚未签认成绩"}[stage]
    assert expected in page.text


def test_results_are_drawn_up_for_a_moment_and_taken_back(app, organizer, world, path):
    with app.app_context():
        judging.opened(world)
    assert "待生成成绩" in organizer.get("/").text
    assert organizer.post(path, data={}).status_code == 422
    empty = organizer.post(path, data={"when": "moment"})
    assert empty.status_code == 422
    assert "请填写公布时间" in empty.text
    form = {"when": "moment", "moment": "2026-12-24T17:00"}
    assert organizer.post(path, data=form).status_code == 302
    with app.app_context():
        publication = publication_of(world.track_a)
        assert (publication.due_at, publication.public_at) == (DUE, None)
        key = publication.id
    assert "2026-12-24 17:00" in organizer.get(path).text
    assert "待生成成绩" not in organizer.get("/").text
    assert organizer.post(path, data=form).status_code == 409

    back = f"/results/{key}/take-back"
    assert organizer.get(back).status_code == 200
    assert organizer.post(back, data={"reason": "公布时间有误"}).status_code == 302
    with app.app_context():
        assert publication_of(world.track_a) is None


def test_the_stated_moment_of_the_event_is_offered(app, organizer, world, path):
    with app.app_context():
        judging.opened(world)
        with transaction():
            session().get_one(Event, world.competition_a).results_due_at = DUE
    assert "按赛事预定时间公布（2026-12-24 17:00）" in organizer.get(path).text
    assert organizer.post(path, data={"when": "stated"}).status_code == 302
    with app.app_context():
        assert publication_of(world.track_a).due_at == DUE


def test_results_published_at_once_are_public_at_once(app, browse, organizer, world, path):
    with app.app_context():
        judging.opened(world)
    assert organizer.post(path, data={"when": "now"}).status_code == 302

    assert "92.00" in browse(None).get(f"/e/{world.competition_a}/results").text
    assert "92.00" in browse("office_a").get(path).text


@pytest.mark.parametrize("kind", ["results_xlsx", "result_sheet_pdf"])
def test_files_are_asked_for_and_made_by_the_worker(app, organizer, world, path, kind):
    with app.app_context():
        judging.opened(world)
    answer = organizer.post(f"{path}/file/{kind}")

    assert answer.status_code == 302
    with app.app_context():
        task = session().scalars(select(Task)).one()
        assert answer.location == f"/tasks/{task.id}"
        assert (task.kind, task.payload) == (TaskKind(kind), {"track_id": world.track_a})


@pytest.mark.parametrize("kind", ["results_xlsx", "result_sheet_pdf"])
def test_before_the_signature_there_is_no_file_either(app, organizer, world, path, kind):
    with app.app_context():
        judging.ready_to_mark(world)
    answer = organizer.post(f"{path}/file/{kind}")

    assert (answer.status_code, "裁判长尚未" in answer.text) == (422, True)
    with app.app_context():
        assert session().scalars(select(Task)).all() == []


def test_a_file_of_another_kind_is_not_there(organizer, world, path):
    assert organizer.post(f"{path}/file/exam_xlsx").status_code == 404
    assert organizer.post(f"{path}/file/nothing").status_code == 404


def test_the_results_of_an_exam_from_the_marks_to_publication(app, browse, organizer, world):
    where = f"/tracks/{world.exam_track_a}/results"
    assert organizer.get(where).text.count("待定") == 4
    with app.app_context():
        track = session().get_one(Track, world.exam_track_a)
        assessor = judging.actor("assessor_a")
        candidates = [getattr(world, f"candidate{n}_a") for n in range(1, 5)]
        with transaction():
            for part in ("T", "P"):
                marks = [
                    GivenMark(key, PartStatus.VALID, Decimal(50 + 5 * n), 0)
                    for n, key in enumerate(candidates, start=1)
                ]
                save_exam_marks(assessor, track, part, marks)
                hand_in_part(assessor, track, part)
    page = organizer.get(where).text
    assert (page.count("未合格") + page.count("不合格"), "70.00" in page) == (1, True)
    reopen = f"{where}/reopen/T"
    assert organizer.get(reopen).status_code == 200
    assert organizer.post(reopen, data={"reason": "登分有误"}).status_code == 422
    assert organizer.post(reopen, data={"reason": "登分有误退回"}).status_code == 302
    assert organizer.post(where, data={"when": "now"}).status_code == 422
    browse("assessor_a").post(f"/exam-marks/{world.exam_track_a}/T/hand-in")
    assert organizer.post(where, data={"when": "now"}).status_code == 302
    assert "70.00" in browse("leader2_a").get("/results/mine").text
    assert organizer.post(f"{where}/file/exam_xlsx").status_code == 302


def test_the_results_of_a_running_class_wait(organizer, world):
    where = f"/tracks/{world.class_a}/results"

    assert "次日起可生成结业结果" in organizer.get(where).text
    assert organizer.post(where, data={"when": "now"}).status_code == 422


@pytest.mark.parametrize("name", ["chief_a", "judge1_a", "leader1_a", "encryptor_a"])
def test_the_page_is_the_organizers_and_the_offices(browse, world, path, name):
    assert browse(name).get(path).status_code == 403


def test_the_results_of_another_group_are_not_there(browse, world, path):
    assert browse("organizer_b").get(path).status_code == 404
    assert browse("organizer2_a").get(path).status_code == 404


@pytest.mark.parametrize("entries", [1, 30, 300])
def test_the_page_takes_the_same_queries_for_any_number_of_entries(
    app, organizer, world, path, entries
):
    with app.app_context():
        judging.lay_down(world, entries)
    with count_queries() as sent:
        page = organizer.get(path)

    assert page.text.count("Z-0") == entries
    assert sum(one.startswith("SELECT") for one in sent) <= 45


@pytest.mark.parametrize("entries", [1, 30])
def test_the_public_page_takes_the_same_queries_for_any_number_of_entries(
    app, browse, world, entries
):
    with app.app_context():
        judging.lay_down(world, entries)
        with transaction():
            draw_up(judging.actor("organizer_a"), judging.track_of(world), clock.now())
    visitor = browse(None)
    with count_queries() as sent:
        page = visitor.get(f"/e/{world.competition_a}/results")

    assert page.text.count("甲选手") == entries
    assert sum(one.startswith("SELECT") for one in sent) == 4


def test_start_pages_take_the_same_queries_with_more_tracks(app, browse, world):
    for name in ("organizer_a", "encryptor_a", "leader1_a", "assessor_a", "chief_a"):
        client = browse(name)
        client.get("/")
        with count_queries() as sent:
            client.get("/")
        assert sum(one.startswith("SELECT") for one in sent) <= 30, name


def test_news_are_told_for_two_weeks(app, browse, world, at):
    with app.app_context():
        judging.opened(world)
        with transaction():
            draw_up(judging.actor("organizer_a"), judging.track_of(world), clock.now())
        published = publication_of(world.track_a).public_at
    assert "新公布的成绩" in browse("leader1_a").get("/").text
    at(published + timedelta(days=15))
    assert "新公布的成绩" not in browse("leader1_a").get("/").text


def test_a_moment_that_is_a_slip_of_the_pen_is_refused_at_its_field(app, browse, world, path):
    with app.app_context():
        judging.opened(world)

    answer = browse("organizer_a").post(path, data={"when": "moment", "moment": "0001-01-01T00:00"})

    assert answer.status_code == 422
    assert 'id="moment-error"' in answer.text


def test_too_few_judges_are_decided_about_before_a_supervisor(app, organizer, world, path):
    with app.app_context():
        codes = recused(world)
        session().close()
    where = f"{path}/few-judges"
    assert (where in organizer.get(path).text, codes[0] in organizer.get(where).text) == (
        True,
        True,
    )
    refused = organizer.post(path, data={"when": "now"})
    assert (refused.status_code, "有效裁判少于规程要求的 5 名" in refused.text) == (422, True)
    form = {"code": codes[0], "reason": REASON, "witness": world.supervisor_a, "password": "wrong"}
    assert organizer.post(where, data=form).status_code == 422
    for code in codes:
        answer = organizer.post(where, data={**form, "code": code, "password": PASSWORD})
        assert answer.status_code == 302

    made = organizer.get(where).text
    assert ("没有需要作出此项决定的作品" in made, made.count(REASON)) == (True, 3)
    assert organizer.post(path, data={"when": "now"}).status_code == 302
    public = organizer.get(f"/e/{world.competition_a}/results").text
    assert public.count("4 名裁判 · 例外准许") == 3
