"""Schemes, panels, sheets and marks as they are read: a constant number of queries each."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from eventsys import clock
from eventsys.db import session
from eventsys.events.models import Event, Track
from eventsys.events.rules import CompetitionRules, EventKind
from eventsys.groups.models import Unit
from eventsys.identity.actor import Actor
from eventsys.identity.models import Person, RoleGrant, User
from eventsys.identity.rules import Permission, Role, ScopeKind
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.scoring.models import (
    Aspect,
    Criterion,
    JudgeSeat,
    Mark,
    MarkOperation,
    MarkSheet,
    Scheme,
)
from eventsys.scoring.scheme_rules import ModuleSum, module_sums
from eventsys.scoring.states import SheetState
from eventsys.scoring.tally import Raws, Tally

# ---- the scheme


def competition_rules(track: Track) -> CompetitionRules:
    """The track's parameters; only competition tracks are judged by panels."""
    rules = track.rules
    if not isinstance(rules, CompetitionRules):
        raise TypeError(f"track {track.id} is not a competition")
    return rules


def scheme_of(track_id: int) -> Scheme | None:
    """The scheme with its criteria and aspects, if one was begun."""
    return session().scalar(
        select(Scheme)
        .where(Scheme.track_id == track_id)
        .options(selectinload(Scheme.criteria).selectinload(Criterion.aspects))
    )


def aspects_of(track: Track) -> list[Aspect]:
    """Every aspect with its criterion, in the order of modules, criteria and aspects."""
    order = [module.code for module in competition_rules(track).modules]
    found = session().scalars(
        select(Aspect)
        .join(Aspect.criterion)
        .join(Criterion.scheme)
        .where(Scheme.track_id == track.id)
        .options(contains_eager(Aspect.criterion))
        .order_by(Criterion.position, Aspect.position)
    )
    return sorted(found, key=lambda aspect: order.index(aspect.criterion.module_code))


def sums_of(track: Track) -> list[ModuleSum]:
    """What the scheme gives out in each module, beside the module's full marks."""
    points = session().execute(
        select(Criterion.module_code, Aspect.max_points)
        .join(Aspect.criterion)
        .join(Criterion.scheme)
        .where(Scheme.track_id == track.id)
    )
    rows = [(module, value) for module, value in points]
    return module_sums(competition_rules(track).modules, rows)


# ---- the panel


def seats_of(track_id: int) -> list[JudgeSeat]:
    """The panel by seat, excused judges included."""
    return list(
        session().scalars(
            select(JudgeSeat)
            .where(JudgeSeat.track_id == track_id)
            .options(joinedload(JudgeSeat.user))
            .order_by(JudgeSeat.seat)
        )
    )


def holders(track: Track, role: Role) -> list[User]:
    """The accounts that hold a role at this very track today, by name."""
    day = clock.today()
    return list(
        session().scalars(
            select(User)
            .join(RoleGrant, RoleGrant.user_id == User.id)
            .where(
                RoleGrant.role == role,
                RoleGrant.scope_kind == ScopeKind.TRACK,
                RoleGrant.scope_id == track.id,
                RoleGrant.group_id == track.group_id,
                RoleGrant.ended_at.is_(None),
                or_(RoleGrant.starts_on.is_(None), RoleGrant.starts_on <= day),
                or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= day),
                User.closed_at.is_(None),
            )
            .distinct()
            .order_by(User.name, User.id)
        )
    )


