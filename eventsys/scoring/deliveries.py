"""What tablets deliver and are told, and what stands on the sheets of one delivery."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from eventsys.errors import DomainError
from eventsys.identity.policy import Actor
from eventsys.schemes.models import Aspect
from eventsys.schemes.tally import Tally
from eventsys.scoring.models import Mark, MarkOperation, MarkSheet
from eventsys.scoring.registers import Given, Register, register_of


@dataclass(frozen=True)
class Tap:
    """What a tablet sends: its own key, the aspect, the value, and the operations it had seen."""

    op: str
    aspect_id: int
    raw: Decimal | None
    seen: frozenset[str] = frozenset()


class Told(StrEnum):
    """What a tablet is told about one operation."""

    APPLIED = "applied"
    CONTESTED = "contested"
    DUPLICATE = "duplicate"
    LATE = "late"
    REFUSED = "refused"


@dataclass(frozen=True)
class Receipt:
    """The answer to one operation; ``refusal`` says why nothing was kept, or why it came late."""

    op: str
    told: Told
    refusal: DomainError | None = None


@dataclass(frozen=True)
class Delivery:
    """What became of a delivery: the receipts, and its sheets by code as they stand now."""

    receipts: list[Receipt]
    sheets: Mapping[str, MarkSheet]
    tally: Tally
    marks: Sequence[Mark] = ()


@dataclass
class Book:
    """What stands on the sheets of one delivery, and what it adds; ``is_over``: nothing counts."""

    actor: Actor
    device: str
    moment: datetime
    tally: Tally
    operations: dict[str, MarkOperation]
    marks: dict[tuple[int, int], Mark]
    applied: int = 0
    is_over: bool = False
    by_id: Mapping[int, Aspect] = field(default_factory=dict)

    @property
    def is_frozen(self) -> bool:
        """Whether the scheme has had its first mark; it never thaws."""
        return all(one.criterion.scheme.frozen_at for one in self.by_id.values())

    def register(self, sheet: MarkSheet, aspect_id: int) -> Register:
        """The register of one aspect; what came late stays out of it."""
        return register_of(
            [
                given_by(one)
                for one in self.operations.values()
                if one.sheet_id == sheet.id and one.aspect_id == aspect_id and not one.is_late
            ]
        )


def given_by(kept: MarkOperation) -> Given:
    """An operation as its register sees it."""
    return Given(kept.op, kept.raw, frozenset(kept.seen))
