"""The versions of a timetable as they were kept, and what is public of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from eventsys import clock
from eventsys.db import session
from eventsys.events.models import Event
from eventsys.events.queries import ACROSS
from eventsys.events.rules import EventState
from eventsys.identity.models import User
from eventsys.registration.models import Entry
from eventsys.releases.models import Feed, PlanLine, PlanVersion
from eventsys.releases.rules import Fixed, LineKind
from eventsys.timetable.queries import PEOPLE

HIDDEN = (EventState.DRAFT, EventState.CANCELLED)


@dataclass(frozen=True)
class Names:
    """The names behind the keys of some lines, for whoever may read them."""

    entries: dict[int, Entry]
    users: dict[int, str]


# ---- versions


def versions_of(event_id: int) -> list[PlanVersion]:
    """The versions of an event, newest first."""
    found = select(PlanVersion).where(PlanVersion.event_id == event_id)
    return list(session().scalars(found.order_by(PlanVersion.number.desc())))


def latest(event_id: int) -> PlanVersion | None:
    """The version kept last."""
    return next(iter(versions_of(event_id)), None)


def published(event_id: int, before: int | None = None) -> PlanVersion | None:
    """The version that holds: the newest public one, if asked among those ``before`` a number."""
    found = select(PlanVersion).where(
        PlanVersion.event_id == event_id, PlanVersion.published_at.is_not(None)
    )
    if before is not None:
        found = found.where(PlanVersion.number < before)
    return session().scalar(found.order_by(PlanVersion.number.desc()).limit(1))


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
    columns = [getattr(PlanLine, one.name) for one in fields(Fixed)]
    found = select(*columns).where(PlanLine.version_id == version.id)
    if kind is not None:
        found = found.where(PlanLine.kind == kind)
    ordered = found.order_by(PlanLine.starts_at, PlanLine.track, PlanLine.session, PlanLine.key)
    return [Fixed(*row) for row in session().execute(ordered)]


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


def public_events(event_ids: Collection[int]) -> set[int]:
    """Those of some events of which a version is public."""
    found = select(PlanVersion.event_id).where(
        PlanVersion.event_id.in_(event_ids), PlanVersion.published_at.is_not(None)
    )
    return set(session().scalars(found.distinct()))


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


def lines_of_person(user_id: int | None, entry_ids: Collection[int]) -> list[PlanLine]:
    """The duties of an account and the seats of some entries, in events that are not over."""
    mine = or_(
        and_(PlanLine.kind == LineKind.DUTY, PlanLine.user_id == (user_id or 0)),
        and_(PlanLine.kind == LineKind.SEAT, PlanLine.entry_id.in_(list(entry_ids))),
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
