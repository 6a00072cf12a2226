"""What the check-in desk shows: whose ticket was scanned, who is here, who is missing."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from blueprints.attendance.forms import ScanForm
from blueprints.web import words
from eventsys import clock
from eventsys.attendance import queries
from eventsys.attendance.queries import RollLine
from eventsys.attendance.rules import (
    CheckInOver,
    OtherDesk,
    UnknownTicket,
    check_approved,
    current_half_day,
    key_of,
)
from eventsys.attendance.tickets import entry_id_of
from eventsys.errors import DomainError
from eventsys.events.models import Event, Track
from eventsys.events.rules import HalfDay, TrainingRules
from eventsys.registration.models import Entry
from eventsys.timetable.queries import placements_of


@dataclass(frozen=True)
class Desk:
    """Where people come in: an event, or one track of it."""

    event: Event
    tracks: Sequence[Track]
    url: str

    @property
    def track(self) -> Track | None:
        """The track, if there is only one."""
        return self.tracks[0] if len(self.tracks) == 1 else None


@dataclass(frozen=True)
class Card:
    """An entry at the desk: already here, free to come in, or not, and why."""

    line: RollLine
    problem: str = ""


@dataclass(frozen=True)
class Scan:
    """What came of a scan: one card, or several people of one name to choose from."""

    card: Card | None = None
    alike: list[Entry] = field(default_factory=list)


def look_up(desk: Desk, text: str, form: ScanForm) -> Scan:
    """The entry a scanner or a person means; a refusal goes on the form."""
    try:
        entry_id = entry_id_of(text)
        if entry_id is not None:
            return Scan(_card(_entry_here(desk, entry_id)))
        alike = queries.entries_matching([one.id for one in desk.tracks], text)
        if not alike:
            raise UnknownTicket
    except DomainError as refusal:
        form.refuse(refusal)
        return Scan()
    if len(alike) > 1:
        return Scan(alike=alike)
    return Scan(_card(alike[0]))


def _entry_here(desk: Desk, entry_id: int) -> Entry:
    """The entry behind a genuine ticket, if it belongs to this desk."""
    entry = queries.entry_with_people(entry_id)
    if entry is None:
        raise UnknownTicket
    if entry.track_id not in {track.id for track in desk.tracks}:
        if entry.event_id != desk.event.id:
            raise OtherDesk(track=entry.track.event.name)
        raise OtherDesk(track=entry.track.name)
    return entry


def _card(entry: Entry) -> Card:
    seats = placements_of([entry.id]).get(entry.id, [])
    problem, half_day = "", None
    try:
        check_approved(entry.state)
        half_day = _half_day(entry)
    except DomainError as refusal:
        problem = words(refusal)
    came = queries.presence_of(entry, key_of(half_day) if half_day else None)
    over = queries.check_in_end(entry.track_id)
    if over and not came and not problem:
        problem = words(CheckInOver(track=entry.track.name, moment=over.shown))
    return Card(RollLine(entry, seats, half_day, came), problem)


def _half_day(entry: Entry) -> HalfDay | None:
    rules = entry.track.rules
    if isinstance(rules, TrainingRules):
        return current_half_day(rules.half_days, clock.now())
    return None
