"""Where the paper originals of an event lie."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id, Short
from eventsys.events.models import Event
from eventsys.identity.rules import Scope


class PaperOriginal(GroupOwned):
    """One sealed bag or box of originals: its seal, its place, who keeps it, and until when.

    Rows are only ever added; moving a bag is a new row with the same seal.
    """

    __tablename__ = "paper_original"
    __table_args__ = (UniqueConstraint("event_id", "seal", "version"),)

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(BIG, ForeignKey("event.id"), index=True)
    seal: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    content: Mapped[str] = mapped_column(String(200))
    place: Mapped[Short]
    custodian: Mapped[str] = mapped_column(String(50))
    keep_until: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(50))

    event: Mapped[Event] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this bag lies in."""
        return self.event.scopes
