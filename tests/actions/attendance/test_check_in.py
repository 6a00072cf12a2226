"""Checking in: once, by whoever may, with a clear answer to everything else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from eventsys import clock
from eventsys.attendance import queries
from eventsys.attendance.actions import check_in, end_check_in, undo_check_in
from eventsys.attendance.models import Arrival
from eventsys.attendance.rules import CheckInOver, EntryNotApproved, ReasonMissing, WrongKind
from eventsys.audit.models import AuditEntry
from eventsys.db import enter_group, session, transaction
from eventsys.errors import Forbidden
from eventsys.events.models import Track
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState


@pytest.fixture
def steward(act, world):
    enter_group(world.group_a)
    return act("steward_a")


def entry(world, name="entry1_a") -> Entry:
    return session().get_one(Entry, world.ids[name])


def deeds() -> list[str]:
    found = select(AuditEntry.deed).order_by(AuditEntry.sequence)
    return [one for one in session().scalars(found) if "check" in one]


def test_the_first_scan_checks_in(steward, world):
    with transaction():
        checked = check_in(steward, entry(world))

    arrival = queries.arrival_of(world.entry1_a)
    assert checked.is_first
    assert (arrival.by_name, arrival.by_id) == (steward.name, steward.user_id)
    assert queries.arrived(world.track_a) == [world.entry1_a]
    assert deeds() == ["entry.checked_in"]


def test_the_second_scan_gives_back_the_first(steward, act, world, at):
    moment = clock.now()
    at(moment)
    with transaction():
        check_in(steward, entry(world))
    at(moment + timedelta(minutes=5))
    with transaction():
        again = check_in(act("organizer_a"), entry(world))

    assert (again.is_first, again.row.at, again.row.by_name) == (False, moment, steward.name)
    assert deeds() == ["entry.checked_in"]


@pytest.mark.parametrize(
    "state", [EntryState.WITHDRAWN, EntryState.SUBMITTED, EntryState.RETURNED, EntryState.DRAFT]
)
def test_only_approved_entries_come_in(steward, world, state):
    with transaction():
        entry(world).state = state

    with pytest.raises(EntryNotApproved), transaction():
        check_in(steward, entry(world))

    assert queries.arrival_of(world.entry1_a) is None


def test_trainees_are_not_checked_in_once_for_all(act, world):
    with pytest.raises(WrongKind), transaction():
        check_in(act("organizer_a"), entry(world, "trainee1_a"))


@pytest.mark.parametrize(
    "name", ["leader1_a", "participant_a", "judge1_a", "chief_a", "encryptor_a", "organizer_b"]
)
def test_others_check_nobody_in(act, world, name):
    with pytest.raises(Forbidden), transaction():
        check_in(act(name), entry(world))


def test_a_wrong_check_in_is_undone_with_its_reason_on_record(steward, world):
    with transaction():
        check_in(steward, entry(world))
    with transaction():
        undo_check_in(steward, queries.arrival_of(world.entry1_a), "扫了同伴的证")

    facts = (
        session()
        .scalars(select(AuditEntry.facts).where(AuditEntry.deed == "check_in.undone"))
        .one()
    )
    assert queries.arrival_of(world.entry1_a) is None
    assert (facts["reason"], facts["by"]) == ("扫了同伴的证", steward.name)


def test_nothing_is_undone_without_a_reason(steward, world):
    with transaction():
        check_in(steward, entry(world))

    with pytest.raises(ReasonMissing), transaction():
        undo_check_in(steward, queries.arrival_of(world.entry1_a), "  错 ")

    assert queries.arrival_of(world.entry1_a) is not None


def test_after_the_end_nobody_comes_in_and_nobody_is_taken_out(steward, act, world):
    with transaction():
        check_in(steward, entry(world))
        end_check_in(act("encryptor_a"), session().get_one(Track, world.track_a))

    with pytest.raises(CheckInOver), transaction():
        check_in(steward, entry(world, "entry2_a"))
    with pytest.raises(CheckInOver), transaction():
        undo_check_in(steward, queries.arrival_of(world.entry1_a), "扫了同伴的证")
    with transaction():
        again = check_in(steward, entry(world))

    assert not again.is_first
    assert [one.entry_id for one in session().scalars(select(Arrival))] == [world.entry1_a]


def test_only_the_encryption_judge_ends_a_check_in(act, world):
    for name in ("steward_a", "organizer_a", "supervisor_a"):
        with pytest.raises(Forbidden), transaction():
            end_check_in(act(name), session().get_one(Track, world.track_a))


def test_the_desk_knows_who_is_missing(steward, world):
    tracks = queries.event_tracks(world.competition_a)
    with transaction():
        check_in(steward, entry(world, "entry2_a"))

    roll = queries.roll(queries.event_tracks(world.competition_a), clock.now())
    assert len(tracks) == 2
    assert [line.entry.number for line in roll.missing] == [1, 3, 4, 5, 6]
    assert [line.entry.id for line in roll.here] == [world.entry2_a]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("2", [2]), ("track-002", [2]), ("class-002", []), ("甲赵一", []), ("99", []), ("无此人", [])],
)
def test_an_entry_is_found_by_number_or_name(inside, world, text, numbers):
    found = queries.entries_matching([world.track_a], text)

    assert [one.number for one in found] == numbers


def test_an_entry_is_found_by_the_name_of_its_person(inside, world):
    name = entry(world, "entry3_a").members[0].person.name

    assert [one.id for one in queries.entries_matching([world.track_a], name)] == [world.entry3_a]
