"""The timetable as it is being planned, and its versions as they were kept."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from eventsys import clock
from eventsys.db import session
from eventsys.duties.queries import duties_of_event
from eventsys.events.models import Event, Track
from eventsys.events.queries import ACROSS
from eventsys.events.rules import EventState
from eventsys.identity.actor import Actor
from eventsys.identity.models import User
from eventsys.plans.models import PlanItem, PlanMember
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.releases.models import Feed, PlanLine, PlanVersion
from eventsys.releases.rules import Fixed, LineKind
from eventsys.timetable.lots import is_drawn_at_the_door
from eventsys.timetable.models import Placement, Room, Session
from eventsys.timetable.queries import PEOPLE, own_entries, placements_of

HIDDEN = (EventState.DRAFT, EventState.CANCELLED)


@dataclass(frozen=True)
class Names:
    """The names behind the keys of some lines, for whoever may read them."""

    entries: dict[int, Entry]
    users: dict[int, str]


# ---- as it is being planned


def lines_now(event: Event) -> list[Fixed]:
    """Every session, seat and duty of an event as planned now; a handful of queries."""
    held = _sessions(event.id)
    items = _items(event.id)
    by_session = {
        one.id: _session_line(one, f"s{items.get(one.id, one.id)}") for one in held.values()
    }
    seats = [*_placed(event.id, by_session), *_dealt(event.id, by_session)]
    known = {one.key: one for one in reversed(seats)}  # a station says more than a session alone
    return [*by_session.values(), *known.values(), *_served(event.id, by_session)]


def _sessions(event_id: int) -> dict[int, Session]:
    found = (
        select(Session)
        .join(Session.track)
        .where(Track.event_id == event_id)
        .options(
            contains_eager(Session.track).options(
                joinedload(Track.ruleset), joinedload(Track.event)
            ),
            joinedload(Session.room).joinedload(Room.venue),
        )
    )
    return {one.id: one for one in session().scalars(found)}


def _items(event_id: int) -> dict[int, int]:
    """The items of an event by the session they stand in."""
    found = select(PlanItem.session_id, PlanItem.id).where(
        PlanItem.event_id == event_id, PlanItem.session_id.is_not(None)
    )
    return {held: key for held, key in session().execute(found) if held is not None}


def _session_line(held: Session, key: str) -> Fixed:
    return Fixed(
        kind=LineKind.SESSION,
        key=key,
        session_key=key,
        track_id=held.track_id,
        track=f"{held.track.code} {held.track.name}",
        track_en=f"{held.track.code} {held.track.name_en}",
        session=held.name,
        part=held.part,
        room_id=held.room_id,
        room=held.room.name,
        venue=held.room.venue.name,
        station="",
        office="",
        entry_id=None,
        user_id=None,
        number="",
        starts_at=held.starts_at,
        ends_at=held.ends_at,
    )


def _placed(event_id: int, lines: dict[int, Fixed]) -> Iterable[Fixed]:
    """Seats with a station; where stations are drawn at the door, without."""
    found = (
        select(Placement)
        .join(Placement.session)
        .join(Session.track)
        .join(Placement.entry)
        .where(Track.event_id == event_id, Entry.state == EntryState.APPROVED)
        .options(
            contains_eager(Placement.session).contains_eager(Session.track),
            contains_eager(Placement.entry),
            joinedload(Placement.station),
        )
    )
    late = _drawn_late(event_id)
    for one in session().scalars(found):
        if one.session_id not in lines:  # added since the sessions were read
            continue
        station = "" if one.session.track_id in late else one.station.label
        yield _seat_line(lines[one.session_id], one.entry, one.part, station)


def _drawn_late(event_id: int) -> set[int]:
    tracks = session().scalars(
        select(Track)
        .where(Track.event_id == event_id)
        .options(joinedload(Track.ruleset), joinedload(Track.event))
    )
    return {one.id for one in tracks if is_drawn_at_the_door(one.rules)}


def _dealt(event_id: int, lines: dict[int, Fixed]) -> Iterable[Fixed]:
    """Seats of which only the session is known yet."""
    found = (
        select(PlanItem.session_id, PlanMember.part, Entry)
        .join(PlanMember.item)
        .join(PlanMember.entry)
        .where(
            PlanItem.event_id == event_id,
            PlanItem.session_id.is_not(None),
            Entry.state == EntryState.APPROVED,
        )
        .options(joinedload(Entry.track))
    )
    for held, part, entry in session().execute(found):
        if held in lines:
            yield _seat_line(lines[held], entry, part, "")


def _seat_line(held: Fixed, entry: Entry, part: str, station: str) -> Fixed:
    code = held.track.split(" ", 1)[0]
    return replace(
        held,
        kind=LineKind.SEAT,
        key=f"e{entry.id}:{part}",
        part=part,
        station=station,
        entry_id=entry.id,
        number=f"{code}-{entry.number:03d}",
    )


def _served(event_id: int, lines: dict[int, Fixed]) -> Iterable[Fixed]:
    for one in duties_of_event(event_id):
        if one.user_id is None or one.session_id not in lines:
            continue
        held = lines[one.session_id]
        yield replace(
            held,
            kind=LineKind.DUTY,
            key=f"{held.key}:{one.office.value}:{one.seat}",
            office=one.office.value,
            user_id=one.user_id,
        )


# ---- versions


def versions_of(event_id: int) -> list[PlanVersion]:
    """The versions of an event, newest first."""
    found = select(PlanVersion).where(PlanVersion.event_id == event_id)
    return list(session().scalars(found.order_by(PlanVersion.number.desc())))


def latest(event_id: int) -> PlanVersion | None:
    """The version kept last."""
    return next(iter(versions_of(event_id)), None)


def published(event_id: int) -> PlanVersion | None:
    """The version that holds: the newest public one."""
    found = (
        select(PlanVersion)
        .where(PlanVersion.event_id == event_id, PlanVersion.published_at.is_not(None))
        .order_by(PlanVersion.number.desc())
        .limit(1)
    )
    return session().scalar(found)


def has_public_timetable(event_id: int) -> bool:
    """Whether a version of an event's timetable is public, for readers of any group."""
    found = select(
        exists().where(PlanVersion.event_id == event_id, PlanVersion.published_at.is_not(None))
    )
    return bool(session().scalar(found.execution_options(**ACROSS)))


