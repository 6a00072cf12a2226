"""Who prints, scans and compares; who keys, scoring.policy knows."""

from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission
from eventsys.paper.models import PaperScan
from eventsys.scoring.policy import may_confirm, may_key_paper, may_sign_off


def may_handle_paper(actor: Actor, track: Track) -> bool:
    """Score clerks and the chief judge, who know codes and never contestants."""
    return may_confirm(actor, track) or may_key_paper(actor, track)


def may_print_blank(actor: Actor, track: Track) -> bool:
    """The same, and the organizer, who prepares the paper: codes and seats without any mark."""
    judged = track.event.kind is EventKind.COMPETITION
    prepares = actor.may(Permission.SCHEME_MANAGE, track.scopes)
    return may_handle_paper(actor, track) or (judged and prepares)


def may_discard_keying(actor: Actor, track: Track) -> bool:
    """The chief judge, who sees what differs."""
    return may_sign_off(actor, track)


def may_see_scan(actor: Actor, scan: PaperScan) -> bool:
    """Whoever compares the scans of its track."""
    return may_handle_paper(actor, scan.track)
