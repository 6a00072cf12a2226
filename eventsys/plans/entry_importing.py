"""What is known of entries that matters for their seat, out of a spreadsheet: all of it or none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload, selectinload

from eventsys.attendance.tickets import ticket_number
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import N_, RuleBroken
from eventsys.events.models import Track
from eventsys.exports import Column, Table, to_xlsx
from eventsys.identity.policy import Actor, authorize
from eventsys.imports import CellProblem, columns_of, read_table
from eventsys.plans.models import EntryNeed
from eventsys.plans.policy import may_plan_event
from eventsys.registration.models import Entry, Member
from eventsys.registration.rules import EntryState

HEADINGS: Mapping[str, str] = {
    "ticket": N_("Ticket no."),
    "vendor": N_("Make or type"),
    "school_class": N_("School class"),
    "paper": N_("Test paper"),
}
LONGEST = {"vendor": 40, "school_class": 60, "paper": 20}
Words = Callable[[str], str]


class NoSuchTicket(RuleBroken):
    message = N_("No approved entry of this track has the ticket number %(given)s.")


class TwiceInFile(RuleBroken):
    message = N_("Ticket %(given)s stands in this file twice. Keep one of the two rows.")


class TooLong(RuleBroken):
    message = N_("This is longer than %(most)s characters. Shorten it.")


@dataclass(frozen=True)
class ReadNeeds:
    """The rows of a file by entry; nothing is kept while there are problems."""

    needs: dict[int, dict[str, str]]
    problems: list[CellProblem]


def needs_by_entry(track: Track) -> list[tuple[Entry, EntryNeed | None]]:
    """The approved entries of a track with what is known of them."""
    found = session().execute(
        select(Entry, EntryNeed)
        .outerjoin(EntryNeed, EntryNeed.entry_id == Entry.id)
        .where(Entry.track_id == track.id, Entry.state == EntryState.APPROVED)
        .options(
            joinedload(Entry.unit),
            joinedload(Entry.track),
            selectinload(Entry.members).joinedload(Member.person),
        )
        .order_by(Entry.number)
    )
    return [(row[0], row[1]) for row in found]


def write_needs_file(out: BinaryIO, track: Track, words: Words) -> None:
    """A file with every ticket number and what is known, to fill in."""
    columns = [Column(key, words(label)) for key, label in HEADINGS.items()]
    rows = [
        (ticket_number(entry), *(getattr(need, key) if need else "" for key in LONGEST))
        for entry, need in needs_by_entry(track)
    ]
    to_xlsx([Table(words(N_("Seats: what is known")), columns, rows)], out)


def read_needs(data: bytes, file_name: str, track: Track, words: Words) -> ReadNeeds:
    """Read a file: ticket numbers, and for each the make, the class and the paper."""
    table = read_table(data, file_name, columns_of(HEADINGS, ["ticket"], words))
    tickets = {ticket_number(entry): entry.id for entry, _need in needs_by_entry(track)}
    needs: dict[int, dict[str, str]] = {}
    problems = list(table.errors)
    for row in table.rows:
        given = row.values.get("ticket", "")
        refusal = _refusal(given, row.values, tickets, needs)
        if refusal is not None:
            problems.append(CellProblem(row.number, words(HEADINGS["ticket"]), refusal))
        else:
            needs[tickets[given]] = {key: row.values.get(key, "") for key in LONGEST}
    return ReadNeeds(needs, problems)


def _refusal(
    given: str,
    values: Mapping[str, str],
    tickets: Mapping[str, int],
    needs: Mapping[int, dict[str, str]],
) -> RuleBroken | None:
    if given not in tickets:
        return NoSuchTicket(given=given)
    if tickets[given] in needs:
        return TwiceInFile(given=given)
    for key, most in LONGEST.items():
        if len(values.get(key, "")) > most:
            return TooLong(most=most)
    return None


def keep_needs(actor: Actor, track: Track, read: ReadNeeds) -> int:
    """What is known of the entries of a file replaces what was; how many those are."""
    authorize(actor, may_plan_event, track.event)

    session().execute(delete(EntryNeed).where(EntryNeed.entry_id.in_(list(read.needs))))
    session().add_all(
        EntryNeed(id=new_id(), group_id=track.group_id, entry_id=entry_id, **facts)
        for entry_id, facts in read.needs.items()
        if any(facts.values())
    )
    session().flush()

    record(actor, "entries.needs_kept", track, number=len(read.needs))
    return len(read.needs)
