"""Events, tracks and their frozen rulesets."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id, Long, Short
from eventsys.events.rules import EventKind, EventState, Rules, from_plain, is_open
from eventsys.groups.models import Unit
from eventsys.identity.rules import Scope, ScopeKind


class Event(GroupOwned):
    """An edition of a competition (届次), a training project or an exam plan.

    ``reason`` says why it was last closed early, reopened or cancelled.
    """

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("group_id", "code"),)

    id: Mapped[Id]
    kind: Mapped[EventKind]
    state: Mapped[EventState] = mapped_column(default=EventState.DRAFT)
    code: Mapped[str] = mapped_column(String(30))
    name: Mapped[Short]
    name_en: Mapped[Short]
    summary: Mapped[Long] = mapped_column(default="")
    host_id: Mapped[int] = mapped_column(BIG, ForeignKey("unit.id"))
    registration_opens_at: Mapped[datetime]
    registration_closes_at: Mapped[datetime] = mapped_column(index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    results_due_at: Mapped[datetime | None] = mapped_column(index=True)
    published_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(500), default="")

    host: Mapped[Unit] = relationship()
    tracks: Mapped[list["Track"]] = relationship(order_by="Track.code", back_populates="event")

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this event lies in."""
        return [Scope(ScopeKind.GROUP, self.group_id), Scope(ScopeKind.EVENT, self.id)]

    def open_at(self, moment: datetime) -> bool:
        """Whether registration is open at a moment."""
        return is_open(self.state, self.registration_opens_at, self.registration_closes_at, moment)


class Track(GroupOwned):
    """What one enters: a track (赛项), a class (班次) or one level of a certificate."""

    __tablename__ = "track"
    __table_args__ = (
        UniqueConstraint("event_id", "code"),
        CheckConstraint("used >= 0 AND used <= capacity", name="places"),
    )

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(BIG, ForeignKey("event.id"), index=True)
    code: Mapped[str] = mapped_column(String(30))
    name: Mapped[Short]
    name_en: Mapped[Short]
    division: Mapped[str] = mapped_column(String(30), default="")
    capacity: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)
    last_number: Mapped[int] = mapped_column(default=0)

    event: Mapped[Event] = relationship(back_populates="tracks")
    ruleset: Mapped["Ruleset"] = relationship(back_populates="track")

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this track lies in."""
        return [*self.event.scopes, Scope(ScopeKind.TRACK, self.id)]

    @property
    def rules(self) -> Rules:
        """The ruleset as a typed value."""
        return from_plain(self.event.kind, self.ruleset.data)


class Ruleset(GroupOwned):
    """A track's parameters; frozen, with a digest, when the event is published."""

    __tablename__ = "ruleset"
    __table_args__ = (UniqueConstraint("track_id"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    frozen_at: Mapped[datetime | None]
    digest: Mapped[str] = mapped_column(String(64), default="")

    track: Mapped[Track] = relationship(back_populates="ruleset")
