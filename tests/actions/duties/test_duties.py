"""Duties: who can serve, when they can come, whom they may not judge, changes by hand."""

from datetime import date

import pytest

from eventsys import clock
from eventsys.db import session, transaction
from eventsys.duties.actions import enlist, say_when, strike, take_back
from eventsys.duties.models import Duty
from eventsys.duties.queries import availability_of, duties_of_user, enlisted_in, loads
from eventsys.duties.rules import AlreadyListed, AvailabilityUnclear, Office, Stretch
from eventsys.duties.servers import bars_of, servers_of
from eventsys.errors import Forbidden, NotThere
from eventsys.events.models import Event, Track
from eventsys.identity.models import User
from eventsys.panels.models import Declaration, JudgeCard
from eventsys.panels.rules import Relation, Title
from eventsys.plans.duty_actions import Desk, put_on_duty
from eventsys.plans.problem import problem_of
from eventsys.plans.rules import CannotServe


def event_of(world, key="competition_a") -> Event:
    return session().get_one(Event, world.ids[key])


def words(text):
    return text


def test_judges_of_a_track_can_serve_there_and_the_listed_anywhere(organizer, world):
    with transaction():
        floor = session().get_one(User, world.steward_a)
        enlist(organizer, event_of(world), floor, Office.INVIGILATOR, 3)

    servers = servers_of(event_of(world))

    assert servers[world.judge1_a].may_serve(world.track_a) == {Office.JUDGE}
    assert servers[world.judge1_a].may_serve(world.team_track_a) == set()
    assert Office.INVIGILATOR in servers[world.steward_a].may_serve(world.team_track_a)
    assert servers[world.steward_a].most == 3


def test_the_list_takes_people_of_the_group_once_for_an_office(organizer, world):
    with transaction():
        enlist(organizer, event_of(world), session().get_one(User, world.office_a), Office.LECTURER)
    with pytest.raises(AlreadyListed), transaction():
        enlist(organizer, event_of(world), session().get_one(User, world.office_a), Office.LECTURER)
    with pytest.raises(NotThere), transaction():
        enlist(organizer, event_of(world), session().get_one(User, world.judge1_b), Office.JUDGE)
    with transaction():
        strike(organizer, enlisted_in(world.competition_a)[0])

    assert enlisted_in(world.competition_a) == []


def test_everybody_says_for_themselves_when_they_can_come(act, organizer, world):
    judge = act("judge1_a")
    own = session().get_one(User, world.judge1_a)
    with transaction():
        say_when(judge, own, Stretch(can=False, from_on=date(2026, 1, 2)), "出差")
    with pytest.raises(AvailabilityUnclear), transaction():
        say_when(judge, own, Stretch(can=False))
    with pytest.raises(Forbidden), transaction():
        say_when(act("judge2_a"), session().get_one(User, world.judge1_a), Stretch(True, 1))
    with pytest.raises(Forbidden), transaction():
        say_when(act("organizer_b"), session().get_one(User, world.judge1_a), Stretch(True, 1))
    with transaction():
        say_when(organizer, session().get_one(User, world.judge1_a), Stretch(True, 1))
    lines = availability_of([world.judge1_a])[world.judge1_a]
    assert {one.can: one.by for one in lines} == {False: judge.name, True: organizer.name}

    with transaction():
        take_back(judge, next(one for one in lines if one.by == judge.name))

    assert len(availability_of([world.judge1_a])[world.judge1_a]) == 1


def test_the_plan_knows_when_people_are_away(organizer, world):
    first = event_of(world).starts_on
    with transaction():
        user = session().get_one(User, world.judge1_a)
        say_when(organizer, user, Stretch(can=False, from_on=first, to_on=first, to_minute=720))

    person = next(one for one in problem_of(event_of(world)).people if one.id == world.judge1_a)

    assert [(one.starts, one.ends) for one in person.away] == [(0, 720)]


def test_people_stand_aside_from_the_host_and_from_whom_they_named(organizer, world):
    track = session().get_one(Track, world.track_a)
    with transaction():
        session().add(
            JudgeCard(
                group_id=world.group_a,
                user_id=world.judge1_a,
                employer_id=world.unit1_a,
                title=Title.SENIOR,
            )
        )
        session().add(
            Declaration(
                group_id=world.group_a,
                track_id=track.id,
                user_id=world.judge2_a,
                relation=Relation.KINSHIP,
                unit_id=world.unit2_a,
                by_name="裁判",
                at=clock.now(),
            )
        )
    event = event_of(world)

    bars = bars_of(event, servers_of(event))

    assert {(one.user_id, one.relation) for one in bars if one.entry_id is None} == {
        (world.judge1_a, Relation.HOST)
    }
    assert {one.entry_id for one in bars if one.user_id == world.judge2_a} == {
        world.ids[f"entry{n}_a"] for n in (4, 5, 6)
    }
    assert servers_of(event)[world.judge1_a].is_senior


def test_a_duty_goes_to_somebody_by_hand_and_stays(organizer, duty, world):
    with transaction():
        put_on_duty(organizer, duty, world.judge1_a, words)

    assert (duty.user_id, duty.is_fixed) == (world.judge1_a, True)
    assert [one.id for one in duties_of_user(world.judge1_a)] == [duty.id]
    post = next(iter(problem_of(event_of(world)).posts))
    assert post.person == world.judge1_a

    with transaction():
        put_on_duty(organizer, duty, None, words)
    assert (duty.user_id, duty.is_fixed) == (None, False)


def test_who_cannot_come_or_holds_no_office_is_refused_with_the_reason(organizer, duty, world):
    first = event_of(world).starts_on
    with transaction():
        user = session().get_one(User, world.judge1_a)
        say_when(organizer, user, Stretch(can=False, from_on=first, to_on=first))

    candidates = {one.user_id: one for one in Desk(duty).candidates(words)}
    assert candidates[world.judge1_a].is_barred
    assert not candidates[world.judge2_a].is_barred
    for user_id in (world.judge1_a, world.leader1_a):
        with pytest.raises(CannotServe), transaction():
            put_on_duty(organizer, session().get_one(Duty, duty.id), user_id, words)


def test_loads_count_every_duty(organizer, duty, world):
    with transaction():
        put_on_duty(organizer, duty, world.judge1_a, words)

    assert [(one.user.id, one.number) for one in loads([duty])] == [(world.judge1_a, 1)]
