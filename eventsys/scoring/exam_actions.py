"""Entering exam marks by part: saved in batches, then handed in as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import N_, Conflict, NotThere, RuleBroken
from eventsys.events.models import Track
from eventsys.events.rules import PartRule
from eventsys.identity.policy import Actor, authorize
from eventsys.scoring.exam_queries import candidates, exam_sheet, part_named
from eventsys.scoring.models import ExamMark, ExamSheet
from eventsys.scoring.policy import may_mark_exam
from eventsys.scoring.states import PartStatus

EXAM_PLACES = 2
NAMED_AT_MOST = 10


class PartClosed(Conflict):
    message = N_(
        "This part was handed in on %(moment)s. Ask the organizer to reopen it before you change"
        " anything."
    )


class MarksStale(Conflict):
    message = N_(
        "Somebody entered marks meanwhile for these ticket numbers: %(numbers)s. Nothing was saved;"
        " compare with what stands there now and save again."
    )


class PointsMissing(RuleBroken):
    message = N_(
        "Ticket %(number)s is marked as valid without points. Enter them, or choose absent or"
        " violation."
    )


class PointsNotWanted(RuleBroken):
    message = N_(
        "Ticket %(number)s was absent or broke the rules, so it has no points. Clear them."
    )


class ExamPointsOutOfRange(RuleBroken):
    message = N_(
        "Ticket %(number)s: part %(part)s takes 0 to %(full)s points with at most two decimals."
    )


class CandidatesUnmarked(RuleBroken):
    message = N_(
        "%(count)s candidates have nothing recorded yet: %(numbers)s. Enter points, an absence or a"
        " violation for each."
    )


class NobodyToMark(RuleBroken):
    message = N_("There are no approved candidates. Nothing can be handed in.")


@dataclass(frozen=True)
class GivenMark:
    """What an assessor enters for one candidate, and the version they were looking at."""

    entry_id: int
    status: PartStatus
    points: Decimal | None
    seen: int


def save_exam_marks(actor: Actor, track: Track, part: str, given: Sequence[GivenMark]) -> int:
    """Keep all the given marks or none; how many changed. Several assessors may work at once."""
    authorize(actor, may_mark_exam, track)
    rule = _part(track, part)
    _open_sheet(track, part)
    lines = {line.entry_id: line for line in candidates(track.id, part)}
    stale = []
    for mark in given:
        line = lines.get(mark.entry_id)
        if line is None:
            raise NotThere
        _check_given(rule, mark, line.ticket)
        same = (mark.status, mark.points) == (line.status, line.points)
        if mark.seen != line.version and not same:
            stale.append(line.ticket)
    if stale:
        raise MarksStale(numbers=_named(stale))

    kept = _marks(track, part)
    changes = [
        mark
        for mark in given
        if (mark.status, mark.points) != (lines[mark.entry_id].status, lines[mark.entry_id].points)
    ]
    for mark in changes:
        before = _write(actor, track, part, mark, kept.get(mark.entry_id))
        record(
            actor,
            "exam_mark.entered",
            track,
            part=part,
            ticket=lines[mark.entry_id].ticket,
            before=before,
            after=[mark.status, mark.points],
        )
    return len(changes)


def hand_in_part(actor: Actor, track: Track, part: str) -> None:
    """The second stage: every candidate has something recorded, nothing changes any more."""
    authorize(actor, may_mark_exam, track)
    _part(track, part)
    sheet = _open_sheet(track, part)
    lines = candidates(track.id, part)
    unmarked = [line.ticket for line in lines if line.status is None]
    if not lines:
        raise NobodyToMark
    if unmarked:
        raise CandidatesUnmarked(count=len(unmarked), numbers=_named(unmarked))

    sheet.handed_in_at, sheet.handed_in_by = clock.now(), actor.name

    record(actor, "exam_part.handed_in", track, part=part, candidates=len(lines))


def _part(track: Track, code: str) -> PartRule:
    rule = part_named(track, code)
    if rule is None:
        raise NotThere
    return rule


def held_exam_sheet(track: Track, part: str) -> ExamSheet | None:
    """The sheet of a part, held so that two devices write one after the other."""
    found = exam_sheet(track.id, part)
    if found is not None:
        session().refresh(found, with_for_update={"of": ExamSheet})
    return found


def _open_sheet(track: Track, part: str) -> ExamSheet:
    sheet = held_exam_sheet(track, part)
    if sheet is None:
        sheet = ExamSheet(id=new_id(), group_id=track.group_id, track_id=track.id, part=part)
        session().add(sheet)
        session().flush()
    if sheet.handed_in_at is not None:
        raise PartClosed(moment=f"{clock.in_shanghai(sheet.handed_in_at):%Y-%m-%d %H:%M}")
    return sheet


def _check_given(rule: PartRule, mark: GivenMark, ticket: str) -> None:
    if mark.status is not PartStatus.VALID:
        if mark.points is not None:
            raise PointsNotWanted(number=ticket)
        return
    if mark.points is None:
        raise PointsMissing(number=ticket)
    whole = mark.points.is_finite() and 0 <= mark.points <= rule.full
    if not whole or mark.points != round(mark.points, EXAM_PLACES):
        raise ExamPointsOutOfRange(number=ticket, part=rule.code, full=rule.full)


def _marks(track: Track, part: str) -> dict[int, ExamMark]:
    found = session().scalars(
        select(ExamMark).where(ExamMark.track_id == track.id, ExamMark.part == part)
    )
    return {mark.entry_id: mark for mark in found}


def _write(
    actor: Actor, track: Track, part: str, given: GivenMark, mark: ExamMark | None
) -> list[object]:
    """Write one mark down; what stood there before."""
    before: list[object] = [mark.status, mark.points] if mark else []
    if mark is None:
        mark = ExamMark(
            group_id=track.group_id,
            entry_id=given.entry_id,
            track_id=track.id,
            part=part,
            version=0,
        )
        session().add(mark)
    mark.status, mark.points = given.status, given.points
    mark.at, mark.by_id = clock.now(), actor.user_id
    mark.version += 1
    return before


def _named(numbers: Sequence[str]) -> str:
    shown = ", ".join(numbers[:NAMED_AT_MOST])
    return shown if len(numbers) <= NAMED_AT_MOST else f"{shown} …"
