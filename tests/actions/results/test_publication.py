"""Opening the map, drawing up, publishing at the stated moment to the second."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.draws.queries import opened_entries
from eventsys.draws.rules import AlreadyOpened, WitnessUnfit
from eventsys.errors import Forbidden
from eventsys.identity.policy import System
from eventsys.notifications.models import Message
from eventsys.results import actions, queries
from eventsys.results.models import Publication, ResultRow
from eventsys.results.outcomes import MapClosed
from eventsys.results.ranking import standings
from eventsys.results.states import Outcome
from eventsys.scoring.chief_actions import ReturnReasonMissing
from eventsys.scoring.signing import WrongPassword
from scheduling.jobs import publish_due_results
from tests import judging
from tests.world import PASSWORD

DUE = datetime(2026, 12, 24, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def organizer(act):
    return act("organizer_a")


def draw_up(organizer, world, due=DUE):
    with transaction():
        return actions.draw_up(organizer, judging.track_of(world), due)


def rows(world):
    found = select(ResultRow).order_by(ResultRow.position)
    return session().scalars(found).all()


def test_the_map_opens_only_after_the_signature(act, world):
    codes = judging.ready_to_mark(world)
    encryptor, witness = act("encryptor_a"), judging.user("supervisor_a")
    with pytest.raises(actions.NotSignedOff), transaction():
        actions.open_map(encryptor, judging.track_of(world), witness)
    judging.mark_everything(world, judging.same_for_all(codes))
    with pytest.raises(actions.NotSignedOff), transaction():
        actions.open_map(encryptor, judging.track_of(world), witness)

    assert opened_entries(world.track_a) == {}


def test_the_map_is_opened_once_with_both_names_on_record(act, world):
    codes = judging.opened(world)
    behind = opened_entries(world.track_a)

    assert sorted(behind) == codes
    assert sorted(entry.number for entry in behind.values()) == [1, 2, 3, 4, 5, 6]
    found = session().scalars(select(AuditEntry).where(AuditEntry.deed == "map.opened")).one()
    assert (found.actor_name, found.facts["witness"]) == ("甲加密裁判", "甲监督员")
    with pytest.raises(AlreadyOpened), transaction():
        actions.open_map(act("encryptor_a"), judging.track_of(world), judging.user("supervisor_a"))


def test_a_witness_is_a_supervisor_and_proves_to_be_there(act, world):
    judging.signed_off(world)
    track, encryptor = judging.track_of(world), act("encryptor_a")

    with pytest.raises(WitnessUnfit), transaction():
        actions.open_map(encryptor, track, judging.user("organizer_a"))
    with pytest.raises(WrongPassword), transaction():
        actions.open_map_together(encryptor, track, judging.user("supervisor_a"), "wrong")
    with transaction():
        actions.open_map_together(encryptor, track, judging.user("supervisor_a"), PASSWORD)

    assert len(opened_entries(world.track_a)) == 6


@pytest.mark.parametrize("name", ["supervisor_a", "chief_a", "organizer_a", "encryptor_b"])
def test_only_the_encryption_judge_opens(act, world, name):
    judging.signed_off(world)
    with pytest.raises(Forbidden), transaction():
        actions.open_map(act(name), judging.track_of(world), judging.user("supervisor_a"))


def test_results_are_drawn_up_only_with_an_open_map(organizer, world):
    judging.signed_off(world)

    with pytest.raises(MapClosed):
        draw_up(organizer, world)


def test_drawing_up_freezes_the_ranking_with_names_and_a_digest(organizer, world):
    codes = judging.opened(world)
    ranking = standings(judging.track_of(world))
    publication = draw_up(organizer, world)

    frozen = rows(world)
    assert [(row.place, row.label, row.unit_name, row.total, row.outcome) for row in frozen] == [
        (row.place, row.entry.label, row.entry.unit.name, row.score.total, row.outcome)
        for row in ranking.rows
    ]
    assert [row.outcome for row in frozen] == [
        Outcome.FIRST,
        Outcome.SECOND,
        Outcome.THIRD,
        Outcome.THIRD,
        Outcome.NONE,
        Outcome.NONE,
    ]
    assert frozen[0].total == Decimal(92)
    assert frozen[0].parts == {
        "code": codes[0],
        "judges": 5,
        "modules": {
            "A": {"mark": "95.00", "points": "38.00"},
            "B": {"mark": "90.00", "points": "54.00"},
        },
    }
    assert publication.digest == actions.digest_of(publication, frozen)
    assert len(publication.digest) == 64


def test_results_are_drawn_up_once(organizer, world):
    judging.opened(world)
    draw_up(organizer, world)

    with pytest.raises(actions.ResultsDrawnUp):
        draw_up(organizer, world)


def test_results_become_public_at_the_stated_second(organizer, world, at):
    judging.opened(world)
    publication = draw_up(organizer, world)

    at(DUE - SECOND)
    assert publish_due_results() == 0
    assert queries.public_results(world.competition_a, clock.now()) == {}

    at(DUE)
    assert publish_due_results() == 1
    assert len(queries.public_results(world.competition_a, clock.now())[world.track_a]) == 6
    assert queries.public_results(world.competition_a, DUE - SECOND) == {}
    session().refresh(publication)
    assert publication.public_at == DUE


def test_the_job_is_harmless_twice_and_right_when_late(organizer, world, at):
    judging.opened(world)
    draw_up(organizer, world)

    at(DUE + timedelta(hours=3))
    assert [publish_due_results(), publish_due_results()] == [1, 0]

    assert session().scalars(select(Publication.public_at)).all() == [DUE]


def test_leaders_and_people_concerned_hear_of_it_once(organizer, world, at):
    judging.opened(world)
    draw_up(organizer, world)
    at(DUE)
    publish_due_results()
    publish_due_results()

    told = session().execute(select(Message.user_id, Message.link)).all()
    assert sorted(tuple(row) for row in told) == sorted(
        (key, "/results/mine") for key in (world.leader1_a, world.leader2_a, world.participant_a)
    )


def test_a_moment_that_has_come_publishes_at_once(organizer, world):
    judging.opened(world)
    before = clock.now()
    publication = draw_up(organizer, world, datetime(2020, 1, 1, tzinfo=UTC))

    assert before <= publication.due_at == publication.public_at <= clock.now()


def test_results_can_be_taken_back_until_they_are_public(organizer, world, at):
    judging.opened(world)
    first = draw_up(organizer, world)
    digest = first.digest
    with pytest.raises(ReturnReasonMissing), transaction():
        actions.take_back(organizer, first, "错")
    with transaction():
        actions.take_back(organizer, first, "公布时间有误")

    assert rows(world) == []
    facts = (
        session()
        .scalars(select(AuditEntry.facts).where(AuditEntry.deed == "results.taken_back"))
        .one()
    )
    assert facts["sha256"] == digest

    again = draw_up(organizer, world)
    at(DUE)
    publish_due_results()
    with pytest.raises(actions.ResultsPublic), transaction():
        actions.take_back(organizer, again, "公布时间有误")


@pytest.mark.parametrize("name", ["office_a", "chief_a", "organizer2_a", "organizer_b"])
def test_only_the_organizer_draws_up_takes_back_and_publishes(act, organizer, world, name):
    judging.opened(world)
    with pytest.raises(Forbidden):
        draw_up(act(name), world)
    publication = draw_up(organizer, world)
    with pytest.raises(Forbidden), transaction():
        actions.take_back(act(name), publication, "公布时间有误")
    with pytest.raises(Forbidden), transaction():
        actions.publish(act(name), publication)


def test_nothing_is_published_before_its_moment_even_by_the_clock(organizer, world):
    judging.opened(world)
    publication = draw_up(organizer, world)

    with transaction():
        assert actions.publish(System(), publication) is False

    assert session().scalars(select(Publication.public_at)).all() == [None]
