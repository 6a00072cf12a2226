"""Who is here, who is missing, who signed for which half day, and the hours that makes."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from eventsys.attendance.models import Arrival, CheckInEnd, SignIn
from eventsys.attendance.rules import HalfDayKey, half_day_at, key_of
from eventsys.db import session
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind, EventState, HalfDay, TrainingRules
from eventsys.identity.actor import Actor
from eventsys.identity.rules import Permission, ScopeKind
from eventsys.registration.models import Entry, Member
from eventsys.registration.rules import EntryState
from eventsys.timetable.models import Placement
from eventsys.timetable.queries import PEOPLE, placements_of

NAMES_SHOWN = 12


@dataclass(frozen=True)
class Presence:
    """Somebody was checked in, or signed in: when, and by whom."""

    id: int
    at: datetime
    by_name: str


@dataclass(frozen=True)
class RollLine:
    """One expected entry: where it sits, for which half day it is expected, and whether it came."""

    entry: Entry
    seats: list[Placement]
    half_day: HalfDay | None
    came: Presence | None


@dataclass(frozen=True)
class Roll:
    """Everybody expected at a desk now."""

    lines: list[RollLine]

    @property
    def missing(self) -> list[RollLine]:
        """Who has not come yet."""
        return [line for line in self.lines if line.came is None]

    @property
    def here(self) -> list[RollLine]:
        """Who has come, the latest first."""
        came = [line for line in self.lines if line.came]
        return sorted(came, key=lambda line: line.came.at if line.came else 0, reverse=True)


# ---- competitions and exams


def arrival_of(entry_id: int) -> Arrival | None:
    """The check-in of an entry."""
    return session().scalar(select(Arrival).where(Arrival.entry_id == entry_id))


def arrived(track_id: int) -> list[int]:
    """The approved entries of a track that were checked in."""
    found = (
        select(Entry.id)
        .join(Arrival, Arrival.entry_id == Entry.id)
        .where(Entry.track_id == track_id, Entry.state == EntryState.APPROVED)
        .order_by(Entry.id)
    )
    return list(session().scalars(found))


def expected_number(track_id: int) -> int:
    """How many approved entries a track has."""
    counted = select(func.count(Entry.id)).where(
        Entry.track_id == track_id, Entry.state == EntryState.APPROVED
    )
    return session().scalar(counted) or 0


def check_in_end(track_id: int) -> CheckInEnd | None:
    """When the check-in of a track ended, if it did."""
    return session().scalar(select(CheckInEnd).where(CheckInEnd.track_id == track_id))


def ended_tracks(track_ids: Collection[int]) -> set[int]:
    """Which of some tracks let nobody in any more."""
    found = select(CheckInEnd.track_id).where(CheckInEnd.track_id.in_(track_ids))
    return set(session().scalars(found))


# ---- at the desk


def event_tracks(event_id: int) -> list[Track]:
    """The tracks of an event with what a desk needs of them."""
    found = (
        select(Track)
        .where(Track.event_id == event_id)
        .options(joinedload(Track.event), joinedload(Track.ruleset))
        .order_by(Track.code)
    )
    return list(session().scalars(found))


def open_half_day(track: Track, moment: datetime) -> HalfDay | None:
    """The half day of a class one can sign in for at a moment."""
    rules = track.rules
    return half_day_at(rules.half_days, moment) if isinstance(rules, TrainingRules) else None


def roll(tracks: Sequence[Track], moment: datetime) -> Roll:
    """Who is expected in these tracks now: every approved entry; in classes, for the half day."""
    half_days = {
        track.id: open_half_day(track, moment)
        for track in tracks
        if track.event.kind is EventKind.TRAINING
    }
    wanted = [track.id for track in tracks if half_days.get(track.id, True)]
    found = (
        select(Entry)
        .where(Entry.track_id.in_(wanted), Entry.state == EntryState.APPROVED)
        .options(*PEOPLE, joinedload(Entry.track))
        .order_by(Entry.track_id, Entry.number)
    )
    entries = list(session().scalars(found))
    keys = {track: key_of(half_day) for track, half_day in half_days.items() if half_day}
    came = _arrivals(entries) | _sign_ins(entries, keys)
    seats = placements_of([one.id for one in entries])
    lines = [
        RollLine(one, seats.get(one.id, []), half_days.get(one.track_id), came.get(one.id))
        for one in entries
    ]
    return Roll(sorted(lines, key=_by_time))


def _by_time(line: RollLine) -> tuple[bool, float, str, int]:
    """Whose session is first comes first; who has no seat comes last."""
    starts = line.seats[0].session.starts_at.timestamp() if line.seats else 0.0
    return (not line.seats, starts, line.entry.track.code, line.entry.number)


def _arrivals(entries: Sequence[Entry]) -> dict[int, Presence]:
    found = select(Arrival).where(Arrival.entry_id.in_([one.id for one in entries]))
    return {one.entry_id: Presence(one.id, one.at, one.by_name) for one in session().scalars(found)}


def _sign_ins(entries: Sequence[Entry], keys: dict[int, HalfDayKey]) -> dict[int, Presence]:
    tracks = {one.id: one.track_id for one in entries}
    found = select(SignIn).where(
        SignIn.entry_id.in_(tracks), SignIn.on.in_({key.on for key in keys.values()})
    )
    return {
        one.entry_id: Presence(one.id, one.at, one.by_name)
        for one in session().scalars(found)
        if HalfDayKey(one.on, one.part) == keys.get(tracks[one.entry_id])
    }


def presence_of(entry: Entry, key: HalfDayKey | None) -> Presence | None:
    """Whether an entry came: ever, or in classes for the half day ``key``."""
    if entry.track.event.kind is EventKind.TRAINING:
        return _sign_ins([entry], {entry.track_id: key}).get(entry.id) if key else None
    return _arrivals([entry]).get(entry.id)


def entry_with_people(entry_id: int) -> Entry | None:
    """An entry with everything a ticket shows."""
    return session().scalar(
        select(Entry)
        .where(Entry.id == entry_id)
        .options(
            *PEOPLE,
            joinedload(Entry.track).options(
                joinedload(Track.event).joinedload(Event.host), joinedload(Track.ruleset)
            ),
        )
    )


def entries_matching(track_ids: Collection[int], text: str) -> list[Entry]:
    """The entries of some tracks with this number (also as on the ticket), or a name like this."""
    number = text.rsplit("-", 1)[-1]
    alike: list[ColumnElement[bool]] = [
        Entry.team_name.contains(text, autoescape=True),
        Entry.members.any(Member.person.has(name=text)),
    ]
    if number.isdecimal() and len(number) <= 6:  # noqa: PLR2004  no event has a million entries
        alike.append(Entry.number == int(number))
    found = (
        select(Entry)
        .where(Entry.track_id.in_(track_ids), Entry.state == EntryState.APPROVED, or_(*alike))
        .options(*PEOPLE, joinedload(Entry.track))
        .order_by(Entry.number)
        .limit(NAMES_SHOWN)
    )
    return [one for one in session().scalars(found) if _fits(one, text, number)]


def _fits(entry: Entry, text: str, number: str) -> bool:
    """Whether a ticket number that names a track names this entry's."""
    code, dash, _number = text.rpartition("-")
    return not dash or entry.number != int(number or 0) or code == entry.track.code


