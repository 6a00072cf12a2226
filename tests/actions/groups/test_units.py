"""Member units and their time in the group."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.db import enter_group, leave_groups, session, transaction
from eventsys.errors import Forbidden
from eventsys.groups.actions import (
    AlreadyAMember,
    NotAMember,
    UnitFacts,
    UnitKnown,
    admit_unit,
    end_membership,
    start_membership,
)
from eventsys.groups.models import Membership, Unit
from eventsys.groups.queries import members_on, units
from eventsys.groups.rules import MemberRole, UnitKind
from eventsys.identity.rules import EndsBeforeStart

START = date(2027, 3, 1)
FACTS = UnitFacts("A900", "甲新学院", UnitKind.HIGHER_VOCATIONAL, "洛阳市")


@pytest.fixture
def admin(act, world):
    """The administrator of group A, asking as from a page of the group."""
    enter_group(world.group_a)
    return act("admin_a")


def admit(actor, facts=FACTS, starts_on=START, group_id=None):
    with transaction():
        return admit_unit(actor, group_id or actor.group_id, facts, MemberRole.MEMBER, starts_on)


def leave(actor, unit, ends_on, note="合并"):
    with transaction():
        end_membership(actor, unit, ends_on, note)


def times(unit):
    found = select(Membership).where(Membership.unit_id == unit.id).order_by(Membership.starts_on)
    return [(one.starts_on, one.ends_on) for one in session().scalars(found)]


def is_member(unit, day):
    return unit.id in [one.id for one in members_on(day)]


def test_an_admitted_unit_is_a_member_from_its_first_day(admin, world):
    unit = admit(admin)

    assert (unit.group_id, times(unit)) == (world.group_a, [(START, None)])
    assert [is_member(unit, day) for day in (date(2027, 2, 28), START, date(2099, 1, 1))] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("code", "name"), [("A900", "另一所学院"), ("A901", "甲新学院"), ("A900", "甲新学院")]
)
def test_a_unit_of_the_same_name_or_code_is_not_listed_twice(admin, code, name):
    admit(admin)

    with pytest.raises(UnitKnown) as refused:
        admit(admin, UnitFacts(code, name, UnitKind.ENTERPRISE, "洛阳市"))

    assert refused.value.field == "name"


def test_another_group_may_list_the_same_school(admin, act, world):
    admit(admin)
    enter_group(world.group_b)

    assert admit(act("admin_b")).group_id == world.group_b


@pytest.mark.parametrize("account", ["organizer_a", "leader1_a", "office_a", "root", "admin_b"])
def test_only_the_administrator_of_the_group_admits_and_releases(act, world, account):
    leave_groups()
    actor, unit = act(account), session().get_one(Unit, world.unit1_a)

    with pytest.raises(Forbidden):
        admit(actor, group_id=world.group_a)
    with pytest.raises(Forbidden):
        leave(actor, unit, date(2030, 1, 1))
    with pytest.raises(Forbidden), transaction():
        start_membership(actor, unit, MemberRole.MEMBER, START)

    assert times(unit) == [(date(2024, 1, 1), None)]


def test_a_unit_of_another_group_is_not_released(admin, world):
    leave_groups()

    with pytest.raises(Forbidden):
        leave(admin, session().get_one(Unit, world.unit1_b), date(2030, 1, 1))


def test_the_last_day_still_counts(admin):
    unit = admit(admin)

    leave(admin, unit, date(2028, 6, 30))

    assert is_member(unit, date(2028, 6, 30))
    assert not is_member(unit, date(2028, 7, 1))


def test_a_membership_of_one_day_is_possible_and_a_shorter_one_is_not(admin):
    unit = admit(admin)

    with pytest.raises(EndsBeforeStart) as refused:
        leave(admin, unit, date(2027, 2, 28))
    leave(admin, unit, START)

    assert refused.value.field == "ends_on"
    assert times(unit) == [(START, START)]


def test_a_last_day_still_to_come_can_be_corrected(admin):
    unit = admit(admin)
    leave(admin, unit, date(2099, 6, 30))

    leave(admin, unit, date(2099, 12, 31))

    assert times(unit) == [(START, date(2099, 12, 31))]


def test_a_unit_that_has_left_cannot_leave_again(admin, at):
    unit = admit(admin)
    leave(admin, unit, date(2027, 6, 30))
    at(datetime(2027, 7, 1, tzinfo=clock.SHANGHAI))

    with pytest.raises(NotAMember):
        leave(admin, unit, date(2027, 12, 31))

    assert times(unit) == [(START, date(2027, 6, 30))]


def test_a_unit_may_come_back_and_its_history_stays(admin):
    unit = admit(admin)
    leave(admin, unit, date(2027, 6, 30))
    with transaction():
        start_membership(admin, unit, MemberRole.COUNCIL, date(2028, 1, 1))

    assert times(unit) == [(START, date(2027, 6, 30)), (date(2028, 1, 1), None)]
    days = (START, date(2027, 6, 30), date(2027, 9, 1), date(2028, 1, 1))
    assert [is_member(unit, day) for day in days] == [True, True, False, True]


@pytest.mark.parametrize("starts_on", [date(2027, 6, 30), date(2027, 1, 1), START])
def test_two_memberships_do_not_overlap(admin, starts_on):
    unit = admit(admin)
    leave(admin, unit, date(2027, 6, 30))

    with pytest.raises(AlreadyAMember) as refused, transaction():
        start_membership(admin, unit, MemberRole.MEMBER, starts_on)

    assert refused.value.field == "starts_on"


def test_a_running_membership_is_not_started_again(admin):
    unit = admit(admin)

    with pytest.raises(AlreadyAMember), transaction():
        start_membership(admin, unit, MemberRole.MEMBER, date(2030, 1, 1))


def test_a_unit_with_two_memberships_on_a_day_is_listed_once(admin, world):
    with transaction():
        session().add(
            Membership(
                group_id=world.group_a,
                unit_id=world.unit1_a,
                role=MemberRole.COUNCIL,
                starts_on=START,
            )
        )

    assert [one.id for one in members_on(START)].count(world.unit1_a) == 1


def test_members_of_another_group_are_not_listed(admin, world):
    assert {one.group_id for one in members_on(START)} == {world.group_a}


def test_units_are_found_by_part_of_the_name_and_start_of_the_code(admin, world):
    def found(text):
        return [one.name for one in session().scalars(units(text))]

    assert found("工业") == ["甲工业学院"]
    assert found("A002") == ["甲工业学院"]
    assert found("002") == []
    assert found("%") == []
    assert found("_") == []
    assert found("乙") == []
    assert [one.name for one in session().scalars(units(kinds=frozenset({UnitKind.ISSUER})))] == [
        "甲评价组织"
    ]


def test_admitting_leaving_and_coming_back_are_on_record(admin, world):
    unit = admit(admin)
    leave(admin, unit, date(2027, 6, 30))
    with transaction():
        start_membership(admin, unit, MemberRole.COUNCIL, date(2028, 1, 1))

    found = session().scalars(
        select(AuditEntry).where(AuditEntry.thing_id == unit.id).order_by(AuditEntry.sequence)
    )
    assert [(one.chain, one.deed, one.facts) for one in found] == [
        (
            world.group_a,
            "unit.admitted",
            {"name": "甲新学院", "role": "member", "starts_on": "2027-03-01"},
        ),
        (world.group_a, "unit.left", {"ends_on": "2027-06-30", "note": "合并"}),
        (world.group_a, "unit.returned", {"role": "council", "starts_on": "2028-01-01"}),
    ]
