"""What the clock does by itself: closing on the hour, reminding once, forgetting uploads."""

from datetime import timedelta

from sqlalchemy import select

from eventsys.audit.models import AuditEntry
from eventsys.db import session
from eventsys.events.models import Event
from eventsys.events.rules import EventState
from eventsys.notifications.models import Message
from scheduling.jobs import close_due_events, forget_uploads, remind_before_closing


def states(world):
    session().expire_all()
    return {
        key: session().get_one(Event, getattr(world, f"{key}_a")).state
        for key in ("competition", "training", "exam")
    }


def closes_at(world):
    return session().get_one(Event, world.competition_a).registration_closes_at


def messages():
    return [(one.user_id, one.kind.value) for one in session().scalars(select(Message)).all()]


def test_registration_closes_on_the_hour_and_not_a_second_before(inside, world, at):
    moment = closes_at(world)

    at(moment - timedelta(seconds=1))
    assert close_due_events() == 0
    at(moment)
    assert close_due_events() == 6
    assert close_due_events() == 0

    assert set(states(world).values()) == {EventState.REGISTRATION_CLOSED}
    entry = session().scalars(select(AuditEntry).order_by(AuditEntry.at.desc())).first()
    assert (entry.deed, entry.actor_name, entry.source) == (
        "event.registration_closed",
        "system",
        "clock",
    )


def test_closing_late_is_right_too(inside, world, at):
    at(closes_at(world) + timedelta(days=3))

    assert close_due_events() == 6


def test_leaders_with_drafts_are_reminded_once_the_day_before(inside, world, at):
    moment = closes_at(world)

    at(moment - timedelta(hours=25))
    assert remind_before_closing() == 0
    at(moment - timedelta(hours=23))
    assert remind_before_closing() == 2
    assert remind_before_closing() == 0

    assert sorted(messages()) == sorted(
        [(world.leader1_a, "closing_soon"), (world.leader1_b, "closing_soon")]
    )


def test_a_later_closing_hour_is_a_new_reason_to_remind(inside, world, at):
    moment = closes_at(world)
    at(moment - timedelta(hours=1))
    remind_before_closing()
    event = session().get_one(Event, world.competition_a)
    event.registration_closes_at = moment + timedelta(hours=2)
    session().commit()

    assert remind_before_closing() == 1


def test_nobody_is_reminded_after_closing(inside, world, at):
    at(closes_at(world))

    assert remind_before_closing() == 0


def test_forgetting_uploads_is_harmless_when_there_is_none(inside, world):
    assert forget_uploads() == 0
