"""Minutes since midnight in Shanghai of an event's first day, as plans count, and moments."""

from datetime import date, datetime, time, timedelta

from eventsys import clock

MINUTE = timedelta(minutes=1)


def origin_of(first: date) -> datetime:
    """The moment from which the minutes of a plan count."""
    return clock.from_shanghai(datetime.combine(first, time()))


def minute_of(origin: datetime, moment: datetime) -> int:
    """How many whole minutes a moment lies after the origin."""
    return (moment - origin) // MINUTE


def moment_of(origin: datetime, minute: int) -> datetime:
    """The moment so many minutes after the origin; there is no summer time in Shanghai."""
    return origin + minute * MINUTE


def clock_time(minute: int) -> str:
    """A minute of the day as people write it: 09:30."""
    return f"{minute // 60:02d}:{minute % 60:02d}"
