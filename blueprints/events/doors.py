"""The ways from a track's page into what other features do with it, in the order of the work."""

from dataclasses import dataclass

from eventsys.events.rules import EventKind
from eventsys.identity.rules import Permission

COMPETITION, TRAINING, EXAM = EventKind.COMPETITION, EventKind.TRAINING, EventKind.EXAM


@dataclass(frozen=True)
class Door:
    """A page of another feature that takes ``track_id``; shown to whoever holds ``permission`` there."""

    label: str
    endpoint: str
    icon: str
    kinds: frozenset[EventKind]
    permission: Permission


DOORS: tuple[Door, ...] = ()
