"""Entering, correcting, submitting and withdrawing: by a unit's team leader."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Update, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import changed, new_id, session
from eventsys.errors import Forbidden
from eventsys.events.actions import lock_event
from eventsys.events.models import Track
from eventsys.groups.models import Unit
from eventsys.identity.actions import PersonFacts, ReasonMissing, register_person
from eventsys.identity.models import Person
from eventsys.identity.policy import Actor, authorize
from eventsys.registration.admissions import check_way_in
from eventsys.registration.eligibility import (
    Named,
    Proposal,
    check_member,
    check_window,
    draft_problems,
    facts_of,
    phone_of,
    proposals,
)
from eventsys.registration.models import Entry, Member, UnitQuota
from eventsys.registration.policy import (
    may_edit_entry,
    may_enter,
    may_review_entry,
    may_withdraw_entry,
)
from eventsys.registration.queries import quota_of
from eventsys.registration.rules import (
    EDITABLE,
    HOLDING,
    MOVES,
    REVIEWABLE,
    STATE_LABELS,
    TAKING_PART,
    EntryChanged,
    EntryFacts,
    EntryState,
    EntryUnfit,
    Problem,
    QuotaFull,
    RegistrationClosed,
    TakenMeanwhile,
    TrackFull,
    WithdrawLate,
)
from eventsys.states import WrongState
from eventsys.vault import vault

REASON_LEAST = 5


def draft_entry(actor: Actor, track: Track, unit: Unit, facts: EntryFacts) -> Entry:
    """A draft: it holds no place, and only its unit sees it."""
    authorize(actor, may_enter, unit)
    lock_event(track.event, shared=True)
    check_window(track.event)
    check_member(unit)
    check_way_in(track, unit)
    (proposal,) = proposals(track, unit, [facts])
    _refuse(draft_problems(proposal))

    (entry,) = _new_entries(actor, track, unit, [proposal])

    record(actor, "entry.drafted", entry, track=track.code, number=entry.number)
    return entry


def submit_new(actor: Actor, track: Track, unit: Unit, many: Sequence[EntryFacts]) -> list[Entry]:
    """New entries, all of them submitted or none: one from a form, any number from a table."""
    authorize(actor, may_enter, unit)
    lock_event(track.event, shared=True)
    check_window(track.event)
    check_member(unit)
    check_way_in(track, unit)
    each = proposals(track, unit, many)
    _refuse([problem for proposal in each for problem in proposal.problems])

    entries = _new_entries(actor, track, unit, each)
    _take_places(track, unit, len(entries))
    _activate(entries)

    for entry in entries:
        record(actor, "entry.submitted", entry, track=track.code, number=entry.number)
    return entries


def change_entry(actor: Actor, entry: Entry, facts: EntryFacts, seen: int, *, submit: bool) -> None:
    """Correct a draft or a returned entry, and hand it in if wished.

    ``seen`` is the version the person looked at: a change made meanwhile is never overwritten.
    """
    authorize(actor, may_edit_entry, entry)
    if entry.version != seen:
        raise EntryChanged
    proposal = _checked(entry, facts, submit=submit)

    before = entry.state
    _fill(actor, entry, proposal)
    if submit:
        _hand_in(entry, before)
    _flush()

    record(actor, "entry.changed", entry, people=len(proposal.named), team=entry.team_name)
    if submit:
        record(actor, "entry.submitted", entry, number=entry.number)


def submit_entry(actor: Actor, entry: Entry) -> None:
    """Hand in a draft or a corrected entry as it stands."""
    authorize(actor, may_edit_entry, entry)
    _checked(entry, facts_of(entry), submit=True)

    _hand_in(entry, entry.state)
    _flush()

    record(actor, "entry.submitted", entry, number=entry.number)


def withdraw_entry(actor: Actor, entry: Entry, reason: str = "") -> None:
    """Take an entry back; its places are free again. The organizer has to say why."""
    authorize(actor, may_withdraw_entry, entry)
    lock_event(entry.track.event, shared=True)
    check_entry_move(entry, EntryState.WITHDRAWN)
    _check_may_still_withdraw(actor, entry, reason)

    before, entry.state, entry.reason = entry.state, EntryState.WITHDRAWN, reason.strip()
    for member in entry.members:
        member.is_active = False
    session().flush()  # the version decides first: two withdrawals release one place
    if before in HOLDING:
        _release_places(entry)

    record(actor, "entry.withdrawn", entry, state=[before, entry.state], reason=entry.reason)


def _check_may_still_withdraw(actor: Actor, entry: Entry, reason: str) -> None:
    event = entry.track.event
    if entry.state is EntryState.DRAFT:
        return
    if may_review_entry(actor, entry):
        if event.state not in REVIEWABLE:
            raise RegistrationClosed(event=event.name)
        if len(reason.strip()) < REASON_LEAST:
            raise ReasonMissing
    elif not event.open_at(clock.now()):
        raise WithdrawLate


def _checked(entry: Entry, facts: EntryFacts, *, submit: bool) -> Proposal:
    """The proposal to put in the place of ``entry``, if it can be."""
    track, unit = entry.track, entry.unit
    lock_event(track.event, shared=True)
    if entry.state not in EDITABLE:
        raise WrongState(here=STATE_LABELS[entry.state])
    check_window(track.event, entry)
    check_member(unit)
    check_way_in(track, unit)
    (proposal,) = proposals(track, unit, [facts], entry)
    _refuse(proposal.problems if submit else draft_problems(proposal))
    return proposal


def check_entry_move(entry: Entry, there: EntryState) -> None:
    """Refuse a move that an entry cannot make, naming its state in the reader's words."""
    if there not in MOVES[entry.state]:
        raise WrongState(here=STATE_LABELS[entry.state])


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise EntryUnfit(problems)