def lines_of(version: PlanVersion | None, kind: LineKind | None = None) -> list[Fixed]:
    """The lines of a version, in order of time; none of no version."""
    if version is None:
        return []
    found = select(PlanLine).where(PlanLine.version_id == version.id)
    if kind is not None:
        found = found.where(PlanLine.kind == kind)
    ordered = found.order_by(PlanLine.starts_at, PlanLine.track, PlanLine.session, PlanLine.key)
    return [one.fixed for one in session().scalars(ordered)]


def names_of(lines: Iterable[Fixed]) -> Names:
    """The entries and people of some lines: two queries."""
    entries, users = set(), set()
    for one in lines:
        entries.add(one.entry_id)
        users.add(one.user_id)
    found = select(Entry).where(Entry.id.in_(entries - {None})).options(*PEOPLE)
    named = select(User.id, User.name).where(User.id.in_(users - {None}))
    return Names(
        {one.id: one for one in session().scalars(found).unique()},
        dict(session().execute(named).all()),
    )


def now_held(event_ids: Collection[int]) -> dict[int, int]:
    """The public version of each of some events, by event."""
    newest = (
        select(PlanVersion.event_id, func.max(PlanVersion.number).label("number"))
        .where(PlanVersion.published_at.is_not(None), PlanVersion.event_id.in_(event_ids))
        .group_by(PlanVersion.event_id)
        .subquery()
    )
    found = select(PlanVersion.event_id, PlanVersion.id).join(
        newest,
        and_(
            newest.c.event_id == PlanVersion.event_id,
            newest.c.number == PlanVersion.number,
        ),
    )
    return dict(session().execute(found).all())


# ---- of one person, room or track


def _current() -> Select[PlanLine]:
    """Lines of the newest public version of events that are not hidden."""
    newest = (
        select(PlanVersion.event_id, func.max(PlanVersion.number).label("number"))
        .where(PlanVersion.published_at.is_not(None))
        .group_by(PlanVersion.event_id)
        .subquery()
    )
    return (
        select(PlanLine)
        .join(PlanLine.version)
        .join(
            newest,
            and_(
                newest.c.event_id == PlanVersion.event_id,
                newest.c.number == PlanVersion.number,
            ),
        )
        .join(PlanVersion.event)
        .where(Event.state.notin_(HIDDEN))
        .options(contains_eager(PlanLine.version).contains_eager(PlanVersion.event))
        .order_by(PlanLine.starts_at, PlanLine.key)
    )


