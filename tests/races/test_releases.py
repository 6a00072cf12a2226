"""Two versions published in the same second: one of them is the first, the other follows it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from threading import Barrier

from sqlalchemy import func, select

from eventsys import clock
from eventsys.db import enter_group, session, transaction
from eventsys.errors import DomainError
from eventsys.events.models import Event, Track
from eventsys.notifications.models import Message
from eventsys.notifications.rules import MessageKind
from eventsys.releases.actions import give_feed, keep_version, publish_version
from eventsys.releases.models import PlanVersion
from eventsys.timetable.actions import SessionFacts, add_session, change_session, draw_stations


def at_once(app, world, deeds):
    """Every deed in a transaction and a thread of its own: what it gave, or the refusal."""
    start = Barrier(len(deeds))

    def run(deed):
        with app.app_context():
            enter_group(world.group_a)
            start.wait()
            try:
                with transaction():
                    return deed()
            except DomainError as refusal:
                return type(refusal)
            finally:
                session().close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def two_versions(world, organizer):
    """The keys of two versions that are not public; the second moved everybody to the afternoon."""
    event = session().get_one(Event, world.competition_a)
    track = session().get_one(Track, world.track_a)

    def facts(hour):
        starts = datetime.combine(event.starts_on, time(hour), tzinfo=clock.SHANGHAI)
        return SessionFacts(world.room_a, "第一场", starts, starts + timedelta(hours=2))

    with transaction():
        held = add_session(organizer, track, facts(9))
    with transaction():
        draw_stations(organizer, track)
    with transaction():
        first = keep_version(organizer, event, "一").id
    with transaction():
        change_session(organizer, held, facts(14))
    with transaction():
        second = keep_version(organizer, event, "二").id
    session().close()
    return first, second


def test_only_one_of_two_versions_is_the_first_to_be_public(app, act, inside, world):
    organizer = act("organizer_a")
    keys = two_versions(world, organizer)

    def publish(key):
        return lambda: publish_version(organizer, session().get_one(PlanVersion, key))

    at_once(app, world, [publish(key) for key in keys])

    told = (
        select(func.count(Message.id))
        .where(Message.kind == MessageKind.TIMETABLE_PUBLISHED)
        .group_by(Message.user_id)
    )
    assert set(session().scalars(told)) == {1}


def test_many_clicks_make_one_calendar_address(app, act, inside, world):
    person = act("participant_a")
    session().close()

    given = at_once(app, world, [lambda: give_feed(person).token] * 4)

    assert len(set(given)) == 1
