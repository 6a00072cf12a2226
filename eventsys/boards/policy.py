"""Who sets up boards and leads ceremonies, who looks at progress and at judges' figures."""

from eventsys.events.models import Event, Track
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission
from eventsys.scoring.policy import may_sign_off


def may_run_boards(actor: Actor, event: Event) -> bool:
    """The organizers of the event."""
    return actor.may(Permission.RESULTS_PUBLISH, event.scopes)


def may_lead_ceremony(actor: Actor, track: Track) -> bool:
    """The organizers of the event the track belongs to."""
    return may_run_boards(actor, track.event)


def may_see_figures(actor: Actor, track: Track) -> bool:
    """Chief judge and organizers; there is nothing to see before the marks are locked."""
    return may_sign_off(actor, track) or may_run_boards(actor, track.event)
