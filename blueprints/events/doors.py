"""The ways from a track's page into what other features do with it, in the order of the work."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from eventsys.errors import N_
from eventsys.events.rules import EventKind
from eventsys.identity.rules import Permission
from eventsys.results.queries import tracks_with_results

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
    Door(
        N_("Sessions and stations"),
        "timetable.track",
        "armchair",
        frozenset({COMPETITION, TRAINING, EXAM}),
        Permission.PLACES_MANAGE,
    ),
    Door(
        N_("Check-in"),
        "attendance.track_desk",
        "scan-line",
        frozenset({COMPETITION, EXAM}),
        Permission.CHECK_IN,
    ),
    Door(
        N_("Sign-in for the half day"),
        "attendance.track_desk",
        "scan-line",
        frozenset({TRAINING}),
        Permission.CHECK_IN,
    ),
    Door(
        N_("Table of hours"),
        "attendance.hours_table",
        "list-checks",
        frozenset({TRAINING}),
        Permission.ENTRIES_SEE,
    ),
    Door(
        N_("Blind codes"),
        "draws.draw",
        "shuffle",
        frozenset({COMPETITION}),
        Permission.EVENTS_SEE,
    ),
    Door(
        N_("Incidents"),
        "incidents.track",
        "triangle-alert",
        frozenset({COMPETITION}),
        Permission.EVENTS_MANAGE,
    ),
    Door(
        N_("Marking scheme"),
        "schemes.scheme",
        "list-checks",
        frozenset({COMPETITION}),
        Permission.SCHEME_MANAGE,
    ),
    Door(
        N_("Marks of the examination machine"),
        "schemes.machine_marks",
        "upload",
        frozenset({COMPETITION}),
        Permission.SCHEME_MANAGE,
    ),
    Door(
        N_("Panel of judges"),
        "panels.panel",
        "scale",
        frozenset({COMPETITION}),
        Permission.SCHEME_MANAGE,
    ),
    Door(
        N_("Paper sheets"),
        "paper.track",
        "printer",
        frozenset({COMPETITION}),
        Permission.SCHEME_MANAGE,
    ),
    Door(
        N_("Re-check"),
        "rechecks.track",
        "shield-check",
        frozenset({COMPETITION}),
        Permission.RECHECK,
    ),
    Door(
        N_("Hand-in of works"),
        "works.track",
        "upload",
        frozenset({COMPETITION}),
        Permission.CHECK_IN,
    ),
    Door(
        N_("Open the map"),
        "results.open_map",
        "key-round",
        frozenset({COMPETITION}),
        Permission.DRAW,
    ),
    Door(
        N_("Results"),
        "results.track",
        "trophy",
        frozenset(EventKind),
        Permission.RESULTS_SEE,
    ),
    Door(
        N_("Appeals"),
        "appeals.track",
        "gavel",
        frozenset({COMPETITION}),
        Permission.EVENTS_MANAGE,
    ),
    Door(
        N_("Figures of the judges"),
        "boards.figures",
        "scale",
        frozenset({COMPETITION}),
        Permission.RESULTS_PUBLISH,
    ),
    Door(
        N_("Certificates"),
        "certificates.track",
        "award",
        frozenset(EventKind),
        Permission.CERTIFICATES_ISSUE,
    ),
    Door(
        N_("Evidence pack"),
        "archive.track",
        "file-text",
        frozenset(EventKind),
        Permission.RESULTS_PUBLISH,
    ),
)


@dataclass(frozen=True)
class PublicDoor:
    """A page for visitors that takes ``track_id``; ``shown`` picks the tracks that have one."""

    label: str
    endpoint: str
    icon: str
    shown: Callable[[Collection[int]], Collection[int]]


PUBLIC_DOORS: tuple[PublicDoor, ...] = (
    PublicDoor(N_("Results"), "results.public_track", "trophy", tracks_with_results),
)
