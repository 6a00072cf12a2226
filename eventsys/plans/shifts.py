"""Days and shifts of a plan: usual ones to begin with, and what makes a set of shifts sound."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from eventsys.errors import N_, RuleBroken

MOST_SHIFTS = 12


class ShiftUpsideDown(RuleBroken):
    message = N_("A shift must end after it begins. Correct the shift that begins at %(starts)s.")


class ShiftsOverlap(RuleBroken):
    message = N_(
        "The shifts that begin at %(first)s and %(second)s overlap. Let one end before the next."
    )


class NoShift(RuleBroken):
    message = N_("A plan needs at least one shift and one day. Add a shift, or choose a template.")


class Template(StrEnum):
    """Usual days."""

    CONTEST = "contest"
    EXAM = "exam"
    CLASSES = "classes"


TEMPLATE_LABELS: dict[Template, str] = {
    Template.CONTEST: N_("Day of a competition: morning and afternoon"),
    Template.EXAM: N_("Exam: theory, then practice, four sessions a day"),
    Template.CLASSES: N_("Half-day classes"),
}
MORNING, AFTERNOON = N_("Morning"), N_("Afternoon")


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of every day of the plan, in minutes of the day."""

    starts: int
    ends: int
    name: str = ""


TEMPLATES: dict[Template, tuple[Shift, ...]] = {
    Template.CONTEST: (
        Shift(8 * 60, 12 * 60, MORNING),
        Shift(13 * 60 + 30, 17 * 60 + 30, AFTERNOON),
    ),
    Template.EXAM: (
        Shift(8 * 60 + 30, 10 * 60 + 30),
        Shift(10 * 60 + 45, 12 * 60 + 45),
        Shift(14 * 60, 16 * 60),
        Shift(16 * 60 + 15, 18 * 60 + 15),
    ),
    Template.CLASSES: (
        Shift(8 * 60 + 30, 12 * 60, MORNING),
        Shift(14 * 60, 17 * 60 + 30, AFTERNOON),
    ),
}


def check_shifts(shifts: Sequence[Shift], days: Iterable[int]) -> list[dict[str, int | str]]:
    """The shifts of every day as settings keep them; refuses what overlaps or is empty."""
    ordered = sorted(shifts, key=lambda one: one.starts)
    on = sorted(set(days))
    if not ordered or not on:
        raise NoShift
    for one in ordered:
        if one.ends <= one.starts:
            raise ShiftUpsideDown(starts=time_of(one.starts))
    for one, other in pairwise(ordered):
        if other.starts < one.ends:
            raise ShiftsOverlap(first=time_of(one.starts), second=time_of(other.starts))
    return [
        {"day": day, "starts": one.starts, "ends": one.ends, "name": one.name}
        for day in on
        for one in ordered
    ]


def pattern_of(kept: Iterable[dict[str, int | str]]) -> tuple[list[Shift], set[int]]:
    """The shifts of a day and the days, out of what settings keep."""
    shifts = {(int(one["starts"]), int(one["ends"])): str(one.get("name", "")) for one in kept}
    days = {int(one["day"]) for one in kept}
    return [Shift(*times, name) for times, name in sorted(shifts.items())], days


def time_of(minute: int) -> str:
    """A minute of the day as people write it."""
    return f"{minute // 60:02d}:{minute % 60:02d}"
