"""Giving roles, taking them back, closing accounts: never one's own, never another group's."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.db import leave_groups, session, transaction
from eventsys.errors import Forbidden
from eventsys.identity import grant_actions
from eventsys.identity.actions import ALWAYS, Place, Term, WrongSignIn, open_session, sign_in
from eventsys.identity.grant_actions import AccountClosed, RoleEnded, RoleHeld
from eventsys.identity.models import RoleGrant, User
from eventsys.identity.queries import grants_in_force, live_session
from eventsys.identity.rules import EndsBeforeStart, Role, Scope, ScopeKind
from tests.world import PASSWORD

PLACE = Place("10.0.0.1", "browser")


def user(world, name):
    return session().get_one(User, world.ids[name])


def grants_of(world, name):
    return session().scalars(select(RoleGrant).where(RoleGrant.user_id == world.ids[name])).all()


def give(actor, to, role, scope, term=ALWAYS):
    with transaction():
        return grant_actions.grant_role(actor, to, role, scope, term)


def end(actor, grant):
    with transaction():
        grant_actions.end_grant(actor, grant)


@pytest.fixture
def admin_key(act):
    """The administrator's own account."""
    return act("admin_a").user_id


def test_a_role_holds_at_once_and_names_who_gave_it(act, world):
    admin = act("admin_a")
    scope = Scope(ScopeKind.TRACK, world.track_a)

    grant = give(admin, user(world, "leader2_a"), Role.JUDGE, scope)

    assert grant.granted_by_id == admin.user_id
    assert (Role.JUDGE, scope) in grants_in_force(world.leader2_a, clock.today())


def test_an_administrator_gives_nothing_to_themselves(act, world, admin_key):
    group = Scope(ScopeKind.GROUP, world.group_a)

    with pytest.raises(Forbidden):
        give(act("admin_a"), session().get_one(User, admin_key), Role.ORGANIZER, group)


def test_an_administrator_does_not_end_their_own_office(act, admin_key):
    grant = session().scalars(select(RoleGrant).where(RoleGrant.user_id == admin_key)).one()

    with pytest.raises(Forbidden):
        end(act("admin_a"), grant)


def test_an_administrator_does_not_close_their_own_account(act, admin_key):
    with pytest.raises(Forbidden), transaction():
        grant_actions.close_account(act("admin_a"), session().get_one(User, admin_key))


@pytest.mark.parametrize("account", ["root", "organizer_a", "office_a", "leader1_a", "admin_b"])
def test_nobody_else_gives_ends_or_closes(act, world, account):
    actor, unit = act(account), Scope(ScopeKind.UNIT, world.unit2_a)
    leader, (grant,) = user(world, "leader1_a"), grants_of(world, "leader1_a")

    with pytest.raises(Forbidden):
        give(actor, leader, Role.TEAM_LEADER, unit)
    with pytest.raises(Forbidden):
        end(actor, grant)
    with pytest.raises(Forbidden), transaction():
        grant_actions.close_account(actor, leader)

    assert (grant.ended_at, leader.closed_at) == (None, None)


def test_an_account_of_another_group_gets_no_role_in_this_one(act, world):
    scope = Scope(ScopeKind.UNIT, world.unit1_a)

    with pytest.raises(Forbidden):
        give(act("admin_a"), user(world, "leader1_b"), Role.TEAM_LEADER, scope)


def test_the_platform_administrator_is_out_of_reach_of_groups(act, world):
    root = act("root")
    grant = session().scalars(select(RoleGrant).where(RoleGrant.user_id == root.user_id)).one()
    account = session().get_one(User, root.user_id)

    with pytest.raises(Forbidden):
        give(act("admin_a"), account, Role.ORGANIZER, Scope(ScopeKind.GROUP, world.group_a))
    with pytest.raises(Forbidden):
        end(act("admin_a"), grant)
    with pytest.raises(Forbidden), transaction():
        grant_actions.close_account(act("admin_a"), account)


def test_a_role_given_twice_would_survive_its_end_and_is_refused(act, world):
    admin, leader = act("admin_a"), user(world, "leader1_a")

    with pytest.raises(RoleHeld):
        give(admin, leader, Role.TEAM_LEADER, Scope(ScopeKind.UNIT, world.unit1_a))


