"""Corrections as they are read: the list, the effect of one, the history of a code."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from eventsys.db import session
from eventsys.errors import RuleBroken
from eventsys.events.models import Event, Track
from eventsys.identity.actor import Actor
from eventsys.identity.rules import Permission, ScopeKind
from eventsys.schemes.models import Aspect
from eventsys.schemes.queries import aspects_of, competition_rules
from eventsys.scoring.models import (
    CorrectionDecision,
    CorrectionRequest,
    MarkOperation,
    MarkSheet,
)
from eventsys.scoring.queries import PanelMarks, panel_marks
from eventsys.scoring.scores import aside_by_code, entry_scores


@dataclass(frozen=True)
class Standing:
    """A code's total and its place by totals; equal totals share the place."""

    total: Decimal | None
    place: int | None


@dataclass(frozen=True)
class Effect:
    """What a correction does to its code."""

    before: Standing
    after: Standing


@dataclass(frozen=True)
class HistoryLine:
    """One value of one mark: when, by which judge's sheet, from what to what, who and why.

    ``kind`` is ``given``, ``late`` (kept as evidence, never held), ``asked``, ``approved`` or
    ``refused``; of the last three ``who`` is whoever asked or decided. No ``seat``: on all sheets.
    """

    at: datetime
    seat: int | None
    aspect: str
    kind: str
    old: Decimal | None
    new: Decimal | None
    who: str
    why: str


def correction_of(track_id: int, number: int) -> CorrectionRequest | None:
    """A track's correction by its number."""
    return session().scalar(_all(track_id).where(CorrectionRequest.number == number))


def corrections(track_id: int) -> list[CorrectionRequest]:
    """Every correction of a track by number, with its sheet and decision."""
    return list(session().scalars(_all(track_id).order_by(CorrectionRequest.number)))


def waiting_corrections(track_id: int) -> list[int]:
    """The numbers of the corrections that nobody has decided yet."""
    found = (
        select(CorrectionRequest.number)
        .outerjoin(CorrectionRequest.decision)
        .where(CorrectionRequest.track_id == track_id, CorrectionDecision.id.is_(None))
        .order_by(CorrectionRequest.number)
    )
    return list(session().scalars(found))


def to_decide(actor: Actor) -> list[tuple[Track, int]]:
    """The tracks with corrections that this actor could decide, and how many."""
    chaired = actor.scope_ids(Permission.SIGN_OFF, ScopeKind.TRACK)
    tracks = actor.scope_ids(Permission.CORRECT, ScopeKind.TRACK)
    events = actor.scope_ids(Permission.CORRECT, ScopeKind.EVENT)
    found = (
        select(Track, func.count(CorrectionRequest.id))
        .join(CorrectionRequest, CorrectionRequest.track_id == Track.id)
        .outerjoin(CorrectionRequest.decision)
        .join(Track.event)
        .where(
            CorrectionDecision.id.is_(None),
            CorrectionRequest.requested_by_id != actor.user_id,
            or_(Track.id.in_(tracks), Event.id.in_(events)),
            or_(CorrectionRequest.by_chief, Track.id.in_(chaired)),
        )
        .options(contains_eager(Track.event))
        .group_by(Track.id, Event.id)
        .order_by(Event.name, Track.code)
    )
    return [(track, number) for track, number in session().execute(found)]


def effect_of(asked: CorrectionRequest) -> Effect:
    """A code's total and place without and with a correction that is not decided yet."""
    panel = panel_marks(asked.track)
    after = panel.corrected(asked.sheet_id, asked.aspect_id, asked.new, whole_code=asked.whole_code)
    return Effect(_standing(asked, panel), _standing(asked, after))


def history_of(track: Track, code: str) -> list[HistoryLine]:
    """Every value a code ever had in the order of time; empty for a code that does not exist."""
    aspects = {aspect.mark_key: aspect for aspect in aspects_of(track)}
    operations = session().scalars(
        select(MarkOperation)
        .join(MarkSheet, MarkSheet.id == MarkOperation.sheet_id)
        .where(MarkSheet.track_id == track.id, MarkSheet.code == code)
    )
    found = select(MarkSheet).where(MarkSheet.track_id == track.id, MarkSheet.code == code)
    sheets = {
        sheet.id: sheet for sheet in session().scalars(found.options(joinedload(MarkSheet.seat)))
    }
    lines = [_given(one, sheets[one.sheet_id], aspects) for one in operations]
    asked = session().scalars(_all(track.id).where(MarkSheet.code == code))
    lines += [line for one in asked for line in _corrected(one, aspects)]
    return sorted(lines, key=lambda line: line.at)


def _all(track_id: int) -> Select[CorrectionRequest]:
    return (
        select(CorrectionRequest)
        .join(CorrectionRequest.sheet)
        .where(CorrectionRequest.track_id == track_id)
        .options(
            joinedload(CorrectionRequest.decision),
            joinedload(CorrectionRequest.sheet).joinedload(MarkSheet.seat),
        )
    )


def _standing(asked: CorrectionRequest, panel: PanelMarks) -> Standing:
    """Places count the codes with a greater total, among all codes with one.

    There is none while the judges' values that have to be the same differ: correcting one judge's
    sheet makes them differ until the others' sheets are corrected too.
    """
    track = asked.track
    try:
        scores = entry_scores(panel, competition_rules(track), aside_by_code(track.id))
    except RuleBroken:
        return Standing(None, None)
    total = scores[asked.sheet.code].total
    if total is None:
        return Standing(None, None)
    better = sum(one.total is not None and one.total > total for one in scores.values())
    return Standing(total, better + 1)


def _given(kept: MarkOperation, sheet: MarkSheet, aspects: dict[int, Aspect]) -> HistoryLine:
    return HistoryLine(
        at=kept.at,
        seat=sheet.seat.seat,
        aspect=_code(kept.aspect_id, aspects),
        kind="late" if kept.is_late else "given",
        old=None,
        new=kept.raw,
        who=kept.by_name,
        why="",
    )


def _corrected(asked: CorrectionRequest, aspects: dict[int, Aspect]) -> list[HistoryLine]:
    line = HistoryLine(
        at=asked.requested_at,
        seat=None if asked.whole_code else asked.sheet.seat.seat,
        aspect=_code(asked.aspect_id, aspects),
        kind="asked",
        old=asked.old,
        new=asked.new,
        who=asked.requested_by,
        why=asked.reason,
    )
    decided = asked.decision
    if decided is None:
        return [line]
    kind = "approved" if decided.approved else "refused"
    answer = replace(
        line, at=decided.decided_at, kind=kind, who=decided.decided_by, why=decided.note
    )
    return [line, answer]


def _code(key: int, aspects: dict[int, Aspect]) -> str:
    """The aspect's code; nothing for one that a later version of the scheme no longer has."""
    return aspects[key].code if key in aspects else ""
