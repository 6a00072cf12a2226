"""The one ranking of a track, and what of its results may be seen by whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from eventsys import clock
from eventsys.attendance.models import Arrival
from eventsys.db import session
from eventsys.draws.models import BlindCode, CodeDraw
from eventsys.draws.queries import draw_of
from eventsys.events.models import Event, Track
from eventsys.events.queries import ACROSS, in_charge
from eventsys.events.rules import CompetitionRules, EventKind, ExamRules, ModuleRule, TrainingRules
from eventsys.identity.actor import Actor
from eventsys.identity.rules import Permission, ScopeKind
from eventsys.registration.models import Entry, Member
from eventsys.registration.rules import EntryState
from eventsys.results.models import Publication, ResultRow
from eventsys.results.rules import (
    Allocation,
    AwardRule,
    BoundaryTie,
    Placing,
    Rounding,
    award_prizes,
    rank,
)
from eventsys.results.states import Outcome
from eventsys.rounding import round_half_up
from eventsys.schemes.queries import competition_rules
from eventsys.scoring.models import ExamSheet, Marking
from eventsys.scoring.queries import PanelMarks, panel_marks
from eventsys.scoring.rules import TOTAL_PLACES, EntryScore
from eventsys.scoring.scores import entry_scores
from eventsys.timetable.queries import PEOPLE

PRIZES = {1: Outcome.FIRST, 2: Outcome.SECOND, 3: Outcome.THIRD}

# ---- the ranking: used by the screen, the files and the certificates


@dataclass(frozen=True)
class Standing:
    """One code's place. Who stands behind it is ``None`` until the map is open.

    ``marks`` are the modules' marks as published; without a total there is no place.
    """

    code: str
    entry: Entry | None
    score: EntryScore
    marks: Mapping[str, Decimal | None]
    place: int | None
    is_shared: bool
    prize: Outcome


@dataclass(frozen=True)
class Standings:
    """The ranking of a track: placed entries by place, then those without a result by code."""

    modules: tuple[ModuleRule, ...]
    panel: PanelMarks
    rows: tuple[Standing, ...]
    is_open: bool


def standings(track: Track) -> Standings:
    """Rank a track from the marks; the number of queries does not depend on the entries."""
    rules = competition_rules(track)
    panel = panel_marks(track)
    scores = entry_scores(panel, rules)
    marks = {code: _shown_marks(score) for code, score in scores.items()}
    placings = {one.entry: one for one in _placings(scores, marks, rules)}
    prizes = award_prizes(
        placings.values(), award_rule(rules), _award_base(track, rules, len(placings))
    )
    behind = entries_behind(track.id)
    rows = [
        _standing(code, scores[code], marks[code], placings.get(code), prizes.get(code), behind)
        for code in sorted(scores, key=lambda code: _order(placings.get(code), code))
    ]
    return Standings(rules.modules, panel, tuple(rows), bool(behind))


def award_rule(rules: CompetitionRules) -> AwardRule:
    """The track's prizes as the computation takes them."""
    return AwardRule(
        ratios=rules.prize_ratios,
        rounding=Rounding(rules.prize_rounding),
        allocation=Allocation(rules.prize_allocation),
        boundary_tie=BoundaryTie(rules.boundary_tie),
    )


def entries_behind(track_id: int) -> dict[str, Entry]:
    """The entries by code once the map was opened before a witness; nothing before."""
    draw = draw_of(track_id)
    if draw is None or draw.opened_at is None:
        return {}
    found = (
        select(BlindCode)
        .where(BlindCode.track_id == track_id)
        .options(joinedload(BlindCode.entry).options(*PEOPLE))
    )
    return {one.code: one.entry for one in session().scalars(found)}


def _shown_marks(score: EntryScore) -> dict[str, Decimal | None]:
    return {one.code: _rounded(one.mark) for one in score.modules}


def _rounded(mark: Fraction | None) -> Decimal | None:
    return None if mark is None else round_half_up(mark, TOTAL_PLACES)


def _placings(
    scores: Mapping[str, EntryScore],
    marks: Mapping[str, Mapping[str, Decimal | None]],
    rules: CompetitionRules,
) -> list[Placing[str]]:
    """Places by total, then by the modules' published marks in the order of the ruleset."""
    totals = {code: score.total for code, score in scores.items() if score.total is not None}
    breaks = {
        code: [marks[code][module] or Decimal(0) for module in rules.tie_break] for code in totals
    }
    return rank(totals, breaks)


def _award_base(track: Track, rules: CompetitionRules, finished: int) -> int:
    """How many entries the shares of prizes are taken of."""
    entered = select(func.count(Entry.id)).where(
        Entry.track_id == track.id, Entry.state == EntryState.APPROVED
    )
    match rules.prize_base:
        case "registered":
            return session().scalar(entered) or 0
        case "checked_in":
            came = entered.join(Arrival, Arrival.entry_id == Entry.id)
            return session().scalar(came) or 0
        case _:
            return finished


def _order(placing: Placing[str] | None, code: str) -> tuple[bool, int, str]:
    return (placing is None, placing.place if placing else 0, code)


def _standing(
    code: str,
    score: EntryScore,
    marks: Mapping[str, Decimal | None],
    placing: Placing[str] | None,
    prize: int | None,
    behind: Mapping[str, Entry],
) -> Standing:
    return Standing(
        code=code,
        entry=behind.get(code),
        score=score,
        marks=marks,
        place=placing.place if placing else None,
        is_shared=placing.shared if placing else False,
        prize=PRIZES.get(prize or 0, Outcome.NONE),
    )


# ---- publications


def publication_of(track_id: int) -> Publication | None:
    """The results of a track as drawn up, public or not."""
    return session().scalar(select(Publication).where(Publication.track_id == track_id))


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
    """All the public sees of a result."""

    place: int | None
    label: str
    unit_name: str
    total: Decimal | None
    outcome: Outcome


def public_results(event_id: int, moment: datetime) -> dict[int, list[PublicRow]]:
    """What is public of an event's competition tracks at a moment, by track, in any group."""
    found = (
        select(
            Publication.track_id,
            ResultRow.place,
            ResultRow.label,
            ResultRow.unit_name,
            ResultRow.total,
            ResultRow.outcome,
        )
        .join(ResultRow, ResultRow.publication_id == Publication.id)
        .join(Track, Track.id == Publication.track_id)
        .join(Event, Event.id == Track.event_id)
        .where(
            Event.id == event_id,
            Event.kind == EventKind.COMPETITION,
            Publication.public_at <= moment,
        )
        .order_by(Publication.track_id, ResultRow.position)
        .execution_options(**ACROSS)
    )
    shown: dict[int, list[PublicRow]] = {}
    for track_id, place, label, unit_name, total, outcome in session().execute(found):
        row = PublicRow(place, label, unit_name, total, outcome)
        shown.setdefault(track_id, []).append(row)
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
            Publication.public_at <= moment,
        )
        .options(
            contains_eager(ResultRow.publication)
            .joinedload(Publication.track)
            .joinedload(Track.event)
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
