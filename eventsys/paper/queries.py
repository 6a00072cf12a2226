"""Sheets as they would be printed now, their scans, and how far comparing and keying are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from eventsys.db import session
from eventsys.draws.queries import blind_list
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind
from eventsys.identity.actor import Actor
from eventsys.identity.rules import Permission, ScopeKind
from eventsys.panels.models import JudgeSeat
from eventsys.panels.queries import seats_of
from eventsys.paper.models import PaperKeying, PaperPrint, PaperReading, PaperScan, PaperVerdict
from eventsys.paper.rules import Keying, Values, differing
from eventsys.schemes.models import Aspect
from eventsys.schemes.queries import aspects_of
from eventsys.schemes.tally import Raws, Tally
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.queries import PanelMarks, panel_marks
from eventsys.scoring.signing import plain_values
from eventsys.scoring.states import SheetState
from eventsys.signing import content_digest

PURPOSE = "eventsys-marking-sheet-1"
STAMP_DIGITS = 8
BOTH = 2

# ---- what a sheet of paper stands for


def mark_key(aspect: Aspect) -> str:
    """The key under which the mark of an aspect is kept, as JSON has it."""
    return str(aspect.mark_key)


def raw_of(raws: Raws, aspect: Aspect) -> Decimal | None:
    """What stands for an aspect on a sheet."""
    return raws.get(int(mark_key(aspect)))


def keyed_aspects(track: Track) -> list[Aspect]:
    """What judges mark on paper: not what a machine marks."""
    return list(Tally(aspects_of(track)).by_id.values())


def scheme_stamp(aspects: Sequence[Aspect]) -> str:
    """The scheme in force: its version, and eight digits that are equal for equal aspects."""
    digest = content_digest([_aspect_facts(one) for one in aspects])[:STAMP_DIGITS]
    return f"V{aspects[0].criterion.scheme.version}-{digest}" if aspects else digest


def _aspect_facts(aspect: Aspect) -> list[Any]:
    criterion = aspect.criterion
    return [
        mark_key(aspect),
        criterion.module_code,
        criterion.code,
        aspect.code,
        aspect.kind.value,
        aspect.text,
        f"{aspect.max_points:f}",
        aspect.spec,
    ]


def sheet_content(
    track_id: int, code: str, seat: int, stamp: str, marks: Values | None
) -> dict[str, Any]:
    """Exactly what the digest on a sheet covers; ``marks`` of a blank sheet are ``None``."""
    return {
        "purpose": PURPOSE,
        "track": track_id,
        "code": code,
        "seat": seat,
        "scheme": stamp,
        "filled": marks is not None,
        "marks": dict(marks or {}),
    }


def blank_contents(track: Track) -> list[dict[str, Any]]:
    """One blank sheet for every code and seat, by seat: each judge gets a pile."""
    aspects = aspects_of(track)
    if not aspects:
        return []
    stamp, codes = scheme_stamp(aspects), blind_list(track.id)
    return [
        sheet_content(track.id, one.code, seat.seat, stamp, None)
        for seat in seats_of(track.id)
        if seat.excused_at is None
        for one in codes
    ]


def filled_contents(track: Track, panel: PanelMarks | None = None) -> list[dict[str, Any]]:
    """Every sheet that was handed in and counts, as entered, by code and seat."""
    panel = panel or panel_marks(track)
    stamp = scheme_stamp(panel.tally.aspects)
    numbers = {seat.id: seat.seat for seat in panel.seats}
    return [
        marked_content(track.id, sheet, numbers[sheet.seat_id], stamp, panel)
        for code in sorted(panel.sheets)
        for sheet in panel.counting(code)
        if sheet.state is not SheetState.OPEN
    ]


def marked_content(
    track_id: int, sheet: MarkSheet, seat: int, stamp: str, panel: PanelMarks
) -> dict[str, Any]:
    """One sheet with the marks that stand there now, approved corrections included."""
    return sheet_content(track_id, sheet.code, seat, stamp, plain_values(panel.raws_of(sheet)))


def find_print(track_id: int, digest: str) -> PaperPrint | None:
    """The printed sheet whose digest begins with what somebody read from the paper."""
    found = select(PaperPrint).where(
        PaperPrint.track_id == track_id, PaperPrint.digest.startswith(digest, autoescape=True)
    )
    return session().scalars(found.order_by(PaperPrint.printed_at.desc())).first()


def printed(track_id: int, digests: Sequence[str]) -> dict[str, PaperPrint]:
    """Those of some contents that were printed before, by digest."""
    found = select(PaperPrint).where(
        PaperPrint.track_id == track_id, PaperPrint.digest.in_(digests)
    )
    return {one.digest: one for one in session().scalars(found)}


def prints(print_ids: Sequence[int]) -> list[PaperPrint]:
    """Printed sheets by key, in the order of the keys."""
    found = session().scalars(select(PaperPrint).where(PaperPrint.id.in_(print_ids)))
    by_id = {one.id: one for one in found}
    return [by_id[key] for key in print_ids if key in by_id]


def is_current(one: PaperPrint) -> bool:
    """Whether the sheet would be printed just like this today."""
    track = session().get_one(Track, one.track_id)
    if not one.is_filled:
        stamp = scheme_stamp(aspects_of(track))
        blank = sheet_content(track.id, one.code, one.seat, stamp, None)
        return one.digest == content_digest(blank)
    sheet = sheet_at(track.id, one.code, one.seat)
    return sheet is not None and one.digest == digest_of_sheet(sheet)


# ---- comparing scans with marks


@dataclass(frozen=True)
class PaperLine:
    """One code and seat: the sheet, its digest now, its latest scan and verdict, its keying."""

    code: str
    seat: JudgeSeat
    sheet: MarkSheet
    digest: str
    scan: PaperScan | None
    keying: Keying

    @property
    def is_handed_in(self) -> bool:
        """Whether there are marks to compare with; before that nobody looks into the sheet."""
        return self.sheet.state is not SheetState.OPEN

    @property
    def verdict(self) -> PaperVerdict | None:
        """What the last look at this scan found, if the marks are still those."""
        last = self.scan.verdicts[-1] if self.scan and self.scan.verdicts else None
        return last if last and last.digest == self.digest else None


def paper_lines(track: Track, panel: PanelMarks) -> list[PaperLine]:
    """All codes and seats that count, in six queries for any number of sheets."""
    stamp = scheme_stamp(panel.tally.aspects)
    scans, stages = latest_scans(track.id), keying_stages(track.id)
    seats = {seat.id: seat for seat in panel.seats}
    return [
        PaperLine(
            code=code,
            seat=seats[sheet.seat_id],
            sheet=sheet,
            digest=content_digest(
                marked_content(track.id, sheet, seats[sheet.seat_id].seat, stamp, panel)
            ),
            scan=scans.get(sheet.id),
            keying=stages.get(sheet.id, Keying.NONE),
        )
        for code in sorted(panel.sheets)
        for sheet in panel.counting(code)
    ]


def latest_scans(track_id: int) -> dict[int, PaperScan]:
    """The scan in force of each sheet, with what was found on it."""
    found = session().scalars(
        select(PaperScan)
        .where(PaperScan.track_id == track_id)
        .options(selectinload(PaperScan.verdicts))
        .order_by(PaperScan.version)
    )
    return {scan.sheet_id: scan for scan in found}


def scans_of(sheet_id: int) -> list[PaperScan]:
    """Every scan of one sheet, the latest first."""
    found = select(PaperScan).where(PaperScan.sheet_id == sheet_id)
    return list(
        session().scalars(
            found.options(selectinload(PaperScan.verdicts)).order_by(PaperScan.version.desc())
        )
    )


def digest_of_sheet(sheet: MarkSheet) -> str:
    """The digest of the marks on a sheet as they stand now."""
    panel = panel_marks(sheet.track)
    numbers = {seat.id: seat.seat for seat in panel.seats}
    stamp = scheme_stamp(panel.tally.aspects)
    return content_digest(
        marked_content(sheet.track_id, sheet, numbers[sheet.seat_id], stamp, panel)
    )


# ---- keying


@dataclass(frozen=True)
class KeyingState:
    """The keyings of one sheet in force, by place, and the reading that waits for an answer."""

    keyings: Sequence[PaperKeying] = field(default_factory=tuple)
    reading: PaperReading | None = None

    @property
    def stage(self) -> Keying:
        """How far it is."""
        if not self.keyings:
            return Keying.NONE
        if self.keyings[0].settled_at is not None:
            return Keying.SETTLED
        if len(self.keyings) == 1:
            return Keying.ONE
        return Keying.PROPOSED if self.reading else Keying.DIFFERS

    @property
    def apart(self) -> frozenset[str]:
        """The aspects the two do not agree on; nothing before both have keyed."""
        if len(self.keyings) < BOTH:
            return frozenset()
        return differing(self.keyings[0].values, self.keyings[1].values)

    def of(self, user_id: int | None) -> PaperKeying | None:
        """What this person keyed."""
        return next((one for one in self.keyings if one.user_id == user_id), None)

    def shown_to(self, user_id: int | None, *, chairs: bool = False) -> list[PaperKeying]:
        """What a person may read: one's own; once both have keyed, the two and the chief judge all.

        Before that nobody reads what another keyed, or the second look would be a copy.
        """
        if self.stage in {Keying.DIFFERS, Keying.PROPOSED} and (chairs or self.of(user_id)):
            return list(self.keyings)
        own = self.of(user_id)
        return [own] if own else []


def keying_state(sheet_id: int) -> KeyingState:
    """How far the keying of one sheet is."""
    keyings = session().scalars(
        select(PaperKeying)
        .where(PaperKeying.sheet_id == sheet_id, PaperKeying.discarded_at.is_(None))
        .order_by(PaperKeying.place)
    )
    reading = session().scalar(
        select(PaperReading).where(
            PaperReading.sheet_id == sheet_id, PaperReading.answered_at.is_(None)
        )
    )
    return KeyingState(keyings.all(), reading)


def keying_stages(track_id: int) -> Mapping[int, Keying]:
    """How far the keying of each sheet of a track is; sheets nobody keyed are not in it."""
    by_sheet: defaultdict[int, list[PaperKeying]] = defaultdict(list)
    found = (
        select(PaperKeying)
        .join(PaperKeying.sheet)
        .where(MarkSheet.track_id == track_id, PaperKeying.discarded_at.is_(None))
        .order_by(PaperKeying.place)
    )
    for keying in session().scalars(found):
        by_sheet[keying.sheet_id].append(keying)
    readings = session().scalars(
        select(PaperReading)
        .join(PaperReading.sheet)
        .where(MarkSheet.track_id == track_id, PaperReading.answered_at.is_(None))
    )
    waiting = {one.sheet_id: one for one in readings}
    return {key: KeyingState(keyings, waiting.get(key)).stage for key, keyings in by_sheet.items()}


def sheet_at(track_id: int, code: str, seat: int) -> MarkSheet | None:
    """The sheet of a code and a seat number."""
    return session().scalar(
        select(MarkSheet)
        .join(MarkSheet.seat)
        .where(MarkSheet.track_id == track_id, MarkSheet.code == code, JudgeSeat.seat == seat)
        .options(joinedload(MarkSheet.seat), joinedload(MarkSheet.track))
    )


# ---- where one has paper in one's hands


def tracks_with_paper(actor: Actor) -> list[Track]:
    """The competition tracks whose sheets an actor compares or keys, the latest event first."""
    keys = {
        key
        for permission in (Permission.KEY_PAPER, Permission.CONFIRM)
        for key in actor.scope_ids(permission, ScopeKind.TRACK)
    }
    found = (
        select(Track)
        .join(Track.event)
        .where(Track.id.in_(keys), Event.kind == EventKind.COMPETITION)
        .options(contains_eager(Track.event))
        .order_by(Event.starts_on.desc(), Track.code)
    )
    return list(session().scalars(found))


def sheets_to_key(actor: Actor) -> list[tuple[Track, int]]:
    """Tracks with sheets that wait for this person: keyed once by another, or to be settled."""
    keys = actor.scope_ids(Permission.KEY_PAPER, ScopeKind.TRACK)
    mine = aliased(PaperKeying)
    others = aliased(PaperKeying)
    in_force = (mine.discarded_at.is_(None), mine.settled_at.is_(None))
    involved = select(mine.id).where(
        mine.sheet_id == MarkSheet.id, mine.user_id == actor.user_id, *in_force
    )
    second = select(others.id).where(
        others.sheet_id == MarkSheet.id, others.place == BOTH, others.discarded_at.is_(None)
    )
    keyed = select(PaperKeying.id).where(
        PaperKeying.sheet_id == MarkSheet.id,
        PaperKeying.discarded_at.is_(None),
        PaperKeying.settled_at.is_(None),
    )
    waits = or_(
        and_(keyed.exists(), ~second.exists(), ~involved.exists()),
        and_(second.exists(), involved.exists()),
    )
    found = (
        select(Track, func.count(MarkSheet.id))
        .join(MarkSheet, MarkSheet.track_id == Track.id)
        .where(Track.id.in_(keys), MarkSheet.state == SheetState.OPEN, waits)
        .group_by(Track.id)
        .order_by(Track.code)
    )
    return [(track, number) for track, number in session().execute(found)]
