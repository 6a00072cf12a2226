"""Who records what happens in the room, who decides about it, and who may read it."""

from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission
from eventsys.incidents.models import Incident


def may_record(actor: Actor, track: Track) -> bool:
    """Floor judges of the track or its event."""
    contest = track.event.kind is EventKind.COMPETITION
    return contest and actor.may(Permission.INCIDENTS_RECORD, track.scopes)


def may_amend(actor: Actor, incident: Incident) -> bool:
    """Any floor judge of the room: shifts change while clocks run."""
    return may_record(actor, incident.track)


def may_decide(actor: Actor, incident: Incident) -> bool:
    """The chief judge of the track."""
    return actor.may(Permission.INCIDENTS_DECIDE, incident.scopes)


def may_revise(actor: Actor, incident: Incident) -> bool:
    """The supervisors who rule on an appeal about it."""
    return actor.may(Permission.APPEALS_DECIDE, incident.scopes)


def may_see_incidents(actor: Actor, track: Track) -> bool:
    """Floor and chief judges, supervisors, organizers: all by station. Scoring judges nothing."""
    if track.event.kind is not EventKind.COMPETITION:
        return False
    wanted = (
        Permission.INCIDENTS_RECORD,
        Permission.INCIDENTS_DECIDE,
        Permission.RECHECK,
        Permission.EVENTS_MANAGE,
    )
    return any(actor.may(one, track.scopes) for one in wanted)


def may_see_incident(actor: Actor, incident: Incident) -> bool:
    """As all incidents of the track."""
    return may_see_incidents(actor, incident.track)


def may_see_signature(actor: Actor, incident: Incident) -> bool:
    """A signature is a name: it is hidden from the chief judge, and from nobody else here."""
    chief = actor.may(Permission.INCIDENTS_DECIDE, incident.scopes)
    return may_see_incident(actor, incident) and not chief
