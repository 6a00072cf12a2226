"""Marking schemes, judges' seats, sheets and marks; exam marks by part."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.identity.rules import Scope
from eventsys.registration.models import Entry
from eventsys.scoring.rules import AspectKind, AspectSpec
from eventsys.scoring.states import PartStatus, SheetState


class Scheme(GroupOwned):
    """A track's marking scheme; frozen at the first mark."""

    __tablename__ = "scheme"
    __table_args__ = (UniqueConstraint("track_id"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    frozen_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str] = mapped_column(String(50), default="")

    track: Mapped[Track] = relationship()
    criteria: Mapped[list["Criterion"]] = relationship(
        order_by="Criterion.position", cascade="all, delete-orphan", back_populates="scheme"
    )

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this scheme lies in."""
        return self.track.scopes


class Criterion(GroupOwned):
    """A group of aspects inside one module."""

    __tablename__ = "criterion"
    __table_args__ = (UniqueConstraint("scheme_id", "code"),)

    id: Mapped[Id]
    scheme_id: Mapped[int] = mapped_column(BIG, ForeignKey("scheme.id"))
    module_code: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100), default="")
    position: Mapped[int]

    scheme: Mapped[Scheme] = relationship(back_populates="criteria")
    aspects: Mapped[list["Aspect"]] = relationship(
        order_by="Aspect.position", cascade="all, delete-orphan", back_populates="criterion"
    )


class Aspect(GroupOwned):
    """One thing that is judged, counted or measured. ``spec`` holds lo, hi, unit, step, levels."""

    __tablename__ = "aspect"
    __table_args__ = (UniqueConstraint("criterion_id", "code"),)

    id: Mapped[Id]
    criterion_id: Mapped[int] = mapped_column(BIG, ForeignKey("criterion.id"))
    code: Mapped[str] = mapped_column(String(10))
    kind: Mapped[AspectKind]
    text: Mapped[str] = mapped_column(String(300))
    text_en: Mapped[str] = mapped_column(String(300), default="")
    max_points: Mapped[Decimal]
    spec: Mapped[dict[str, Any]] = mapped_column(JSON)
    position: Mapped[int]

    criterion: Mapped[Criterion] = relationship(back_populates="aspects")

    @property
    def limits(self) -> AspectSpec:
        """Limits and step as exact numbers."""
        low, high, step = (self.spec.get(key) for key in ("lo", "hi", "step"))
        return AspectSpec(*(None if one is None else Decimal(one) for one in (low, high, step)))


class JudgeSeat(GroupOwned):
    """A judge's seat in the panel of a track. An excused judge's sheets no longer count."""

    __tablename__ = "judge_seat"
    __table_args__ = (UniqueConstraint("track_id", "user_id"), UniqueConstraint("track_id", "seat"))

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    user_id: Mapped[int] = mapped_column(BIG, ForeignKey("user_account.id"), index=True)
    seat: Mapped[int]
    excused_at: Mapped[datetime | None]
    excused_reason: Mapped[str] = mapped_column(String(200), default="")

    user: Mapped[User] = relationship()
    track: Mapped[Track] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this seat lies in."""
        return self.track.scopes


class MarkSheet(GroupOwned):
    """One judge's view of one coded entry. It knows the code, never the entry.

    ``void_reason`` says that nothing was handed in under the code: the sheet counts for nothing.
    """

    __tablename__ = "mark_sheet"
    __table_args__ = (UniqueConstraint("track_id", "code", "seat_id"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"), index=True)
    code: Mapped[str] = mapped_column(String(10))
    seat_id: Mapped[int] = mapped_column(BIG, ForeignKey("judge_seat.id"))
    state: Mapped[SheetState] = mapped_column(default=SheetState.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    submitted_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    returned_reason: Mapped[str] = mapped_column(String(200), default="")
    void_reason: Mapped[str] = mapped_column(String(200), default="")

    seat: Mapped[JudgeSeat] = relationship()
    track: Mapped[Track] = relationship()
    marks: Mapped[list["Mark"]] = relationship(back_populates="sheet")

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this sheet lies in."""
        return self.track.scopes


class Mark(GroupOwned):
    """What a judge gave for one aspect: the raw value, and how often it was changed."""

    __tablename__ = "mark"
    __table_args__ = (UniqueConstraint("sheet_id", "aspect_id"),)

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(BIG, ForeignKey("mark_sheet.id"))
    aspect_id: Mapped[int] = mapped_column(BIG, ForeignKey("aspect.id"))
    raw: Mapped[Decimal | None]
    version: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime]

    sheet: Mapped[MarkSheet] = relationship(back_populates="marks")


class MarkOperation(GroupOwned):
    """A tap that arrived: the tablet's own id makes a repeated delivery harmless.

    ``answer`` is what the tablet was told, and is told again. A tap that came after the sheet was
    closed is kept as evidence (``is_late``) and changed nothing.
    """

    __tablename__ = "mark_operation"
    __table_args__ = (UniqueConstraint("sheet_id", "op"),)

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(BIG, ForeignKey("mark_sheet.id"))
    op: Mapped[str] = mapped_column(String(40))
    aspect_id: Mapped[int] = mapped_column(BIG, ForeignKey("aspect.id"))
    raw: Mapped[Decimal | None]
    is_late: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]


class ExamSheet(GroupOwned):
    """The marks of one part of an exam as a whole: open, or handed in."""

    __tablename__ = "exam_sheet"
    __table_args__ = (UniqueConstraint("track_id", "part"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    part: Mapped[str] = mapped_column(String(5))
    handed_in_at: Mapped[datetime | None]
    handed_in_by: Mapped[str] = mapped_column(String(50), default="")
    reopened_reason: Mapped[str] = mapped_column(String(200), default="")

    track: Mapped[Track] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this sheet lies in."""
        return self.track.scopes


class ExamMark(GroupOwned):
    """A candidate's mark in one part of an exam; absent is a status, not a zero."""

    __tablename__ = "exam_mark"
    __table_args__ = (UniqueConstraint("entry_id", "part"),)

    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("entry.id"))
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"), index=True)
    part: Mapped[str] = mapped_column(String(5))
    status: Mapped[PartStatus]
    points: Mapped[Decimal | None]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(BIG)
    version: Mapped[int] = mapped_column(default=1)

    entry: Mapped[Entry] = relationship()
