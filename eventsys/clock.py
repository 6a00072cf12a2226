"""The only place that asks the time. Moments are aware UTC; people see Asia/Shanghai."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present date in Asia/Shanghai."""
    return now().astimezone(SHANGHAI).date()


def in_shanghai(moment: datetime) -> datetime:
    """The same moment on a Shanghai clock."""
    return moment.astimezone(SHANGHAI)


def from_shanghai(local: datetime) -> datetime:
    """The UTC moment meant by a naive Shanghai clock reading, as forms deliver it."""
    return local.replace(tzinfo=SHANGHAI).astimezone(UTC)
