"""Audit entries, and the head of each group's chain."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventsys.db import BIG, Id, Model, Short

PLATFORM_CHAIN = 0


class AuditEntry(Model):
    """One deed. Triggers on both databases refuse to change or delete it."""

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("chain", "sequence"),)

    id: Mapped[Id]
    chain: Mapped[int] = mapped_column(BIG)
    sequence: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None]
    actor_name: Mapped[Short]
    deed: Mapped[str] = mapped_column(String(60), index=True)
    thing_kind: Mapped[str] = mapped_column(String(40))
    thing_id: Mapped[int | None] = mapped_column(BIG, index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(String(80))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Model):
    """How many entries a chain has, and the hash of the last one."""

    __tablename__ = "audit_head"

    chain: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    count: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


def entry_fields(entry: AuditEntry) -> dict[str, Any]:
    """What the hash covers: everything but the hash itself."""
    return {
        "chain": entry.chain,
        "sequence": entry.sequence,
        "at": entry.at.isoformat(timespec="microseconds"),
        "actor_id": entry.actor_id,
        "actor_name": entry.actor_name,
        "deed": entry.deed,
        "thing_kind": entry.thing_kind,
        "thing_id": entry.thing_id,
        "facts": entry.facts,
        "source": entry.source,
    }
