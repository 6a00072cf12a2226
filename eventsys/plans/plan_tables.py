"""A plan as a table: one row for each session, with its room, time and people."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from eventsys import clock
from eventsys.duties.rules import OFFICE_LABELS, Office
from eventsys.duties.time_tables import (
    CellUnfit,
    People,
    by_name,
    day_written,
    minute_written,
    person_called,
    written_as,
)
from eventsys.errors import N_, RuleBroken
from eventsys.exports import Column, Table, to_xlsx
from eventsys.imports import CellProblem, NothingGiven, Notice, ReadRow, columns_of, read_table
from eventsys.plans.minutes import moment_of
from eventsys.timetable.rules import DAY, Placing, Plan, Problem

Words = Callable[[str], str]

HEADINGS: Mapping[str, str] = {
    "track": N_("Track code"),
    "session": N_("Session"),
    "venue": N_("Venue name"),
    "room": N_("Room name"),
    "day": N_("Day"),
    "begins": N_("Begins"),
}
WHERE = ("venue", "room", "day", "begins")
TRAY = N_("tray")
NOBODY = N_("no one")
BETWEEN = N_(", ")  # between the names in a cell
FARTHEST = 3660  # days between a session and the event beyond which a date is a slip
SEPARATORS = str.maketrans(dict.fromkeys(",，;；\n", "、"))
NOTES = (
    N_(
        "One row for each session. What is not in the file, and what is left empty, stays as it is."
    ),
    N_("Write “tray” as the room of a session that shall lie nowhere."),
    N_(
        "People: names, or login names where two are called alike, with a comma between them;"
        " “no one” takes everybody out of an office."
    ),
    N_("You see what would change, and what clashes, before you accept it."),
)


class SessionUnknown(RuleBroken):
    message = N_(
        "This plan has no session “%(given)s” in track %(track)s. Write both as in the file to"
        " download."
    )


class SessionTwice(RuleBroken):
    message = N_("This session stands in row %(row)s already. Keep one of the two rows.")


class RoomUnknown(RuleBroken):
    message = N_("There is no room “%(given)s” in venue “%(venue)s”. Correct the name or add it.")


class HalfGiven(RuleBroken):
    message = N_("Give venue, room, day and time together, or leave all four empty.")


class SessionStays(RuleBroken):
    message = N_("“%(name)s” has begun, so it stays as it is. Remove the row from the file.")


class DayFarOff(RuleBroken):
    message = N_("“%(given)s” lies years away from this event. Correct the day.")


class NamedTwice(RuleBroken):
    message = N_("Somebody is named twice in this cell. Name everybody once.")


class TooManyPeople(RuleBroken):
    message = N_("This session asks for %(most)s people in this office, and the row names %(n)s.")


@dataclass(frozen=True)
class Line:
    """One session of a plan, as a table names it: its posts by office, and what it needs to say."""

    item: int
    track: str
    session: str
    posts: Mapping[Office, Sequence[int]]
    has_begun: bool = False


@dataclass(frozen=True)
class Sheet:
    """What a table may speak of: sessions, rooms by venue and name, people by account."""

    problem: Problem
    lines: Sequence[Line]
    rooms: Mapping[tuple[str, str], int]
    people: People

    @property
    def offices(self) -> list[Office]:
        """The offices that any session asks for."""
        return [one for one in Office if any(line.posts.get(one) for line in self.lines)]

    def headings(self) -> dict[str, str]:
        """The columns by key; an office is a column of its own."""
        return dict(HEADINGS) | {one.value: OFFICE_LABELS[one] for one in self.offices}


@dataclass(frozen=True)
class Given:
    """One row: where a session shall lie and who shall serve; what it does not say stays.

    ``placing`` counts if ``moves``; none puts the session into the tray.
    """

    item: int
    moves: bool
    placing: Placing | None
    served: Mapping[Office, Sequence[int]]


@dataclass(frozen=True)
class ReadPlan:
    """A table as it was read; nothing may be kept while there are problems."""

    given: Sequence[Given]
    notices: Sequence[Notice] = ()
    problems: Sequence[CellProblem] = ()


# ---- reading


def read_plan(data: bytes, file_name: str, sheet: Sheet, words: Words) -> ReadPlan:
    """Read a file; every row that cannot be understood is named with its column and reason."""
    headings = sheet.headings()
    table = read_table(data, file_name, columns_of(headings, ["track", "session"], words))
    broken = {one.row for one in table.errors}
    problems, given = list(table.errors), list[Given]()
    reading = _Reading(sheet, words)
    for row in table.rows:
        if row.number in broken:
            continue
        try:
            given.append(reading.row(row))
        except CellUnfit as unfit:
            problems.append(CellProblem(row.number, words(headings[unfit.key]), unfit.refusal))
    return ReadPlan(given, table.notices, sorted(problems, key=lambda one: one.row))


class _Reading:
    """Rows on their way into placings and people."""

    def __init__(self, sheet: Sheet, words: Words) -> None:
        self.sheet, self.words = sheet, words
        self.lines = {(_plain(line.track), _plain(line.session)): line for line in sheet.lines}
        self.rooms = {
            (_plain(venue), _plain(room)): key for (venue, room), key in sheet.rooms.items()
        }
        self.called = by_name(sheet.people)
        self.known: dict[int, int] = {}
        present = sheet.problem.present or Plan()
        self.placed = {one.item: one for one in present.placings}
        self.server = {one.post: one.person for one in present.servings}

    def row(self, row: ReadRow) -> Given:
        """What one row says; ``CellUnfit`` names the cell that says nothing."""
        values = {key: _plain(row.values[key]) for key in self.sheet.headings()}
        line = self._line(row.number, values)
        moves = any(values[key] for key in WHERE)
        placing = self._placing(line, values) if moves else None
        served = {
            office: self._people(line, office, values[office.value])
            for office in self.sheet.offices
            if values[office.value]
        }
        given = Given(line.item, moves, placing, served)
        if line.has_begun and self._says_otherwise(line, given):
            raise CellUnfit("session", SessionStays(name=line.session))
        return given

    def _says_otherwise(self, line: Line, given: Given) -> bool:
        """Whether a row asks for anything else than what is."""
        if given.moves and given.placing != self.placed.get(line.item):
            return True
        return any(
            {*people} != {self.server[post] for post in line.posts[office] if post in self.server}
            for office, people in given.served.items()
        )

    def _line(self, number: int, values: Mapping[str, str]) -> Line:
        line = self.lines.get((values["track"], values["session"]))
        if line is None:
            facts = {"track": values["track"], "given": values["session"]}
            raise CellUnfit("session", SessionUnknown(**facts))
        before = self.known.setdefault(line.item, number)
        if before != number:
            raise CellUnfit("session", SessionTwice(row=before))
        return line

    def _placing(self, line: Line, values: Mapping[str, str]) -> Placing | None:
        if values["room"] in {TRAY, self.words(TRAY)}:
            return None
        for key in WHERE:
            if not values[key]:
                raise CellUnfit(key, HalfGiven())
        room = self.rooms.get((values["venue"], values["room"]))
        if room is None:
            facts = {"venue": values["venue"], "given": values["room"]}
            raise CellUnfit("room", RoomUnknown(**facts))
        return Placing(line.item, room, self._starts(values))

    def _starts(self, values: Mapping[str, str]) -> int:
        day = _read("day", values, day_written)
        minute = _read("begins", values, minute_written)
        off = (day - clock.in_shanghai(self.sheet.problem.origin).date()).days
        if abs(off) > FARTHEST:
            raise CellUnfit("day", DayFarOff(given=values["day"]))
        return off * DAY + minute

    def _people(self, line: Line, office: Office, text: str) -> list[int]:
        if text in {NOBODY, self.words(NOBODY)}:
            return []
        names = [name.strip() for name in text.translate(SEPARATORS).split("、")]
        try:
            found = [person_called(name, self.called) for name in names if name]
            _check_named(found, len(line.posts.get(office, ())))
        except RuleBroken as refusal:
            raise CellUnfit(office.value, refusal) from refusal
        return found


def _plain(text: str) -> str:
    """A text as cells are compared: spaces differ unseen, those of Chinese type included."""
    return " ".join(text.split())


def _check_named(found: Sequence[int], most: int) -> None:
    """At least one, nobody twice, and no more than the office takes."""
    if not found:
        raise NothingGiven
    if len(set(found)) < len(found):
        raise NamedTwice
    if len(found) > most:
        raise TooManyPeople(most=most, n=len(found))


def _read(key: str, values: Mapping[str, str], reader: Callable[[str], Any]) -> Any:
    try:
        return reader(values[key])
    except RuleBroken as refusal:
        raise CellUnfit(key, refusal) from refusal


# ---- writing


def write_plan(out: BinaryIO, sheet: Sheet, words: Words) -> None:
    """The plan as it is, to be changed and brought in again."""
    columns = [Column(key, words(label)) for key, label in sheet.headings().items()]
    heading = Column("note", words(N_("Notes")))
    notes = Table(heading.label, [heading], [(words(note),) for note in NOTES])
    to_xlsx([Table(words(N_("Plan")), columns, list(_rows(sheet, words))), notes], out)


def _rows(sheet: Sheet, words: Words) -> Iterator[dict[str, str]]:
    present = sheet.problem.present or Plan()
    placed = {one.item: one for one in present.placings}
    server = {one.post: one.person for one in present.servings}
    rooms = {room: names for names, room in sheet.rooms.items()}
    called = {
        key: sheet.people[key][1] if "、" in name.translate(SEPARATORS) else name
        for key, name in written_as(sheet.people).items()
    }
    for line in sheet.lines:
        row = dict.fromkeys(sheet.headings(), "")
        row |= {"track": line.track, "session": line.session}
        placing = placed.get(line.item)
        if placing is not None and placing.place in rooms:
            venue, room = rooms[placing.place]
            starts = clock.in_shanghai(moment_of(sheet.problem.origin, placing.starts))
            row |= {"venue": venue, "room": room}
            row |= {"day": f"{starts:%Y-%m-%d}", "begins": f"{starts:%H:%M}"}
        for office, posts in line.posts.items():
            people = [called.get(server[post], "") for post in posts if post in server]
            row[office.value] = words(BETWEEN).join(people) if all(people) else ""
        yield row
