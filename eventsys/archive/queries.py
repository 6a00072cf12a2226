"""What belongs to an event: its things, their deeds on record, its originals."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Select, or_, select, union_all
from sqlalchemy.orm import aliased

from eventsys.archive.models import PaperOriginal
from eventsys.audit.models import AuditEntry, AuditHead, entry_fields
from eventsys.audit.queries import verify_chain
from eventsys.db import Model, session
from eventsys.events.models import Event, Track
from eventsys.results.queries import is_final
from eventsys.scoring.queries import marking_of

FEATURES = frozenset(
    """
    events draws works incidents schemes panels scoring paper rechecks appeals results boards
    archive
    """.split()
)
"""Whose tables are searched for things of an event. Entries, people and accounts are left out."""
BATCH = 500


def is_locked(track: Track) -> bool:
    """Whether the marks of a track may be looked at by who knows the contestants."""
    marking = marking_of(track.id)
    return marking is not None and marking.locked_at is not None


def is_settled(event: Event) -> bool:
    """Whether the results of every track are final."""
    return bool(event.tracks) and all(is_final(track.id) for track in event.tracks)


def originals_of(event_id: int) -> list[PaperOriginal]:
    """The bags of an event by seal, each as last recorded."""
    found = session().scalars(
        select(PaperOriginal)
        .where(PaperOriginal.event_id == event_id)
        .order_by(PaperOriginal.seal, PaperOriginal.version)
    )
    return list({one.seal: one for one in found}.values())


def original_versions(event_id: int) -> list[PaperOriginal]:
    """Everything ever recorded about the bags of an event."""
    found = select(PaperOriginal).where(PaperOriginal.event_id == event_id)
    return list(session().scalars(found.order_by(PaperOriginal.seal, PaperOriginal.version)))


# ---- what belongs to a track


def things_of(track_ids: Iterable[int], event_id: int | None = None) -> Select[Any]:
    """The keys of everything that hangs on some tracks (or on the event), table by table.

    Follows foreign keys downwards through the tables of ``FEATURES``, so a new feature's rows
    belong to the event without being named here.
    """
    tables = _tables()
    track = Model.metadata.tables["track"]
    found: dict[str, Select[Any]] = {"track": select(track.c.id).where(track.c.id.in_(track_ids))}
    if event_id is not None:
        event = Model.metadata.tables["event"]
        found["event"] = select(event.c.id).where(event.c.id == event_id)
    for table in Model.metadata.sorted_tables:
        if table.name in found or table.name not in tables or "id" not in table.c:
            continue
        ways = [
            key.parent.in_(found[key.column.table.name])
            for key in table.foreign_keys
            if key.column.table.name in found and key.column.name == "id"
        ]
        if ways:
            found[table.name] = select(table.c.id).where(or_(*ways))
    keys = union_all(*found.values()).subquery()
    return select(keys.c.id)


def _tables() -> frozenset[str]:
    return frozenset(
        mapper.class_.__tablename__
        for mapper in Model.registry.mappers
        if mapper.class_.__module__.split(".")[1] in FEATURES
    )


# ---- the record


def deeds_of(chain: int, things: Select[Any]) -> Iterator[dict[str, Any]]:
    """Every deed on these things in the order of the record, each with the hash before it."""
    earlier = aliased(AuditEntry)
    read = 0
    while True:
        batch = session().execute(
            select(AuditEntry, earlier.hash)
            .outerjoin(
                earlier,
                (earlier.chain == AuditEntry.chain) & (earlier.sequence == AuditEntry.sequence - 1),
            )
            .where(
                AuditEntry.chain == chain,
                AuditEntry.sequence > read,
                AuditEntry.thing_id.in_(things),
            )
            .order_by(AuditEntry.sequence)
            .limit(BATCH)
        )
        rows = batch.all()
        for entry, before in rows:
            yield entry_fields(entry) | {"before": before or "", "hash": entry.hash}
            read = entry.sequence
            session().expunge(entry)
        if len(rows) < BATCH:
            return


def chain_state(chain: int) -> dict[str, Any]:
    """How long the group's record is, its last hash, and whether it holds together now."""
    head = session().get(AuditHead, chain)
    broken = verify_chain(chain)
    return {
        "chain": chain,
        "count": head.count if head else 0,
        "head": head.hash if head else "",
        "broken_at": broken.sequence if broken else None,
    }
