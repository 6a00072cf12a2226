"""A published timetable in the format calendars subscribe to (RFC 5545)."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar import Event as CalendarEvent

from eventsys.duties.rules import OFFICE_LABELS, Office
from eventsys.releases.models import PlanLine

SHANGHAI = ZoneInfo("Asia/Shanghai")
READ_AGAIN = timedelta(hours=1)


def calendar_of(
    lines: Iterable[PlanLine], title: str, host: str, words: Callable[[str], str]
) -> bytes:
    """The lines as a calendar in Shanghai time; the same line keeps its identity over versions."""
    calendar = Calendar()
    calendar.add("prodid", "-//eventsys//timetable//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", READ_AGAIN, parameters={"value": "DURATION"})
    for line in lines:
        calendar.add_component(_entry(line, host, words))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _entry(line: PlanLine, host: str, words: Callable[[str], str]) -> CalendarEvent:
    version = line.version
    found = CalendarEvent()
    found.add("uid", f"{version.event_id}-{line.key}@{host}")
    found.add("sequence", version.number)
    found.add("dtstamp", version.published_at or version.made_at)
    found.add("dtstart", line.starts_at.astimezone(SHANGHAI))
    found.add("dtend", line.ends_at.astimezone(SHANGHAI))
    office = words(OFFICE_LABELS[Office(line.office)]) if line.office else ""
    parts = [line.track, line.session, office, line.number]
    found.add("summary", " · ".join(part for part in parts if part))
    seat = f" · {line.station}" if line.station else ""
    found.add("location", f"{line.venue} · {line.room}{seat}")
    found.add("description", f"{version.event.name} · {version.label}")
    return found
