"""What a version says, with the names behind it, ready for paper."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventsys import clock
from eventsys.db import session
from eventsys.duties.rules import OFFICE_LABELS, Office
from eventsys.errors import N_
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind
from eventsys.identity.models import User
from eventsys.printing.documents import NothingToPrint, Stamp
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.releases import queries
from eventsys.releases.models import PlanVersion
from eventsys.releases.rules import Fixed, LineKind
from eventsys.tasks.work import Work
from eventsys.timetable.lots import is_drawn_at_the_door, natural
from eventsys.timetable.queries import PEOPLE

WITH_TRACK = joinedload(Entry.track).options(
    joinedload(Track.event).joinedload(Event.host), joinedload(Track.ruleset)
)
Words = Callable[[str], str]

READ_AT_ONCE = 500  # entries with their people in memory

PUBLISHED = N_("%(label)s · published on %(day)s")
REPLACED = N_("%(label)s · published on %(day)s · replaced by V%(number)s")
UNPUBLISHED = N_("DRAFT · %(label)s · not published")
DRAFT_MARK = N_("DRAFT")
OLD_MARK = N_("REPLACED")


class NobodyInVersion(NothingToPrint):
    message = N_(
        "Nobody has a place in this version. Deal out the sessions or draw the stations, keep a new"
        " version, and print that one."
    )


@dataclass(frozen=True, slots=True)
class Who:
    """An entry as paper names it; ``people`` are those who take part, with masked ID numbers."""

    entry_id: int
    track_id: int
    number: str
    name: str
    unit: str
    people: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody in a session; the station is empty where none is known or none may be said."""

    who: Who
    station: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Served:
    """A duty at a session."""

    office: Office
    user_id: int
    name: str


@dataclass(frozen=True)
class Sitting:
    """One session of a version: who is in it, who serves; ``is_late``: drawn at the door."""

    line: Fixed
    seated: tuple[Seated, ...]
    served: tuple[Served, ...]
    is_late: bool


@dataclass(frozen=True)
class Source:
    """Everything of one version that can stand on paper; no row of the database is in it."""

    kind: EventKind
    event: str
    event_en: str
    host: str
    dates: str
    stamp: Stamp
    tracks: Mapping[int, str]
    sittings: Sequence[Sitting]
    entries: Mapping[int, Who]


def read_source(work: Work, version: PlanVersion, track_id: int | None = None) -> Source:
    """A version as values, of one track only if asked; entries that withdrew since are left out."""
    event = session().get_one(Event, version.event_id, options=[joinedload(Event.host)])
    lines = queries.lines_of(version)
    tracks = _tracks(event.id)
    if track_id is not None:
        lines = [one for one in lines if one.track_id == track_id]
        tracks = {key: one for key, one in tracks.items() if key == track_id}
    entries = {one.entry_id: one for one in _entries(version, tracks)}
    return Source(
        kind=event.kind,
        event=event.name,
        event_en=event.name_en,
        host=event.host.name,
        dates=" – ".join(sorted({f"{event.starts_on}", f"{event.ends_on}"})),
        stamp=stamp_of(version, work.words),
        tracks={key: f"{one.code} {one.name}" for key, one in tracks.items()},
        sittings=_sittings(event.kind, lines, tracks, entries),
        entries=entries,
    )


def version_of(work: Work) -> PlanVersion:
    """The version a file was asked for."""
    return session().get_one(PlanVersion, work.task.payload["version_id"])


def stamp_of(version: PlanVersion, words: Words) -> Stamp:
    """What every page says; a draft, or what a newer public version replaces, is marked large."""
    if version.published_at is None:
        return Stamp(text=words(UNPUBLISHED) % {"label": version.label}, mark=words(DRAFT_MARK))
    day = f"{clock.in_shanghai(version.published_at):%Y-%m-%d}"
    newest = queries.published(version.event_id)
    if newest is None or newest.id == version.id:
        return Stamp(text=words(PUBLISHED) % {"label": version.label, "day": day})
    facts = {"label": version.label, "day": day, "number": newest.number}
    return Stamp(text=words(REPLACED) % facts, mark=words(OLD_MARK))


def span(line: Fixed) -> str:
    """The day and the times of a line on a Shanghai clock."""
    return f"{day_of(line)} {times(line)}"


def day_of(line: Fixed) -> str:
    """The day of a line on a Shanghai clock."""
    return f"{clock.in_shanghai(line.starts_at):%Y-%m-%d}"


