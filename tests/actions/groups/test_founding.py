"""Groups and first accounts: one at a time, each with its own record."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from eventsys.audit.models import AuditEntry, AuditHead
from eventsys.audit.queries import verify_chain
from eventsys.db import db, leave_groups, session, transaction
from eventsys.errors import DomainError, Forbidden, NotThere
from eventsys.groups.actions import (
    FirstAdmin,
    GroupFacts,
    GroupKnown,
    add_first_admin,
    add_platform_admin,
    found_group,
)
from eventsys.groups.models import Group
from eventsys.groups.queries import all_groups, is_fresh
from eventsys.identity.actions import NameTaken, Place, note_wrong_password
from eventsys.identity.models import RoleGrant, User
from eventsys.identity.policy import System
from eventsys.identity.queries import actor_of
from eventsys.identity.rules import (
    PLATFORM,
    CommonPassword,
    Role,
    Scope,
    ScopeKind,
    UsernameUnfit,
    WeakPassword,
)
from tests.fresh import empty_database

GOOD = "yiju-hen-chang-de-mima"
FACTS = GroupFacts("丙职业教育集团", "Group C", "湖北省")
ADMIN = FirstAdmin("Admin_C", "丙管理员", GOOD)


def found(actor, facts=FACTS, admin=ADMIN):
    with transaction():
        return found_group(actor, facts, admin)


def test_a_group_starts_with_an_administrator_and_a_chain_of_its_own(act):
    root = act("root")

    group, admin = found(root)

    actor = actor_of(admin)
    assert (admin.username, admin.group_id) == ("admin_c", group.id)
    assert [(g.role, g.scope) for g in actor.grants] == [
        (Role.GROUP_ADMIN, Scope(ScopeKind.GROUP, group.id))
    ]
    entry = session().scalars(select(AuditEntry).where(AuditEntry.chain == group.id)).one()
    assert (entry.sequence, entry.deed, entry.actor_id) == (1, "group.founded", root.user_id)
    assert verify_chain(group.id) is None


def test_groups_are_listed_by_name(act):
    found(act("root"))

    assert [one.name for one in all_groups()] == sorted(one.name for one in all_groups())
    assert len(all_groups()) == 3


@pytest.mark.parametrize("account", ["admin_a", "organizer_a", "leader1_a", "office_a"])
def test_only_the_platform_founds_groups_and_adds_its_administrators(act, account):
    with pytest.raises(Forbidden):
        found(act(account))
    with pytest.raises(Forbidden), transaction():
        add_platform_admin(act(account), FirstAdmin("root2", "平台二", GOOD))


def test_a_second_group_of_the_same_name_is_refused(act):
    with pytest.raises(GroupKnown) as refused:
        found(act("root"), GroupFacts("甲职业教育集团", "", "河南省"))

    assert refused.value.field == "group_name"


@pytest.mark.parametrize(
    ("admin", "refusal"),
    [
        (FirstAdmin("leader1_A", "丙管理员", GOOD), NameTaken),
        (FirstAdmin("管理员", "丙管理员", GOOD), UsernameUnfit),
        (FirstAdmin("admin_c", "丙管理员", "tian-qi-hao"), WeakPassword),
        (FirstAdmin("admin_c", "丙管理员", "123456789012"), CommonPassword),
        (FirstAdmin("zhanglaoshi", "丙管理员", "Zhanglaoshi-1"), CommonPassword),
    ],
)
def test_an_unfit_administrator_is_refused_and_no_group_is_left_behind(act, admin, refusal):
    with pytest.raises(refusal) as refused:
        found(act("root"), FACTS, admin)

    assert refused.value.field in {"username", "password"}
    assert session().scalar(select(func.count(Group.id))) == 2


# ---- the first account of all


@pytest.fixture
def fresh(inside):
    """An installation without any account or deed."""
    leave_groups()
    empty_database()
    return inside


def first(name="erster", password=GOOD):
    with transaction():
        return add_first_admin(System(source="first run"), FirstAdmin(name, "平台", password))


def test_the_first_account_runs_the_platform_and_belongs_to_no_group(fresh):
    user = first()

    grant = session().scalars(select(RoleGrant)).one()
    assert (user.group_id, grant.group_id) == (None, None)
    assert (grant.role, grant.scope_kind, grant.scope_id) == (Role.PLATFORM_ADMIN, *PLATFORM)
    entry = session().scalars(select(AuditEntry)).one()
    assert (entry.chain, entry.deed, entry.source) == (0, "platform_admin.added", "first run")
    assert verify_chain(0) is None


def test_there_is_one_first_account(fresh):
    first()

    with pytest.raises(NotThere):
        first("zweiter")

    assert not is_fresh()


def test_a_refused_first_account_leaves_the_installation_fresh(fresh):
    with pytest.raises(WeakPassword):
        first(password="tian-qi-hao")

    assert is_fresh()
    assert first().username == "erster"


@pytest.mark.parametrize("touched", [False, True], ids=["untouched", "somebody knocked before"])
def test_of_two_first_runs_at_once_one_makes_the_account(fresh, touched):
    if touched:
        with transaction():
            note_wrong_password("nobody", Place("10.0.0.1", "browser"))
    db.session.remove()
    start = Barrier(4)

    def run(number):
        with fresh.app_context():
            start.wait()
            try:
                first(f"first{number}")
            except (DomainError, IntegrityError):
                return "refused"
            return "made"

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(run, range(4)))

    assert sorted(answers) == ["made", "refused", "refused", "refused"]
    assert session().scalar(select(func.count(User.id))) == 1
    assert session().get_one(AuditHead, 0).count == 1 + touched
