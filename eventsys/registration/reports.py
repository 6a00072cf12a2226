"""Lists of entries as files."""

from collections.abc import Iterator

from eventsys import clock
from eventsys.db import session
from eventsys.errors import N_
from eventsys.events.models import Event
from eventsys.exports import Column, Kind, Table, safe_file_name, to_xlsx
from eventsys.identity.actions import id_number_of
from eventsys.registration.eligibility import phone_of
from eventsys.registration.models import Entry, Member
from eventsys.registration.queries import Wanted, entries_chosen, handed_in
from eventsys.registration.rules import (
    ID_KIND_LABELS,
    ROLE_LABELS,
    STATE_LABELS,
    EntryState,
    MemberRole,
)
from eventsys.tasks.work import Work

PHONE_SHOWN = 4  # the last digits tell one's own number
COLUMNS = (
    Column("number", N_("Number"), Kind.INTEGER),
    Column("track", N_("Registered for")),
    Column("unit", N_("Unit")),
    Column("team", N_("Team")),
    Column("role", N_("Role")),
    Column("name", N_("Full name")),
    Column("id_kind", N_("Identity document type")),
    Column("id_number", N_("Identity document number")),
    Column("phone", N_("Phone")),
    Column("state", N_("State")),
    Column("submitted_at", N_("Submitted at"), Kind.MOMENT),
)
MASKED = N_("Identity numbers are masked. Whoever needs full ones asks for them with a reason.")
FULL = N_("This file holds full identity numbers. Keep it locked away and delete it after use.")


def make_entries_xlsx(work: Work) -> str:
    """One row for every person in the entries asked for; full numbers only of pinned entries."""
    payload = work.task.payload
    event = session().get_one(Event, payload["event_id"])
    pinned: list[int] | None = payload.get("entry_ids")
    if pinned is None:
        state = EntryState(payload["state"]) if payload["state"] else None
        wanted = Wanted(payload["track_id"], payload["unit_id"], state, payload["text"])
        entries = list(session().scalars(handed_in(event.id, wanted)).unique())
    else:
        entries = entries_chosen(event.id, pinned)
    full = pinned is not None
    rows = [row for entry in entries for row in _rows(entry, work, full=full)]
    name = f"{event.name}-{work.words(N_('List of entries'))}"
    columns = [Column(one.key, work.words(one.label), one.kind) for one in COLUMNS]
    lines = [event.name, work.words(FULL if full else MASKED)]
    work.progress(0, len(rows))

    table = Table(work.words(N_("List of entries")), columns, rows)
    to_xlsx([table], work.out, header_lines=lines)
    work.progress(len(rows), len(rows))
    return safe_file_name(f"{name}-{clock.today():%Y%m%d}", "xlsx")


def _rows(entry: Entry, work: Work, *, full: bool) -> Iterator[dict[str, object]]:
    for member in entry.members:
        yield {
            "number": entry.number,
            "track": entry.track.name,
            "unit": entry.unit.name,
            "team": entry.team_name,
            "role": work.words(ROLE_LABELS[MemberRole(member.role)]),
            "name": member.person.name,
            "id_kind": work.words(ID_KIND_LABELS[member.person.id_kind]),
            "id_number": id_number_of(member.person) if full else member.person.id_masked,
            "phone": _phone(member, full=full),
            "state": work.words(STATE_LABELS[entry.state]),
            "submitted_at": entry.submitted_at,
        }


def _phone(member: Member, *, full: bool) -> str:
    phone = phone_of(member.person)
    return phone if full or not phone else "*" * 7 + phone[-PHONE_SHOWN:]
