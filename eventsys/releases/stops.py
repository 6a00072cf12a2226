"""One's own day: duties and places in order of time."""

from dataclasses import dataclass
from datetime import datetime

from eventsys import clock
from eventsys.db import session
from eventsys.identity.actor import Actor
from eventsys.registration.models import Entry
from eventsys.releases.models import PlanLine
from eventsys.releases.queries import lines_of_person, public_events
from eventsys.timetable.lots import is_drawn_at_the_door
from eventsys.timetable.models import Placement
from eventsys.timetable.queries import own_entries, placements_of


@dataclass(frozen=True)
class MyStop:
    """One place where somebody, or an entry of a unit, has to be; no time as long as none is known.

    An event without a public version shows its stations as they are drawn.
    """

    event_id: int
    track: str
    track_en: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    venue: str = ""
    room: str = ""
    station: str = ""
    office: str = ""
    entry: Entry | None = None
    session: str = ""


def my_lines(actor: Actor) -> list[PlanLine]:
    """One's own duties, one's own seats, and those of the units one leads; not what is over."""
    entries = [one.id for one in session().scalars(own_entries(actor))]
    return lines_of_person(actor.user_id, entries)


def my_stops(actor: Actor) -> list[MyStop]:
    """Duties and places in order of time; where a version is public, only what it says."""
    entries = {one.id: one for one in session().scalars(own_entries(actor))}
    public = public_events({one.event_id for one in entries.values()})
    known = [_of_line(one, entries) for one in lines_of_person(actor.user_id, entries)]
    drawn = placements_of([one.id for one in entries.values() if one.event_id not in public])
    known += [_of_placement(entries[key], one) for key, some in drawn.items() for one in some]
    there = {one.entry.id for one in known if one.entry}
    waiting = [_waiting(one) for key, one in entries.items() if key not in there]
    return sorted(known, key=_by_time) + waiting


def _by_time(stop: MyStop) -> tuple[datetime, int]:
    return stop.starts_at or clock.now(), stop.entry.number if stop.entry else 0


def _of_line(line: PlanLine, entries: dict[int, Entry]) -> MyStop:
    return MyStop(
        line.version.event_id,
        line.track,
        line.track_en,
        line.starts_at,
        line.ends_at,
        line.venue,
        line.room,
        line.station,
        line.office,
        entries.get(line.entry_id or 0),
        line.session,
    )


def _of_placement(entry: Entry, placed: Placement) -> MyStop:
    held = placed.session
    late = is_drawn_at_the_door(entry.track.rules)
    return MyStop(
        entry.event_id,
        entry.track.name,
        entry.track.name_en,
        held.starts_at,
        held.ends_at,
        held.room.venue.name,
        held.room.name,
        "" if late else placed.station.label,
        "",
        entry,
        held.name,
    )


def _waiting(entry: Entry) -> MyStop:
    return MyStop(entry.event_id, entry.track.name, entry.track.name_en, entry=entry)
