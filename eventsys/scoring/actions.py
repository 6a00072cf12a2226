"""Marking coded entries on any number of devices, and submitting sheets."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import or_, select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import N_, Conflict, DomainError, NotThere, RuleBroken
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.panels.models import JudgeSeat
from eventsys.rounding import round_half_up
from eventsys.schemes.aspects import check_raw
from eventsys.schemes.queries import aspects_marked, aspects_of, competition_rules
from eventsys.schemes.tally import Tally
from eventsys.schemes.writing import freeze_scheme
from eventsys.scoring.deliveries import Book, Delivery, Receipt, Tap, Told, given_by
from eventsys.scoring.models import Mark, MarkOperation, MarkSheet
from eventsys.scoring.policy import may_deliver, may_judge, may_key_paper, may_mark, may_sign_off
from eventsys.scoring.queries import marks_of
from eventsys.scoring.registers import Given, Register, sees_itself
from eventsys.scoring.signing import UNSIGNED, Hand, sign_sheet, written_by
from eventsys.scoring.states import MOVES, SHEET_LABELS, SheetState
from eventsys.states import check_move

MOST_SEEN = 50
PAPER = "paper"


class SheetClosed(Conflict):
    message = N_(
        "The sheet is closed, so this was not entered. Ask the chief judge to return the sheet."
    )


class JudgesNoMore(Conflict):
    message = N_(
        "You no longer judge on this panel. What arrives now is kept as evidence and counts for"
        " nothing. Tell the chief judge, and hand the device back."
    )


class OperationReused(RuleBroken):
    message = N_(
        "This delivery carries the number of another one. Reload the page and enter again."
    )


class OperationUnfit(RuleBroken):
    message = N_("The mark did not arrive as it was sent. Reload the page and enter it again.")


class SheetChanged(Conflict):
    message = N_(
        "Marks on this sheet changed meanwhile on another device. Look at it once more and submit"
        " again."
    )


class MarksMissing(RuleBroken):
    message = N_("Not marked yet: %(codes)s. Mark every aspect, then submit.")


class MarksContested(RuleBroken):
    message = N_(
        "Two devices gave different values for %(codes)s. Choose which one holds, then submit."
    )


class ContestMoved(Conflict):
    message = N_("These values changed meanwhile. Look at them once more and choose again.")


def save_marks(
    actor: Actor, seat: JudgeSeat, given: Mapping[str, Sequence[Tap]], device: str = ""
) -> Delivery:
    """Take what a tablet delivers for its judge's sheets, by code; one answer to each operation.

    Nothing overwrites what its judge had not seen: values that nobody compared stand side by side
    as contested. What is refused is kept nowhere; what comes after the end is kept and not applied.
    So is everything of a judge who was excused or whose office ended: it may have been entered
    before, and it counts for nothing.
    """
    authorize(actor, may_deliver, seat)
    sheets = _held_sheets(seat, given)
    book = _open_book(actor, seat.track, list(sheets.values()), given, device)
    book.is_over = not may_judge(actor, seat)

    receipts = [
        _receive(book, sheets.get(code), tap) for code, taps in given.items() for tap in taps
    ]
    if book.applied and not book.is_frozen:
        freeze_scheme(seat.track)

    return Delivery(receipts, sheets, book.tally, list(book.marks.values()))


def save_mark(actor: Actor, sheet: MarkSheet, tap: Tap, device: str = "") -> Receipt:
    """Take one operation, by the same way; a refusal is raised."""
    authorize(actor, may_mark, sheet)
    receipt = save_marks(actor, sheet.seat, {sheet.code: [tap]}, device).receipts[0]
    if receipt.refusal is not None:
        raise receipt.refusal
    return receipt


def settle_contest(
    actor: Actor, sheet: MarkSheet, aspect_id: int, chosen: str, seen: frozenset[str]
) -> None:
    """The chief judge lets one of the contested values hold; ``seen`` are those looked at."""
    authorize(actor, may_sign_off, sheet.track)
    hold_sheet(sheet)
    if not is_writable(sheet):
        raise SheetClosed
    book = _open_book(actor, sheet.track, [sheet], {}, "", aspects=[aspect_id])
    register = book.register(sheet, aspect_id)
    heads = {head.op: head for head in register.heads}
    if not register.is_contested or frozenset(heads) != seen or chosen not in heads:
        raise ContestMoved

    tap = Tap(str(uuid.uuid4()), aspect_id, heads[chosen].raw, seen)
    _apply(book, sheet, tap)

    values = [head.raw for head in register.heads]
    aspect = book.by_id[aspect_id].code
    record(actor, "mark.settled", sheet, aspect=aspect, among=values, holds=tap.raw)


def submit_sheet(actor: Actor, sheet: MarkSheet, seen: int, hand: Hand = UNSIGNED) -> None:
    """Hand in a sheet on which every aspect is marked, as the judge last saw it; signed by hand.

    Unsigned it is taken unless the ruleset asks for signatures.
    """
    authorize(actor, may_mark, sheet)
    hold_sheet(sheet)
    check_move(MOVES, SHEET_LABELS, sheet.state, SheetState.SUBMITTED)
    if sheet.void_reason:
        raise SheetClosed
    if seen != sheet.version:
        raise SheetChanged
    raws = _complete(sheet)
    needed = competition_rules(sheet.track).drawn_signatures
    written = written_by(session().get(User, actor.user_id), hand, needed=needed)

    sheet.state, sheet.submitted_at = SheetState.SUBMITTED, clock.now()
    sheet.returned_reason = ""
    sheet.version += 1
    if written:
        sign_sheet(actor, sheet, raws, written)

    total = round_half_up(Tally(aspects_of(sheet.track)).total(raws), 2)
    record(actor, "sheet.submitted", sheet, code=sheet.code, total=total)


def enter_from_paper(
    actor: Actor, sheet: MarkSheet, raws: Mapping[int, Decimal], keyed_by: Mapping[int, str]
) -> None:
    """Hand a sheet in for its judge with what two people (``keyed_by``) keyed from the paper.

    Every value is an operation like a tap, from the device ``paper``; it saw whatever stood there.
    """
    authorize(actor, may_key_paper, sheet.track)
    hold_sheet(sheet)
    if not is_writable(sheet):
        raise SheetClosed
    book = _open_book(actor, sheet.track, [sheet], {}, PAPER, aspects=raws)
    taps = [
        Tap(
            str(uuid.uuid4()),
            key,
            raw,
            frozenset(one.op for one in book.register(sheet, key).heads),
        )
        for key, raw in raws.items()
    ]
    for tap in taps:
        _check(book, tap)

    for tap in taps:
        _apply(book, sheet, tap)
    freeze_scheme(sheet.track)
    session().flush()
    total = round_half_up(Tally(aspects_of(sheet.track)).total(_complete(sheet)), 2)
    sheet.state, sheet.submitted_at = SheetState.SUBMITTED, book.moment
    sheet.keyed_by_id, sheet.keyed_with_id = sorted(keyed_by)
    sheet.returned_reason = ""
    sheet.version += 1

    names = sorted(keyed_by.values())
    record(actor, "sheet.keyed", sheet, code=sheet.code, people=names, total=total)


# ---- steps of the above


def hold_sheet(sheet: MarkSheet) -> None:
    """One device at a time writes on a sheet; the sheet is read afresh."""
    session().refresh(sheet, with_for_update={"of": MarkSheet})


def is_writable(sheet: MarkSheet) -> bool:
    """Whether marks may be put on a sheet; those of an excused judge stay as they were."""
    counts = not sheet.void_reason and sheet.seat.excused_at is None
    return counts and sheet.state is SheetState.OPEN


def _held_sheets(seat: JudgeSeat, codes: Iterable[str]) -> dict[str, MarkSheet]:
    """The sheets of a delivery, read afresh and locked in the order of their keys."""
    found = (
        select(MarkSheet)
        .where(MarkSheet.seat_id == seat.id, MarkSheet.code.in_(list(codes)))
        .order_by(MarkSheet.id)
        .with_for_update(of=MarkSheet)
        .execution_options(populate_existing=True)
    )
    return {sheet.code: sheet for sheet in session().scalars(found)}


def _open_book(
    actor: Actor,
    track: Track,
    sheets: Sequence[MarkSheet],
    given: Mapping[str, Sequence[Tap]],
    device: str,
    *,
    aspects: Iterable[int] = (),
) -> Book:
    """Everything a delivery can touch and no more, in three queries for any number of taps."""
    taps = [tap for some in given.values() for tap in some]
    keys = {tap.aspect_id for tap in taps} | set(aspects)
    ids = [sheet.id for sheet in sheets]
    touched = MarkOperation.sheet_id.in_(ids) & MarkOperation.aspect_id.in_(keys)
    operations = session().scalars(
        select(MarkOperation).where(or_(touched, MarkOperation.op.in_([tap.op for tap in taps])))
    )
    marks = session().scalars(select(Mark).where(Mark.sheet_id.in_(ids), Mark.aspect_id.in_(keys)))
    tally = Tally(aspects_marked(track, keys))
    return Book(
        actor,
        device,
        clock.now(),
        tally,
        {one.op: one for one in operations},
        {(mark.sheet_id, mark.aspect_id): mark for mark in marks},
        by_id=tally.by_id,
    )


def _receive(book: Book, sheet: MarkSheet | None, tap: Tap) -> Receipt:
    try:
        if sheet is None:
            raise NotThere
        known = book.operations.get(tap.op)
        if known is not None:
            return _told_again(known, sheet, tap)
        _check(book, tap)
        if book.is_over or sheet.state is not SheetState.OPEN or sheet.void_reason:
            return _keep_late(book, sheet, tap)
    except DomainError as refusal:
        return Receipt(tap.op, Told.REFUSED, refusal)

    before = book.marks.get((sheet.id, tap.aspect_id))
    old = before.raw if before else None
    register = _apply(book, sheet, tap)

    code, contested = book.by_id[tap.aspect_id].code, register.is_contested
    facts = {"contested": True} if contested else {}
    record(book.actor, "mark.entered", sheet, aspect=code, before=old, after=tap.raw, **facts)
    return Receipt(tap.op, Told.CONTESTED if contested else Told.APPLIED)


def _told_again(known: MarkOperation, sheet: MarkSheet, tap: Tap) -> Receipt:
    kept = (known.sheet_id, known.aspect_id, known.raw, frozenset(known.seen))
    if kept != (sheet.id, tap.aspect_id, tap.raw, tap.seen):
        raise OperationReused
    return Receipt(tap.op, Told.LATE if known.is_late else Told.DUPLICATE)


def _check(book: Book, tap: Tap) -> None:
    aspect = book.by_id.get(tap.aspect_id)
    if aspect is None:
        raise NotThere
    if tap.raw is not None:
        check_raw(aspect.code, aspect.kind, tap.raw)
    known = {op: given_by(one) for op, one in book.operations.items()}
    if len(tap.seen) > MOST_SEEN or sees_itself(Given(tap.op, tap.raw, tap.seen), known):
        raise OperationUnfit


def _keep_late(book: Book, sheet: MarkSheet, tap: Tap) -> Receipt:
    """Evidence: the sheet was closed when this arrived."""
    _keep(book, sheet, tap, is_late=True)
    aspect = book.by_id[tap.aspect_id].code
    record(book.actor, "mark.came_late", sheet, aspect=aspect, value=tap.raw)
    return Receipt(tap.op, Told.LATE, JudgesNoMore() if book.is_over else None)


def _apply(book: Book, sheet: MarkSheet, tap: Tap) -> Register:
    """Add the operation and draw from all of them what holds now."""
    _keep(book, sheet, tap, is_late=False)
    mark = book.marks.get((sheet.id, tap.aspect_id))
    if mark is None:
        mark = Mark(
            id=new_id(),
            group_id=sheet.group_id,
            sheet_id=sheet.id,
            aspect_id=tap.aspect_id,
            version=0,
        )
        session().add(mark)
        book.marks[sheet.id, tap.aspect_id] = mark
    register = book.register(sheet, tap.aspect_id)
    mark.raw, mark.is_contested = register.raw, register.is_contested
    mark.heads = [_as_shown(book.operations[head.op]) for head in register.heads]
    mark.at = book.moment
    mark.version += 1
    sheet.version += 1
    book.applied += 1
    return register


def _keep(book: Book, sheet: MarkSheet, tap: Tap, *, is_late: bool) -> None:
    kept = MarkOperation(
        id=new_id(),
        group_id=sheet.group_id,
        sheet_id=sheet.id,
        op=tap.op,
        aspect_id=tap.aspect_id,
        raw=tap.raw,
        seen=sorted(tap.seen),
        is_late=is_late,
        device=book.device,
        by_id=book.actor.user_id,
        by_name=book.actor.name,
        at=book.moment,
    )
    session().add(kept)
    book.operations[tap.op] = kept


def _as_shown(kept: MarkOperation) -> dict[str, str | None]:
    raw = None if kept.raw is None else f"{kept.raw:f}"
    at = kept.at.isoformat()
    return {"op": kept.op, "raw": raw, "at": at, "device": kept.device, "by": kept.by_name}


def _complete(sheet: MarkSheet) -> dict[int, Decimal]:
    """The raw values of a sheet on which nothing is missing or contested."""
    tally = Tally(aspects_of(sheet.track))
    marks = marks_of(sheet.id)
    contested = [
        aspect.code
        for key, aspect in tally.by_id.items()
        if key in marks and marks[key].is_contested
    ]
    if contested:
        raise MarksContested(codes=", ".join(contested))
    raws = {key: mark.raw for key, mark in marks.items() if mark.raw is not None}
    missing = tally.missing(raws)
    if missing:
        raise MarksMissing(codes=", ".join(missing))
    return raws
