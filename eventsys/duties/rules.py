"""Offices at a session, and when somebody can come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.identity.rules import Role

MINUTES_A_DAY = 24 * 60
WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)


class Office(StrEnum):
    """What somebody does at a session."""

    CHIEF = "chief"
    JUDGE = "judge"
    FLOOR = "floor"
    INVIGILATOR = "invigilator"
    ASSESSOR = "assessor"
    LECTURER = "lecturer"


OFFICE_LABELS: dict[Office, str] = {
    Office.CHIEF: N_("Chief judge"),
    Office.JUDGE: N_("Scoring judge"),
    Office.FLOOR: N_("Floor judge"),
    Office.INVIGILATOR: N_("Invigilator"),
    Office.ASSESSOR: N_("Assessor"),
    Office.LECTURER: N_("Lecturer"),
}

ROLES_FOR_OFFICE: dict[Office, frozenset[Role]] = {
    Office.CHIEF: frozenset({Role.CHIEF_JUDGE}),
    Office.JUDGE: frozenset({Role.JUDGE}),
    Office.FLOOR: frozenset({Role.FLOOR_JUDGE}),
    Office.INVIGILATOR: frozenset({Role.FLOOR_JUDGE, Role.STEWARD}),
    Office.ASSESSOR: frozenset({Role.ASSESSOR}),
    Office.LECTURER: frozenset(),
}
"""Whoever holds such a role at a track can serve there; others are put on the event's list."""

JUDGING = frozenset({Office.CHIEF, Office.JUDGE, Office.ASSESSOR})
"""Offices that decide about points: they stand aside from their own units and people."""


class AvailabilityUnclear(RuleBroken):
    field = "from_on"
    message = N_("Say a weekday, a day, or both the first and the last day.")


class AvailabilityUpsideDown(RuleBroken):
    field = "to_on"
    message = N_("The last day lies before the first. Correct one of them.")


class HoursUpsideDown(RuleBroken):
    field = "to_minute"
    message = N_("The time ends before it begins. Correct one of the two.")


class AlreadyListed(Conflict):
    field = "user"
    message = N_("%(name)s is on the list for this office already.")


@dataclass(frozen=True, slots=True)
class Stretch:
    """One line of availability: days (or one weekday) and, if given, minutes of the day."""

    can: bool
    weekday: int | None = None  # Monday is 0
    from_on: date | None = None
    to_on: date | None = None
    from_minute: int = 0
    to_minute: int = MINUTES_A_DAY

    def holds_on(self, day: date) -> bool:
        """Whether the line says something about a day."""
        return (
            (self.weekday is None or day.weekday() == self.weekday)
            and (self.from_on is None or day >= self.from_on)
            and (self.to_on is None or day <= self.to_on)
        )


def check_stretch(one: Stretch) -> None:
    """Refuse a line that says no day, or whose end lies before its beginning."""
    if one.weekday is None and one.from_on is None and one.to_on is None:
        raise AvailabilityUnclear
    if one.from_on is not None and one.to_on is not None and one.to_on < one.from_on:
        raise AvailabilityUpsideDown
    if one.to_minute <= one.from_minute:
        raise HoursUpsideDown


def away(lines: Iterable[Stretch], first: date, days: int) -> list[tuple[int, int]]:
    """When somebody cannot come in ``days`` days from ``first``: minutes since its midnight.

    Whoever wrote when they can come cannot come at any other time.
    """
    known = list(lines)
    only = [one for one in known if one.can]
    found: list[tuple[int, int]] = []
    for number in range(days):
        day, base = first + timedelta(days=number), number * MINUTES_A_DAY
        busy = [
            (one.from_minute, one.to_minute) for one in known if not one.can and one.holds_on(day)
        ]
        if only:
            free = [(one.from_minute, one.to_minute) for one in only if one.holds_on(day)]
            busy += outside(free)
        found += [(base + start, base + end) for start, end in merged(busy)]
    return merged(found)


def outside(free: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """What of a day is left besides some stretches of minutes."""
    at, left = 0, []
    for start, end in merged(free):
        if start > at:
            left.append((at, start))
        at = end
    return [*left, (at, MINUTES_A_DAY)] if at < MINUTES_A_DAY else left


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches in order, those that touch made into one."""
    whole: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole
