"""What changed between two versions of results, and since the last one was drawn up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from eventsys import clock
from eventsys.errors import DomainError
from eventsys.events.models import Track
from eventsys.results.models import Publication
from eventsys.results.outcomes import result_lines
from eventsys.results.queries import public_rows, publication_of
from eventsys.results.states import Outcome


class Line(Protocol):
    """A result, frozen or as it would be drawn up now."""

    @property
    def entry_id(self) -> int:
        """Whose."""

    @property
    def label(self) -> str:
        """As results call them."""

    @property
    def unit_name(self) -> str:
        """For which unit."""

    @property
    def place(self) -> int | None:
        """The rank, if there is one."""

    @property
    def total(self) -> Decimal | None:
        """The total as published."""

    @property
    def outcome(self) -> Outcome:
        """The prize, or why there is none."""

    @property
    def parts(self) -> Mapping[str, Any]:
        """What the result was made of."""


@dataclass(frozen=True)
class Side:
    """A result on one side of a change."""

    place: int | None
    total: Decimal | None
    outcome: Outcome


@dataclass(frozen=True)
class Change:
    """One entry's result before and after; ``None`` where it did not or does not stand in them."""

    entry_id: int
    label: str
    unit_name: str
    before: Side | None
    after: Side | None


def compared(before: Iterable[Line], after: Iterable[Line]) -> list[Change]:
    """The entries whose result differs, in the order of the later results."""
    earlier = {one.entry_id: one for one in before}
    later = {one.entry_id: one for one in after}
    found = []
    for key in [*later, *(key for key in earlier if key not in later)]:
        old, new = earlier.get(key), later.get(key)
        if _made_of(old) != _made_of(new):
            one = new or old
            if one is not None:
                sides = _side(old), _side(new)
                found.append(Change(key, one.label, one.unit_name, *sides))
    return found


def changes(track: Track) -> list[Change]:
    """How the results, drawn up now, would differ from the newest version; empty without one.

    Raises the refusals of drawing up while something is still open.
    """
    publication = publication_of(track.id)
    return changes_since(publication, result_lines(track)) if publication else []


def is_newer_than_public(track: Track) -> bool:
    """Whether something else than everybody sees is drawn up, or would be if it were done now."""
    newest = publication_of(track.id)
    if newest is None or not newest.is_public_at(clock.now()):
        return True
    try:
        return bool(changes(track))
    except DomainError:  # a correction is under way
        return True


def changes_since(publication: Publication, lines: Sequence[Line]) -> list[Change]:
    """How these lines differ from a version."""
    return compared(public_rows(publication.id), lines)


def revision(publication: Publication) -> list[Change]:
    """What a version changed in the one before it."""
    if publication.supersedes_id is None:
        return []
    return compared(public_rows(publication.supersedes_id), public_rows(publication.id))


def concerned(publication: Publication) -> list[int]:
    """The entries whose own result a version changed: total, rank, award, or what they are made of.

    The estimated scale stands apart: it moves for everybody when anybody's marks do.
    """
    if publication.supersedes_id is None:
        return []
    before = {one.entry_id: one for one in public_rows(publication.supersedes_id)}
    after = {one.entry_id: one for one in public_rows(publication.id)}
    return [key for key in {**after, **before} if _own(before.get(key)) != _own(after.get(key))]


def _own(line: Line | None) -> tuple[Any, ...] | None:
    made = _made_of(line)
    if made is None:
        return None
    *result, parts = made
    return (*result, {key: one for key, one in parts.items() if key != "scale"})


def _side(line: Line | None) -> Side | None:
    return Side(line.place, line.total, line.outcome) if line else None


def _made_of(line: Line | None) -> tuple[Any, ...] | None:
    """Everything a result says: also a mark of a module that changes no total is a change."""
    if line is None:
        return None
    return line.place, line.total, line.outcome, dict(line.parts)
