"""Review: approve, return, reveal, take a list out; who hears of it and what is on record."""

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden, NotThere
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventState
from eventsys.groups.models import Unit
from eventsys.identity.actions import ReasonMissing, id_number_of
from eventsys.identity.models import Reveal
from eventsys.notifications.models import Message
from eventsys.registration import actions, queries, reviewing
from eventsys.registration.models import Entry, Member
from eventsys.registration.reports import make_entries_xlsx
from eventsys.registration.rules import (
    EntryFacts,
    EntryState,
    MemberRole,
    NothingChosen,
    RegistrationClosed,
)
from eventsys.states import WrongState
from eventsys.tasks.models import Task
from eventsys.tasks.work import Work
from tests.applicants import person, single


def submit(act, world, *orders, who="leader1_a", unit="unit1_a"):
    with transaction():
        entries = actions.submit_new(
            act(who),
            session().get_one(Track, world.track_a),
            session().get_one(Unit, getattr(world, unit)),
            [single(order) for order in orders],
        )
        return [entry.id for entry in entries]


def event(world, key="competition_a"):
    session().expire_all()
    return session().get_one(Event, getattr(world, key))


def kept(entry_id):
    session().expire_all()
    return session().get_one(Entry, entry_id)


def approve(actor, world, ids):
    with transaction():
        return reviewing.approve_entries(actor, event(world), ids)


def counts():
    session().expire_all()
    return {
        kind.__tablename__: session().scalar(select(func.count()).select_from(kind))
        for kind in (AuditEntry, Message, Reveal, Task)
    }


def test_approved_entries_are_told_to_the_leaders_of_their_units(act, world):
    (first,) = submit(act, world, 1)
    (second,) = submit(act, world, 2, who="leader2_a", unit="unit2_a")

    assert approve(act("organizer_a"), world, [first, second]) == 2

    assert [kept(key).state for key in (first, second)] == [EntryState.APPROVED] * 2
    assert kept(first).decided_by_id == world.organizer_a
    messages = session().scalars(select(Message).order_by(Message.link)).all()
    assert {(one.user_id, one.link, one.kind.value) for one in messages} == {
        (world.leader1_a, f"/entries/{first}", "entry_approved"),
        (world.leader2_a, f"/entries/{second}", "entry_approved"),
    }


def test_one_entry_that_cannot_be_approved_keeps_all_from_it(act, world):
    (first,) = submit(act, world, 1)
    before = counts()

    with pytest.raises(WrongState):
        approve(act("organizer_a"), world, [first, world.entry1_a])

    assert (kept(first).state, counts()) == (EntryState.SUBMITTED, before)


@pytest.mark.parametrize(("ids", "refusal"), [([], NothingChosen), ([1], NothingChosen)])
def test_approving_nothing_is_refused(act, world, ids, refusal):
    with pytest.raises(refusal):
        approve(act("organizer_a"), world, ids)


def test_entries_of_another_event_are_not_approved_along(act, world):
    (first,) = submit(act, world, 1)

    with pytest.raises(NotThere):
        approve(act("organizer_a"), world, [first, world.trainee1_a])

    assert kept(first).state is EntryState.SUBMITTED


@pytest.mark.parametrize(
    "who", ["leader1_a", "office_a", "organizer2_a", "organizer_b", "judge1_a"]
)
def test_only_the_events_organizers_review(act, world, who):
    (first,) = submit(act, world, 1)
    before = counts()

    with pytest.raises(Forbidden):
        approve(act(who), world, [first])
    with pytest.raises(Forbidden), transaction():
        reviewing.return_entry(act(who), kept(first), "姓名与证件不符")

    assert (kept(first).state, counts()) == (EntryState.SUBMITTED, before)


def test_a_returned_entry_carries_its_reason_to_the_unit(act, world):
    (first,) = submit(act, world, 1)

    with transaction():
        reviewing.return_entry(act("organizer_a"), kept(first), " 姓名与证件不符 ")

    assert (kept(first).state, kept(first).reason) == (EntryState.RETURNED, "姓名与证件不符")
    message = session().scalars(select(Message)).one()
    assert (message.user_id, message.kind.value, message.facts["reason"]) == (
        world.leader1_a,
        "entry_returned",
        "姓名与证件不符",
    )


def test_returning_needs_a_reason(act, world):
    (first,) = submit(act, world, 1)

    with pytest.raises(ReasonMissing), transaction():
        reviewing.return_entry(act("organizer_a"), kept(first), "不行")

    assert kept(first).state is EntryState.SUBMITTED


def test_a_cancelled_event_is_not_reviewed(act, world):
    (first,) = submit(act, world, 1)
    with transaction():
        event(world).state = EventState.CANCELLED

    with pytest.raises(RegistrationClosed):
        approve(act("organizer_a"), world, [first])


def test_review_goes_on_after_registration_has_closed(act, world):
    (first,) = submit(act, world, 1)
    with transaction():
        event(world).state = EventState.REGISTRATION_CLOSED

    assert approve(act("organizer_a"), world, [first]) == 1


def test_revealing_a_number_leaves_who_when_and_why(act, world):
    member = session().get_one(Member, world.member_entry1_a)

    with transaction():
        shown = reviewing.reveal_number(act("office_a"), member, "制作证书核对")

    assert shown == id_number_of(member.person)
    reveal = session().scalars(select(Reveal)).one()
    assert (reveal.person_id, reveal.user_id, reveal.reason) == (
        member.person_id,
        world.office_a,
        "制作证书核对",
    )
    entry = session().scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
    assert (entry.deed, shown in str(entry.facts)) == ("id_number.revealed", False)


