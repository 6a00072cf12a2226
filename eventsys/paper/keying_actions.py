"""Keying a paper sheet twice, and settling what differs at the paper itself."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import NotThere
from eventsys.identity.policy import Actor, authorize
from eventsys.paper.models import PaperKeying, PaperReading
from eventsys.paper.policy import may_discard_keying, may_key_paper
from eventsys.paper.queries import KeyingState, keyed_aspects, keying_state, mark_key
from eventsys.paper.rules import (
    KeyedAlready,
    KeyedBefore,
    KeyedByTwo,
    Keying,
    MarkedOnTablet,
    NothingToSettle,
    NotOneOfTheTwo,
    OwnReading,
    ReadingStale,
    ReadingWaits,
    SheetNotOpen,
    ValuesMissing,
    check_next_keyer,
    settled,
)
from eventsys.schemes.aspects import check_raw
from eventsys.schemes.models import Aspect
from eventsys.scoring.actions import PAPER, enter_from_paper, is_writable
from eventsys.scoring.chief_actions import check_reason
from eventsys.scoring.confirm_actions import is_same_person
from eventsys.scoring.machine_actions import MACHINE
from eventsys.scoring.models import MarkOperation, MarkSheet


def key_sheet(actor: Actor, sheet: MarkSheet, values: Mapping[str, Decimal]) -> Keying:
    """One person's keying of a whole paper sheet; equal to the first one, it is entered at once."""
    authorize(actor, may_key_paper, sheet.track)
    _hold_open(sheet)
    state = keying_state(sheet.id)
    if state.stage is Keying.SETTLED:
        raise KeyedBefore
    if any(is_same_person(actor, one.user_id) for one in state.keyings):
        raise KeyedAlready
    check_next_keyer([one.user_id for one in state.keyings], actor.user_id or 0)
    if _came_from_tablet(sheet.id):
        raise MarkedOnTablet
    plain = _checked(keyed_aspects(sheet.track), values)

    place = len(state.keyings) + 1
    session().add(
        PaperKeying(
            id=new_id(),
            group_id=sheet.group_id,
            sheet_id=sheet.id,
            place=place,
            user_id=actor.user_id,
            user_name=actor.name,
            values=plain,
            keyed_at=clock.now(),
        )
    )
    session().flush()

    record(actor, "paper.keyed", sheet, code=sheet.code, seat=sheet.seat.seat, number=place)
    state = keying_state(sheet.id)
    if state.stage is Keying.DIFFERS and not state.apart:
        _enter(actor, sheet, state, {})
    return keying_state(sheet.id).stage


def propose_reading(actor: Actor, sheet: MarkSheet, values: Mapping[str, Decimal]) -> PaperReading:
    """One of the two looked at the paper a third time; the other answers."""
    authorize(actor, may_key_paper, sheet.track)
    _hold_open(sheet)
    state = _settling(actor, sheet)
    if state.reading is not None:
        raise ReadingWaits
    wanted = [one for one in keyed_aspects(sheet.track) if mark_key(one) in state.apart]
    plain = _checked(wanted, values)

    made = PaperReading(
        id=new_id(),
        group_id=sheet.group_id,
        sheet_id=sheet.id,
        values=plain,
        proposed_at=clock.now(),
        proposed_by_id=actor.user_id,
        proposed_by=actor.name,
    )
    session().add(made)
    session().flush()

    aspects = [one.code for one in wanted]
    record(actor, "paper.reading_proposed", sheet, code=sheet.code, aspects=aspects)
    return made


def confirm_reading(actor: Actor, sheet: MarkSheet, reading_id: int) -> None:
    """The other of the two read the same on the paper: the sheet is entered."""
    authorize(actor, may_key_paper, sheet.track)
    _hold_open(sheet)
    state, reading = _answering(actor, sheet, reading_id)

    _answer(actor, reading, confirmed=True)
    _enter(actor, sheet, state, reading.values)


def turn_down_reading(actor: Actor, sheet: MarkSheet, reading_id: int) -> None:
    """The other of the two reads something else: both look again."""
    authorize(actor, may_key_paper, sheet.track)
    _hold_open(sheet)
    _state, reading = _answering(actor, sheet, reading_id)

    _answer(actor, reading, confirmed=False)

    record(actor, "paper.reading_turned_down", sheet, code=sheet.code)


def discard_keying(actor: Actor, sheet: MarkSheet, reason: str) -> None:
    """The chief judge throws the keying of an open sheet away, to be begun anew."""
    authorize(actor, may_discard_keying, sheet.track)
    _hold_open(sheet)
    state = keying_state(sheet.id)
    if not state.keyings:
        raise NothingToSettle
    check_reason(reason)
    said = reason.strip()

    moment = clock.now()
    for one in state.keyings:
        one.discarded_at, one.discarded_reason = moment, said
    if state.reading is not None:
        _answer(actor, state.reading, confirmed=False)
    session().flush()

    record(actor, "paper.keying_discarded", sheet, code=sheet.code, reason=said)


# ---- steps of the above


def _hold_open(sheet: MarkSheet) -> None:
    """One person at a time settles a sheet; it is read afresh and must be open."""
    session().refresh(sheet, with_for_update={"of": MarkSheet})
    if not is_writable(sheet):
        raise SheetNotOpen


def _came_from_tablet(sheet_id: int) -> bool:
    tapped = select(MarkOperation.id).where(
        MarkOperation.sheet_id == sheet_id, MarkOperation.device.not_in((PAPER, MACHINE))
    )
    return session().scalar(tapped.limit(1)) is not None


def _checked(aspects: list[Aspect], values: Mapping[str, Decimal]) -> dict[str, str]:
    """The values as kept: one of each aspect, each possible for its kind."""
    known = {mark_key(one): one for one in aspects}
    missing = [one.code for key, one in known.items() if key not in values]
    if missing:
        raise ValuesMissing(codes=", ".join(missing))
    if values.keys() - known.keys():
        raise NotThere
    for key, raw in values.items():
        check_raw(known[key].code, known[key].kind, raw)
    return {key: f"{raw.normalize() + 0:f}" for key, raw in values.items()}


def _settling(actor: Actor, sheet: MarkSheet) -> KeyingState:
    state = keying_state(sheet.id)
    if state.stage not in {Keying.DIFFERS, Keying.PROPOSED}:
        raise NothingToSettle
    if state.of(actor.user_id) is None:
        raise NotOneOfTheTwo
    return state


def _answering(actor: Actor, sheet: MarkSheet, reading_id: int) -> tuple[KeyingState, PaperReading]:
    state = _settling(actor, sheet)
    if state.reading is None:
        raise NothingToSettle
    if state.reading.id != reading_id:
        raise ReadingStale
    if state.reading.proposed_by_id == actor.user_id:
        raise OwnReading
    return state, state.reading


def _answer(actor: Actor, reading: PaperReading, *, confirmed: bool) -> None:
    reading.answered_at, reading.answered_by = clock.now(), actor.name
    reading.is_confirmed = confirmed
    session().flush()


def _enter(actor: Actor, sheet: MarkSheet, state: KeyingState, reading: Mapping[str, str]) -> None:
    """Both read the same everywhere: hand the sheet in for its judge."""
    first, second = state.keyings
    if first.user_id == second.user_id:
        raise KeyedByTwo
    values = settled(first.values, second.values, reading)
    raws = {int(key): Decimal(text) for key, text in values.items()}
    keyed_by = {one.user_id: one.user_name for one in (first, second)}
    enter_from_paper(actor, sheet, raws, keyed_by)
    for one in (first, second):
        one.settled_at = clock.now()
    session().flush()
