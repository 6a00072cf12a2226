"""Correcting a frozen marking scheme: drafted by one, approved by another, with what it does.

It stands here and not with the schemes because it reopens sheets and ends with the handing over.
"""

from sqlalchemy import select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.events.models import Track
from eventsys.identity.policy import Actor, authorize
from eventsys.schemes.models import Scheme
from eventsys.schemes.policy import may_approve_scheme, may_manage_scheme
from eventsys.schemes.queries import (
    aspects_of,
    criteria_facts,
    digest_of,
    draft_of,
    scheme_of,
    versions_of,
)
from eventsys.schemes.states import SchemeState
from eventsys.schemes.tally import Tally
from eventsys.schemes.writing import check_complete, lay_down, link_to_corrected
from eventsys.scoring.chief_actions import held_marking, reopen_sheet
from eventsys.scoring.confirm_actions import is_same_person
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.queries import marking_of, marks_of_sheets
from eventsys.scoring.states import SheetState

LEAST_REASON, MOST_REASON = 5, 200


class NotFrozen(Conflict):
    message = N_(
        "No mark was given yet, so the marking scheme needs no correction. Change it directly."
    )


class DraftWaits(Conflict):
    message = N_("A correction is drafted already. Finish or withdraw that one first.")


class NotADraft(Conflict):
    message = N_("This version is no draft any more. Reload the page.")


class DraftReasonMissing(RuleBroken):
    field = "reason"
    message = N_(
        "Write a reason of %(least)s to %(most)s characters; the chief judge and the judges read "
        "it."
    )


class DraftChanged(Conflict):
    message = N_(
        "The draft has changed since you read it. It is shown here as it is now: read it once more,"
        " then approve."
    )


class OwnDraft(RuleBroken):
    message = N_("You drafted this correction yourself. Another person has to approve it.")


class NothingCorrected(RuleBroken):
    message = N_("The draft is the same as the version in force. Change something, or withdraw it.")


class MarksHandedOver(Conflict):
    message = N_(
        "The chief judge handed the marks over on %(moment)s, so the scheme stands as it is. "
        "Request a correction of the marks concerned instead; another person approves it."
    )


def draft_correction(actor: Actor, track: Track, reason: str) -> Scheme:
    """A copy of the frozen scheme to correct; every aspect keeps its marks until it is changed."""
    authorize(actor, may_manage_scheme, track)
    check_not_handed_over(track)
    present = scheme_of(track.id)
    if present is None or present.frozen_at is None:
        raise NotFrozen
    if draft_of(track.id) is not None:
        raise DraftWaits
    if not LEAST_REASON <= len(reason.strip()) <= MOST_REASON:
        raise DraftReasonMissing(least=LEAST_REASON, most=MOST_REASON)

    draft = Scheme(
        id=new_id(),
        group_id=track.group_id,
        track_id=track.id,
        version=1 + max(one.version for one in versions_of(track.id)),
        state=SchemeState.DRAFT,
        reason=reason.strip(),
        drafted_by_id=actor.user_id,
        drafted_by=actor.name,
        sections=list(present.sections or ()),
        deviation=present.deviation,
        criteria=[],
    )
    session().add(draft)
    lay_down(draft, criteria_facts(present.criteria))
    session().flush()
    link_to_corrected(draft)

    record(actor, "scheme.correction_drafted", draft, version=draft.version, reason=draft.reason)
    return draft


def withdraw_correction(actor: Actor, scheme: Scheme) -> None:
    """Throw a draft away; the version in force stays as it is."""
    authorize(actor, may_manage_scheme, scheme.track)
    _hold_draft(scheme)

    session().delete(scheme)

    record(actor, "scheme.correction_withdrawn", scheme.track, version=scheme.version)


def approve_correction(actor: Actor, scheme: Scheme, seen: str) -> None:
    """Put a drafted correction into force, as it was read (``seen``: its digest then).

    The old version stays readable.
    Marks that can still be read are kept and their points follow the new version. A sheet that was
    handed in and now lacks a mark goes back to its judge, who reads the reason.
    """
    track = scheme.track
    authorize(actor, may_approve_scheme, track)
    present = scheme_of(track.id)
    _hold_draft(scheme)
    held_marking(track.id)
    check_not_handed_over(track)
    if scheme.drafted_by_id is not None and is_same_person(actor, scheme.drafted_by_id):
        raise OwnDraft
    if digest_of(scheme) != seen:
        raise DraftChanged
    if present is None or not _differs(present, scheme):
        raise NothingCorrected
    check_complete(track, scheme)
    sheets = _held_sheets(track)

    moment = clock.now()
    present.state, present.superseded_at = SchemeState.SUPERSEDED, moment
    session().flush()  # one version is in force at any moment: the database watches
    scheme.state, scheme.frozen_at = SchemeState.IN_FORCE, moment
    scheme.approved_by, scheme.approved_at = actor.name, moment
    session().flush()
    reopened = _reopen_incomplete(track, sheets, scheme.reason)

    facts = {"version": scheme.version, "reason": scheme.reason, "drafted_by": scheme.drafted_by}
    record(actor, "scheme.correction_approved", scheme, sheets_reopened=reopened, **facts)


def check_not_handed_over(track: Track) -> None:
    """Refuse once the marks were handed over: then single marks are corrected, not the scheme."""
    marking = marking_of(track.id)
    if marking is not None and marking.submitted_at is not None:
        raise MarksHandedOver(moment=f"{clock.in_shanghai(marking.submitted_at):%Y-%m-%d %H:%M}")


def _hold_draft(scheme: Scheme) -> None:
    session().refresh(scheme, ["state"], with_for_update={"of": Scheme})
    if scheme.state is not SchemeState.DRAFT:
        raise NotADraft


def _differs(present: Scheme, draft: Scheme) -> bool:
    aspects = [one for owner in draft.criteria for one in owner.aspects]
    if any(one.kept_key is None for one in aspects):
        return True
    kept = (present.sections, present.deviation, criteria_facts(present.criteria))
    return kept != (draft.sections, draft.deviation, criteria_facts(draft.criteria))


def _held_sheets(track: Track) -> list[MarkSheet]:
    found = select(MarkSheet).where(MarkSheet.track_id == track.id).order_by(MarkSheet.id)
    return list(
        session().scalars(
            found.with_for_update(of=MarkSheet).execution_options(populate_existing=True)
        )
    )


def _reopen_incomplete(track: Track, sheets: list[MarkSheet], reason: str) -> int:
    """Give back what was handed in and lacks a mark now; every sheet is to be looked at afresh."""
    tally = Tally(aspects_of(track))
    marks = marks_of_sheets([sheet.id for sheet in sheets])
    reopened = 0
    for sheet in sheets:
        handed_in = sheet.state in (SheetState.SUBMITTED, SheetState.CONFIRMED)
        own = {one.aspect_id: one.raw for one in marks.get(sheet.id, ()) if one.raw is not None}
        if handed_in and not sheet.void_reason and tally.missing(own):
            reopen_sheet(sheet, reason)
            reopened += 1
        else:
            sheet.version += 1
    return reopened