# ---- rows


def _new_entries(actor: Actor, track: Track, unit: Unit, each: Sequence[Proposal]) -> list[Entry]:
    numbers = _take_numbers(track, len(each))
    entries = []
    for number, proposal in zip(numbers, each, strict=True):
        entry = Entry(
            id=new_id(),
            group_id=track.group_id,
            event_id=track.event_id,
            track_id=track.id,
            unit_id=unit.id,
            number=number,
            state=EntryState.DRAFT,
            created_at=clock.now(),
            created_by_id=actor.user_id,
        )
        entry.track, entry.unit = track, unit
        session().add(entry)
        _fill(actor, entry, proposal)
        entries.append(entry)
    _flush()
    return entries


def _fill(actor: Actor, entry: Entry, proposal: Proposal) -> None:
    """Put these people, in this order, in the place of whoever stands in the entry."""
    active = entry.state in HOLDING
    kept = {(member.person_id, member.role): member for member in entry.members}
    members = []
    with session().no_autoflush:
        for position, named in enumerate(proposal.named):
            person = _person(actor, entry, named)
            role = named.given.role
            member = kept.get((person.id, role)) or Member(
                id=new_id(),
                group_id=entry.group_id,
                event_id=entry.event_id,
                person_id=person.id,
                role=role,
                takes_part=role in TAKING_PART,
                is_active=active,
            )
            member.position = position
            members.append(member)
    entry.members = members
    entry.team_name = proposal.facts.team_name
    flag_modified(entry, "team_name")  # other people alone are a new version, too


def _person(actor: Actor, entry: Entry, named: Named) -> Person:
    given, person = named.given, named.person
    if given.id_number is None:
        raise Forbidden  # refused as NumberMissing before anybody comes here
    if person is None:
        facts = PersonFacts(given.name, given.id_number, entry.unit_id, given.phone)
        return register_person(actor, entry.group_id, facts)
    if person.name != given.name:
        record(actor, "person.renamed", person, name=[person.name, given.name])
        person.name = given.name
    if given.phone and person.unit_id == entry.unit_id and given.phone != phone_of(person):
        person.phone_sealed = vault().seal(given.phone)
    return person


