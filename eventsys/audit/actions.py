"""Recording deeds. They join the chain at the very end of the transaction that did them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from eventsys import clock
from eventsys.audit.models import PLATFORM_CHAIN, AuditEntry, AuditHead, entry_fields
from eventsys.audit.rules import GENESIS, entry_hash
from eventsys.db import Model, before_commit, session
from eventsys.vault import vault


class Doer(Protocol):
    """Whoever does something: a person, the clock, the command line."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...
    @property
    def group_id(self) -> int | None: ...
    @property
    def source(self) -> str: ...


@dataclass(frozen=True)
class Deed:
    """A deed waiting for its place in the chain."""

    actor: Doer
    deed: str
    thing: Model | str | None
    facts: Mapping[str, Any]
    chain: int


def record(actor: Doer, deed: str, thing: Model | str | None, **facts: object) -> None:
    """Write down that ``actor`` did ``deed`` to ``thing``; kept when the transaction is kept.

    ``facts`` say what changed, old to new; never an identity number, a password or a token.
    """
    owner = getattr(thing, "group_id", None) or actor.group_id or PLATFORM_CHAIN
    plain = {key: _plain(value) for key, value in facts.items()}
    session().info.setdefault("deeds", []).append(Deed(actor, deed, thing, plain, owner))


@before_commit
def chain_deeds(current: Session) -> None:
    """Give the deeds of this transaction their numbers and hashes."""
    deeds: list[Deed] = current.info.pop("deeds", [])
    for chain in sorted({deed.chain for deed in deeds}):
        head = _locked_head(current, chain)
        for deed in (one for one in deeds if one.chain == chain):
            head.count += 1
            entry = _entry(deed, head.count)
            entry.hash = head.hash = entry_hash(vault().chain_key, head.hash, entry_fields(entry))
            current.add(entry)
    current.flush()


def _locked_head(current: Session, chain: int) -> AuditHead:
    found = current.scalar(select(AuditHead).where(AuditHead.chain == chain).with_for_update())
    if found is None:
        found = AuditHead(chain=chain, count=0, hash=GENESIS)
        current.add(found)
    return found


def _entry(deed: Deed, sequence: int) -> AuditEntry:
    thing = deed.thing
    model = isinstance(thing, Model)
    return AuditEntry(
        chain=deed.chain,
        sequence=sequence,
        at=clock.now(),
        actor_id=deed.actor.user_id,
        actor_name=deed.actor.name,
        deed=deed.deed,
        thing_kind=thing.__tablename__ if model else (thing or ""),
        thing_id=getattr(thing, "id", None) if model else None,
        facts=dict(deed.facts),
        source=deed.actor.source,
    )


def _plain(value: object) -> Any:
    """A value as JSON keeps it, the same on both databases."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal | datetime | date):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return value
