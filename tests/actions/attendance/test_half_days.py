"""Signing in for half days: by ticket, by oneself, by hand; and the hours of it."""

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from eventsys import clock
from eventsys.attendance import queries
from eventsys.attendance.actions import correct_half_day, sign_in_by_scan, sign_in_self
from eventsys.attendance.models import SignIn
from eventsys.attendance.rules import (
    ClassOver,
    EntryNotApproved,
    HalfDayKey,
    NoHalfDays,
    NoLessonsNow,
    NotYetOpen,
    ReasonMissing,
    SignInMethod,
    UnknownHalfDay,
    WindowOver,
)
from eventsys.audit.models import AuditEntry
from eventsys.db import enter_group, session, transaction
from eventsys.errors import Conflict, Forbidden
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.results.outcomes import completions


@pytest.fixture
def first(inside, world):
    """The first day of the class."""
    return session().get_one(Track, world.class_a).rules.half_days[0].on


@pytest.fixture
def on_day(first, at):
    """Set the clock to ``hour:minute`` in Shanghai, ``later`` days after the first."""

    def set_clock(hour, minute=0, later=0):
        at(datetime.combine(first + timedelta(days=later), time(hour, minute), clock.SHANGHAI))

    return set_clock


@pytest.fixture
def organizer(act, world):
    enter_group(world.group_a)
    return act("organizer2_a")


@pytest.fixture
def trainee(act, world):
    """The account of the first trainee."""
    enter_group(world.group_a)
    user = session().get_one(User, world.participant_a)
    user.person_id = world.person_trainee1_a
    session().commit()
    return act("participant_a")


def entry(world, name="trainee1_a") -> Entry:
    return session().get_one(Entry, world.ids[name])


def signed(world, name="trainee1_a"):
    return [(key.part, one.method) for key, one in queries.sign_ins_of(world.ids[name]).items()]


def test_a_scan_signs_in_for_the_half_day_that_is_open(organizer, world, on_day):
    on_day(8, 30)
    with transaction():
        checked = sign_in_by_scan(organizer, entry(world))

    assert checked.is_first
    assert signed(world) == [("am", SignInMethod.SCANNED)]


def test_a_second_scan_in_the_same_half_day_gives_back_the_first(organizer, world, on_day):
    on_day(8, 30)
    with transaction():
        sign_in_by_scan(organizer, entry(world))
    on_day(9, 0)
    with transaction():
        again = sign_in_by_scan(organizer, entry(world))
    on_day(12, 30)
    with transaction():
        afternoon = sign_in_by_scan(organizer, entry(world))

    assert (again.is_first, afternoon.is_first) == (False, True)
    assert [part for part, _method in signed(world)] == ["am", "pm"]


def test_outside_lessons_a_scan_is_refused_with_the_next_half_day(organizer, world, on_day, first):
    on_day(6, 59)
    with pytest.raises(NoLessonsNow) as early, transaction():
        sign_in_by_scan(organizer, entry(world))
    on_day(19, 0, later=1)
    with pytest.raises(ClassOver), transaction():
        sign_in_by_scan(organizer, entry(world))

    assert early.value.facts == {"day": first.isoformat(), "part": "morning"}


def test_contestants_have_no_half_days(act, world):
    with pytest.raises(NoHalfDays), transaction():
        sign_in_by_scan(act("organizer_a"), entry(world, "entry1_a"))


def test_a_trainee_signs_in_within_the_window_only(trainee, world, on_day, first):
    morning = HalfDayKey(first, "am")
    on_day(6, 59)
    with pytest.raises(NotYetOpen), transaction():
        sign_in_self(trainee, entry(world), morning)
    on_day(12, 30)
    with pytest.raises(WindowOver), transaction():
        sign_in_self(trainee, entry(world), morning)
    on_day(12, 29)
    with transaction():
        checked = sign_in_self(trainee, entry(world), morning)

    assert checked.is_first
    assert signed(world) == [("am", SignInMethod.SELF)]


def test_a_half_day_the_class_does_not_have_is_refused(trainee, world, on_day, first):
    on_day(8, later=5)

    with pytest.raises(UnknownHalfDay), transaction():
        sign_in_self(trainee, entry(world), HalfDayKey(first + timedelta(days=5), "am"))


def test_nobody_signs_in_for_somebody_else(trainee, act, world, on_day, first):
    on_day(8)
    for actor, name in ((trainee, "trainee2_a"), (act("organizer_a"), "trainee1_a")):
        with pytest.raises(Forbidden), transaction():
            sign_in_self(actor, entry(world, name), HalfDayKey(first, "am"))


def test_a_withdrawn_trainee_is_refused(organizer, world, on_day):
    on_day(8)
    with transaction():
        entry(world).state = EntryState.WITHDRAWN

    with pytest.raises(EntryNotApproved), transaction():
        sign_in_by_scan(organizer, entry(world))


def test_an_organizer_corrects_both_ways_with_a_reason(organizer, world, first):
    key = HalfDayKey(first, "pm")
    with transaction():
        correct_half_day(organizer, entry(world), key, present=True, reason="手机没电，已核实")
    after = signed(world)
    with transaction():
        correct_half_day(organizer, entry(world), key, present=False, reason="代签，已核实")

    facts = session().scalars(
        select(AuditEntry.facts)
        .where(AuditEntry.deed == "half_day.corrected")
        .order_by(AuditEntry.sequence)
    )
    assert after == [("pm", SignInMethod.BY_HAND)]
    assert signed(world) == []
    assert [(one["present"], one["reason"]) for one in facts] == [
        (True, "手机没电，已核实"),
        (False, "代签，已核实"),
    ]


def test_a_correction_needs_a_reason_a_change_and_an_organizer(organizer, act, world, first):
    key = HalfDayKey(first, "am")
    with pytest.raises(ReasonMissing), transaction():
        correct_half_day(organizer, entry(world), key, present=True, reason="错")
    with pytest.raises(Conflict), transaction():
        correct_half_day(organizer, entry(world), key, present=False, reason="代签，已核实")
    wrong = HalfDayKey(first + timedelta(days=9), "am")
    with pytest.raises(UnknownHalfDay), transaction():
        correct_half_day(organizer, entry(world), wrong, present=True, reason="补签，已核实")
    for name in ("steward_a", "leader1_a", "office_a", "organizer_b"):
        with pytest.raises(Forbidden), transaction():
            correct_half_day(act(name), entry(world), key, present=True, reason="补签，已核实")

    assert session().scalars(select(SignIn)).all() == []


def test_the_hours_of_each_trainee_count_what_was_signed(organizer, world, first):
    for part in ("am", "pm"):
        with transaction():
            correct_half_day(
                organizer, entry(world), HalfDayKey(first, part), present=True, reason="现场核实"
            )

    found = completions(session().get_one(Track, world.class_a))
    assert {line.entry_id: line.parts["hours"] for line in found} == {
        world.trainee1_a: "8",
        world.trainee2_a: "0",
        world.trainee3_a: "0",
    }
    assert queries.signed_half_days(world.class_a)[world.trainee1_a] == {
        HalfDayKey(first, "am"),
        HalfDayKey(first, "pm"),
    }


def test_the_roll_of_a_class_is_that_of_the_open_half_day(organizer, world, on_day):
    on_day(8)
    with transaction():
        sign_in_by_scan(organizer, entry(world))

    def roll():
        found = queries.roll(queries.event_tracks(world.training_a), clock.now())
        return len(found.here), len(found.missing)

    morning = roll()
    on_day(13)
    afternoon = roll()
    on_day(20)
    assert (morning, afternoon, roll()) == ((1, 2), (0, 3), (0, 0))
