"""Many scanners, one ticket: exactly one arrival; one draw; one person at a station."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from eventsys.attendance.actions import check_in
from eventsys.attendance.models import Arrival
from eventsys.db import enter_group, session, transaction
from eventsys.draws.actions import draw_codes
from eventsys.draws.models import Lot
from eventsys.errors import Conflict
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.registration.models import Entry
from eventsys.timetable.actions import SessionFacts, add_session, place_entry
from eventsys.timetable.models import Placement, Session, Station

THREADS = 16


def at_once(app, deeds: list[Callable[[], object]]) -> list[object]:
    """What each deed gave back, or the refusal it met, when all begin together."""
    start = Barrier(len(deeds))

    def run(deed):
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    return deed()
            except (Conflict, IntegrityError) as refused:
                return type(refused)
            finally:
                session().close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def test_sixteen_scans_of_one_ticket_make_one_arrival(app, act, world):
    steward = act("steward_a")
    session().close()

    def scan():
        return check_in(steward, session().get_one(Entry, world.entry1_a)).is_first

    answers = at_once(app, [scan] * THREADS)

    assert sorted(answers) == [False] * (THREADS - 1) + [True]
    assert len(session().scalars(select(Arrival)).all()) == 1


def test_a_draw_beside_check_ins_gives_codes_to_exactly_who_came_in(app, act, world):
    steward, encryptor = act("steward_a"), act("encryptor_a")
    with transaction():
        check_in(steward, session().get_one(Entry, world.entry1_a))
    session().close()

    def scan(number):
        entry_id = world.ids[f"entry{number}_a"]
        return lambda: check_in(steward, session().get_one(Entry, entry_id)).is_first

    def draw():
        witness = session().get_one(User, world.supervisor_a)
        return draw_codes(encryptor, session().get_one(Track, world.track_a), witness).id

    at_once(app, [*(scan(number) for number in range(2, 7)), draw, draw])

    arrived = set(session().scalars(select(Arrival.entry_id)))
    assert set(session().scalars(select(Lot.entry_id))) == arrived


def test_six_entries_for_one_station_leave_one_there(app, act, world):
    enter_group(world.group_a)
    organizer = act("organizer_a")
    with transaction():
        track = session().get_one(Track, world.track_a)
        midnight = track.event.registration_closes_at.replace(
            year=track.event.starts_on.year,
            month=track.event.starts_on.month,
            day=track.event.starts_on.day,
            hour=1,
        )
        facts = SessionFacts(world.room_a, "上午场", midnight, midnight.replace(hour=3))
        held_id = add_session(organizer, track, facts).id
    session().close()

    def place(number):
        entry_id = world.ids[f"entry{number}_a"]
        return lambda: (
            place_entry(
                organizer,
                session().get_one(Session, held_id),
                session().get_one(Entry, entry_id),
                session().get_one(Station, world.station1_a),
            ).id
        )

    at_once(app, [place(number) for number in range(1, 7)])

    assert len(session().scalars(select(Placement)).all()) == 1
