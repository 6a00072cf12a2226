"""Marks of a judge: kept once, never overwritten silently, submitted only when complete."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden, NotThere
from eventsys.panels.queries import seats_of
from eventsys.schemes.aspects import (
    CheckOutOfRange,
    JudgementOutOfRange,
    MeasurementOutOfRange,
    OccurrencesOutOfRange,
)
from eventsys.schemes.models import Scheme
from eventsys.scoring.actions import (
    MarksMissing,
    OperationReused,
    SheetChanged,
    SheetClosed,
    StaleMark,
    keep_late_tap,
    save_mark,
    submit_sheet,
)
from eventsys.scoring.models import Mark, MarkOperation
from eventsys.scoring.panel_actions import excuse_judge
from eventsys.scoring.queries import late_taps, marks_of
from eventsys.scoring.states import SheetState
from eventsys.states import WrongState
from tests import judging

OP = "0d1c0b5e-0000-4000-8000-00000000000a"


@pytest.fixture
def codes(inside, world):
    return judging.ready_to_mark(world)


@pytest.fixture
def judge(act, codes):
    return act("judge1_a")


@pytest.fixture
def ids(codes, world):
    return judging.aspect_ids(world)


@pytest.fixture
def sheet(codes, world):
    return judging.sheet(world, 1, codes[0])


def save(judge, sheet, tap):
    with transaction():
        return save_mark(judge, sheet, tap)


def test_a_mark_is_answered_with_exact_points_and_what_is_missing(judge, sheet, ids):
    answer = save(judge, sheet, judging.tap(ids["A1.2"], "1"))

    assert answer == {
        "aspect": ids["A1.2"],
        "version": 1,
        "points": "10",
        "total": "10.00",
        "missing": ["A1.1", "B1.1", "B1.2", "B1.3"],
        "sheet_version": 2,
    }


def test_thirds_stay_exact(judge, sheet, ids):
    with transaction():
        session().get_one(judging.Aspect, ids["A1.2"]).max_points = Decimal(1)
        session().get_one(judging.Aspect, ids["A1.1"]).max_points = Decimal(99)

    answer = save(judge, sheet, judging.tap(ids["A1.2"], "2"))

    assert (answer["points"], answer["total"]) == ("2/3", "0.67")


def test_the_same_delivery_twice_gets_the_same_answer_and_one_mark(judge, sheet, ids):
    first = save(judge, sheet, judging.tap(ids["A1.2"], "2", op=OP))
    save(judge, sheet, judging.tap(ids["B1.3"], "1"))

    again = save(judge, sheet, judging.tap(ids["A1.2"], "2", op=OP))

    assert again == first
    assert marks_of(sheet.id)[ids["A1.2"]].version == 1


def test_a_delivery_number_stands_for_one_value(judge, sheet, ids):
    save(judge, sheet, judging.tap(ids["A1.2"], "2", op=OP))

    with pytest.raises(OperationReused):
        save(judge, sheet, judging.tap(ids["A1.2"], "3", op=OP))


def test_a_stale_view_is_told_what_stands_there(judge, sheet, ids):
    save(judge, sheet, judging.tap(ids["A1.2"], "2"))

    with pytest.raises(StaleMark) as refused:
        save(judge, sheet, judging.tap(ids["A1.2"], "1", seen=0))

    assert refused.value.facts == {"code": "A1.2", "raw": Decimal(2), "version": 1}
    assert marks_of(sheet.id)[ids["A1.2"]].raw == 2


def test_a_mark_is_changed_and_cleared_by_who_sees_it(judge, sheet, ids):
    save(judge, sheet, judging.tap(ids["A1.2"], "2"))
    save(judge, sheet, judging.tap(ids["A1.2"], "3", seen=1))

    answer = save(judge, sheet, judging.tap(ids["A1.2"], None, seen=2))

    assert (answer["version"], answer["points"], answer["total"]) == (3, None, "0.00")
    deeds = select(AuditEntry.facts).where(AuditEntry.deed == "mark.entered")
    assert session().scalars(deeds.order_by(AuditEntry.sequence)).all() == [
        {"aspect": "A1.2", "before": None, "after": "2"},
        {"aspect": "A1.2", "before": "2", "after": "3"},
        {"aspect": "A1.2", "before": "3", "after": None},
    ]


@pytest.mark.parametrize(
    ("aspect", "raw", "refusal"),
    [
        ("A1.2", "4", JudgementOutOfRange),
        ("A1.2", "1.5", JudgementOutOfRange),
        ("B1.3", "2", CheckOutOfRange),
        ("A1.1", "-1", OccurrencesOutOfRange),
        ("B1.2", "31.98765", MeasurementOutOfRange),
        ("B1.2", "NaN", MeasurementOutOfRange),
    ],
)
def test_an_absurd_value_is_refused_and_nothing_kept(judge, sheet, ids, aspect, raw, refusal):
    with pytest.raises(refusal):
        save(judge, sheet, judging.tap(ids[aspect], raw))

    assert marks_of(sheet.id) == {}


def test_an_aspect_of_another_scheme_is_not_there(judge, sheet):
    with pytest.raises(NotThere):
        save(judge, sheet, judging.tap(1, "1"))


def test_nobody_writes_on_another_judges_sheet(act, sheet, ids):
    for name in ("judge2_a", "chief_a", "organizer_a", "admin_a", "judge1_b"):
        with pytest.raises(Forbidden):
            save(act(name), sheet, judging.tap(ids["A1.2"], "1"))


def test_an_excused_judge_marks_no_more(act, judge, sheet, ids, world):
    with transaction():
        excuse_judge(act("organizer_a"), seats_of(world.track_a)[0], "突发疾病离场")

    with pytest.raises(Forbidden):
        save(judge, sheet, judging.tap(ids["A1.2"], "1"))


def test_the_first_mark_freezes_the_scheme_once(judge, sheet, ids, world):
    save(judge, sheet, judging.tap(ids["A1.2"], "2"))
    frozen = session().scalars(select(Scheme)).one().frozen_at
    save(judge, sheet, judging.tap(ids["B1.3"], "1"))

    assert frozen is not None
    assert session().scalars(select(Scheme)).one().frozen_at == frozen


def test_a_sheet_is_submitted_when_every_aspect_is_marked(judge, sheet, ids, world):
    with pytest.raises(MarksMissing) as refused, transaction():
        submit_sheet(judge, sheet, sheet.version)
    assert refused.value.facts == {"codes": "A1.1, A1.2, B1.1, B1.2, B1.3"}

    judging.mark(world, 1, sheet.code, ("90", "90", "3"))

    assert (sheet.state, sheet.submitted_at is not None) == (SheetState.SUBMITTED, True)


def test_a_sheet_is_submitted_only_as_the_judge_saw_it(judge, sheet, ids, world):
    judging.mark(world, 1, sheet.code, ("90", "90", "3"), submit=False)
    seen = sheet.version
    save(judge, sheet, judging.tap(ids["A1.2"], "2", seen=1))

    with pytest.raises(SheetChanged), transaction():
        submit_sheet(judge, sheet, seen)


def test_a_submitted_sheet_is_closed(judge, sheet, ids, world):
    judging.mark(world, 1, sheet.code, ("90", "90", "3"))

    with pytest.raises(SheetClosed):
        save(judge, sheet, judging.tap(ids["A1.2"], "0", seen=1))
    with pytest.raises(WrongState), transaction():
        submit_sheet(judge, sheet, sheet.version)


def test_a_tap_that_came_before_the_end_is_still_answered_after_it(judge, sheet, ids, world):
    first = save(judge, sheet, judging.tap(ids["A1.2"], "3", op=OP))
    for aspect, raw in judging.raws_for(("90", "90", "3")).items():
        if aspect != "A1.2":
            save(judge, sheet, judging.tap(ids[aspect], raw))
    with transaction():
        submit_sheet(judge, sheet, sheet.version)

    assert save(judge, sheet, judging.tap(ids["A1.2"], "3", op=OP)) == first


def test_a_tap_that_came_too_late_is_kept_as_evidence_once(judge, sheet, ids, world):
    judging.mark(world, 1, sheet.code, ("90", "90", "3"))
    before = {key: mark.raw for key, mark in marks_of(sheet.id).items()}
    late = judging.tap(ids["A1.2"], "0", seen=1, op=OP)

    for _delivery in range(2):
        with transaction():
            keep_late_tap(judge, sheet, late)

    found = [(tap.raw, own.code, aspect.code) for tap, own, aspect in late_taps(world.track_a)]
    assert found == [(Decimal(0), sheet.code, "A1.2")]
    assert {key: mark.raw for key, mark in marks_of(sheet.id).items()} == before


def test_every_tap_left_its_operation(judge, sheet, ids):
    save(judge, sheet, judging.tap(ids["A1.2"], "2"))
    save(judge, sheet, judging.tap(ids["A1.2"], "3", seen=1))

    taps = session().scalars(select(MarkOperation).order_by(MarkOperation.at)).all()
    assert sorted(one.raw for one in taps) == [2, 3]
    assert session().scalars(select(Mark.raw)).all() == [3]
