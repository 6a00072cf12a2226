"""The draws of a track, level by level, and the numbers they made."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id
from eventsys.draws.rules import Level
from eventsys.events.models import Track
from eventsys.identity.rules import Scope
from eventsys.registration.models import Entry


class CodeDraw(GroupOwned):
    """The anonymity of one track: committed to, then drawn level by level, at last opened.

    ``drawn_at`` is set with the last level: from then on there are codes to mark under.
    """

    __tablename__ = "code_draw"
    __table_args__ = (UniqueConstraint("track_id"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    committed_at: Mapped[datetime]
    drawn_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[str] = mapped_column(String(50), default="")
    opening_witness: Mapped[str] = mapped_column(String(50), default="")

    track: Mapped[Track] = relationship()
    levels: Mapped[list["LevelDraw"]] = relationship(
        order_by="LevelDraw.position", back_populates="draw"
    )

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this draw lies in."""
        return self.track.scopes


class LevelDraw(GroupOwned):
    """One level: its seed, made, sealed and committed to beforehand, and who drew and keeps it.

    ``pool`` are the groups that drew, with their numbers: all that the seed needs to draw again.
    """

    __tablename__ = "level_draw"
    __table_args__ = (UniqueConstraint("track_id", "level"),)

    id: Mapped[Id]
    draw_id: Mapped[int] = mapped_column(BIG, ForeignKey("code_draw.id"), index=True)
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    level: Mapped[Level]
    position: Mapped[int]
    commitment: Mapped[str] = mapped_column(String(64))
    seed_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    pool: Mapped[list[Any]] = mapped_column(default=list)
    drawn_at: Mapped[datetime | None]
    drawn_by_id: Mapped[int | None] = mapped_column(BIG)
    drawn_by: Mapped[str] = mapped_column(String(50), default="")
    witness: Mapped[str] = mapped_column(String(50), default="")

    draw: Mapped[CodeDraw] = relationship(back_populates="levels")
    track: Mapped[Track] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this level lies in."""
        return self.track.scopes


class Lot(GroupOwned):
    """What one source drew at one level; only the first level knows entries."""

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("level_draw_id", "source"),
        UniqueConstraint("level_draw_id", "number"),
    )

    id: Mapped[Id]
    level_draw_id: Mapped[int] = mapped_column(BIG, ForeignKey("level_draw.id"))
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"), index=True)
    source: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(20))
    entry_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("entry.id"), index=True)

    level_draw: Mapped[LevelDraw] = relationship()
    entry: Mapped[Entry | None] = relationship()


class StationMove(GroupOwned):
    """A faulty station left for a spare one, written down before a witness."""

    __tablename__ = "station_move"

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"), index=True)
    number: Mapped[str] = mapped_column(String(20))
    to_number: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(String(50))
    witness: Mapped[str] = mapped_column(String(50))
    reason: Mapped[str] = mapped_column(String(200))


class BlindCode(GroupOwned):
    """The code under which judges see an entry. Which one it is, is written in at the opening."""

    __tablename__ = "blind_code"
    __table_args__ = (UniqueConstraint("track_id", "code"), UniqueConstraint("entry_id"))

    id: Mapped[Id]
    draw_id: Mapped[int] = mapped_column(BIG, ForeignKey("code_draw.id"))
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    code: Mapped[str] = mapped_column(String(10))
    entry_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("entry.id"))

    entry: Mapped[Entry | None] = relationship()
