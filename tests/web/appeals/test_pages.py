"""The pages of appeals: the leader's clock, lodging, the panel, the letter, the way to the end."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from eventsys import clock
from eventsys.appeals.models import Appeal
from eventsys.appeals.reports import letter_of, make_ruling_pdf
from eventsys.appeals.states import AppealState, Ground
from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.identity.models import User
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind, TaskState
from eventsys.tasks.work import Work
from tests.competition_room import rule_so
from tests.lodged import PANEL, REASONS, TEXT, appeal, appoint, end_contest, lodged, named, ruled
from tests.queries import count_queries
from tests.world import PASSWORD

NOON = datetime.now(UTC).replace(microsecond=0)
LODGE = {
    "ground": "equipment",
    "text": TEXT,
    "signature": "甲领队1",
    "password": PASSWORD,
}
RULE = {
    "outcome": "upheld",
    "votes_for": "2",
    "votes_against": "1",
    "reasons": REASONS,
    "consequence": "correction",
    "remedy": "模块A第三评分点加回1分",
    "password": PASSWORD,
}


@pytest.fixture
def ended(app, world, at):
    """It is noon and the competition has just ended."""
    at(NOON)
    with app.app_context():
        appoint(world)
        end_contest(world, NOON)
        session().close()
    return at


@pytest.fixture
def kept(app, world, ended):
    """An appeal about entry 1 before its panel."""
    with app.app_context():
        key = lodged(world)
        named(world, key)
        session().close()
    return key


def test_from_the_end_of_the_contest_to_the_ruling(app, browse, world, ended):
    leader, organizer, panel = (browse(one) for one in ("leader1_a", "organizer_a", "supervisor_a"))
    path = f"/appeals/entries/{world.entry1_a}"
    start = leader.get("/").text

    made = leader.post(f"{path}/new", data=LODGE)
    with app.app_context():
        key = session().scalar(select(Appeal.id))
        session().close()
    to_name = organizer.get("/").text
    members = [world.ids[one] for one in PANEL]
    convened = organizer.post(f"/appeals/{key}/panel", data={"members": members})
    to_rule = panel.get("/").text
    written = panel.post(f"/appeals/{key}/ruling", data=RULE)

    assert [one.status_code for one in (made, convened, written)] == [302] * 3
    assert "可在" in start
    assert "仲裁组尚未组成的申诉：track-S01" in to_name
    assert "待裁决的申诉：track-S01" in to_rule
    shown = leader.get(f"/appeals/{key}").text
    wanted = ("申诉成立", "更正成绩", "模块A第三评分点加回1分", REASONS, "2 : 1")
    assert [words for words in wanted if words not in shown] == []


def test_the_clock_counts_down_by_the_servers_moment(browse, world, ended):
    shown = browse("leader1_a").get(f"/appeals/entries/{world.entry1_a}").text

    ends = (NOON + timedelta(hours=2)).isoformat()
    assert f'data-clock-until="{ends}" data-clock-now="{NOON.isoformat()}"' in shown


def test_a_late_appeal_is_refused_with_the_moment_and_leaves_one_line(app, browse, world, ended):
    ended(NOON + timedelta(hours=2, seconds=1))
    client = browse("leader1_a")

    answer = client.post(f"/appeals/entries/{world.entry1_a}/new", data=LODGE)

    moment = clock.in_shanghai(NOON + timedelta(hours=2))
    assert answer.status_code == 409
    assert f"申诉截止时间为 {moment:%Y-%m-%d %H:%M:%S}" in answer.text
    with app.app_context():
        deeds = session().scalars(select(AuditEntry.deed).where(AuditEntry.deed.like("appeal.%")))
        assert list(deeds) == ["appeal.too_late"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": "不公平"}, "text"),
        ({"signature": ""}, "signature"),
        ({"signature": "甲领队2"}, "signature"),
        ({"password": "guess-guess-guess"}, "password"),
        ({"ground": "technical_clause"}, "ground-0"),
    ],
)
def test_what_is_missing_is_refused_at_its_field(browse, world, ended, changed, field):
    client = browse("leader1_a")

    answer = client.post(f"/appeals/entries/{world.entry1_a}/new", data=LODGE | changed)

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text


def test_a_paper_is_downloaded_by_those_concerned_and_by_nobody_else(app, browse, world, ended):
    file = (BytesIO(b"%PDF-1.7 evidence"), "设备照片.pdf")
    browse("leader1_a").post(
        f"/appeals/entries/{world.entry1_a}/new",
        data=LODGE | {"paper": file},
        content_type="multipart/form-data",
    )
    with app.app_context():
        kept = session().scalars(select(Appeal)).one()
        path = f"/appeals/{kept.id}/papers/{kept.papers[0].id}"
        session().close()

    answer = browse("supervisor_a").get(path)

    assert (answer.data, answer.mimetype) == (b"%PDF-1.7 evidence", "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert [browse(one).get(path).status_code for one in ("leader2_a", "organizer_b")] == [404] * 2


def test_a_leader_withdraws_and_a_stranger_does_not(app, browse, kept):
    stranger = browse("leader2_a").post(f"/appeals/{kept}/withdrawal", data={})
    own = browse("leader1_a").post(f"/appeals/{kept}/withdrawal", data={})
    again = browse("leader1_a").post(f"/appeals/{kept}/withdrawal", data={})

    assert [one.status_code for one in (stranger, own, again)] == [404, 302, 409]
    with app.app_context():
        assert appeal(kept).state is AppealState.WITHDRAWN


def test_a_leader_goes_on_to_the_second_level(app, browse, world, kept):
    with app.app_context():
        ruled(kept)
        session().close()
    leader = browse("leader1_a")
    start = leader.get("/").text

    data = {"text": TEXT, "signature": "甲领队1", "password": PASSWORD}
    answer = leader.post(f"/appeals/{kept}/second", data=data)

    assert answer.status_code == 302
    assert "申诉 track-S01 已裁决" in start
    with app.app_context():
        assert (appeal(kept).state, appeal(kept).level) == (AppealState.SECOND, 2)


def test_votes_that_do_not_fit_are_refused_and_a_wrong_password_too(browse, kept):
    panel = browse("supervisor_a")

    votes = panel.post(f"/appeals/{kept}/ruling", data=RULE | {"votes_for": "1"})
    password = panel.post(f"/appeals/{kept}/ruling", data=RULE | {"password": "wrong-wrong-1"})

    assert (votes.status_code, password.status_code) == (422, 422)
    assert "票数不符：仲裁组共 3 人" in votes.text
    assert 'href="#password"' in password.text


def test_an_overdue_answer_is_flagged(browse, ended, kept):
    ended(NOON + timedelta(hours=2, seconds=1))

    assert "现已超期" in browse("supervisor_a").get(f"/appeals/{kept}").text


def test_a_conflict_is_named_and_cannot_be_chosen(app, browse, world, ended):
    with app.app_context():
        with transaction():
            found = session().get_one(User, world.supervisor3_a)
            found.person_id = world.person_entry2_a
        key = lodged(world)
        session().close()

    shown = browse("organizer_a").get(f"/appeals/{key}/panel").text

    assert "甲监督员3：所在单位与申诉单位相同" in shown
    assert f'value="{world.supervisor3_a}"' not in shown


def test_the_chief_judge_records_an_end_and_sees_no_appeal(browse, world, kept):
    chief = browse("chief_a")
    at = clock.in_shanghai(NOON)

    done = chief.post(
        f"/appeals/tracks/{world.track_a}/ends", data={"module": "A", "at": f"{at:%Y-%m-%dT%H:%M}"}
    )

    assert done.status_code == 302
    assert chief.get(f"/appeals/{kept}").status_code == 403
    assert "track-S01" not in chief.get(f"/appeals/tracks/{world.track_a}/ends").text


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("leader2_a", 404),
        ("leader1_b", 404),
        ("organizer_b", 404),
        ("organizer2_a", 404),
        ("judge1_a", 403),
        ("clerk_a", 403),
        ("participant_a", 403),
        ("floor_a", 403),
    ],
)
def test_appeals_are_for_those_concerned(browse, kept, name, code):
    assert browse(name).get(f"/appeals/{kept}").status_code == code


def test_the_organizer_notes_the_deposit_in_order(app, browse, world, ended):
    with app.app_context():
        rule_so(world, appeal_deposit=50_000)
        key = lodged(world)
        session().close()
    organizer = browse("organizer_a")

    answers = [
        organizer.post(f"/appeals/{key}/deposit", data={"deed": deed}).status_code
        for deed in ("kept", "paid", "paid", "refunded", "")
    ]

    assert answers == [409, 302, 409, 302, 422]
    assert "已退还保证金" in browse("leader1_a").get(f"/appeals/{key}").text


def work_of(task, tmp_path):
    out = BytesIO()
    made = Work(
        task=task,
        out=out,
        progress=lambda _done, _total: None,
        words=str,
        public_url="https://example.cn",
        fonts_dir=tmp_path,
        keys_dir=tmp_path,
    )
    return made, out


def test_the_letter_is_ordered_and_made_with_the_rulings_fingerprint(
    app, browse, world, kept, tmp_path
):
    with app.app_context():
        ruling = ruled(kept)
        session().close()
    ordered = browse("leader1_a").post(f"/appeals/{kept}/letters/1", data={})
    missing = browse("leader1_a").post(f"/appeals/{kept}/letters/2", data={})

    assert re.fullmatch(r"/tasks/\d+", ordered.location)
    assert missing.status_code == 404
    with app.app_context():
        task = session().scalars(select(Task)).one()
        assert (task.kind, task.state) == (TaskKind.APPEAL_RULING_PDF, TaskState.WAITING)
        made, out = work_of(task, tmp_path)
        name = make_ruling_pdf(made)
        found = appeal(kept).rulings[0]
        letter = letter_of(found, str)
        assert (found.id, out.getvalue()[:5], name[-4:]) == (ruling, b"%PDF-", ".pdf")
        assert letter.digest == found.digest
        assert letter.members == ("甲监督员", "甲监督员二", "甲监督员3")
        assert letter.parts[1] == ("Reasons", (REASONS,))


def test_lists_ask_as_many_questions_for_ten_appeals_as_for_one(app, browse, world, ended):
    client = browse("organizer_a")
    grounds = ("equipment", "staff", "unfair_judging", "adding_up")

    def fill(pairs):
        with app.app_context():
            for number, ground in pairs:
                lodged(world, number, ground=Ground(ground))
            session().close()

    def asked():
        with count_queries() as track:
            client.get(f"/appeals/tracks/{world.track_a}")
        with count_queries() as own:
            browse("supervisor_a").get("/appeals")
        return len(track), len(own)

    fill([(1, "equipment")])
    one = asked()
    fill([(number, ground) for number in (1, 2, 3) for ground in grounds][1:11])

    assert asked() == one


def test_the_organizer_is_warned_of_too_few_supervisors_for_two_panels(app, browse, world):
    organizer = browse("organizer_a")
    pages = (f"/tracks/{world.track_a}/panel", f"/appeals/tracks/{world.track_a}")
    warning = "2 级申诉共需 6 名监督员"
    assert [warning in organizer.get(one).text for one in pages] == [True, True]
    assert "目前只任命了 2 名" in organizer.get(pages[0]).text
    assert warning not in browse("supervisor_a").get(pages[1]).text

    with app.app_context():
        appoint(world)
        session().close()
    assert [warning in organizer.get(one).text for one in pages] == [False, False]
