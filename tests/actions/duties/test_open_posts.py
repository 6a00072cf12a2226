"""Why nobody serves at a post: how many hold the office, how many could, what keeps the others."""

import pytest
from sqlalchemy import select

from eventsys.db import session, transaction
from eventsys.duties.actions import enlist, say_when
from eventsys.duties.models import Duty
from eventsys.duties.queries import duties_of_event
from eventsys.duties.rules import Office, Stretch
from eventsys.events.models import Event
from eventsys.identity.models import User
from eventsys.panels.models import JudgeCard
from eventsys.plans.models import PlanItem, PlanPost
from eventsys.plans.open_posts import AWAY, ELSEWHERE, ENOUGH, STAND_ASIDE, Openness, why_open
from eventsys.plans.placing import put_item
from eventsys.plans.problem import problem_of
from eventsys.registration.models import Entry
from eventsys.timetable.board import Board
from eventsys.timetable.models import Session
from tests.queries import count_queries

JUDGES = 5


@pytest.fixture
def event(organizer, world):
    return session().get_one(Event, world.competition_a)


def why(event):
    session().expire_all()
    problem = problem_of(event)
    board = Board(problem, problem.present)
    before = board.plan
    open_duties = [one for one in duties_of_event(event.id) if one.user_id is None]
    found = why_open(event, board, open_duties)
    assert board.plan == before
    return list(found.values())


def user(world, name):
    return session().get_one(User, world.ids[name])


def cannot_come(organizer, world, name, day):
    with transaction():
        say_when(organizer, user(world, name), Stretch(False, from_on=day, to_on=day))


def test_everybody_could_take_a_free_post(event, duty):
    assert why(event) == [Openness(JUDGES, JUDGES, [])]


def test_those_who_cannot_are_counted_by_what_keeps_them_away(organizer, event, world, duty):
    cannot_come(organizer, world, "judge1_a", event.starts_on)
    cannot_come(organizer, world, "judge2_a", event.starts_on)
    with transaction():
        judge = JudgeCard(user_id=world.judge3_a, group_id=world.group_a)
        judge.employer_id = session().get_one(Entry, world.entry1_a).unit_id
        session().add(judge)
    with transaction():
        enlist(organizer, event, user(world, "judge4_a"), Office.JUDGE, most=1)
        other = PlanItem(
            group_id=event.group_id,
            event_id=event.id,
            track_id=world.team_track_a,
            name="另一场",
            minutes=60,
            posts=[PlanPost(group_id=event.group_id, office=Office.JUDGE, seat=1)],
        )
        session().add(other)
        session().flush()
        held = session().get_one(Session, duty.session_id)
        put_item(other, world.room_a, held.ends_at)
        session().query(Duty).filter(Duty.id != duty.id).one().user_id = world.judge4_a

    found = why(event)

    assert found[0] == Openness(JUDGES, 1, [(STAND_ASIDE, 1), (AWAY, 2), (ENOUGH, 1)])


def test_nobody_holds_the_office(event, duty):
    with transaction():
        duty.office = Office.LECTURER
        session().scalars(select(PlanPost)).one().office = Office.LECTURER

    assert why(event) == [Openness(0, 0, [])]


def test_who_serves_at_the_same_time_is_busy(event, world, duty):
    held = session().get_one(Session, duty.session_id)
    with transaction():
        session().add(
            Session(
                id=7,
                group_id=event.group_id,
                track_id=world.track_a,
                room_id=world.room_a,
                name="同时",
                starts_at=held.starts_at,
                ends_at=held.ends_at,
            )
        )
        session().flush()
        session().add(
            Duty(
                id=8,
                group_id=event.group_id,
                session_id=7,
                office=Office.JUDGE,
                seat=1,
                user_id=world.judge1_a,
            )
        )

    assert Openness(JUDGES, JUDGES - 1, [(ELSEWHERE, 1)]) in why(event)


def test_more_open_posts_ask_no_more_of_the_database(event, duty):
    sent = []
    for more in (0, 5):
        with transaction():
            session().add_all(
                Duty(
                    id=100 + n,
                    group_id=event.group_id,
                    session_id=duty.session_id,
                    office=Office.JUDGE,
                    seat=2 + n,
                )
                for n in range(more)
            )
        duties = duties_of_event(event.id)
        problem = problem_of(event)
        board = Board(problem, problem.present)
        with count_queries() as asked:
            why_open(event, board, duties)
        sent.append(len(asked))

    assert sent[0] == sent[1]
