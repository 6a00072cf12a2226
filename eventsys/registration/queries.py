"""Entries, what is left of quotas, and who is entered where."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.db import session
from eventsys.events.models import Event, Track
from eventsys.events.queries import in_charge
from eventsys.events.rules import EventState
from eventsys.groups.models import Membership, Unit
from eventsys.identity.models import Person, RoleGrant, User
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission, Role, ScopeKind
from eventsys.registration.models import Entry, ImportDraft, Member, UnitQuota
from eventsys.registration.rules import EntryState

K = TypeVar("K")
AT_ONCE = 500  # parameters of one IN list


@dataclass(frozen=True)
class Wanted:
    """What a list of entries is narrowed to; ``None`` and "" mean everything."""

    track_id: int | None = None
    unit_id: int | None = None
    state: EntryState | None = None
    text: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same as conditions on ``Entry``."""
        found: list[ColumnElement[bool]] = []
        if self.track_id is not None:
            found.append(Entry.track_id == self.track_id)
        if self.unit_id is not None:
            found.append(Entry.unit_id == self.unit_id)
        if self.state is not None:
            found.append(Entry.state == self.state)
        if self.text:
            found.append(_mentions(self.text))
        return found


ALL = Wanted()


def _mentions(text: str) -> ColumnElement[bool]:
    """The number, the team's name or the name of one of its people."""
    named = (
        select(Member.entry_id)
        .join(Member.person)
        .where(Person.name.contains(text, autoescape=True))
    )
    by_words = or_(Entry.team_name.contains(text, autoescape=True), Entry.id.in_(named))
    is_number = text.isascii() and text.isdecimal() and len(text) < 10  # noqa: PLR2004  a number
    return or_(by_words, Entry.number == int(text)) if is_number else by_words


def _whole(found: Select[Entry]) -> Select[Entry]:
    """With everything a list shows: track and event, unit, members and their people."""
    return found.options(
        joinedload(Entry.track).joinedload(Track.event),
        joinedload(Entry.unit),
        selectinload(Entry.members).joinedload(Member.person),
    )


# ---- for the organizer


def handed_in(event_id: int, wanted: Wanted = ALL) -> Select[Entry]:
    """The entries of an event that left their unit: drafts are nobody else's business."""
    found = (
        select(Entry)
        .join(Track, Track.id == Entry.track_id)
        .where(Entry.event_id == event_id, Entry.state != EntryState.DRAFT, *wanted.conditions())
    )
    return _whole(found).order_by(Track.code, Entry.number)


def units_entered(event_id: int) -> list[Unit]:
    """The units that handed in entries for an event, by name."""
    entered = select(Entry.unit_id).where(
        Entry.event_id == event_id, Entry.state != EntryState.DRAFT
    )
    return list(session().scalars(select(Unit).where(Unit.id.in_(entered)).order_by(Unit.name)))


def entries_chosen(event_id: int, entry_ids: Collection[int]) -> list[Entry]:
    """Those of the named entries that belong to the event, by number."""
    found = select(Entry).where(Entry.event_id == event_id, Entry.id.in_(entry_ids))
    return list(session().scalars(_whole(found).order_by(Entry.number)).unique())


def counts_by_track(event_id: int) -> dict[int, dict[EntryState, int]]:
    """How many entries of each track stand in each state."""
    found = select(Entry.track_id, Entry.state, func.count(Entry.id)).where(
        Entry.event_id == event_id
    )
    counted: dict[int, dict[EntryState, int]] = defaultdict(dict)
    for track_id, state, number in session().execute(found.group_by(Entry.track_id, Entry.state)):
        counted[track_id][state] = number
    return counted


def to_review(actor: Actor) -> list[tuple[Event, int]]:
    """The events an organizer is in charge of that have entries waiting, and how many."""
    found = (
        select(Event, func.count(Entry.id))
        .join(Entry, Entry.event_id == Event.id)
        .where(Entry.state == EntryState.SUBMITTED, in_charge(actor, Permission.ENTRIES_REVIEW))
        .group_by(Event.id)
        .order_by(Event.starts_on, Event.id)
    )
    return [(event, number) for event, number in session().execute(found)]


