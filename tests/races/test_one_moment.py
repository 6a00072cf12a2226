"""A version is of one moment, whatever others write while it is read."""

import re
from datetime import datetime, time, timedelta
from threading import Thread

from sqlalchemy import Engine, event, select

from eventsys import clock
from eventsys.db import enter_group, new_id, session, transaction
from eventsys.duties.models import Duty
from eventsys.duties.rules import Office
from eventsys.events.models import Event, Track
from eventsys.releases.actions import keep_version
from eventsys.releases.queries import lines_of
from eventsys.timetable.actions import SessionFacts, add_session
from eventsys.timetable.models import Session

SESSIONS_READ = re.compile(r"FROM session JOIN track")
LATER = timedelta(hours=5)
PATIENCE = 2.0
"""Seconds the reader gives the writer; where readers and writers exclude each other, it waits."""


def test_a_move_between_two_statements_is_kept_whole_or_not_at_all(app, act, inside, world):
    organizer = act("organizer_a")
    held, duty, starts = planned(world, organizer)

    def move() -> None:
        with app.app_context():
            enter_group(world.group_a)
            with transaction():
                found = session().get_one(Session, held)
                found.starts_at, found.ends_at = starts + LATER, found.ends_at + LATER
                session().get_one(Duty, duty).user_id = world.judge2_a
            session().close()

    writer = Thread(target=move)

    def between(_connection, _cursor, statement, *_rest) -> None:
        if SESSIONS_READ.search(statement) and writer.ident is None:
            writer.start()
            writer.join(PATIENCE)

    event.listen(Engine, "after_cursor_execute", between)
    try:
        with transaction():
            version = keep_version(organizer, session().get_one(Event, world.competition_a), "一")
    finally:
        event.remove(Engine, "after_cursor_execute", between)
        writer.join()

    found = {(one.user_id, one.starts_at) for one in lines_of(version) if one.user_id}
    assert found in ({(world.judge1_a, starts)}, {(world.judge2_a, starts + LATER)})
    session().expire_all()
    assert session().scalars(select(Duty.user_id)).one() == world.judge2_a


def planned(world, organizer):
    """A session in the morning with one judge: its key, that of the duty, and when it starts."""
    track = session().get_one(Track, world.track_a)
    starts = datetime.combine(track.event.starts_on, time(9), tzinfo=clock.SHANGHAI)
    with transaction():
        facts = SessionFacts(world.room_a, "第一场", starts, starts + timedelta(hours=2))
        held = add_session(organizer, track, facts).id
    with transaction():
        duty = Duty(
            id=new_id(),
            group_id=world.group_a,
            session_id=held,
            office=Office.JUDGE,
            seat=1,
            user_id=world.judge1_a,
        )
        session().add(duty)
    key = duty.id
    session().close()
    return held, key, starts
