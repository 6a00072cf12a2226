"""The chief judge: returning, setting aside, signing off; nothing moves afterwards."""

import pytest
from sqlalchemy import select

from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden, NotThere
from eventsys.scoring.actions import Told, save_mark, submit_sheet
from eventsys.scoring.chief_actions import (
    AlreadySignedOff,
    CodeCounts,
    NothingToSign,
    ReturnReasonMissing,
    SheetsMissing,
    SheetsUnconfirmed,
    restore_code,
    return_sheet,
    sign_off,
    void_code,
)
from eventsys.scoring.models import Marking, MarkSheet
from eventsys.scoring.queries import panel_marks
from eventsys.scoring.rules import RevoteNeeded
from eventsys.scoring.signing import WrongPassword
from eventsys.scoring.states import SheetState
from eventsys.states import WrongState
from tests import judging
from tests.world import PASSWORD


@pytest.fixture
def chief(act):
    return act("chief_a")


@pytest.fixture
def codes(inside, world):
    found = judging.ready_to_mark(world)
    judging.mark_everything(world, judging.same_for_all(found))
    judging.confirm_everything(world)
    return found


def sign(chief, world, password=PASSWORD):
    with transaction():
        sign_off(chief, judging.track_of(world), password)


def test_a_returned_sheet_is_open_again_with_its_marks_and_the_reason(chief, codes, world):
    sheet = judging.sheet(world, 2, codes[0])
    with transaction():
        return_sheet(chief, sheet, "请说明 A1.2 的理由")

    assert (sheet.state, sheet.returned_reason) == (SheetState.OPEN, "请说明 A1.2 的理由")
    assert len(panel_marks(judging.track_of(world)).raws_of(sheet)) == 5


def test_a_returned_sheet_has_to_be_confirmed_anew(chief, act, codes, world):
    sheet = judging.sheet(world, 2, codes[0])
    with transaction():
        return_sheet(chief, sheet, "请说明 A1.2 的理由")
    assert (sheet.confirmed_at, sheet.confirmed_by, sheet.confirmed_by_id) == (None, "", None)
    with transaction():
        submit_sheet(act("judge2_a"), sheet, sheet.version)

    with pytest.raises(SheetsUnconfirmed) as refused:
        sign(chief, world)

    assert refused.value.facts == {"count": 1}


def test_returning_needs_a_reason_and_a_submitted_sheet(chief, codes, world):
    sheet = judging.sheet(world, 2, codes[0])
    with pytest.raises(ReturnReasonMissing), transaction():
        return_sheet(chief, sheet, "重评")
    with transaction():
        return_sheet(chief, sheet, "请说明理由")
    with pytest.raises(WrongState), transaction():
        return_sheet(chief, sheet, "请说明理由")


def test_signing_off_waits_for_every_sheet(chief, codes, world):
    with transaction():
        return_sheet(chief, judging.sheet(world, 2, codes[0]), "请说明理由")
        return_sheet(chief, judging.sheet(world, 4, codes[1]), "请说明理由")

    with pytest.raises(SheetsMissing) as refused:
        sign(chief, world)

    assert refused.value.facts == {"count": 2, "seats": "2, 4"}


def test_signing_off_asks_for_the_right_password(chief, codes, world):
    with pytest.raises(WrongPassword):
        sign(chief, world, "not-the-password")

    assert session().scalars(select(Marking)).one().submitted_at is None


def test_signing_off_locks_every_sheet_and_names_the_chief_judge(chief, codes, world):
    sign(chief, world)

    marking = session().scalars(select(Marking)).one()
    assert set(session().scalars(select(MarkSheet.state))) == {SheetState.LOCKED}
    assert (marking.submitted_by, marking.submitted_at is not None) == ("甲裁判长", True)
    facts = (
        session()
        .scalars(select(AuditEntry.facts).where(AuditEntry.deed == "marks.signed_off"))
        .one()
    )
    assert (facts["sheets"], facts["judges"], len(facts["sha256"])) == (30, 5, 64)


