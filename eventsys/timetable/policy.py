"""Who may manage places, plan a track, and look at a timetable."""

from eventsys.events.models import Track
from eventsys.identity.policy import Actor
from eventsys.identity.rules import GRANTS, Permission
from eventsys.timetable.models import Room, Session, Station, Venue


def may_see_venues(actor: Actor, _thing: object = None) -> bool:
    """Whoever plans an event needs to know the rooms."""
    return any(Permission.PLACES_MANAGE in GRANTS[role] for role in actor.roles)


def may_manage_venues(actor: Actor, _thing: object = None) -> bool:
    """Organizers of the whole group: a room serves many events."""
    return actor.may_in_group(Permission.PLACES_MANAGE)


def may_manage_place(actor: Actor, place: Venue | Room | Station) -> bool:
    """The same, for one venue, room or station."""
    return actor.may(Permission.PLACES_MANAGE, place.scopes)


def may_plan(actor: Actor, track: Track) -> bool:
    """Organizers of the track's event set its sessions and stations."""
    return actor.may(Permission.PLACES_MANAGE, track.scopes)


def may_plan_session(actor: Actor, held: Session) -> bool:
    """The same, for one session."""
    return actor.may(Permission.PLACES_MANAGE, held.scopes)
