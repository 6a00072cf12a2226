"""Until when a leader can appeal about an entry: the clock of all, and what corrections added."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select

from eventsys.appeals import queries
from eventsys.appeals.models import AppealClock, AppealClosing, AppealReopening
from eventsys.appeals.queries import rules_of, window_of
from eventsys.appeals.rules import Window, extended, last_window
from eventsys.appeals.states import ClockStart
from eventsys.db import session
from eventsys.events.queries import ACROSS
from eventsys.registration.models import Entry


def reopening_of(entry_id: int) -> AppealReopening | None:
    """The latest version that changed the result of an entry, with the time it gives."""
    found = select(AppealReopening).where(AppealReopening.entry_id == entry_id)
    return session().scalar(found.order_by(AppealReopening.version.desc()).limit(1))


def closing_for(entry: Entry) -> AppealClosing | None:
    """When appeals of one entry were closed; a later version that changed its result reopens."""
    reopened = reopening_of(entry.id)
    return queries.closing_of(entry.track_id, since=reopened.version if reopened else 0)


def reopened_until(track_id: int, version: int) -> datetime | None:
    """Until when a version of a track's results may be appealed about, in any group."""
    found = select(func.max(AppealReopening.ends_at)).where(
        AppealReopening.track_id == track_id, AppealReopening.version == version
    )
    return session().scalar(found.execution_options(**ACROSS))


def window_for(entry: Entry, module: str = "") -> Window | None:
    """The time for appeals of one entry, also that which a later version of the results gave."""
    found, reopened = window_of(entry.track, module), reopening_of(entry.id)
    return extended(found, reopened.ends_at if reopened else None) if found else None


def windows_of(entries: Iterable[Entry]) -> dict[int, Window]:
    """The last window of many entries by entry, in two queries."""
    kept = list(entries)
    tracks = {one.track_id: one.track for one in kept}
    rows = session().scalars(
        select(AppealClock)
        .where(AppealClock.track_id.in_(list(tracks)))
        .order_by(AppealClock.version)
    )
    latest = {(one.track_id, one.start, one.module): one for one in rows}
    ends = {key: one.ends_at for key, one in _reopenings(kept).items()}
    found: dict[int, Window] = {}
    for track in tracks.values():
        rules = rules_of(track)
        if rules is None or not rules.appeal_levels:
            continue
        started = [one.started for one in latest.values() if one.track_id == track.id]
        modules = [one.code for one in rules.modules]
        start = ClockStart(rules.appeal_clock)
        found[track.id] = last_window(start, rules.appeal_minutes, started, modules)
    return {
        one.id: extended(found[one.track_id], ends.get(one.id))
        for one in kept
        if one.track_id in found
    }


def closed_entries(entries: Iterable[Entry]) -> set[int]:
    """Those of some entries about which nobody appeals any more."""
    kept = list(entries)
    reopened = _reopenings(kept)
    closings = session().execute(
        select(AppealClosing.track_id, func.max(AppealClosing.version))
        .where(AppealClosing.track_id.in_({one.track_id for one in kept}))
        .group_by(AppealClosing.track_id)
    )
    last = {track_id: version for track_id, version in closings}  # noqa: C416  rows, not pairs
    return {
        one.id
        for one in kept
        if one.track_id in last
        and (one.id not in reopened or last[one.track_id] >= reopened[one.id].version)
    }


def _reopenings(entries: Iterable[Entry]) -> dict[int, AppealReopening]:
    """The latest reopening of each of some entries."""
    found = (
        select(AppealReopening)
        .where(AppealReopening.entry_id.in_([one.id for one in entries]))
        .order_by(AppealReopening.version)
    )
    return {one.entry_id: one for one in session().scalars(found)}
