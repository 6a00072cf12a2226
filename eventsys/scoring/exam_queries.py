"""Candidates of an exam and what stands for them in each part."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from eventsys.attendance.tickets import ticket_number
from eventsys.db import session
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind, ExamRules, PartRule
from eventsys.identity.actor import Actor
from eventsys.identity.models import Person
from eventsys.identity.rules import Permission, ScopeKind
from eventsys.registration.models import Entry, Member
from eventsys.registration.rules import EntryState, MemberRole
from eventsys.scoring.models import ExamMark, ExamSheet
from eventsys.scoring.states import PartStatus
from eventsys.timetable.models import Placement, Room, Session, Station


def exam_rules(track: Track) -> ExamRules:
    """The plan's parameters; only exam tracks are marked by part."""
    rules = track.rules
    if not isinstance(rules, ExamRules):
        raise TypeError(f"track {track.id} is not an exam")
    return rules


def part_named(track: Track, code: str) -> PartRule | None:
    """A part of the exam by its code."""
    return next((part for part in exam_rules(track).parts if part.code == code), None)


@dataclass(frozen=True)
class Candidate:
    """One line of an assessor's list: ticket and seat, no name; version 0 is "nothing yet"."""

    entry_id: int
    ticket: str
    masked_id: str
    room: str
    seat: str
    status: PartStatus | None
    points: Decimal | None
    version: int


def candidates(track_id: int, part: str) -> list[Candidate]:
    """Everybody who may sit a part, by ticket number, with what stands for them."""
    found = session().execute(
        select(
            Entry,
            Person.id_masked,
            Room.name,
            Station.label,
            ExamMark.status,
            ExamMark.points,
            ExamMark.version,
        )
        .join(Member, and_(Member.entry_id == Entry.id, Member.role == MemberRole.CANDIDATE))
        .join(Person, Person.id == Member.person_id)
        .outerjoin(Placement, and_(Placement.entry_id == Entry.id, Placement.part == part))
        .outerjoin(Session, Session.id == Placement.session_id)
        .outerjoin(Room, Room.id == Session.room_id)
        .outerjoin(Station, Station.id == Placement.station_id)
        .outerjoin(ExamMark, and_(ExamMark.entry_id == Entry.id, ExamMark.part == part))
        .where(Entry.track_id == track_id, Entry.state == EntryState.APPROVED)
        .options(joinedload(Entry.track))
        .order_by(Entry.number)
    )
    return [
        Candidate(
            entry.id,
            ticket_number(entry),
            masked,
            room or "",
            seat or "",
            status,
            points,
            version or 0,
        )
        for entry, masked, room, seat, status, points, version in found
    ]


def exam_sheet(track_id: int, part: str) -> ExamSheet | None:
    """Whether a part was handed in, if anybody has begun it."""
    return session().scalar(
        select(ExamSheet).where(ExamSheet.track_id == track_id, ExamSheet.part == part)
    )


def exam_sheets(track_ids: list[int]) -> dict[tuple[int, str], ExamSheet]:
    """The sheets of several tracks by track and part."""
    found = session().scalars(select(ExamSheet).where(ExamSheet.track_id.in_(track_ids)))
    return {(sheet.track_id, sheet.part): sheet for sheet in found}


def marks_of_exam(track_id: int) -> dict[int, dict[str, ExamMark]]:
    """All marks of a track by entry and part."""
    marks: defaultdict[int, dict[str, ExamMark]] = defaultdict(dict)
    for mark in session().scalars(select(ExamMark).where(ExamMark.track_id == track_id)):
        marks[mark.entry_id][mark.part] = mark
    return dict(marks)


def exams_of(actor: Actor) -> list[Track]:
    """The exam tracks an assessor marks, by event or by track."""
    events = actor.scope_ids(Permission.EXAM_MARK, ScopeKind.EVENT)
    tracks = actor.scope_ids(Permission.EXAM_MARK, ScopeKind.TRACK)
    found = (
        select(Track)
        .join(Track.event)
        .where(
            Event.kind == EventKind.EXAM,
            Event.published_at.is_not(None),
            or_(Event.id.in_(events), Track.id.in_(tracks)),
        )
        .options(contains_eager(Track.event), joinedload(Track.ruleset))
        .order_by(Event.starts_on.desc(), Track.code)
    )
    return list(session().scalars(found))


@dataclass(frozen=True)
class PartProgress:
    """How far the marking of one part of one track has come."""

    track: Track
    part: PartRule
    candidates: int
    marked: int
    handed_in_at: datetime | None


def progress_of(tracks: list[Track]) -> list[PartProgress]:
    """The parts of these tracks, in three queries."""
    keys = [track.id for track in tracks]
    counted = select(Entry.track_id, func.count()).where(
        Entry.track_id.in_(keys), Entry.state == EntryState.APPROVED
    )
    sitting = dict(session().execute(counted.group_by(Entry.track_id)).all())
    marks = session().execute(
        select(ExamMark.track_id, ExamMark.part, func.count())
        .join(ExamMark.entry)
        .where(ExamMark.track_id.in_(keys), Entry.state == EntryState.APPROVED)
        .group_by(ExamMark.track_id, ExamMark.part)
    )
    marked = {(track_id, part): number for track_id, part, number in marks}
    sheets = exam_sheets(keys)
    return [
        PartProgress(
            track,
            part,
            sitting.get(track.id, 0),
            marked.get((track.id, part.code), 0),
            sheets[track.id, part.code].handed_in_at if (track.id, part.code) in sheets else None,
        )
        for track in tracks
        for part in exam_rules(track).parts
    ]
