"""Venues, rooms and stations as a table: a row for each station, or for a room without labels."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from eventsys.errors import N_, RuleBroken
from eventsys.exports import Column, Table, template_xlsx, to_xlsx
from eventsys.imports import (
    CellProblem,
    ImportColumn,
    NoRows,
    NothingGiven,
    Notice,
    ReadRow,
    TextTooLong,
    columns_of,
    read_table,
)
from eventsys.timetable.lots import ROW_MOST, natural
from eventsys.timetable.models import Room, Station, Venue
from eventsys.timetable.place_actions import words_of
from eventsys.timetable.states import PURPOSE_LABELS, Purpose

Words = Callable[[str], str]
Value = str | int | bool | Purpose | None
Path = tuple[str, ...]
"""A venue, a room in it, a station in that."""

HEADINGS: Mapping[str, str] = {
    "venue": N_("Venue name"),
    "address": N_("Address"),
    "room": N_("Room name"),
    "purpose": N_("What the room is for"),
    "seats": N_("Seats without numbers"),
    "per_row": N_("Stations side by side"),
    "equipment": N_("Equipment"),
    "reset_minutes": N_("Minutes to reset between two sessions"),
    "station": N_("Station"),
    "vendor": N_("Make or type"),
    "is_spare": N_("Spare"),
}
FACTS: Sequence[tuple[str, ...]] = (
    ("address",),
    ("purpose", "seats", "per_row", "equipment", "reset_minutes"),
    ("vendor", "is_spare"),
)
"""What is said of a venue, of a room, of a station."""
NAMES = ("venue", "room", "station")
NUMBERS = {"seats": (0, 2000), "per_row": (1, ROW_MOST), "reset_minutes": (0, 600)}
LONGEST = {
    "venue": 100,
    "address": 200,
    "room": 100,
    "equipment": 300,
    "station": 10,
    "vendor": 40,
}
WHOLE = re.compile("[0-9]{1,4}")
BREAKS = re.compile("[\t\r\n]+")
YES = frozenset({"yes", "y", "true", "1", "是", "备用"})
NO = frozenset({"no", "n", "false", "0", "否"})
SPARE_LABELS = {True: N_("yes"), False: N_("no")}

EXAMPLE = (
    N_("Example: training centre"),
    N_("1 Example Road"),
    "101",
    PURPOSE_LABELS[Purpose.PRACTICE],
    "",
    "5",
    N_("projector, compressed air"),
    "10",
    "01",
    "",
    SPARE_LABELS[False],
)
NOTES = (
    N_("One row for each station. A room without numbered stations has one row with its seats."),
    N_("The address is needed once for a venue, what is said of a room once for a room."),
    N_("The first row is an example. It is passed over as long as nobody changes it."),
    N_("An empty cell leaves what is on record. Nothing is ever removed by a file."),
    N_("Stations are text: keep the column's format, or 01 becomes 1."),
    N_("You see what would change before anything is saved; then all rows are kept, or none."),
)


class UnknownPurpose(RuleBroken):
    message = N_("A room is for one of these: %(known)s. Correct “%(given)s”.")


class NumberUnfit(RuleBroken):
    message = N_("Write a whole number between %(low)s and %(most)s.")


class SpareUnclear(RuleBroken):
    message = N_("Write yes or no. Correct “%(given)s”.")


class RowRepeated(RuleBroken):
    message = N_("The same stands in row %(row)s already. Keep one of the two rows.")


class SaidTwice(RuleBroken):
    message = N_("Row %(row)s says something else of the same room or venue. Write one of the two.")


@dataclass(frozen=True)
class Given:
    """What a table says of one venue, room or station: only the cells that are filled."""

    row: int
    path: Path
    facts: Mapping[str, Value]


@dataclass(frozen=True)
class ReadPlaces:
    """A table as it was read; nothing may be kept while there are problems."""

    rows: Sequence[ReadRow]
    places: Sequence[Given]
    notices: Sequence[Notice] = ()
    problems: Sequence[CellProblem] = ()


# ---- reading


def place_columns(words: Words) -> list[ImportColumn]:
    """The columns of the table; a station typed as a number is refused, 01 is not 1."""
    return [
        ImportColumn(one.key, one.header, one.required, one.key == "station")
        for one in columns_of(HEADINGS, ["venue"], words)
    ]


def read_places(data: bytes, file_name: str, words: Words) -> ReadPlaces:
    """Read a file; every cell that cannot be kept is named with its reason."""
    table = read_table(data, file_name, place_columns(words))
    examples = (_example(words), _example(str))
    rows = [one for one in table.rows if tuple(one.values[key] for key in HEADINGS) not in examples]
    if not rows:
        raise NoRows
    broken = {one.row for one in table.errors}
    found = places_in([one for one in rows if one.number not in broken], words)
    problems = sorted([*table.errors, *found.problems], key=lambda one: one.row)
    return ReadPlaces(rows, found.places, table.notices, problems)


def _example(words: Words) -> tuple[str, ...]:
    return tuple(words(text) if text else "" for text in EXAMPLE)


@dataclass
class _Said:
    """What the rows read so far say of one thing, and in which row each of it stands."""

    row: int
    facts: dict[str, tuple[int, Value]] = field(default_factory=dict)


def places_in(rows: Sequence[ReadRow], words: Words) -> ReadPlaces:
    """What the rows say of venues, rooms and stations, each once."""
    said: dict[Path, _Said] = {}
    ends: dict[Path, int] = {}
    problems: list[CellProblem] = []
    for row in rows:
        values = {key: BREAKS.sub(" ", text).strip() for key, text in row.values.items()}
        for key, refusal in _take(row.number, values, said, ends, words):
            problems.append(CellProblem(row.number, words(HEADINGS[key]), refusal))
    places = [
        Given(one.row, path, {key: value for key, (_row, value) in one.facts.items()})
        for path, one in said.items()
    ]
    return ReadPlaces(rows, places, problems=problems)


def _take(
    row: int,
    values: Mapping[str, str],
    said: dict[Path, _Said],
    ends: dict[Path, int],
    words: Words,
) -> Iterator[tuple[str, RuleBroken]]:
    """Note what a row says; every cell that cannot be kept comes back with its reason."""
    path = _path(values)
    if not all(path):
        yield NAMES[path.index("")], NothingGiven()
        return
    if path in ends:
        yield NAMES[len(path) - 1], RowRepeated(row=ends[path])
        return
    ends[path] = row
    for key, text in values.items():
        if text:
            try:
                _say(said, row, path, key, _value(key, text, words))
            except RuleBroken as refusal:
                yield key, refusal


def _path(values: Mapping[str, str]) -> Path:
    """Whom a row speaks of: down to the last level of which it says anything."""
    spoken = [
        level
        for level, (name, keys) in enumerate(zip(NAMES, FACTS, strict=True), start=1)
        if any(values[key] for key in (name, *keys))
    ]
    return tuple(values[name] for name in NAMES[: max(spoken, default=1)])


def _say(said: dict[Path, _Said], row: int, path: Path, key: str, value: Value) -> None:
    """Note a cell with the thing it speaks of; what another row said must be the same."""
    if key in NAMES:
        said.setdefault(path[: NAMES.index(key) + 1], _Said(row))
        return
    level = next(level for level, keys in enumerate(FACTS, start=1) if key in keys)
    thing = said.setdefault(path[:level], _Said(row))
    other, known = thing.facts.setdefault(key, (row, value))
    if known != value:
        raise SaidTwice(row=other)


def _value(key: str, text: str, words: Words) -> Value:
    if key in NUMBERS:
        return _number(text, *NUMBERS[key])
    if key == "purpose":
        return _purpose(text, words)
    if key == "is_spare":
        return _spare(text, words)
    kept = ", ".join(words_of(text)) if key == "equipment" else text
    if len(kept) > LONGEST[key]:
        raise TextTooLong(limit=LONGEST[key])
    return kept


def _number(text: str, low: int, most: int) -> int:
    plain = unicodedata.normalize("NFKC", text)
    if not WHOLE.fullmatch(plain) or not low <= int(plain) <= most:
        raise NumberUnfit(low=low, most=most)
    return int(plain)


def _purpose(text: str, words: Words) -> Purpose:
    known = {label.casefold(): one for one, label in PURPOSE_LABELS.items()}
    known |= {words(label).casefold(): one for one, label in PURPOSE_LABELS.items()}
    if text.casefold() not in known:
        names = words(", ").join(words(label) for label in PURPOSE_LABELS.values())
        raise UnknownPurpose(known=names, given=text)
    return known[text.casefold()]


def _spare(text: str, words: Words) -> bool:
    plain = unicodedata.normalize("NFKC", text).casefold()
    for value, known in ((True, YES), (False, NO)):
        if plain in known or plain == words(SPARE_LABELS[value]).casefold():
            return value
    raise SpareUnclear(given=text)


# ---- writing


def write_place_template(out: BinaryIO, words: Words) -> None:
    """An empty file with an example row, instructions, and what can be chosen."""
    template_xlsx(
        place_columns(words),
        out,
        notes=[words(note) for note in NOTES],
        choices={
            "purpose": [words(label) for label in PURPOSE_LABELS.values()],
            "is_spare": [words(label) for label in SPARE_LABELS.values()],
        },
        example=_example(words),
        name=words(N_("Venues and rooms")),
        notes_name=words(N_("How to fill it in")),
    )


def write_places(out: BinaryIO, venues: Sequence[Venue], words: Words) -> None:
    """Everything on record in the columns of the template, to be changed and brought in again."""
    columns = [Column(key, words(label)) for key, label in HEADINGS.items()]
    to_xlsx([Table(words(N_("Venues and rooms")), columns, _rows(venues, words))], out)


def _rows(venues: Sequence[Venue], words: Words) -> Iterator[dict[str, str]]:
    """What is said of a venue or room stands in its first row only: so it is changed once."""
    for venue in venues:
        of_venue = _cells(venue, 0, words)
        for room in venue.rooms:
            of_room = _cells(room, 1, words)
            ordered = sorted(room.stations, key=lambda one: natural(one.label))
            for station in ordered or [None]:
                row = dict.fromkeys(HEADINGS, "") | of_venue | of_room
                if station is not None:
                    row |= {"station": station.label, **_cells(station, 2, words)}
                yield row | {"venue": venue.name, "room": room.name}
                of_venue, of_room = {}, {}
        if not venue.rooms:
            yield dict.fromkeys(HEADINGS, "") | of_venue | {"venue": venue.name}


def _cells(thing: Venue | Room | Station, level: int, words: Words) -> dict[str, str]:
    return {key: shown(getattr(thing, key), words) for key in FACTS[level]}


def shown(value: Value, words: Words) -> str:
    """A value as it stands in a cell."""
    if isinstance(value, Purpose):
        return words(PURPOSE_LABELS[value])
    if isinstance(value, bool):
        return words(SPARE_LABELS[value])
    return "" if value is None else str(value)
