"""Who may see and run events."""

from eventsys.events.models import Event, Track
from eventsys.identity.policy import Actor, group_scope
from eventsys.identity.rules import GRANTS, Permission


def may_create_events(actor: Actor, _thing: object = None) -> bool:
    """Organizers of the whole group begin events; those of one event only run theirs."""
    return actor.may_in_group(Permission.EVENTS_MANAGE)


def may_manage_event(actor: Actor, event: Event) -> bool:
    """The organizers of the group, and those of this event."""
    return actor.may(Permission.EVENTS_MANAGE, event.scopes)


def may_see_event(actor: Actor, event: Event) -> bool:
    """A draft is seen by who prepares or oversees it; from publication on, the group sees it."""
    if may_manage_event(actor, event):
        return True
    if actor.may(Permission.AUDIT_READ, [group_scope(event.group_id)]):
        return True
    return event.published_at is not None and sees_events(actor, event.group_id)


def sees_events(actor: Actor, group_id: int) -> bool:
    """Whether any office of the actor in this group includes seeing its events."""
    offices = (GRANTS[grant.role] for grant in actor.grants)
    return actor.group_id == group_id and any(Permission.EVENTS_SEE in one for one in offices)


def may_manage_track(actor: Actor, track: Track) -> bool:
    """Whoever runs the event."""
    return may_manage_event(actor, track.event)


def may_see_track(actor: Actor, track: Track) -> bool:
    """Whoever sees the event."""
    return may_see_event(actor, track.event)
