"""Marking a coded entry, submitting and returning sheets, signing off."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import changed, new_id, session
from eventsys.errors import N_, Conflict, NotThere, RuleBroken
from eventsys.events.models import Track
from eventsys.identity.policy import Actor, authorize
from eventsys.rounding import round_half_up
from eventsys.schemes.aspects import check_raw
from eventsys.schemes.models import Aspect, Scheme
from eventsys.schemes.queries import aspects_of, sums_of
from eventsys.schemes.rules import check_sums
from eventsys.schemes.tally import Tally
from eventsys.scoring.models import Mark, MarkOperation, MarkSheet
from eventsys.scoring.policy import may_mark
from eventsys.scoring.queries import marks_of
from eventsys.scoring.states import MOVES, SheetState
from eventsys.states import check_move


class SheetClosed(Conflict):
    message = N_(
        "The sheet is closed, so this was not entered. Ask the chief judge to return the sheet."
    )


class StaleMark(Conflict):
    """``raw`` and ``version`` say what stands there now."""

    message = N_(
        "Aspect %(code)s was marked meanwhile on another device. Choose which value holds."
    )


class OperationReused(RuleBroken):
    message = N_(
        "This delivery carries the number of another one. Reload the page and enter again."
    )


class SheetChanged(Conflict):
    message = N_(
        "Marks on this sheet changed meanwhile on another device. Look at it once more and submit"
        " again."
    )


class MarksMissing(RuleBroken):
    message = N_("Not marked yet: %(codes)s. Mark every aspect, then submit.")


@dataclass(frozen=True)
class Tap:
    """What a tablet sends: its own id, the aspect, the value, the version the judge looked at."""

    op: str
    aspect_id: int
    raw: Decimal | None
    seen: int


def save_mark(actor: Actor, sheet: MarkSheet, tap: Tap) -> dict[str, Any]:
    """Write one value; the same tap again gets the same answer and changes nothing."""
    authorize(actor, may_mark, sheet)
    hold_sheet(sheet)
    known = session().scalar(
        select(MarkOperation).where(MarkOperation.sheet_id == sheet.id, MarkOperation.op == tap.op)
    )
    if known is not None:
        if (known.aspect_id, known.raw) != (tap.aspect_id, tap.raw):
            raise OperationReused
        return known.answer
    if sheet.state is not SheetState.OPEN or sheet.void_reason:
        raise SheetClosed
    tally = Tally(aspects_of(sheet.track))
    aspect = _aspect(tally, tap)
    marks = marks_of(sheet.id)
    before = marks.get(aspect.id)
    if tap.seen != (before.version if before else 0):
        raise StaleMark(
            code=aspect.code, raw=before.raw if before else None, version=_version(before)
        )

    _freeze(sheet.track)
    old = before.raw if before else None
    marks[aspect.id] = mark = _write(sheet, aspect, before, tap.raw)
    sheet.version += 1
    answer = _answer(tally, sheet, mark, marks)
    session().add(_operation(sheet, tap, tap.op, answer))

    record(actor, "mark.entered", sheet, aspect=aspect.code, before=old, after=tap.raw)
    return answer


def keep_late_tap(actor: Actor, sheet: MarkSheet, tap: Tap) -> None:
    """Keep a tap that came too late, so that nothing is lost; it changes no mark."""
    authorize(actor, may_mark, sheet)
    hold_sheet(sheet)
    _aspect(Tally(aspects_of(sheet.track)), tap)
    op = f"!{tap.op}"
    same = select(MarkOperation.id).where(
        MarkOperation.sheet_id == sheet.id, MarkOperation.op == op
    )
    if session().scalar(same) is not None:
        return

    late = _operation(sheet, tap, op, {})
    late.is_late = True
    session().add(late)

    record(actor, "mark.came_late", sheet, aspect=tap.aspect_id, value=tap.raw)


def submit_sheet(actor: Actor, sheet: MarkSheet, seen: int) -> None:
    """Hand in a sheet on which every aspect is marked, as the judge last saw it."""
    authorize(actor, may_mark, sheet)
    hold_sheet(sheet)
    check_move(MOVES, sheet.state, SheetState.SUBMITTED)
    if sheet.void_reason:
        raise SheetClosed
    if seen != sheet.version:
        raise SheetChanged
    tally = Tally(aspects_of(sheet.track))
    raws = {key: mark.raw for key, mark in marks_of(sheet.id).items() if mark.raw is not None}
    missing = tally.missing(raws)
    if missing:
        raise MarksMissing(codes=", ".join(missing))

    sheet.state, sheet.submitted_at = SheetState.SUBMITTED, clock.now()
    sheet.returned_reason = ""
    sheet.version += 1

    total = round_half_up(tally.total(raws), 2)
    record(actor, "sheet.submitted", sheet, code=sheet.code, total=total)


# ---- steps of the above


def hold_sheet(sheet: MarkSheet) -> None:
    """One device at a time writes on a sheet; the sheet is read afresh."""
    session().refresh(sheet, with_for_update={"of": MarkSheet})


def _aspect(tally: Tally, tap: Tap) -> Aspect:
    aspect = tally.by_id.get(tap.aspect_id)
    if aspect is None:
        raise NotThere
    if tap.raw is not None:
        check_raw(aspect.code, aspect.kind, tap.raw)
    return aspect


def _version(mark: Mark | None) -> int:
    return mark.version if mark else 0


def _freeze(track: Track) -> None:
    """The first mark freezes the scheme, which must then be complete."""
    frozen = (
        update(Scheme)
        .where(Scheme.track_id == track.id, Scheme.frozen_at.is_(None))
        .values(frozen_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if changed(frozen):
        check_sums(sums_of(track))


def _write(sheet: MarkSheet, aspect: Aspect, mark: Mark | None, raw: Decimal | None) -> Mark:
    if mark is None:
        mark = Mark(
            id=new_id(), group_id=sheet.group_id, sheet_id=sheet.id, aspect_id=aspect.id, version=0
        )
        session().add(mark)
    mark.raw, mark.at = raw, clock.now()
    mark.version += 1
    return mark


def _operation(sheet: MarkSheet, tap: Tap, op: str, answer: dict[str, Any]) -> MarkOperation:
    return MarkOperation(
        group_id=sheet.group_id,
        sheet_id=sheet.id,
        op=op,
        aspect_id=tap.aspect_id,
        raw=tap.raw,
        answer=answer,
        at=clock.now(),
    )


def _answer(tally: Tally, sheet: MarkSheet, mark: Mark, marks: dict[int, Mark]) -> dict[str, Any]:
    """What the tablet is told: exact points as a fraction, what is still missing, versions."""
    raws = {key: one.raw for key, one in marks.items() if one.raw is not None}
    aspect = tally.by_id[mark.aspect_id]
    return {
        "aspect": aspect.id,
        "version": mark.version,
        "points": None if mark.raw is None else str(tally.points(aspect, mark.raw)),
        "total": str(round_half_up(tally.total(raws), 2)),
        "missing": tally.missing(raws),
        "sheet_version": sheet.version,
    }
