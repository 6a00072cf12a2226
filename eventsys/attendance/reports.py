"""Tickets, sign-in sheets, and the workbook of hours."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventsys import clock
from eventsys.attendance import queries
from eventsys.attendance.rules import (
    PART_LABELS,
    HalfDayKey,
    completes,
    hours,
    hours_by_year,
    key_of,
    percent,
)
from eventsys.attendance.tickets import (
    STATION_AT_THE_DOOR,
    TICKET_RULES,
    TICKET_TITLES,
    ticket_number,
    ticket_url,
)
from eventsys.db import session
from eventsys.errors import N_, RuleBroken
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind, HalfDay, TrainingRules
from eventsys.exports import Column, Kind, Table, safe_file_name, to_xlsx
from eventsys.printing.documents import (
    SignInLine,
    SignInSheet,
    TicketPage,
    sign_in_sheets_pdf,
    tickets_pdf,
)
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.tasks.pages import write_pages
from eventsys.tasks.work import Work
from eventsys.timetable.lots import is_drawn_at_the_door
from eventsys.timetable.models import Placement
from eventsys.timetable.parts import parts_of
from eventsys.timetable.queries import PEOPLE, placements_of
from eventsys.timetable.reports import time_span

BOXES_PER_SHEET = 8  # half days side by side on one sign-in sheet
TICKET_WEIGHT = 5  # lines a ticket counts for: five whole pages to the typesetter at once
TICKETS_TOGETHER = 400  # tickets in one PDF
JOIN = "；"


class NobodyPlaced(RuleBroken):
    message = N_(
        "None of the %(entries)s approved entries has a station yet, so there is no ticket to"
        " print. Draw the stations first."
    )


@dataclass(frozen=True)
class Wanted:
    """The tracks a file is about, and what it is called after."""

    tracks: Sequence[Track]
    title: str


def _wanted(work: Work) -> Wanted:
    """One track (``track_id``) or all of an event (``event_id``)."""
    payload = work.task.payload
    found = select(Track).options(
        joinedload(Track.event).joinedload(Event.host), joinedload(Track.ruleset)
    )
    if "track_id" in payload:
        track = session().scalars(found.where(Track.id == payload["track_id"])).one()
        return Wanted([track], track.name)
    event = session().get_one(Event, payload["event_id"])
    tracks = session().scalars(found.where(Track.event_id == event.id).order_by(Track.code))
    return Wanted(tracks.all(), event.name)


def _entries(tracks: Iterable[Track]) -> list[Entry]:
    found = (
        select(Entry)
        .where(
            Entry.track_id.in_([track.id for track in tracks]),
            Entry.state == EntryState.APPROVED,
        )
        .options(*PEOPLE, joinedload(Entry.track).joinedload(Track.event))
        .order_by(Entry.track_id, Entry.number)
    )
    return list(session().scalars(found))


# ---- tickets


def make_tickets_pdf(work: Work) -> str:
    """The tickets of a track or an event: of everybody in a class, else of whoever is placed."""
    wanted = _wanted(work)
    entries = _entries(wanted.tracks)
    placed = placements_of([one.id for one in entries])
    pages = [
        ticket_page(work, one, [_stop(seat) for seat in placed.get(one.id, [])])
        for one in entries
        if one.id in placed or one.track.event.kind is EventKind.TRAINING
    ]
    if entries and not pages:
        raise NobodyPlaced(entries=len(entries))
    return write_pages(
        work,
        pages,
        partial(tickets_pdf, translate=work.words, fonts_dir=work.fonts_dir),
        lambda _: TICKET_WEIGHT,
        TICKETS_TOGETHER * TICKET_WEIGHT,
        title=f"{work.task.title}-{wanted.title}",
    )


@dataclass(frozen=True)
class Stop:
    """Where and when a ticket sends somebody for one part."""

    part: str
    times: str
    venue: str
    room: str
    station: str


def _stop(placed: Placement) -> Stop:
    held, room = placed.session, placed.session.room
    return Stop(placed.part, time_span(held), room.venue.name, room.name, placed.station.label)


def ticket_page(work: Work, entry: Entry, stops: Sequence[Stop]) -> TicketPage:
    """One entry's ticket, ``stops`` in order of time; an exam in two parts names both seats."""
    event, track = entry.track.event, entry.track
    title = TICKET_TITLES[event.kind]
    people = [one.person for one in entry.members if one.takes_part]
    late = (STATION_AT_THE_DOOR,) if is_drawn_at_the_door(track.rules) else ()
    return TicketPage(
        title=work.words(title),
        title_en=title if work.words(title) != title else "",
        event=event.name,
        track=track.name,
        holder=entry.label,
        unit=entry.unit.name,
        masked_id=people[0].id_masked if len(people) == 1 else "",
        number=ticket_number(entry),
        session=_times(track, stops),
        venue=_by_part(track, {one.part: one.venue for one in stops}),
        room=_by_part(track, {one.part: one.room for one in stops}),
        seat="" if late else " / ".join(one.station for one in stops if one.station),
        rules=tuple(work.words(text) for text in (*TICKET_RULES[event.kind], *late)),
        photo_box=event.kind is not EventKind.TRAINING,
        qr_text=ticket_url(work.public_url, entry.id),
    )


def _times(track: Track, stops: Sequence[Stop]) -> str:
    rules = track.rules
    if isinstance(rules, TrainingRules):
        days = sorted({one.on for one in rules.half_days})
        return f"{days[0]} – {days[-1]}" if len(days) > 1 else str(days[0])
    return _by_part(track, {one.part: one.times for one in stops})


