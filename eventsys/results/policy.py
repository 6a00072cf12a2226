"""Who opens the map, who sees results before and after publication, who publishes them."""

from eventsys import clock
from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission
from eventsys.results.models import Publication
from eventsys.results.queries import public_version
from eventsys.results.revisions import is_newer_than_public


def may_open_map(actor: Actor, track: Track) -> bool:
    """The encryption judge, who drew the codes; a supervisor only stands by."""
    both = (Permission.DRAW, Permission.MAP_OPEN)
    return all(actor.may(permission, track.scopes) for permission in both)


def may_publish(actor: Actor, track: Track) -> bool:
    """The organizers of the event."""
    return actor.may(Permission.RESULTS_PUBLISH, track.scopes)


def may_take_back(actor: Actor, publication: Publication) -> bool:
    """The organizers of the event, as long as nobody else has seen the results."""
    return may_publish(actor, publication.track)


def may_finish(actor: Actor, publication: Publication) -> bool:
    """Declaring results final is the organizers' deed too."""
    return may_publish(actor, publication.track)


def may_reach_results(actor: Actor, track: Track) -> bool:
    """Whoever will see the results some day; before publication they are told to wait."""
    return may_publish(actor, track) or actor.may(Permission.RESULTS_SEE, track.scopes)


def may_see_results(actor: Actor, track: Track) -> bool:
    """Organizers at any time; the certificate office from the moment of publication on."""
    if may_publish(actor, track):
        return True
    if not actor.may(Permission.RESULTS_SEE, track.scopes):
        return False
    return public_version(track.id, clock.now()) is not None


def only_public(actor: Actor, track: Track) -> bool:
    """Whether an actor sees just what everybody sees of a contest, as something newer waits."""
    contest = track.event.kind is EventKind.COMPETITION
    return contest and not may_publish(actor, track) and is_newer_than_public(track)
