"""Who asks for files, who brings them in, who looks at them under codes."""

from eventsys.attendance.policy import takes_part
from eventsys.events.models import Track
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission, Scope, ScopeKind
from eventsys.registration.models import Entry


def may_ask_for_works(actor: Actor, track: Track) -> bool:
    """Organizers list what is to be handed in."""
    return actor.may(Permission.EVENTS_MANAGE, track.scopes)


def may_fetch_works(actor: Actor, track: Track) -> bool:
    """Floor judges and stewards bring in files by the number of the station."""
    return any(
        actor.may(permission, track.scopes)
        for permission in (Permission.INCIDENTS_RECORD, Permission.CHECK_IN)
    )


def may_see_hand_in(actor: Actor, track: Track) -> bool:
    """Whoever asks for works or brings them in."""
    return may_ask_for_works(actor, track) or may_fetch_works(actor, track)


def may_send_works(actor: Actor, entry: Entry) -> bool:
    """The entry's own people and their team leader, from wherever they are."""
    unit = [Scope(ScopeKind.UNIT, entry.unit_id)]
    return takes_part(actor, entry) or actor.may(Permission.ENTRIES_SUBMIT, unit)


def may_close_hand_in(actor: Actor, track: Track) -> bool:
    """Those on the floor, and the encryption judge who draws the work numbers next."""
    return may_fetch_works(actor, track) or actor.may(Permission.DRAW, track.scopes)


def may_see_works(actor: Actor, track: Track) -> bool:
    """The track's judges and its chief judge, under codes."""
    return any(
        actor.may(permission, track.scopes) for permission in (Permission.MARK, Permission.SIGN_OFF)
    )
