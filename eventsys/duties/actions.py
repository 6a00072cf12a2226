"""Saying when people can come, and who is on an event's list for an office."""

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.duties.models import Availability, Enlisted
from eventsys.duties.policy import may_change_line, may_drop_line, may_plan_event, may_say_for
from eventsys.duties.queries import enlisted_in
from eventsys.duties.rules import AlreadyListed, Office, Stretch, check_stretch
from eventsys.errors import NotThere
from eventsys.events.models import Event
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize


def say_when(actor: Actor, user: User, stretch: Stretch, reason: str = "") -> Availability:
    """When somebody can or cannot come; everybody for themselves, or an organizer for them."""
    authorize(actor, may_say_for, user)

    check_stretch(stretch)

    line = Availability(
        id=new_id(),
        group_id=user.group_id or actor.group_id,
        user_id=user.id,
        can=stretch.can,
        weekday=stretch.weekday,
        from_on=stretch.from_on,
        to_on=stretch.to_on,
        from_minute=stretch.from_minute,
        to_minute=stretch.to_minute,
        reason=reason,
        by_id=actor.user_id,
        by=actor.name,
        at=clock.now(),
    )
    session().add(line)
    session().flush()

    record(actor, "availability.said", line, name=user.name)
    return line


def take_back(actor: Actor, line: Availability) -> None:
    """One line about when somebody can come was wrong, or no longer holds."""
    authorize(actor, may_change_line, line)

    name = line.user.name
    session().delete(line)

    record(actor, "availability.taken_back", line, name=name)


def enlist(
    actor: Actor, event: Event, user: User, office: Office, most: int | None = None
) -> Enlisted:
    """Somebody may serve in an office anywhere in an event."""
    authorize(actor, may_plan_event, event)

    if user.group_id != event.group_id:
        raise NotThere
    if any(one.user_id == user.id and one.office is office for one in enlisted_in(event.id)):
        raise AlreadyListed(name=user.name)

    line = Enlisted(
        id=new_id(),
        group_id=event.group_id,
        event_id=event.id,
        user_id=user.id,
        office=office,
        most=most,
    )
    session().add(line)
    session().flush()

    record(actor, "server.listed", line, name=user.name, role=office.value)
    return line


def strike(actor: Actor, line: Enlisted) -> None:
    """Take somebody off an event's list; duties they have stay until somebody changes them."""
    authorize(actor, may_drop_line, line)

    name, office = line.user.name, line.office.value
    session().delete(line)

    record(actor, "server.struck", line.event, name=name, role=office)
