"""The order book: the whole event for everybody in it, from one version."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby

from sqlalchemy import func, select

from eventsys.db import session
from eventsys.errors import N_
from eventsys.events.rules import EventKind
from eventsys.printing.plan_documents import (
    BookLine,
    BookRoom,
    BookTrack,
    BookUnit,
    OrderBook,
    Served,
    order_book_pdf,
)
from eventsys.releases.papers import (
    NobodyInVersion,
    Sitting,
    Source,
    Words,
    day_of,
    offices_of,
    read_source,
    times,
    version_of,
)
from eventsys.releases.papers_people import weekday
from eventsys.tasks.pages import TOGETHER, batches, write_pages
from eventsys.tasks.work import Work
from eventsys.timetable.models import Station

ENTRIES_TOGETHER = 1500  # names in one PDF of the book
NAMED_TRACKS = 6  # tracks named beside a room

BOOK_TITLES: Mapping[EventKind, str] = {
    EventKind.COMPETITION: N_("Order book"),
    EventKind.TRAINING: N_("Book of the training"),
    EventKind.EXAM: N_("Book of the exam"),
}
ENTRIES = N_("%(n)s entries in all")


def make_plan_book(work: Work) -> str:
    """Cover, timetable by day, offices, rooms, and who takes part by track and unit."""
    source = read_source(work, version_of(work))
    if not source.sittings:
        raise NobodyInVersion
    books = list(_books(source, work.words))
    draw = partial(
        order_book_pdf, stamp=source.stamp, translate=work.words, fonts_dir=work.fonts_dir
    )
    return write_pages(work, books, draw, lambda _: TOGETHER)


def _books(source: Source, words: Words) -> Iterator[OrderBook]:
    """The book; what has more names than one PDF bears goes on in further ones."""
    first, *others = batches(list(_pieces(source, words)), _names, ENTRIES_TOGETHER)
    book = OrderBook(
        title=words(BOOK_TITLES[source.kind]),
        event=source.event,
        event_en=source.event_en,
        host=source.host,
        dates=source.dates,
    )
    yield replace(
        book,
        days=tuple(_days(source.sittings, words)),
        offices=tuple(_offices(source, words)),
        rooms=tuple(_rooms(source.sittings)),
        tracks=tuple(first),
    )
    for some in others:
        yield replace(book, has_cover=False, tracks=tuple(some))


def _names(track: BookTrack) -> int:
    return sum(len(one.entries) for one in track.units)


def _days(sittings: Sequence[Sitting], words: Words) -> Iterator[tuple[str, tuple[BookLine, ...]]]:
    for day, some in groupby(sittings, key=lambda one: day_of(one.line)):
        yield (
            weekday(day, words),
            tuple(
                BookLine(
                    time=times(one.line),
                    track=one.line.track,
                    what=one.line.session,
                    where=f"{one.line.venue} · {one.line.room}",
                    count=str(len(one.seated)) if one.seated else "",
                )
                for one in some
            ),
        )


def _offices(source: Source, words: Words) -> Iterator[tuple[str, Served]]:
    for key, title in source.tracks.items():
        served = [
            duty for one in source.sittings if one.line.track_id == key for duty in one.served
        ]
        if served:
            yield title, offices_of(served, words)


def _rooms(sittings: Sequence[Sitting]) -> Iterator[BookRoom]:
    """The rooms of the version, their working stations, and the tracks in them."""
    used: defaultdict[tuple[str, str, int], dict[str, None]] = defaultdict(dict)
    for one in sittings:
        line = one.line
        used[line.venue, line.room, line.room_id][line.track] = None
    counted = (
        select(Station.room_id, func.count(Station.id))
        .where(Station.room_id.in_({key for _, _, key in used}), Station.faulty_since.is_(None))
        .group_by(Station.room_id)
    )
    stations = dict(session().execute(counted).all())
    for (venue, room, key), tracks in sorted(used.items()):
        named = list(tracks)
        more = " …" if len(named) > NAMED_TRACKS else ""
        yield BookRoom(
            venue=venue,
            room=room,
            stations=str(stations.get(key, "")),
            used="；".join(named[:NAMED_TRACKS]) + more,
        )


def _pieces(source: Source, words: Words) -> Iterator[BookTrack]:
    """The tracks with their entries by unit; a very large one in several pieces."""
    by_track: defaultdict[int, defaultdict[str, list[tuple[str, str]]]]
    by_track = defaultdict(lambda: defaultdict(list))
    for who in source.entries.values():
        by_track[who.track_id][who.unit].append((who.number, who.name))
    for key, title in source.tracks.items():
        units = [
            BookUnit(unit=unit, entries=tuple(entries))
            for unit, entries in sorted(by_track[key].items())
        ]
        count = words(ENTRIES) % {"n": sum(len(one.entries) for one in units)}
        parts = list(batches(units, lambda one: len(one.entries), ENTRIES_TOGETHER))
        for some in parts or [()]:
            yield BookTrack(title=title, count=count, units=tuple(some))
