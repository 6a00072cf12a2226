"""When people can come, as a table: one row for each stretch of time of each person."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from eventsys.duties.models import Availability
from eventsys.duties.rules import MINUTES_A_DAY, WEEKDAYS, Stretch, check_stretch
from eventsys.errors import N_, RuleBroken
from eventsys.exports import Column, Table, to_xlsx
from eventsys.imports import (
    CellProblem,
    NothingGiven,
    Notice,
    ReadRow,
    TextTooLong,
    columns_of,
    read_table,
)

Words = Callable[[str], str]
People = Mapping[int, tuple[str, str]]
"""Name and login name of everybody a table may speak of, by account."""

HEADINGS: Mapping[str, str] = {
    "person": N_("Person"),
    "can": N_("At this time"),
    "weekday": N_("Weekday"),
    "from_on": N_("From day"),
    "to_on": N_("To day"),
    "from_time": N_("From time"),
    "to_time": N_("To time"),
    "reason": N_("Remark"),
}
FIELDS = {"to_minute": "to_time"}  # the column of a refusal's field where the two differ
CAN_LABELS = {True: N_("can come"), False: N_("cannot come")}
LONGEST_REASON = 100
DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
TIME = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
WEEKDAY = re.compile("(?:周|星期|礼拜)([一二三四五六日天])")
CHINESE_DAYS = "一二三四五六日"
NOTES = (
    N_("One row for each stretch of time. Write a person's name, or the login name."),
    N_("At this time: “can come” means at no other time; “cannot come” leaves the rest free."),
    N_("Say a weekday, a day such as 2026-05-20, or a first and a last day; times such as 8:30."),
    N_("Rows that are on record already change nothing. Nothing is ever removed by a file."),
    N_("You see what would change before anything is saved; then all rows are kept, or none."),
)


class PersonUnknown(RuleBroken):
    message = N_(
        "Nobody who can serve in this event is called “%(given)s”. Correct the name, or put the"
        " person on the list first."
    )


class PersonUnclear(RuleBroken):
    message = N_("Several people are called “%(given)s”. Write the login name instead.")


class CanUnclear(RuleBroken):
    message = N_("Write “%(can)s” or “%(cannot)s”. Correct “%(given)s”.")


class WeekdayUnclear(RuleBroken):
    message = N_("“%(given)s” is no weekday. Write it as in the calendar, or leave the cell empty.")


class DateUnclear(RuleBroken):
    message = N_("“%(given)s” is no day. Write it as 2026-05-20.")


class TimeUnclear(RuleBroken):
    message = N_("“%(given)s” is no time of day. Write it as 8:30; a day ends at 24:00.")


class TimesRepeated(RuleBroken):
    message = N_("The same stands in row %(row)s already. Keep one of the two rows.")


@dataclass(frozen=True)
class GivenTime:
    """One row: somebody, and when they can or cannot come."""

    row: int
    user_id: int
    stretch: Stretch
    reason: str


@dataclass(frozen=True)
class ReadTimes:
    """A table as it was read; nothing may be kept while there are problems."""

    rows: Sequence[ReadRow]
    times: Sequence[GivenTime]
    notices: Sequence[Notice] = ()
    problems: Sequence[CellProblem] = ()


class CellUnfit(Exception):
    """A cell cannot be kept: its column, and the reason."""

    def __init__(self, key: str, refusal: RuleBroken) -> None:
        super().__init__(key)
        self.key, self.refusal = key, refusal


# ---- reading


def read_times(data: bytes, file_name: str, people: People, words: Words) -> ReadTimes:
    """Read a file; every row that cannot be kept is named with its column and reason."""
    table = read_table(data, file_name, columns_of(HEADINGS, ["person", "can"], words))
    broken = {one.row for one in table.errors}
    found = times_in([one for one in table.rows if one.number not in broken], people, words)
    problems = sorted([*table.errors, *found.problems], key=lambda one: one.row)
    return ReadTimes(table.rows, found.times, table.notices, problems)


def times_in(rows: Sequence[ReadRow], people: People, words: Words) -> ReadTimes:
    """What the rows say, each once."""
    called = by_name(people)
    known: dict[tuple[int, Stretch], int] = {}
    times: list[GivenTime] = []
    problems: list[CellProblem] = []
    for row in rows:
        try:
            one = _time(row, called, words)
        except CellUnfit as unfit:
            heading = words(HEADINGS[unfit.key])
            problems.append(CellProblem(row.number, heading, unfit.refusal))
            continue
        before = known.setdefault((one.user_id, one.stretch), row.number)
        if before == row.number:
            times.append(one)
        else:
            refusal = TimesRepeated(row=before)
            problems.append(CellProblem(row.number, words(HEADINGS["person"]), refusal))
    return ReadTimes(rows, times, problems=problems)


def by_name(people: People) -> dict[str, set[int]]:
    """Whom a name or login name can mean."""
    called: dict[str, set[int]] = {}
    for user_id, names in people.items():
        for name in names:
            called.setdefault(" ".join(name.split()).casefold(), set()).add(user_id)
    return called


def written_as(people: People) -> dict[int, str]:
    """What a table calls everybody: the name, or the login name where that means others too."""
    alike = Counter(name for name, _login in people.values())
    return {key: name if alike[name] == 1 else login for key, (name, login) in people.items()}


def _time(row: ReadRow, called: Mapping[str, set[int]], words: Words) -> GivenTime:
    values = {key: " ".join(row.values[key].split()) for key in HEADINGS}
    readers: Mapping[str, Callable[[str], object]] = {
        "person": lambda text: person_called(text, called),
        "can": lambda text: _can(text, words),
        "weekday": lambda text: _weekday(text, words),
        "from_on": day_written,
        "to_on": day_written,
        "from_time": minute_written,
        "to_time": minute_written,
        "reason": _reason,
    }
    found: dict[str, object] = {}
    for key, reader in readers.items():
        try:
            found[key] = reader(values[key])
        except RuleBroken as refusal:
            raise CellUnfit(key, refusal) from refusal
    return GivenTime(row.number, int(str(found["person"])), _stretch(found), str(found["reason"]))


def _stretch(found: Mapping[str, object]) -> Stretch:
    """The cells as one line of availability; a single day is from it to it."""
    facts: dict[str, object] = {
        "can": found["can"],
        "weekday": found["weekday"],
        "from_on": found["from_on"],
        "to_on": found["to_on"] or found["from_on"],
        "from_minute": found["from_time"] or 0,
        "to_minute": MINUTES_A_DAY if found["to_time"] is None else found["to_time"],
    }
    stretch = Stretch(**facts)  # ty: ignore[invalid-argument-type]  read cell by cell above
    try:
        check_stretch(stretch)
    except RuleBroken as refusal:
        field = refusal.field or "from_on"
        raise CellUnfit(FIELDS.get(field, field), refusal) from refusal
    return stretch


def person_called(text: str, called: Mapping[str, set[int]]) -> int:
    """Whom a cell means; refused where nobody or several people are called so."""
    if not text:
        raise NothingGiven
    found = called.get(text.casefold(), set())
    if not found:
        raise PersonUnknown(given=text)
    if len(found) > 1:
        raise PersonUnclear(given=text)
    return next(iter(found))


def _can(text: str, words: Words) -> bool:
    for value, label in CAN_LABELS.items():
        if text.casefold() in {label, words(label).casefold()}:
            return value
    facts = {"can": words(CAN_LABELS[True]), "cannot": words(CAN_LABELS[False])}
    raise CanUnclear(**facts, given=text)


def _weekday(text: str, words: Words) -> int | None:
    if not text:
        return None
    for number, day in enumerate(WEEKDAYS):
        if text.casefold() in {day.casefold(), words(day).casefold()}:
            return number
    found = WEEKDAY.fullmatch(text)
    if found is None:
        raise WeekdayUnclear(given=text)
    return CHINESE_DAYS.index(found[1].replace("天", "日"))


def day_written(text: str) -> date | None:
    """The day a cell says: 2026-05-20, with dots, strokes or 年月日; nothing if it is empty."""
    if not text:
        return None
    found = DATE.fullmatch(unicodedata.normalize("NFKC", text))
    if found is None:
        raise DateUnclear(given=text)
    try:
        return date(*map(int, found.groups()))
    except ValueError as wrong:
        raise DateUnclear(given=text) from wrong


def minute_written(text: str) -> int | None:
    """The minute of the day a cell says: 8:30; nothing if it is empty."""
    if not text:
        return None
    found = TIME.fullmatch(unicodedata.normalize("NFKC", text))
    hours, minutes = map(int, found.groups()) if found else (99, 0)
    whole = hours * 60 + minutes
    if minutes > 59 or whole > MINUTES_A_DAY:  # noqa: PLR2004  minutes of an hour
        raise TimeUnclear(given=text)
    return whole


def _reason(text: str) -> str:
    if len(text) > LONGEST_REASON:
        raise TextTooLong(limit=LONGEST_REASON)
    return text


# ---- writing


def write_times(
    out: BinaryIO, people: People, lines: Mapping[int, Sequence[Availability]], words: Words
) -> None:
    """What is on record for everybody who can serve, to be added to and brought in again."""
    columns = [Column(key, words(label)) for key, label in HEADINGS.items()]
    heading = Column("note", words(N_("Notes")))
    notes = Table(heading.label, [heading], [(words(note),) for note in NOTES])
    to_xlsx(
        [Table(words(N_("When people can come")), columns, _rows(people, lines, words)), notes], out
    )


def _rows(
    people: People, lines: Mapping[int, Sequence[Availability]], words: Words
) -> Iterator[dict[str, str]]:
    for user_id, name in written_as(people).items():
        for line in lines.get(user_id, ()):
            yield {"person": name} | cells(line.stretch, line.reason, words)


def cells(one: Stretch, reason: str, words: Words) -> dict[str, str]:
    """A stretch of time as it stands in a table."""
    last = one.to_on if one.to_on != one.from_on else None
    return {
        "can": words(CAN_LABELS[one.can]),
        "weekday": "" if one.weekday is None else words(WEEKDAYS[one.weekday]),
        "from_on": f"{one.from_on or ''}",
        "to_on": f"{last or ''}",
        "from_time": "" if one.from_minute == 0 else _clock(one.from_minute),
        "to_time": "" if one.to_minute == MINUTES_A_DAY else _clock(one.to_minute),
        "reason": reason,
    }


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
