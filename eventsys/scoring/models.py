"""Marking schemes, judges' seats, sheets and marks; exam marks by part."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id
from eventsys.events.models import Track
from eventsys.identity.rules import Scope
from eventsys.panels.models import JudgeSeat
from eventsys.registration.models import Entry
from eventsys.scoring.states import PartStatus, SheetState


class Marking(GroupOwned):
    """The marking of a track as a whole: sheets dealt, handed over by the chief judge, locked."""

    __tablename__ = "marking"
    __table_args__ = (UniqueConstraint("track_id"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    opened_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str] = mapped_column(String(50), default="")
    locked_at: Mapped[datetime | None]
    locked_by: Mapped[str] = mapped_column(String(50), default="")

    track: Mapped[Track] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this marking lies in."""
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
