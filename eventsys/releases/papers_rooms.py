"""Paper for rooms: door sheets, desk labels, sign-in sheets, and seat maps."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from eventsys.db import session
from eventsys.errors import N_
from eventsys.printing.documents import SeatLine, SeatSheet, seat_sheets_pdf
from eventsys.printing.plan_documents import (
    DeskLabel,
    MapSeat,
    MapSheet,
    PhotoLine,
    PhotoSheet,
    desk_labels_pdf,
    photo_sheets_pdf,
    seat_maps_pdf,
)
from eventsys.releases.papers import (
    NobodyInVersion,
    Seated,
    Sitting,
    Source,
    Words,
    read_source,
    span,
    version_of,
)
from eventsys.tasks.pages import write_pages
from eventsys.tasks.work import Work
from eventsys.timetable.lots import natural, rows_of
from eventsys.timetable.models import Room, Station
from eventsys.timetable.reports import DRAWN_LATE
from eventsys.timetable.rules import StationState

SPARE = N_("Spare station")


class NoSeats(NobodyInVersion):
    message = N_(
        "No station is known in this version, and no room in it has numbered stations. Number the"
        " stations under “Places”, or draw them, keep a new version, and print that one."
    )


def make_plan_doors(work: Work) -> str:
    """Who is in the room: one sheet for the door for each session."""
    return doors(work, read_source(work, version_of(work)))


def doors(work: Work, source: Source) -> str:
    """The sheets for the doors of what was read."""
    return _sheets(work, source, _door, seat_sheets_pdf)


def _sheets(
    work: Work,
    source: Source,
    sheet: Callable[[Sitting, Words], SeatSheet | PhotoSheet],
    paper: Callable[..., Any],
) -> str:
    """A sheet for each session that seats anybody."""
    sheets = [sheet(one, work.words) for one in source.sittings if one.seated]
    if not sheets:
        raise NobodyInVersion
    draw = partial(paper, stamp=source.stamp, translate=work.words, fonts_dir=work.fonts_dir)
    return write_pages(work, sheets, draw, lambda one: len(one.rows))


def _door(sitting: Sitting, words: Words) -> SeatSheet:
    return SeatSheet(
        title=_title(sitting),
        room=sitting.line.room,
        venue=sitting.line.venue,
        session=f"{span(sitting.line)} {_note(sitting, words)}".strip(),
        rows=tuple(
            SeatLine(
                seat=one.station or "–",
                name=one.who.name,
                number=one.who.number,
                unit=one.who.unit,
            )
            for one in sitting.seated
        ),
    )


def _title(sitting: Sitting) -> str:
    return f"{sitting.line.track} {sitting.line.session}"


def _note(sitting: Sitting, words: Words) -> str:
    return words(DRAWN_LATE) if sitting.is_late else ""


# ---- desks


def make_plan_desks(work: Work) -> str:
    """A label for each seat of each session; where stations are drawn, one for each station."""
    source = read_source(work, version_of(work))
    late = {one.line.room_id: one for one in source.sittings if one.is_late}
    labels = [_desk(source, one, seat) for one in source.sittings for seat in one.seated]
    labels = [label for label in labels if label.seat]
    for room in _rooms(late).values():
        labels += [_bare(source, room, station, work.words) for station in _ordered(room)]
    if not labels:
        raise NoSeats
    draw = partial(
        desk_labels_pdf, stamp=source.stamp, translate=work.words, fonts_dir=work.fonts_dir
    )
    return write_pages(work, labels, draw)


def _desk(source: Source, sitting: Sitting, seat: Seated) -> DeskLabel:
    return DeskLabel(
        title=source.event,
        session=f"{sitting.line.session} {span(sitting.line)}",
        seat=seat.station,
        room=sitting.line.room,
        holder=seat.who.name,
        number=seat.who.number,
        below=seat.who.unit,
    )


def _bare(source: Source, room: Room, station: Station, words: Words) -> DeskLabel:
    below = words(SPARE) if station.is_spare else ""
    return DeskLabel(title=source.event, seat=station.label, room=room.name, below=below)


def _rooms(keys: Iterable[int]) -> dict[int, Room]:
    found = select(Room).where(Room.id.in_(sorted(keys))).options(selectinload(Room.stations))
    return {one.id: one for one in session().scalars(found.order_by(Room.name))}


def _ordered(room: Room) -> list[Station]:
    return sorted(room.stations, key=lambda one: natural(one.label))


# ---- signing in


def make_plan_sign_in(work: Work) -> str:
    """One sheet for each session: a box for the photo and a line to sign for everybody in it."""
    return sign_in(work, read_source(work, version_of(work)))


def sign_in(work: Work, source: Source) -> str:
    """The sign-in sheets of what was read."""
    return _sheets(work, source, _photos, photo_sheets_pdf)


def _photos(sitting: Sitting, words: Words) -> PhotoSheet:
    return PhotoSheet(
        title=_title(sitting),
        room=sitting.line.room,
        venue=sitting.line.venue,
        session=span(sitting.line),
        note=_note(sitting, words),
        rows=tuple(
            PhotoLine(
                number=seat.who.number,
                name=name,
                unit=seat.who.unit,
                seat=seat.station,
                masked=masked,
            )
            for seat in sitting.seated
            for name, masked in seat.who.people or ((seat.who.name, ""),)
        ),
    )


# ---- maps


def make_plan_maps(work: Work) -> str:
    """The rooms as they stand, with who sits where where that may be said."""
    source = read_source(work, version_of(work))
    rooms = _rooms({one.line.room_id for one in source.sittings})
    sheets = list(_maps(source, rooms, work.words))
    if not sheets:
        raise NoSeats
    draw = partial(
        seat_maps_pdf, stamp=source.stamp, translate=work.words, fonts_dir=work.fonts_dir
    )
    return write_pages(work, sheets, draw, lambda one: sum(map(len, one.rows)))


def _maps(source: Source, rooms: Mapping[int, Room], words: Words) -> Iterator[MapSheet]:
    for sitting in source.sittings:
        room = rooms.get(sitting.line.room_id)
        stations = _ordered(room) if room else []
        sat = {one.station: one for one in sitting.seated if one.station}
        if room is None or not (stations or sat):
            continue
        known = {one.label for one in stations}
        yield MapSheet(
            title=_title(sitting),
            room=sitting.line.room,
            venue=sitting.line.venue,
            session=span(sitting.line),
            note=_note(sitting, words),
            per_row=max(1, room.per_row),
            rows=_squares(stations, room.per_row, sat),
            elsewhere=tuple(
                f"{label} {one.who.number} {one.who.name}"
                for label, one in sat.items()
                if label not in known
            ),
        )


def _squares(
    stations: Sequence[Station], per_row: int, sat: Mapping[str, Seated]
) -> tuple[tuple[MapSeat, ...], ...]:
    return tuple(
        tuple(_square(one, sat.get(one.label)) for one in row)
        for row in rows_of(stations, max(1, per_row))
    )


def _square(station: Station, seated: Seated | None) -> MapSeat:
    states = {StationState.SPARE: "spare", StationState.FAULTY: "faulty"}
    return MapSeat(
        label=station.label,
        state=states.get(station.state, "ok"),
        number=seated.who.number if seated else "",
        name=seated.who.name if seated else "",
    )
