"""Paper for people: tickets, and who serves where."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from itertools import groupby

from eventsys.attendance.reports import TICKET_WEIGHT, TICKETS_TOGETHER, Stop, ticket_page
from eventsys.duties.rules import OFFICE_LABELS, WEEKDAYS
from eventsys.errors import N_
from eventsys.events.rules import EventKind
from eventsys.printing.documents import tickets_pdf
from eventsys.printing.plan_documents import DutyBlock, DutyLine, DutySheet, duty_lists_pdf
from eventsys.releases.papers import (
    NobodyInVersion,
    Served,
    Sitting,
    Source,
    Words,
    day_of,
    entries_in,
    offices_of,
    read_source,
    span,
    times,
    version_of,
)
from eventsys.tasks.pages import write_pages
from eventsys.tasks.work import Work

SLIPS_TOGETHER = 40  # people on the pages of one sheet
ROSTER = N_("Who serves at each session")
SLIPS = N_("Duty slips")


class NobodyServes(NobodyInVersion):
    message = N_(
        "Nobody is on duty in this version. Give out the duties, keep a new version, and print that"
        " one."
    )


# ---- tickets


def make_plan_tickets(work: Work) -> str:
    """A ticket for everybody with a place in the version; in a training for everybody."""
    return tickets(work, read_source(work, version_of(work)))


def tickets(work: Work, source: Source) -> str:
    """The tickets of what was read, those of one unit together: its team leader hands them out."""
    stops = _stops(source)
    shown = [
        one
        for one in source.entries.values()
        if one.entry_id in stops or source.kind is EventKind.TRAINING
    ]
    shown.sort(key=lambda one: (one.unit, source.tracks[one.track_id], one.number))
    keys = [one.entry_id for one in shown]
    pages = [ticket_page(work, entry, stops.get(entry.id, [])) for entry in entries_in(keys)]
    if not pages:
        raise NobodyInVersion
    draw = partial(tickets_pdf, stamp=source.stamp, translate=work.words, fonts_dir=work.fonts_dir)
    return write_pages(work, pages, draw, lambda _: TICKET_WEIGHT, TICKETS_TOGETHER * TICKET_WEIGHT)


def _stops(source: Source) -> dict[int, list[Stop]]:
    """Where a version sends each entry, in order of time."""
    found: defaultdict[int, list[Stop]] = defaultdict(list)
    for one in source.sittings:
        line = one.line
        for seat in one.seated:
            stop = Stop(seat.part, span(line), line.venue, line.room, seat.station)
            found[seat.who.entry_id].append(stop)
    return dict(found)


# ---- duties


def make_plan_duties(work: Work) -> str:
    """The roster by day and session, and after it a slip to cut out for each person."""
    source = read_source(work, version_of(work))
    served = [one for one in source.sittings if one.served]
    if not served:
        raise NobodyServes
    sheets = [_roster(source, served, work.words), *_slips(source, served, work.words)]
    draw = partial(
        duty_lists_pdf, stamp=source.stamp, translate=work.words, fonts_dir=work.fonts_dir
    )
    return write_pages(work, sheets, draw, lambda one: sum(len(each.rows) for each in one.blocks))


def _roster(source: Source, served: Sequence[Sitting], words: Words) -> DutySheet:
    days = groupby(served, key=lambda one: day_of(one.line))
    return DutySheet(
        title=words(ROSTER),
        subtitle=source.event,
        of_people=False,
        blocks=tuple(
            DutyBlock(
                title=weekday(day, words),
                rows=tuple(
                    DutyLine(
                        time=times(one.line),
                        what=f"{one.line.track} {one.line.session}",
                        where=f"{one.line.venue} · {one.line.room}",
                        people=offices_of(one.served, words),
                    )
                    for one in some
                ),
            )
            for day, some in days
        ),
    )


def weekday(day: str, words: Words) -> str:
    """A day as people call it."""
    return f"{day} {words(WEEKDAYS[date.fromisoformat(day).weekday()])}"


def _slips(source: Source, served: Sequence[Sitting], words: Words) -> Iterator[DutySheet]:
    by_person: defaultdict[int, list[tuple[Sitting, Served]]] = defaultdict(list)
    for sitting in served:
        for one in sitting.served:
            by_person[one.user_id].append((sitting, one))
    people = sorted(by_person.values(), key=lambda some: (some[0][1].name, some[0][1].user_id))
    blocks = [_slip(some, words) for some in people]
    for first in range(0, len(blocks), SLIPS_TOGETHER):
        yield DutySheet(
            title=words(SLIPS),
            subtitle=source.event,
            of_people=True,
            blocks=tuple(blocks[first : first + SLIPS_TOGETHER]),
        )


def _slip(duties: Sequence[tuple[Sitting, Served]], words: Words) -> DutyBlock:
    return DutyBlock(
        title=duties[0][1].name,
        rows=tuple(
            DutyLine(
                time=span(sitting.line),
                what=f"{sitting.line.track} {sitting.line.session}",
                where=f"{sitting.line.venue} · {sitting.line.room}",
                office=words(OFFICE_LABELS[one.office]),
            )
            for sitting, one in duties
        ),
    )
