"""How an entry is hashed, and what an honest chain looks like."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64


def entry_hash(key: bytes, before: str, fields: Mapping[str, Any]) -> str:
    """The keyed hash of one entry, bound to the hash of the entry before it."""
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, f"{before}\n{text}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Link:
    """One entry as the verifier sees it."""

    sequence: int
    fields: Mapping[str, Any]
    hash: str


@dataclass(frozen=True)
class Break:
    """The first entry that is not what was written, and why."""

    sequence: int
    reason: str


def first_break(key: bytes, links: Iterable[Link], count: int, head: str) -> Break | None:
    """``None`` for an honest chain of ``count`` entries ending in ``head``."""
    before, expected = GENESIS, 1
    for link in links:
        if link.sequence != expected:
            return Break(expected, f"entry {expected} is missing or out of order")
        if link.hash != entry_hash(key, before, link.fields):
            return Break(expected, f"entry {expected} was changed after it was written")
        before, expected = link.hash, expected + 1
    if expected - 1 != count:
        return Break(expected, f"the chain should have {count} entries and has {expected - 1}")
    if before != head:
        return Break(count, "the last entry does not match the head of the chain")
    return None
