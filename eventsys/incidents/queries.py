"""Incidents by station for those who must not know more, by entry for the computation."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from eventsys import clock
from eventsys.attendance.queries import entries_matching
from eventsys.attendance.tickets import entry_id_of
from eventsys.db import session
from eventsys.draws.models import CodeDraw
from eventsys.draws.queries import entry_at_station
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventState
from eventsys.identity.actor import Actor
from eventsys.identity.rules import Permission, ScopeKind
from eventsys.incidents.models import Incident, IncidentDecision
from eventsys.incidents.rules import Effects, IncidentFacts, by_entry
from eventsys.incidents.states import Effect
from eventsys.registration.models import Entry
from eventsys.timetable.models import Placement, Room, Session, Station

SHOWN = (
    selectinload(Incident.decisions),
    joinedload(Incident.session).joinedload(Session.room),
    joinedload(Incident.to_session),
)


def incidents_of(track_id: int) -> list[Incident]:
    """The incidents of a track, the latest first, with their decisions."""
    found = select(Incident).where(Incident.track_id == track_id).options(*SHOWN)
    return list(session().scalars(found.order_by(Incident.number.desc())))


def incident_in(track_id: int, number: int) -> Incident | None:
    """One incident by its number in the track."""
    found = select(Incident).where(Incident.track_id == track_id, Incident.number == number)
    return session().scalar(found.options(*SHOWN))


def incidents_of_entry(entry_id: int) -> list[Incident]:
    """What concerns one entry, in order: for those who know whose entry it is."""
    found = select(Incident).where(Incident.entry_id == entry_id).options(*SHOWN)
    return list(session().scalars(found.order_by(Incident.number)))


def incident_sent(track_id: int, op: str) -> Incident | None:
    """The incident that a device sent under this id."""
    found = select(Incident).where(Incident.track_id == track_id, Incident.op == op)
    return session().scalar(found)


def last_number(track_id: int) -> int:
    """The number of the latest incident of a track; 0 before the first."""
    found = select(func.max(Incident.number)).where(Incident.track_id == track_id)
    return session().scalar(found) or 0


def undecided(track_id: int) -> int:
    """How many incidents of a track have no decision yet: the marks are not handed over before."""
    found = select(func.count(Incident.id)).where(
        Incident.track_id == track_id,
        ~exists().where(IncidentDecision.incident_id == Incident.id),
    )
    return session().scalar(found) or 0


def effects_of(track_id: int) -> dict[int, Effects]:
    """What the latest decisions mean for each entry of a track; entries without any are left out.

    For the computation only: no page shows this beside a work code before the map is open.
    """
    latest = (
        select(IncidentDecision.incident_id, func.max(IncidentDecision.version).label("version"))
        .group_by(IncidentDecision.incident_id)
        .subquery()
    )
    found = (
        select(Incident.entry_id, IncidentDecision)
        .join(Incident, Incident.id == IncidentDecision.incident_id)
        .join(
            latest,
            (latest.c.incident_id == IncidentDecision.incident_id)
            & (latest.c.version == IncidentDecision.version),
        )
        .where(Incident.track_id == track_id)
    )
    pairs = [(entry_id, one.facts) for entry_id, one in session().execute(found)]
    return {key: one for key, one in by_entry(pairs).items() if one != Effects()}


def times_before(incident: Incident) -> int:
    """How often this contestant broke the same rule before, as far as it had consequences."""
    earlier = (
        select(Incident)
        .where(
            Incident.track_id == incident.track_id,
            Incident.entry_id == incident.entry_id,
            Incident.violation == incident.violation,
            Incident.number < incident.number,
        )
        .options(selectinload(Incident.decisions))
    )
    found = session().scalars(earlier)
    return sum(1 for one in found if one.latest and one.latest.effect is not Effect.NONE)


# ---- who is meant by a station, a ticket or a number


def sessions_in(track_id: int) -> list[Session]:
    """The sessions of a track with their rooms, in order of time."""
    found = (
        select(Session)
        .where(Session.track_id == track_id)
        .options(joinedload(Session.room).joinedload(Room.venue))
        .order_by(Session.starts_at, Session.name, Session.id)
    )
    return list(session().scalars(found))


def running_session(held: Collection[Session], moment: datetime) -> Session | None:
    """The session that runs at a moment, else the last that began, else the first."""
    begun = [one for one in held if one.starts_at <= moment]
    running = [one for one in begun if moment <= one.ends_at]
    return next(iter(running[-1:] or begun[-1:] or list(held)[:1]), None)


def drawn_station(track_id: int, station: str) -> int | None:
    """Which entry works at a station that was drawn by lot, after all changes."""
    return entry_at_station(track_id, station)


def entry_at(session_id: int, station: str) -> int | None:
    """Which entry works at a station of a session now: moves go before the timetable."""
    moved = (
        select(Incident.entry_id)
        .where(Incident.to_session_id == session_id, Incident.to_station == station)
        .order_by(Incident.number.desc())
        .limit(1)
    )
    here = session().scalar(moved)
    if here is not None:
        return here
    placed = (
        select(Placement.entry_id)
        .join(Station, Station.id == Placement.station_id)
        .where(Placement.session_id == session_id, Station.label == station)
    )
    return session().scalar(placed)


def seat_of_entry(track_id: int, entry_id: int) -> tuple[int | None, str]:
    """Session and station where an entry of the track works now; nothing if it has none."""
    moved = (
        select(Incident.to_session_id, Incident.to_station)
        .where(Incident.entry_id == entry_id, Incident.to_station != "")
        .order_by(Incident.number.desc())
        .limit(1)
    )
    placed = (
        select(Placement.session_id, Station.label)
        .join(Station, Station.id == Placement.station_id)
        .join(Session, Session.id == Placement.session_id)
        .where(Placement.entry_id == entry_id, Session.track_id == track_id)
        .order_by(Session.ends_at <= clock.now(), Session.starts_at)
    )
    found = session().execute(moved).first() or session().execute(placed).first()
    return (found[0], found[1]) if found else (None, "")


def has_station(room_id: int, label: str) -> bool:
    """Whether a room has a station of this label."""
    found = exists().where(Station.room_id == room_id, Station.label == label)
    return bool(session().scalar(select(found)))


def entry_of_ticket(track_id: int, text: str) -> int | None:
    """The entry behind a scanned ticket or a contest number typed in full, in this track only."""
    scanned = entry_id_of(text)
    if scanned is not None:
        found = session().get(Entry, scanned)
        return scanned if found is not None and found.track_id == track_id else None
    alike = entries_matching([track_id], text)
    return alike[0].id if len(alike) == 1 else None


def map_is_open(track_id: int) -> bool:
    """Whether it is known who stands behind the codes of a track."""
    found = exists().where(CodeDraw.track_id == track_id, CodeDraw.opened_at.is_not(None))
    return bool(session().scalar(select(found)))


# ---- the board of the room


@dataclass(frozen=True)
class BoardLine:
    """One station with added time or a running clock; ``ends_at`` is when it stops working."""

    station: str
    added_seconds: int
    ends_at: datetime
    running_since: datetime | None


def board(held: Session) -> list[BoardLine]:
    """The stations of a session that work longer, or whose clock runs, by station."""
    found = (
        select(Incident)
        .where(Incident.session_id == held.id)
        .options(selectinload(Incident.decisions))
        .order_by(Incident.station, Incident.number)
    )
    lines: dict[str, list[Incident]] = {}
    for one in session().scalars(found):
        lines.setdefault(one.station, []).append(one)
    made = [_line(station, some, held.ends_at) for station, some in lines.items()]
    return [one for one in made if one.added_seconds or one.running_since]


def _line(station: str, some: list[Incident], ends_at: datetime) -> BoardLine:
    added = sum(
        one.latest.seconds
        for one in some
        if one.latest is not None and one.latest.effect is Effect.ADDED_TIME
    )
    running = [one.starts_at for one in some if one.ends_at is None]
    return BoardLine(station, added, ends_at + timedelta(seconds=added), min(running, default=None))


# ---- what waits


def tracks_in_hand(actor: Actor, permission: Permission) -> list[tuple[Track, int]]:
    """The tracks of this actor with incidents that wait for a decision, and how many."""
    events = actor.scope_ids(permission, ScopeKind.EVENT)
    tracks = actor.scope_ids(permission, ScopeKind.TRACK)
    found = (
        select(Track, func.count(Incident.id))
        .join(Incident, Incident.track_id == Track.id)
        .where(
            or_(Track.event_id.in_(events), Track.id.in_(tracks)),
            ~exists().where(IncidentDecision.incident_id == Incident.id),
        )
        .group_by(Track.id)
        .order_by(Track.code)
    )
    return [(track, number) for track, number in session().execute(found)]


def tracks_to_watch(actor: Actor) -> list[Track]:
    """The competition tracks a floor judge works in, while the event runs."""
    events = actor.scope_ids(Permission.INCIDENTS_RECORD, ScopeKind.EVENT)
    tracks = actor.scope_ids(Permission.INCIDENTS_RECORD, ScopeKind.TRACK)
    found = (
        select(Track)
        .join(Track.event)
        .where(
            or_(Event.id.in_(events), Track.id.in_(tracks)),
            Event.state.in_([EventState.PUBLISHED, EventState.REGISTRATION_CLOSED]),
        )
        .options(contains_eager(Track.event))
        .order_by(Event.starts_on, Track.code)
    )
    return list(session().scalars(found))


def tracks_to_decide(actor: Actor) -> list[Track]:
    """The tracks a chief judge decides in, the latest event first."""
    tracks = actor.scope_ids(Permission.INCIDENTS_DECIDE, ScopeKind.TRACK)
    found = (
        select(Track)
        .join(Track.event)
        .where(Track.id.in_(tracks))
        .options(contains_eager(Track.event))
        .order_by(Event.starts_on.desc(), Track.code)
    )
    return list(session().scalars(found))


def counts(track_ids: Collection[int]) -> Mapping[int, int]:
    """How many incidents each of some tracks has."""
    found = (
        select(Incident.track_id, func.count(Incident.id))
        .where(Incident.track_id.in_(list(track_ids)))
        .group_by(Incident.track_id)
    )
    return {track_id: number for track_id, number in session().execute(found)}  # noqa: C416  rows


def taken_in(facts: IncidentFacts, session_id: int) -> bool:
    """Whether somebody works at the station of a move already."""
    return entry_at(session_id, facts.to_station) is not None
