"""What the move of one item can have to do with: to judge a drag, only that is read.

Two items can clash when they share a room, an entry, somebody who serves, a panel or an order. All
of those of one item are here, and all there is to know of them; of the rest of the plan nothing is.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, or_, select, true, union
from sqlalchemy.orm import InstrumentedAttribute

from eventsys.db import session
from eventsys.duties.models import Duty
from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.plans.models import PlanItem, PlanMember, PlanPost
from eventsys.timetable.models import Placement, Session


@dataclass(frozen=True)
class Near:
    """Some items and sessions with their rooms, and the people whose duties matter.

    ``coming``: who is about to join an item: item, entry, and the entry's unit.
    """

    items: frozenset[int]
    sessions: frozenset[int]
    rooms: frozenset[int]
    people: frozenset[int]
    coming: tuple[tuple[int, int, int], ...] = ()


def within(column: InstrumentedAttribute[Any], ids: Collection[int] | None) -> ColumnElement[bool]:
    """Only these, or all when nothing is said."""
    return true() if ids is None else column.in_(ids)


def near(item: PlanItem, room: int | None = None) -> Near:
    """Everything an item can clash with where it lies, and in another room."""
    held = item.session
    rooms = {one for one in (room, held.room_id if held else None) if one is not None}
    items = {item.id, *item.after, *_followers(item), *_sharing(item), *_of_track(item)}
    panel = _in_panel(item)
    sessions = _sessions_near(item, rooms)
    found = session().execute(
        select(PlanItem.id, PlanItem.session_id).where(
            PlanItem.event_id == item.event_id,
            or_(PlanItem.id.in_(items | panel), PlanItem.session_id.in_(sessions)),
        )
    )
    session_of = {row[0]: row[1] for row in found}
    sessions |= {one for one in session_of.values() if one is not None}
    used = session().scalars(select(Session.room_id).where(Session.id.in_(sessions)).distinct())
    serving = {session_of.get(one) for one in (item.id, *panel)} - {None}
    people = session().scalars(select(Duty.user_id).where(Duty.session_id.in_(serving)))
    return Near(
        items=frozenset(session_of),
        sessions=frozenset(sessions),
        rooms=frozenset(rooms.union(used)),
        people=frozenset(one for one in people if one is not None),
    )


def _entries(item: PlanItem) -> Select[Any]:
    """Who takes part: dealt to the item, or at a station in its session."""
    dealt = select(PlanMember.entry_id).where(PlanMember.item_id == item.id)
    seated = select(Placement.entry_id).where(Placement.session_id == item.session_id)
    return select(union(dealt, seated).subquery().c.entry_id)


def _sharing(item: PlanItem) -> set[int]:
    shared = select(PlanMember.item_id).where(PlanMember.entry_id.in_(_entries(item)))
    return set(session().scalars(shared))


def _followers(item: PlanItem) -> set[int]:
    """The items that wait for this one."""
    rows = session().execute(
        select(PlanItem.id, PlanItem.after).where(
            PlanItem.event_id == item.event_id,
            cast(PlanItem.after, String).contains(str(item.id)),
        )
    )
    return {row[0] for row in rows if item.id in row[1]}


def _in_panel(item: PlanItem) -> set[int]:
    own = select(PlanPost.panel).where(PlanPost.item_id == item.id, PlanPost.panel != 0)
    return set(session().scalars(select(PlanPost.item_id).where(PlanPost.panel.in_(own))))


def _of_track(item: PlanItem) -> set[int]:
    """A class is one crowd, whoever of it comes."""
    if item.track.event.kind is not EventKind.TRAINING:
        return set()
    return set(session().scalars(select(PlanItem.id).where(PlanItem.track_id == item.track_id)))


def _sessions_near(item: PlanItem, rooms: Collection[int]) -> set[int]:
    """The sessions in some rooms, those with the same entries, those of the same people."""
    serving = select(Duty.user_id).where(Duty.session_id == item.session_id)
    seated = select(Placement.session_id).where(Placement.entry_id.in_(_entries(item)))
    served = select(Duty.session_id).where(Duty.user_id.in_(serving))
    ways = [Session.room_id.in_(rooms), Session.id.in_(seated), Session.id.in_(served)]
    if item.track.event.kind is EventKind.TRAINING:
        ways.append(Session.track_id == item.track_id)
    found = (
        select(Session.id).join(Session.track).where(Track.event_id == item.event_id, or_(*ways))
    )
    return set(session().scalars(found))
