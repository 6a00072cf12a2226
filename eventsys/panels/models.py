"""Judges' seats."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.identity.rules import Scope


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
