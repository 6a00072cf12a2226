"""Exams from the marks to the decision: both variants of the rule, absences, what schools owe."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from eventsys.db import new_id, session, transaction
from eventsys.errors import Forbidden, NotThere
from eventsys.events.models import Ruleset, Track
from eventsys.fees.models import FeeStandard, Negotiation
from eventsys.fees.states import ExamForm
from eventsys.results import actions
from eventsys.results.models import ResultRow
from eventsys.results.outcomes import PartsOpen, decisions
from eventsys.results.states import Outcome
from eventsys.scoring.exam_actions import (
    CandidatesUnmarked,
    ExamPointsOutOfRange,
    GivenMark,
    MarksStale,
    PartClosed,
    PointsMissing,
    PointsNotWanted,
    hand_in_part,
    save_exam_marks,
)
from eventsys.scoring.exam_queries import candidates
from eventsys.scoring.states import PartStatus
from eventsys.tasks.actions import ask
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind
from scheduling.work import do_waiting_tasks
from tests.world import TODAY

VALID, ABSENT, VIOLATION = PartStatus
DUE = datetime(2026, 12, 24, 9, 0, tzinfo=UTC)
MARKS = {
    "candidate1": (("45", VALID), ("72", VALID)),  # composite 61.2, but not both 60
    "candidate2": (("60", VALID), ("60", VALID)),
    "candidate3": (("90", VALID), (None, ABSENT)),
    "candidate4": ((None, VIOLATION), ("80", VALID)),
}


@pytest.fixture
def assessor(act):
    return act("assessor_a")


@pytest.fixture
def track(inside, world):
    return session().get_one(Track, world.exam_track_a)


def given(world, name, points, status=VALID, seen=0):
    key = getattr(world, f"{name}_a")
    return GivenMark(key, status, None if points is None else Decimal(points), seen)


def save(assessor, track, part, *marks):
    with transaction():
        return save_exam_marks(assessor, track, part, marks)


def mark_all(assessor, track, world, *, hand_in=True):
    for place, part in enumerate(("T", "P")):
        marks = [given(world, name, *both[place]) for name, both in MARKS.items()]
        save(assessor, track, part, *marks)
        if hand_in:
            with transaction():
                hand_in_part(assessor, track, part)


def test_candidates_are_listed_by_ticket_with_masked_numbers_and_no_names(track, world):
    lines = candidates(track.id, "T")

    assert [(line.ticket, line.masked_id[:4], line.version) for line in lines] == [
        (f"exam_track-00{n}", "4101", 0) for n in range(1, 5)
    ]
    assert all("*" * 10 in line.masked_id for line in lines)


def test_marks_are_kept_with_versions_and_only_changes_count(assessor, track, world):
    assert save(assessor, track, "T", given(world, "candidate1", "77.5")) == 1
    assert save(assessor, track, "T", given(world, "candidate1", "77.5")) == 0
    assert save(assessor, track, "T", given(world, "candidate1", "78", seen=1)) == 1

    line = candidates(track.id, "T")[0]
    assert (line.points, line.version) == (Decimal(78), 2)


def test_a_stale_view_saves_nothing_and_names_the_tickets(assessor, track, world):
    save(assessor, track, "T", given(world, "candidate1", "77.5"))

    with pytest.raises(MarksStale) as refused:
        save(
            assessor,
            track,
            "T",
            given(world, "candidate1", "50"),
            given(world, "candidate2", "60"),
        )

    assert refused.value.facts == {"numbers": "exam_track-001"}
    assert [line.points for line in candidates(track.id, "T")][:2] == [Decimal("77.5"), None]


@pytest.mark.parametrize(
    ("points", "status", "refusal"),
    [
        (None, VALID, PointsMissing),
        ("0", ABSENT, PointsNotWanted),
        ("10", VIOLATION, PointsNotWanted),
        ("100.01", VALID, ExamPointsOutOfRange),
        ("-1", VALID, ExamPointsOutOfRange),
        ("59.995", VALID, ExamPointsOutOfRange),
        ("NaN", VALID, ExamPointsOutOfRange),
    ],
)
def test_a_mark_that_cannot_be_meant_is_refused(assessor, track, world, points, status, refusal):
    with pytest.raises(refusal):
        save(assessor, track, "T", given(world, "candidate1", points, status))


def test_a_part_and_a_candidate_must_belong_to_the_exam(assessor, track, world):
    with pytest.raises(NotThere):
        save(assessor, track, "X", given(world, "candidate1", "60"))
    with pytest.raises(NotThere):
        save(assessor, track, "T", given(world, "entry1", "60"))


@pytest.mark.parametrize("name", ["organizer_a", "office_a", "judge1_a", "assessor_b"])
def test_only_assessors_of_the_exam_enter_marks(act, track, world, name):
    with pytest.raises(Forbidden):
        save(act(name), track, "T", given(world, "candidate1", "60"))
    with pytest.raises(Forbidden), transaction():
        hand_in_part(act(name), track, "T")


def test_a_part_is_handed_in_when_every_candidate_has_something(assessor, track, world):
    save(assessor, track, "T", given(world, "candidate1", "60"))
    with pytest.raises(CandidatesUnmarked) as refused, transaction():
        hand_in_part(assessor, track, "T")
    assert refused.value.facts["count"] == 3


def test_a_part_that_was_handed_in_is_closed_until_the_organizer_reopens_it(
    act, assessor, track, world
):
    mark_all(assessor, track, world)
    with pytest.raises(PartClosed):
        save(assessor, track, "T", given(world, "candidate1", "50", seen=1))
    with transaction():
        actions.reopen_part(act("organizer_a"), track, "T", "复核发现登分错误")

    assert save(assessor, track, "T", given(world, "candidate1", "50", seen=1)) == 1
    with pytest.raises(actions.PartNotHandedIn), transaction():
        actions.reopen_part(act("organizer_a"), track, "T", "复核发现登分错误")


def test_the_composite_rule_asks_for_the_composite_alone(assessor, track, world):
    mark_all(assessor, track, world)

    found = {one.entry.id: one.decided for one in decisions(track)}
    decided = [found[getattr(world, f"{name}_a")] for name in MARKS]
    assert [(one.outcome.value, one.composite) for one in decided] == [
        ("passed", Decimal("61.20")),
        ("passed", Decimal("60.00")),
        ("absent", None),
        ("violation", None),
    ]


def test_the_rule_of_both_parts_asks_for_each(assessor, track, world):
    with transaction():
        ruleset = session().get_one(Ruleset, world.ruleset_exam_track_a)
        plan = {**ruleset.data, "pass_kind": "each"}
    mark_all(assessor, track, world)

    with session().no_autoflush:  # only in this session: frozen rulesets never change
        ruleset.data = plan
        outcomes = [one.decided.outcome.value for one in decisions(track)]

    assert outcomes == ["failed", "passed", "absent", "violation"]


def test_results_wait_for_every_part(act, assessor, track, world):
    mark_all(assessor, track, world, hand_in=False)
    with pytest.raises(PartsOpen) as refused, transaction():
        actions.draw_up(act("organizer_a"), track, DUE)
    assert refused.value.facts == {"parts": "T, P"}


def test_results_of_an_exam_are_frozen_with_parts_and_reason(act, assessor, track, world):
    mark_all(assessor, track, world)
    with transaction():
        actions.draw_up(act("organizer_a"), track, DUE)
    with pytest.raises(actions.ResultsDrawnUp), transaction():
        actions.reopen_part(act("organizer_a"), track, "T", "复核发现登分错误")

    rows = session().scalars(select(ResultRow).order_by(ResultRow.position)).all()
    assert [row.outcome for row in rows] == [
        Outcome.PASSED,
        Outcome.PASSED,
        Outcome.ABSENT,
        Outcome.VIOLATION,
    ]
    assert rows[0].parts == {
        "parts": {
            "T": {"status": "valid", "points": "45"},
            "P": {"status": "valid", "points": "72"},
        },
        "reason": "The composite mark %(composite)s reaches the pass mark %(needed)s.",
        "facts": {"composite": "61.20", "needed": "60"},
    }


def put_price(world, fen):
    with transaction():
        negotiation = Negotiation(
            id=new_id(),
            group_id=world.group_a,
            code="F-1",
            certificate_id=world.certificate_a,
            exam_form=ExamForm.COMPUTER,
            region="河南省",
            created_at=DUE,
        )
        session().add(negotiation)
        session().flush()
        session().add(
            FeeStandard(
                group_id=world.group_a,
                certificate_id=world.certificate_a,
                negotiation_id=negotiation.id,
                level_code="2",
                region="河南省",
                fen=fen,
                starts_on=TODAY - timedelta(days=30),
                ends_on=None,
            )
        )


def workbook(act, settings, world):
    organizer = act("organizer_a")
    with transaction():
        task = ask(
            organizer, world.group_a, TaskKind.EXAM_XLSX, "考核", track_id=world.exam_track_a
        ).id
    assert do_waiting_tasks() == 1
    made = session().get_one(Task, task, populate_existing=True)
    assert made.problem == ""
    file = io.BytesIO((settings.files_dir / made.file_path).read_bytes())
    book = load_workbook(file, read_only=True)
    return [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book]


def test_the_exam_file_says_what_each_school_owes(act, assessor, track, world, settings):
    mark_all(assessor, track, world)
    put_price(world, 45_000)

    marks, owed = workbook(act, settings, world)

    assert [row[:1] + row[4:8] for row in marks[3:]] == [
        ["exam_track-001", 45, 72, 61.2, "合格"],
        ["exam_track-002", 60, 60, 60, "合格"],
        ["exam_track-003", 90, "缺考", None, "缺考"],
        ["exam_track-004", "违纪", 80, None, "违纪取消"],
    ]
    assert [row[:4] for row in owed[3:]] == [
        ["甲工业学院", 2, 450, 900],
        ["甲职业技术学院", 2, 450, 900],
        ["合计", 4, 450, 1800],
    ]


def test_a_missing_price_is_said_never_zero(act, assessor, track, world, settings):
    mark_all(assessor, track, world)

    _marks, owed = workbook(act, settings, world)

    note = f"{TODAY} 没有生效的收费标准，请先完成费用协商。"
    assert [row[:5] for row in owed[3:]] == [
        ["甲工业学院", 2, None, None, note],
        ["甲职业技术学院", 2, None, None, note],
        ["合计", 4, None, None, note],
    ]