def approved_entries(track_id: int) -> list[Entry]:
    """The approved entries of a track by number, with unit, members and people."""
    found = select(Entry).where(Entry.track_id == track_id, Entry.state == EntryState.APPROVED)
    return list(session().scalars(_whole(found).order_by(Entry.number)).unique())


def entry_labels(entry_ids: Iterable[int]) -> dict[int, str]:
    """How people call these entries: the team's name, or the names of those who take part."""
    labels: dict[int, str] = {}
    for keys in _portions(sorted(set(entry_ids))):
        found = select(Entry).where(Entry.id.in_(keys))
        members = selectinload(Entry.members).joinedload(Member.person)
        labels |= {entry.id: entry.label for entry in session().scalars(found.options(members))}
    return labels


def history_of(entry: Entry) -> list[AuditEntry]:
    """What is on record about an entry, the latest first."""
    found = select(AuditEntry).where(
        AuditEntry.chain == entry.group_id,
        AuditEntry.thing_kind == Entry.__tablename__,
        AuditEntry.thing_id == entry.id,
    )
    return list(session().scalars(found.order_by(AuditEntry.sequence.desc())))


# ---- for the team leader


def units_led(actor: Actor) -> list[Unit]:
    """The units an actor registers for, by name."""
    keys = actor.scope_ids(Permission.ENTRIES_SUBMIT, ScopeKind.UNIT)
    if not keys:
        return []
    return list(session().scalars(select(Unit).where(Unit.id.in_(keys)).order_by(Unit.name)))


def entries_of_units(unit_ids: Collection[int], wanted: Wanted = ALL) -> Select[Entry]:
    """The entries of these units in all events, the latest first."""
    found = select(Entry).where(Entry.unit_id.in_(unit_ids), *wanted.conditions())
    return _whole(found).order_by(Entry.created_at.desc(), Entry.id)


def tracks_entered(unit_ids: Collection[int]) -> list[Track]:
    """The tracks in which these units have entries, with their events."""
    entered = select(Entry.track_id).where(Entry.unit_id.in_(unit_ids))
    found = select(Track).join(Track.event).where(Track.id.in_(entered))
    loaded = found.options(contains_eager(Track.event))
    return list(session().scalars(loaded.order_by(Event.starts_on.desc(), Track.code)))


def open_tracks(moment: datetime) -> list[Track]:
    """The tracks one can register for at a moment, what closes first standing first."""
    found = (
        select(Track)
        .join(Track.event)
        .where(
            Event.state == EventState.PUBLISHED,
            Event.registration_opens_at <= moment,
            Event.registration_closes_at > moment,
        )
        .options(contains_eager(Track.event), joinedload(Track.ruleset))
        .order_by(Event.registration_closes_at, Event.id, Track.code)
    )
    return list(session().scalars(found))


def places_used(track_ids: Collection[int], unit_ids: Collection[int]) -> dict[int, int]:
    """How many places these units hold, by track."""
    found = (
        select(UnitQuota.track_id, func.sum(UnitQuota.used))
        .where(UnitQuota.track_id.in_(track_ids), UnitQuota.unit_id.in_(unit_ids))
        .group_by(UnitQuota.track_id)
    )
    return {track_id: int(used) for track_id, used in session().execute(found)}


def quota_of(track_id: int, unit_id: int) -> UnitQuota | None:
    """The places of one unit in one track, once it has asked for the first."""
    found = select(UnitQuota).where(UnitQuota.track_id == track_id, UnitQuota.unit_id == unit_id)
    return session().scalar(found)


def state_counts(unit_ids: Collection[int]) -> dict[EntryState, int]:
    """How many entries of these units stand in each state."""
    found = select(Entry.state, func.count(Entry.id)).where(Entry.unit_id.in_(unit_ids))
    rows = session().execute(found.group_by(Entry.state))
    return {state: int(number) for state, number in rows}


