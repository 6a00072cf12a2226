"""What the chief judge does: returning sheets, setting a code aside, handing the marks over."""

import hashlib
import json

from sqlalchemy import select, update

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import session
from eventsys.errors import N_, Conflict, NotThere, RuleBroken
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.incidents.actions import check_all_decided
from eventsys.schemes.queries import competition_rules
from eventsys.scoring.actions import hold_sheet
from eventsys.scoring.models import Marking, MarkSheet
from eventsys.scoring.policy import may_lock, may_sign_off
from eventsys.scoring.queries import PanelMarks, panel_marks
from eventsys.scoring.scores import check_agreement
from eventsys.scoring.signing import confirm_password
from eventsys.scoring.states import MOVES, SHEET_LABELS, SheetState
from eventsys.states import check_move

REASON_LEAST = 5


class ReturnReasonMissing(RuleBroken):
    field = "reason"
    message = N_(
        "Write a reason of at least five characters; the judge reads it and it is recorded."
    )


class NothingToSign(RuleBroken):
    message = N_("No sheets were dealt yet. The organizer opens the marking first.")


class SheetsMissing(RuleBroken):
    message = N_("%(count)s sheets are not submitted yet. Ask these judges: %(seats)s.")


class SheetsUnconfirmed(RuleBroken):
    message = N_(
        "%(count)s submitted sheets are not confirmed yet. A score clerk, or you for other people's"
        " sheets, confirms them first."
    )


class AspectsUnmarked(RuleBroken):
    message = N_(
        "Marks are missing for %(codes)s. Import what the machine measured, or give the sheets back"
        " to their judges."
    )


class CodeCounts(Conflict):
    message = N_("The code %(code)s counts already. There is nothing to undo.")


class PanelTooSmall(RuleBroken):
    message = N_("The ruleset needs at least %(needed)s judges and only %(given)s marked.")


class AlreadySignedOff(Conflict):
    message = N_(
        "The marks were handed over already. From now on a mark changes only by a correction that"
        " another person approves."
    )


def return_sheet(actor: Actor, sheet: MarkSheet, reason: str) -> None:
    """Give a submitted or confirmed sheet back to its judge, who reads why."""
    authorize(actor, may_sign_off, sheet.track)
    hold_sheet(sheet)
    check_open_marks(sheet.track_id)
    check_move(MOVES, SHEET_LABELS, sheet.state, SheetState.OPEN)
    check_reason(reason)

    reopen_sheet(sheet, reason)

    record(actor, "sheet.returned", sheet, code=sheet.code, reason=reason.strip())


def void_code(actor: Actor, track: Track, code: str, reason: str) -> None:
    """Nothing was handed in under this code: its sheets count for nothing (not for zero)."""
    authorize(actor, may_sign_off, track)
    sheets = _held_sheets(track, code)
    check_open_marks(track.id)
    check_reason(reason)

    for sheet in sheets:
        sheet.void_reason = reason.strip()
        sheet.version += 1

    record(actor, "code.voided", track, code=code, reason=reason.strip())


def restore_code(actor: Actor, track: Track, code: str) -> None:
    """The entry counts after all; the marks given before are still there."""
    authorize(actor, may_sign_off, track)
    sheets = _held_sheets(track, code)
    check_open_marks(track.id)
    if not any(sheet.void_reason for sheet in sheets):
        raise CodeCounts(code=code)

    for sheet in sheets:
        sheet.void_reason = ""
        sheet.version += 1

    record(actor, "code.restored", track, code=code)


def sign_off(actor: Actor, track: Track, password: str) -> PanelMarks:
    """The chief judge hands all marks over: from now on a mark changes only by a correction.

    Where the ruleset wants no re-check the marks are locked in the same act. Where it wants one,
    ``rechecks.actions.hand_over`` draws the list beside this.
    """
    authorize(actor, may_sign_off, track)
    sheets = _held_sheets(track)
    marking = check_open_marks(track.id)
    panel = panel_marks(track)
    _check_confirmed(panel)
    check_agreement(track)
    check_all_decided(track.id)
    rules = competition_rules(track)
    if len(panel.judging) < rules.min_judges:
        raise PanelTooSmall(needed=rules.min_judges, given=len(panel.judging))
    confirm_password(session().get(User, actor.user_id), password)

    marking.submitted_at, marking.submitted_by = clock.now(), actor.name
    marking.digest = marks_digest(panel)
    session().flush()

    judges, digest = len(panel.judging), marking.digest
    record(actor, "marks.signed_off", track, sheets=len(sheets), judges=judges, sha256=digest)
    if not rules.recheck_top and not rules.recheck_sample:
        lock_marks(actor, marking, panel)
    return panel


