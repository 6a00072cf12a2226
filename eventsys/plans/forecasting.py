"""What working out the sessions of an event would do: read, reckoned, and not yet done."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import select

from eventsys import clock
from eventsys.db import new_id, session
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind, HalfDay, TrainingRules
from eventsys.plans.assigning import assign
from eventsys.plans.dealing import Asked, Comer, Dealt, Standing, deal, in_step
from eventsys.plans.dealing_queries import (
    Elsewhere,
    comers_of,
    elsewhere_of,
    members_of_items,
    sessions_held,
    vendors_at_most,
)
from eventsys.plans.effects import Effect, effect_of, in_all
from eventsys.plans.gathering import seats_of, sessions_without_item
from eventsys.plans.minutes import minute_of, origin_of
from eventsys.plans.models import PlanItem, PlanNeed
from eventsys.plans.queries import needs_of, settings_seen
from eventsys.plans.ways import Way, ways_open
from eventsys.timetable.models import Session
from eventsys.timetable.rules import Span
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
    way: Way = Way.LOT

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
            way=self.need.way,
        )


def forecast(event: Event) -> list[Line]:
    """What working out would do now; nothing is kept."""
    board = Board(event)
    lines = [one.line() for track in event.tracks for one in board.dealt(track, "forecast")]
    lines += [one for track in event.tracks for one in board.half_days(track)]
    by_hand = Counter((one.track_id, one.part) for one in board.adopted)
    return [replace(one, adopted=by_hand[one.track.id, one.part]) for one in lines]


@dataclass(frozen=True)
class Choice:
    """How the entries of a track come into sessions now, and what each way would mean."""

    way: Way
    now: Effect
    effects: Mapping[Way, Effect]
    is_placed: bool


def choice_of(track: Track) -> Choice:
    """What there is to choose; nothing is kept."""
    board = Board(track.event)
    return Choice(
        way_of(board.needs[track.id]),
        board.effect(track, None),
        {way: board.effect(track, way) for way in ways_open(track.rules)},
        board.is_placed(track),
    )


class Board:
    """Everything working out reads: needs, items, members, entries, vendors."""

    def __init__(self, event: Event) -> None:
        self.event = event
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
        self.held = sessions_held(event)
        self.now = minute_of(origin_of(event.starts_on), clock.now())
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

    def dealt(self, track: Track, seed: str, way: Way | None = None) -> list[Part]:
        """The parts of a track with their sessions dealt, by lot from the seed or as it is to be.

        With a ``way``, as choosing it would: anew unless a session has room and time already.
        """
        if isinstance(track.rules, TrainingRules):
            return []
        needs = self.needs[track.id]
        chosen, anew = way or way_of(needs), way is not None and not self.is_placed(track)
        asked = in_step([self._asked(one) for one in needs])
        if chosen is not Way.LOT:
            return self._assigned(track, chosen, asked, anew=anew)
        found = []
        for need, one in zip(needs, asked, strict=True):
            items = [] if anew else self.items[track.id, need.part]
            comers, standing = self.comers.get(track.id, []), [self._standing(x) for x in items]
            dealt = deal(f"{seed}/{need.step}", one, comers, standing)
            found.append(self._part(need, one, items, dealt))
        return found

    def _part(
        self, need: PlanNeed, asked: Asked, items: list[PlanItem], dealt: list[Dealt]
    ) -> Part:
        return Part(need, asked, items, dealt, {x.id: self.members[x.id] for x in items})

    def _assigned(self, track: Track, way: Way, asked: list[Asked], *, anew: bool) -> list[Part]:
        """Step by step: who shared a session before is known, and when it is."""
        steps = _Steps(self.comers.get(track.id, []), self.elsewhere, self.rest)
        found = []
        for need, one in zip(self.needs[track.id], asked, strict=True):
            items = [] if anew else self.items[track.id, need.part]
            standing = [self._standing(x) for x in items]
            dealt = assign(way, one, steps.comers(need.step), standing)
            steps.note(need.step, dealt, {x.item: x.span for x in standing if x.span})
            found.append(self._part(need, one, items, dealt))
        return found

    @cached_property
    def elsewhere(self) -> Elsewhere:
        """When people are busy; read only if somebody is not dealt by lot."""
        return elsewhere_of(self.event)

    @cached_property
    def rest(self) -> int:
        """Minutes between two sessions of the same people."""
        return settings_seen(self.event).rest

    def is_placed(self, track: Track) -> bool:
        """Whether a session of a track has room and time, so that who is in one stays there."""
        return any(
            item.session_id
            for (track_id, _part), items in self.items.items()
            for item in items
            if track_id == track.id
        )

    def effect(self, track: Track, way: Way | None) -> Effect:
        """What a way would mean for the schools of a track; without one, what holds now."""
        units = {one.entry: one.unit for one in self.comers.get(track.id, [])}
        if way is not None:
            parts = [[x.members for x in one.dealt] for one in self.dealt(track, "forecast", way)]
        else:
            needs = self.needs[track.id]
            parts = [[self.members[x.id] for x in self.items[track.id, y.part]] for y in needs]
        return in_all(effect_of(one, units) for one in parts)

    def _asked(self, need: PlanNeed) -> Asked:
        practice = need.purpose is Purpose.PRACTICE and bool(self.vendors)
        return Asked(need.part, need.step, need.at_once, self.vendors if practice else None)

    def _standing(self, item: PlanItem) -> Standing:
        number = int(item.key) if item.key.isdecimal() else 0
        span = self.held.get(item.session_id or 0)
        return Standing(
            item.id,
            number,
            item.vendor,
            self.members[item.id],
            is_open=span is None or span.starts > self.now,
            span=span,
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


class _Steps:
    """What dealing the parts of one track finds out from step to step."""

    def __init__(self, comers: list[Comer], elsewhere: Elsewhere, rest: int) -> None:
        self.rest = rest
        self.known = [
            replace(one, busy=tuple(map(self._wide, elsewhere.get(one.entry, {}).values())))
            for one in comers
        ]
        self.met: dict[int, dict[int, tuple[int, Span | None]]] = {}

    def _wide(self, span: Span) -> Span:
        return Span(span.starts - self.rest, span.ends + self.rest)

    def comers(self, step: int) -> list[Comer]:
        """Everybody, with the session they were in in the step before, and when they can come."""
        before = self.met.get(max((one for one in self.met if one < step), default=step), {})
        return [self._after(one, before) for one in self.known]

    def _after(self, one: Comer, before: Mapping[int, tuple[int, Span | None]]) -> Comer:
        if one.entry not in before:
            return one
        group, span = before[one.entry]
        busy = (*one.busy, Span(0, span.ends + self.rest)) if span else one.busy
        return replace(one, group=group, busy=busy)

    def note(self, step: int, dealt: Iterable[Dealt], spans: Mapping[int, Span]) -> None:
        """Who is where now."""
        met = self.met.setdefault(step, {})
        for one in dealt:
            for entry in one.members:
                met[entry] = (one.number, spans.get(one.item))


def way_of(needs: Iterable[PlanNeed]) -> Way:
    """How the entries of a track come into its sessions: said once for all of its parts."""
    return next((one.way for one in needs), Way.LOT)


def _half_day_of(held: Session) -> str:
    starts = clock.in_shanghai(held.starts_at)
    return f"{starts:%Y-%m-%d}/{'am' if starts.hour < NOON_HOUR else 'pm'}"


def key_of(half_day: HalfDay) -> str:
    """How the item of a half day is found again."""
    return f"{half_day.on.isoformat()}/{half_day.part}"
