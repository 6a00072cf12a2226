"""Marking schemes, judges' seats, sheets and marks; exam marks by part."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id
from eventsys.events.models import Track
from eventsys.identity.rules import Scope
from eventsys.panels.models import JudgeSeat
from eventsys.registration.models import Entry
from eventsys.scoring.states import PartStatus, SheetState


class Marking(GroupOwned):
    """The marking of a track as a whole: sheets dealt, handed over by the chief judge, locked.

    ``digest`` is the SHA-256 of the marks as they were handed over. ``locked_with`` names the
    chief judge beside the supervisor who locked, when there was a re-check.
    """

    __tablename__ = "marking"
    __table_args__ = (UniqueConstraint("track_id"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    opened_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str] = mapped_column(String(50), default="")
    digest: Mapped[str] = mapped_column(String(64), default="")
    locked_at: Mapped[datetime | None]
    locked_by: Mapped[str] = mapped_column(String(50), default="")
    locked_with: Mapped[str] = mapped_column(String(50), default="")

    track: Mapped[Track] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this marking lies in."""
        return self.track.scopes


class MarkSheet(GroupOwned):
    """One judge's view of one coded entry. It knows the code, never the entry.

    ``void_reason`` says that nothing was handed in under the code: the sheet counts for nothing.
    ``keyed_by_id`` and ``keyed_with_id`` are the two who typed it from paper, if that was done.
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
    keyed_by_id: Mapped[int | None] = mapped_column(BIG)
    keyed_with_id: Mapped[int | None] = mapped_column(BIG)
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str] = mapped_column(String(50), default="")
    confirmed_by_id: Mapped[int | None] = mapped_column(BIG)
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
    """What holds for one aspect of a sheet, drawn from its operations in the same transaction.

    ``aspect_id`` is the key under which the mark is kept. ``heads`` are the operations nobody has
    superseded, as the judge and the chief judge see them: op, raw, at, device, by. Where they
    differ the mark is contested and ``raw`` is empty.
    """

    __tablename__ = "mark"
    __table_args__ = (UniqueConstraint("sheet_id", "aspect_id"),)

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(BIG, ForeignKey("mark_sheet.id"))
    aspect_id: Mapped[int] = mapped_column(BIG)
    raw: Mapped[Decimal | None]
    is_contested: Mapped[bool] = mapped_column(default=False)
    heads: Mapped[list[Any]] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime]

    sheet: Mapped[MarkSheet] = relationship(back_populates="marks")


class MarkOperation(GroupOwned):
    """A tap that arrived, kept for ever: the tablet's own key makes a repeated one harmless.

    ``seen`` are the keys of the operations that stood before the judge's eyes. ``at`` is when the
    server received it; a tablet's clock decides nothing. One that came after the sheet was closed
    is evidence (``is_late``) and changed nothing.
    """

    __tablename__ = "mark_operation"
    __table_args__ = (
        UniqueConstraint("op"),
        Index("ix_mark_operation_sheet_id_aspect_id", "sheet_id", "aspect_id"),
    )

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(BIG, ForeignKey("mark_sheet.id"))
    op: Mapped[str] = mapped_column(String(40))
    aspect_id: Mapped[int] = mapped_column(BIG)
    raw: Mapped[Decimal | None]
    seen: Mapped[list[Any]] = mapped_column(JSON)
    is_late: Mapped[bool] = mapped_column(default=False)
    device: Mapped[str] = mapped_column(String(60), default="")
    by_id: Mapped[int | None] = mapped_column(BIG)
    by_name: Mapped[str] = mapped_column(String(50), default="")
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


class CorrectionRequest(GroupOwned):
    """A wish to change a mark after the handing over: which, from what to what, and why.

    Rows are only ever added. ``number`` counts the requests of a track. ``aspect_id`` is the key
    under which the mark is kept; ``by_chief`` says whether the chief judge asked. A machine gave
    one mark for the code: then ``whole_code``, and it is corrected on every judge's sheet at once.
    """

    __tablename__ = "correction_request"
    __table_args__ = (UniqueConstraint("track_id", "number"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    number: Mapped[int]
    sheet_id: Mapped[int] = mapped_column(BIG, ForeignKey("mark_sheet.id"), index=True)
    aspect_id: Mapped[int] = mapped_column(BIG)
    old: Mapped[Decimal]
    new: Mapped[Decimal]
    reason: Mapped[str] = mapped_column(String(200))
    requested_at: Mapped[datetime]
    requested_by_id: Mapped[int] = mapped_column(BIG)
    requested_by: Mapped[str] = mapped_column(String(50))
    by_chief: Mapped[bool]
    whole_code: Mapped[bool] = mapped_column(default=False)

    track: Mapped[Track] = relationship()
    sheet: Mapped[MarkSheet] = relationship()
    decision: Mapped["CorrectionDecision | None"] = relationship(back_populates="request")

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this request lies in."""
        return self.track.scopes


class CorrectionDecision(GroupOwned):
    """What another person decided about a request; rows are only ever added.

    An approved one is a new version of the track's marks: ``version`` counts them from 1, and
    ``digest`` is the SHA-256 of all marks as they stand from then on.
    """

    __tablename__ = "correction_decision"
    __table_args__ = (UniqueConstraint("request_id"), UniqueConstraint("track_id", "version"))

    id: Mapped[Id]
    request_id: Mapped[int] = mapped_column(BIG, ForeignKey("correction_request.id"))
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    approved: Mapped[bool]
    version: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(200), default="")
    digest: Mapped[str] = mapped_column(String(64), default="")
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int] = mapped_column(BIG)
    decided_by: Mapped[str] = mapped_column(String(50))

    request: Mapped[CorrectionRequest] = relationship(back_populates="decision")


class FewJudgesException(GroupOwned):
    """Too few judges may mark a code, and the mean of those who remain counts all the same.

    The organizer's exception before a supervisor, with a reason; rows are only ever added.
    """

    __tablename__ = "few_judges_exception"
    __table_args__ = (UniqueConstraint("track_id", "code"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    code: Mapped[str] = mapped_column(String(10))
    judges: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(BIG)
    by_name: Mapped[str] = mapped_column(String(50))
    witness_id: Mapped[int] = mapped_column(BIG)
    witness: Mapped[str] = mapped_column(String(50))
