"""What several devices gave for one aspect: a register that may hold more than one value.

Every operation names the operations whoever gave it had before their eyes. One that nobody saw is a
head. The heads follow from the set of operations alone, so neither the order in which they arrive
nor any clock plays a part: one head, or heads of equal value, and that value holds; heads that
differ are contested, and no value holds until an operation saw them all.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Given:
    """One operation: its own key, the value (``None`` clears), the keys of those it saw."""

    op: str
    raw: Decimal | None
    seen: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Register:
    """The heads of one aspect; ``raw`` is the value that holds, ``None`` where none does."""

    heads: Sequence[Given]

    @property
    def is_contested(self) -> bool:
        """Whether devices differ and nobody has settled it."""
        return len({head.raw for head in self.heads}) > 1

    @property
    def raw(self) -> Decimal | None:
        """The value that holds."""
        return None if self.is_contested or not self.heads else self.heads[0].raw


def register_of(operations: Collection[Given]) -> Register:
    """The heads among the operations of one aspect, in the order of their keys."""
    seen = {op for operation in operations for op in operation.seen}
    heads = [operation for operation in operations if operation.op not in seen]
    return Register(sorted(heads, key=lambda head: head.op))


def sees_itself(operation: Given, known: Mapping[str, Given]) -> bool:
    """Whether an operation saw one that saw it: no honest tablet sends such a thing."""
    reached: set[str] = set()
    waiting = list(operation.seen)
    while waiting:
        op = waiting.pop()
        if op == operation.op:
            return True
        if op not in reached and op in known:
            reached.add(op)
            waiting.extend(known[op].seen)
    return False
