"""Entries, their members, and the quota of each unit."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id, Short
from eventsys.events.models import Track
from eventsys.groups.models import Unit
from eventsys.identity.models import Person
from eventsys.identity.rules import Scope, ScopeKind
from eventsys.registration.rules import EntryState, MemberRole


class Entry(GroupOwned):
    """The unit of taking part: a contestant or team, a nominee, a candidate."""

    __tablename__ = "entry"
    __table_args__ = (UniqueConstraint("track_id", "number"),)

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(BIG, ForeignKey("event.id"), index=True)
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"), index=True)
    unit_id: Mapped[int] = mapped_column(BIG, ForeignKey("unit.id"), index=True)
    number: Mapped[int]
    state: Mapped[EntryState] = mapped_column(default=EntryState.DRAFT, index=True)
    team_name: Mapped[Short] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(BIG)
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(BIG)
    version: Mapped[int] = mapped_column(default=1)

    track: Mapped[Track] = relationship()
    unit: Mapped[Unit] = relationship()
    members: Mapped[list["Member"]] = relationship(
        order_by="Member.position", back_populates="entry", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy reads a plain dict

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this entry lies in: its unit's as well as its track's."""
        return [*self.track.scopes, Scope(ScopeKind.UNIT, self.unit_id)]

    @property
    def label(self) -> str:
        """How people call the entry: team name, or the names of those who take part."""
        return self.team_name or "、".join(
            member.person.name
            for member in self.members
            if member.role is not MemberRole.INSTRUCTOR
        )


class Member(GroupOwned):
    """A person in an entry. One person takes part in an event once while the entry is active.

    ``stage`` is 0; in a final whose entries came out of a selection it is 1.
    """

    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("entry_id", "person_id", "role"),
        Index(
            "uq_member_one_entry_per_event",
            "event_id",
            "person_id",
            "stage",
            unique=True,
            sqlite_where=text("takes_part AND is_active"),
            postgresql_where=text("takes_part AND is_active"),
        ),
    )

    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("entry.id"), index=True)
    event_id: Mapped[int] = mapped_column(BIG, ForeignKey("event.id"))
    person_id: Mapped[int] = mapped_column(BIG, ForeignKey("person.id"), index=True)
    role: Mapped[MemberRole]
    takes_part: Mapped[bool]
    is_active: Mapped[bool] = mapped_column(default=True)
    stage: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)

    entry: Mapped[Entry] = relationship(back_populates="members")
    person: Mapped[Person] = relationship()


class UnitQuota(GroupOwned):
    """How many entries a unit may have in a track, and how many it has."""

    __tablename__ = "unit_quota"
    __table_args__ = (
        UniqueConstraint("track_id", "unit_id"),
        CheckConstraint("used >= 0 AND used <= capacity", name="places"),
    )

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    unit_id: Mapped[int] = mapped_column(BIG, ForeignKey("unit.id"))
    capacity: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)


class ImportDraft(GroupOwned):
    """An uploaded table between preview and confirmation: whole and sealed, for an hour."""

    __tablename__ = "import_draft"

    id: Mapped[Id]
    owner_id: Mapped[int] = mapped_column(BIG, ForeignKey("user_account.id"), index=True)
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    unit_id: Mapped[int] = mapped_column(BIG, ForeignKey("unit.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    track: Mapped[Track] = relationship()
    unit: Mapped[Unit] = relationship()


class DirectAdmission(GroupOwned):
    """A unit may enter a final directly, although its entries come out of a selection.

    The organizer's exception, with a reason; rows are only ever added.
    """

    __tablename__ = "direct_admission"
    __table_args__ = (UniqueConstraint("track_id", "unit_id"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    unit_id: Mapped[int] = mapped_column(BIG, ForeignKey("unit.id"))
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(String(50))

    unit: Mapped[Unit] = relationship()
