"""Duties as they are read: of an event, of a person; who is on a list, when people can come."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from eventsys import clock
from eventsys.db import session
from eventsys.duties.models import Availability, Duty, Enlisted
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventState
from eventsys.identity.models import User
from eventsys.timetable.models import Room, Session

HIDDEN = (EventState.DRAFT, EventState.CANCELLED)


@dataclass(frozen=True)
class Load:
    """How much one person serves in an event."""

    user: User
    duties: Sequence[Duty]

    @property
    def number(self) -> int:
        """How many duties."""
        return len(self.duties)


def _duties() -> Select[Duty]:
    return (
        select(Duty)
        .join(Duty.session)
        .join(Session.track)
        .options(
            contains_eager(Duty.session).options(
                contains_eager(Session.track).joinedload(Track.event),
                joinedload(Session.room).joinedload(Room.venue),
            ),
            joinedload(Duty.user),
        )
        .order_by(Session.starts_at, Session.name, Session.id, Duty.office, Duty.seat)
    )


def duties_of_event(event_id: int) -> list[Duty]:
    """Every seat of every session of an event, in order of time."""
    return list(session().scalars(_duties().where(Track.event_id == event_id)))


def duties_in(session_id: int) -> list[Duty]:
    """The seats of one session."""
    return list(session().scalars(_duties().where(Duty.session_id == session_id)))


def duties_of_user(user_id: int) -> list[Duty]:
    """Where somebody serves in events that are not over."""
    found = (
        _duties()
        .join(Track.event)
        .where(
            Duty.user_id == user_id,
            Event.state.notin_(HIDDEN),
            Event.ends_on >= clock.today(),
        )
    )
    return list(session().scalars(found))


def loads(duties: Iterable[Duty]) -> list[Load]:
    """How much everybody serves, the busiest first."""
    by_user: defaultdict[int, list[Duty]] = defaultdict(list)
    users: dict[int, User] = {}
    for one in duties:
        if one.user is not None:
            users[one.user.id] = one.user
            by_user[one.user.id].append(one)
    found = [Load(users[key], held) for key, held in by_user.items()]
    return sorted(found, key=lambda one: (-one.number, one.user.name, one.user.id))


def enlisted_in(event_id: int) -> list[Enlisted]:
    """Who is on an event's list, by name."""
    found = (
        select(Enlisted)
        .join(Enlisted.user)
        .where(Enlisted.event_id == event_id)
        .options(contains_eager(Enlisted.user))
        .order_by(User.name, User.id, Enlisted.office)
    )
    return list(session().scalars(found))


def availability_of(user_ids: Collection[int]) -> dict[int, list[Availability]]:
    """What is known about when some people can come, oldest first."""
    found = (
        select(Availability)
        .where(Availability.user_id.in_(user_ids))
        .order_by(Availability.at, Availability.id)
    )
    lines: dict[int, list[Availability]] = {}
    for one in session().scalars(found):
        lines.setdefault(one.user_id, []).append(one)
    return lines


def served_elsewhere(
    event_id: int, starts: datetime, ends: datetime
) -> list[tuple[int, datetime, datetime]]:
    """When people serve in other events in a stretch of time: account, from, to."""
    found = session().execute(
        select(Duty.user_id, Session.starts_at, Session.ends_at)
        .join(Duty.session)
        .join(Session.track)
        .where(
            Duty.user_id.is_not(None),
            Track.event_id != event_id,
            Session.starts_at < ends,
            Session.ends_at > starts,
        )
        .order_by(Session.starts_at)
    )
    return [(user_id, start, end) for user_id, start, end in found if user_id is not None]


def accounts(group_id: int) -> list[User]:
    """Everybody with an open account in a group, by name: to choose from."""
    found = (
        select(User)
        .where(User.closed_at.is_(None), User.group_id == group_id)
        .order_by(User.name, User.id)
    )
    return list(session().scalars(found))
