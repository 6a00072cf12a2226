"""The picture of a timetable: a bar for every session, a line for every room, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from eventsys import clock
from eventsys.events.rules import EventKind
from eventsys.releases.stops import MyStop
from eventsys.timetable.queries import SessionRow

NAMES = 190  # the drawing is measured in units of one pixel at full width
WIDTH = 1130
LINE = 54
HEAD = 30
WIDE_LETTER, NARROW_LETTER = 15, 8


@dataclass(frozen=True)
class Bar:
    """One session in the drawing."""

    row: SessionRow
    x: int
    width: int
    text: str
    time: str
    tone: int


@dataclass(frozen=True)
class Line:
    """One room in the drawing."""

    y: int
    name: str
    bars: list[Bar]


@dataclass(frozen=True)
class Day:
    """One day: the hours along the top, the rooms down the side."""

    on: date
    hours: list[tuple[int, str]]
    lines: list[Line]

    @property
    def height(self) -> int:
        """How high the drawing is."""
        return HEAD + LINE * len(self.lines)


def days_of(rows: Sequence[SessionRow]) -> list[Day]:
    """The sessions of an event as one drawing a day."""
    tracks = list(dict.fromkeys(row.session.track_id for row in rows))

    def day(row: SessionRow) -> date:
        return _local(row.session.starts_at).date()

    return [_day(on, list(held), tracks) for on, held in groupby(sorted(rows, key=day), key=day)]


def stops_by_day(stops: Sequence[MyStop]) -> list[tuple[date | None, list[MyStop]]]:
    """One's own stops day by day; a class counts for its first day, ``None`` is not known yet."""

    def day(stop: MyStop) -> date:
        if stop.starts_at is not None:
            return _local(stop.starts_at).date()
        event = stop.entry.track.event if stop.entry else None
        known = event is not None and event.kind is EventKind.TRAINING
        return event.starts_on if known and event else date.max

    ordered = sorted(stops, key=day)
    return [(None if on == date.max else on, list(held)) for on, held in groupby(ordered, key=day)]


def _day(on: date, rows: list[SessionRow], tracks: list[int]) -> Day:
    starts = min(_local(row.session.starts_at) for row in rows).replace(minute=0)
    ends = max(_local(row.session.ends_at) for row in rows)
    hours = max(4, -(-int((ends - starts).total_seconds()) // 3600))
    scale = (WIDTH - NAMES) / hours
    names = attrgetter("session.room.venue.name", "session.room.name")
    rooms = groupby(sorted(rows, key=names), key=names)
    return Day(
        on,
        [(NAMES + round(n * scale), f"{starts + timedelta(hours=n):%H:%M}") for n in range(hours)],
        [
            Line(
                HEAD + n * LINE,
                _fit(room, NAMES - 16),
                [_bar(row, starts, scale, tracks) for row in held],
            )
            for n, ((_venue, room), held) in enumerate(rooms)
        ],
    )


def _bar(row: SessionRow, starts: datetime, scale: float, tracks: list[int]) -> Bar:
    held = row.session
    begins, ends = _local(held.starts_at), _local(held.ends_at)
    x = NAMES + round((begins - starts).total_seconds() / 3600 * scale)
    width = max(4, round((ends - begins).total_seconds() / 3600 * scale) - 2)
    return Bar(
        row,
        x,
        width,
        _fit(f"{held.track.name} {held.name}", width - 16),
        _fit(f"{begins:%H:%M}–{ends:%H:%M}", width - 16),
        tracks.index(held.track_id) % 4,
    )


def _fit(text: str, width: int) -> str:
    """As much of a text as fits in so many units."""
    used = 0
    for n, letter in enumerate(text):
        used += NARROW_LETTER if letter.isascii() else WIDE_LETTER
        if used > width:
            return f"{text[: max(0, n - 1)]}…" if n > 1 else ""
    return text


def _local(moment: datetime) -> datetime:
    return clock.in_shanghai(moment)
