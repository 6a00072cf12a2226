"""The worker takes what waits, one after another; whatever breaks is told to whoever asked."""

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import force_locale, gettext

from eventsys import clock
from eventsys.db import enter_group, leave_groups, session, transaction
from eventsys.errors import DomainError
from eventsys.holds import MOST_ATTEMPTS, LostHold, Queue

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Hold:
    """The worker's hold on a row: ``since`` moves with every sign of life."""

    row_id: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Trade:
    """One kind of long work: its queue, how to do a row, how to say that it failed, and why.

    ``fresh``: what a row forgets of an earlier try, at the moment it is taken. ``broken`` takes the
    number of the error.
    """

    queue: Queue
    work: Callable[[Any, Hold], None]
    fail: Callable[[int, datetime, str], None]
    broken: str
    given_up: str
    fresh: Callable[[datetime], Mapping[str, Any]]


def do_all(trade: Trade) -> int:
    """Do everything that waits. Safe in any number of workers: each row is done by one."""
    done = 0
    while _do_one(trade):
        done += 1
    return done


def _do_one(trade: Trade) -> bool:
    leave_groups()
    session().close()
    if trade.queue.next_id(clock.now()) is None:
        session().close()
        return False
    moment = clock.now()
    with transaction():
        row = trade.queue.claim(moment, **trade.fresh(moment))
    if row is not None:
        _hold(trade, row, Hold(row.id, moment))
    return True


def _hold(trade: Trade, row: Any, hold: Hold) -> None:
    enter_group(row.group_id)
    try:
        with force_locale(row.language):
            _try(trade, row, hold)
    except LostHold:
        log.warning("%s %s: no longer ours", trade.queue.kind.__name__, hold.row_id)
    finally:
        leave_groups()
        session().close()


def _try(trade: Trade, row: Any, hold: Hold) -> None:
    try:
        if row.attempts > MOST_ATTEMPTS:
            _fail(trade, hold, gettext(trade.given_up))
        else:
            trade.work(row, hold)
    except LostHold:
        raise
    except DomainError as refusal:
        _fail(trade, hold, refusal.told(gettext))
    except Exception:
        number = secrets.token_hex(4)
        log.exception("%s %s, error %s", trade.queue.kind.__name__, hold.row_id, number)
        _fail(trade, hold, gettext(trade.broken) % {"number": number})


def _fail(trade: Trade, hold: Hold, problem: str) -> None:
    session().rollback()
    with transaction():
        trade.fail(hold.row_id, hold.since, problem)
