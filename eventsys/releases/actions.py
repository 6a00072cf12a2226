"""Keeping a version, publishing it to exactly those it moves, giving out calendar addresses."""

import secrets
from collections.abc import Collection
from dataclasses import asdict

from sqlalchemy import insert, select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import Forbidden, NotThere
from eventsys.events.models import Event
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.notifications.actions import notify
from eventsys.notifications.rules import MessageKind
from eventsys.plans.models import PlanSettings
from eventsys.plans.policy import may_plan_event
from eventsys.plans.queries import settings_seen
from eventsys.registration.models import Entry, Member
from eventsys.registration.queries import leaders_of
from eventsys.releases import queries
from eventsys.releases.models import Feed, PlanLine, PlanVersion
from eventsys.releases.planned import lines_of_one_moment
from eventsys.releases.policy import may_see_version
from eventsys.releases.rules import (
    PAPERS,
    AlreadyPublished,
    EventHidden,
    LaterIsPublic,
    NothingNew,
    NothingToKeep,
    changes,
    entries_touched,
    is_same,
    users_touched,
)
from eventsys.tasks.actions import ask
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind

AT_ONCE = 500  # lines written, or keys asked for, in one statement


def keep_version(actor: Actor, event: Event, name: str, note: str = "") -> PlanVersion:
    """Keep the timetable as planned now under a name; nothing is public by that."""
    authorize(actor, may_plan_event, event)

    _hold(event.id)
    lines = lines_of_one_moment(event)
    if not lines:
        raise NothingToKeep
    former = queries.latest(event.id)
    if former is not None and is_same(queries.lines_of(former), lines):
        raise NothingNew(number=former.number)

    version = PlanVersion(
        id=new_id(),
        group_id=event.group_id,
        event_id=event.id,
        number=former.number + 1 if former else 1,
        name=name,
        note=note,
        revision=settings_seen(event).revision,
        made_at=clock.now(),
        made_by=actor.name,
    )
    session().add(version)
    session().flush()
    rows = [
        asdict(one) | {"id": new_id(), "group_id": event.group_id, "version_id": version.id}
        for one in lines
    ]
    for first in range(0, len(rows), AT_ONCE):
        session().execute(insert(PlanLine), rows[first : first + AT_ONCE])

    record(actor, "plan_version.kept", version, number=version.number, name=name, lines=len(rows))
    return version


def publish_version(actor: Actor, version: PlanVersion) -> int:
    """Make a version the one that holds; writes to everybody it moves, and says to how many."""
    authorize(actor, may_see_version, version)
    _hold(version.event_id)
    session().refresh(version)
    session().refresh(version.event, ["state"])
    if version.event.state in queries.HIDDEN:
        raise EventHidden
    if version.published_at is not None:
        raise AlreadyPublished(number=version.number)
    former = queries.published(version.event_id)
    if former is not None and former.number > version.number:
        raise LaterIsPublic(number=former.number)

    version.published_at, version.published_by = clock.now(), actor.name
    found = changes(queries.lines_of(former), queries.lines_of(version))
    told = _people_behind(entries_touched(found)) | users_touched(found)
    written = notify(
        version.group_id,
        told,
        MessageKind.TIMETABLE_PUBLISHED if former is None else MessageKind.TIMETABLE_CHANGED,
        link="/timetable/my-day",
        event=version.event.name,
        number=version.number,
    )

    record(actor, "plan_version.published", version, number=version.number, told=written)
    return written


def ask_paper(actor: Actor, version: PlanVersion, kind: TaskKind, title: str) -> Task:
    """Paper of one kind, all of it from this version; the worker makes it."""
    authorize(actor, may_see_version, version)

    if kind not in PAPERS:
        raise NotThere

    return ask(actor, version.group_id, kind, title, version_id=version.id)


def _hold(event_id: int) -> None:
    """Who keeps or publishes, and who moves something in the plan, wait for each other here."""
    event = select(Event.id).where(Event.id == event_id)
    session().scalar(event.with_for_update(key_share=True))
    plan = select(PlanSettings.id).where(PlanSettings.event_id == event_id)
    session().scalar(plan.with_for_update(key_share=True))


def _people_behind(entry_ids: Collection[int]) -> set[int]:
    """The accounts of those who take part, and of the team leaders of their units."""
    keys = sorted(entry_ids)
    users: set[int] = set()
    units: set[int] = set()
    for first in range(0, len(keys), AT_ONCE):
        some = keys[first : first + AT_ONCE]
        units |= set(session().scalars(select(Entry.unit_id).where(Entry.id.in_(some))))
        people = select(Member.person_id).where(Member.entry_id.in_(some), Member.is_active)
        own = select(User.id).where(User.person_id.in_(people), User.closed_at.is_(None))
        users |= set(session().scalars(own))
    leaders = leaders_of(units, clock.today())
    return users | {one for each in leaders.values() for one in each}


# ---- calendars


def give_feed(actor: Actor) -> Feed:
    """A secret address for one's own timetable; whoever has one keeps it."""
    if actor.user_id is None:
        raise Forbidden
    owner = select(User.id).where(User.id == actor.user_id)
    session().scalar(owner.with_for_update(key_share=True))  # two clicks make one address
    found = queries.feed_of(actor.user_id)
    if found is not None:
        return found

    feed = Feed(
        id=new_id(),
        user_id=actor.user_id,
        token=secrets.token_urlsafe(32),
        made_at=clock.now(),
    )
    session().add(feed)

    record(actor, "feed.given", feed)
    return feed


def end_feed(actor: Actor) -> None:
    """From now on one's address shows nothing; a new one can be made."""
    found = queries.feed_of(actor.user_id or 0)
    if found is None:
        return

    found.ended_at = clock.now()

    record(actor, "feed.ended", found)
