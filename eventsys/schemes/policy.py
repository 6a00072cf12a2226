"""Who may write a marking scheme, read its versions, approve a correction."""

from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission


def may_manage_scheme(actor: Actor, track: Track) -> bool:
    """The organizer of a competition, for its scheme and its panel."""
    return _is_judged(track) and actor.may(Permission.SCHEME_MANAGE, track.scopes)


def may_approve_scheme(actor: Actor, track: Track) -> bool:
    """The chief judge of the track, for corrections that somebody else drafted."""
    return _is_judged(track) and actor.may(Permission.SIGN_OFF, track.scopes)


def may_read_scheme(actor: Actor, track: Track) -> bool:
    """Who writes it and who approves it."""
    return may_manage_scheme(actor, track) or may_approve_scheme(actor, track)


def may_import_machine_marks(actor: Actor, track: Track) -> bool:
    """The organizer or a score clerk of the track."""
    return may_manage_scheme(actor, track) or (
        _is_judged(track) and actor.may(Permission.KEY_PAPER, track.scopes)
    )


def _is_judged(track: Track) -> bool:
    return track.event.kind is EventKind.COMPETITION
