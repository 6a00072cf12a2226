"""What working out the sessions of an event would do: read, reckoned, and not yet done."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from eventsys import clock
from eventsys.db import new_id, session
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind, HalfDay, TrainingRules
from eventsys.plans.dealing import Asked, Comer, Dealt, Standing, deal, in_step
from eventsys.plans.gathering import seats_of, sessions_without_item
from eventsys.plans.minutes import minute_of
from eventsys.plans.models import EntryNeed, PlanItem, PlanMember, PlanNeed
from eventsys.plans.queries import needs_of
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.timetable.models import Session, Station
from eventsys.timetable.states import Purpose

NOON_HOUR = 13


@dataclass(frozen=True)
class Line:
    """What working out does to one part of a track."""

    track: Track
    part: str
    stands: int
    new: int
    joins: int
    leaves: int
    empty: int
    at_once: int
    minutes: int
    adopted: int = 0

    @property
    def changes(self) -> bool:
        """Whether anything changes."""
        return bool(self.new or self.joins or self.leaves or self.empty or self.adopted)


@dataclass
class Part:
    """One part of a track: its need, what stands, and what dealing makes of it."""

    need: PlanNeed
    asked: Asked
    items: list[PlanItem]
    dealt: list[Dealt]
    members: Mapping[int, frozenset[int]]

    def line(self) -> Line:
        """The part in numbers."""
        emptied = [
            one for one in self.dealt if one.item and not one.members and self.members.get(one.item)
        ]
        kept = {entry for one in self.dealt for entry in one.members}
        before = {entry for some in self.members.values() for entry in some}
        return Line(
            track=self.need.track,
            part=self.need.part,
            stands=len(self.items),
            new=sum(not one.item for one in self.dealt),
            joins=sum(len(one.joins) for one in self.dealt),
            leaves=len(before - kept),
            empty=len(emptied),
            at_once=self.asked.at_once,
            minutes=self.need.minutes,
        )


def forecast(event: Event) -> list[Line]:
    """What working out would do now; nothing is kept."""
    board = Board(event)
    lines = [one.line() for track in event.tracks for one in board.dealt(track, "forecast")]
    lines += [one for track in event.tracks for one in board.half_days(track)]
    by_hand = Counter((one.track_id, one.part) for one in board.adopted)
    return [replace(one, adopted=by_hand[one.track.id, one.part]) for one in lines]


class Board:
    """Everything working out reads: needs, items, members, entries, vendors."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self.now = clock.now()
        self.needs: defaultdict[int, list[PlanNeed]] = defaultdict(list)
        for need in needs_of(event.id):
            self.needs[need.track_id].append(need)
        self.items: defaultdict[tuple[int, str], list[PlanItem]] = defaultdict(list)
        for item in session().scalars(
            select(PlanItem).where(PlanItem.event_id == event.id).order_by(PlanItem.id)
        ):
            self.items[item.track_id, item.part].append(item)
        self.members = members_of_items(event.id)
        self.adopted = self._adopt()
        self.begun = set(
            session().scalars(
                select(Session.id)
                .join(Session.track)
                .where(Track.event_id == event.id, Session.starts_at <= self.now)
            )
        )
        self.comers = comers_of(event.id)
        self.vendors = vendors_at_most()

    def _adopt(self) -> list[PlanItem]:
        """Sessions set by hand become items, with whoever has a station there; not kept yet."""
        placed: defaultdict[int, set[int]] = defaultdict(set)
        for one in seats_of(self.event.id):
            placed[one.session_id].add(one.entry_id)
        made = []
        for held in sessions_without_item(self.event.id):
            others = self.items[held.track_id, held.part]
            number = 1 + max((int(x.key) for x in others if x.key.isdecimal()), default=0)
            need = next((x for x in self.needs[held.track_id] if x.part == held.part), None)
            item = PlanItem(
                id=new_id(),
                group_id=held.group_id,
                event_id=self.event.id,
                track_id=held.track_id,
                part=held.part,
                key=_half_day_of(held) if self.is_training else str(number),
                name=held.name,
                minutes=minute_of(held.starts_at, held.ends_at),
                size=len(placed[held.id]),
                purpose=need.purpose if need and need.purpose is held.room.purpose else None,
                equipment=need.equipment if need else "",
                vendor="",
                after=[],
                is_alone=True,
                is_fixed=False,
                session_id=held.id,
            )
            others.append(item)
            self.members[item.id] = frozenset(placed[held.id])
            made.append(item)
        return made

    @property
    def is_training(self) -> bool:
        """Whether the event holds classes."""
        return self.event.kind is EventKind.TRAINING

    def dealt(self, track: Track, seed: str) -> list[Part]:
        """The parts of a track with their sessions dealt from a seed."""
        if isinstance(track.rules, TrainingRules):
            return []
        needs = self.needs[track.id]
        found = []
        for need, asked in zip(needs, in_step([self._asked(one) for one in needs]), strict=True):
            items = self.items[track.id, need.part]
            comers = self.comers.get(track.id, [])
            dealt = deal(f"{seed}/{need.step}", asked, comers, [self._standing(x) for x in items])
            found.append(Part(need, asked, items, dealt, {x.id: self.members[x.id] for x in items}))
        return found

    def _asked(self, need: PlanNeed) -> Asked:
        practice = need.purpose is Purpose.PRACTICE and bool(self.vendors)
        return Asked(need.part, need.step, need.at_once, self.vendors if practice else None)

    def _standing(self, item: PlanItem) -> Standing:
        number = int(item.key) if item.key.isdecimal() else 0
        return Standing(
            item.id,
            number,
            item.vendor,
            self.members[item.id],
            is_open=item.session_id not in self.begun,
        )

    def missing_half_days(self, track: Track) -> list[HalfDay]:
        """The half days of a class that have no item yet."""
        rules = track.rules
        if not isinstance(rules, TrainingRules):
            return []
        known = {one.key for one in self.items[track.id, ""]}
        return [one for one in rules.half_days if key_of(one) not in known]

    def half_days(self, track: Track) -> list[Line]:
        """What working out does to a class."""
        if not isinstance(track.rules, TrainingRules):
            return []
        need = next(iter(self.needs[track.id]), None)
        new = len(self.missing_half_days(track)) if need else 0
        stands = len(self.items[track.id, ""])
        at_once, minutes = (need.at_once, need.minutes) if need else (0, 0)
        return [Line(track, "", stands, new, 0, 0, 0, at_once, minutes)]


def _half_day_of(held: Session) -> str:
    starts = clock.in_shanghai(held.starts_at)
    return f"{starts:%Y-%m-%d}/{'am' if starts.hour < NOON_HOUR else 'pm'}"


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
    """The approved entries of every track of an event."""
    rows = session().execute(
        select(Entry.track_id, Entry.id, EntryNeed.vendor)
        .outerjoin(EntryNeed, EntryNeed.entry_id == Entry.id)
        .where(Entry.event_id == event_id, Entry.state == EntryState.APPROVED)
        .order_by(Entry.id)
    )
    found: dict[int, list[Comer]] = {}
    for track_id, entry_id, vendor in rows:
        found.setdefault(track_id, []).append(Comer(entry_id, vendor or ""))
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


def key_of(half_day: HalfDay) -> str:
    """How the item of a half day is found again."""
    return f"{half_day.on.isoformat()}/{half_day.part}"
