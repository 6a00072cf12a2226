"""What dealing entries to sessions reads: who is in which session, who comes, who is elsewhere."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import aliased

from eventsys.db import session
from eventsys.events.models import Event, Track
from eventsys.groups.models import Unit
from eventsys.plans.dealing import Comer
from eventsys.plans.minutes import minute_of, origin_of
from eventsys.plans.models import EntryNeed, PlanItem, PlanMember
from eventsys.registration.models import Entry, Member
from eventsys.registration.rules import EntryState
from eventsys.timetable.models import Placement, Session, Station
from eventsys.timetable.rules import Span

Held = Select[int, int, datetime, datetime]
Elsewhere = dict[int, dict[int, Span]]
"""By entry, the sessions its people have to be in, with their times in minutes."""


def members_of_items(event_id: int) -> defaultdict[int, frozenset[int]]:
    """The entries of every item of an event."""
    rows = session().execute(
        select(PlanMember.item_id, PlanMember.entry_id)
        .join(PlanItem, PlanItem.id == PlanMember.item_id)
        .where(PlanItem.event_id == event_id)
    )
    found: defaultdict[int, set[int]] = defaultdict(set)
    for item_id, entry_id in rows:
        found[item_id].add(entry_id)
    return defaultdict(frozenset, {key: frozenset(some) for key, some in found.items()})


def comers_of(event_id: int) -> dict[int, list[Comer]]:
    """The approved entries of every track of an event, school by school."""
    rows = session().execute(
        select(Entry.track_id, Entry.id, EntryNeed.vendor, Entry.unit_id)
        .join(Unit, Unit.id == Entry.unit_id)
        .outerjoin(EntryNeed, EntryNeed.entry_id == Entry.id)
        .where(Entry.event_id == event_id, Entry.state == EntryState.APPROVED)
        .order_by(Unit.code, Entry.number, Entry.id)
    )
    found: dict[int, list[Comer]] = {}
    for track_id, entry_id, vendor, unit_id in rows:
        found.setdefault(track_id, []).append(Comer(entry_id, vendor or "", unit_id))
    return found


def vendors_at_most() -> dict[str, int]:
    """The most working stations of each vendor in one room."""
    rows = session().execute(
        select(Station.vendor, Station.room_id).where(
            Station.vendor != "", Station.faulty_since.is_(None), Station.is_spare.is_(False)
        )
    )
    counts: defaultdict[tuple[str, int], int] = defaultdict(int)
    for vendor, room_id in rows:
        counts[vendor, room_id] += 1
    most: dict[str, int] = {}
    for (vendor, _room), number in counts.items():
        most[vendor] = max(number, most.get(vendor, 0))
    return most


def sessions_held(event: Event) -> dict[int, Span]:
    """When the sessions of an event are, in minutes from its first midnight."""
    origin = origin_of(event.starts_on)
    rows = session().execute(
        select(Session.id, Session.starts_at, Session.ends_at)
        .join(Session.track)
        .where(Track.event_id == event.id)
    )
    return {
        key: Span(minute_of(origin, starts), minute_of(origin, ends)) for key, starts, ends in rows
    }


def elsewhere_of(event: Event) -> Elsewhere:
    """When the people of an event's entries are busy: in other parts, tracks and events."""
    origin = origin_of(event.starts_on)
    found: defaultdict[int, dict[int, Span]] = defaultdict(dict)
    for asked in (_dealt(event.id), _placed(event.id)):
        for entry_id, held, starts, ends in session().execute(asked):
            found[entry_id][held] = Span(minute_of(origin, starts), minute_of(origin, ends))
    return dict(found)


def _dealt(event_id: int) -> Held:
    other = aliased(Member)
    return (
        _people(event_id, other)
        .join(PlanMember, PlanMember.entry_id == other.entry_id)
        .join(PlanItem, PlanItem.id == PlanMember.item_id)
        .join(Session, Session.id == PlanItem.session_id)
    )


def _placed(event_id: int) -> Held:
    other = aliased(Member)
    return (
        _people(event_id, other)
        .join(Placement, Placement.entry_id == other.entry_id)
        .join(Session, Session.id == Placement.session_id)
    )


def _people(event_id: int, other: type[Member]) -> Held:
    """The people who take part in an event, each with every entry they take part with."""
    return (
        select(Member.entry_id, Session.id, Session.starts_at, Session.ends_at)
        .select_from(Member)
        .join(
            other,
            and_(other.person_id == Member.person_id, other.takes_part, other.is_active),
        )
        .where(Member.event_id == event_id, Member.takes_part, Member.is_active)
    )
