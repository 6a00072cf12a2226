"""Signatures: added, never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from eventsys.db import BIG, GroupOwned, Id, Short
from eventsys.signatures.rules import svg_path, svg_picture


class Signature(GroupOwned):
    """Somebody's signature under a thing as it was then (``digest``)."""

    __tablename__ = "signature"
    __table_args__ = (Index("ix_signature_about_thing", "about", "thing_id"),)

    id: Mapped[Id]
    about: Mapped[str] = mapped_column(String(40))  # what was signed: "sheet", "incident.heard"
    thing_id: Mapped[int] = mapped_column(BIG)
    name: Mapped[Short]  # of whoever signed
    account_id: Mapped[int | None] = mapped_column(BIG)  # signed in on the device
    account_name: Mapped[Short]
    strokes: Mapped[list[Any]]  # [[[x, y], ...], ...] in units of the pad; none: typed
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of what was signed
    at: Mapped[datetime]

    @property
    def is_typed(self) -> bool:
        """Whether the name was typed instead of drawn."""
        return not self.strokes

    @property
    def path(self) -> str:
        """The ``d`` of an SVG path."""
        return svg_path(self.strokes)

    @property
    def picture(self) -> str:
        """A whole SVG file, for print."""
        return svg_picture(self.strokes)