def test_nothing_can_be_done_twice_or_undone_after_the_signature(chief, act, codes, world):
    sign(chief, world)
    sheet = judging.sheet(world, 1, codes[0])
    tap = judging.tap(judging.aspect_ids(world)["A1.2"], "0")

    with pytest.raises(AlreadySignedOff):
        sign(chief, world)
    with pytest.raises(AlreadySignedOff), transaction():
        return_sheet(chief, sheet, "请说明理由")
    with pytest.raises(AlreadySignedOff), transaction():
        void_code(chief, judging.track_of(world), codes[0], "未提交作品")
    with pytest.raises(AlreadySignedOff), transaction():
        restore_code(chief, judging.track_of(world), codes[0])
    with transaction():
        assert save_mark(act("judge1_a"), sheet, tap).told is Told.LATE


def test_there_is_nothing_to_sign_before_the_sheets_are_dealt(chief, world):
    with pytest.raises(NothingToSign):
        sign(chief, world)


def test_a_code_set_aside_needs_no_marks(chief, inside, world):
    codes = judging.ready_to_mark(world)
    given = judging.same_for_all(codes)
    judging.mark_everything(world, {code: given[code] for code in codes[1:]})
    judging.confirm_everything(world)
    with transaction():
        void_code(chief, judging.track_of(world), codes[0], "未提交作品")

    sign(chief, world)

    assert set(session().scalars(select(MarkSheet.state))) == {SheetState.LOCKED}


def test_a_code_set_aside_takes_no_marks_until_it_counts_again(chief, act, inside, world):
    codes = judging.ready_to_mark(world)
    sheet = judging.sheet(world, 1, codes[0])
    tap = judging.tap(judging.aspect_ids(world)["A1.2"], "0")
    with transaction():
        void_code(chief, judging.track_of(world), codes[0], "未提交作品")
    with transaction():
        assert save_mark(act("judge1_a"), sheet, tap).told is Told.LATE
    with transaction():
        restore_code(chief, judging.track_of(world), codes[0])
    with transaction():
        again = judging.tap(tap.aspect_id, "0")
        assert save_mark(act("judge1_a"), sheet, again).told is Told.APPLIED

    assert judging.sheet(world, 1, codes[0]).version == 4


def test_a_code_that_counts_cannot_be_restored_and_nothing_is_recorded(chief, codes, world):
    with pytest.raises(CodeCounts), transaction():
        restore_code(chief, judging.track_of(world), codes[0])

    deeds = session().scalars(select(AuditEntry.deed).where(AuditEntry.deed == "code.restored"))
    assert deeds.all() == []
    assert {one.version for one in session().scalars(select(MarkSheet))} == {8}


def test_a_code_nobody_drew_is_not_there(chief, codes, world):
    with pytest.raises(NotThere), transaction():
        void_code(chief, judging.track_of(world), "?-0000", "未提交作品")


@pytest.mark.parametrize("name", ["judge1_a", "organizer_a", "admin_a", "encryptor_a", "chief_b"])
def test_only_the_chief_judge_signs(act, codes, world, name):
    with pytest.raises(Forbidden):
        sign(act(name), world)


def test_judges_too_far_apart_are_flagged(codes, world):
    panel = panel_marks(judging.track_of(world))
    assert panel.tally.too_far_apart([{1: 2}, {1: 3}]) == []
    aspect = next(one for one in panel.tally.aspects if one.code == "A1.2")

    assert panel.tally.too_far_apart([{aspect.id: 1}, {aspect.id: 2}]) == []
    assert panel.tally.too_far_apart([{aspect.id: 1}, {aspect.id: 3}]) == ["A1.2"]


def test_marks_that_no_longer_agree_are_not_handed_over(chief, inside, world):
    codes = judging.ready_to_mark(world)
    apart = [("90", "90", level) for level in "32323"]
    given = {**judging.same_for_all(codes), codes[0]: apart}
    judging.mark_everything(world, given)
    judging.confirm_everything(world)
    judging.change_rules(world, strategy="consensus", strategy_level="aspect")

    with pytest.raises(RevoteNeeded):
        judging.sign(world)
