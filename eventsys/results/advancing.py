"""From a selection to the final of the same event: who comes through, and their entries there."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.identity.policy import Actor, authorize
from eventsys.registration.admissions import selection_of
from eventsys.registration.models import Entry, Member
from eventsys.registration.rules import EntryState
from eventsys.results.models import Advancement, Publication, ResultRow
from eventsys.results.policy import may_publish
from eventsys.results.queries import advanced_from, is_final, public_version, rows_of
from eventsys.results.ranking import lots_of
from eventsys.results.rules import BoundaryTie
from eventsys.schemes.queries import competition_rules

IN_FINAL = 1
"""The stage of members whose entry came out of a selection."""


class NoSelection(RuleBroken):
    message = N_(
        "The ruleset of this track names no selection. Only a final takes entries from another"
        " track."
    )


class SelectionOpen(RuleBroken):
    message = N_(
        "The results of the selection “%(track)s” are not final yet. Entries advance once they are."
    )


class AdvancedAlready(Conflict):
    message = N_("The best of the selection are in the final already: %(n)s entries.")


class NobodyAdvances(RuleBroken):
    message = N_("Nobody in the selection has a place. There is nobody to advance.")


class FinalTooSmall(RuleBroken):
    message = N_(
        "%(n)s entries would advance, and the final has %(left)s places left. Raise its places"
        " first."
    )


@dataclass(frozen=True)
class Candidacy:
    """A placed entry of the selection, and whether it comes through; ``at_border`` if tied there.

    ``by_lot`` when only the lot decided about it.
    """

    row: ResultRow
    advances: bool
    at_border: bool
    by_lot: bool


def candidacies(final: Track) -> list[Candidacy]:
    """The ranking of the selection with who comes through: shown before it is done.

    The best ``advance_count`` of the final's ruleset. Those who share a place across the border
    all advance, none of them does, or the lot decides, as the selection treats ties at the border
    of two prizes.
    """
    selection, publication = selected_by(final)
    return chosen(final, selection, placed_rows(publication))


def placed_rows(publication: Publication) -> list[ResultRow]:
    """The rows of a selection that have a place, in order, without entries withdrawn since."""
    return [
        row
        for row in rows_of(publication.id)
        if row.place is not None and row.entry.state is not EntryState.WITHDRAWN
    ]


def chosen(final: Track, selection: Track, rows: Sequence[ResultRow]) -> list[Candidacy]:
    """Who of these rows comes through; places count among these rows alone."""
    rules, most = competition_rules(selection), competition_rules(final).advance_count
    lots = lots_of(selection, [row.parts["code"] for row in rows]) or {}
    return _through(rows, most, BoundaryTie(rules.boundary_tie), lots)


def _through(
    rows: Sequence[ResultRow], most: int, tie: BoundaryTie, lots: dict[str, int]
) -> list[Candidacy]:
    places = [row.place or 0 for row in rows]
    inside = [row for row in rows if sum(one < (row.place or 0) for one in places) < most]
    equals = [row for row in inside if row.place == inside[-1].place]
    over = len(inside) > most
    left = most - (len(inside) - len(equals))
    drawn = sorted(equals, key=lambda row: lots.get(row.parts["code"], 0))
    chosen = {
        BoundaryTie.INCLUDE_ALL: equals,
        BoundaryTie.EXCLUDE_ALL: [],
        BoundaryTie.TIE_BREAK: drawn[:left] if lots else [],
    }[tie]
    lucky = {row.id for row in (chosen if over else equals)}
    border = {row.id for row in equals} if over else set()
    sure = {row.id for row in inside} - {row.id for row in equals}
    return [
        Candidacy(
            row,
            advances=row.id in sure or row.id in lucky,
            at_border=row.id in border,
            by_lot=row.id in border and tie is BoundaryTie.TIE_BREAK and bool(lots),
        )
        for row in rows
    ]


def selected_by(final: Track) -> tuple[Track, Publication]:
    """The selection with its final results."""
    selection = selection_of(final)
    if selection is None or final.event.kind is not EventKind.COMPETITION:
        raise NoSelection
    publication = public_version(selection.id, clock.now())
    if publication is None or not is_final(selection.id):
        raise SelectionOpen(track=selection.name)
    return selection, publication


def advance(actor: Actor, final: Track) -> list[Entry]:
    """Enter the best of the selection in the final, with their people, under their units."""
    authorize(actor, may_publish, final)
    _selection, publication = selected_by(final)
    session().scalar(select(Track.id).where(Track.id == final.id).with_for_update(key_share=True))
    before = advanced_from(final.id)
    if before:
        raise AdvancedAlready(n=len(before))
    through = [one.row for one in candidacies(final) if one.advances]
    if not through:
        raise NobodyAdvances
    entries = enter_through(actor, final, publication, through)

    record(actor, "entries.advanced", final, entries=len(entries), sha256=publication.digest)
    return entries


def enter_through(
    actor: Actor, final: Track, publication: Publication, through: Sequence[ResultRow]
) -> list[Entry]:
    """The entries of these rows in the final, with the places they take; the caller holds it."""
    session().refresh(final, ["used", "capacity", "last_number"])
    if final.used + len(through) > final.capacity:
        raise FinalTooSmall(n=len(through), left=final.capacity - final.used)

    first = final.last_number + 1
    entries = [_entered(actor, final, row, n) for n, row in enumerate(through, start=first)]
    session().execute(
        update(Track)
        .where(Track.id == final.id)
        .values(used=Track.used + len(through), last_number=Track.last_number + len(through))
        .execution_options(synchronize_session=False)
    )
    session().flush()
    session().add_all(
        _advancement(actor, final, publication, row, entry)
        for row, entry in zip(through, entries, strict=True)
    )
    session().flush()
    session().expire(final, ["used", "last_number"])
    return entries


def _entered(actor: Actor, final: Track, row: ResultRow, number: int) -> Entry:
    """The entry of the final: approved, since the selection has decided."""
    moment, before = clock.now(), row.entry
    entry = Entry(
        id=new_id(),
        group_id=final.group_id,
        event_id=final.event_id,
        track_id=final.id,
        unit_id=before.unit_id,
        number=number,
        state=EntryState.APPROVED,
        team_name=before.team_name,
        created_at=moment,
        created_by_id=actor.user_id,
        submitted_at=moment,
        decided_at=moment,
        decided_by_id=actor.user_id,
    )
    entry.members = [
        Member(
            id=new_id(),
            group_id=final.group_id,
            event_id=final.event_id,
            person_id=one.person_id,
            role=one.role,
            takes_part=one.takes_part,
            is_active=True,
            stage=IN_FINAL,
            position=one.position,
        )
        for one in before.members
    ]
    session().add(entry)
    return entry


def _advancement(
    actor: Actor, final: Track, publication: Publication, row: ResultRow, entry: Entry
) -> Advancement:
    return Advancement(
        id=new_id(),
        group_id=final.group_id,
        track_id=final.id,
        entry_id=entry.id,
        from_entry_id=row.entry_id,
        publication_id=publication.id,
        at=clock.now(),
        by_name=actor.name,
    )
