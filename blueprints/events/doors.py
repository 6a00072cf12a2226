"""The ways from a track's page into what other features do with it, in the order of the work."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from eventsys.errors import N_
from eventsys.events.rules import EventKind
from eventsys.identity.rules import Permission

COMPETITION, TRAINING, EXAM = EventKind.COMPETITION, EventKind.TRAINING, EventKind.EXAM


@dataclass(frozen=True)
class Door:
    """A page of another feature that takes ``track_id``, for whoever holds ``permission`` there."""

    label: str
    endpoint: str
    icon: str
    kinds: frozenset[EventKind]
    permission: Permission


DOORS: tuple[Door, ...] = (
    Door(
        N_("Entries"),
        "registration.track_entries",
        "clipboard-list",
        frozenset(EventKind),
        Permission.ENTRIES_SEE,
    ),
)


@dataclass(frozen=True)
class PublicDoor:
    """A page for visitors that takes ``track_id``; ``shown`` picks the tracks that have one."""

    label: str
    endpoint: str
    icon: str
    shown: Callable[[Collection[int]], Collection[int]]


PUBLIC_DOORS: tuple[PublicDoor, ...] = ()
