"""Correcting a frozen scheme: drafted by one, approved by another, what it does to the marks."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden, NotThere
from eventsys.schemes import actions
from eventsys.schemes.models import Scheme
from eventsys.schemes.queries import (
    aspects_of,
    digest_of,
    draft_of,
    facts_of,
    replaced_by,
    scheme_of,
    versions_of,
)
from eventsys.schemes.rules import SchemeIncomplete
from eventsys.schemes.states import SchemeState
from eventsys.schemes.versions import Fate, differences
from eventsys.schemes.writing import SchemeFrozen
from eventsys.scoring.actions import save_mark
from eventsys.scoring.models import Marking
from eventsys.scoring.queries import marks_of, panel_marks
from eventsys.scoring.states import SheetState
from eventsys.scoring.version_actions import (
    DraftChanged,
    DraftReasonMissing,
    DraftWaits,
    MarksHandedOver,
    NotADraft,
    NotFrozen,
    NothingCorrected,
    OwnDraft,
    approve_correction,
    draft_correction,
    withdraw_correction,
)
from tests import judging

REASON = "外径公差与图纸不符"


@pytest.fixture
def organizer(act):
    return act("organizer_a")


@pytest.fixture
def chief(act):
    return act("chief_a")


@pytest.fixture
def track(inside, world):
    return judging.track_of(world)


@pytest.fixture
def codes(track, world):
    """Judge 1 marked and submitted the first code, so the scheme is frozen."""
    found = judging.ready_to_mark(world)
    judging.mark(world, 1, found[0], ("90", "90", "3"))
    return found


@pytest.fixture
def draft(organizer, track, codes):
    with transaction():
        return draft_correction(organizer, track, REASON)


def drafted(draft, code):
    """An aspect of the draft."""
    return next(one for owner in draft.criteria for one in owner.aspects if one.code == code)


def change(organizer, draft, code, again=False, **facts):
    aspect = drafted(draft, code)
    with transaction():
        actions.edit_aspect(organizer, aspect, replace(facts_of(aspect), **facts), again=again)


def approve(chief, draft):
    with transaction():
        approve_correction(chief, draft, digest_of(draft))
    session().expire_all()


def test_a_draft_is_a_copy_that_keeps_every_mark(draft, track):
    present = scheme_of(track.id)

    assert (draft.version, draft.state, draft.reason) == (2, SchemeState.DRAFT, REASON)
    assert [facts_of(one) for owner in draft.criteria for one in owner.aspects] == [
        facts_of(one) for owner in present.criteria for one in owner.aspects
    ]
    assert {one.mark_key for owner in draft.criteria for one in owner.aspects} == {
        one.id for one in aspects_of(track)
    }
    assert differences(present, draft) == []


def test_the_version_in_force_stays_while_a_correction_is_drafted(organizer, draft, track, world):
    change(organizer, draft, "B1.2", low=Decimal("31.9"))
    judging.mark(world, 2, min(panel_marks(track).sheets), ("90", "90", "3"))

    assert [one.limits.low for one in aspects_of(track) if one.code == "B1.2"] == [
        Decimal("31.984")
    ]
    assert draft_of(track.id).frozen_at is None


def test_marks_that_can_be_read_are_kept_and_worth_what_the_new_version_says(
    organizer, chief, draft, track, codes, world
):
    before = panel_marks(track)
    sheet = judging.sheet(world, 1, codes[0])
    assert before.tally.total(before.raws_of(sheet)) == 180
    change(organizer, draft, "B1.2", high=Decimal("31.985"))
    approve(chief, draft)

    after = panel_marks(track)
    sheet = judging.sheet(world, 1, codes[0])
    assert after.raws_of(sheet) == before.raws_of(sheet)
    assert after.tally.total(after.raws_of(sheet)) == 174
    assert sheet.state is SheetState.SUBMITTED


def test_what_cannot_be_read_is_marked_again_and_the_sheet_goes_back(
    organizer, chief, draft, track, codes, world
):
    change(organizer, draft, "A1.2", levels=("零", "一", "二", "三"))
    found = differences(scheme_of(track.id), draft)
    assert [(one.code, one.fate) for one in found] == [("A1.2", Fate.AGAIN)]
    before = judging.sheet(world, 1, codes[0]).version
    approve(chief, draft)

    sheet = judging.sheet(world, 1, codes[0])
    assert (sheet.state, sheet.returned_reason) == (SheetState.OPEN, REASON)
    assert sheet.version > before
    panel = panel_marks(track)
    assert panel.tally.missing(panel.raws_of(sheet)) == ["A1.2"]
    old = replaced_by(scheme_of(track.id))
    kept = [one.id for owner in old.criteria for one in owner.aspects if one.code == "A1.2"]
    assert marks_of(sheet.id)[kept[0]].raw == 3


def test_a_reopened_sheet_can_be_completed_and_handed_in(
    organizer, chief, draft, track, codes, world
):
    change(organizer, draft, "B1.3", again=True)
    approve(chief, draft)
    judge, sheet = judging.actor("judge1_a"), judging.sheet(world, 1, codes[0])
    key = {one.code: one.mark_key for one in aspects_of(track)}["B1.3"]
    with transaction():
        save_mark(judge, sheet, judging.tap(key, "0"))
    with transaction():
        judging.submit_sheet(judge, sheet, sheet.version)

    panel = panel_marks(track)
    assert panel.tally.total(panel.raws_of(sheet)) == 176


def test_a_tap_for_an_aspect_that_is_no_more_is_refused(
    organizer, chief, draft, track, codes, world
):
    old = judging.aspect_ids(world)["B1.3"]
    change(organizer, draft, "B1.3", again=True)
    approve(chief, draft)

    with pytest.raises(NotThere), transaction():
        save_mark(
            judging.actor("judge1_a"), judging.sheet(world, 1, codes[0]), judging.tap(old, "1")
        )


def test_new_and_removed_aspects_are_named(organizer, draft, track):
    with transaction():
        actions.remove_aspect(organizer, drafted(draft, "B1.3"))
        other = drafted(draft, "B1.2")
        fresh = replace(facts_of(other), code="B1.9", max_points=Decimal(4))
        actions.add_aspect(organizer, other.criterion, fresh)

    found = differences(scheme_of(track.id), draft)
    assert [(one.code, one.fate, one.is_new) for one in found] == [
        ("B1.9", Fate.AGAIN, True),
        ("B1.3", Fate.GONE, False),
    ]


def test_a_file_can_correct_too_and_keeps_the_marks_by_code(organizer, chief, draft, track, codes):
    changed = [
        replace(
            one,
            aspects=tuple(
                replace(aspect, low=Decimal("31.9")) if aspect.code == "B1.2" else aspect
                for aspect in one.aspects
            ),
        )
        for one in judging.SCHEME
    ]
    keys = [one.mark_key for one in aspects_of(track)]
    with transaction():
        actions.replace_scheme(organizer, track, changed)
    found = differences(scheme_of(track.id), draft_of(track.id))
    assert [(one.code, one.fate) for one in found] == [("B1.2", Fate.KEPT)]
    approve(chief, draft)

    assert [one.mark_key for one in aspects_of(track)] == keys


def test_old_versions_stay_readable_and_frozen(organizer, chief, draft, track):
    change(organizer, draft, "B1.2", text="外径 Ø32")
    approve(chief, draft)

    newest, oldest = versions_of(track.id)
    assert [(one.version, one.state) for one in (newest, oldest)] == [
        (2, SchemeState.IN_FORCE),
        (1, SchemeState.SUPERSEDED),
    ]
    assert (newest.approved_by, oldest.superseded_at is None) == (chief.name, False)
    assert [one.text for owner in oldest.criteria for one in owner.aspects][3] == "外径"
    aspect = aspects_of(track)[0]
    with pytest.raises(SchemeFrozen), transaction():
        actions.edit_aspect(organizer, aspect, facts_of(aspect))


def test_a_correction_of_a_correction_still_finds_the_first_marks(
    organizer, chief, draft, track, codes, world
):
    first = [one.mark_key for one in aspects_of(track)]
    change(organizer, draft, "B1.2", text="外径 Ø32")
    approve(chief, draft)
    with transaction():
        second = draft_correction(organizer, track, "再次更正公差")
    change(organizer, second, "B1.2", text="外径 Ø32 h6")
    approve(chief, second)

    assert [one.mark_key for one in aspects_of(track)] == first
    assert scheme_of(track.id).version == 3
    panel = panel_marks(track)
    assert panel.tally.total(panel.raws_of(judging.sheet(world, 1, codes[0]))) == 180


def test_an_approval_holds_for_the_draft_that_was_read_and_for_no_other(
    organizer, chief, draft, track
):
    change(organizer, draft, "B1.2", low=Decimal("31.9"))
    read = digest_of(draft)
    for later in ({"low": Decimal("31.8")}, {"text": "外径"}, {"max_points": Decimal(5)}):
        change(organizer, draft, "B1.2", **later)
        with pytest.raises(DraftChanged), transaction():
            approve_correction(chief, draft, read)
    assert scheme_of(track.id).version == 1


def test_the_same_draft_always_has_the_same_digest(organizer, chief, draft, track):
    change(organizer, draft, "B1.2", low=Decimal("31.90"))
    read = digest_of(draft)
    session().expire_all()
    assert (digest_of(draft), len(read)) == (read, 64)
    with transaction():
        approve_correction(chief, draft, read)

    assert scheme_of(track.id).version == 2


def test_nobody_approves_their_own_draft(organizer, chief, draft):
    change(organizer, draft, "B1.2", text="外径 Ø32")
    with transaction():
        draft.drafted_by_id = chief.user_id

    with pytest.raises(OwnDraft), transaction():
        approve_correction(chief, draft, digest_of(draft))


def test_only_the_chief_judge_approves_and_only_the_organizer_drafts(
    act, organizer, chief, draft, track
):
    for name in ("organizer_a", "judge1_a", "supervisor_a", "clerk_a", "chief_b"):
        with pytest.raises(Forbidden), transaction():
            approve_correction(act(name), draft, digest_of(draft))
    with pytest.raises(Forbidden), transaction():
        withdraw_correction(chief, draft)
    with pytest.raises(Forbidden), transaction():
        draft_correction(chief, track, REASON)


def test_a_draft_that_changes_nothing_or_is_incomplete_is_not_approved(organizer, chief, draft):
    with pytest.raises(NothingCorrected), transaction():
        approve_correction(chief, draft, digest_of(draft))
    change(organizer, draft, "B1.3", max_points=Decimal(5))
    with pytest.raises(SchemeIncomplete), transaction():
        approve_correction(chief, draft, digest_of(draft))


def test_a_draft_is_withdrawn_without_a_trace_in_the_scheme(organizer, draft, track):
    with transaction():
        withdraw_correction(organizer, draft)

    assert [one.version for one in versions_of(track.id)] == [1]
    deeds = session().scalars(
        select(AuditEntry.deed).where(AuditEntry.deed.startswith("scheme.correction"))
    )
    assert list(deeds) == ["scheme.correction_drafted", "scheme.correction_withdrawn"]


def test_an_approved_version_cannot_be_approved_or_withdrawn_again(organizer, chief, draft):
    change(organizer, draft, "B1.2", text="外径 Ø32")
    approve(chief, draft)

    with pytest.raises(NotADraft), transaction():
        approve_correction(chief, draft, digest_of(draft))
    with pytest.raises(NotADraft), transaction():
        withdraw_correction(organizer, draft)


def test_a_correction_needs_a_frozen_scheme_a_reason_and_no_other_draft(
    organizer, track, world, draft
):
    with pytest.raises(DraftWaits), transaction():
        draft_correction(organizer, track, REASON)
    with transaction():
        withdraw_correction(organizer, draft)
    for reason in ("", "短", "长" * 201):
        with pytest.raises(DraftReasonMissing), transaction():
            draft_correction(organizer, track, reason)


def test_before_the_first_mark_there_is_nothing_to_correct(organizer, track, world):
    judging.write_scheme(world)

    with pytest.raises(NotFrozen), transaction():
        draft_correction(organizer, track, REASON)


def test_after_the_handing_over_the_scheme_stands(organizer, chief, draft, track):
    change(organizer, draft, "B1.2", text="外径 Ø32")
    with transaction():
        marking = session().scalars(select(Marking).where(Marking.track_id == track.id)).one()
        marking.submitted_at = judging.NOW

    with pytest.raises(MarksHandedOver), transaction():
        approve_correction(chief, draft, digest_of(draft))
    with transaction():
        withdraw_correction(organizer, draft)
    with pytest.raises(MarksHandedOver) as caught, transaction():
        draft_correction(organizer, track, REASON)
    assert caught.value.facts == {"moment": "2026-06-01 10:00"}


def test_one_version_is_in_force_and_one_is_drafted_at_most(draft, track):
    key = draft.group_id
    session().add(Scheme(group_id=key, track_id=track.id, version=9, state=SchemeState.DRAFT))
    with pytest.raises(IntegrityError):
        session().flush()
    session().rollback()
