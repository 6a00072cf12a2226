"""What the chief judge does: returning sheets, setting a code aside, signing off."""

import hashlib
import json

from argon2.exceptions import Argon2Error
from sqlalchemy import select, update

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import session
from eventsys.errors import N_, Conflict, NotThere, RuleBroken
from eventsys.events.models import Track
from eventsys.identity.actions import HASHER
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.schemes.queries import competition_rules
from eventsys.scoring.actions import hold_sheet
from eventsys.scoring.models import Marking, MarkSheet
from eventsys.scoring.policy import may_sign_off
from eventsys.scoring.queries import PanelMarks, panel_marks
from eventsys.scoring.states import MOVES, SheetState
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


class PanelTooSmall(RuleBroken):
    message = N_("The ruleset needs at least %(needed)s judges and only %(given)s marked.")


class AlreadySignedOff(Conflict):
    message = N_("The marks were signed off already; nothing can be changed any more.")


class WrongPassword(RuleBroken):
    field = "password"
    message = N_("The password is wrong. Type it again.")


def return_sheet(actor: Actor, sheet: MarkSheet, reason: str) -> None:
    """Give a submitted sheet back to its judge, who reads why."""
    authorize(actor, may_sign_off, sheet.track)
    hold_sheet(sheet)
    check_move(MOVES, sheet.state, SheetState.OPEN)
    check_reason(reason)

    sheet.state, sheet.returned_reason = SheetState.OPEN, reason.strip()
    sheet.version += 1

    record(actor, "sheet.returned", sheet, code=sheet.code, reason=reason.strip())


def void_code(actor: Actor, track: Track, code: str, reason: str) -> None:
    """Nothing was handed in under this code: its sheets count for nothing (not for zero)."""
    authorize(actor, may_sign_off, track)
    sheets = _held_sheets(track, code)
    _check_not_signed(sheets)
    check_reason(reason)

    for sheet in sheets:
        sheet.void_reason = reason.strip()
        sheet.version += 1

    record(actor, "code.voided", track, code=code, reason=reason.strip())


def restore_code(actor: Actor, track: Track, code: str) -> None:
    """The entry counts after all; the marks given before are still there."""
    authorize(actor, may_sign_off, track)
    sheets = _held_sheets(track, code)
    _check_not_signed(sheets)

    for sheet in sheets:
        sheet.void_reason = ""
        sheet.version += 1

    record(actor, "code.restored", track, code=code)


def sign_off(actor: Actor, track: Track, password: str) -> None:
    """The chief judge confirms all marks with their password: from now on nobody changes one."""
    authorize(actor, may_sign_off, track)
    sheets = _held_sheets(track)
    _check_not_signed(sheets)
    panel = panel_marks(track)
    _check_submitted(panel)
    judges, needed = len(panel.judging), competition_rules(track).min_judges
    if judges < needed:
        raise PanelTooSmall(needed=needed, given=judges)
    confirm_password(session().get(User, actor.user_id), password)

    moment = clock.now()
    session().execute(
        update(MarkSheet)
        .where(MarkSheet.track_id == track.id)
        .values(state=SheetState.LOCKED, locked_at=moment)
        .execution_options(synchronize_session="fetch")
    )
    marking = session().scalars(select(Marking).where(Marking.track_id == track.id)).one()
    marking.submitted_at, marking.submitted_by = moment, actor.name
    marking.locked_at, marking.locked_by = moment, actor.name

    digest = marks_digest(panel)
    record(actor, "marks.signed_off", track, sheets=len(sheets), judges=judges, sha256=digest)


def confirm_password(user: User | None, password: str) -> None:
    """Refuse unless the person who is signed in, or stands beside, types their own password."""
    if user is None:
        raise WrongPassword
    try:
        HASHER.verify(user.password_hash, password)
    except Argon2Error as wrong:
        raise WrongPassword from wrong


def marks_digest(panel: PanelMarks) -> str:
    """SHA-256 over every mark by code, seat and aspect: what was signed, in one line."""
    seats = {seat.id: seat.seat for seat in panel.seats}
    lines = [
        [code, seats[seat_id], aspect.code, f"{panel.raws_of(sheet)[aspect.id]:f}"]
        for code, dealt in sorted(panel.sheets.items())
        for seat_id, sheet in sorted(dealt.items(), key=lambda one: seats[one[0]])
        for aspect in panel.tally.aspects
        if aspect.id in panel.raws_of(sheet)
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


def _check_not_signed(sheets: list[MarkSheet]) -> None:
    if any(sheet.state is SheetState.LOCKED for sheet in sheets):
        raise AlreadySignedOff


def _check_submitted(panel: PanelMarks) -> None:
    numbers = {seat.id: seat.seat for seat in panel.seats}
    owing = [
        numbers[sheet.seat_id]
        for code in panel.sheets
        for sheet in panel.counting(code)
        if sheet.state is not SheetState.SUBMITTED
    ]
    if owing:
        raise SheetsMissing(count=len(owing), seats=", ".join(map(str, sorted(set(owing)))))


def check_reason(reason: str) -> None:
    """Refuse a reason that says nothing."""
    if len(reason.strip()) < REASON_LEAST:
        raise ReturnReasonMissing
