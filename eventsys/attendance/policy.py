"""Who checks in, who signs in, who sees a ticket, and who corrects."""

from eventsys.attendance.models import Arrival
from eventsys.events.models import Event, Track
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission, Scope, ScopeKind
from eventsys.registration.models import Entry


def may_check_in(actor: Actor, track: Track) -> bool:
    """Stewards and organizers of the track or its event."""
    return actor.may(Permission.CHECK_IN, track.scopes)


def may_check_in_event(actor: Actor, event: Event) -> bool:
    """Stewards and organizers of the whole event."""
    return actor.may(Permission.CHECK_IN, event.scopes)


def may_undo(actor: Actor, arrival: Arrival) -> bool:
    """Whoever may check in may also undo, with a reason."""
    return may_check_in(actor, arrival.entry.track)


def may_end_check_in(actor: Actor, track: Track) -> bool:
    """The encryption judge ends it by drawing the codes."""
    return actor.may(Permission.DRAW, track.scopes)


def takes_part(actor: Actor, entry: Entry) -> bool:
    """Whether the actor is one of the people the entry is about."""
    return actor.person_id is not None and any(
        one.person_id == actor.person_id and one.takes_part and one.is_active
        for one in entry.members
    )


def may_see_ticket(actor: Actor, entry: Entry) -> bool:
    """One's own, one's unit's, and for organizers all of the event."""
    unit = [Scope(ScopeKind.UNIT, entry.unit_id)]
    return (
        takes_part(actor, entry)
        or actor.may(Permission.ENTRIES_SUBMIT, unit)
        or actor.may(Permission.PLACES_MANAGE, entry.track.scopes)
    )


def may_sign_in_self(actor: Actor, entry: Entry) -> bool:
    """Only the trainee, from an account of their own."""
    return takes_part(actor, entry)


def may_correct(actor: Actor, track: Track) -> bool:
    """Organizers enter or take out a half day by hand."""
    return actor.may(Permission.EVENTS_MANAGE, track.scopes)


def may_see_hours(actor: Actor, track: Track) -> bool:
    """Whoever checks in, organizes, or issues the certificates."""
    return any(
        actor.may(permission, track.scopes)
        for permission in (Permission.CHECK_IN, Permission.ENTRIES_SEE)
    )
