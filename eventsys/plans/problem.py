"""The plan of an event in the language of plans: sessions, rooms, people, and how it lies now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count

from eventsys import clock
from eventsys.duties.models import Duty
from eventsys.duties.rules import Office
from eventsys.events.models import Event
from eventsys.events.rules import EventKind
from eventsys.plans import gathering
from eventsys.plans.gathering import Lying, Sitting, Stretch
from eventsys.plans.minutes import minute_of, origin_of
from eventsys.plans.models import EntryNeed, PlanItem, PlanSettings
from eventsys.plans.near import Near
from eventsys.plans.queries import settings_seen
from eventsys.plans.wording import MOVE_PRICE, Weight, weight_of_wish
from eventsys.timetable.models import Session
from eventsys.timetable.rules import (
    CHANGEABLE,
    DAY,
    ClashKind,
    Item,
    Placing,
    Plan,
    Post,
    Problem,
    Rules,
    Seat,
    Serving,
    Severity,
    Sitter,
    Slot,
    Wish,
    WishKind,
)

ROUND = 5  # minutes; a shift that has begun goes on at a round time
ODD = frozenset({Office.JUDGE.value, Office.ASSESSOR.value})


def slot_id(day: int, starts: int) -> int:
    """The key of a shift: its first minute since the origin, and one more."""
    return day * DAY + starts + 1


def slots_of(settings: PlanSettings) -> list[Slot]:
    """The shifts of an event in the language of plans."""
    return [
        Slot(
            id=slot_id(one["day"], one["starts"]),
            day=one["day"],
            starts=one["day"] * DAY + one["starts"],
            ends=one["day"] * DAY + one["ends"],
            name=one.get("name", ""),
        )
        for one in settings.shifts
    ]


def slots_ahead(settings: PlanSettings, now: int) -> list[Slot]:
    """The shifts that are not over; one that has begun lasts from now on."""
    soon = -(-now // ROUND) * ROUND
    return [
        replace(one, starts=max(one.starts, soon)) for one in slots_of(settings) if one.ends > soon
    ]


def problem_of(event: Event, *, move_little: bool = False, near: Near | None = None) -> Problem:
    """The plan of an event as a problem, with the present plan in it.

    A constant number of queries, whatever the event's size. With ``near`` only what one item can
    have to do with: enough to judge that item, and nothing else.
    """
    settings = settings_seen(event)
    days = Stretch(origin_of(event.starts_on), (event.ends_on - event.starts_on).days + 1)
    rows = _Rows(event, near)
    places, spots = gathering.places_of(event, days, settings.reset, near)
    present = rows.plan(days)
    items = rows.items(days, gathering.units_barred(event, rows.units))
    return Problem(
        origin=days.origin,
        slots=tuple(slots_ahead(settings, minute_of(days.origin, clock.now()))),
        places=tuple(places),
        people=tuple(
            gathering.people_of(
                event, days, settings, rows.items_by_track, rows.items_by_entry, near
            )
        ),
        items=tuple(items),
        posts=tuple(rows.posts()),
        sitters=tuple(rows.sitters()),
        spots=tuple(spots),
        days=days.days,
        rules=_rules(settings, gathering.travel_between(places, settings.travel)),
        wishes=_wishes(settings),
        present=present,
        move_price=MOVE_PRICE if move_little else 0,
    )


def _rules(settings: PlanSettings, travel: Mapping[tuple[int, int], int]) -> Rules:
    chosen = {
        ClashKind(kind): Weight(weight)
        for kind, weight in settings.severities.items()
        if ClashKind(kind) in CHANGEABLE
    }
    return Rules(
        rest=settings.rest,
        duty_rest=settings.duty_rest,
        travel=travel,
        gap=settings.gap,
        most_per_unit=settings.most_per_unit,
        odd_offices=ODD if settings.odd_panels else frozenset(),
        severity={
            kind: Severity(weight) for kind, weight in chosen.items() if weight is not Weight.IGNORE
        },
        ignored=frozenset(kind for kind, weight in chosen.items() if weight is Weight.IGNORE),
    )


def _wishes(settings: PlanSettings) -> tuple[Wish, ...]:
    weights = {kind: weight_of_wish(settings.wishes, kind) for kind in WishKind}
    return tuple(Wish(kind, weight) for kind, weight in weights.items() if weight)


class _Rows:
    """What is on file about the items of an event."""

    def __init__(self, event: Event, near: Near | None = None) -> None:
        self.event = event
        self.now = clock.now()
        self.tracks = {one.id: one.name for one in event.tracks}
        self.lying = gathering.items_lying(event.id, near)
        self.others = gathering.sessions_without_item(event.id, near)
        self.sittings = gathering.sittings_of(event.id, near)
        self.demand = gathering.posts_of(event.id, near)
        self.duties = gathering.duties_by_session(event.id, near)
        self.seats = gathering.seats_of(event.id, near)
        self.units = gathering.units_by_track(event.id)
        self.needs = gathering.needs_of_entries(event.id)
        self.served = self._served()
        self.by_item: defaultdict[int, list[Sitting]] = defaultdict(list)
        self.item_of_session = {
            one.item.session_id: one.item.id for one in self.lying if one.item.session_id
        } | {one.id: one.id for one in self.others}
        for sitting in self._everybody(near):
            self.by_item[sitting.item_id].append(sitting)
        self.items_by_track: defaultdict[int, list[int]] = defaultdict(list)
        for one in self.lying:
            self.items_by_track[one.item.track_id].append(one.item.id)
        for held in self.others:
            self.items_by_track[held.track_id].append(held.id)
        self.items_by_entry: defaultdict[int, list[int]] = defaultdict(list)
        for key, some in self.by_item.items():
            for sitting in some:
                self.items_by_entry[sitting.entry_id].append(key)

    def _everybody(self, near: Near | None) -> list[Sitting]:
        """Whoever was dealt to an item, and whoever has a station in its session."""
        known = {(one.item_id, one.entry_id) for one in self.sittings}
        placed = [
            Sitting(self.item_of_session[one.session_id], one.entry_id, one.unit_id)
            for one in self.seats
            if one.session_id in self.item_of_session
        ]
        placed += [Sitting(*one) for one in near.coming] if near else []
        more = [one for one in placed if (one.item_id, one.entry_id) not in known]
        return [*self.sittings, *more]

    def items(self, days: Stretch, barred: Mapping[int, frozenset[int]]) -> list[Item]:
        """Everything that is to be held."""
        whole = self.event.kind is EventKind.TRAINING
        made = [self._item(one, days, barred, whole=whole) for one in self.lying]
        return made + [self._by_hand(one, days, barred, whole=whole) for one in self.others]

    def _item(
        self, lying: Lying, days: Stretch, barred: Mapping[int, frozenset[int]], *, whole: bool
    ) -> Item:
        one, people = lying.item, self.by_item[lying.item.id]
        is_fixed = one.is_fixed or lying.begun(self.now)
        return Item(
            id=one.id,
            name=f"{self.tracks[one.track_id]} {one.name}",
            track=one.track_id,
            part=one.part,
            minutes=lying.minutes,
            size=len(people) or one.size,
            crowd=frozenset({one.track_id}) if whole else _entries(people),
            units=barred.get(one.track_id) or self._units(people),
            purpose=one.purpose.value if one.purpose else "",
            vendor=one.vendor,
            equipment=frozenset(filter(None, one.equipment.split(", "))),
            after=tuple(sorted(one.after)),
            alone=one.is_alone,
            fixed=lying.placing(days.origin) if is_fixed else None,
            slots=None if is_fixed else _slots(one),
            places=None if one.rooms is None else frozenset(one.rooms),
        )

    def _units(self, people: Sequence[Sitting]) -> frozenset[int]:
        """In an exam, the units of those who sit there."""
        if self.event.kind is not EventKind.EXAM:
            return frozenset()
        return frozenset(one.unit_id for one in people)

    def _by_hand(
        self, held: Session, days: Stretch, barred: Mapping[int, frozenset[int]], *, whole: bool
    ) -> Item:
        people = self.by_item[held.id]
        starts = minute_of(days.origin, held.starts_at)
        return Item(
            id=held.id,
            name=f"{self.tracks[held.track_id]} {held.name}",
            track=held.track_id,
            part=held.part,
            minutes=minute_of(held.starts_at, held.ends_at),
            size=len(people),
            crowd=frozenset({held.track_id}) if whole else _entries(people),
            units=barred.get(held.track_id) or self._units(people),
            fixed=Placing(held.id, held.room_id, starts),
        )

    def posts(self) -> list[Post]:
        """Every seat in an office, asked for by an item or set at a session by hand."""
        begun = {one.item.id for one in self.lying if one.begun(self.now)}
        made = [
            Post(
                one.id,
                one.item_id,
                one.office.value,
                one.needs_senior,
                one.panel,
                self._fixed(self.served.get(one.id), begun=one.item_id in begun),
            )
            for one in self.demand
        ]
        return made + [
            Post(duty.id, held.id, duty.office.value, person=duty.user_id)
            for held in self.others
            for duty in self.duties.get(held.id, [])
        ]

    def _fixed(self, duty: Duty | None, *, begun: bool) -> int | None:
        return duty.user_id if duty is not None and (duty.is_fixed or begun) else None

    def _served(self) -> dict[int, Duty]:
        """The duty that fills each post."""
        session_of = {one.item.id: one.item.session_id or 0 for one in self.lying}
        by_seat = {
            (held, duty.office, duty.seat): duty
            for held, some in self.duties.items()
            for duty in some
        }
        keys = {one.id: (session_of[one.item_id], one.office, one.seat) for one in self.demand}
        return {post: by_seat[key] for post, key in keys.items() if key in by_seat}

    def plan(self, days: Stretch) -> Plan:
        """Who, where and when, as it is now."""
        laid = [one.placing(days.origin) for one in self.lying]
        placings = [one for one in laid if one is not None]
        by_hand = [
            Placing(one.id, one.room_id, minute_of(days.origin, one.starts_at))
            for one in self.others
        ]
        servings = [
            Serving(post, duty.user_id)
            for post, duty in self.served.items()
            if duty.user_id is not None
        ]
        servings += [
            Serving(duty.id, duty.user_id)
            for one in self.others
            for duty in self.duties.get(one.id, [])
            if duty.user_id is not None
        ]
        seats = [
            Seat(one.entry_id, self.item_of_session[one.session_id], one.station_id)
            for one in self.seats
            if one.session_id in self.item_of_session
        ]
        return Plan(tuple(placings + by_hand), tuple(servings), tuple(seats))

    def sitters(self) -> list[Sitter]:
        """Everybody who needs a seat; in exams people of one unit are kept apart."""
        if self.event.kind is EventKind.TRAINING:
            return []
        apart = self.event.kind is EventKind.EXAM
        classes = defaultdict(count(1).__next__)
        units = {one.entry_id: one.unit_id for some in self.by_item.values() for one in some}
        unknown = EntryNeed(vendor="", school_class="", paper="")
        made = []
        for entry_id, unit_id in sorted(units.items()):
            need = self.needs.get(entry_id, unknown)
            made.append(
                Sitter(
                    entry=entry_id,
                    unit=unit_id if apart else 0,
                    school_class=classes[unit_id, need.school_class] if need.school_class else 0,
                    paper=need.paper,
                    vendor=need.vendor,
                )
            )
        return made


def _entries(people: Iterable[Sitting]) -> frozenset[int]:
    return frozenset(one.entry_id for one in people)


def _slots(item: PlanItem) -> frozenset[int] | None:
    """The shifts an item must lie in; nothing said: any time."""
    if item.shifts is None:
        return None
    return frozenset(slot_id(day, starts) for day, starts in item.shifts)
