"""Who plans duties, and who may say when somebody can come."""

from sqlalchemy import exists, or_, select

from eventsys.db import session
from eventsys.duties.models import Availability, Duty, Enlisted
from eventsys.events.models import Event, Track
from eventsys.identity.models import RoleGrant, User
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission, ScopeKind


def may_plan_event(actor: Actor, event: Event) -> bool:
    """Organizers of the event."""
    return actor.may(Permission.PLACES_MANAGE, event.scopes)


def may_plan_duty(actor: Actor, duty: Duty) -> bool:
    """The same, for one duty."""
    return actor.may(Permission.PLACES_MANAGE, duty.scopes)


def may_drop_line(actor: Actor, line: Enlisted) -> bool:
    """The same, for one line of the event's list."""
    return actor.may(Permission.PLACES_MANAGE, line.scopes)


def may_say_for(actor: Actor, user: User) -> bool:
    """Everybody for themselves; organizers for the people who serve in their events."""
    if actor.user_id is not None and actor.user_id == user.id:
        return True
    if user.group_id is None or user.group_id != actor.group_id:
        return False
    if actor.may_in_group(Permission.PLACES_MANAGE):
        return True
    events = actor.scope_ids(Permission.PLACES_MANAGE, ScopeKind.EVENT)
    return bool(events) and _serves_in(user.id, events)


def may_change_line(actor: Actor, line: Availability) -> bool:
    """As for the person the line is about."""
    return may_say_for(actor, line.user)


def _serves_in(user_id: int, event_ids: list[int]) -> bool:
    tracks = select(Track.id).where(Track.event_id.in_(event_ids))
    listed = exists().where(Enlisted.user_id == user_id, Enlisted.event_id.in_(event_ids))
    granted = exists().where(
        RoleGrant.user_id == user_id,
        RoleGrant.ended_at.is_(None),
        or_(
            (RoleGrant.scope_kind == ScopeKind.EVENT) & RoleGrant.scope_id.in_(event_ids),
            (RoleGrant.scope_kind == ScopeKind.TRACK) & RoleGrant.scope_id.in_(tracks),
        ),
    )
    return bool(session().scalar(select(or_(listed, granted))))
