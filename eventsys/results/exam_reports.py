"""The exam file: marks and outcomes, and what each school owes for its candidates."""

from collections import Counter
from collections.abc import Iterator, Sequence

from eventsys.attendance.tickets import ticket_number
from eventsys.errors import N_
from eventsys.events.models import Track
from eventsys.events.rules import PartRule
from eventsys.exports import Column, Kind, Table, safe_file_name, to_xlsx
from eventsys.fees.queries import price_on
from eventsys.results.outcomes import decisions
from eventsys.results.queries import publication_of
from eventsys.results.reports import Reader, reader_of, state_line, track_of
from eventsys.results.states import Outcome
from eventsys.scoring.exam_queries import exam_rules
from eventsys.scoring.states import PART_LABELS, PartStatus
from eventsys.tasks.work import Work


def make_exam_xlsx(work: Work) -> str:
    """Every candidate's marks and outcome, and what each school owes for its candidates."""
    track, reader = track_of(work), reader_of(work)
    words = reader.words
    plan = exam_rules(track)
    publication = publication_of(track.id)
    title = f"{track.event.name} · {reader.name(track)}"
    tables = [_exam_table(track, plan.parts, reader), _owed_table(track, reader)]
    above = [title, state_line(publication, reader)]
    work.progress(0, 1)
    to_xlsx(tables, work.out, header_lines=above)
    return safe_file_name(f"{title} {words(N_('Exam results and amounts owed'))}", "xlsx")


def _exam_table(track: Track, parts: Sequence[PartRule], reader: Reader) -> Table:
    words = reader.words
    columns = [
        Column("ticket", words(N_("Admission ticket no."))),
        Column("name", words(N_("Full name"))),
        Column("masked_id", words(N_("ID number"))),
        Column("unit", words(N_("School or unit"))),
        *(
            Column(f"part {one.code}", f"{reader.name(one)} / {one.full:f}", Kind.DECIMAL)
            for one in parts
        ),
        Column("composite", words(N_("Composite mark")), Kind.DECIMAL),
        Column("outcome", words(N_("Outcome"))),
        Column("reason", words(N_("Reason"))),
    ]
    return Table(words(N_("Results")), columns, list(_exam_rows(track, parts, reader)))


def _exam_rows(
    track: Track, parts: Sequence[PartRule], reader: Reader
) -> Iterator[dict[str, object]]:
    for one in decisions(track):
        decided = one.decided
        given: dict[str, object] = {}
        for part in parts:
            mark = one.marks.get(part.code)
            valid = mark is not None and mark.status is PartStatus.VALID
            said = reader.words(PART_LABELS[mark.status]) if mark and not valid else None
            given[f"part {part.code}"] = mark.points if mark and valid else said
        yield {
            "ticket": ticket_number(one.entry),
            "name": one.entry.label,
            "masked_id": ", ".join(member.person.id_masked for member in one.entry.members),
            "unit": one.entry.unit.name,
            **given,
            "composite": decided.composite if decided else None,
            "outcome": reader.outcome(Outcome(decided.outcome.value)) if decided else "",
            "reason": reader.words(decided.reason) % decided.facts if decided else "",
        }


def _owed_table(track: Track, reader: Reader) -> Table:
    """Person-times by the price in force on the day of the plan; a missing price is said."""
    words = reader.words
    plan = exam_rules(track)
    standard = price_on(plan.certificate_id, plan.level_code, plan.plan_on)
    columns = [
        Column("unit", words(N_("School or unit"))),
        Column("times", words(N_("Person-times")), Kind.INTEGER),
        Column("price", words(N_("Price per person-time (yuan)")), Kind.MONEY),
        Column("owed", words(N_("Amount owed (yuan)")), Kind.MONEY),
        Column("note", words(N_("Note"))),
    ]
    counted = Counter(one.entry.unit.name for one in decisions(track))
    price = standard.fen if standard else None
    note = (
        words(N_("Price in force since %(day)s")) % {"day": standard.starts_on}
        if standard
        else words(N_("No price is in force on %(day)s: settle the fee first."))
        % {"day": plan.plan_on}
    )
    rows = [_owed_row(unit, times, price, note) for unit, times in sorted(counted.items())]
    rows.append(_owed_row(words(N_("All schools")), counted.total(), price, note))
    return Table(words(N_("Owed by each school")), columns, rows)


def _owed_row(unit: str, times: int, price: int | None, note: str) -> dict[str, object]:
    owed = None if price is None else times * price
    return {"unit": unit, "times": times, "price": price, "owed": owed, "note": note}
