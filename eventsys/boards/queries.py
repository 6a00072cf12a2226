"""Boards as they are read: counts as of a moment, never a mark; a constant number of queries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import joinedload

from eventsys import clock
from eventsys.attendance.models import Arrival
from eventsys.boards.models import Board, Ceremony
from eventsys.boards.rules import (
    LONGEST_CEREMONY,
    CeremonyRuns,
    JudgeFigures,
    Reached,
    Step,
    judge_figures,
    reveal_order,
    step_of,
)
from eventsys.db import session
from eventsys.draws.models import CodeDraw
from eventsys.events.models import Event, Track
from eventsys.events.queries import ACROSS
from eventsys.identity.models import User
from eventsys.panels.models import JudgeSeat
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.results.models import Notice, Publication, ResultRow
from eventsys.results.queries import newest_public
from eventsys.results.states import Outcome
from eventsys.scoring.models import Marking, MarkSheet
from eventsys.scoring.queries import marking_of, panel_marks
from eventsys.scoring.states import SheetState

PRIZED = (Outcome.FIRST, Outcome.SECOND, Outcome.THIRD)


@dataclass(frozen=True)
class SeatProgress:
    """How many sheets of a judge there are, handed in and confirmed."""

    seat: int
    name: str
    sheets: int
    submitted: int
    confirmed: int


@dataclass(frozen=True)
class TrackProgress:
    """How far a track is: people here, sheets handed in. There is no mark in it."""

    track: Track
    step: Step
    entries: int
    came: int
    seats: tuple[SeatProgress, ...]

    @property
    def sheets(self) -> int:
        """Sheets that will count."""
        return sum(one.sheets for one in self.seats)

    @property
    def submitted(self) -> int:
        """Those their judges have handed in."""
        return sum(one.submitted for one in self.seats)

    @property
    def confirmed(self) -> int:
        """Those a second person has confirmed."""
        return sum(one.confirmed for one in self.seats)


def board_of(event_id: int) -> Board | None:
    """The public board of an event, in any group."""
    found = select(Board).where(Board.event_id == event_id).execution_options(**ACROSS)
    return session().scalar(found)


def progress(event: Event, moment: datetime) -> list[TrackProgress]:
    """Every track of an event as it stood at a moment, in any group."""
    keys = [track.id for track in event.tracks]
    entries = _counts(
        select(Entry.track_id, func.count())
        .where(Entry.track_id.in_(keys), Entry.state == EntryState.APPROVED)
        .group_by(Entry.track_id)
    )
    came = _counts(
        select(Entry.track_id, func.count())
        .join(Arrival, Arrival.entry_id == Entry.id)
        .where(
            Entry.track_id.in_(keys),
            Entry.state == EntryState.APPROVED,
            Arrival.at <= moment,
        )
        .group_by(Entry.track_id)
    )
    deeds = {row.id: row for row in _deeds(keys, moment)}
    seats = _seats(keys, moment)
    return [
        TrackProgress(
            track=track,
            step=step_of(_reached(deeds[track.id], bool(came.get(track.id)), moment)),
            entries=entries.get(track.id, 0),
            came=came.get(track.id, 0),
            seats=tuple(seats.get(track.id, ())),
        )
        for track in event.tracks
    ]


def _counts(counting: Select[int, int]) -> dict[int, int]:
    rows = session().execute(counting.execution_options(**ACROSS))
    return {track_id: number for track_id, number in rows}  # noqa: C416  rows, not pairs


def _deeds(keys: Sequence[int], moment: datetime) -> Sequence[Row]:
    """When each step of the tracks was done, if it was.

    Public is a track since its first version; final is only the version shown at the moment.
    """
    shown = and_(Notice.publication_id == Publication.id, newest_public(moment))
    return (
        session()
        .execute(
            select(
                Track.id,
                CodeDraw.drawn_at,
                CodeDraw.opened_at.label("map_opened_at"),
                Marking.opened_at,
                Marking.submitted_at,
                Marking.locked_at,
                func.min(Publication.public_at).label("public_at"),
                func.min(Notice.final_at).label("final_at"),
            )
            .outerjoin(CodeDraw, CodeDraw.track_id == Track.id)
            .outerjoin(Marking, Marking.track_id == Track.id)
            .outerjoin(Publication, Publication.track_id == Track.id)
            .outerjoin(Notice, shown)
            .where(Track.id.in_(keys))
            .group_by(Track.id, CodeDraw.id, Marking.id)
            .execution_options(**ACROSS)
        )
        .all()
    )


def _reached(row: Row, came: bool, moment: datetime) -> Reached:
    def done(at: datetime | None) -> bool:
        return at is not None and at <= moment

    return Reached(
        came=came,
        drawn=done(row.drawn_at),
        dealt=done(row.opened_at),
        handed_over=done(row.submitted_at),
        locked=done(row.locked_at),
        opened=done(row.map_opened_at),
        public=done(row.public_at),
        final=done(row.final_at),
    )


def _seats(keys: Sequence[int], moment: datetime) -> dict[int, list[SeatProgress]]:
    handed_in = and_(MarkSheet.state != SheetState.OPEN, MarkSheet.submitted_at <= moment)
    confirmed = and_(MarkSheet.confirmed_at.is_not(None), MarkSheet.confirmed_at <= moment)
    found = session().execute(
        select(
            JudgeSeat.track_id,
            JudgeSeat.seat,
            JudgeSeat.user_id,
            func.count(MarkSheet.id),
            func.count(MarkSheet.id).filter(handed_in),
            func.count(MarkSheet.id).filter(confirmed),
        )
        .join(MarkSheet, MarkSheet.seat_id == JudgeSeat.id)
        .where(
            JudgeSeat.track_id.in_(keys),
            JudgeSeat.excused_at.is_(None),
            MarkSheet.void_reason == "",
        )
        .group_by(JudgeSeat.track_id, JudgeSeat.seat, JudgeSeat.user_id)
        .order_by(JudgeSeat.track_id, JudgeSeat.seat)
        .execution_options(**ACROSS)
    )
    rows = found.all()
    names = _names({row[2] for row in rows})
    seats: dict[int, list[SeatProgress]] = {}
    for track_id, seat, user_id, sheets, given, sure in rows:
        one = SeatProgress(seat, names.get(user_id, ""), sheets, given, sure)
        seats.setdefault(track_id, []).append(one)
    return seats


def _names(user_ids: set[int]) -> dict[int, str]:
    rows = session().execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return {user_id: name for user_id, name in rows}  # noqa: C416  rows, not pairs


# ---- the ceremony


@dataclass(frozen=True)
class Stage:
    """A ceremony as the screen shows it: groups of equals revealed so far, the latest first."""

    revealed: tuple[tuple[ResultRow, ...], ...]
    groups: int

    @property
    def is_over(self) -> bool:
        """Whether everything is revealed."""
        return len(self.revealed) == self.groups

    @property
    def entry_ids(self) -> frozenset[int]:
        """The entries whose prize is revealed."""
        return frozenset(row.entry_id for group in self.revealed for row in group)


def ceremony_of(publication_id: int) -> Ceremony | None:
    """The ceremony of one version of results, in any group."""
    found = select(Ceremony).where(Ceremony.publication_id == publication_id)
    return session().scalar(found.execution_options(**ACROSS))


def reveal_groups(publication_id: int) -> list[list[ResultRow]]:
    """The rows that won a prize in the order of a ceremony, equals together."""
    found = (
        select(ResultRow)
        .where(ResultRow.publication_id == publication_id, ResultRow.outcome.in_(PRIZED))
        .options(joinedload(ResultRow.publication))
        .order_by(ResultRow.position)
        .execution_options(**ACROSS)
    )
    rows = {row.id: row for row in session().scalars(found)}
    order = reveal_order({key: row.place or 0 for key, row in rows.items()})
    return [[rows[key] for key in group] for group in order]


def stage_of(ceremony: Ceremony) -> Stage:
    """What the screen shows now."""
    groups = reveal_groups(ceremony.publication_id)
    revealed = tuple(tuple(group) for group in reversed(groups[: ceremony.shown]))
    return Stage(revealed, len(groups))


def running_ceremonies(publication_ids: Collection[int]) -> dict[int, Stage]:
    """The ceremonies that have not revealed everything yet, by version of results.

    What they have not revealed is shown nowhere: on no page, in no file, on no certificate.
    """
    found = select(Ceremony).where(
        Ceremony.publication_id.in_(publication_ids),
        Ceremony.started_at > clock.now() - LONGEST_CEREMONY,
    )
    stages = {
        one.publication_id: stage_of(one)
        for one in session().scalars(found.execution_options(**ACROSS))
    }
    return {key: stage for key, stage in stages.items() if not stage.is_over}


def check_no_ceremony(publication_id: int) -> None:
    """Refuse while the prizes of a version are being revealed."""
    if running_ceremonies([publication_id]):
        found = ceremony_of(publication_id)
        ends = found.started_at + LONGEST_CEREMONY if found else clock.now()
        raise CeremonyRuns(moment=f"{clock.in_shanghai(ends):%Y-%m-%d %H:%M}")


# ---- figures of the judges


def figures_of(track: Track) -> list[JudgeFigures]:
    """How each judge of a panel marked beside the others; nothing until the marks are locked."""
    marking = marking_of(track.id)
    if marking is None or marking.locked_at is None:
        return []
    panel = panel_marks(track)
    numbers = {seat.id: seat.seat for seat in panel.judging}
    totals: dict[int, dict[str, Fraction]] = {number: {} for number in numbers.values()}
    for code in panel.sheets:
        for sheet in panel.counting(code):
            totals[numbers[sheet.seat_id]][code] = panel.tally.total(panel.raws_of(sheet))
    return judge_figures(totals)
