"""Duties, who is on an event's list for which office, and when people can come."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys import clock
from eventsys.db import BIG, GroupOwned, Id
from eventsys.duties.rules import MINUTES_A_DAY, Office, Stretch
from eventsys.events.models import Event
from eventsys.identity.models import User
from eventsys.identity.rules import Scope, ScopeKind
from eventsys.timetable.models import Session


class Duty(GroupOwned):
    """A seat in an office at a session, and who serves there; nobody yet as long as it is empty.

    ``is_fixed``: set by hand, the planner leaves it alone.
    """

    __tablename__ = "duty"
    __table_args__ = (
        UniqueConstraint("session_id", "office", "seat"),
        UniqueConstraint("session_id", "user_id"),
    )

    id: Mapped[Id]
    session_id: Mapped[int] = mapped_column(BIG, ForeignKey("session.id", ondelete="CASCADE"))
    office: Mapped[Office]
    seat: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("user_account.id"), index=True)
    is_fixed: Mapped[bool] = mapped_column(default=False)

    session: Mapped[Session] = relationship()
    user: Mapped[User | None] = relationship()

    @property
    def day(self) -> str:
        """The day it is on, on a Shanghai clock."""
        return f"{clock.in_shanghai(self.session.starts_at):%Y-%m-%d}"

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this duty lies in."""
        return self.session.scopes


class Enlisted(GroupOwned):
    """Somebody who may serve in an office anywhere in an event, and how often at most."""

    __tablename__ = "enlisted"
    __table_args__ = (UniqueConstraint("event_id", "user_id", "office"),)

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(BIG, ForeignKey("event.id"))
    user_id: Mapped[int] = mapped_column(BIG, ForeignKey("user_account.id"), index=True)
    office: Mapped[Office]
    most: Mapped[int | None]

    event: Mapped[Event] = relationship()
    user: Mapped[User] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this line lies in."""
        return self.event.scopes


class Availability(GroupOwned):
    """When somebody can come (and at no other time) or cannot come; minutes of a Shanghai day."""

    __tablename__ = "availability"
    __table_args__ = (CheckConstraint("from_minute < to_minute", name="minutes"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BIG, ForeignKey("user_account.id"), index=True)
    can: Mapped[bool]
    weekday: Mapped[int | None]  # Monday is 0
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    from_minute: Mapped[int] = mapped_column(default=0)
    to_minute: Mapped[int] = mapped_column(default=MINUTES_A_DAY)
    reason: Mapped[str] = mapped_column(String(100), default="")
    by_id: Mapped[int | None] = mapped_column(BIG)
    by: Mapped[str] = mapped_column(String(50))
    at: Mapped[datetime]

    user: Mapped[User] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this line lies in."""
        return [Scope(ScopeKind.GROUP, self.group_id)]

    @property
    def stretch(self) -> Stretch:
        """The line as a value."""
        return Stretch(
            self.can, self.weekday, self.from_on, self.to_on, self.from_minute, self.to_minute
        )
