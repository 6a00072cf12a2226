"""Sheets as printed, scans of signed ones, what comparing them found, and keying from paper."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id
from eventsys.events.models import Track
from eventsys.identity.rules import Scope
from eventsys.paper.rules import ScanKind
from eventsys.scoring.models import MarkSheet


class PaperPrint(GroupOwned):
    """One content of one sheet that was printed; rows are only ever added.

    ``content`` is exactly what ``digest`` covers: code, seat, scheme, and the marks it shows.
    """

    __tablename__ = "paper_print"
    __table_args__ = (UniqueConstraint("track_id", "digest"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    code: Mapped[str] = mapped_column(String(10))
    seat: Mapped[int]
    is_filled: Mapped[bool]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    printed_at: Mapped[datetime]
    printed_by: Mapped[str] = mapped_column(String(50))

    track: Mapped[Track] = relationship()


class PaperScan(GroupOwned):
    """A scan of the signed sheet; rows are only ever added, the latest version counts.

    ``file_hash`` is the SHA-256 of the file as it is kept, ``received_hash`` as it came in.
    """

    __tablename__ = "paper_scan"
    __table_args__ = (UniqueConstraint("sheet_id", "version"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"), index=True)
    sheet_id: Mapped[int] = mapped_column(BIG, ForeignKey("mark_sheet.id"))
    version: Mapped[int]
    kind: Mapped[ScanKind]
    file_path: Mapped[str] = mapped_column(String(100))
    file_hash: Mapped[str] = mapped_column(String(64))
    received_hash: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[str] = mapped_column(String(50))

    track: Mapped[Track] = relationship()
    sheet: Mapped[MarkSheet] = relationship()
    verdicts: Mapped[list["PaperVerdict"]] = relationship(
        order_by="PaperVerdict.at", back_populates="scan"
    )

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this scan lies in."""
        return self.track.scopes


class PaperVerdict(GroupOwned):
    """What somebody found who held the scan beside the marks; rows are only ever added.

    ``digest`` is that of the marks they looked at: after a later change it no longer holds.
    """

    __tablename__ = "paper_verdict"

    id: Mapped[Id]
    scan_id: Mapped[int] = mapped_column(BIG, ForeignKey("paper_scan.id"), index=True)
    agrees: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(200), default="")
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(BIG)
    by_name: Mapped[str] = mapped_column(String(50))

    scan: Mapped[PaperScan] = relationship(back_populates="verdicts")


class PaperKeying(GroupOwned):
    """One person's keying of one paper sheet, whole; of a sheet in force there are at most two.

    ``place`` is 1 or 2. ``values`` are never changed: what differed stays to be seen.
    """

    __tablename__ = "paper_keying"
    __table_args__ = (
        Index(
            "uq_paper_keying_place",
            "sheet_id",
            "place",
            unique=True,
            sqlite_where=text("discarded_at IS NULL"),
            postgresql_where=text("discarded_at IS NULL"),
        ),
        Index(
            "uq_paper_keying_person",
            "sheet_id",
            "user_id",
            unique=True,
            sqlite_where=text("discarded_at IS NULL"),
            postgresql_where=text("discarded_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(BIG, ForeignKey("mark_sheet.id"))
    place: Mapped[int]
    user_id: Mapped[int] = mapped_column(BIG)
    user_name: Mapped[str] = mapped_column(String(50))
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    keyed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    discarded_at: Mapped[datetime | None]
    discarded_reason: Mapped[str] = mapped_column(String(200), default="")

    sheet: Mapped[MarkSheet] = relationship()


class PaperReading(GroupOwned):
    """A third look at the paper by one of the two, for the other to confirm or turn down."""

    __tablename__ = "paper_reading"
    __table_args__ = (
        Index(
            "uq_paper_reading_waiting",
            "sheet_id",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(BIG, ForeignKey("mark_sheet.id"))
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int] = mapped_column(BIG)
    proposed_by: Mapped[str] = mapped_column(String(50))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(String(50), default="")
    is_confirmed: Mapped[bool | None]

    sheet: Mapped[MarkSheet] = relationship()