def _hand_in(entry: Entry, before: EntryState) -> None:
    """Submit; a returned entry holds its places already.

    The entry is written before its places, as in a withdrawal: two deeds at once wait, not lock.
    """
    entry.reason = ""
    _activate([entry])
    if before not in HOLDING:
        _take_places(entry.track, entry.unit, 1)


def _activate(entries: Iterable[Entry]) -> None:
    moment: datetime = clock.now()
    for entry in entries:
        check_entry_move(entry, EntryState.SUBMITTED)
        entry.state, entry.submitted_at = EntryState.SUBMITTED, moment
        for member in entry.members:
            member.is_active = True
    _flush()


def _flush() -> None:
    """Write; the index on people who take part has the last word against a race."""
    try:
        session().flush()
    except IntegrityError as taken:
        raise TakenMeanwhile from taken


# ---- places: each taken by one conditional statement, in the transaction that uses it


def _take_numbers(track: Track, many: int) -> range:
    """The next running numbers of a track."""
    taken = session().scalar(
        update(Track)
        .where(Track.id == track.id)
        .values(last_number=Track.last_number + many)
        .returning(Track.last_number)
        .execution_options(synchronize_session=False)
    )
    last = int(taken or 0)
    return range(last - many + 1, last + 1)


def _take_places(track: Track, unit: Unit, many: int) -> None:
    """Places of the track and of the unit, or a refusal that says how many there are."""
    if not take_track_places(track, many):
        session().refresh(track, ["used", "capacity"])
        raise TrackFull(track=track.name, capacity=track.capacity, used=track.used, asked=many)
    if not take_unit_places(track, unit, many):
        quota = quota_of(track.id, unit.id)
        used, capacity = (quota.used, quota.capacity) if quota else (0, 0)
        raise QuotaFull(track=track.name, quota=capacity, unit=unit.name, used=used, asked=many)
    session().expire(track, ["used"])


def take_track_places(track: Track, many: int) -> bool:
    """Whether the track still had ``many`` places; they are taken by the asking."""
    statement = update(Track).where(Track.id == track.id, Track.used + many <= Track.capacity)
    return _once(statement.values(used=Track.used + many))


def take_unit_places(track: Track, unit: Unit, many: int) -> bool:
    """Whether the unit still had ``many`` places in the track; they are taken by the asking."""
    _ensure_quota(track, unit)
    statement = update(UnitQuota).where(
        UnitQuota.track_id == track.id,
        UnitQuota.unit_id == unit.id,
        UnitQuota.used + many <= UnitQuota.capacity,
    )
    return _once(statement.values(used=UnitQuota.used + many))


def _ensure_quota(track: Track, unit: Unit) -> None:
    """The unit's row of places, made the first time it is needed, by whoever comes first."""
    dialect = session().get_bind().dialect.name
    insert = postgresql_insert if dialect == "postgresql" else sqlite_insert
    table = UnitQuota.metadata.tables[UnitQuota.__tablename__]
    session().execute(
        insert(table)
        .values(
            id=new_id(),
            group_id=track.group_id,
            track_id=track.id,
            unit_id=unit.id,
            capacity=track.rules.per_unit_quota,
            used=0,
        )
        .on_conflict_do_nothing()
    )


def _release_places(entry: Entry) -> None:
    _once(
        update(Track).where(Track.id == entry.track_id, Track.used > 0).values(used=Track.used - 1)
    )
    _once(
        update(UnitQuota)
        .where(
            UnitQuota.track_id == entry.track_id,
            UnitQuota.unit_id == entry.unit_id,
            UnitQuota.used > 0,
        )
        .values(used=UnitQuota.used - 1)
    )
    session().expire(entry.track, ["used"])


def _once(statement: Update) -> bool:
    return changed(statement.execution_options(synchronize_session=False)) == 1
