"""Eight at the same moment, two places: the conditional statement lets exactly two in."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select, update

from eventsys.db import db, session, transaction
from eventsys.errors import DomainError
from eventsys.events.models import Track
from eventsys.groups.models import Unit
from eventsys.identity.queries import actor_of, user_named
from eventsys.registration import actions
from eventsys.registration.models import Entry, Member, UnitQuota
from eventsys.registration.queries import quota_of
from eventsys.registration.rules import EntryState, QuotaFull, TakenMeanwhile, TrackFull
from tests.applicants import single

THREADS = 8


def two_places_left(app, world):
    """Unit 1 has two of four places in the track, and no more."""
    with app.app_context(), transaction():
        session().execute(
            update(UnitQuota)
            .where(UnitQuota.track_id == world.track_a, UnitQuota.unit_id == world.unit1_a)
            .values(used=2)
        )


def all_at_once(app, world, *, orders, before=lambda _world: None):
    """Every thread enters one person at the same moment; what became of each."""
    barrier = Barrier(THREADS)

    def enter(order):
        with app.app_context():
            actor = actor_of(user_named("leader1_a"))
            track = session().get_one(Track, world.track_a)
            unit = session().get_one(Unit, world.unit1_a)
            before(world)
            session().rollback()
            barrier.wait(timeout=20)
            try:
                with transaction():
                    actions.submit_new(actor, track, unit, [single(order)])
            except DomainError as refusal:
                return type(refusal)
            finally:
                db.session.remove()
            return None

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(enter, orders))


def entered(app, world):
    """New entries of the track, and the places its unit is said to hold."""
    with app.app_context():
        number = session().scalar(
            select(func.count(Entry.id)).where(
                Entry.track_id == world.track_a, Entry.state == EntryState.SUBMITTED
            )
        )
        used = quota_of(world.track_a, world.unit1_a).used
        db.session.remove()
    return number, used


def test_of_eight_at_once_exactly_two_get_the_last_two_places(app, world):
    two_places_left(app, world)

    ends = all_at_once(app, world, orders=range(1, THREADS + 1))

    assert sorted(ends, key=str) == sorted([None] * 2 + [QuotaFull] * 6, key=str)
    assert entered(app, world) == (2, 4)


def test_the_race_is_real_looking_first_and_writing_later_lets_too_many_in(app, world, monkeypatch):
    """The wrong build: every thread looks, finds a place, and writes what it saw plus one."""
    two_places_left(app, world)
    seen = {}

    def look(world):
        seen[actions] = quota_of(world.track_a, world.unit1_a).used

    def write_what_was_seen(track, unit, many):
        free = seen[actions] + many <= 4
        statement = update(UnitQuota).where(
            UnitQuota.track_id == track.id, UnitQuota.unit_id == unit.id
        )
        session().execute(statement.values(used=seen[actions] + many))
        return free

    monkeypatch.setattr(actions, "take_unit_places", write_what_was_seen)

    ends = all_at_once(app, world, orders=range(1, THREADS + 1), before=look)

    assert ends == [None] * THREADS
    assert entered(app, world) == (8, 3)


def test_of_eight_at_once_exactly_two_get_the_last_two_places_of_the_track(app, world):
    with app.app_context(), transaction():
        session().execute(
            update(Track).where(Track.id == world.track_a).values(capacity=Track.used + 2)
        )
        session().execute(
            update(UnitQuota).where(UnitQuota.track_id == world.track_a).values(capacity=100)
        )

    ends = all_at_once(app, world, orders=range(1, THREADS + 1))

    assert sorted(ends, key=str) == sorted([None] * 2 + [TrackFull] * 6, key=str)


def test_one_person_entered_eight_times_at_once_is_in_once(app, world):
    """Whoever is registered a moment later is refused by the index, not by luck."""
    with app.app_context(), transaction():
        session().execute(
            update(UnitQuota).where(UnitQuota.track_id == world.track_a).values(capacity=100)
        )
        actor = actor_of(user_named("leader1_a"))
        track, unit = (
            session().get_one(Track, world.track_a),
            session().get_one(Unit, world.unit1_a),
        )
        (entry,) = actions.submit_new(actor, track, unit, [single(1)])
        actions.withdraw_entry(actor, entry)

    ends = all_at_once(app, world, orders=[1] * THREADS)

    assert [end for end in ends if end is None] == [None]
    with app.app_context():
        active = session().scalar(
            select(func.count(Member.id)).where(
                Member.event_id == world.competition_a,
                Member.is_active,
                Member.person_id.in_(
                    select(Member.person_id).join(Entry).where(Entry.state == EntryState.SUBMITTED)
                ),
            )
        )
        db.session.remove()
    assert active == 1


def test_the_index_has_the_last_word_when_the_look_missed_somebody(app, world, monkeypatch):
    monkeypatch.setattr("eventsys.registration.eligibility.active_members", lambda *_: [])
    monkeypatch.setattr(actions, "_refuse", lambda _problems: None)

    def enter(key):
        with transaction():
            actor = actor_of(user_named("leader1_a"))
            track, unit = session().get_one(Track, key), session().get_one(Unit, world.unit1_a)
            actions.submit_new(actor, track, unit, [single(1)])

    with app.app_context():
        enter(world.track_a)
        with pytest.raises(TakenMeanwhile):
            enter(world.team_track_a)
        db.session.remove()