def lock_marks(actor: Actor, marking: Marking, panel: PanelMarks, beside: str = "") -> None:
    """Lock every sheet, for good. Whether the re-check allows it is the caller's question."""
    track = marking.track
    authorize(actor, may_lock, track)
    check_all_decided(track.id)

    moment = clock.now()
    session().execute(
        update(MarkSheet)
        .where(MarkSheet.track_id == track.id)
        .values(state=SheetState.LOCKED, locked_at=moment)
        .execution_options(synchronize_session="fetch")
    )
    marking.locked_at, marking.locked_by, marking.locked_with = moment, actor.name, beside
    session().flush()

    digest = marks_digest(panel)
    record(actor, "marks.locked", track, beside=beside, version=panel.version, sha256=digest)


def marks_digest(panel: PanelMarks) -> str:
    """SHA-256 over every mark by code, seat and aspect, with the corrections laid over."""
    seats = {seat.id: seat.seat for seat in panel.seats}
    lines = [
        [code, seats[seat_id], aspect.code, f"{panel.raws_of(sheet)[aspect.mark_key]:f}"]
        for code, dealt in sorted(panel.sheets.items())
        for seat_id, sheet in sorted(dealt.items(), key=lambda one: seats[one[0]])
        for aspect in panel.tally.aspects
        if aspect.mark_key in panel.raws_of(sheet)
    ]
    return hashlib.sha256(json.dumps(lines).encode()).hexdigest()


def _held_sheets(track: Track, code: str | None = None) -> list[MarkSheet]:
    found = select(MarkSheet).where(MarkSheet.track_id == track.id).order_by(MarkSheet.id)
    if code is not None:
        found = found.where(MarkSheet.code == code)
    sheets = list(session().scalars(found.with_for_update(of=MarkSheet)))
    if not sheets and code is not None:
        raise NotThere
    if not sheets:
        raise NothingToSign
    return sheets


def check_open_marks(track_id: int) -> Marking:
    """The marking of a track whose marks may still change by their judges; refuses later ones."""
    marking = held_marking(track_id)
    if marking.submitted_at is not None:
        raise AlreadySignedOff
    return marking


def held_marking(track_id: int) -> Marking:
    """The marking of a track, read afresh and held until the end of the transaction."""
    found = select(Marking).where(Marking.track_id == track_id).with_for_update(of=Marking)
    marking = session().scalar(found.execution_options(populate_existing=True))
    if marking is None:
        raise NothingToSign
    return marking


def reopen_sheet(sheet: MarkSheet, reason: str) -> None:
    """The sheet is its judge's again; whoever confirmed it confirms it anew."""
    sheet.state, sheet.returned_reason = SheetState.OPEN, reason.strip()
    sheet.confirmed_at, sheet.confirmed_by, sheet.confirmed_by_id = None, "", None
    sheet.version += 1


def _check_confirmed(panel: PanelMarks) -> None:
    numbers = {seat.id: seat.seat for seat in panel.seats}
    counting = [sheet for code in panel.sheets for sheet in panel.counting(code)]
    owing = [numbers[one.seat_id] for one in counting if one.state is SheetState.OPEN]
    if owing:
        raise SheetsMissing(count=len(owing), seats=", ".join(map(str, sorted(set(owing)))))
    unconfirmed = sum(sheet.state is SheetState.SUBMITTED for sheet in counting)
    if unconfirmed:
        raise SheetsUnconfirmed(count=unconfirmed)
    keys = [(aspect.mark_key, aspect.code) for aspect in panel.tally.aspects]
    lacking = {code for one in counting for key, code in keys if key not in panel.raws_of(one)}
    if lacking:
        raise AspectsUnmarked(codes=", ".join(sorted(lacking)))


def check_reason(reason: str) -> None:
    """Refuse a reason that says nothing."""
    if len(reason.strip()) < REASON_LEAST:
        raise ReturnReasonMissing
