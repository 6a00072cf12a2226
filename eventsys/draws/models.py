"""Draws and the codes they made."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id
from eventsys.events.models import Track
from eventsys.identity.rules import Scope
from eventsys.registration.models import Entry


class CodeDraw(GroupOwned):
    """One drawing of blind codes for a track.

    The seed is made, sealed and committed to before the draw; who has it has the map, so nobody
    but the encryption judge sees it until the map is opened.
    """

    __tablename__ = "code_draw"
    __table_args__ = (UniqueConstraint("track_id"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    commitment: Mapped[str] = mapped_column(String(64))
    seed_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    committed_at: Mapped[datetime]
    drawn_at: Mapped[datetime | None]
    drawn_by_id: Mapped[int | None] = mapped_column(BIG)
    drawn_by: Mapped[str] = mapped_column(String(50), default="")
    witness: Mapped[str] = mapped_column(String(50), default="")
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[str] = mapped_column(String(50), default="")
    opening_witness: Mapped[str] = mapped_column(String(50), default="")

    track: Mapped[Track] = relationship()
    codes: Mapped[list["BlindCode"]] = relationship(order_by="BlindCode.code")

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this draw lies in."""
        return self.track.scopes


class BlindCode(GroupOwned):
    """The code under which judges see an entry; their queries read ``code``, never ``entry``."""

    __tablename__ = "blind_code"
    __table_args__ = (UniqueConstraint("track_id", "code"), UniqueConstraint("entry_id"))

    id: Mapped[Id]
    draw_id: Mapped[int] = mapped_column(BIG, ForeignKey("code_draw.id"))
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    code: Mapped[str] = mapped_column(String(10))
    entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("entry.id"))

    entry: Mapped[Entry] = relationship()
