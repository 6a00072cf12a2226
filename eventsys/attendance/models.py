"""Arrivals, the end of a check-in, and half-day sign-ins."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys import clock
from eventsys.attendance.rules import SignInMethod
from eventsys.db import BIG, GroupOwned, Id
from eventsys.registration.models import Entry


class Arrival(GroupOwned):
    """An entry was checked in (检录) once; a second scan shows this row."""

    __tablename__ = "arrival"
    __table_args__ = (UniqueConstraint("entry_id"),)

    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("entry.id"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(BIG)
    by_name: Mapped[str] = mapped_column(String(50))

    entry: Mapped[Entry] = relationship()


class SignIn(GroupOwned):
    """A trainee signed in for one half day."""

    __tablename__ = "sign_in"
    __table_args__ = (UniqueConstraint("entry_id", "on", "part"),)

    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("entry.id"))
    on: Mapped[date]
    part: Mapped[str] = mapped_column(String(2))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(BIG)
    by_name: Mapped[str] = mapped_column(String(50))
    method: Mapped[SignInMethod] = mapped_column(default=SignInMethod.SCANNED)
    reason: Mapped[str] = mapped_column(String(200), default="")

    entry: Mapped[Entry] = relationship()


class CheckInEnd(GroupOwned):
    """The check-in of a track is over: from now on nobody comes in, and nobody is taken out."""

    __tablename__ = "check_in_end"
    __table_args__ = (UniqueConstraint("track_id"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(String(50))

    @property
    def shown(self) -> str:
        """When it ended, on a Shanghai clock."""
        return f"{clock.in_shanghai(self.at):%Y-%m-%d %H:%M}"
