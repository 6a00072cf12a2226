"""Versions of a timetable with their lines, and the secret addresses of people's calendars."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id, Model, Short
from eventsys.events.models import Event
from eventsys.identity.models import User
from eventsys.identity.rules import Scope
from eventsys.releases.rules import LineKind

CODE_AND_NAME = 131
"""Characters of the longest code of a track, a blank, and the longest name."""


class PlanVersion(GroupOwned):
    """The timetable of an event as it stood when somebody kept it under a name.

    ``revision`` is the plan it was taken from. Published versions stay; the latest one holds.
    """

    __tablename__ = "plan_version"
    __table_args__ = (UniqueConstraint("event_id", "number"),)

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(BIG, ForeignKey("event.id"))
    number: Mapped[int]
    name: Mapped[Short]
    note: Mapped[str] = mapped_column(String(500), default="")
    revision: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(50))
    published_at: Mapped[datetime | None]
    published_by: Mapped[str] = mapped_column(String(50), default="")

    event: Mapped[Event] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this version lies in."""
        return self.event.scopes

    @property
    def label(self) -> str:
        """What papers are stamped with."""
        return f"V{self.number} {self.name}"


class PlanLine(GroupOwned):
    """One line of a version, with its places and times as they were; people by key only.

    ``key`` names the same session, seat or duty in every version of the event. ``session_key`` is
    the line of the session it belongs to.
    """

    __tablename__ = "plan_line"
    __table_args__ = (
        UniqueConstraint("version_id", "key"),
        Index("ix_plan_line_entry_id", "entry_id"),
        Index("ix_plan_line_user_id", "user_id"),
    )

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(BIG, ForeignKey("plan_version.id"))
    kind: Mapped[LineKind]
    key: Mapped[str] = mapped_column(String(60))
    session_key: Mapped[str] = mapped_column(String(60), default="")
    track_id: Mapped[int] = mapped_column(BIG)
    track: Mapped[str] = mapped_column(String(CODE_AND_NAME))
    track_en: Mapped[str] = mapped_column(String(CODE_AND_NAME), default="")
    session: Mapped[str] = mapped_column(String(40))
    part: Mapped[str] = mapped_column(String(5), default="")
    room_id: Mapped[int] = mapped_column(BIG)
    room: Mapped[Short]
    venue: Mapped[Short]
    station: Mapped[str] = mapped_column(String(10), default="")
    office: Mapped[str] = mapped_column(String(20), default="")
    entry_id: Mapped[int | None] = mapped_column(BIG)
    user_id: Mapped[int | None] = mapped_column(BIG)
    number: Mapped[str] = mapped_column(String(40), default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    version: Mapped[PlanVersion] = relationship()


class Feed(Model):
    """A secret address under which a calendar reads one person's own timetable.

    Whoever has the address can read; it can be ended. Nobody has two at once.
    """

    __tablename__ = "plan_feed"
    __table_args__ = (
        UniqueConstraint("token"),
        Index(
            "uq_plan_feed_user",
            "user_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BIG, ForeignKey("user_account.id"), index=True)
    token: Mapped[str] = mapped_column(String(43))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
