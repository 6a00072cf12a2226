"""Who may manage places, plan a track, and look at a timetable."""

from sqlalchemy import exists, or_, select

from eventsys import clock
from eventsys.db import session
from eventsys.events.models import Track
from eventsys.identity.policy import Actor
from eventsys.identity.rules import GRANTS, Permission, ScopeKind
from eventsys.timetable.models import Room, RoomClosure, Session, Station, Travel, Venue


def may_see_venues(actor: Actor, _thing: object = None) -> bool:
    """Whoever plans an event needs to know the rooms."""
    return any(Permission.PLACES_MANAGE in GRANTS[role] for role in actor.roles)


def may_manage_venues(actor: Actor, _thing: object = None) -> bool:
    """Organizers of the whole group: a room serves many events."""
    return actor.may_in_group(Permission.PLACES_MANAGE)


def may_manage_place(actor: Actor, place: Venue | Room | Station | RoomClosure | Travel) -> bool:
    """The same, for one venue, room or station."""
    return actor.may(Permission.PLACES_MANAGE, place.scopes)


def may_watch_room(actor: Actor, room: Room) -> bool:
    """Whoever manages rooms, and whoever is at work in one: its organizers and floor judges."""
    return may_manage_place(actor, room) or _works_in(actor, room.id)


def may_watch_station(actor: Actor, station: Station) -> bool:
    """The same, for one station: these people log faults and say that they were mended."""
    return may_manage_place(actor, station) or _works_in(actor, station.room_id)


def _works_in(actor: Actor, room_id: int) -> bool:
    """Whether a session that is not over, of a track or event of the actor, is in the room."""
    kinds = (Permission.PLACES_MANAGE, Permission.INCIDENTS_RECORD)
    tracks = [key for one in kinds for key in actor.scope_ids(one, ScopeKind.TRACK)]
    events = [key for one in kinds for key in actor.scope_ids(one, ScopeKind.EVENT)]
    if not tracks and not events:
        return False
    there = exists().where(
        Session.room_id == room_id,
        Session.ends_at > clock.now(),
        Session.track_id == Track.id,
        or_(Track.id.in_(tracks), Track.event_id.in_(events)),
    )
    return bool(session().scalar(select(there)))


def may_plan(actor: Actor, track: Track) -> bool:
    """Organizers of the track's event set its sessions and stations."""
    return actor.may(Permission.PLACES_MANAGE, track.scopes)


def may_plan_session(actor: Actor, held: Session) -> bool:
    """The same, for one session."""
    return actor.may(Permission.PLACES_MANAGE, held.scopes)
