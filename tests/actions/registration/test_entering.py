"""Entering, correcting and withdrawing: what is kept, and that a refusal keeps nothing."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventState, WindowClosed
from eventsys.groups.models import Membership, Unit
from eventsys.identity.actions import ReasonMissing
from eventsys.identity.models import Person
from eventsys.registration import actions, rules
from eventsys.registration.eligibility import facts_of
from eventsys.registration.models import Entry, Member, UnitQuota
from eventsys.registration.rules import EntryFacts, EntryState, EntryUnfit, Given, MemberRole
from eventsys.states import WrongState
from tests.applicants import name, person, single, team


def track(world, key="track_a"):
    return session().get_one(Track, getattr(world, key))


def unit(world, key="unit1_a"):
    return session().get_one(Unit, getattr(world, key))


def rows():
    """How many rows there are of everything that entering touches."""
    session().expire_all()
    return {
        kind.__tablename__: session().scalar(select(func.count()).select_from(kind))
        for kind in (Entry, Member, Person, UnitQuota, AuditEntry)
    }


def deeds():
    return list(session().scalars(select(AuditEntry.deed).order_by(AuditEntry.sequence)))


def used(world, key="track_a", unit_key="unit1_a"):
    """Places taken in the track, and by the unit there."""
    session().expire_all()
    quota = session().scalar(
        select(UnitQuota.used).where(
            UnitQuota.track_id == getattr(world, key), UnitQuota.unit_id == getattr(world, unit_key)
        )
    )
    return track(world, key).used, quota


def submit(actor, world, *facts, key="track_a", unit_key="unit1_a"):
    with transaction():
        entries = actions.submit_new(actor, track(world, key), unit(world, unit_key), facts)
        return [entry.id for entry in entries]


def kept(entry_id):
    session().expire_all()
    return session().get_one(Entry, entry_id)


def test_a_submitted_entry_takes_a_number_and_a_place_of_track_and_unit(act, world):
    before = used(world)

    (entry_id,) = submit(act("leader1_a"), world, single(1))

    entry = kept(entry_id)
    assert (entry.state, entry.number, entry.label) == (EntryState.SUBMITTED, 8, name(1))
    assert [(one.role, one.takes_part, one.is_active) for one in entry.members] == [
        (MemberRole.CONTESTANT, True, True)
    ]
    assert used(world) == (before[0] + 1, before[1] + 1)
    assert deeds()[-2:] == ["person.registered", "entry.submitted"]


def test_a_draft_takes_a_number_but_no_place_and_may_be_unfinished(act, world):
    before = used(world, "team_track_a")

    with transaction():
        draft = actions.draft_entry(
            act("leader1_a"), track(world, "team_track_a"), unit(world), team("", 1)
        )
        key = draft.id

    entry = kept(key)
    assert (entry.state, entry.number) == (EntryState.DRAFT, 1)
    assert [one.is_active for one in entry.members] == [False]
    assert used(world, "team_track_a") == before
    assert deeds()[-1] == "entry.drafted"


def test_a_draft_needs_at_least_one_person(act, world):
    before = rows()

    with pytest.raises(EntryUnfit) as refused, transaction():
        actions.draft_entry(act("leader1_a"), track(world), unit(world), EntryFacts(()))

    assert [type(one) for one in refused.value.problems] == [rules.PersonMissing]
    assert rows() == before


def test_a_submitted_draft_holds_a_place_and_its_people_are_active(act, world):
    before = used(world)

    with transaction():
        actions.submit_entry(act("leader1_a"), kept(world.draft_entry_a))

    entry = kept(world.draft_entry_a)
    assert entry.state is EntryState.SUBMITTED
    assert all(one.is_active for one in entry.members)
    assert used(world) == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        (single(1, born=date(1990, 1, 1)), rules.TooOld),
        (EntryFacts((person(1), person(2))), rules.OnePersonNeeded),
        (
            single(1, *(person(n, MemberRole.INSTRUCTOR) for n in (2, 3, 4))),
            rules.TooManyInstructors,
        ),
        (single(1, person(1, MemberRole.INSTRUCTOR)), rules.NamedTwice),
        (EntryFacts((Given(MemberRole.CONTESTANT, "洛春", None),)), rules.NumberMissing),
    ],
)
def test_an_unfit_entry_is_refused_and_leaves_nothing(act, world, facts, problem):
    before = rows()

    with pytest.raises(EntryUnfit) as refused:
        submit(act("leader1_a"), world, facts)

    assert [type(one) for one in refused.value.problems] == [problem]
    assert rows() == before


def test_a_team_without_name_or_second_contestant_is_refused_with_both_problems(act, world):
    with pytest.raises(EntryUnfit) as refused:
        submit(act("leader1_a"), world, team("", 1), key="team_track_a")

    problems = [type(one) for one in refused.value.problems]
    assert problems == [rules.TeamSizeUnfit, rules.TeamNameMissing]


def test_a_person_takes_part_in_an_event_once_and_ones_own_entry_is_named(act, world):
    submit(act("leader1_a"), world, single(1))
    before = rows()

    with pytest.raises(EntryUnfit) as refused:
        submit(act("leader1_a"), world, team("先锋队", 1, 2), key="team_track_a")

    (problem,) = refused.value.problems
    assert (type(problem), problem.at) == (rules.AlreadyEntered, 0)
    assert problem.facts == {"name": name(1), "track": track(world).name, "number": 8}
    assert rows() == before


def test_an_entry_of_another_unit_is_not_named(act, world):
    submit(act("leader2_a"), world, single(1), unit_key="unit2_a")

    with pytest.raises(EntryUnfit) as refused:
        submit(act("leader1_a"), world, single(1))

    (problem,) = refused.value.problems
    assert (type(problem), problem.facts) == (rules.AlreadyEnteredElsewhere, {"name": name(1)})


def test_an_instructor_may_instruct_several_entries(act, world):
    coach = person(9, MemberRole.INSTRUCTOR, born=date(1980, 1, 1))

    submit(act("leader2_a"), world, single(1, coach), unit_key="unit2_a")
    (second,) = submit(
        act("leader1_a"), world, team("先锋队", 2, 3, instructors=[9]), key="team_track_a"
    )

    assert kept(second).label == "先锋队"


def test_a_full_quota_is_refused_with_its_numbers_and_nothing_is_taken(act, world):
    submit(act("leader1_a"), world, single(1))
    before, places = rows(), used(world)

    with pytest.raises(rules.QuotaFull) as refused:
        submit(act("leader1_a"), world, single(2))

    facts = refused.value.facts
    assert (facts["quota"], facts["used"], facts["asked"]) == (4, 4, 1)
    assert (rows(), used(world)) == (before, places)


def test_a_full_track_is_refused_and_nothing_is_taken(act, world):
    with transaction():
        track(world).capacity = track(world).used
    before = rows()

    with pytest.raises(rules.TrackFull):
        submit(act("leader1_a"), world, single(1))

    assert rows() == before


def test_several_entries_are_all_entered_or_none(act, world):
    before = rows()

    with pytest.raises(rules.QuotaFull):
        submit(act("leader2_a"), world, single(1), single(2), unit_key="unit2_a")

    assert rows() == before


def test_one_person_in_two_entries_of_a_table_is_refused_in_both(act, world):
    with pytest.raises(EntryUnfit) as refused:
        submit(
            act("leader1_a"),
            world,
            team("先锋队", 1, 2),
            team("后卫队", 3, 1),
            key="team_track_a",
        )

    problems = [(type(one), one.at) for one in refused.value.problems]
    assert problems == [(rules.InTwoEntries, 0), (rules.InTwoEntries, 1)]


def test_another_name_for_a_known_number_is_refused_without_telling_the_name(act, world):
    submit(act("leader2_a"), world, single(1), unit_key="unit2_a")
    wrong = EntryFacts((Given(MemberRole.CONTESTANT, "洛无名氏", person(1).id_number),))

    with pytest.raises(EntryUnfit) as refused:
        submit(act("leader1_a"), world, wrong, key="track_a")

    problem = refused.value.problems[0]
    assert (type(problem), problem.facts) == (rules.OtherPerson, {})


def test_a_unit_may_correct_the_name_of_its_own_person_who_stands_nowhere_else(act, world):
    (entry_id,) = submit(act("leader1_a"), world, single(1))
    with transaction():
        entry = kept(entry_id)
        entry.state = EntryState.RETURNED
    entry = kept(entry_id)
    renamed = EntryFacts((Given(MemberRole.CONTESTANT, "洛春晓", None, "", entry.members[0].id),))

    with transaction():
        actions.change_entry(act("leader1_a"), entry, renamed, entry.version, submit=True)

    assert (kept(entry_id).label, kept(entry_id).state) == ("洛春晓", EntryState.SUBMITTED)
    assert deeds()[-3:] == ["person.renamed", "entry.changed", "entry.submitted"]


@pytest.mark.parametrize(
    "who", ["leader2_a", "organizer_a", "participant_a", "office_a", "admin_a"]
)
def test_only_the_units_own_leader_enters(act, world, who):
    before = rows()

    with pytest.raises(Forbidden):
        submit(act(who), world, single(1))

    assert rows() == before


def test_registration_is_refused_outside_its_hours_by_the_servers_clock(act, world, at):
    closes = track(world).event.registration_closes_at
    before = rows()

    at(closes)
    with pytest.raises(WindowClosed):
        submit(act("leader1_a"), world, single(1))
    at(closes - timedelta(seconds=1))
    submit(act("leader1_a"), world, single(1))

    assert rows()["entry"] == before["entry"] + 1


def test_registration_closed_by_the_organizer_is_refused(act, world):
    with transaction():
        track(world).event.state = EventState.REGISTRATION_CLOSED

    with pytest.raises(rules.RegistrationClosed):
        submit(act("leader1_a"), world, single(1))


def test_a_unit_that_left_the_group_enters_nobody(act, world):
    with transaction():
        for membership in session().scalars(
            select(Membership).where(Membership.unit_id == world.unit1_a)
        ):
            membership.ends_on = clock.today() - timedelta(days=1)

    with pytest.raises(rules.UnitNotMember):
        submit(act("leader1_a"), world, single(1))


def test_an_older_view_of_an_entry_never_overwrites_a_newer_one(act, world):
    seen = kept(world.draft_entry_a).version
    with transaction():
        actions.change_entry(
            act("leader1_a"), kept(world.draft_entry_a), single(1), seen, submit=False
        )
    before = rows()

    with pytest.raises(rules.EntryChanged), transaction():
        actions.change_entry(
            act("leader1_a"), kept(world.draft_entry_a), single(2), seen, submit=False
        )

    assert (kept(world.draft_entry_a).label, rows()) == (name(1), before)


def test_other_people_alone_are_a_new_version(act, world):
    (entry_id,) = submit(act("leader1_a"), world, single(1))
    with transaction():
        kept(entry_id).state = EntryState.RETURNED
    entry = kept(entry_id)
    seen = entry.version
    changed = EntryFacts((*facts_of(entry).people, person(5, MemberRole.INSTRUCTOR)))

    with transaction():
        actions.change_entry(act("leader1_a"), entry, changed, seen, submit=False)

    assert kept(entry_id).version == seen + 1
    assert [one.role for one in kept(entry_id).members] == [
        MemberRole.CONTESTANT,
        MemberRole.INSTRUCTOR,
    ]


@pytest.mark.parametrize("key", ["entry1_a"])
def test_an_approved_entry_is_not_edited(act, world, key):
    entry = kept(getattr(world, key))

    with pytest.raises(WrongState), transaction():
        actions.change_entry(act("leader1_a"), entry, single(1), entry.version, submit=True)


def test_a_returned_entry_keeps_its_place_and_is_submitted_again(act, world):
    (entry_id,) = submit(act("leader1_a"), world, single(1))
    with transaction():
        kept(entry_id).state = EntryState.RETURNED
    before = used(world)

    with transaction():
        actions.submit_entry(act("leader1_a"), kept(entry_id))

    assert (kept(entry_id).state, used(world)) == (EntryState.SUBMITTED, before)


def test_a_returned_entry_may_be_corrected_after_closing_until_the_event_begins(act, world):
    (entry_id,) = submit(act("leader1_a"), world, single(1))
    with transaction():
        event = session().get_one(Event, world.competition_a)
        event.state = EventState.REGISTRATION_CLOSED
        event.starts_on = clock.today() + timedelta(days=1)
        kept(entry_id).state = EntryState.RETURNED

    with transaction():
        actions.submit_entry(act("leader1_a"), kept(entry_id))

    assert kept(entry_id).state is EntryState.SUBMITTED


def test_a_withdrawn_entry_frees_its_places_and_its_people(act, world):
    (entry_id,) = submit(act("leader1_a"), world, single(1))
    before = used(world)

    with transaction():
        actions.withdraw_entry(act("leader1_a"), kept(entry_id))

    assert kept(entry_id).state is EntryState.WITHDRAWN
    assert used(world) == (before[0] - 1, before[1] - 1)
    assert submit(act("leader1_a"), world, single(1)) != [entry_id]


def test_withdrawing_a_draft_frees_nothing(act, world):
    before = used(world)

    with transaction():
        actions.withdraw_entry(act("leader1_a"), kept(world.draft_entry_a))

    assert used(world) == before


def test_withdrawing_twice_is_refused(act, world):
    with transaction():
        actions.withdraw_entry(act("leader1_a"), kept(world.entry1_a))
    before = used(world)

    with pytest.raises(WrongState), transaction():
        actions.withdraw_entry(act("leader1_a"), kept(world.entry1_a))

    assert used(world) == before


def test_after_closing_only_the_organizer_withdraws_and_says_why(act, world):
    with transaction():
        track(world).event.state = EventState.REGISTRATION_CLOSED

    with pytest.raises(rules.WithdrawLate), transaction():
        actions.withdraw_entry(act("leader1_a"), kept(world.entry1_a))
    with pytest.raises(ReasonMissing), transaction():
        actions.withdraw_entry(act("organizer_a"), kept(world.entry1_a), "病")
    with transaction():
        actions.withdraw_entry(act("organizer_a"), kept(world.entry1_a), "选手因病退赛")

    assert (kept(world.entry1_a).state, kept(world.entry1_a).reason) == (
        EntryState.WITHDRAWN,
        "选手因病退赛",
    )


def test_a_nominee_needs_a_phone_number_and_a_candidate_does_not(act, world):
    nominee, candidate = (
        EntryFacts((person(1, role),)) for role in (MemberRole.TRAINEE, MemberRole.CANDIDATE)
    )

    with pytest.raises(EntryUnfit) as refused:
        submit(act("leader1_a"), world, nominee, key="class_a")
    (entry_id,) = submit(act("leader1_a"), world, candidate, key="exam_track_a")

    assert [type(one) for one in refused.value.problems] == [rules.PhoneMissing]
    assert kept(entry_id).state is EntryState.SUBMITTED