def unsubmitted(closes_before: datetime, unit_ids: Collection[int] | None = None) -> list[Entry]:
    """Drafts and returned entries of open events that close before a moment, by closing hour."""
    mine = true() if unit_ids is None else Entry.unit_id.in_(unit_ids)
    found = (
        select(Entry)
        .join(Entry.track)
        .join(Track.event)
        .where(
            Entry.state.in_((EntryState.DRAFT, EntryState.RETURNED)),
            Event.state == EventState.PUBLISHED,
            Event.registration_closes_at > clock.now(),
            Event.registration_closes_at <= closes_before,
            mine,
        )
        .options(contains_eager(Entry.track).contains_eager(Track.event))
        .order_by(Event.registration_closes_at, Entry.number)
    )
    return list(session().scalars(found))


def import_draft(actor: Actor, draft_id: int) -> ImportDraft | None:
    """An upload of the actor's own that has not expired."""
    found = select(ImportDraft).where(
        ImportDraft.id == draft_id,
        ImportDraft.owner_id == actor.user_id,
        ImportDraft.expires_at > clock.now(),
    )
    return session().scalar(found.options(joinedload(ImportDraft.track)))


# ---- for participants


def taking_part(person_id: int) -> Select[Entry]:
    """The entries a person is named in, the latest first; what is still a draft is not told."""
    named = select(Member.entry_id).where(Member.person_id == person_id)
    found = select(Entry).where(Entry.id.in_(named), Entry.state != EntryState.DRAFT)
    return _whole(found).order_by(Entry.created_at.desc(), Entry.id)


def taking_part_count(person_id: int) -> int:
    """How many entries a person is named in."""
    named = select(Member.entry_id).where(Member.person_id == person_id)
    found = select(func.count(Entry.id)).where(
        Entry.id.in_(named), Entry.state.not_in((EntryState.DRAFT, EntryState.WITHDRAWN))
    )
    return session().scalar(found) or 0


# ---- for the rules


def was_member_on(unit_id: int, day: date) -> bool:
    """Whether a unit belonged to the group on a day."""
    found = select(Membership.id).where(
        Membership.unit_id == unit_id,
        Membership.starts_on <= day,
        or_(Membership.ends_on.is_(None), Membership.ends_on >= day),
    )
    return session().scalar(found.limit(1)) is not None


def active_members(event_id: int, person_ids: Iterable[int]) -> list[Member]:
    """Who of these people takes part in the event already, with entry and track."""
    found: list[Member] = []
    for keys in _portions(sorted(set(person_ids))):
        active = select(Member).where(
            Member.event_id == event_id,
            Member.person_id.in_(keys),
            Member.takes_part,
            Member.is_active,
        )
        whole = joinedload(Member.entry).options(
            joinedload(Entry.track), selectinload(Entry.members)
        )
        found += session().scalars(active.options(whole))
    return found


def people_with(group_id: int, indexes: Iterable[bytes]) -> dict[bytes, Person]:
    """The registered people behind blind indexes of identity numbers."""
    found: dict[bytes, Person] = {}
    for keys in _portions(sorted(set(indexes))):
        known = select(Person).where(Person.group_id == group_id, Person.id_index.in_(keys))
        found |= {person.id_index: person for person in session().scalars(known)}
    return found


def named_elsewhere(person_id: int, entry_id: int | None) -> bool:
    """Whether a person stands in another entry than this one."""
    found = select(Member.id).where(Member.person_id == person_id)
    if entry_id is not None:
        found = found.where(Member.entry_id != entry_id)
    return session().scalar(found.limit(1)) is not None


def leaders_of(unit_ids: Iterable[int], day: date) -> dict[int, set[int]]:
    """The accounts of the team leaders of these units on a day."""
    found = (
        select(RoleGrant.scope_id, RoleGrant.user_id)
        .join(User, User.id == RoleGrant.user_id)
        .where(
            RoleGrant.role == Role.TEAM_LEADER,
            RoleGrant.scope_kind == ScopeKind.UNIT,
            RoleGrant.scope_id.in_(sorted(set(unit_ids))),
            RoleGrant.ended_at.is_(None),
            or_(RoleGrant.starts_on.is_(None), RoleGrant.starts_on <= day),
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= day),
            User.closed_at.is_(None),
        )
    )
    leaders: dict[int, set[int]] = defaultdict(set)
    for unit_id, user_id in session().execute(found):
        leaders[unit_id].add(user_id)
    return leaders


def _portions(keys: list[K]) -> Iterable[list[K]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))
