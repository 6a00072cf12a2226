"""Progress, the public board, the ceremony and the judges' figures, through their pages."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from eventsys import clock
from eventsys.boards.models import Board, Ceremony
from eventsys.boards.queries import progress
from eventsys.boards.rules import LONGEST_CEREMONY, Step
from eventsys.db import leave_groups, new_id, session, transaction
from eventsys.events.models import Event
from eventsys.incidents.states import Effect
from eventsys.results import queries
from eventsys.results.actions import draw_up
from eventsys.results.states import Outcome
from tests import judging, published
from tests.actions.results.test_versions import decide
from tests.queries import count_queries

RANDOM = re.compile(r'(?<=csrf-token" content=")[^"]*|(?<=csrf_token" value=")[^"]*|\?v=\w+')


def show_board(world, freezes_at=None):
    with transaction():
        session().add(
            Board(
                id=new_id(),
                group_id=world.group_a,
                event_id=world.competition_a,
                is_shown=True,
                freezes_at=freezes_at,
            )
        )
    leave_groups()


def test_progress_shows_sheets_and_never_marks(app, world, browse):
    with app.app_context():
        codes = judging.ready_to_mark(world)
        judging.mark_everything(world, {codes[0]: [("61", "77", "3")] * 5})

    text = browse("organizer_a").get(f"/events/{world.competition_a}/progress").text

    assert "评分中" in text
    assert "甲裁判1" in text
    assert not {"61", "77", "61.00", "77.00"} & set(re.findall(r"[0-9.]+", RANDOM.sub("", text)))


def test_the_public_page_of_an_event_leads_to_its_board_once_it_is_shown(world, browse):
    path, visitor = f"/e/{world.competition_a}", browse(None)
    before = f"{path}/board" in visitor.get(path).text
    browse("organizer_a").post(f"/events/{world.competition_a}/progress", data={"is_shown": "y"})

    assert (before, f"{path}/board" in visitor.get(path).text) == (False, True)


def test_the_board_is_for_nobody_until_it_is_shown(world, browse):
    visitor = browse(None)
    path = f"/e/{world.competition_a}/board"
    assert visitor.get(path).status_code == 404

    answer = browse("organizer_a").post(
        f"/events/{world.competition_a}/progress", data={"is_shown": "y", "freezes_at": ""}
    )

    assert answer.status_code == 302
    assert visitor.get(path).status_code == 200
    assert visitor.get(f"{path}/now").status_code == 200


def test_a_frozen_board_stands_still(app, world, browse):
    with app.app_context():
        show_board(world, clock.now() - timedelta(seconds=1))
        judging.ready_to_mark(world)

    text = browse(None).get(f"/e/{world.competition_a}/board").text

    assert "封板" in text
    assert "评分中" not in text


def test_freezing_in_the_past_is_refused_at_the_field(world, browse):
    answer = browse("organizer_a").post(
        f"/events/{world.competition_a}/progress",
        data={"is_shown": "y", "freezes_at": "2020-01-01T08:00"},
    )

    assert answer.status_code == 422
    assert "封板时间已过" in answer.text


@pytest.fixture
def shown(app, world):
    with app.app_context():
        prizes = (Outcome.FIRST, Outcome.SECOND, Outcome.THIRD, Outcome.NONE)
        entries = (world.entry1_a, world.entry2_a, world.entry3_a, world.entry4_a)
        published.publish(world.track_a, dict(zip(entries, prizes, strict=True)))
        leave_groups()
    return world


def test_a_ceremony_reveals_group_after_group_and_a_second_press_reveals_no_more(
    app, shown, browse
):
    organizer = browse("organizer_a")
    path = f"/tracks/{shown.track_a}/ceremony"
    assert "开始" in organizer.get(path).text
    assert organizer.post(path).status_code == 302

    assert organizer.post(path, data={"seen": "0", "step": "next"}).status_code == 302
    again = organizer.post(path, data={"seen": "0", "step": "next"})

    assert again.status_code == 409
    with app.app_context():
        assert session().scalars(select(Ceremony.shown)).one() == 1


def test_while_a_ceremony_runs_the_board_shows_only_what_is_revealed(app, shown, browse):
    with app.app_context():
        show_board(shown)
    board = f"/e/{shown.competition_a}/board"
    visitor, organizer = browse(None), browse("organizer_a")
    before = visitor.get(board).text.count("<li>")
    path = f"/tracks/{shown.track_a}/ceremony"
    organizer.post(path)

    assert visitor.get(board).text.count("<li>") == 0
    organizer.post(path, data={"seen": "0", "step": "next"})
    assert 0 < visitor.get(board).text.count("<li>") < before


def test_while_a_ceremony_runs_no_page_file_or_certificate_tells_more_than_it_revealed(
    app, shown, browse, at
):
    visitor, organizer, office = (browse(one) for one in (None, "organizer_a", "office_a"))
    leader = browse("leader1_a")
    with app.app_context():
        key = queries.public_version(shown.track_a, clock.now()).id
        names = [row.label for row in queries.public_rows(key)]
        leave_groups()
    pages = [
        (visitor, f"/e/{shown.competition_a}/results"),
        (visitor, f"/e/results/{key}"),
        (leader, "/results/mine"),
        (office, f"/tracks/{shown.track_a}/results"),
        (office, f"/certificates/tracks/{shown.track_a}"),
    ]

    def told():
        texts = [who.get(where, follow_redirects=True).text for who, where in pages]
        return [sum(one in text for one in names[:3]) for text in texts]

    before = told()
    organizer.post(f"/tracks/{shown.track_a}/ceremony")
    assert (before, told()) == ([3, 3, 3, 3, 3], [0, 0, 0, 0, 0])
    file = f"/tracks/{shown.track_a}/results/file/results_xlsx"
    refused = office.post(file)
    assert (refused.status_code, "颁奖仪式正在进行" in refused.text) == (422, True)
    issue = office.post(f"/certificates/tracks/{shown.track_a}/issue")
    assert (issue.status_code, "颁奖仪式正在进行" in issue.text) == (422, True)

    organizer.post(f"/tracks/{shown.track_a}/ceremony", data={"seen": "0", "step": "next"})
    assert told() == [1, 1, 1, 1, 0]
    for seen in ("1", "2"):
        organizer.post(f"/tracks/{shown.track_a}/ceremony", data={"seen": seen, "step": "next"})
    assert told() == before


def test_a_ceremony_left_unfinished_hides_nothing_for_ever(app, shown, browse, at):
    organizer, visitor = browse("organizer_a"), browse(None)
    where = f"/e/{shown.competition_a}/results"
    before = visitor.get(where).text
    organizer.post(f"/tracks/{shown.track_a}/ceremony")
    assert visitor.get(where).text.count("<tr>") < before.count("<tr>")
    at(clock.now() + LONGEST_CEREMONY + timedelta(seconds=1))

    assert visitor.get(where).text.count("<tr>") == before.count("<tr>")


def test_results_can_be_taken_back_after_their_ceremony_was_rehearsed(app, world, browse):
    with app.app_context():
        judging.opened(world)
        organizer = judging.actor("organizer_a")
        with transaction():
            later = clock.now() + timedelta(hours=1)
            key = draw_up(organizer, judging.track_of(world), later).id
        leave_groups()
    client = browse("organizer_a")
    assert client.post(f"/tracks/{world.track_a}/ceremony").status_code == 302

    taken = client.post(f"/results/{key}/take-back", data={"reason": "公布时间有误"})

    assert taken.status_code == 302
    with app.app_context():
        assert session().scalars(select(Ceremony)).all() == []


def test_a_correction_in_its_notice_is_not_called_final(inside, world):
    judging.change_rules(world, appeal_levels=0)
    codes = judging.opened(world)
    organizer = judging.actor("organizer_a")
    with transaction():
        draw_up(organizer, judging.track_of(world), clock.now())
    assert steps(world) == [Step.FINAL]
    judging.change_rules_again(world, notice_minutes=120)
    decide(world, codes[0], Effect.POINTS_OFF, points=Decimal(5))
    with transaction():
        draw_up(organizer, judging.track_of(world), clock.now(), "现场事件裁决后扣分")

    assert steps(world) == [Step.PUBLIC]


def steps(world):
    event = session().get_one(Event, world.competition_a)
    return [one.step for one in progress(event, clock.now()) if one.track.id == world.track_a]


def test_figures_come_only_after_the_lock(app, world, browse):
    with app.app_context():
        codes = judging.ready_to_mark(world)
        judging.mark_everything(world, judging.same_for_all(codes))
    path = f"/tracks/{world.track_a}/judges-figures"
    assert "成绩锁定后" in browse("chief_a").get(path).text

    with app.app_context():
        judging.confirm_everything(world)
        judging.sign(world)

    for account in ("chief_a", "organizer_a"):
        assert "宽严程度" in browse(account).get(path).text
    assert browse("judge1_a").get(path).status_code == 403


@pytest.mark.parametrize("entries", [1, 30])
def test_the_board_asks_the_same_number_of_queries_at_any_size(app, world, browse, entries):
    with app.app_context():
        show_board(world)
        judging.lay_down(world, entries)
        leave_groups()
    visitor = browse(None)

    with count_queries() as asked:
        visitor.get(f"/e/{world.competition_a}/board/now")

    assert len(asked) <= 14
