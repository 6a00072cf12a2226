"""Recording what happens in the room, having it noted by the contestant, deciding about it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.draws.actions import move_station
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.events.rules import CompetitionRules
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.incidents import queries
from eventsys.incidents.models import Incident, IncidentDecision
from eventsys.incidents.policy import may_amend, may_decide, may_record, may_revise
from eventsys.incidents.rules import (
    ClockRunning,
    ClockStopped,
    DecidedMeanwhile,
    DecisionFacts,
    DescriptionMissing,
    IncidentFacts,
    IncidentsUndecided,
    MapIsOpen,
    MoveUnclear,
    MoveUnwitnessed,
    NobodyThere,
    NoSuchStation,
    NotAContest,
    NotTakenNote,
    RecordClosed,
    StationOnly,
    StationOrTicket,
    StationTaken,
    TicketUseless,
    WitnessMissing,
    check_decision,
    check_facts,
    only_measured,
)
from eventsys.incidents.states import MOVES, TIMED, IncidentKind, Receipt
from eventsys.signatures.actions import keep_signature
from eventsys.signing import content_digest
from eventsys.timetable.models import Session

STATION_DIGITS = 2
"""Labels of stations are at least this long: whoever types 7 means 07."""
NOTED = "incident.noted"
"""What a contestant signs."""
NAME_LEAST, LONGEST_DESCRIPTION = 2, 2000


@dataclass(frozen=True)
class Whereabouts:
    """Who is meant: a station of a session, or a scanned ticket; ``op`` is the device's own id."""

    op: str
    session_id: int | None = None
    station: str = ""
    ticket: str = ""


@dataclass(frozen=True)
class Note:
    """How the contestant took note: strokes of the pad, or who else saw the refusal."""

    receipt: Receipt
    strokes: str = ""
    second_judge: str = ""


@dataclass(frozen=True)
class _Place:
    entry_id: int
    session_id: int | None
    station: str


def record_incident(
    actor: Actor, track: Track, where: Whereabouts, facts: IncidentFacts
) -> Incident:
    """Put on record what happens at a station; sent twice by a device, it is one incident."""
    authorize(actor, may_record, track)
    _lock(track.id)
    sent = queries.incident_sent(track.id, where.op)
    if sent is not None:
        return sent
    _check_sealed(track.id)
    rules = _rules_of(track)
    check_facts(facts, [one.code for one in rules.modules], clock.now())
    place = _place(track, where, rules)
    facts = _move_of(place, facts, is_drawn=rules.anonymity_levels > 1)

    if facts.kind is IncidentKind.SPARE_STATION and rules.anonymity_levels > 1:
        _change_drawn_station(actor, track, place.station, facts)
    made = _write(actor, track, where.op, place, facts)

    record(actor, "incident.recorded", made, number=made.number, kind=made.kind)
    return made


def stop_clock(actor: Actor, incident: Incident) -> None:
    """The failure is mended, or the contestant is back."""
    authorize(actor, may_amend, incident)
    _hold_open(incident)
    if incident.ends_at is not None:
        raise ClockStopped

    incident.ends_at = clock.now()

    record(actor, "incident.clock_stopped", incident, number=incident.number)


def describe(actor: Actor, incident: Incident, text: str) -> None:
    """Add to what is written, as long as the contestant has not taken note of it."""
    authorize(actor, may_amend, incident)
    _hold_open(incident)
    given = text.strip()
    if not given:
        raise DescriptionMissing

    incident.description = f"{incident.description}\n{given}".strip()[:LONGEST_DESCRIPTION]

    record(actor, "incident.described", incident, number=incident.number)


def take_note(actor: Actor, incident: Incident, note: Note) -> None:
    """The contestant signs the record, or a second floor judge witnesses that they do not."""
    authorize(actor, may_amend, incident)
    _hold_open(incident)
    if incident.ends_at is None:
        raise ClockRunning
    if not incident.description:
        raise DescriptionMissing
    second = " ".join(note.second_judge.split())
    if note.receipt is Receipt.REFUSED and (len(second) < NAME_LEAST or second == actor.name):
        raise WitnessMissing

    incident.receipt, incident.noted_at = note.receipt, clock.now()
    incident.second_judge = second if note.receipt is Receipt.REFUSED else ""
    session().flush()

    if note.receipt is Receipt.SIGNED:
        # signed under the station: the name would lead blind readers to the entry
        digest = content_digest(content_of(incident))
        keep_signature(
            actor,
            NOTED,
            incident.id,
            incident.group_id,
            incident.station or str(incident.number),
            note.strokes,
            digest,
        )
    record(actor, "incident.noted", incident, number=incident.number, how=note.receipt)


def decide(
    actor: Actor, incident: Incident, facts: DecisionFacts, seen_version: int
) -> IncidentDecision:
    """The chief judge decides, or replaces the decision ``seen_version`` with a reason."""
    authorize(actor, may_decide, incident)
    _lock(incident.track_id)
    _check_sealed(incident.track_id)
    return _decide(actor, incident, facts, seen_version)


def decide_by_ruling(
    actor: Actor, incident: Incident, facts: DecisionFacts, ruling: str
) -> IncidentDecision:
    """A new decision that an upheld appeal orders; ``ruling`` is its number."""
    authorize(actor, may_revise, incident)
    _lock(incident.track_id)
    session().refresh(incident)
    latest = incident.latest
    return _decide(actor, incident, facts, latest.version if latest else 0, ruling)