def lines_of_person(actor: Actor) -> list[PlanLine]:
    """One's own duties, one's own seats, and those of the units one leads; not what is over."""
    entries = [one.id for one in session().scalars(own_entries(actor))]
    mine = or_(
        and_(PlanLine.kind == LineKind.DUTY, PlanLine.user_id == (actor.user_id or 0)),
        and_(PlanLine.kind == LineKind.SEAT, PlanLine.entry_id.in_(entries)),
    )
    found = _current().where(mine, Event.ends_on >= clock.today())
    return list(session().scalars(found))


def sessions_public(
    event_id: int, *, track_id: int | None = None, room_id: int | None = None
) -> list[PlanLine]:
    """The sessions of an event as published; of one track or in one room only, if asked."""
    found = _current().where(PlanLine.kind == LineKind.SESSION, PlanVersion.event_id == event_id)
    if track_id is not None:
        found = found.where(PlanLine.track_id == track_id)
    if room_id is not None:
        found = found.where(PlanLine.room_id == room_id)
    return list(session().scalars(found))


def feed_with(token: str) -> Feed | None:
    """The feed behind a secret address, with its owner."""
    found = select(Feed).where(Feed.token == token, Feed.ended_at.is_(None))
    return session().scalar(found.options(joinedload(Feed.user)))


def feed_of(user_id: int) -> Feed | None:
    """The address somebody has."""
    return session().scalar(select(Feed).where(Feed.user_id == user_id, Feed.ended_at.is_(None)))


# ---- my day


@dataclass(frozen=True)
class MyStop:
    """One place where somebody, or an entry of a unit, has to be; no time as long as none is known.

    ``placement`` and ``line`` say from where it is known: an event without a public version shows
    its stations as they are drawn.
    """

    event_id: int
    track: str
    track_en: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    venue: str = ""
    room: str = ""
    station: str = ""
    office: str = ""
    entry: Entry | None = None


def my_stops(actor: Actor) -> list[MyStop]:
    """Duties and places in order of time; where a version is public, only what it says."""
    lines = lines_of_person(actor)
    entries = {one.id: one for one in session().scalars(own_entries(actor))}
    public = now_held({one.event_id for one in entries.values()})
    known = [_of_line(one, entries) for one in lines]
    drawn = placements_of([one.id for one in entries.values() if one.event_id not in public])
    known += [_of_placement(entries[key], one) for key, some in drawn.items() for one in some]
    there = {one.entry.id for one in known if one.entry}
    waiting = [_waiting(one) for key, one in entries.items() if key not in there]
    return sorted(known, key=_by_time) + waiting


def _by_time(stop: MyStop) -> tuple[datetime, int]:
    return stop.starts_at or clock.now(), stop.entry.number if stop.entry else 0


def _of_line(line: PlanLine, entries: dict[int, Entry]) -> MyStop:
    return MyStop(
        line.version.event_id,
        line.track,
        line.track_en,
        line.starts_at,
        line.ends_at,
        line.venue,
        line.room,
        line.station,
        line.office,
        entries.get(line.entry_id or 0),
    )


def _of_placement(entry: Entry, placed: Placement) -> MyStop:
    held = placed.session
    late = is_drawn_at_the_door(entry.track.rules)
    return MyStop(
        entry.event_id,
        entry.track.name,
        entry.track.name_en,
        held.starts_at,
        held.ends_at,
        held.room.venue.name,
        held.room.name,
        "" if late else placed.station.label,
        "",
        entry,
    )


def _waiting(entry: Entry) -> MyStop:
    return MyStop(entry.event_id, entry.track.name, entry.track.name_en, entry=entry)


def public_before(version: PlanVersion) -> PlanVersion | None:
    """The version that was public before this one."""
    found = (
        select(PlanVersion)
        .where(
            PlanVersion.event_id == version.event_id,
            PlanVersion.number < version.number,
            PlanVersion.published_at.is_not(None),
        )
        .order_by(PlanVersion.number.desc())
        .limit(1)
    )
    return session().scalar(found)
