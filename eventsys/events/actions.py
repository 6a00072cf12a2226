"""Preparing events and tracks, publishing them, and the moves of their life."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.catalogue.models import CertificateLevel
from eventsys.db import new_id, session
from eventsys.errors import N_, RuleBroken
from eventsys.events.checks import check_rules, selection_problems
from eventsys.events.models import Event, Ruleset, Track
from eventsys.events.policy import may_create_events, may_manage_event, may_manage_track
from eventsys.events.queries import code_taken, track_code_taken, tracks_of
from eventsys.events.rules import (
    MOVES,
    STATE_LABELS,
    DaysUpsideDown,
    EventKind,
    EventState,
    ExamRules,
    ResultsDueTooEarly,
    Rules,
    RulesetFrozen,
    RulesetUnfit,
    TrainingRules,
    WindowOver,
    WindowUpsideDown,
    digest_of,
    to_plain,
)
from eventsys.groups.models import Unit
from eventsys.identity.actions import ReasonMissing
from eventsys.identity.policy import Actor, authorize
from eventsys.states import WrongState

REASON_LEAST = 5


class EventCodeTaken(RuleBroken):
    field = "code"
    message = N_("Another event has the code %(code)s. Choose another one.")


class TrackCodeTaken(RuleBroken):
    field = "code"
    message = N_("Another part of this event has the code %(code)s. Choose another one.")


class HostUnknown(RuleBroken):
    field = "host"
    message = N_("This unit is not in your group. Choose the host from the list.")


class LevelUnknown(RuleBroken):
    field = "level"
    message = N_("This certificate level is not in your catalogue. Choose one from the list.")


class CapacityMissing(RuleBroken):
    field = "capacity"
    message = N_("There must be at least one place in all. Enter how many entries you can take.")


class NothingToEnter(RuleBroken):
    message = N_("There is nothing to register for yet. Add a track, class or exam level first.")


class TrackUnfit(RuleBroken):
    message = N_("“%(track)s” cannot be published: %(problem)s. Open it and correct its rules.")


@dataclass(frozen=True)
class EventFacts:
    """What an event is called, who hosts it, and its days; moments in UTC."""

    code: str
    name: str
    name_en: str
    summary: str
    host_id: int
    registration_opens_at: datetime
    registration_closes_at: datetime
    starts_on: date
    ends_on: date
    results_due_at: datetime | None = None


@dataclass(frozen=True)
class TrackFacts:
    """What a track is called and how many entries it takes in all."""

    code: str
    name: str
    name_en: str
    division: str
    capacity: int


def create_event(actor: Actor, group_id: int, kind: EventKind, facts: EventFacts) -> Event:
    """A new event as a draft that only its organizers see."""
    authorize(actor, may_create_events, None)
    _check_facts(facts)

    event = Event(id=new_id(), group_id=group_id, kind=kind, **vars(facts))
    _check_code_and_host(event)
    session().add(event)
    session().flush()

    record(actor, "event.created", event, kind=kind, code=facts.code, name=facts.name)
    return event


def change_event(actor: Actor, event: Event, facts: EventFacts) -> None:
    """Correct a draft; what is published stays as it was announced."""
    authorize(actor, may_manage_event, event)
    _check_draft(event)
    _check_facts(facts)

    before = {key: getattr(event, key) for key in vars(facts)}
    with session().no_autoflush:
        for key, value in vars(facts).items():
            setattr(event, key, value)
        _check_code_and_host(event)

    changed = {key: [old, getattr(event, key)] for key, old in before.items()}
    record(actor, "event.changed", event, **{k: v for k, v in changed.items() if v[0] != v[1]})


def _check_facts(facts: EventFacts) -> None:
    if facts.registration_closes_at <= facts.registration_opens_at:
        raise WindowUpsideDown
    if facts.ends_on < facts.starts_on:
        raise DaysUpsideDown
    due = facts.results_due_at
    if due is not None and clock.in_shanghai(due).date() < facts.starts_on:
        raise ResultsDueTooEarly


def _check_code_and_host(event: Event) -> None:
    if code_taken(event):
        raise EventCodeTaken(code=event.code)
    host = session().get(Unit, event.host_id)
    if host is None or host.group_id != event.group_id:
        raise HostUnknown


def lock_event(event: Event, *, shared: bool = False) -> None:
    """Hold the event's row until the end of the transaction, and see its present state."""
    session().refresh(event, with_for_update={"read": shared})


def _check_draft(event: Event) -> None:
    lock_event(event)
    if event.state is not EventState.DRAFT:
        raise RulesetFrozen


def add_track(actor: Actor, event: Event, facts: TrackFacts, rules: Rules) -> Track:
    """One more thing to register for, with its rules, while the event is a draft."""
    authorize(actor, may_manage_event, event)
    _check_draft(event)
    _check_track(event, None, facts, rules)

    track = Track(id=new_id(), group_id=event.group_id, event_id=event.id, **vars(facts))
    ruleset = Ruleset(id=new_id(), group_id=event.group_id, track_id=track.id, data=to_plain(rules))
    session().add(track)
    session().flush()
    session().add(ruleset)
    session().flush()

    record(actor, "track.added", track, code=facts.code, name=facts.name)
    return track


