"""The re-check of a track's marks: the drawing, the list, what was found."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id
from eventsys.events.models import Track
from eventsys.identity.rules import Scope
from eventsys.rechecks.rules import Finding, Why
from eventsys.scoring.models import CorrectionRequest


class Recheck(GroupOwned):
    """How the list was made when the marks were handed over, and whether it was widened.

    ``codes`` had a result; ``seed`` drew the sample of those that are not among the best. When too
    many errors were found everything is checked in round 2: ``full_errors`` of ``full_base``.
    """

    __tablename__ = "recheck"
    __table_args__ = (UniqueConstraint("track_id"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    made_at: Mapped[datetime]
    seed: Mapped[str] = mapped_column(String(64))
    codes: Mapped[int]
    round: Mapped[int] = mapped_column(default=1)
    full_at: Mapped[datetime | None]
    full_errors: Mapped[int | None]
    full_base: Mapped[int | None]

    track: Mapped[Track] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this re-check lies in."""
        return self.track.scopes


class RecheckItem(GroupOwned):
    """One code on the list of one round, and what was found."""

    __tablename__ = "recheck_item"
    __table_args__ = (UniqueConstraint("recheck_id", "round", "code"),)

    id: Mapped[Id]
    recheck_id: Mapped[int] = mapped_column(BIG, ForeignKey("recheck.id"))
    round: Mapped[int]
    code: Mapped[str] = mapped_column(String(10))
    why: Mapped[Why]
    finding: Mapped[Finding | None]
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[int | None] = mapped_column(BIG)
    checked_by: Mapped[str] = mapped_column(String(50), default="")

    recheck: Mapped[Recheck] = relationship()


class RecheckError(GroupOwned):
    """An error on a listed code: the correction that was asked for."""

    __tablename__ = "recheck_error"
    __table_args__ = (UniqueConstraint("correction_id"),)

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(BIG, ForeignKey("recheck_item.id"), index=True)
    correction_id: Mapped[int] = mapped_column(BIG, ForeignKey("correction_request.id"))

    item: Mapped[RecheckItem] = relationship()
    correction: Mapped[CorrectionRequest] = relationship()