@pytest.mark.parametrize("who", ["leader1_a", "organizer2_a", "participant_a", "organizer_b"])
def test_who_may_not_see_a_full_number_sees_none_and_nothing_is_recorded(act, world, who):
    before = counts()

    with pytest.raises(Forbidden), transaction():
        reviewing.reveal_number(
            act(who), session().get_one(Member, world.member_entry1_a), "核对信息"
        )

    assert counts() == before


def test_approved_entries_come_by_number_with_everybody_in_them(act, world):
    found = queries.approved_entries(world.track_a)

    assert [entry.number for entry in found] == [1, 2, 3, 4, 5, 6]
    assert queries.entry_labels([entry.id for entry in found]) == {
        entry.id: entry.members[0].person.name for entry in found
    }


# ---- lists as files


def make(task, act):
    """What the maker writes for a task, read back."""
    out, reports = io.BytesIO(), []
    work = Work(
        task=task,
        out=out,
        progress=lambda done, total: reports.append((done, total)),
        words=str,
        public_url="",
        fonts_dir=None,
        keys_dir=None,
    )
    name = make_entries_xlsx(work)
    sheet = load_workbook(io.BytesIO(out.getvalue())).worksheets[0]
    return name, reports, [[cell.value for cell in row] for row in sheet.iter_rows()]


def ask(actor, world, wanted=queries.ALL, **kwargs):
    with transaction():
        task = reviewing.ask_entries_list(actor, event(world), wanted, "报名名单", **kwargs)
        key = task.id
    return session().get_one(Task, key)


def test_a_list_holds_masked_numbers_of_everybody_handed_in_and_no_draft(act, world):
    name, reports, lines = make(ask(act("organizer_a"), world), act)

    assert name == f"甲技能大赛-List_of_entries-{clock.today():%Y%m%d}.xlsx"
    assert reports == [(0, 6), (6, 6)]
    numbers = [line[7] for line in lines[3:]]
    assert [len(one) for one in numbers] == [18] * 6
    assert all("**********" in one for one in numbers)
    assert counts()["reveal"] == 0


def test_a_list_is_narrowed_as_the_page_was(act, world):
    wanted = queries.Wanted(unit_id=world.unit2_a, track_id=world.track_a)

    _name, _reports, lines = make(ask(act("office_a"), world, wanted), act)

    assert [line[0] for line in lines[3:]] == [4, 5, 6]


def test_a_list_with_full_numbers_needs_a_reason_and_records_everybody_in_it(act, world):
    task = ask(act("organizer_a"), world, reason="购买参赛保险")

    _name, _reports, lines = make(task, act)

    people = session().scalars(select(Reveal.person_id)).all()
    assert sorted(people) == sorted(
        getattr(world, f"person_entry{number}_a") for number in range(1, 7)
    )
    assert {line[7] for line in lines[3:]} == {
        id_number_of(member.person)
        for entry in queries.approved_entries(world.track_a)
        for member in entry.members
    }
    deeds = session().scalars(select(AuditEntry.deed).order_by(AuditEntry.sequence)).all()
    assert deeds[-2:] == ["id_numbers.exported", "file.asked"]


def test_full_numbers_hold_exactly_who_was_recorded_even_if_somebody_enters_meanwhile(act, world):
    task = ask(act("organizer_a"), world, reason="购买参赛保险")
    submit(act, world, 1)

    _name, _reports, lines = make(task, act)

    assert len(lines[3:]) == 6


@pytest.mark.parametrize(
    ("who", "reason", "refusal"),
    [
        ("organizer_a", "保险", ReasonMissing),
        ("leader1_a", None, Forbidden),
        ("admin_a", None, Forbidden),
        ("organizer2_a", None, Forbidden),
    ],
)
def test_a_list_is_refused_without_right_or_reason(act, world, who, reason, refusal):
    before = counts()

    with pytest.raises(refusal):
        ask(act(who), world, reason=reason)

    assert counts() == before


def test_the_organizer_of_one_event_takes_out_masked_lists_only(act, world):
    actor = act("organizer2_a")
    with transaction():
        task = reviewing.ask_entries_list(
            actor, event(world, "training_a"), queries.ALL, "报名名单"
        )
        assert "entry_ids" not in task.payload

    with pytest.raises(Forbidden), transaction():
        reviewing.ask_entries_list(
            actor, event(world, "training_a"), queries.ALL, "报名名单", reason="购买参赛保险"
        )


def test_a_phone_number_shows_its_last_digits_only_in_a_masked_list(act, world):
    trainee = EntryFacts((person(1, MemberRole.TRAINEE, phone="13812345678"),))
    with transaction():
        actions.submit_new(
            act("leader1_a"),
            session().get_one(Track, world.class_a),
            session().get_one(Unit, world.unit1_a),
            [trainee],
        )
    with transaction():
        task = reviewing.ask_entries_list(
            act("organizer_a"),
            event(world, "training_a"),
            queries.Wanted(state=EntryState.SUBMITTED),
            "报名名单",
        )
        key = task.id

    _name, _reports, lines = make(session().get_one(Task, key), act)

    assert [line[8] for line in lines[3:]] == ["*******5678"]
