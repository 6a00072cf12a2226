"""Who draws, who keeps which list, who opens the map, and who may stand by."""

from eventsys.draws.models import CodeDraw, LevelDraw
from eventsys.draws.queries import supervisors
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission


def may_draw(actor: Actor, track: Track) -> bool:
    """The encryption judges of the track or its event."""
    return actor.may(Permission.DRAW, track.scopes)


def may_see_lots(actor: Actor, level: LevelDraw) -> bool:
    """Before the opening only who drew this level and keeps its list; of no other level."""
    return may_draw(actor, level.track) and level.drawn_by_id == actor.user_id


def may_see_draw(actor: Actor, track: Track) -> bool:
    """That there was a draw, when, and how many codes: whoever works on the event."""
    return may_draw(actor, track) or any(
        actor.may(permission, track.scopes)
        for permission in (Permission.MAP_OPEN, Permission.EVENTS_SEE)
    )


def may_open_map(actor: Actor, draw: CodeDraw) -> bool:
    """An encryption judge, always before a supervisor."""
    return actor.may(Permission.DRAW, draw.scopes)


def may_move_station(actor: Actor, track: Track) -> bool:
    """Whoever stands on the floor and decides there, or draws."""
    return any(
        actor.may(permission, track.scopes)
        for permission in (
            Permission.INCIDENTS_RECORD,
            Permission.INCIDENTS_DECIDE,
            Permission.DRAW,
        )
    )


def may_witness(witness: User, actor: Actor, track: Track) -> bool:
    """Another person than the one who acts, and a supervisor of this track in office today."""
    return witness.id != actor.user_id and witness.id in {one.id for one in supervisors(track)}
