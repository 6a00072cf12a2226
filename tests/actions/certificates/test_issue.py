"""Issuing what was earned: once, numbered without gaps, frozen and signed."""

import copy
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from eventsys import clock
from eventsys.certificates import actions, queries, rules
from eventsys.certificates.keys import known_signer, ready_signer
from eventsys.certificates.models import Certificate, Register
from eventsys.certificates.rules import CertificateState
from eventsys.db import session, transaction
from eventsys.errors import Conflict, Forbidden
from eventsys.events.models import Track
from eventsys.identity.models import Person
from eventsys.notifications.models import Message
from eventsys.registration.models import Member
from eventsys.registration.rules import MemberRole
from eventsys.results.states import Outcome
from eventsys.signing import Signer, new_key, save_key
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskState
from scheduling.work import do_waiting_tasks
from tests.published import enter_many, publish


@pytest.fixture
def signer(settings):
    return ready_signer(settings.keys_dir)


@pytest.fixture
def published(inside, world):
    """Six entries of the contest of group A: three prizes, none, absent, cancelled."""
    outcomes = [
        Outcome.FIRST,
        Outcome.SECOND,
        Outcome.THIRD,
        Outcome.NONE,
        Outcome.ABSENT,
        Outcome.VIOLATION,
    ]
    keys = [world.ids[f"entry{n}_a"] for n in range(1, 7)]
    publish(world.track_a, dict(zip(keys, outcomes, strict=True)))


def issue(actor, track_id, signer, at_most=100):
    with transaction():
        return actions.issue_due(actor, session().get_one(Track, track_id), signer, at_most)


def issued():
    return list(session().scalars(select(Certificate).order_by(Certificate.number)))


def test_who_earned_one_gets_one_and_nobody_else(act, world, published, signer):
    assert len(issue(act("office_a"), world.track_a, signer)) == 3
    assert issue(act("office_a"), world.track_a, signer) == []

    found = issued()
    assert [one.document["facts"]["award"] for one in found] == ["一等奖", "二等奖", "三等奖"]
    assert [one.entry_id for one in found] == [world.ids[f"entry{n}_a"] for n in (1, 2, 3)]
    year = clock.today().year
    numbers = [rules.certificate_number("J", year, serial) for serial in (1, 2, 3)]
    assert [one.number for one in found] == numbers
    assert len({one.token for one in found}) == 3


def test_each_member_of_a_team_gets_one_and_the_instructor_none(act, world, inside, signer):
    (team,) = enter_many(world.team_track_a, world.unit1_a, ["甲", "乙", "丙"], team="飞跃队")
    with transaction():
        teacher = session().get_one(Person, world.person_entry6_a)
        session().add(
            Member(
                group_id=world.group_a,
                entry_id=team,
                event_id=world.competition_a,
                person_id=teacher.id,
                role=MemberRole.INSTRUCTOR,
                takes_part=False,
            )
        )
    publish(world.team_track_a, {team: Outcome.SECOND})

    issue(act("office_a"), world.team_track_a, signer)

    assert [one.holder for one in issued()] == ["甲", "乙", "丙"]
    assert {"作为“飞跃队”参赛队成员" in one.document["lines"][1] for one in issued()} == {True}


def test_completion_and_passing_have_registers_of_their_own(act, world, inside, signer):
    publish(world.class_a, {world.trainee1_a: Outcome.COMPLETED, world.trainee2_a: Outcome.NONE})
    publish(world.exam_track_a, {world.candidate1_a: Outcome.PASSED})

    for track_id in (world.class_a, world.exam_track_a):
        issue(act("office_a"), track_id, signer)

    assert [one.number[:1] + one.number[7:13] for one in issued()] == ["K000001", "P000001"]


def test_nothing_is_issued_before_the_results_are_public(act, world, inside, signer):
    publish(world.track_a, {world.entry1_a: Outcome.FIRST}, clock.now() + timedelta(hours=1))

    with pytest.raises(rules.NotPublished):
        issue(act("office_a"), world.track_a, signer)
    with pytest.raises(rules.NotPublished):
        issue(act("office_a"), world.class_a, signer)


def test_a_batch_that_fails_gives_no_number_away(act, world, published, signer):
    office = act("office_a")
    with transaction(keep=False):
        actions.issue_due(office, session().get_one(Track, world.track_a), signer, 2)

    issue(act("office_a"), world.track_a, signer)

    assert [one.number[7:13] for one in issued()] == ["000001", "000002", "000003"]
    assert session().scalars(select(Register.last_serial)).all() == [3]


@pytest.mark.parametrize("name", ["organizer_a", "admin_a", "leader1_a", "office_b", "chief_a"])
def test_only_the_certificate_office_of_the_group_issues(act, world, published, signer, name):
    with pytest.raises(Forbidden):
        issue(act(name), world.track_a, signer)


def test_the_holder_is_told(act, world, published, signer):
    issue(act("office_a"), world.track_a, signer)

    (message,) = session().scalars(select(Message)).all()
    assert (message.user_id, message.facts["number"]) == (world.participant_a, issued()[0].number)


