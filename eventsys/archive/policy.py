"""Who makes evidence packs and looks after the originals."""

from eventsys.events.models import Event, Track
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission


def may_archive(actor: Actor, event: Event) -> bool:
    """The organizer in charge of the event."""
    return actor.may(Permission.RESULTS_PUBLISH, event.scopes)


def may_archive_track(actor: Actor, track: Track) -> bool:
    """The same, coming from one of its tracks."""
    return may_archive(actor, track.event)
