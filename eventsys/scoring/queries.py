"""Schemes, panels, sheets and marks as they are read: a constant number of queries each."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from eventsys.db import session
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind
from eventsys.identity.actor import Actor
from eventsys.identity.rules import Permission, ScopeKind
from eventsys.panels.models import JudgeSeat
from eventsys.panels.queries import seats_of
from eventsys.schemes.models import Aspect
from eventsys.schemes.queries import aspects_of
from eventsys.schemes.tally import Raws, Tally
from eventsys.scoring.models import (
    CorrectionDecision,
    CorrectionRequest,
    FewJudgesException,
    Mark,
    Marking,
    MarkOperation,
    MarkSheet,
)
from eventsys.scoring.states import SheetState

CONFIRMED = (SheetState.CONFIRMED, SheetState.LOCKED)


def marking_of(track_id: int) -> Marking | None:
    """How far the marking of a track is; none until the sheets are dealt."""
    return session().scalar(select(Marking).where(Marking.track_id == track_id))


def is_marking_open(track_id: int) -> bool:
    """Whether sheets were dealt to the judges."""
    return marking_of(track_id) is not None


# ---- a judge's own sheets: nothing here may touch entries


@dataclass(frozen=True)
class JudgeTrack:
    """A track a judge sits in, and how many sheets wait, are submitted, are settled."""

    seat: JudgeSeat
    to_mark: int
    submitted: int
    settled: int

    @property
    def sheets(self) -> int:
        """All sheets dealt to this seat."""
        return self.to_mark + self.submitted + self.settled


def judge_tracks(user_id: int) -> list[JudgeTrack]:
    """The panels an account sits in, the latest event first, with the state of its sheets."""
    seats = session().scalars(
        select(JudgeSeat)
        .where(JudgeSeat.user_id == user_id, JudgeSeat.excused_at.is_(None))
        .join(JudgeSeat.track)
        .join(Track.event)
        .options(contains_eager(JudgeSeat.track).contains_eager(Track.event))
        .order_by(Event.starts_on.desc(), Track.code)
    )
    counts = _sheet_counts(user_id)
    return [
        JudgeTrack(
            seat,
            counts[seat.id, SheetState.OPEN],
            counts[seat.id, SheetState.SUBMITTED] + counts[seat.id, SheetState.CONFIRMED],
            counts[seat.id, SheetState.LOCKED],
        )
        for seat in seats
    ]


def _sheet_counts(user_id: int) -> defaultdict[tuple[int, SheetState], int]:
    found = session().execute(
        select(MarkSheet.seat_id, MarkSheet.state, MarkSheet.void_reason, func.count())
        .join(MarkSheet.seat)
        .where(JudgeSeat.user_id == user_id)
        .group_by(MarkSheet.seat_id, MarkSheet.state, MarkSheet.void_reason)
    )
    counts: defaultdict[tuple[int, SheetState], int] = defaultdict(int)
    for seat_id, state, void_reason, number in found:
        counts[seat_id, SheetState.LOCKED if void_reason else state] += number
    return counts


def sheet_of(seat_id: int, code: str) -> MarkSheet | None:
    """A judge's sheet for one code."""
    return session().scalar(
        select(MarkSheet).where(MarkSheet.seat_id == seat_id, MarkSheet.code == code)
    )


def sheet_at(track_id: int, code: str, seat: int) -> MarkSheet | None:
    """The sheet of a code at a numbered seat."""
    return session().scalar(
        select(MarkSheet)
        .join(MarkSheet.seat)
        .where(MarkSheet.track_id == track_id, MarkSheet.code == code, JudgeSeat.seat == seat)
        .options(contains_eager(MarkSheet.seat))
    )


def sheets_of(seat_id: int) -> list[MarkSheet]:
    """A judge's sheets, by code."""
    return list(
        session().scalars(
            select(MarkSheet).where(MarkSheet.seat_id == seat_id).order_by(MarkSheet.code)
        )
    )


def marks_of(sheet_id: int) -> dict[int, Mark]:
    """The marks of one sheet by aspect."""
    found = session().scalars(select(Mark).where(Mark.sheet_id == sheet_id))
    return {mark.aspect_id: mark for mark in found}


def marks_of_sheets(sheet_ids: Iterable[int]) -> dict[int, list[Mark]]:
    """The marks of some sheets, by sheet."""
    return by_sheet(session().scalars(select(Mark).where(Mark.sheet_id.in_(list(sheet_ids)))))


def by_sheet(marks: Iterable[Mark]) -> dict[int, list[Mark]]:
    """Marks under the keys of their sheets."""
    found: defaultdict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        found[mark.sheet_id].append(mark)
    return dict(found)


