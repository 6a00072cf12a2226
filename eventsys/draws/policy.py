"""Who draws, who holds the map, who opens it, and who may stand by."""

from eventsys.draws.models import CodeDraw
from eventsys.draws.queries import supervisors
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission


def may_draw(actor: Actor, track: Track) -> bool:
    """The encryption judge of the track or its event."""
    return actor.may(Permission.DRAW, track.scopes)


def may_see_map(actor: Actor, track: Track) -> bool:
    """The same person, who keeps the minute in custody; nobody else before the opening."""
    return may_draw(actor, track)


def may_see_draw(actor: Actor, track: Track) -> bool:
    """That there was a draw, when, and how many codes: whoever works on the event."""
    return may_draw(actor, track) or any(
        actor.may(permission, track.scopes)
        for permission in (Permission.MAP_OPEN, Permission.EVENTS_SEE)
    )


def may_open_map(actor: Actor, draw: CodeDraw) -> bool:
    """The encryption judge or a supervisor, always before another person."""
    return actor.may(Permission.MAP_OPEN, draw.scopes)


def may_witness(witness: User, actor: Actor, track: Track) -> bool:
    """Another person than the one who acts, and a supervisor of this track in office today."""
    return witness.id != actor.user_id and witness.id in {one.id for one in supervisors(track)}