def _by_part(track: Track, texts: Mapping[str, str]) -> str:
    """One text where all parts share it; else each after the name of its part."""
    if len(set(texts.values())) <= 1:
        return next(iter(texts.values()), "")
    names = {one.code: one.name for one in parts_of(track.rules)}
    return JOIN.join(f"{names.get(part, part)} {text}" for part, text in texts.items())


# ---- sign-in sheets


def make_sign_in_pdf(work: Work) -> str:
    """Lists to sign: for a class a box for each half day, else one list for each session."""
    wanted = _wanted(work)
    entries = _entries(wanted.tracks)
    sheets = [sheet for track in wanted.tracks for sheet in _sheets(work, track, entries)]
    return write_pages(
        work,
        sheets,
        partial(sign_in_sheets_pdf, translate=work.words, fonts_dir=work.fonts_dir),
        lambda one: len(one.rows),
        title=f"{work.task.title}-{wanted.title}",
    )


def _sheets(work: Work, track: Track, entries: Sequence[Entry]) -> Iterator[SignInSheet]:
    own = [one for one in entries if one.track_id == track.id]
    if not own:
        return
    rules = track.rules
    if isinstance(rules, TrainingRules):
        boxes = [_short_label(work, key_of(one)) for one in rules.half_days]
        for first in range(0, len(boxes), BOXES_PER_SHEET):
            yield _sheet(track, "", boxes[first : first + BOXES_PER_SHEET], own)
        return
    placed = placements_of([one.id for one in own])
    sessions = {one.session_id: one.session for seats in placed.values() for one in seats}
    for held in sorted(sessions.values(), key=lambda one: (one.starts_at, one.name)):
        there = {key for key, seats in placed.items() if any(s.session is held for s in seats)}
        sitting = [one for one in own if one.id in there]
        place = f"{held.name} · {held.room.name} · {time_span(held)}"
        yield _sheet(track, place, [work.words(N_("Signature"))], sitting)
    if unplaced := [one for one in own if one.id not in placed]:
        yield _sheet(track, "", [work.words(N_("Signature"))], unplaced)


def _sheet(track: Track, place: str, boxes: Sequence[str], own: Iterable[Entry]) -> SignInSheet:
    return SignInSheet(
        title=track.name,
        subtitle=place or track.event.name,
        half_days=tuple(boxes),
        rows=tuple(
            SignInLine(number=f"{o.number:03d}", name=o.label, unit=o.unit.name) for o in own
        ),
    )


def _short_label(work: Work, key: HalfDayKey) -> str:
    return f"{key.on:%m-%d} {work.words(PART_LABELS[key.part])}"


# ---- hours


def make_hours_xlsx(work: Work) -> str:
    """Every trainee's hours by half day, their sum, whether the class is completed, and by year."""
    wanted = _wanted(work)
    tables = [
        hours_table(work, track)
        for track in wanted.tracks
        if isinstance(track.rules, TrainingRules)
    ]
    name = safe_file_name(f"{work.task.title}-{wanted.title}", "xlsx")
    made = f"{clock.in_shanghai(clock.now()):%Y-%m-%d %H:%M}"
    work.progress(0, 1)
    to_xlsx(tables, work.out, header_lines=[f"{wanted.title} · {work.words(N_('As of'))} {made}"])
    work.progress(1, 1)
    return name


def hours_table(work: Work, track: Track) -> Table:
    """The hours of one class. Each half day counts for the year it lies in."""
    rules = track.rules
    if not isinstance(rules, TrainingRules):
        raise TypeError("only classes have hours")
    words = work.words
    half_days = [
        Column(_key(one), _short_label(work, key_of(one)), Kind.DECIMAL) for one in rules.half_days
    ]
    years = [
        Column(f"year {year}", words(N_("Hours of %(year)s")) % {"year": year}, Kind.DECIMAL)
        for year in hours_by_year(rules.half_days, ())
    ]
    columns = [
        Column("number", words(N_("No."))),
        Column("name", words(N_("Full name"))),
        Column("unit", words(N_("School or unit"))),
        Column("masked", words(N_("ID number"))),
        *half_days,
        Column("total", words(N_("Hours in all")), Kind.DECIMAL),
        Column("percent", words(N_("Attendance in percent")), Kind.DECIMAL),
        Column("completed", words(N_("Completed"))),
        *years,
    ]
    signed = queries.signed_half_days(track.id)
    rows = [
        _hours_row(work, rules, one, signed.get(one.id, frozenset()))
        for one in queries.trainees(track.id)
    ]
    return Table(track.name, columns, rows)


def _key(half_day: HalfDay) -> str:
    return f"{half_day.on} {half_day.part}"


def _hours_row(
    work: Work, rules: TrainingRules, entry: Entry, signed: frozenset[HalfDayKey]
) -> dict[str, str | Decimal | date | None]:
    done = completes(rules, signed)
    row: dict[str, str | Decimal | date | None] = {
        "number": f"{entry.number:03d}",
        "name": entry.label,
        "unit": entry.unit.name,
        "masked": "、".join(one.person.id_masked for one in entry.members if one.takes_part),
        "total": hours(rules.half_days, signed),
        "percent": percent(rules.half_days, signed),
        "completed": work.words(N_("completed") if done else N_("not completed")),
    }
    row |= {_key(o): o.hours if key_of(o) in signed else Decimal(0) for o in rules.half_days}
    row |= {f"year {y}": h for y, h in hours_by_year(rules.half_days, signed).items()}
    return row
