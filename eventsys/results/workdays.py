"""Working days: weekends, and what the State Council moved, as data with a version."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

SATURDAY = 5
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """Days off that fall on weekdays, and weekend days on which people work (调休).

    A year that is not in the calendar has only weekends.
    """

    version: str
    holidays: frozenset[date]
    workdays: frozenset[date]

    def is_workday(self, day: date) -> bool:
        """Whether people work on a day."""
        if day in self.workdays:
            return True
        return day.weekday() < SATURDAY and day not in self.holidays

    def after(self, day: date, number: int) -> date:
        """The last of so many whole working days after a day; the day itself does not count."""
        while number > 0:
            day += ONE_DAY
            number -= self.is_workday(day)
        return day


def read_calendar(path: Path) -> Calendar:
    """A calendar from its file."""
    data = json.loads(path.read_text("utf-8"))
    holidays, workdays = (
        frozenset(date.fromisoformat(one) for one in data[key]) for key in ("holidays", "workdays")
    )
    return Calendar(data["version"], holidays, workdays)


CHINA = read_calendar(Path(__file__).with_name("workdays.json"))
"""The calendar in force; replaced by a new file when the next year is announced."""
