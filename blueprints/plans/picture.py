"""A day of the plan as drawings for paper: some rooms on each sheet, time down the side."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext

from blueprints.language import named
from blueprints.plans.editor_view import TONES, busy_words
from eventsys.events.models import Event
from eventsys.plans.minutes import clock_time
from eventsys.plans.move_queries import Busy, Card, Column, Grid
from eventsys.timetable.rules import DAY

ON_A_SHEET = 6
WIDTH, SIDE, HEAD, HEIGHT = 1080, 60, 46, 540
LINE = 15
WIDE_LETTER, NARROW_LETTER = 13, 7
COLOURS = ("#dbe8f2", "#d8eee1", "#fbecc8", "#e7e3f4", "#fae0da", "#d9eef0", "#ecebd2", "#f5dfec")


@dataclass(frozen=True)
class Box:
    """One session on paper: its place in the drawing and the lines that fit into it."""

    x: int
    y: int
    width: int
    height: int
    fill: str
    lines: list[str]


@dataclass(frozen=True)
class Picture:
    """One sheet: the rooms along the top, the hours down the side."""

    heads: list[tuple[int, str, str]]
    hours: list[tuple[int, str]]
    boxes: list[Box]
    edges: list[int]
    width: int = WIDTH
    height: int = HEAD + HEIGHT


def pictures_of(event: Event, grid: Grid, day: int) -> list[Picture]:
    """The sheets of a day; rooms in which nothing is held are left out."""
    held = [one for one in grid.cards if one.at is not None and one.at // DAY == day]
    used = {one.room for one in held}
    columns = [one for one in grid.columns if one.id in used]
    if not columns:
        return []
    starts = [one.at % DAY for one in held if one.at is not None]
    ends = [one.at % DAY + one.minutes for one in held if one.at is not None]
    first = min(starts) // 60 * 60
    hours = -(-(min(max(ends), DAY) - first) // 60)
    tones = {one.id: n % TONES for n, one in enumerate(event.tracks)}
    names = {one.id: named(one) for one in event.tracks}
    frame = _Frame(day, first, HEIGHT / (hours * 60))
    sheets = [columns[n : n + ON_A_SHEET] for n in range(0, len(columns), ON_A_SHEET)]
    return [
        Picture(
            heads=[
                (frame.x(n), _fit(one.name, frame.wide - 12), _fit(one.venue, frame.wide - 12))
                for n, one in enumerate(some)
            ],
            hours=[
                (frame.y(first + 60 * n), clock_time((first + 60 * n) % DAY)) for n in range(hours)
            ],
            edges=[frame.x(n) for n in range(len(some) + 1)],
            boxes=[
                *(frame.taken(one, some) for one in grid.busy if frame.shows(one, some)),
                *(
                    frame.box(
                        one,
                        _column(some, one.room),
                        COLOURS[tones[one.track_id]],
                        names[one.track_id],
                    )
                    for one in held
                    if one.room in {column.id for column in some}
                ),
            ],
        )
        for some in sheets
    ]


def _column(columns: Sequence[Column], room: int | None) -> int:
    return next(n for n, one in enumerate(columns) if one.id == room)


@dataclass(frozen=True)
class _Frame:
    """How minutes and columns become places in the drawing."""

    day: int
    first: int
    scale: float
    wide: int = (WIDTH - SIDE) // ON_A_SHEET

    def x(self, column: int) -> int:
        return SIDE + column * self.wide

    def y(self, minute: int) -> int:
        return HEAD + round((minute - self.first) * self.scale)

    def box(self, card: Card, column: int, fill: str, track: str) -> Box:
        at = (card.at or 0) % DAY
        height = max(LINE, round(card.minutes * self.scale) - 2)
        texts = [f"{clock_time(at)} {card.name}", track, gettext("%(n)s people", n=card.size)]
        lines = [_fit(text, self.wide - 14) for text in texts][: max(1, height // LINE)]
        return Box(self.x(column) + 2, self.y(at) + 1, self.wide - 4, height, fill, lines)

    def shows(self, busy: Busy, columns: Sequence[Column]) -> bool:
        today = busy.at < (self.day + 1) * DAY and busy.at + busy.minutes > self.day * DAY
        return today and any(one.id == busy.room for one in columns)

    def taken(self, busy: Busy, columns: Sequence[Column]) -> Box:
        lowest = self.first + round(HEIGHT / self.scale)
        starts = min(max(busy.at - self.day * DAY, self.first), lowest)
        ends = min(max(busy.at + busy.minutes - self.day * DAY, starts), lowest)
        lines = [_fit(busy_words(busy), self.wide - 14)]
        x, height = self.x(_column(columns, busy.room)), round((ends - starts) * self.scale)
        return Box(
            x + 2, self.y(starts), self.wide - 4, height, "#eceeeb", lines if height >= LINE else []
        )


def _fit(text: str, width: int) -> str:
    """As much of a text as fits in so many units."""
    used = 0
    for n, letter in enumerate(text):
        used += NARROW_LETTER if letter.isascii() else WIDE_LETTER
        if used > width:
            return f"{text[: max(0, n - 1)]}…"
    return text
