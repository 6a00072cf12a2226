"""A table of when people can come beside what is on record, and kept as a whole."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.duties.models import Availability
from eventsys.duties.policy import may_plan_event
from eventsys.duties.queries import availability_of
from eventsys.duties.servers import servers_of
from eventsys.duties.time_tables import GivenTime, People, Words, times_in
from eventsys.errors import N_, Conflict
from eventsys.events.models import Event
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.imports import ReadRow, RowsLost


class TimesMoved(Conflict):
    message = N_(
        "Somebody changed when these people can come since you compared. Nothing was saved. Look"
        " at what would change now, then save again."
    )


@dataclass(frozen=True)
class TimesEffect:
    """What a table would do; nothing goes away. ``seen`` tells whether the record moved since."""

    new: Sequence[GivenTime]
    changed: Sequence[tuple[GivenTime, Availability]]
    same: int
    untouched: int
    seen: str


def people_of(event: Event) -> dict[int, tuple[str, str]]:
    """Everybody of the group who can serve in an event, by name: name and login name."""
    found = session().execute(
        select(User.id, User.name, User.username)
        .where(User.id.in_(servers_of(event)), User.group_id == event.group_id)
        .order_by(User.name, User.id)
    )
    return {user_id: (name, login) for user_id, name, login in found}


def effect_of(times: Sequence[GivenTime]) -> TimesEffect:
    """What is new, what changes and what stays, beside what is on record now."""
    lines = availability_of({one.user_id for one in times})
    known = {(line.user_id, line.stretch): line for some in lines.values() for line in some}
    new: list[GivenTime] = []
    changed: list[tuple[GivenTime, Availability]] = []
    for one in times:
        line = known.get((one.user_id, one.stretch))
        if line is None:
            new.append(one)
        elif one.reason and one.reason != line.reason:
            changed.append((one, line))
    said = {(one.user_id, one.stretch) for one in times}
    return TimesEffect(
        new,
        changed,
        same=len(times) - len(new) - len(changed),
        untouched=len(known.keys() - said),
        seen=_fingerprint(known.values()),
    )


def _fingerprint(lines: Collection[Availability]) -> str:
    known = sorted(repr((line.user_id, line.stretch, line.reason)) for line in lines)
    return hashlib.sha256("\n".join(known).encode()).hexdigest()


def keep_times(
    actor: Actor, event: Event, rows: Sequence[ReadRow], seen: str, words: Words
) -> TimesEffect:
    """Keep a table that somebody compared: all of it, unless the record moved meanwhile."""
    authorize(actor, may_plan_event, event)

    people: People = people_of(event)
    read = times_in(rows, people, words)
    if read.problems or not read.times:
        raise RowsLost
    _hold({one.user_id for one in read.times})
    effect = effect_of(read.times)
    if effect.seen != seen:
        raise TimesMoved

    moment = clock.now()
    for one in effect.new:
        session().add(_line(actor, event, one, moment))
    for one, line in effect.changed:
        line.reason = one.reason
    session().flush()

    touched = {one.user_id for one in (*effect.new, *(given for given, _ in effect.changed))}
    if touched:
        record(actor, "availability.imported", event, people=len(touched), number=len(effect.new))
    return effect


def _line(actor: Actor, event: Event, one: GivenTime, moment: datetime) -> Availability:
    return Availability(
        id=new_id(),
        group_id=event.group_id,
        user_id=one.user_id,
        can=one.stretch.can,
        weekday=one.stretch.weekday,
        from_on=one.stretch.from_on,
        to_on=one.stretch.to_on,
        from_minute=one.stretch.from_minute,
        to_minute=one.stretch.to_minute,
        reason=one.reason,
        by_id=actor.user_id,
        by=actor.name,
        at=moment,
    )


def _hold(user_ids: Collection[int]) -> None:
    """Two tables about the same people wait for each other here."""
    users = select(User.id).where(User.id.in_(user_ids)).order_by(User.id)
    session().scalars(users.with_for_update(key_share=True)).all()
