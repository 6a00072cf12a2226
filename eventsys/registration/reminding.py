"""Telling team leaders, once, that registration closes on what they have not submitted."""

from collections import defaultdict
from datetime import datetime

from eventsys import clock
from eventsys.events.models import Event
from eventsys.notifications.actions import notify
from eventsys.notifications.rules import MessageKind
from eventsys.registration.eligibility import MOMENT_FORMAT
from eventsys.registration.queries import leaders_of, unsubmitted
from eventsys.registration.rules import REMIND_BEFORE


def remind_of_closing(moment: datetime) -> int:
    """Write to whoever leads a unit with drafts or returned entries; says how many messages.

    A later closing hour is a new reason to remind; the same one never is.
    """
    units: dict[int, set[int]] = defaultdict(set)
    events: dict[int, Event] = {}
    for entry in unsubmitted(moment + REMIND_BEFORE):
        events[entry.event_id] = entry.track.event
        units[entry.event_id].add(entry.unit_id)
    leaders = leaders_of({one for each in units.values() for one in each}, clock.today())
    return sum(
        notify(
            event.group_id,
            {user_id for unit_id in units[key] for user_id in leaders.get(unit_id, ())},
            MessageKind.CLOSING_SOON,
            link="/entries?state=draft",
            once=f"closing:{key}:{event.registration_closes_at:%Y%m%d%H%M%S}",
            event=event.name,
            moment=clock.in_shanghai(event.registration_closes_at).strftime(MOMENT_FORMAT),
        )
        for key, event in events.items()
    )
