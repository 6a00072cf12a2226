"""Checking in and undoing it, ending a check-in, signing in for half days, correcting them."""

from dataclasses import dataclass

from sqlalchemy import select

from eventsys import clock
from eventsys.attendance import queries
from eventsys.attendance.models import Arrival, CheckInEnd, SignIn
from eventsys.attendance.policy import (
    may_check_in,
    may_correct,
    may_end_check_in,
    may_sign_in_self,
    may_undo,
)
from eventsys.attendance.rules import (
    CheckInOver,
    HalfDayKey,
    NoHalfDays,
    SignInMethod,
    WrongKind,
    check_approved,
    check_reason,
    check_window,
    current_half_day,
    half_day_named,
    key_of,
)
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import Conflict
from eventsys.events.models import Track
from eventsys.events.rules import EventKind, TrainingRules
from eventsys.identity.policy import Actor, authorize
from eventsys.registration.models import Entry


@dataclass(frozen=True)
class Checked:
    """The row that says somebody is here, and whether this scan made it or found it."""

    row: Arrival | SignIn
    is_first: bool


def check_ticket(actor: Actor, entry: Entry) -> Checked:
    """What a scan at the desk does: a check-in, or in a class the sign-in for the half day."""
    if entry.track.event.kind is EventKind.TRAINING:
        return sign_in_by_scan(actor, entry)
    return check_in(actor, entry)


def check_in(actor: Actor, entry: Entry) -> Checked:
    """Note that an entry is here. Scanned twice, the first scan stands and is given back."""
    authorize(actor, may_check_in, entry.track)

    _lock(entry.track_id)
    if entry.track.event.kind is EventKind.TRAINING:
        raise WrongKind
    found = queries.arrival_of(entry.id)
    if found is not None:
        return Checked(found, is_first=False)
    _check_approved(entry)
    _check_open(entry.track)

    arrival = Arrival(
        id=new_id(),
        group_id=entry.group_id,
        entry_id=entry.id,
        at=clock.now(),
        by_id=actor.user_id,
        by_name=actor.name,
    )
    session().add(arrival)
    session().flush()

    record(actor, "entry.checked_in", entry)
    return Checked(arrival, is_first=True)


def undo_check_in(actor: Actor, arrival: Arrival, reason: str) -> None:
    """Take back a wrong check-in; who was checked in by whom stays on record."""
    authorize(actor, may_undo, arrival)

    given = check_reason(reason)
    entry = arrival.entry
    _lock(entry.track_id)
    _check_open(entry.track)

    session().delete(arrival)

    record(actor, "check_in.undone", entry, at=arrival.at, by=arrival.by_name, reason=given)


def end_check_in(actor: Actor, track: Track) -> None:
    """Close the doors of a track: whoever is not here now gets no code."""
    authorize(actor, may_end_check_in, track)

    _lock(track.id)
    _check_open(track)

    session().add(
        CheckInEnd(
            id=new_id(),
            group_id=track.group_id,
            track_id=track.id,
            at=clock.now(),
            by_name=actor.name,
        )
    )
    session().flush()

    record(actor, "check_in.ended", track)


def sign_in_by_scan(actor: Actor, entry: Entry) -> Checked:
    """Sign a trainee in for the half day that is open now, from the ticket."""
    authorize(actor, may_check_in, entry.track)

    rules = _class_rules(entry.track)
    key = key_of(current_half_day(rules.half_days, clock.now()))
    return _sign_in(actor, entry, key, SignInMethod.SCANNED)


def sign_in_self(actor: Actor, entry: Entry, key: HalfDayKey) -> Checked:
    """Sign oneself in for a half day, within its window."""
    authorize(actor, may_sign_in_self, entry)

    half_day_named(_class_rules(entry.track).half_days, key)
    check_window(key, clock.now())
    return _sign_in(actor, entry, key, SignInMethod.SELF)


def _sign_in(actor: Actor, entry: Entry, key: HalfDayKey, method: SignInMethod) -> Checked:
    _lock(entry.track_id)
    _check_approved(entry)
    found = queries.sign_in_of(entry.id, key)
    if found is not None:
        return Checked(found, is_first=False)

    made = _add_sign_in(actor, entry, key, method)

    record(actor, "half_day.signed", entry, on=key.on, part=key.part, method=method)
    return Checked(made, is_first=True)


def _add_sign_in(
    actor: Actor, entry: Entry, key: HalfDayKey, method: SignInMethod, reason: str = ""
) -> SignIn:
    made = SignIn(
        id=new_id(),
        group_id=entry.group_id,
        entry_id=entry.id,
        on=key.on,
        part=key.part,
        at=clock.now(),
        by_id=actor.user_id,
        by_name=actor.name,
        method=method,
        reason=reason,
    )
    session().add(made)
    session().flush()
    return made


def correct_half_day(
    actor: Actor, entry: Entry, key: HalfDayKey, *, present: bool, reason: str
) -> None:
    """Enter a trainee for a half day by hand, or take the sign-in out; with the reason."""
    authorize(actor, may_correct, entry.track)

    given = check_reason(reason)
    half_day_named(_class_rules(entry.track).half_days, key)
    _lock(entry.track_id)
    _check_approved(entry)
    found = queries.sign_in_of(entry.id, key)
    if (found is not None) == present:
        raise Conflict

    if found is None:
        _add_sign_in(actor, entry, key, SignInMethod.BY_HAND, given)
    else:
        session().delete(found)

    record(
        actor, "half_day.corrected", entry, on=key.on, part=key.part, present=present, reason=given
    )


def _lock(track_id: int) -> None:
    """One check-in at a time in a track, and none beside the draw of its codes."""
    session().scalar(select(Track.id).where(Track.id == track_id).with_for_update(key_share=True))


def _check_approved(entry: Entry) -> None:
    session().refresh(entry, ["state"])
    check_approved(entry.state)


def _check_open(track: Track) -> None:
    over = queries.check_in_end(track.id)
    if over is not None:
        raise CheckInOver(track=track.name, moment=over.shown)


def _class_rules(track: Track) -> TrainingRules:
    rules = track.rules
    if not isinstance(rules, TrainingRules):
        raise NoHalfDays
    return rules