# ---- half days


def sign_in_of(entry_id: int, key: HalfDayKey) -> SignIn | None:
    """The sign-in of a trainee for a half day."""
    return session().scalar(
        select(SignIn).where(
            SignIn.entry_id == entry_id, SignIn.on == key.on, SignIn.part == key.part
        )
    )


def sign_ins_of(entry_id: int) -> dict[HalfDayKey, SignIn]:
    """All sign-ins of one trainee."""
    found = select(SignIn).where(SignIn.entry_id == entry_id).order_by(SignIn.on, SignIn.part)
    return {HalfDayKey(one.on, one.part): one for one in session().scalars(found)}


def trainees(track_id: int) -> list[Entry]:
    """The approved entries of a class by number."""
    found = (
        select(Entry)
        .where(Entry.track_id == track_id, Entry.state == EntryState.APPROVED)
        .options(*PEOPLE)
        .order_by(Entry.number)
    )
    return list(session().scalars(found))


def signed_half_days(track_id: int) -> dict[int, frozenset[HalfDayKey]]:
    """For every approved entry of a class, the half days it signed for."""
    found = (
        select(Entry.id, SignIn.on, SignIn.part)
        .outerjoin(SignIn, SignIn.entry_id == Entry.id)
        .where(Entry.track_id == track_id, Entry.state == EntryState.APPROVED)
    )
    signed: dict[int, set[HalfDayKey]] = {}
    for entry_id, on, part in session().execute(found):
        keys = signed.setdefault(entry_id, set())
        if on is not None:
            keys.add(HalfDayKey(on, part))
    return {entry_id: frozenset(keys) for entry_id, keys in signed.items()}


