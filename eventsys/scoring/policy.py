"""Who may write schemes, seat judges, mark, sign off, and enter exam marks."""

from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission
from eventsys.panels.models import JudgeSeat
from eventsys.scoring.models import MarkSheet


def may_deliver(actor: Actor, seat: JudgeSeat) -> bool:
    """The judge who sits, or sat, there, even after the office ended: a tablet may hold old taps.

    What they deliver counts only while they may judge; else it is kept as evidence.
    """
    return actor.user_id is not None and actor.user_id == seat.user_id


def may_judge(actor: Actor, seat: JudgeSeat) -> bool:
    """The judge who sits there, unless excused, and only while holding the office."""
    holds = actor.may(Permission.MARK, seat.scopes)
    return holds and seat.excused_at is None and may_deliver(actor, seat)


def may_mark(actor: Actor, sheet: MarkSheet) -> bool:
    """A judge's own sheets and no others."""
    return may_judge(actor, sheet.seat)


def may_sign_off(actor: Actor, track: Track) -> bool:
    """The chief judge of the track."""
    judged = track.event.kind is EventKind.COMPETITION
    return judged and actor.may(Permission.SIGN_OFF, track.scopes)


def may_confirm(actor: Actor, track: Track) -> bool:
    """Score clerks and the chief judge; of what they did not enter themselves."""
    judged = track.event.kind is EventKind.COMPETITION
    return judged and actor.may(Permission.CONFIRM, track.scopes)


def may_key_paper(actor: Actor, track: Track) -> bool:
    """Score clerks, who key paper sheets for their judges."""
    judged = track.event.kind is EventKind.COMPETITION
    return judged and actor.may(Permission.KEY_PAPER, track.scopes)


def may_recheck(actor: Actor, track: Track) -> bool:
    """The supervisors of the track or its event."""
    judged = track.event.kind is EventKind.COMPETITION
    return judged and actor.may(Permission.RECHECK, track.scopes)


def may_lock(actor: Actor, track: Track) -> bool:
    """The chief judge where nothing is re-checked, else a supervisor beside the chief judge."""
    return may_sign_off(actor, track) or may_recheck(actor, track)


def may_ask_correction(actor: Actor, track: Track) -> bool:
    """Chief judge, score clerk, supervisor."""
    return may_confirm(actor, track) or may_decide_correction(actor, track)


def may_decide_correction(actor: Actor, track: Track) -> bool:
    """Chief judge and supervisors; which of them depends on who asked."""
    judged = track.event.kind is EventKind.COMPETITION
    return judged and actor.may(Permission.CORRECT, track.scopes)


def may_mark_exam(actor: Actor, track: Track) -> bool:
    """Assessors of the plan, or of one level of it."""
    examined = track.event.kind is EventKind.EXAM
    return examined and actor.may(Permission.EXAM_MARK, track.scopes)