def times(line: Fixed) -> str:
    """The times of a line on a Shanghai clock."""
    starts, ends = clock.in_shanghai(line.starts_at), clock.in_shanghai(line.ends_at)
    return f"{starts:%H:%M}–{ends:%H:%M}"


def offices_of(served: Iterable[Served], words: Words) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Who serves, by office in their usual order; nobody is named twice in one."""
    by_office: defaultdict[Office, dict[int, str]] = defaultdict(dict)
    for one in served:
        by_office[one.office][one.user_id] = one.name
    return tuple(
        (words(OFFICE_LABELS[office]), tuple(by_office[office].values()))
        for office in Office
        if office in by_office
    )


# ---- reading


def _tracks(event_id: int) -> dict[int, Track]:
    found = (
        select(Track)
        .where(Track.event_id == event_id)
        .options(joinedload(Track.event), joinedload(Track.ruleset))
        .order_by(Track.code)
    )
    return {one.id: one for one in session().scalars(found)}


def _entries(version: PlanVersion, tracks: Mapping[int, Track]) -> Iterator[Who]:
    """Those approved when the version was kept, and still; some at a time, to spare memory."""
    found = select(Entry.id).where(
        Entry.track_id.in_(tracks),
        Entry.state == EntryState.APPROVED,
        Entry.decided_at.is_(None) | (Entry.decided_at <= version.made_at),
    )
    keys = session().scalars(found.order_by(Entry.track_id, Entry.number)).all()
    for entry in entries_in(keys):
        people = [one.person for one in entry.members if one.takes_part]
        yield Who(
            entry.id,
            entry.track_id,
            f"{tracks[entry.track_id].code}-{entry.number:03d}",
            entry.label,
            entry.unit.name,
            tuple((one.name, one.id_masked) for one in people),
        )


def entries_in(keys: Sequence[int]) -> Iterator[Entry]:
    """Entries with their people, in the order of their keys, a few hundred in memory at a time."""
    for first in range(0, len(keys), READ_AT_ONCE):
        some = keys[first : first + READ_AT_ONCE]
        found = select(Entry).where(Entry.id.in_(some)).options(*PEOPLE, WITH_TRACK)
        by_key = {one.id: one for one in session().scalars(found).unique()}
        yield from (by_key[key] for key in some if key in by_key)


def _sittings(
    kind: EventKind,
    lines: Sequence[Fixed],
    tracks: Mapping[int, Track],
    entries: Mapping[int, Who],
) -> list[Sitting]:
    seats: defaultdict[str, list[Fixed]] = defaultdict(list)
    duties: defaultdict[str, list[Fixed]] = defaultdict(list)
    for one in lines:
        if one.kind is not LineKind.SESSION:
            (seats if one.kind is LineKind.SEAT else duties)[one.session_key].append(one)
    users = _names({one.user_id for some in duties.values() for one in some if one.user_id})
    late = {key for key, one in tracks.items() if is_drawn_at_the_door(one.rules)}
    classes = defaultdict(list)
    if kind is EventKind.TRAINING:  # a class comes as a whole: nobody is dealt to its sessions
        for who in entries.values():
            classes[who.track_id].append(Seated(who, ""))
    return [
        Sitting(
            line=one,
            seated=_seated(seats[one.key], entries, is_late=one.track_id in late)
            or tuple(classes[one.track_id]),
            served=tuple(
                Served(Office(duty.office), duty.user_id, users.get(duty.user_id, "–"))
                for duty in duties[one.key]
                if duty.user_id is not None
            ),
            is_late=one.track_id in late,
        )
        for one in lines
        if one.kind is LineKind.SESSION
    ]


def _seated(
    seats: Sequence[Fixed], entries: Mapping[int, Who], *, is_late: bool
) -> tuple[Seated, ...]:
    """By station as it stands in the room; where none may be said, by number: order tells too."""
    found = [
        Seated(who, "" if is_late else one.station, one.part)
        for one in seats
        if (who := entries.get(one.entry_id or 0)) is not None
    ]
    ordered = sorted(found, key=lambda one: natural(one.who.number))
    return tuple(sorted(ordered, key=lambda one: natural(one.station)))


def _names(keys: Iterable[int]) -> dict[int, str]:
    found = select(User.id, User.name).where(User.id.in_(sorted(keys)))
    return dict(session().execute(found).all())
