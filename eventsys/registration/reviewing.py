"""What the organizer does with entries: approve, return, look at a full number, take a list out."""

from collections.abc import Iterable, Sequence
from typing import Any

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import session
from eventsys.errors import NotThere
from eventsys.events.actions import lock_event
from eventsys.events.models import Event
from eventsys.identity.actions import ReasonMissing, reveal
from eventsys.identity.models import Reveal
from eventsys.identity.policy import Actor, authorize
from eventsys.notifications.actions import notify
from eventsys.notifications.rules import MessageKind
from eventsys.registration.actions import REASON_LEAST, check_entry_move
from eventsys.registration.models import Entry, Member
from eventsys.registration.policy import (
    may_reveal_numbers,
    may_review_entries,
    may_review_entry,
    may_see_entries,
    may_see_entry,
)
from eventsys.registration.queries import Wanted, entries_chosen, handed_in, leaders_of
from eventsys.registration.rules import REVIEWABLE, EntryState, NothingChosen, RegistrationClosed
from eventsys.tasks.actions import ask
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind

LONGEST_REASON = 500


def approve_entries(actor: Actor, event: Event, entry_ids: Sequence[int]) -> int:
    """Approve all the named entries of an event, or none; says how many."""
    authorize(actor, may_review_entries, event)
    lock_event(event, shared=True)
    _check_reviewable(event)
    entries = entries_chosen(event.id, entry_ids)
    if not entries:
        raise NothingChosen
    if len(entries) != len(set(entry_ids)):
        raise NotThere
    for entry in entries:
        authorize(actor, may_review_entry, entry)
        check_entry_move(entry, EntryState.APPROVED)

    _decide(actor, entries, EntryState.APPROVED, "")
    session().flush()

    for entry in entries:
        record(actor, "entry.approved", entry, number=entry.number)
    _tell(entries, MessageKind.ENTRY_APPROVED)
    return len(entries)


def return_entry(actor: Actor, entry: Entry, reason: str) -> None:
    """Give an entry back to its unit to be corrected; it keeps its places meanwhile."""
    authorize(actor, may_review_entry, entry)
    lock_event(entry.track.event, shared=True)
    _check_reviewable(entry.track.event)
    check_entry_move(entry, EntryState.RETURNED)
    _check_reason(reason)

    _decide(actor, [entry], EntryState.RETURNED, reason.strip()[:LONGEST_REASON])
    session().flush()

    record(actor, "entry.returned", entry, number=entry.number, reason=entry.reason)
    _tell([entry], MessageKind.ENTRY_RETURNED, entry.reason)


def reveal_number(actor: Actor, member: Member, reason: str) -> str:
    """The full identity number of somebody in an entry, shown once to who says why."""
    authorize(actor, may_see_entry, member.entry)
    return reveal(actor, member.person, reason)


def ask_entries_list(
    actor: Actor, event: Event, wanted: Wanted, title: str, *, reason: str | None = None
) -> Task:
    """A workbook of entries as a task; with a reason it holds full numbers, and that is recorded.

    For full numbers the entries are pinned, so that the file holds exactly who was recorded.
    """
    authorize(actor, may_see_entries, event)
    payload: dict[str, Any] = {
        "event_id": event.id,
        "track_id": wanted.track_id,
        "unit_id": wanted.unit_id,
        "state": wanted.state.value if wanted.state else None,
        "text": wanted.text,
    }
    if reason is not None:
        authorize(actor, may_reveal_numbers, event)
        _check_reason(reason)
        payload["entry_ids"] = _reveal_all(actor, event, wanted, reason.strip())
    return ask(actor, event.group_id, TaskKind.ENTRIES_XLSX, title, **payload)


def _reveal_all(actor: Actor, event: Event, wanted: Wanted, reason: str) -> list[int]:
    entries = session().scalars(handed_in(event.id, wanted)).unique().all()
    people = {member.person_id for entry in entries for member in entry.members}
    moment = clock.now()
    session().add_all(
        Reveal(
            group_id=event.group_id,
            person_id=person_id,
            user_id=actor.user_id,
            reason=reason[:200],
            at=moment,
        )
        for person_id in sorted(people)
    )

    record(actor, "id_numbers.exported", event, reason=reason, people=len(people))
    return [entry.id for entry in entries]


def _check_reviewable(event: Event) -> None:
    if event.state not in REVIEWABLE:
        raise RegistrationClosed(event=event.name)


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < REASON_LEAST:
        raise ReasonMissing


def _decide(actor: Actor, entries: Iterable[Entry], state: EntryState, reason: str) -> None:
    moment = clock.now()
    for entry in entries:
        entry.state, entry.reason = state, reason
        entry.decided_at, entry.decided_by_id = moment, actor.user_id


def _tell(entries: Sequence[Entry], kind: MessageKind, reason: str = "") -> None:
    """Write to the team leaders of each entry's unit."""
    leaders = leaders_of({entry.unit_id for entry in entries}, clock.today())
    for entry in entries:
        notify(
            entry.group_id,
            leaders.get(entry.unit_id, ()),
            kind,
            link=f"/entries/{entry.id}",
            entry=f"{entry.number:03d} {entry.label}",
            track=entry.track.name,
            reason=reason,
        )
