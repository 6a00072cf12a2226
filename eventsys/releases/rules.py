"""Lines of a timetable and what changed between two versions of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from eventsys import clock
from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.tasks.rules import TaskKind


class LineKind(StrEnum):
    """What a line of a timetable says."""

    SESSION = "session"
    SEAT = "seat"
    DUTY = "duty"


LINE_LABELS: dict[LineKind, str] = {
    LineKind.SESSION: N_("Sessions"),
    LineKind.SEAT: N_("Entries"),
    LineKind.DUTY: N_("Duties"),
}


class ChangeKind(StrEnum):
    """What became of a line."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    HANDED = "handed"


PAPERS = (
    TaskKind.PLAN_BOOK_PDF,
    TaskKind.PLAN_TICKETS_PDF,
    TaskKind.PLAN_DOORS_PDF,
    TaskKind.PLAN_DESKS_PDF,
    TaskKind.PLAN_SIGN_IN_PDF,
    TaskKind.PLAN_MAPS_PDF,
    TaskKind.PLAN_DUTIES_PDF,
    TaskKind.PLAN_HANDBOOKS_PDF,
)
"""The papers made from a version, in the order in which they are offered."""


class NothingToKeep(RuleBroken):
    message = N_("Nothing is placed yet. Place a session first, then keep a version.")


class NothingNew(Conflict):
    message = N_("Nothing changed since version %(number)s. Keep a version after the next change.")


class AlreadyPublished(Conflict):
    message = N_("Version %(number)s is public already.")


class EventHidden(RuleBroken):
    message = N_(
        "Nobody sees this event: it is a draft, or it was cancelled. Publish the event first, then"
        " its timetable."
    )


class LaterIsPublic(Conflict):
    message = N_(
        "Version %(number)s is public and newer. Keep a new version of what should hold, and"
        " publish that one."
    )


@dataclass(frozen=True, slots=True)
class Fixed:
    """One line: a session, an entry's seat in it, or a person's duty at it."""

    kind: LineKind
    key: str
    session_key: str
    track_id: int
    track: str
    track_en: str
    session: str
    part: str
    room_id: int
    room: str
    venue: str
    station: str
    office: str
    entry_id: int | None
    user_id: int | None
    number: str
    starts_at: datetime
    ends_at: datetime

    @property
    def where(self) -> str:
        """Room, time and station as people say them."""
        moment = clock.in_shanghai(self.starts_at)
        return f"{self.room} {moment:%m-%d %H:%M}" + (f" · {self.station}" if self.station else "")

    @property
    def spot(self) -> tuple[int, str, datetime, datetime]:
        """What makes it another place or another time."""
        return self.room_id, self.station, self.starts_at, self.ends_at


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one line; ``follows`` where it only went along with its session."""

    kind: ChangeKind
    before: Fixed | None
    after: Fixed | None
    follows: bool = False

    @property
    def line(self) -> Fixed:
        """The line as it is now, or as it was before it went."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a change of nothing")
        return found


def changes(before: Iterable[Fixed], after: Iterable[Fixed]) -> list[Change]:
    """Every line that is new, gone, elsewhere, or somebody else's: sessions first, then by time."""
    old = {one.key: one for one in before}
    new = {one.key: one for one in after}
    found = [Change(ChangeKind.ADDED, None, new[key]) for key in new.keys() - old.keys()]
    found += [Change(ChangeKind.REMOVED, old[key], None) for key in old.keys() - new.keys()]
    for key in new.keys() & old.keys():
        kind = _kind(old[key], new[key])
        if kind is not None:
            found.append(Change(kind, old[key], new[key], _follows(old, new, key)))
    return sorted(found, key=_order)


def is_same(before: Iterable[Fixed], after: Iterable[Fixed]) -> bool:
    """Whether two timetables say the same, down to the names of rooms and sessions."""
    return frozenset(before) == frozenset(after)


def _kind(before: Fixed, after: Fixed) -> ChangeKind | None:
    if before.user_id != after.user_id:
        return ChangeKind.HANDED
    return None if before.spot == after.spot else ChangeKind.MOVED


def _follows(old: Mapping[str, Fixed], new: Mapping[str, Fixed], key: str) -> bool:
    """Whether a seat or duty only went where its session went."""
    before, after = old[key], new[key]
    same = before.session_key == after.session_key and before.station == after.station
    return after.kind is not LineKind.SESSION and same and before.user_id == after.user_id


def _order(change: Change) -> tuple[int, datetime, str, str]:
    line = change.line
    return list(LineKind).index(line.kind), line.starts_at, line.track, line.key


WORDS: Mapping[tuple[LineKind, ChangeKind], str] = {
    (LineKind.SESSION, ChangeKind.ADDED): N_("%(session)s is new: %(to)s"),
    (LineKind.SESSION, ChangeKind.REMOVED): N_("%(session)s is off (was %(origin)s)"),
    (LineKind.SESSION, ChangeKind.MOVED): N_("%(session)s moved from %(origin)s to %(to)s"),
    (LineKind.SEAT, ChangeKind.ADDED): N_("%(number)s got a place: %(to)s"),
    (LineKind.SEAT, ChangeKind.REMOVED): N_("%(number)s has no place any more (was %(origin)s)"),
    (LineKind.SEAT, ChangeKind.MOVED): N_("%(number)s moved from %(origin)s to %(to)s"),
    (LineKind.DUTY, ChangeKind.ADDED): N_("%(person)s serves at %(session)s: %(to)s"),
    (LineKind.DUTY, ChangeKind.REMOVED): N_("%(person)s no longer serves at %(session)s"),
    (LineKind.DUTY, ChangeKind.MOVED): N_("%(person)s serves at %(session)s now at %(to)s"),
    (LineKind.DUTY, ChangeKind.HANDED): N_("%(person)s takes over from %(former)s at %(session)s"),
}
"""A change in words; names of people are looked up by whoever may see them."""


def entries_touched(found: Iterable[Change]) -> frozenset[int]:
    """The entries that have to be somewhere else, or at another time."""
    return frozenset(
        key for one in found for key in _both(one.before, one.after, "entry_id") if key is not None
    )


def users_touched(found: Iterable[Change]) -> frozenset[int]:
    """The accounts whose duties changed, those who lost one too."""
    return frozenset(
        key for one in found for key in _both(one.before, one.after, "user_id") if key is not None
    )


def _both(before: Fixed | None, after: Fixed | None, name: str) -> list[int | None]:
    return [getattr(one, name) for one in (before, after) if one is not None]
