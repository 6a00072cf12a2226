"""What of a track's results was drawn up, and what of it may be seen by whom, and when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from eventsys import clock
from eventsys.appeals.queries import open_appeals
from eventsys.db import session
from eventsys.draws.models import CodeDraw
from eventsys.events.models import Event, Track
from eventsys.events.queries import ACROSS, in_charge
from eventsys.events.rules import EventKind, ExamRules, TrainingRules
from eventsys.identity.actor import Actor
from eventsys.identity.rules import Permission, ScopeKind
from eventsys.registration.models import Entry, Member
from eventsys.results.models import Advancement, Notice, Publication, ResultRow
from eventsys.results.states import Outcome
from eventsys.scoring.models import ExamSheet, Marking
from eventsys.timetable.queries import PEOPLE

# ---- publications


def publication_of(track_id: int) -> Publication | None:
    """The newest version of a track's results as drawn up, public or not."""
    return session().scalar(_versions(track_id).limit(1))


def versions_of(track_id: int) -> list[Publication]:
    """All versions of a track's results, the newest first."""
    return list(session().scalars(_versions(track_id)))


def _versions(track_id: int) -> Select[Publication]:
    return (
        select(Publication)
        .where(Publication.track_id == track_id)
        .options(joinedload(Publication.notice))
        .order_by(Publication.version.desc())
    )


def public_version(track_id: int, moment: datetime) -> Publication | None:
    """The version everybody sees at a moment: the newest of those that are public."""
    return session().scalar(_versions(track_id).where(Publication.public_at <= moment).limit(1))


def newest_public(moment: datetime) -> ColumnElement[bool]:
    """The condition that a version is the one shown at a moment: every channel uses this one."""
    later = aliased(Publication)
    newer = select(later.id).where(
        later.track_id == Publication.track_id,
        later.version > Publication.version,
        later.public_at <= moment,
    )
    return and_(Publication.public_at <= moment, ~newer.correlate(Publication).exists())


def is_final(track_id: int) -> bool:
    """Whether the results everybody sees now are final: papers may follow from them."""
    shown = public_version(track_id, clock.now())
    return shown is not None and shown.notice is not None and shown.notice.final_at is not None


def notices_over(moment: datetime) -> list[int]:
    """The versions whose notice has run out and that are not final yet, in any group."""
    found = (
        select(Notice.publication_id)
        .join(Notice.publication)
        .where(Notice.final_at.is_(None), Notice.ends_at <= moment, newest_public(moment))
        .order_by(Notice.ends_at, Notice.id)
    )
    return list(session().scalars(found))


def open_appeal_titles(track_id: int) -> list[str]:
    """The open appeals about a track, as refusals name them."""
    return [one.title for one in open_appeals(track_id)]


def advanced_from(track_id: int) -> dict[int, int]:
    """The entries of a final that came out of a selection, with their entry there."""
    found = select(Advancement.entry_id, Advancement.from_entry_id).where(
        Advancement.track_id == track_id
    )
    return {here: there for here, there in session().execute(found)}  # noqa: C416  rows, not pairs


def selection_totals(track_id: int) -> dict[int, Decimal]:
    """What the entries of a final got in the selection, as published now, by their entry here."""
    found = (
        select(Advancement.entry_id, ResultRow.total)
        .join(ResultRow, ResultRow.entry_id == Advancement.from_entry_id)
        .join(Publication, Publication.id == ResultRow.publication_id)
        .where(
            Advancement.track_id == track_id,
            ResultRow.total.is_not(None),
            newest_public(clock.now()),
        )
    )
    return {entry_id: total for entry_id, total in session().execute(found) if total is not None}


def rows_of(publication_id: int) -> list[ResultRow]:
    """The frozen rows of a publication with entry, unit and people, in order."""
    found = (
        select(ResultRow)
        .where(ResultRow.publication_id == publication_id)
        .options(joinedload(ResultRow.entry).options(*PEOPLE))
        .order_by(ResultRow.position)
    )
    return list(session().scalars(found))


def due_publications(moment: datetime) -> list[int]:
    """The publications whose moment has come and that are not public yet, in any group."""
    found = select(Publication.id).where(
        Publication.public_at.is_(None), Publication.due_at <= moment
    )
    return list(session().scalars(found.order_by(Publication.due_at, Publication.id)))


@dataclass(frozen=True)
class PublicRow:
    """All the public sees of a result; the entry is its key, never shown."""

    entry_id: int
    place: int | None
    is_shared: bool
    label: str
    unit_name: str
    total: Decimal | None
    outcome: Outcome
    parts: Mapping[str, Any]


_PUBLIC = (
    ResultRow.entry_id,
    ResultRow.place,
    ResultRow.is_shared,
    ResultRow.label,
    ResultRow.unit_name,
    ResultRow.total,
    ResultRow.outcome,
    ResultRow.parts,
)


def public_versions(event_id: int, moment: datetime) -> dict[int, list[Publication]]:
    """The public versions of an event's competition tracks, the newest first, in any group."""
    found = (
        select(Publication)
        .join(Track, Track.id == Publication.track_id)
        .join(Event, Event.id == Track.event_id)
        .where(
            Event.id == event_id,
            Event.kind == EventKind.COMPETITION,
            Publication.public_at <= moment,
        )
        .options(joinedload(Publication.notice))
        .order_by(Publication.track_id, Publication.version.desc())
        .execution_options(**ACROSS)
    )
    shown: dict[int, list[Publication]] = {}
    for one in session().scalars(found):
        shown.setdefault(one.track_id, []).append(one)
    return shown


