"""Corrections after the handing over: one person asks, another decides, one is the chief judge."""

from decimal import Decimal

from sqlalchemy import func, select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import N_, Conflict, NotThere, RuleBroken
from eventsys.events.models import Track
from eventsys.identity.policy import Actor, authorize
from eventsys.schemes.aspects import AspectKind, check_machine_mark, check_raw
from eventsys.schemes.models import Aspect
from eventsys.scoring.chief_actions import check_reason, held_marking, marks_digest
from eventsys.scoring.confirm_actions import is_same_person
from eventsys.scoring.models import CorrectionDecision, CorrectionRequest, MarkSheet
from eventsys.scoring.policy import may_ask_correction, may_decide_correction, may_sign_off
from eventsys.scoring.queries import PanelMarks, panel_marks


class NotHandedOver(RuleBroken):
    message = N_(
        "The marks are not handed over yet. Give the sheet back to its judge, who changes the mark."
    )


class NothingChanges(RuleBroken):
    field = "value"
    message = N_("The mark is %(value)s already. Enter the value it should be.")


class CorrectionWaits(Conflict):
    message = N_(
        "Correction %(number)s of this mark still waits for a decision. Have it decided first."
    )


class OwnCorrection(RuleBroken):
    message = N_("Nobody decides what they asked for themselves. Another person must decide this.")


class ChiefMustDecide(RuleBroken):
    message = N_("The chief judge did not ask for this correction, so the chief judge decides it.")


class AlreadyDecided(Conflict):
    message = N_("Correction %(number)s was decided by %(name)s. There is nothing more to do.")


class CorrectionStale(Conflict):
    message = N_(
        "The mark is no longer %(old)s, which this correction starts from. Refuse it and ask anew."
    )


def ask_correction(
    actor: Actor, sheet: MarkSheet, aspect_id: int, new: Decimal, reason: str
) -> CorrectionRequest:
    """Ask for another value of one mark; nothing changes until another person approves.

    A machine's mark stands on every judge's sheet of the code: one request corrects them all.
    """
    track = sheet.track
    authorize(actor, may_ask_correction, track)
    _check_handed_over(track)
    panel = panel_marks(track)
    aspect = _aspect(panel, aspect_id)
    if sheet not in panel.counting(sheet.code) or aspect is None:
        raise NotThere
    _check_value(aspect, new)
    old = panel.raws_of(sheet)[aspect_id]
    if old == new:
        raise NothingChanges(value=f"{old:f}")
    check_reason(reason)
    whole_code = aspect.kind is AspectKind.MACHINE
    waiting = _waiting(sheet, aspect_id, whole_code=whole_code)
    if waiting is not None:
        raise CorrectionWaits(number=waiting)

    asked = CorrectionRequest(
        id=new_id(),
        group_id=track.group_id,
        track_id=track.id,
        number=_count(track) + 1,
        sheet_id=sheet.id,
        aspect_id=aspect_id,
        old=old,
        new=new,
        reason=reason.strip(),
        requested_at=clock.now(),
        requested_by_id=actor.user_id,
        requested_by=actor.name,
        by_chief=may_sign_off(actor, track),
        whole_code=whole_code,
    )
    session().add(asked)
    session().flush()

    facts = _facts(asked, aspect.code)
    record(actor, "correction.asked", asked, **facts, reason=asked.reason)
    return asked


def approve_correction(actor: Actor, asked: CorrectionRequest, note: str = "") -> int:
    """Lay the new value over the old one: which version of the track's marks this makes."""
    authorize(actor, may_decide_correction, asked.track)
    _check_decidable(actor, asked)
    panel = panel_marks(asked.track)
    if panel.raws_of(asked.sheet).get(asked.aspect_id) != asked.old:
        raise CorrectionStale(old=f"{asked.old:f}")

    corrected = panel.corrected(
        asked.sheet_id, asked.aspect_id, asked.new, whole_code=asked.whole_code
    )
    digest = marks_digest(corrected)
    session().add(_decision(actor, asked, note, corrected.version, digest))
    session().flush()

    aspect = _aspect(panel, asked.aspect_id)
    facts = _facts(asked, aspect.code if aspect else "")
    record(actor, "correction.approved", asked, **facts, version=corrected.version, sha256=digest)
    return corrected.version


def refuse_correction(actor: Actor, asked: CorrectionRequest, note: str) -> None:
    """The mark stays as it is; whoever asked reads why."""
    authorize(actor, may_decide_correction, asked.track)
    _check_decidable(actor, asked)
    check_reason(note)

    session().add(_decision(actor, asked, note, None, ""))
    session().flush()

    record(actor, "correction.refused", asked, number=asked.number, reason=note.strip())


def _check_handed_over(track: Track) -> None:
    if held_marking(track.id).submitted_at is None:
        raise NotHandedOver


def _check_decidable(actor: Actor, asked: CorrectionRequest) -> None:
    _check_handed_over(asked.track)
    found = select(CorrectionDecision).where(CorrectionDecision.request_id == asked.id)
    before = session().scalar(found)
    if before is not None:
        raise AlreadyDecided(number=asked.number, name=before.decided_by)
    if is_same_person(actor, asked.requested_by_id):
        raise OwnCorrection
    if not asked.by_chief and not may_sign_off(actor, asked.track):
        raise ChiefMustDecide


def _aspect(panel: PanelMarks, key: int) -> Aspect | None:
    """The aspect whose marks are kept under a key; those a machine marks too."""
    return next((one for one in panel.tally.aspects if one.mark_key == key), None)


def _check_value(aspect: Aspect, new: Decimal) -> None:
    """Refuse what the aspect cannot have, whoever marked it: no file is imported any more."""
    if aspect.kind is AspectKind.MACHINE:
        check_machine_mark(aspect.code, aspect.max_points, new)
    else:
        check_raw(aspect.code, aspect.kind, new)


def _waiting(sheet: MarkSheet, aspect_id: int, *, whole_code: bool) -> int | None:
    """The number of a request for the same mark that is not decided."""
    one_code = (MarkSheet.track_id == sheet.track_id) & (MarkSheet.code == sheet.code)
    found = (
        select(CorrectionRequest.number)
        .join(CorrectionRequest.sheet)
        .outerjoin(CorrectionRequest.decision)
        .where(
            one_code if whole_code else MarkSheet.id == sheet.id,
            CorrectionRequest.aspect_id == aspect_id,
            CorrectionDecision.id.is_(None),
        )
    )
    return session().scalar(found)


def _count(track: Track) -> int:
    counted = select(func.count(CorrectionRequest.id)).where(CorrectionRequest.track_id == track.id)
    return session().scalar(counted) or 0


def _decision(
    actor: Actor, asked: CorrectionRequest, note: str, version: int | None, digest: str
) -> CorrectionDecision:
    return CorrectionDecision(
        id=new_id(),
        group_id=asked.group_id,
        request_id=asked.id,
        track_id=asked.track_id,
        approved=version is not None,
        version=version,
        note=note.strip(),
        digest=digest,
        decided_at=clock.now(),
        decided_by_id=actor.user_id,
        decided_by=actor.name,
    )


def _facts(asked: CorrectionRequest, aspect: str) -> dict[str, object]:
    return {
        "number": asked.number,
        "code": asked.sheet.code,
        "seat": None if asked.whole_code else asked.sheet.seat.seat,
        "aspect": aspect,
        "before": asked.old,
        "after": asked.new,
    }
