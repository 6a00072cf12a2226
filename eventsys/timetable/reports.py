"""The lists that hang on the doors."""

from functools import partial

from eventsys import clock
from eventsys.db import session
from eventsys.errors import N_
from eventsys.events.models import Event, Track
from eventsys.printing.documents import SeatLine, SeatSheet, seat_sheets_pdf
from eventsys.tasks.pages import write_pages
from eventsys.tasks.work import Work
from eventsys.timetable import queries
from eventsys.timetable.lots import is_drawn_at_the_door
from eventsys.timetable.models import Placement, Session

DRAWN_LATE = N_("(stations are drawn at the entrance)")


def time_span(held: Session) -> str:
    """The day and the times of a session on a Shanghai clock."""
    starts, ends = clock.in_shanghai(held.starts_at), clock.in_shanghai(held.ends_at)
    return f"{starts:%Y-%m-%d %H:%M}–{ends:%H:%M}"


def make_seats_pdf(work: Work) -> str:
    """Who sits where: one sheet for each session of a track (``track_id``) or an event."""
    payload = work.task.payload
    if "track_id" in payload:
        title = session().get_one(Track, payload["track_id"]).name
        rows = queries.sessions_of_track(payload["track_id"])
    else:
        title = session().get_one(Event, payload["event_id"]).name
        rows = queries.sessions_of_event(payload["event_id"])
    placed = queries.placements_in([row.session.id for row in rows])
    sheets = [
        _sheet(work, row.session, [one for one in placed if one.session_id == row.session.id])
        for row in rows
    ]
    return write_pages(
        work,
        [sheet for sheet in sheets if sheet.rows],
        partial(seat_sheets_pdf, translate=work.words, fonts_dir=work.fonts_dir),
        lambda one: len(one.rows),
        title=f"{work.task.title}-{title}",
    )


def _sheet(work: Work, held: Session, placed: list[Placement]) -> SeatSheet:
    late = is_drawn_at_the_door(held.track.rules)
    if late:  # their order would tell the plan
        placed = sorted(placed, key=lambda one: one.entry.number)
    return SeatSheet(
        title=f"{held.track.name} {held.name}",
        room=held.room.name,
        venue=held.room.venue.name,
        session=f"{time_span(held)} {work.words(DRAWN_LATE) if late else ''}".strip(),
        rows=tuple(
            SeatLine(
                seat="–" if late else one.station.label,
                name=one.entry.label,
                number=f"{held.track.code}-{one.entry.number:03d}",
                unit=one.entry.unit.name,
            )
            for one in placed
        ),
    )
