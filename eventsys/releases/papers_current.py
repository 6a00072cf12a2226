"""Paper asked for on a track or an event: from the public version, so that both say the same.

Events without a public version print what is planned now, as they always did.
"""

from collections.abc import Callable

from eventsys.attendance.reports import make_sign_in_pdf, make_tickets_pdf
from eventsys.db import session
from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.releases import queries
from eventsys.releases.papers import Source, read_source
from eventsys.releases.papers_people import tickets
from eventsys.releases.papers_rooms import doors, sign_in
from eventsys.tasks.work import Maker, Work
from eventsys.timetable.reports import make_seats_pdf

Writer = Callable[[Work, Source], str]


def make_current_tickets(work: Work) -> str:
    """Tickets of a track or an event."""
    return _made(work, tickets, make_tickets_pdf)


def make_current_seats(work: Work) -> str:
    """Lists for the doors of a track or an event."""
    return _made(work, doors, make_seats_pdf)


def make_current_sign_in(work: Work) -> str:
    """Lists to sign; a class signs for half days, which no version moves."""
    payload = work.task.payload
    track = session().get(Track, payload.get("track_id", 0))
    if track is not None and track.event.kind is EventKind.TRAINING:
        return make_sign_in_pdf(work)
    return _made(work, sign_in, make_sign_in_pdf)


def _made(work: Work, write: Writer, live: Maker) -> str:
    payload = work.task.payload
    track_id = payload.get("track_id")
    event_id = payload.get("event_id") or session().get_one(Track, track_id).event_id
    version = queries.published(event_id)
    if version is None:
        return live(work)
    return write(work, read_source(work, version, track_id))
