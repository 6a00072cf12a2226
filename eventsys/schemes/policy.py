"""Who may write a marking scheme."""

from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission


def may_manage_scheme(actor: Actor, track: Track) -> bool:
    """The organizer of a competition, for its scheme and its panel."""
    judged = track.event.kind is EventKind.COMPETITION
    return judged and actor.may(Permission.SCHEME_MANAGE, track.scopes)
