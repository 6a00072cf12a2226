"""Long work lies in rows; of any number of workers one holds a row, and proves it by its last sign.

A row waits, runs while a worker holds it, and ends in a state of its feature. ``claimed_at`` is the
holder's last sign of life and its proof of holding: whoever finds another moment there has lost it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from eventsys.db import changed, session

MOST_ATTEMPTS = 3  # work that brings its worker down must not do so for ever


class LostHold(Exception):
    """Another worker holds the row now, or somebody threw it away: this one stops."""


@dataclass(frozen=True, slots=True)
class Queue:
    """The rows of one kind of long work; ``stalled_after`` a silent holder counts as gone."""

    kind: Any
    waiting: StrEnum
    running: StrEnum
    stalled_after: timedelta

    def free(self, moment: datetime) -> ColumnElement[bool]:
        """Waiting, or left running by a worker that has given no sign of life for long."""
        silent = and_(
            self.kind.state == self.running, self.kind.claimed_at < moment - self.stalled_after
        )
        return or_(self.kind.state == self.waiting, silent)

    def next_id(self, moment: datetime) -> int | None:
        """The oldest row a worker may take."""
        found = select(self.kind.id).where(self.free(moment))
        return session().scalar(found.order_by(self.kind.created_at, self.kind.id).limit(1))

    def claim(self, moment: datetime, **values: object) -> Any | None:
        """Take the oldest free row: of any number of workers, exactly one gets it."""
        row_id = self.next_id(moment)
        if row_id is None:
            return None
        won = changed(
            update(self.kind)
            .where(self.kind.id == row_id, self.free(moment))
            .values(
                state=self.running,
                claimed_at=moment,
                attempts=self.kind.attempts + 1,
                **values,
            )
            .execution_options(synchronize_session=False)
        )
        return self._row(row_id) if won else None

    def change(self, row_id: int, held_since: datetime, **values: object) -> Any:
        """The row, changed by the worker that holds it; ``LostHold`` if it holds it no longer."""
        held = changed(
            update(self.kind)
            .where(
                self.kind.id == row_id,
                self.kind.state == self.running,
                self.kind.claimed_at == held_since,
            )
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        if not held:
            raise LostHold
        return self._row(row_id)

    def _row(self, row_id: int) -> Any:
        return session().get_one(self.kind, row_id, populate_existing=True)