def own_entry(track_id: int, person_id: int | None) -> Entry | None:
    """The approved entry of a class in which a person takes part."""
    return session().scalar(
        select(Entry)
        .where(
            Entry.track_id == track_id,
            Entry.state == EntryState.APPROVED,
            Entry.members.any(
                and_(Member.person_id == (person_id or 0), Member.takes_part, Member.is_active)
            ),
        )
        .options(*PEOPLE, joinedload(Entry.track).joinedload(Track.ruleset))
    )


# ---- what waits


def tracks_to_check_in(actor: Actor, today: date) -> list[Track]:
    """The tracks of events held today in which the actor checks people in and still may."""
    groups = actor.scope_ids(Permission.CHECK_IN, ScopeKind.GROUP)
    events = actor.scope_ids(Permission.CHECK_IN, ScopeKind.EVENT)
    tracks = actor.scope_ids(Permission.CHECK_IN, ScopeKind.TRACK)
    found = (
        select(Track)
        .join(Track.event)
        .options(contains_eager(Track.event), joinedload(Track.ruleset))
        .where(
            Event.starts_on <= today,
            Event.ends_on >= today,
            Event.state.in_([EventState.PUBLISHED, EventState.REGISTRATION_CLOSED]),
            or_(Event.group_id.in_(groups), Event.id.in_(events), Track.id.in_(tracks)),
            ~exists().where(CheckInEnd.track_id == Track.id),
        )
        .order_by(Event.name, Track.code)
    )
    return list(session().scalars(found))


def missing_counts(tracks: Sequence[Track], moment: datetime) -> Counter[int]:
    """How many approved entries of each track have not come: ever, or in the open half day."""
    classes = {one.id: open_half_day(one, moment) for one in tracks}
    plain = [one.id for one in tracks if one.event.kind is not EventKind.TRAINING]
    missing = _count_without(plain, exists().where(Arrival.entry_id == Entry.id))
    for key in {key_of(half_day) for half_day in classes.values() if half_day}:
        there = [one for one, half_day in classes.items() if half_day and key_of(half_day) == key]
        signed = exists().where(
            SignIn.entry_id == Entry.id, SignIn.on == key.on, SignIn.part == key.part
        )
        missing += _count_without(there, signed)
    return missing


def _count_without(track_ids: Collection[int], came: ColumnElement[bool]) -> Counter[int]:
    found = (
        select(Entry.track_id, func.count(Entry.id))
        .where(Entry.track_id.in_(track_ids), Entry.state == EntryState.APPROVED, ~came)
        .group_by(Entry.track_id)
    )
    return Counter({track_id: number for track_id, number in session().execute(found)})  # noqa: C416  rows


def tickets_of(person_id: int | None, today: date) -> list[Entry]:
    """The approved entries of a person in events that are not over."""
    if person_id is None:
        return []
    found = (
        select(Entry)
        .join(Entry.track)
        .join(Track.event)
        .where(
            Entry.state == EntryState.APPROVED,
            Event.ends_on >= today,
            Event.state.in_([EventState.PUBLISHED, EventState.REGISTRATION_CLOSED]),
            Entry.members.any(
                and_(Member.person_id == person_id, Member.takes_part, Member.is_active)
            ),
        )
        .options(
            contains_eager(Entry.track).options(
                contains_eager(Track.event), joinedload(Track.ruleset)
            )
        )
        .order_by(Event.starts_on)
    )
    return list(session().scalars(found))


def signed_keys(entry_ids: Collection[int]) -> set[tuple[int, HalfDayKey]]:
    """Which of some entries signed for which half day."""
    found = session().execute(
        select(SignIn.entry_id, SignIn.on, SignIn.part).where(SignIn.entry_id.in_(entry_ids))
    )
    return {(entry_id, HalfDayKey(on, part)) for entry_id, on, part in found}
