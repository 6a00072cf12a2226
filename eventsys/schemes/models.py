"""Marking schemes with their criteria and aspects."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id
from eventsys.events.models import Track
from eventsys.identity.rules import Scope
from eventsys.schemes.aspects import AspectKind, AspectSpec


class Scheme(GroupOwned):
    """A track's marking scheme; frozen at the first mark."""

    __tablename__ = "scheme"
    __table_args__ = (UniqueConstraint("track_id"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    frozen_at: Mapped[datetime | None]

    track: Mapped[Track] = relationship()
    criteria: Mapped[list["Criterion"]] = relationship(
        order_by="Criterion.position", cascade="all, delete-orphan", back_populates="scheme"
    )

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this scheme lies in."""
        return self.track.scopes


class Criterion(GroupOwned):
    """A group of aspects inside one module."""

    __tablename__ = "criterion"
    __table_args__ = (UniqueConstraint("scheme_id", "code"),)

    id: Mapped[Id]
    scheme_id: Mapped[int] = mapped_column(BIG, ForeignKey("scheme.id"))
    module_code: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100), default="")
    position: Mapped[int]

    scheme: Mapped[Scheme] = relationship(back_populates="criteria")
    aspects: Mapped[list["Aspect"]] = relationship(
        order_by="Aspect.position", cascade="all, delete-orphan", back_populates="criterion"
    )


class Aspect(GroupOwned):
    """One thing that is judged, counted or measured. ``spec`` holds lo, hi, unit, step, levels."""

    __tablename__ = "aspect"
    __table_args__ = (UniqueConstraint("criterion_id", "code"),)

    id: Mapped[Id]
    criterion_id: Mapped[int] = mapped_column(BIG, ForeignKey("criterion.id"))
    code: Mapped[str] = mapped_column(String(10))
    kind: Mapped[AspectKind]
    text: Mapped[str] = mapped_column(String(300))
    text_en: Mapped[str] = mapped_column(String(300), default="")
    max_points: Mapped[Decimal]
    spec: Mapped[dict[str, Any]] = mapped_column(JSON)
    position: Mapped[int]

    criterion: Mapped[Criterion] = relationship(back_populates="aspects")

    @property
    def limits(self) -> AspectSpec:
        """Limits and step as exact numbers."""
        low, high, step = (self.spec.get(key) for key in ("lo", "hi", "step"))
        return AspectSpec(*(None if one is None else Decimal(one) for one in (low, high, step)))