def _decide(
    actor: Actor, incident: Incident, facts: DecisionFacts, seen_version: int, ruling: str = ""
) -> IncidentDecision:
    session().refresh(incident)
    if incident.noted_at is None:
        raise NotTakenNote
    version = incident.latest.version if incident.latest else 0
    if version != seen_version:
        raise DecidedMeanwhile
    modules = [one.code for one in _rules_of(incident.track).modules]
    check_decision(facts, modules, is_first=version == 0)
    kept = only_measured(facts)

    made = IncidentDecision(
        id=new_id(),
        group_id=incident.group_id,
        incident_id=incident.id,
        version=version + 1,
        effect=kept.effect,
        seconds=kept.seconds,
        points=kept.points,
        module=kept.module,
        rule_text=kept.rule_text,
        reason=kept.reason,
        ruling=ruling,
        decided_at=clock.now(),
        decided_by_id=actor.user_id,
        decided_by=actor.name,
    )
    session().add(made)
    session().flush()
    session().expire(incident, ["decisions"])

    record(
        actor,
        "incident.decided",
        incident,
        number=incident.number,
        version=made.version,
        effect=made.effect,
        reason=made.reason,
    )
    return made


def check_all_decided(track_id: int) -> None:
    """Refuse to hand over or lock marks while an incident waits for its decision.

    The track is held, so that no record comes in between this and the end of the transaction.
    """
    _lock(track_id)
    waiting = queries.undecided(track_id)
    if waiting:
        raise IncidentsUndecided(count=waiting)


def content_of(incident: Incident) -> Mapping[str, object]:
    """What the contestant signs, as it is hashed."""
    return {
        "number": incident.number,
        "station": incident.station,
        "kind": incident.kind.value,
        "own_fault": incident.own_fault,
        "violation": incident.violation,
        "module": incident.module,
        "to_station": incident.to_station,
        "description": incident.description,
        "starts_at": incident.starts_at.isoformat(),
        "ends_at": incident.ends_at.isoformat() if incident.ends_at else None,
        "recorded_by": incident.recorded_by,
    }


def _write(actor: Actor, track: Track, op: str, place: _Place, facts: IncidentFacts) -> Incident:
    ends = facts.ends_at if facts.kind in TIMED else facts.ends_at or facts.starts_at
    made = Incident(
        id=new_id(),
        group_id=track.group_id,
        track_id=track.id,
        number=queries.last_number(track.id) + 1,
        op=op,
        session_id=place.session_id,
        station=place.station,
        entry_id=place.entry_id,
        kind=facts.kind,
        own_fault=facts.own_fault,
        violation=facts.violation,
        module=facts.module,
        to_station=facts.to_station,
        to_session_id=facts.to_session_id,
        description=facts.description.strip()[:LONGEST_DESCRIPTION],
        starts_at=facts.starts_at,
        ends_at=ends,
        recorded_at=clock.now(),
        recorded_by_id=actor.user_id,
        recorded_by=actor.name,
    )
    session().add(made)
    session().flush()
    return made


def _place(track: Track, where: Whereabouts, rules: CompetitionRules) -> _Place:
    if bool(where.station) == bool(where.ticket):
        raise StationOrTicket
    if where.ticket:
        if rules.anonymity_levels > 1:
            raise StationOnly
        entry_id = queries.entry_of_ticket(track.id, where.ticket)
        if entry_id is None:
            raise TicketUseless
        return _Place(entry_id, *queries.seat_of_entry(track.id, entry_id))
    held = session().get(Session, where.session_id) if where.session_id else None
    held_id = held.id if held is not None and held.track_id == track.id else None
    for station in (where.station, where.station.zfill(STATION_DIGITS)):
        if rules.anonymity_levels > 1:
            entry_id = queries.drawn_station(track.id, station)
        else:
            entry_id = queries.entry_at(held_id, station) if held_id else None
        if entry_id is not None:
            return _Place(entry_id, held_id, station)
    raise NobodyThere(station=where.station)


def _change_drawn_station(actor: Actor, track: Track, station: str, facts: IncidentFacts) -> None:
    witness = session().get(User, facts.witness_id) if facts.witness_id else None
    if witness is None:
        raise MoveUnwitnessed
    move_station(actor, track, station, facts.to_station, witness, facts.description)


def _move_of(place: _Place, facts: IncidentFacts, *, is_drawn: bool) -> IncidentFacts:
    """The move with the session it leads to; a station must be there and free."""
    if facts.kind not in MOVES:
        return replace(facts, to_station="", to_session_id=None)
    if is_drawn and facts.kind is IncidentKind.SPARE_STATION:
        return replace(facts, to_session_id=place.session_id)  # the draw checks the station
    there = facts.to_session_id or place.session_id
    held = session().get(Session, there) if there else None
    here = session().get(Session, place.session_id) if place.session_id else None
    if held is None or (here is not None and held.track_id != here.track_id):
        raise MoveUnclear
    if facts.to_station:
        if not queries.has_station(held.room_id, facts.to_station):
            raise NoSuchStation(station=facts.to_station)
        if queries.taken_in(facts, held.id):
            raise StationTaken(station=facts.to_station)
    return replace(facts, to_session_id=held.id)


def _rules_of(track: Track) -> CompetitionRules:
    rules = track.rules
    if not isinstance(rules, CompetitionRules):
        raise NotAContest
    return rules


def _lock(track_id: int) -> None:
    """Records, decisions and the handing over of a track come one after another."""
    found = select(Track.id).where(Track.id == track_id).with_for_update(key_share=True)
    if session().scalar(found) is None:
        raise NotThere


def _check_sealed(track_id: int) -> None:
    if queries.map_is_open(track_id):
        raise MapIsOpen


def _hold_open(incident: Incident) -> None:
    _lock(incident.track_id)
    session().refresh(incident)
    if incident.noted_at is not None:
        raise RecordClosed
