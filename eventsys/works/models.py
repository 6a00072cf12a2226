"""What is asked for, what was handed in, and when the hand-in ended."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id, Short
from eventsys.events.models import Track
from eventsys.identity.rules import Scope


class WorkSlot(GroupOwned):
    """One file that every entry of a track hands in."""

    __tablename__ = "work_slot"
    __table_args__ = (UniqueConstraint("track_id", "code"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    code: Mapped[str] = mapped_column(String(6))
    name: Mapped[Short]
    extensions: Mapped[list[Any]]
    most_megabytes: Mapped[int]
    is_remote: Mapped[bool]  # sent in by the entry's own people, not fetched on the floor

    track: Mapped[Track] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this slot lies in."""
        return self.track.scopes


class HandIn(GroupOwned):
    """The hand-in of a track is over."""

    __tablename__ = "hand_in"
    __table_args__ = (UniqueConstraint("track_id"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    closed_at: Mapped[datetime]
    closed_by: Mapped[str] = mapped_column(String(50))


class Work(GroupOwned):
    """One version of one file of one entry; the last version counts.

    ``received`` is the SHA-256 of what was handed in, for the receipt; ``stored`` of what is kept
    after cleaning. The original name is kept nowhere.
    """

    __tablename__ = "work"
    __table_args__ = (UniqueConstraint("entry_id", "slot_id", "version"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"), index=True)
    slot_id: Mapped[int] = mapped_column(BIG, ForeignKey("work_slot.id"), index=True)
    entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("entry.id"))
    station: Mapped[str] = mapped_column(String(20), default="")  # where it was fetched
    version: Mapped[int]
    extension: Mapped[str] = mapped_column(String(10))
    path: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    received: Mapped[str] = mapped_column(String(64))
    stored: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(BIG)
    by_name: Mapped[str] = mapped_column(String(50))

    slot: Mapped[WorkSlot] = relationship()
    track: Mapped[Track] = relationship()