def test_an_ended_role_can_be_given_again(act, world):
    admin, leader, (grant,) = (
        act("admin_a"),
        user(world, "leader1_a"),
        grants_of(world, "leader1_a"),
    )
    end(admin, grant)

    again = give(admin, leader, Role.TEAM_LEADER, Scope(ScopeKind.UNIT, world.unit1_a))

    assert again.id != grant.id
    assert len(grants_in_force(world.leader1_a, clock.today())) == 1


@pytest.mark.parametrize(
    ("first", "second", "good"),
    [
        ((date(2027, 1, 1), date(2027, 6, 30)), (date(2027, 7, 1), None), True),
        ((date(2027, 1, 1), date(2027, 6, 30)), (date(2027, 6, 30), None), False),
        ((date(2027, 1, 1), None), (None, date(2026, 12, 31)), True),
        ((date(2027, 1, 1), None), (None, date(2027, 1, 1)), False),
        ((date(2027, 1, 1), None), (None, None), False),
        ((None, None), (date(2030, 1, 1), date(2030, 1, 2)), False),
    ],
)
def test_two_terms_of_one_role_may_follow_but_not_overlap(act, world, first, second, good):
    admin, leader = act("admin_a"), user(world, "leader1_a")
    scope = Scope(ScopeKind.UNIT, world.unit2_a)
    give(admin, leader, Role.TEAM_LEADER, scope, Term(*first))

    if good:
        assert give(admin, leader, Role.TEAM_LEADER, scope, Term(*second)).ends_on == second[1]
    else:
        with pytest.raises(RoleHeld):
            give(admin, leader, Role.TEAM_LEADER, scope, Term(*second))


def test_a_term_that_ends_before_it_begins_is_refused(act, world):
    scope, term = Scope(ScopeKind.UNIT, world.unit2_a), Term(date(2027, 1, 2), date(2027, 1, 1))

    with pytest.raises(EndsBeforeStart):
        give(act("admin_a"), user(world, "leader1_a"), Role.TEAM_LEADER, scope, term)


def test_the_moment_of_an_end_is_written_once(act, world, at):
    start = clock.now()
    at(start)
    admin, (grant,) = act("admin_a"), grants_of(world, "leader1_a")
    end(admin, grant)
    at(start + timedelta(hours=1))

    with pytest.raises(RoleEnded):
        end(admin, grant)

    assert grant.ended_at == start


def test_a_closed_account_has_no_roles_no_devices_and_no_way_in(act, world):
    leader = user(world, "leader1_a")
    with transaction():
        token = open_session(leader, PLACE)

    with transaction():
        grant_actions.close_account(act("admin_a"), leader)

    assert live_session(token, clock.now()) is None
    assert grants_in_force(leader.id, clock.today()) == frozenset()
    with pytest.raises(WrongSignIn), transaction():
        sign_in("leader1_a", PASSWORD, PLACE)
    with pytest.raises(AccountClosed), transaction():
        grant_actions.close_account(act("admin_a"), leader)


def test_each_deed_is_on_record_in_the_group(act, world):
    admin, leader, (grant,) = (
        act("admin_a"),
        user(world, "leader1_a"),
        grants_of(world, "leader1_a"),
    )
    scope = Scope(ScopeKind.UNIT, world.unit2_a)
    given = give(admin, leader, Role.TEAM_LEADER, scope)
    end(admin, grant)
    with transaction():
        grant_actions.close_account(admin, leader)

    leave_groups()
    found = session().scalars(
        select(AuditEntry)
        .where(AuditEntry.chain == world.group_a, AuditEntry.actor_id == admin.user_id)
        .order_by(AuditEntry.sequence)
    )
    assert [(one.deed, one.thing_id, one.facts) for one in found] == [
        (
            "role.granted",
            given.id,
            {"user": "甲领队1", "role": "team_leader", "scope": ["unit", world.unit2_a]},
        ),
        ("role.ended", grant.id, {"user": "甲领队1", "role": "team_leader"}),
        ("account.closed", leader.id, {"name": "甲领队1"}),
    ]
