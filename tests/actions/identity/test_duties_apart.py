"""A judge's office and one that sees the contestants are never in one hand."""

import pytest

from eventsys.db import session, transaction
from eventsys.identity.actions import ALWAYS
from eventsys.identity.grant_actions import end_grant, grant_role
from eventsys.identity.models import RoleGrant, User
from eventsys.identity.rules import DutiesApart, Role, Scope, ScopeKind


def give(act, user_id: int, role: Role, scope: Scope) -> None:
    with transaction():
        grant_role(act("admin_a"), session().get_one(User, user_id), role, scope, ALWAYS)


@pytest.mark.parametrize(
    "role", [Role.ENCRYPTION_JUDGE, Role.SUPERVISOR, Role.STEWARD, Role.ORGANIZER]
)
def test_a_judge_gets_no_office_that_sees_the_contestants(act, world, role):
    contest = Scope(ScopeKind.EVENT, world.competition_a)

    for judge in (world.judge1_a, world.chief_a):
        with pytest.raises(DutiesApart):
            give(act, judge, role, contest)


@pytest.mark.parametrize("role", [Role.JUDGE, Role.CHIEF_JUDGE])
def test_who_sees_the_contestants_gets_no_judges_office(act, world, role):
    track = Scope(ScopeKind.TRACK, world.track_a)

    for seeing in (world.encryptor_a, world.organizer_a, world.office_a, world.steward_a):
        with pytest.raises(DutiesApart):
            give(act, seeing, role, track)


def test_an_ended_office_stands_in_nobodys_way(act, world):
    grant = session().query(RoleGrant).filter_by(user_id=world.judge1_a).one()
    with transaction():
        end_grant(act("admin_a"), session().get_one(RoleGrant, grant.id))

    give(act, world.judge1_a, Role.STEWARD, Scope(ScopeKind.EVENT, world.competition_a))

    assert {one.role for one in act("judge1_a").grants} == {Role.STEWARD}
