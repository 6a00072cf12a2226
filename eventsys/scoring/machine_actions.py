"""Marks from an examination machine: a whole file or nothing, onto every judge's sheet of a code.

They stand in the same store as the judges' marks, so the lock holds for them too.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.events.models import Track
from eventsys.identity.policy import Actor, authorize
from eventsys.schemes.aspects import AspectKind, check_machine_mark
from eventsys.schemes.models import Aspect
from eventsys.schemes.policy import may_import_machine_marks
from eventsys.schemes.queries import aspects_of
from eventsys.schemes.writing import freeze_scheme
from eventsys.scoring.chief_actions import check_open_marks
from eventsys.scoring.models import Mark, MarkOperation, MarkSheet
from eventsys.scoring.queries import marks_of_sheets
from eventsys.scoring.states import SheetState

MACHINE = "machine"

MachineMarks = Mapping[str, Mapping[str, Decimal]]
"""The machine's marks by work code and aspect code."""


class NoMachineAspects(RuleBroken):
    message = N_(
        "No aspect of this scheme is marked by machine. Give an aspect that type before the first "
        "mark."
    )


class CodesUnknown(RuleBroken):
    message = N_(
        "No sheets were dealt for these work codes: %(codes)s. Correct the file; nothing was saved."
    )


class CodesMissing(RuleBroken):
    message = N_(
        "The file has no marks for %(codes)s. Add them, or ask the chief judge to set these codes "
        "aside; nothing was saved."
    )


class SheetsConfirmed(Conflict):
    message = N_(
        "The file changes marks of %(codes)s, whose sheets are confirmed already. The chief judge "
        "returns these sheets first; nothing was saved."
    )


@dataclass(frozen=True)
class _Change:
    """One sheet that gets another mark than it has."""

    sheet: MarkSheet
    aspect: Aspect
    mark: Mark | None
    raw: Decimal


def machine_aspects(track: Track) -> list[Aspect]:
    """The aspects in force that a machine marks, in order."""
    return [one for one in aspects_of(track) if one.kind is AspectKind.MACHINE]


def import_machine_marks(actor: Actor, track: Track, marks: MachineMarks) -> int:
    """Take the machine's marks for all codes at once; how many sheets changed.

    Every code that counts must be there with every machine aspect. A value that stands already is
    left as it is, so that the same file twice changes nothing.
    """
    authorize(actor, may_import_machine_marks, track)
    check_open_marks(track.id)
    aspects = machine_aspects(track)
    if not aspects:
        raise NoMachineAspects
    sheets = _held_sheets(track)
    _check_codes(sheets, aspects, marks)
    changes = _changes(sheets, aspects, marks)
    confirmed = {
        one.sheet.code
        for one in changes
        if one.sheet.state is not SheetState.OPEN and one.sheet.state is not SheetState.SUBMITTED
    }
    if confirmed:
        raise SheetsConfirmed(codes=", ".join(sorted(confirmed)))

    moment = clock.now()
    for change in changes:
        _put(actor, change, moment)
    for sheet in {one.sheet.id: one.sheet for one in changes}.values():
        sheet.version += 1
    if changes:
        freeze_scheme(track)

    values = {
        code: {key: f"{raw:f}" for key, raw in sorted(some.items())}
        for code, some in sorted(marks.items())
    }
    record(actor, "marks.imported_from_machine", track, changed=len(changes), marks=values)
    return len({one.sheet.id for one in changes})


def _held_sheets(track: Track) -> list[MarkSheet]:
    found = select(MarkSheet).where(MarkSheet.track_id == track.id).order_by(MarkSheet.id)
    return list(
        session().scalars(
            found.with_for_update(of=MarkSheet).execution_options(populate_existing=True)
        )
    )


def _check_codes(
    sheets: Sequence[MarkSheet], aspects: Sequence[Aspect], marks: MachineMarks
) -> None:
    dealt = {sheet.code for sheet in sheets}
    counting = {sheet.code for sheet in sheets if not sheet.void_reason}
    unknown = sorted(set(marks) - dealt)
    if unknown:
        raise CodesUnknown(codes=", ".join(unknown))
    codes = [one.code for one in aspects]
    missing = sorted(code for code in counting if set(codes) - set(marks.get(code, {})))
    if missing:
        raise CodesMissing(codes=", ".join(missing))
    for given in marks.values():
        for aspect in aspects:
            if aspect.code in given:
                check_machine_mark(aspect.code, aspect.max_points, given[aspect.code])


def _changes(
    sheets: Sequence[MarkSheet], aspects: Sequence[Aspect], marks: MachineMarks
) -> list[_Change]:
    kept = marks_of_sheets([sheet.id for sheet in sheets])
    found = []
    for sheet in sheets:
        own = {one.aspect_id: one for one in kept.get(sheet.id, ())}
        given = marks.get(sheet.code, {})
        for aspect in (one for one in aspects if one.code in given):
            mark = own.get(aspect.mark_key)
            if mark is None or mark.raw != given[aspect.code]:
                found.append(_Change(sheet, aspect, mark, given[aspect.code]))
    return found


def _put(actor: Actor, change: _Change, moment: datetime) -> None:
    """An operation like a judge's, from the device ``machine``; it saw whatever stood there."""
    mark, sheet = change.mark, change.sheet
    if mark is None:
        mark = Mark(
            id=new_id(),
            group_id=sheet.group_id,
            sheet_id=sheet.id,
            aspect_id=change.aspect.mark_key,
            version=0,
            heads=[],
        )
        session().add(mark)
    operation = MarkOperation(
        id=new_id(),
        group_id=sheet.group_id,
        sheet_id=sheet.id,
        op=str(uuid.uuid4()),
        aspect_id=change.aspect.mark_key,
        raw=change.raw,
        seen=[head["op"] for head in mark.heads],
        device=MACHINE,
        by_id=actor.user_id,
        by_name=actor.name,
        at=moment,
    )
    session().add(operation)
    raw, at = f"{change.raw:f}", moment.isoformat()
    head = {"op": operation.op, "raw": raw, "at": at, "device": MACHINE, "by": actor.name}
    mark.raw, mark.at, mark.is_contested, mark.heads = change.raw, moment, False, [head]
    mark.version += 1