def conflicts(track_id: int, user_ids: Iterable[int]) -> dict[int, str]:
    """Those who must stand aside (回避), each with the unit of theirs that takes part."""
    wanted = list(user_ids)
    taking_part = select(Entry.unit_id).where(
        Entry.track_id == track_id, Entry.state != EntryState.WITHDRAWN
    )
    leads = session().execute(
        select(RoleGrant.user_id, Unit.name)
        .join(Unit, Unit.id == RoleGrant.scope_id)
        .where(
            RoleGrant.user_id.in_(wanted),
            RoleGrant.role == Role.TEAM_LEADER,
            RoleGrant.scope_kind == ScopeKind.UNIT,
            RoleGrant.ended_at.is_(None),
            RoleGrant.scope_id.in_(taking_part),
        )
    )
    belongs = session().execute(
        select(User.id, Unit.name)
        .join(Person, Person.id == User.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(User.id.in_(wanted), Person.unit_id.in_(taking_part))
    )
    return dict([*leads.all(), *belongs.all()])


def is_marking_open(track_id: int) -> bool:
    """Whether sheets were dealt to the judges."""
    return bool(session().scalar(select(exists().where(MarkSheet.track_id == track_id))))


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
    """The panels an account sits in, with the state of its own sheets."""
    seats = session().scalars(
        select(JudgeSeat)
        .where(JudgeSeat.user_id == user_id, JudgeSeat.excused_at.is_(None))
        .options(joinedload(JudgeSeat.track).joinedload(Track.event))
        .order_by(JudgeSeat.track_id)
    )
    counts = _sheet_counts(user_id)
    return [
        JudgeTrack(
            seat,
            counts[seat.id, SheetState.OPEN],
            counts[seat.id, SheetState.SUBMITTED],
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


def seat_of(track_id: int, user_id: int) -> JudgeSeat | None:
    """Where an account sits in the panel of a track."""
    return session().scalar(
        select(JudgeSeat)
        .where(JudgeSeat.track_id == track_id, JudgeSeat.user_id == user_id)
        .options(joinedload(JudgeSeat.track).joinedload(Track.event))
    )


def sheet_of(seat_id: int, code: str) -> MarkSheet | None:
    """A judge's sheet for one code."""
    return session().scalar(
        select(MarkSheet).where(MarkSheet.seat_id == seat_id, MarkSheet.code == code)
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
    """A track whose chief judge one is: sheets that count, those submitted, and the signature."""

    track: Track
    sheets: int
    submitted: int
    signed_at: datetime | None

    @property
    def is_ready(self) -> bool:
        """Whether everything is submitted and only the signature is missing."""
        return self.signed_at is None and 0 < self.sheets == self.submitted


def chaired_tracks(actor: Actor) -> list[ChairedTrack]:
    """The tracks an actor is chief judge of, with how far their panels are."""
    keys = actor.scope_ids(Permission.SIGN_OFF, ScopeKind.TRACK)
    found = (
        select(Track, Scheme.submitted_at)
        .join(Track.event)
        .outerjoin(Scheme, Scheme.track_id == Track.id)
        .where(Track.id.in_(keys), Event.kind == EventKind.COMPETITION)
        .options(contains_eager(Track.event))
        .order_by(Event.starts_on, Track.code)
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
    waiting: Counter[int] = Counter()
    for track_id, state, number in counts:
        sheets[track_id] += number
        waiting[track_id] += number if state is SheetState.OPEN else 0
    return [
        ChairedTrack(track, sheets[track.id], sheets[track.id] - waiting[track.id], signed_at)
        for track, signed_at in tracks
    ]


@dataclass(frozen=True)
class PanelMarks:
    """Everything a panel gave: seats, sheets by code and seat, raw values by sheet."""

    tally: Tally
    seats: list[JudgeSeat]
    sheets: dict[str, dict[int, MarkSheet]]
    raws: dict[int, Raws]

    @property
    def judging(self) -> list[JudgeSeat]:
        """The judges whose sheets count."""
        return [seat for seat in self.seats if seat.excused_at is None]

    def raws_of(self, sheet: MarkSheet) -> Raws:
        """What a judge entered on a sheet."""
        return self.raws.get(sheet.id, {})

    def counting(self, code: str) -> list[MarkSheet]:
        """The sheets of a code that count, by seat; none where nothing was handed in."""
        dealt = self.sheets[code]
        sheets = [dealt[seat.id] for seat in self.judging if seat.id in dealt]
        return [sheet for sheet in sheets if not sheet.void_reason]


def panel_marks(track: Track) -> PanelMarks:
    """The panel's work, in four queries for any number of entries."""
    sheets: defaultdict[str, dict[int, MarkSheet]] = defaultdict(dict)
    found = select(MarkSheet).where(MarkSheet.track_id == track.id).order_by(MarkSheet.code)
    for sheet in session().scalars(found):
        sheets[sheet.code][sheet.seat_id] = sheet
    raws = session().execute(
        select(Mark.sheet_id, Mark.aspect_id, Mark.raw)
        .join(Mark.sheet)
        .where(MarkSheet.track_id == track.id, Mark.raw.is_not(None))
    )
    return PanelMarks(Tally(aspects_of(track)), seats_of(track.id), dict(sheets), _by_sheet(raws))


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