def public_publication(publication_id: int, moment: datetime) -> Publication | None:
    """A version of a competition's results that is public, or was before a correction."""
    return session().scalar(
        select(Publication)
        .join(Publication.track)
        .join(Track.event)
        .where(
            Publication.id == publication_id,
            Publication.public_at <= moment,
            Event.kind == EventKind.COMPETITION,
            Event.published_at.is_not(None),
        )
        .options(
            contains_eager(Publication.track).contains_eager(Track.event),
            joinedload(Publication.notice),
        )
        .execution_options(**ACROSS)
    )


def public_rows(publication_id: int) -> list[PublicRow]:
    """What the public sees of the rows of a version, in any group."""
    found = (
        select(*_PUBLIC)
        .where(ResultRow.publication_id == publication_id)
        .order_by(ResultRow.position)
        .execution_options(**ACROSS)
    )
    return [PublicRow(*facts) for facts in session().execute(found)]


def public_results(event_id: int, moment: datetime) -> dict[int, list[PublicRow]]:
    """What is public of an event's competition tracks at a moment, by track, in any group."""
    found = (
        select(
            Publication.track_id,
            *_PUBLIC,
        )
        .join(ResultRow, ResultRow.publication_id == Publication.id)
        .join(Track, Track.id == Publication.track_id)
        .join(Event, Event.id == Track.event_id)
        .where(
            Event.id == event_id,
            Event.kind == EventKind.COMPETITION,
            newest_public(moment),
        )
        .order_by(Publication.track_id, ResultRow.position)
        .execution_options(**ACROSS)
    )
    shown: dict[int, list[PublicRow]] = {}
    for row in session().execute(found):
        shown.setdefault(row[0], []).append(PublicRow(*row[1:]))
    return shown


def results_for(actor: Actor, moment: datetime, since: datetime | None = None) -> list[ResultRow]:
    """The published results of the units an actor leads and of the actor, the latest first."""
    units = actor.scope_ids(Permission.ENTRIES_SUBMIT, ScopeKind.UNIT)
    mine = select(Member.entry_id).where(
        Member.person_id == (actor.person_id or 0), Member.takes_part
    )
    found = (
        select(ResultRow)
        .join(ResultRow.entry)
        .join(ResultRow.publication)
        .where(
            or_(Entry.unit_id.in_(units), ResultRow.entry_id.in_(mine)),
            newest_public(moment),
        )
        .options(
            contains_eager(ResultRow.publication).options(
                joinedload(Publication.track).joinedload(Track.event),
                joinedload(Publication.notice),
            )
        )
        .order_by(Publication.public_at.desc(), Publication.id, ResultRow.position)
    )
    if since is not None:
        found = found.where(Publication.public_at > since)
    return list(session().scalars(found))


# ---- what waits


def tracks_to_draw_up(actor: Actor) -> list[Track]:
    """The tracks in an organizer's charge that are ready for their results and have none yet."""
    opened = exists().where(CodeDraw.track_id == Track.id, CodeDraw.opened_at.is_not(None))
    parts = select(func.count()).where(
        ExamSheet.track_id == Track.id, ExamSheet.handed_in_at.is_not(None)
    )
    found = (
        select(Track, parts.scalar_subquery())
        .join(Track.event)
        .outerjoin(Publication, Publication.track_id == Track.id)
        .where(
            in_charge(actor, Permission.RESULTS_PUBLISH),
            Publication.id.is_(None),
            Event.published_at.is_not(None),
            or_(Event.kind != EventKind.COMPETITION, opened),
        )
        .options(contains_eager(Track.event), joinedload(Track.ruleset))
        .order_by(Event.starts_on, Track.code)
    )
    return [track for track, number in session().execute(found) if _is_due(track, number)]


def _is_due(track: Track, handed_in: int) -> bool:
    """Whether an exam has all its parts, a class all its half days; a contest's map is open."""
    rules = track.rules
    if isinstance(rules, ExamRules):
        return handed_in >= len(rules.parts)
    if isinstance(rules, TrainingRules):
        return max(one.on for one in rules.half_days) < clock.today()
    return True


def tracks_to_open(actor: Actor) -> list[Track]:
    """The tracks whose marks are signed off and whose map is still sealed."""
    events = actor.scope_ids(Permission.DRAW, ScopeKind.EVENT)
    tracks = actor.scope_ids(Permission.DRAW, ScopeKind.TRACK)
    found = (
        select(Track)
        .join(Track.event)
        .join(Marking, Marking.track_id == Track.id)
        .join(CodeDraw, CodeDraw.track_id == Track.id)
        .where(
            Marking.locked_at.is_not(None),
            CodeDraw.drawn_at.is_not(None),
            CodeDraw.opened_at.is_(None),
            or_(Event.id.in_(events), Track.id.in_(tracks)),
        )
        .options(contains_eager(Track.event))
        .order_by(Event.starts_on, Track.code)
    )
    return list(session().scalars(found))


def tracks_with_results(track_ids: Iterable[int]) -> list[int]:
    """Those of some competition tracks whose results are public now, in any group."""
    found = (
        select(Publication.track_id)
        .join(Track, Track.id == Publication.track_id)
        .join(Event, Event.id == Track.event_id)
        .where(
            Publication.track_id.in_(list(track_ids)),
            Publication.public_at <= clock.now(),
            Event.kind == EventKind.COMPETITION,
        )
        .execution_options(**ACROSS)
    )
    return list(session().scalars(found))


def units_and_people(entry_ids: Sequence[int]) -> tuple[set[int], set[int]]:
    """The units of these entries, and the people who take part in them."""
    units = session().scalars(select(Entry.unit_id).where(Entry.id.in_(entry_ids)).distinct())
    people = session().scalars(
        select(Member.person_id).where(Member.entry_id.in_(entry_ids)).distinct()
    )
    return set(units), set(people)
