"""Judges' tablets as ``static/js/mark_outbox.js`` keeps them, for tests without a browser."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random

from eventsys.scoring.actions import Receipt, Tap, Told
from eventsys.scoring.models import Mark

Place = tuple[str, int]
"""A code and an aspect."""

KEPT = frozenset({Told.APPLIED, Told.CONTESTED, Told.DUPLICATE, Told.LATE})


@dataclass(frozen=True)
class Entry:
    """An operation in the queue; what was entered after it was sent waits in ``next``."""

    op: str
    raw: Decimal | None
    seen: frozenset[str]
    is_sent: bool = False
    has_next: bool = False
    next: Decimal | None = None

    def as_tap(self, place: Place) -> Tap:
        """The operation as it is sent: always with the same body."""
        return Tap(self.op, place[1], self.raw, self.seen)


@dataclass
class Tablet:
    """One device of one judge: what waits, and the heads it shows for each aspect."""

    judge: int
    random: Random
    skew: float
    is_online: bool = True
    queue: dict[Place, Entry] = field(default_factory=dict)
    heads: dict[Place, frozenset[str]] = field(default_factory=dict)
    clock: dict[str, float] = field(default_factory=dict)
    """What this device's clock said when an operation was made. Only a wrong build asks."""

    def _new(self, raw: Decimal | None, seen: Iterable[str], now: float) -> Entry:
        op = f"{self.random.getrandbits(96):024x}"
        self.clock[op] = now + self.skew
        return Entry(op, raw, frozenset(seen))

    def enter(self, place: Place, raw: Decimal | None, now: float) -> None:
        """The judge gives a value, having seen what the page shows."""
        old = self.queue.get(place)
        if old is not None and old.is_sent:
            self.queue[place] = replace(old, has_next=True, next=raw)
            return
        seen = old.seen if old is not None else self.heads.get(place, frozenset())
        self.queue[place] = self._new(raw, seen, now)

    def send(self) -> dict[str, list[Tap]]:
        """Everything that waits, by code; from now on it is only sent with this body."""
        parcel: dict[str, list[Tap]] = {}
        for place, entry in self.queue.items():
            self.queue[place] = replace(entry, is_sent=True)
            parcel.setdefault(place[0], []).append(entry.as_tap(place))
        return parcel

    def learn(self, code: str, marks: Iterable[Mark]) -> None:
        """What the server says stands there, before the answered entries go."""
        for mark in marks:
            self.heads[code, mark.aspect_id] = frozenset(head["op"] for head in mark.heads)

    def hear(self, receipts: Iterable[Receipt], now: float) -> None:
        """Answered entries go; what was entered meanwhile has seen them."""
        told = {one.op: one.told for one in receipts}
        for place, entry in list(self.queue.items()):
            if entry.op not in told:
                continue
            del self.queue[place]
            if entry.has_next:
                seen = {entry.op} if told[entry.op] in KEPT else entry.seen
                self.queue[place] = self._new(entry.next, seen, now)
