"""The rows a plan is made of, read in as many queries for one session as for ten thousand."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import joinedload

from eventsys import clock
from eventsys.db import session
from eventsys.duties.models import Duty
from eventsys.duties.queries import availability_of, served_elsewhere
from eventsys.duties.rules import JUDGING, away
from eventsys.duties.servers import Bar, Server, bars_of, employer_bars, servers_of
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind
from eventsys.plans.minutes import minute_of, moment_of
from eventsys.plans.models import EntryNeed, PlanItem, PlanMember, PlanPost, PlanSettings
from eventsys.plans.near import Near, within
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.timetable.lots import natural
from eventsys.timetable.models import Placement, Room, RoomClosure, Session, Station, Travel
from eventsys.timetable.place_actions import words_of
from eventsys.timetable.rules import DAY, Person, Place, Placing, Span, Spot


@dataclass(frozen=True)
class Sitting:
    """An entry in an item."""

    item_id: int
    entry_id: int
    unit_id: int


@dataclass(frozen=True)
class Stretch:
    """The days of an event in minutes from its origin."""

    origin: datetime
    days: int

    @property
    def ends(self) -> datetime:
        """The midnight after the last day."""
        return moment_of(self.origin, self.days * DAY)

    def span(self, starts: datetime, ends: datetime) -> Span:
        """A stretch of time, cut to these days."""
        low, high = minute_of(self.origin, starts), minute_of(self.origin, ends)
        return Span(max(0, low), min(self.days * DAY, high))


# ---- what is to be held


@dataclass(frozen=True)
class Lying:
    """An item, and where it lies; without a room it is in the tray."""

    item: PlanItem
    room_id: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def minutes(self) -> int:
        """How long it takes: what is on the timetable counts."""
        if self.starts_at is None or self.ends_at is None:
            return self.item.minutes
        return minute_of(self.starts_at, self.ends_at)

    def begun(self, moment: datetime) -> bool:
        """Whether its session has begun."""
        return self.starts_at is not None and self.starts_at <= moment

    def placing(self, origin: datetime) -> Placing | None:
        """Where it lies in the language of plans."""
        if self.room_id is None or self.starts_at is None:
            return None
        return Placing(self.item.id, self.room_id, minute_of(origin, self.starts_at))


def items_lying(event_id: int, near: Near | None = None) -> list[Lying]:
    """Every item of an event, or those near one, with room and times of its session."""
    rows = session().execute(
        select(PlanItem, Session.room_id, Session.starts_at, Session.ends_at)
        .outerjoin(Session, Session.id == PlanItem.session_id)
        .where(PlanItem.event_id == event_id, within(PlanItem.id, near.items if near else None))
        .order_by(PlanItem.id)
    )
    return [Lying(*row) for row in rows.all()]


def sessions_without_item(event_id: int, near: Near | None = None) -> list[Session]:
    """The sessions somebody set by hand beside the plan."""
    planned = exists().where(PlanItem.session_id == Session.id)
    found = (
        select(Session)
        .join(Session.track)
        .where(
            Track.event_id == event_id,
            ~planned,
            within(Session.id, near.sessions if near else None),
        )
        .options(joinedload(Session.room))
        .order_by(Session.id)
    )
    return list(session().scalars(found))


def sittings_of(event_id: int, near: Near | None = None) -> list[Sitting]:
    """Which approved entries belong to which item."""
    rows = session().execute(
        select(PlanMember.item_id, PlanMember.entry_id, Entry.unit_id)
        .join(Entry, Entry.id == PlanMember.entry_id)
        .where(
            Entry.event_id == event_id,
            Entry.state == EntryState.APPROVED,
            within(PlanMember.item_id, near.items if near else None),
        )
        .order_by(PlanMember.item_id, PlanMember.entry_id)
    )
    return [Sitting(*row) for row in rows]


def units_by_track(event_id: int) -> dict[int, frozenset[int]]:
    """The units that take part in each track."""
    rows = session().execute(
        select(Entry.track_id, Entry.unit_id)
        .where(Entry.event_id == event_id, Entry.state != EntryState.WITHDRAWN)
        .distinct()
    )
    found: defaultdict[int, set[int]] = defaultdict(set)
    for track_id, unit_id in rows:
        found[track_id].add(unit_id)
    return {key: frozenset(units) for key, units in found.items()}


def approved_by_track(event_id: int) -> dict[int, int]:
    """How many approved entries each track has."""
    rows = session().execute(
        select(Entry.track_id, func.count(Entry.id))
        .where(Entry.event_id == event_id, Entry.state == EntryState.APPROVED)
        .group_by(Entry.track_id)
    )
    return {row[0]: row[1] for row in rows}


def needs_of_entries(event_id: int) -> dict[int, EntryNeed]:
    """What is known of entries that matters for their seat."""
    rows = session().scalars(
        select(EntryNeed)
        .join(Entry, Entry.id == EntryNeed.entry_id)
        .where(Entry.event_id == event_id)
    )
    return {one.entry_id: one for one in rows}


def posts_of(event_id: int, near: Near | None = None) -> list[PlanPost]:
    """The seats in offices that the items need."""
    found = (
        select(PlanPost)
        .join(PlanItem, PlanItem.id == PlanPost.item_id)
        .where(PlanItem.event_id == event_id, within(PlanItem.id, near.items if near else None))
        .order_by(PlanPost.item_id, PlanPost.office, PlanPost.seat)
    )
    return list(session().scalars(found))


def duties_by_session(event_id: int, near: Near | None = None) -> dict[int, list[Duty]]:
    """Who serves in each session."""
    rows = session().scalars(
        select(Duty)
        .join(Duty.session)
        .join(Session.track)
        .where(Track.event_id == event_id, within(Duty.session_id, near.sessions if near else None))
        .order_by(Duty.session_id, Duty.office, Duty.seat)
    )
    found: defaultdict[int, list[Duty]] = defaultdict(list)
    for one in rows:
        found[one.session_id].append(one)
    return found


@dataclass(frozen=True)
class Seated:
    """An entry at a station in a session."""

    session_id: int
    entry_id: int
    station_id: int
    unit_id: int


def seats_of(event_id: int, near: Near | None = None) -> list[Seated]:
    """Who sits where in an event."""
    rows = session().execute(
        select(Placement.session_id, Placement.entry_id, Placement.station_id, Entry.unit_id)
        .join(Entry, Entry.id == Placement.entry_id)
        .where(
            Entry.event_id == event_id,
            Entry.state == EntryState.APPROVED,
            within(Placement.session_id, near.sessions if near else None),
        )
        .order_by(Placement.session_id, Placement.entry_id)
    )
    return [Seated(*row) for row in rows.all()]


# ---- where


def places_of(
    event: Event, days: Stretch, reset: int, near: Near | None = None
) -> tuple[list[Place], list[Spot]]:
    """Every room with what works in it and when it is closed or used by other events."""
    stations: defaultdict[int, list[Station]] = defaultdict(list)
    rooms = near.rooms if near else None
    for one in session().scalars(select(Station).where(within(Station.room_id, rooms))):
        stations[one.room_id].append(one)
    taken = _taken(event, days)
    places, spots = [], []
    for room in session().scalars(select(Room).where(within(Room.id, rooms)).order_by(Room.id)):
        standing = sorted(stations[room.id], key=lambda one: natural(one.label))
        places.append(
            Place(
                id=room.id,
                venue=room.venue_id,
                name=room.name,
                seats=room.seats or 0,
                purpose=room.purpose.value,
                stations=_working(standing),
                equipment=frozenset(words_of(room.equipment)),
                closed=tuple(taken[room.id]),
                reset=room.reset_minutes or reset,
            )
        )
        spots += [
            Spot(
                one.id, room.id, *divmod(n, max(1, room.per_row)), one.vendor, one.state, one.label
            )
            for n, one in enumerate(standing)
        ]
    return places, spots


def _working(stations: Iterable[Station]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in stations:
        if one.faulty_since is None and not one.is_spare:
            for vendor in {"", one.vendor}:
                counts[vendor] = counts.get(vendor, 0) + 1
    return counts


def _taken(event: Event, days: Stretch) -> defaultdict[int, list[Span]]:
    """When rooms are closed, or hold sessions of other events."""
    closed = session().execute(
        select(RoomClosure.room_id, RoomClosure.starts_at, RoomClosure.ends_at).where(
            RoomClosure.starts_at < days.ends, RoomClosure.ends_at > days.origin
        )
    )
    used = session().execute(
        select(Session.room_id, Session.starts_at, Session.ends_at)
        .join(Session.track)
        .where(
            Track.event_id != event.id,
            and_(Session.starts_at < days.ends, Session.ends_at > days.origin),
        )
    )
    found: defaultdict[int, list[Span]] = defaultdict(list)
    for room_id, starts, ends in [*closed, *used]:
        found[room_id].append(days.span(starts, ends))
    for spans in found.values():
        spans.sort(key=lambda one: (one.starts, one.ends))
    return found


def travel_between(places: Iterable[Place], usual: int) -> dict[tuple[int, int], int]:
    """The minutes between any two venues that have rooms: as said, or as usual."""
    venues = sorted({one.venue for one in places})
    said = {(one.venue_id, one.other_id): one.minutes for one in session().scalars(select(Travel))}
    return {
        (one, other): said.get((one, other), usual)
        for n, one in enumerate(venues)
        for other in venues[n + 1 :]
    }


# ---- who serves


def people_of(
    event: Event,
    days: Stretch,
    settings: PlanSettings,
    items_by_track: Mapping[int, list[int]],
    items_by_entry: Mapping[int, list[int]],
    near: Near | None = None,
) -> list[Person]:
    """Everybody who can serve, with when they cannot come and whom they may not judge."""
    servers = servers_of(event)
    if near is not None:
        servers = {key: one for key, one in servers.items() if key in near.people}
    barred = _recused(bars_of(event, servers), items_by_track, items_by_entry)
    lines = availability_of(servers.keys())
    elsewhere: defaultdict[int, list[Span]] = defaultdict(list)
    for user_id, starts, ends in served_elsewhere(event.id, days.origin, days.ends):
        elsewhere[user_id].append(days.span(starts, ends))
    first = clock.in_shanghai(days.origin).date()
    return [
        Person(
            id=one.id,
            name=one.name,
            units=one.units,
            is_senior=one.is_senior,
            away=tuple(
                [
                    Span(*pair)
                    for pair in away([x.stretch for x in lines.get(one.id, [])], first, days.days)
                ]
                + elsewhere[one.id]
            ),
            offices=frozenset(office.value for office in one.all_offices),
            most=one.most if one.most is not None else settings.most,
            most_a_day=settings.most_a_day,
            barred_items=frozenset(barred[one.id] | _not_theirs(one, items_by_track)),
        )
        for one in sorted(servers.values(), key=lambda one: one.id)
    ]


def _not_theirs(server: Server, items_by_track: Mapping[int, list[int]]) -> set[int]:
    """The items of tracks at which somebody holds no judging office."""
    if server.offices.get(0, set()) & JUDGING or not server.all_offices & JUDGING:
        return set()
    return {
        item
        for track_id, items in items_by_track.items()
        if not server.offices.get(track_id, set()) & JUDGING
        for item in items
    }


def _recused(
    bars: Iterable[Bar],
    by_track: Mapping[int, list[int]],
    by_entry: Mapping[int, list[int]],
) -> defaultdict[int, set[int]]:
    """The items each person stands aside from: a whole track's, or those with the entry."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for one in bars:
        if one.entry_id is None:
            found[one.user_id].update(by_track.get(one.track_id, ()))
        else:
            found[one.user_id].update(by_entry.get(one.entry_id, ()))
    return found


def units_barred(event: Event, units: Mapping[int, frozenset[int]]) -> Mapping[int, frozenset[int]]:
    """By track, the units whose people may not judge there, whoever of them takes part when."""
    if event.kind is EventKind.EXAM:
        return {}
    barred = employer_bars(event)
    return {key: some for key, some in units.items() if key in barred}