def change_track(actor: Actor, track: Track, facts: TrackFacts, rules: Rules) -> None:
    """Correct a track and its rules while the event is a draft."""
    authorize(actor, may_manage_track, track)
    _check_draft(track.event)
    _check_track(track.event, track.id, facts, rules)

    before = track.ruleset.data
    for key, value in vars(facts).items():
        setattr(track, key, value)
    track.ruleset.data = to_plain(rules)

    after = track.ruleset.data
    changed = {key: [before.get(key), new] for key, new in after.items() if before.get(key) != new}
    record(actor, "track.changed", track, rules=changed)


def remove_track(actor: Actor, track: Track) -> None:
    """Take a track out of a draft."""
    authorize(actor, may_manage_track, track)
    _check_draft(track.event)

    record(actor, "track.removed", track, code=track.code, name=track.name)
    session().delete(track.ruleset)
    session().flush()
    session().delete(track)


def _check_track(event: Event, track_id: int | None, facts: TrackFacts, rules: Rules) -> None:
    if track_code_taken(event.id, facts.code, track_id):
        raise TrackCodeTaken(code=facts.code)
    check_rules(rules)
    if facts.capacity < 1:
        raise CapacityMissing
    if isinstance(rules, TrainingRules | ExamRules) and rules.capacity != facts.capacity:
        raise CapacityMissing
    if isinstance(rules, ExamRules) and not _level_exists(rules):
        raise LevelUnknown


def _level_exists(rules: ExamRules) -> bool:
    found = select(CertificateLevel.id).where(
        CertificateLevel.certificate_id == rules.certificate_id,
        CertificateLevel.code == rules.level_code,
    )
    return session().scalar(found) is not None


# ---- the moves of an event's life


def _check_move(event: Event, there: EventState) -> None:
    if there not in MOVES[event.state]:
        raise WrongState(here=STATE_LABELS[event.state])


def check_publishable(event: Event, tracks: Iterable[Track]) -> None:
    """Refuse what could not be run, or what nobody could register for any more."""
    if event.registration_closes_at <= clock.now():
        raise WindowOver
    each = list(tracks)
    if not each:
        raise NothingToEnter
    for track in each:
        try:
            check_rules(track.rules)
        except RulesetUnfit as unfit:
            raise TrackUnfit(track=track.name, problem=unfit.facts["problem"]) from unfit
    problems = selection_problems({track.code: track.rules for track in each})
    for track in each:
        if track.code in problems:
            raise TrackUnfit(track=track.name, problem=problems[track.code])


def publish_event(actor: Actor, event: Event) -> None:
    """Announce the event and freeze its rules for good."""
    authorize(actor, may_manage_event, event)
    lock_event(event)
    _check_move(event, EventState.PUBLISHED)
    tracks = tracks_of(event.id)
    check_publishable(event, tracks)

    event.state, event.published_at = EventState.PUBLISHED, clock.now()
    for track in tracks:
        track.ruleset.frozen_at = event.published_at
        track.ruleset.digest = digest_of(track.ruleset.data)

    digests = {track.code: track.ruleset.digest for track in tracks}
    record(actor, "event.published", event, digests=digests)


def close_registration(actor: Actor, event: Event) -> None:
    """End registration, at its hour or before."""
    authorize(actor, may_manage_event, event)
    lock_event(event)
    _check_move(event, EventState.REGISTRATION_CLOSED)

    event.state = EventState.REGISTRATION_CLOSED

    record(actor, "event.registration_closed", event, due=event.registration_closes_at)


def reopen_registration(actor: Actor, event: Event, closes_at: datetime, reason: str) -> None:
    """Open registration again, or leave it open for longer, until a new moment."""
    authorize(actor, may_manage_event, event)
    lock_event(event)
    if event.state is not EventState.PUBLISHED:
        _check_move(event, EventState.PUBLISHED)
    if closes_at <= max(clock.now(), event.registration_opens_at):
        raise WindowOver
    _check_reason(reason)

    before = event.registration_closes_at
    event.state = EventState.PUBLISHED
    event.registration_closes_at = closes_at
    event.reason = reason.strip()

    facts = {"closes_at": [before, closes_at], "reason": event.reason}
    record(actor, "event.registration_reopened", event, **facts)


def cancel_event(actor: Actor, event: Event, reason: str) -> None:
    """Call the event off; what was entered stays on record."""
    authorize(actor, may_manage_event, event)
    lock_event(event)
    _check_move(event, EventState.CANCELLED)
    _check_reason(reason)

    event.state, event.reason = EventState.CANCELLED, reason.strip()

    record(actor, "event.cancelled", event, reason=event.reason)


def finish_event(actor: Actor, event: Event) -> None:
    """Put a completed event aside; nothing moves any more."""
    authorize(actor, may_manage_event, event)
    lock_event(event)
    _check_move(event, EventState.FINISHED)

    event.state = EventState.FINISHED

    record(actor, "event.finished", event)


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < REASON_LEAST:
        raise ReasonMissing
