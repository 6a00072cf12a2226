"""The second person: confirms what a judge submitted, or gives it back; never edits."""

from collections.abc import Mapping

from sqlalchemy import select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import session
from eventsys.errors import N_, NotThere, RuleBroken
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.scoring.actions import SheetChanged, hold_sheet
from eventsys.scoring.chief_actions import check_open_marks, check_reason, reopen_sheet
from eventsys.scoring.machine_actions import MACHINE
from eventsys.scoring.models import MarkOperation, MarkSheet
from eventsys.scoring.policy import may_confirm
from eventsys.scoring.scores import check_agreement
from eventsys.scoring.states import MOVES, SHEET_LABELS, SheetState
from eventsys.states import check_move


class OwnSheet(RuleBroken):
    message = N_(
        "Nobody confirms what they entered themselves. Ask a score clerk or the chief judge who is"
        " another person."
    )


class NothingToConfirm(RuleBroken):
    message = N_("No sheet of code %(code)s waits for you. Reload the page and go to the next one.")


def confirm_sheet(actor: Actor, sheet: MarkSheet, seen: int) -> None:
    """Confirm one submitted sheet, as the person saw it (``seen`` is its version)."""
    authorize(actor, may_confirm, sheet.track)
    check_another(actor, sheet)
    _check_confirmable(sheet, seen)
    check_agreement(sheet.track, sheet.code)

    _confirm(actor, sheet)

    record(actor, "sheet.confirmed", sheet, code=sheet.code, seat=sheet.seat.seat)


def confirm_code(actor: Actor, track: Track, code: str, seen: Mapping[int, int]) -> int:
    """Confirm the sheets of a code that were looked at: versions by seat; how many."""
    authorize(actor, may_confirm, track)
    found = select(MarkSheet).where(MarkSheet.track_id == track.id, MarkSheet.code == code)
    sheets = [
        sheet
        for sheet in session().scalars(found.order_by(MarkSheet.id))
        if sheet.seat.seat in seen and is_another(actor, sheet)
    ]
    if not sheets:
        raise NothingToConfirm(code=code)
    for sheet in sheets:
        _check_confirmable(sheet, seen[sheet.seat.seat])
    check_agreement(track, code)

    for sheet in sheets:
        _confirm(actor, sheet)

    record(actor, "code.confirmed", track, code=code, sheets=len(sheets))
    return len(sheets)


def reject_sheet(actor: Actor, sheet: MarkSheet, reason: str) -> None:
    """Give a submitted sheet back to its judge instead of confirming it."""
    authorize(actor, may_confirm, sheet.track)
    check_another(actor, sheet)
    hold_sheet(sheet)
    check_open_marks(sheet.track_id)
    if sheet.state is not SheetState.SUBMITTED:
        check_move(MOVES, SHEET_LABELS, sheet.state, SheetState.SUBMITTED)
    check_reason(reason)

    reopen_sheet(sheet, reason)

    record(actor, "sheet.rejected", sheet, code=sheet.code, reason=reason.strip())


def is_another(actor: Actor, sheet: MarkSheet) -> bool:
    """Whether somebody else marked the sheet: another account, and another person behind it.

    Whoever keyed it from paper, or brought the machine's marks to it, is no other person.
    """
    imported = select(MarkOperation.by_id).where(
        MarkOperation.sheet_id == sheet.id, MarkOperation.device == MACHINE
    )
    makers = {sheet.seat.user_id, sheet.keyed_by_id, sheet.keyed_with_id}
    makers.update(session().scalars(imported.distinct()))
    return not any(is_same_person(actor, maker) for maker in makers if maker is not None)


def is_same_person(actor: Actor, user_id: int) -> bool:
    """Whether an account is the actor's own, or another account of the same person."""
    other = session().scalar(select(User.person_id).where(User.id == user_id))
    return actor.user_id == user_id or (other is not None and other == actor.person_id)


def check_another(actor: Actor, sheet: MarkSheet) -> None:
    """Refuse the person who marked or typed the sheet."""
    if not is_another(actor, sheet):
        raise OwnSheet


def _check_confirmable(sheet: MarkSheet, seen: int) -> None:
    hold_sheet(sheet)
    check_open_marks(sheet.track_id)
    if sheet.void_reason or sheet.seat.excused_at is not None:
        raise NotThere
    if sheet.state is SheetState.SUBMITTED and sheet.version != seen:
        raise SheetChanged
    check_move(MOVES, SHEET_LABELS, sheet.state, SheetState.CONFIRMED)


def _confirm(actor: Actor, sheet: MarkSheet) -> None:
    sheet.state, sheet.confirmed_at = SheetState.CONFIRMED, clock.now()
    sheet.confirmed_by, sheet.confirmed_by_id = actor.name, actor.user_id
    sheet.version += 1
    session().flush()
