"""Which boards are shown, and how far a ceremony has come."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id
from eventsys.events.models import Event
from eventsys.identity.rules import Scope
from eventsys.results.models import Publication


class Board(GroupOwned):
    """The public board of an event: whether visitors see it, and from when it stands still."""

    __tablename__ = "board"
    __table_args__ = (UniqueConstraint("event_id"),)

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(BIG, ForeignKey("event.id"))
    is_shown: Mapped[bool] = mapped_column(default=False)
    freezes_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()

    def is_frozen_at(self, moment: datetime) -> bool:
        """Whether the board stands still at a moment."""
        return self.freezes_at is not None and self.freezes_at <= moment


class Ceremony(GroupOwned):
    """The revealing of one version of results, group of equals by group, the best last."""

    __tablename__ = "ceremony"
    __table_args__ = (UniqueConstraint("publication_id"),)

    id: Mapped[Id]
    publication_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("publication.id", ondelete="CASCADE")
    )
    shown: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    started_by: Mapped[str] = mapped_column(String(50))

    publication: Mapped[Publication] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this ceremony lies in."""
        return self.publication.scopes