def raws_of_seat(seat_id: int) -> dict[int, Raws]:
    """All marks of one judge, by sheet."""
    return _by_sheet(
        session().execute(
            select(Mark.sheet_id, Mark.aspect_id, Mark.raw)
            .join(Mark.sheet)
            .where(MarkSheet.seat_id == seat_id, Mark.raw.is_not(None))
        )
    )


def _by_sheet(found: Iterable[tuple[int, int, Decimal | None]]) -> dict[int, Raws]:
    raws: defaultdict[int, dict[int, Decimal]] = defaultdict(dict)
    for sheet_id, aspect_id, raw in found:
        if raw is not None:
            raws[sheet_id][aspect_id] = raw
    return dict(raws)


# ---- the whole panel, for the chief judge and for the ranking


@dataclass(frozen=True)
class ChairedTrack:
    """A track one is chief judge or clerk of: sheets that count, submitted, confirmed; signed."""

    track: Track
    sheets: int
    submitted: int
    confirmed: int
    signed_at: datetime | None

    @property
    def unconfirmed(self) -> int:
        """Submitted sheets that wait for a second person."""
        return self.submitted - self.confirmed

    @property
    def is_ready(self) -> bool:
        """Whether everything is confirmed and only the signature is missing."""
        return self.signed_at is None and 0 < self.sheets == self.confirmed


def chaired_tracks(actor: Actor) -> list[ChairedTrack]:
    """The tracks an actor is chief judge of, with how far their panels are."""
    return _panels_of(actor.scope_ids(Permission.SIGN_OFF, ScopeKind.TRACK))


def confirming_tracks(actor: Actor) -> list[ChairedTrack]:
    """The tracks whose sheets an actor confirms, with how far their panels are."""
    return _panels_of(actor.scope_ids(Permission.CONFIRM, ScopeKind.TRACK))


def _panels_of(keys: list[int]) -> list[ChairedTrack]:
    found = (
        select(Track, Marking.submitted_at)
        .join(Track.event)
        .outerjoin(Marking, Marking.track_id == Track.id)
        .where(Track.id.in_(keys), Event.kind == EventKind.COMPETITION)
        .options(contains_eager(Track.event))
        .order_by(Event.starts_on.desc(), Track.code)
    )
    tracks = session().execute(found).all()
    counts = session().execute(
        select(MarkSheet.track_id, MarkSheet.state, func.count())
        .join(MarkSheet.seat)
        .where(
            MarkSheet.track_id.in_(keys),
            MarkSheet.void_reason == "",
            JudgeSeat.excused_at.is_(None),
        )
        .group_by(MarkSheet.track_id, MarkSheet.state)
    )
    sheets: Counter[int] = Counter()
    submitted: Counter[int] = Counter()
    confirmed: Counter[int] = Counter()
    for track_id, state, number in counts:
        sheets[track_id] += number
        submitted[track_id] += number if state is not SheetState.OPEN else 0
        confirmed[track_id] += number if state in CONFIRMED else 0
    return [
        ChairedTrack(track, sheets[track.id], submitted[track.id], confirmed[track.id], signed_at)
        for track, signed_at in tracks
    ]


@dataclass(frozen=True)
class PanelMarks:
    """Everything a panel gave: seats, sheets by code and seat, raw values by sheet.

    ``version`` counts the corrections approved after the handing over, which are laid over.
    ``excepted`` are the codes for which fewer judges than the ruleset wants are enough.
    """

    tally: Tally
    seats: list[JudgeSeat]
    sheets: dict[str, dict[int, MarkSheet]]
    raws: dict[int, Raws]
    version: int = 0
    excepted: frozenset[str] = frozenset()

    @property
    def judging(self) -> list[JudgeSeat]:
        """The judges whose sheets count."""
        return [seat for seat in self.seats if seat.excused_at is None]

    def corrected(
        self, sheet_id: int, aspect_id: int, raw: Decimal, *, whole_code: bool
    ) -> "PanelMarks":
        """The same with one more correction laid over a sheet, or over all sheets of its code."""
        keys = self._dealt_with(sheet_id) if whole_code else [sheet_id]
        given = {key: {**self.raws.get(key, {}), aspect_id: raw} for key in keys}
        return replace(self, raws={**self.raws, **given}, version=self.version + 1)

    def _dealt_with(self, sheet_id: int) -> list[int]:
        """All sheets of the code of one."""
        for dealt in self.sheets.values():
            keys = [one.id for one in dealt.values()]
            if sheet_id in keys:
                return keys
        return []

    def raws_of(self, sheet: MarkSheet) -> Raws:
        """What a judge entered on a sheet."""
        return self.raws.get(sheet.id, {})

    def counting(self, code: str) -> list[MarkSheet]:
        """The sheets of a code that count, by seat; none where nothing was handed in."""
        dealt = self.sheets[code]
        sheets = [dealt[seat.id] for seat in self.judging if seat.id in dealt]
        return [sheet for sheet in sheets if not sheet.void_reason]


