"""Marking schemes in versions, with their criteria and aspects."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id
from eventsys.events.models import Track
from eventsys.identity.rules import Scope
from eventsys.schemes.aspects import AspectKind, AspectSpec
from eventsys.schemes.rules import Source
from eventsys.schemes.sections import USUAL_DEVIATION
from eventsys.schemes.specs import limits_in
from eventsys.schemes.states import SchemeState


class Scheme(GroupOwned):
    """One version of a track's marking scheme; frozen at the first mark.

    One version is in force; at most one correction is drafted beside it. ``sections`` are those of
    the standard (code, name, weight); ``deviation`` is how far their marks may lie from it.
    """

    __tablename__ = "scheme"
    __table_args__ = (
        UniqueConstraint("track_id", "version"),
        Index(
            "uq_scheme_track_id_state",
            "track_id",
            "state",
            unique=True,
            sqlite_where=text("state <> 'superseded'"),
            postgresql_where=text("state <> 'superseded'"),
        ),
    )

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[SchemeState] = mapped_column(default=SchemeState.IN_FORCE)
    reason: Mapped[str] = mapped_column(String(200), default="")
    drafted_by_id: Mapped[int | None] = mapped_column(BIG)
    drafted_by: Mapped[str] = mapped_column(String(50), default="")
    approved_by: Mapped[str] = mapped_column(String(50), default="")
    approved_at: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]
    sections: Mapped[list[Any]] = mapped_column(default=list)
    deviation: Mapped[Decimal] = mapped_column(default=USUAL_DEVIATION)

    track: Mapped[Track] = relationship()
    criteria: Mapped[list["Criterion"]] = relationship(
        order_by="Criterion.position", cascade="all, delete-orphan", back_populates="scheme"
    )

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this scheme lies in."""
        return self.track.scopes


class Criterion(GroupOwned):
    """A group of aspects inside one module; with a ``parent`` it is a sub-criterion."""

    __tablename__ = "criterion"
    __table_args__ = (UniqueConstraint("scheme_id", "code"),)

    id: Mapped[Id]
    scheme_id: Mapped[int] = mapped_column(BIG, ForeignKey("scheme.id"))
    parent_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("criterion.id"))
    module_code: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100), default="")
    source: Mapped[Source] = mapped_column(default=Source.RESULT)
    position: Mapped[int]

    scheme: Mapped[Scheme] = relationship(back_populates="criteria")
    parent: Mapped["Criterion | None"] = relationship(remote_side="Criterion.id")
    aspects: Mapped[list["Aspect"]] = relationship(
        order_by="Aspect.position", cascade="all, delete-orphan", back_populates="criterion"
    )


class Aspect(GroupOwned):
    """One thing that is judged, counted or measured; ``spec`` as ``schemes.specs`` describes it.

    In a corrected version ``origin_id`` is the aspect it was copied from. ``kept_key`` is set where
    the marks given before still hold: they are kept under the key of the aspect they were given to.
    """

    __tablename__ = "aspect"
    __table_args__ = (UniqueConstraint("criterion_id", "code"),)

    id: Mapped[Id]
    criterion_id: Mapped[int] = mapped_column(BIG, ForeignKey("criterion.id"))
    code: Mapped[str] = mapped_column(String(10))
    kind: Mapped[AspectKind]
    text: Mapped[str] = mapped_column(String(300))
    text_en: Mapped[str] = mapped_column(String(300), default="")
    max_points: Mapped[Decimal]
    section: Mapped[str] = mapped_column(String(10), default="")
    spec: Mapped[dict[str, Any]] = mapped_column(JSON)
    position: Mapped[int]
    origin_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("aspect.id"))
    kept_key: Mapped[int | None] = mapped_column(BIG, ForeignKey("aspect.id"))

    criterion: Mapped[Criterion] = relationship(back_populates="aspects")

    @property
    def limits(self) -> AspectSpec:
        """The parameters as exact numbers."""
        return limits_in(self.spec)

    @property
    def mark_key(self) -> int:
        """The key under which this aspect's marks are kept."""
        return self.id if self.kept_key is None else self.kept_key
