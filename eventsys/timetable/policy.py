"""Who may manage places, plan a track, and look at a timetable."""

from eventsys.events.models import Event, Track
from eventsys.events.rules import EventState
from eventsys.identity.policy import Actor
from eventsys.identity.rules import GRANTS, Permission
from eventsys.timetable.models import Room, Session, Station, Venue


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


def may_see_timetable(actor: Actor, event: Event) -> bool:
    """Everybody with business in the group's events, once the event is published."""
    if actor.may(Permission.PLACES_MANAGE, event.scopes):
        return True
    sees = any(Permission.EVENTS_SEE in GRANTS[role] for role in actor.roles)
    return sees and actor.group_id == event.group_id and event.state is not EventState.DRAFT


def may_have_a_day(actor: Actor, _thing: object = None) -> bool:
    """Team leaders and whoever takes part."""
    return actor.user_id is not None