def test_a_task_issues_a_track_in_hundreds_and_again_nothing(act, world, inside, settings):
    office = act("office_a")
    names = [f"张{'一二三四五六七八九十'[n % 10]}{'甲乙丙丁'[n % 4]}" for n in range(205)]
    keys = enter_many(world.track_a, world.unit1_a, names)
    publish(world.track_a, dict.fromkeys(keys, Outcome.THIRD))
    track = session().get_one(Track, world.track_a)
    with transaction():
        task_id = actions.ask_to_issue(office, track).id

    do_waiting_tasks()

    task = session().get_one(Task, task_id, populate_existing=True)
    assert (task.state, task.problem, task.done, task.total) == (TaskState.DONE, "", 205, 205)
    assert [int(one.number[7:13]) for one in issued()] == list(range(1, 206))
    with pytest.raises(rules.NothingDue):
        actions.ask_to_issue(office, session().get_one(Track, world.track_a))


def test_the_document_stays_as_issued_when_the_person_is_renamed(act, world, published, signer):
    issue(act("office_a"), world.track_a, signer)
    before = copy.deepcopy(issued()[0].document)
    with transaction():
        session().execute(
            update(Person).where(Person.id == world.person_entry1_a).values(name="改名")
        )

    assert issued()[0].document == before


def test_a_revoked_certificate_is_revoked_once_with_a_reason(act, world, published, signer):
    office = act("office_a")
    issue(office, world.track_a, signer)
    first = issued()[0]
    with pytest.raises(rules.ReasonNeeded), transaction():
        actions.revoke(office, first, "  错  ")
    with transaction():
        actions.revoke(office, first, "成绩复核后更正")

    with pytest.raises(Conflict), transaction():
        actions.revoke(office, first, "再来一次试试")
    with pytest.raises(Forbidden), transaction():
        actions.revoke(act("organizer_a"), issued()[1], "没有权限的人")

    assert (first.state, first.revoked_reason) == (CertificateState.REVOKED, "成绩复核后更正")
    assert issue(office, world.track_a, signer) == []


def test_a_replacement_has_a_new_number_and_the_corrected_name(act, world, published, signer):
    office = act("office_a")
    issue(office, world.track_a, signer)
    old = issued()[0]
    with transaction():
        session().execute(
            update(Person).where(Person.id == old.person_id).values(name="更正后的名字")
        )
    with transaction():
        new = actions.replace(office, old, "姓名有误，更正", signer)

    assert (new.edition, new.holder, new.number[7:13]) == (2, "更正后的名字", "000004")
    assert (old.state, queries.successor_number(old)) == (CertificateState.REPLACED, new.number)
    assert new.document["facts"]["award"] == old.document["facts"]["award"]
    assert [one.id for one in queries.editions_of(new)] == [old.id, new.id]
    with pytest.raises(Conflict), transaction():
        actions.replace(office, old, "再换一次看看", signer)
    assert issue(office, world.track_a, signer) == []


def test_every_word_on_the_paper_is_covered_by_the_signature(act, world, published, signer):
    issue(act("office_a"), world.track_a, signer)
    one = issued()[0]
    assert queries.is_authentic(one, signer)

    for key, value in one.document.items():
        document = copy.deepcopy(one.document)
        document[key] = {**value, "award": "特等奖"} if isinstance(value, dict) else "另一内容"
        changed = Certificate(
            token=one.token,
            number=one.number,
            key_id=one.key_id,
            signature=one.signature,
            document=document,
        )
        assert not queries.is_authentic(changed, signer), key


def test_ten_thousand_mutated_tokens_numbers_and_signatures_are_rejected(
    act, world, published, signer
):
    issue(act("office_a"), world.track_a, signer)
    one, other = issued()[:2]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    def variant(**changes):
        facts = {
            "token": one.token,
            "number": one.number,
            "key_id": one.key_id,
            "signature": one.signature,
            "document": one.document,
        }
        return Certificate(**facts | changes)

    def mutations(text, times):
        for turn in range(times):
            place, step = turn % len(text), 1 + turn // len(text) % 62
            old = text[place]
            new = letters[(letters.index(old) + step) % 64] if old in letters else "x"
            yield text[:place] + new + text[place + 1 :]

    wrong = [variant(token=text) for text in mutations(one.token, 1_300)]
    wrong += [variant(signature=text) for text in mutations(one.signature, 5_200)]
    wrong += [variant(number=text) for text in mutations(one.number, 1_000)]
    wrong += [variant(key_id=text) for text in mutations(one.key_id, 1_000)]
    wrong += [
        variant(document={**one.document, "holder": text})
        for text in mutations("ABCDEFGHIJKLMNOPQRST", 1_200)
    ]
    wrong += [variant(signature=other.signature), variant(document=other.document)]
    wrong += [variant(signature=text) for text in ("", "=", "é" * 86, one.signature + "=")]

    assert len(wrong) > 9_700
    assert [one for one in wrong if queries.is_authentic(one, signer)] == []
    # tokens of another life do not find anything either
    assert {queries.certificate_behind(text) for text in mutations(one.token, 300)} == {None}


def test_old_certificates_stay_good_after_a_new_key_and_fail_without_the_old_one(
    act, world, published, signer, tmp_path
):
    issue(act("office_a"), world.track_a, signer, at_most=1)
    first = issued()[0]
    save_key(new_key(), tmp_path, made_at=clock.now())
    both = Signer(new_key(), {signer.key_id: signer._public[signer.key_id]})

    assert queries.is_authentic(first, both)
    assert not queries.is_authentic(first, known_signer(tmp_path))
    assert not queries.is_authentic(first, known_signer(tmp_path / "nothing"))