def panel_marks(track: Track) -> PanelMarks:
    """The panel's work with approved corrections, in six queries for any number of entries."""
    sheets: defaultdict[str, dict[int, MarkSheet]] = defaultdict(dict)
    found = select(MarkSheet).where(MarkSheet.track_id == track.id).order_by(MarkSheet.code)
    for sheet in session().scalars(found):
        sheets[sheet.code][sheet.seat_id] = sheet
    raws = session().execute(
        select(Mark.sheet_id, Mark.aspect_id, Mark.raw)
        .join(Mark.sheet)
        .where(MarkSheet.track_id == track.id, Mark.raw.is_not(None))
    )
    tally, seats = Tally(aspects_of(track)), seats_of(track.id)
    excepted = select(FewJudgesException.code).where(FewJudgesException.track_id == track.id)
    allowed = frozenset(session().scalars(excepted))
    panel = PanelMarks(tally, seats, dict(sheets), _by_sheet(raws), excepted=allowed)
    for sheet_id, aspect_id, raw, whole_code in _approved_corrections(track.id):
        panel = panel.corrected(sheet_id, aspect_id, raw, whole_code=whole_code)
    return panel


def _approved_corrections(track_id: int) -> list[tuple[int, int, Decimal, bool]]:
    """Sheet, aspect, value, and whether for its whole code, in the order of their versions."""
    asked = CorrectionRequest
    found = session().execute(
        select(asked.sheet_id, asked.aspect_id, asked.new, asked.whole_code)
        .join(CorrectionRequest.decision)
        .where(CorrectionRequest.track_id == track_id, CorrectionDecision.approved)
        .order_by(CorrectionDecision.version)
    )
    return [(sheet_id, key, raw, whole) for sheet_id, key, raw, whole in found]


def late_taps(track_id: int) -> list[tuple[MarkOperation, MarkSheet, Aspect]]:
    """Taps that reached us after their sheet was closed: kept as evidence, applied nowhere."""
    found = session().execute(
        select(MarkOperation, MarkSheet, Aspect)
        .join(MarkSheet, MarkSheet.id == MarkOperation.sheet_id)
        .join(Aspect, Aspect.id == MarkOperation.aspect_id)
        .where(MarkSheet.track_id == track_id, MarkOperation.is_late)
        .options(joinedload(MarkSheet.seat))
        .order_by(MarkOperation.at, MarkOperation.id)
    )
    return [(tap, sheet, aspect) for tap, sheet, aspect in found]


@dataclass(frozen=True)
class ContestedValue:
    """One of several values: whose operation, from which device, received when; ``None`` clears."""

    op: str
    raw: str | None
    by: str
    device: str
    at: datetime


@dataclass(frozen=True)
class Contest:
    """An aspect for which devices of one judge gave different values; heads as kept in the mark."""

    mark: Mark
    sheet: MarkSheet
    aspect: Aspect

    @property
    def seen(self) -> frozenset[str]:
        """The operations whoever settles it has to have looked at."""
        return frozenset(head["op"] for head in self.mark.heads)

    @property
    def values(self) -> list[ContestedValue]:
        """All values side by side, as they were received."""
        found = [
            ContestedValue(
                head["op"],
                head["raw"],
                head["by"],
                head["device"],
                datetime.fromisoformat(head["at"]),
            )
            for head in self.mark.heads
        ]
        return sorted(found, key=lambda value: (value.at, value.op))


def contested_count(track_id: int) -> int:
    """How many marks are contested on sheets that count."""
    found = (
        select(func.count(Mark.id))
        .join(Mark.sheet)
        .join(MarkSheet.seat)
        .where(
            MarkSheet.track_id == track_id,
            MarkSheet.void_reason == "",
            JudgeSeat.excused_at.is_(None),
            Mark.is_contested,
        )
    )
    return session().scalar(found) or 0


def contests_of(track: Track) -> list[Contest]:
    """Every contested mark on sheets that count, by code, seat and aspect."""
    found = session().execute(
        select(Mark, MarkSheet)
        .join(Mark.sheet)
        .join(MarkSheet.seat)
        .where(
            MarkSheet.track_id == track.id,
            MarkSheet.void_reason == "",
            JudgeSeat.excused_at.is_(None),
            Mark.is_contested,
        )
        .options(contains_eager(MarkSheet.seat).joinedload(JudgeSeat.user))
        .order_by(MarkSheet.code, JudgeSeat.seat, Mark.aspect_id)
    )
    by_id = Tally(aspects_of(track)).by_id
    return [
        Contest(mark, sheet, by_id[mark.aspect_id])
        for mark, sheet in found
        if mark.aspect_id in by_id
    ]
