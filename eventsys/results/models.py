"""Published results, frozen as they stood."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id, Short
from eventsys.events.models import Track
from eventsys.identity.rules import Scope
from eventsys.registration.models import Entry
from eventsys.results.states import Outcome


class Publication(GroupOwned):
    """One version of a track's results, shown to everybody from ``public_at`` on.

    Versions count from 1; from the second on ``reason`` says what was corrected. ``honours`` are
    the lists derived from the rows, as they stood: instructors, units, teams.
    """

    __tablename__ = "publication"
    __table_args__ = (UniqueConstraint("track_id", "version"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    version: Mapped[int] = mapped_column(default=1)
    supersedes_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("publication.id"))
    reason: Mapped[str] = mapped_column(String(200), default="")
    honours: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    drawn_up_at: Mapped[datetime]
    drawn_up_by: Mapped[str] = mapped_column(String(50))
    due_at: Mapped[datetime] = mapped_column(index=True)
    public_at: Mapped[datetime | None]
    digest: Mapped[str] = mapped_column(String(64))

    track: Mapped[Track] = relationship()
    supersedes: Mapped["Publication | None"] = relationship(remote_side="Publication.id")
    notice: Mapped["Notice | None"] = relationship(back_populates="publication")
    rows: Mapped[list["ResultRow"]] = relationship(
        order_by="ResultRow.position", back_populates="publication"
    )

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this publication lies in."""
        return self.track.scopes

    def is_public_at(self, moment: datetime) -> bool:
        """Whether everybody may see the results at a moment; every channel asks here."""
        return self.public_at is not None and self.public_at <= moment


class Notice(GroupOwned):
    """The public notice (公示) of a version: its clock, and when the results became final.

    ``calendar`` names the calendar of working days by which ``ends_at`` was computed.
    """

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("publication_id"),)

    id: Mapped[Id]
    publication_id: Mapped[int] = mapped_column(BIG, ForeignKey("publication.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    calendar: Mapped[str] = mapped_column(String(20), default="")
    final_at: Mapped[datetime | None]
    final_by: Mapped[str] = mapped_column(String(50), default="")

    publication: Mapped[Publication] = relationship(back_populates="notice")

    def is_over_at(self, moment: datetime) -> bool:
        """Whether the clock of the notice has run out."""
        return self.ends_at <= moment


class ResultRow(GroupOwned):
    """One entry's frozen result. ``outcome`` is a prize (competition) or a decision (exam, class).

    ``label`` and ``unit_name`` stand as they were when the results were drawn up: the digest
    covers them.
    """

    __tablename__ = "result_row"
    __table_args__ = (UniqueConstraint("publication_id", "entry_id"),)

    id: Mapped[Id]
    publication_id: Mapped[int] = mapped_column(BIG, ForeignKey("publication.id"))
    entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("entry.id"), index=True)
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(500), default="")
    unit_name: Mapped[Short] = mapped_column(default="")
    place: Mapped[int | None]
    is_shared: Mapped[bool] = mapped_column(default=False)
    total: Mapped[Decimal | None]
    parts: Mapped[dict[str, Any]] = mapped_column(JSON)
    outcome: Mapped[Outcome]

    publication: Mapped[Publication] = relationship(back_populates="rows")
    entry: Mapped[Entry] = relationship()


class Advancement(GroupOwned):
    """An entry of a final, and the entry of the selection it comes from."""

    __tablename__ = "advancement"
    __table_args__ = (UniqueConstraint("entry_id"), UniqueConstraint("track_id", "from_entry_id"))

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("entry.id"))
    from_entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("entry.id"))
    publication_id: Mapped[int] = mapped_column(BIG, ForeignKey("publication.id"))
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(String(50))
