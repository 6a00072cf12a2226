"""When an evidence pack may be made, and how it is put together (``verifier`` takes it apart)."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from eventsys.errors import N_, RuleBroken

FORMAT = "eventsys-evidence-1"
"""Stands before the manifest in the signed bytes, so that the signature means nothing else."""

Content = bytes | Path | dict[str, Any] | list[Any]
"""Bytes as they are, a file to copy, or a value to write as JSON."""


class RetentionOver(RuleBroken):
    field = "keep_until"
    message = N_("The originals would be kept until a day that has passed. Enter a later one.")


class SealMissing(RuleBroken):
    field = "seal"
    message = N_("Write the number on the seal; without it the bag cannot be told from another.")


@dataclass(frozen=True)
class Piece:
    """One file of the pack: its name below the track's folder, and what is in it."""

    name: str
    content: Content


@dataclass(frozen=True)
class OriginalFacts:
    """What is written down about a sealed bag."""

    seal: str
    content: str
    place: str
    custodian: str
    keep_until: date


def check_original(facts: OriginalFacts, today: date) -> None:
    """Refuse a bag without a seal, or one that nobody has to keep."""
    if not facts.seal.strip():
        raise SealMissing
    if facts.keep_until < today:
        raise RetentionOver
