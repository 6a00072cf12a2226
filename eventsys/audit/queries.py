"""Reading the record, and proving that nobody rewrote it."""

from collections.abc import Iterator

from sqlalchemy import Select, select

from eventsys.audit.models import AuditEntry, AuditHead, entry_fields
from eventsys.audit.rules import Break, Link, first_break
from eventsys.db import session
from eventsys.vault import vault

BATCH = 1000


def entries_of(chain: int, deed: str | None = None, text: str | None = None) -> Select[AuditEntry]:
    """The entries of one chain, newest first, optionally of one kind of deed or one actor."""
    found = select(AuditEntry).where(AuditEntry.chain == chain).order_by(AuditEntry.sequence.desc())
    if deed:
        found = found.where(AuditEntry.deed.startswith(deed, autoescape=True))
    if text:
        found = found.where(AuditEntry.actor_name.contains(text, autoescape=True))
    return found


def chains() -> list[int]:
    """Every chain there is: one for each group, and 0 for the platform."""
    return list(session().scalars(select(AuditHead.chain).order_by(AuditHead.chain)))


def verify_chain(chain: int) -> Break | None:
    """The first bad entry of a chain, or ``None``. Reads in batches: memory stays constant."""
    head = session().get(AuditHead, chain)
    if head is None:
        return None
    return first_break(vault().chain_key, _links(chain), head.count, head.hash)


def _links(chain: int) -> Iterator[Link]:
    read = 0
    while True:
        batch = select(AuditEntry).where(AuditEntry.chain == chain, AuditEntry.sequence > read)
        found = session().scalars(batch.order_by(AuditEntry.sequence).limit(BATCH)).all()
        for entry in found:
            yield Link(entry.sequence, entry_fields(entry), entry.hash)
        if not found:
            return
        read = found[-1].sequence
        for entry in found:
            session().expunge(entry)
