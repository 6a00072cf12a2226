"""Who may look after a panel, declare a relation, and settle who stands aside."""

from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.identity.models import User
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission, Role, Scope, ScopeKind
from eventsys.panels.models import Declaration, JudgeSeat
from eventsys.schemes.policy import may_manage_scheme

__all__ = [
    "may_declare",
    "may_drop",
    "may_manage_panel",
    "may_manage_seat",
    "may_see_judge",
    "may_settle",
]


def may_manage_panel(actor: Actor, track: Track) -> bool:
    """The organizer of a competition."""
    return may_manage_scheme(actor, track)


def may_manage_seat(actor: Actor, seat: JudgeSeat) -> bool:
    """As the panel the seat belongs to."""
    return may_manage_panel(actor, seat.track)


def may_see_judge(actor: Actor, user: User) -> bool:
    """Accounts of one's own group; which of them are judges is the panel's question."""
    return user.group_id is not None and user.group_id == actor.group_id


def may_declare(actor: Actor, track: Track) -> bool:
    """Judges and the chief judge of a track, about themselves."""
    own = [Scope(ScopeKind.TRACK, track.id)]
    judged = track.event.kind is EventKind.COMPETITION
    offices = actor.may(Permission.MARK, own) or actor.may(Permission.SIGN_OFF, own)
    return judged and offices and not actor.roles.isdisjoint({Role.JUDGE, Role.CHIEF_JUDGE})


def may_drop(actor: Actor, declaration: Declaration) -> bool:
    """The organizer, with a reason."""
    return may_manage_panel(actor, declaration.track)


def may_settle(actor: Actor, track: Track) -> bool:
    """Whoever may open the map: it is part of the opening."""
    return actor.may(Permission.MAP_OPEN, track.scopes)
