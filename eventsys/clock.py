"""The only place that asks the time. Moments are aware UTC; people see Asia/Shanghai."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


_played: ContextVar[datetime | None] = ContextVar("played", default=None)


def now() -> datetime:
    """The present moment in UTC."""
    return _played.get() or datetime.now(UTC)


@contextmanager
def playing(moment: datetime) -> Generator[None]:
    """Play another day: the demo tells of last year with the same actions that serve today."""
    token = _played.set(moment)
    try:
        yield
    finally:
        _played.reset(token)


def today() -> date:
    """The present date in Asia/Shanghai."""
    return now().astimezone(SHANGHAI).date()


def in_shanghai(moment: datetime) -> datetime:
    """The same moment on a Shanghai clock."""
    return moment.astimezone(SHANGHAI)


def from_shanghai(local: datetime) -> datetime:
    """The UTC moment meant by a naive Shanghai clock reading, as forms deliver it."""
    return local.replace(tzinfo=SHANGHAI).astimezone(UTC)
