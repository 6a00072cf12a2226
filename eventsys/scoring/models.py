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
from eventsys.scoring.rules import AspectKind
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
        order_by="Criterion.position", cascade="all, delete-orphan"
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


class JudgeSeat(GroupOwned):
    """A judge's seat in the panel of a track."""

    __tablename__ = "judge_seat"
    __table_args__ = (UniqueConstraint("track_id", "user_id"), UniqueConstraint("track_id", "seat"))

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    user_id: Mapped[int] = mapped_column(BIG, ForeignKey("user_account.id"), index=True)
    seat: Mapped[int]

    user: Mapped[User] = relationship()


class MarkSheet(GroupOwned):
    """One judge's view of one coded entry. It knows the code, never the entry."""

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
    """A tap that arrived: the tablet's own id makes a repeated delivery harmless."""

    __tablename__ = "mark_operation"
    __table_args__ = (UniqueConstraint("sheet_id", "op"),)

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(BIG, ForeignKey("mark_sheet.id"))
    op: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]


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
