"""Examination timetabling of the International Timetabling Competition 2007 (track 1): files.

The instance has sections ``[Exams:n]`` (a line: duration, students...), ``[Periods:n]`` (date,
time, minutes, penalty), ``[Rooms:n]`` (seats, penalty), ``[PeriodHardConstraints]``,
``[RoomHardConstraints]`` and ``[InstitutionalWeightings]``. The answer is a line
``period, room`` for each exam in order, counted from 0.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

SECTION = re.compile(r"\[(\w+)(?::\s*(\d+))?\]")


@dataclass(frozen=True)
class Exam:
    """Minutes, and the numbers of the students who sit it."""

    duration: int
    students: tuple[int, ...]


@dataclass(frozen=True)
class Period:
    """Date and time as written, minutes, penalty for each exam in it."""

    date: str
    time: str
    length: int
    penalty: int


@dataclass(frozen=True)
class Room:
    """Seats, penalty for each exam in it."""

    seats: int
    penalty: int


@dataclass
class Instance:
    """One instance as its file says it; pairs are exam numbers from 0, in the file's order."""

    exams: list[Exam] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    after: list[tuple[int, int]] = field(default_factory=list)
    coincidence: list[tuple[int, int]] = field(default_factory=list)
    exclusion: list[tuple[int, int]] = field(default_factory=list)
    exclusive: list[int] = field(default_factory=list)
    two_in_a_row: int = 0
    two_in_a_day: int = 0
    period_spread: int = 0
    mixed_durations: int = 0
    front_load: tuple[int, int, int] = (0, 0, 0)


def fields_of(line: str) -> list[str]:
    """Split a line at commas and white space."""
    return line.replace(",", " ").split()


def read_instance(path: Path) -> Instance:
    """Read an ``.exam`` file; raise ValueError where it says what the format does not know."""
    instance = Instance()
    section = ""
    for number, line in enumerate(path.read_text("latin-1").splitlines(), 1):
        heading = SECTION.match(line.strip())
        if heading:
            section = heading[1]
        elif line.strip():
            try:
                READERS[section](instance, fields_of(line))
            except (KeyError, IndexError, ValueError) as error:
                raise ValueError(f"{path.name}, line {number}: {error!r}") from error
    return instance


def read_exam(instance: Instance, words: list[str]) -> None:
    """Add an exam."""
    duration, *students = map(int, words)
    instance.exams.append(Exam(duration, tuple(dict.fromkeys(students))))


def read_period(instance: Instance, words: list[str]) -> None:
    """Add a period."""
    date, time, length, penalty = words
    instance.periods.append(Period(date, time, int(length), int(penalty)))


def read_room(instance: Instance, words: list[str]) -> None:
    """Add a room."""
    seats, penalty = map(int, words)
    instance.rooms.append(Room(seats, penalty))


def read_period_rule(instance: Instance, words: list[str]) -> None:
    """Add a rule on the periods of two exams; one on an exam and itself says nothing."""
    first, rule, second = words
    rules = {
        "AFTER": instance.after,
        "EXAM_COINCIDENCE": instance.coincidence,
        "EXCLUSION": instance.exclusion,
    }
    pair = int(first), int(second)
    if pair[0] != pair[1]:
        rules[rule].append(pair)


def read_room_rule(instance: Instance, words: list[str]) -> None:
    """Add an exam that shares its room with no other."""
    if words[1] != "ROOM_EXCLUSIVE":
        raise ValueError(words[1])
    instance.exclusive.append(int(words[0]))


def read_weighting(instance: Instance, words: list[str]) -> None:
    """Set a weight of the institution."""
    name, *values = words
    match name:
        case "TWOINAROW":
            instance.two_in_a_row = int(values[0])
        case "TWOINADAY":
            instance.two_in_a_day = int(values[0])
        case "PERIODSPREAD":
            instance.period_spread = int(values[0])
        case "NONMIXEDDURATIONS":
            instance.mixed_durations = int(values[0])
        case "FRONTLOAD":
            largest, last, weight = map(int, values[:3])
            instance.front_load = (largest, last, weight)
        case _:
            raise ValueError(name)


READERS = {
    "Exams": read_exam,
    "Periods": read_period,
    "Rooms": read_room,
    "PeriodHardConstraints": read_period_rule,
    "RoomHardConstraints": read_room_rule,
    "InstitutionalWeightings": read_weighting,
}


def write_solution(path: Path, places: list[tuple[int, int]]) -> None:
    """Write ``period, room`` for each exam."""
    path.write_text("".join(f"{period}, {room}\n" for period, room in places), "ascii")
