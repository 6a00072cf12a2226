"""Founding groups, admitting and releasing member units."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.audit.models import PLATFORM_CHAIN, AuditHead
from eventsys.audit.rules import GENESIS
from eventsys.db import new_id, session
from eventsys.errors import N_, Forbidden, NotThere, RuleBroken
from eventsys.groups.models import Group, Membership, Unit
from eventsys.groups.policy import may_manage_unit, may_manage_units
from eventsys.groups.queries import is_fresh
from eventsys.groups.rules import MemberRole, UnitKind
from eventsys.identity.actions import (
    ALWAYS,
    NameTaken,
    add_grant,
    add_user,
    as_group,
    hash_password,
)
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize, may_manage_platform
from eventsys.identity.queries import user_named
from eventsys.identity.rules import PLATFORM, Role, check_password, check_term, check_username


class GroupKnown(RuleBroken):
    field = "group_name"
    message = N_("A group of this name exists already. Look at the list of groups.")


class UnitKnown(RuleBroken):
    field = "name"
    message = N_("A unit with this name or code is already listed. Search for it in the list.")


class NotAMember(RuleBroken):
    message = N_("This unit has left the group already. There is no membership to end.")


class AlreadyAMember(RuleBroken):
    field = "starts_on"
    message = N_("The unit is a member on that day already. Choose a day after its last one.")


@dataclass(frozen=True)
class FirstAdmin:
    """The account that will run a new group."""

    username: str
    name: str
    password: str


@dataclass(frozen=True)
class GroupFacts:
    """What a new group is called and where it works."""

    name: str
    name_en: str
    region: str


def found_group(actor: Actor, facts: GroupFacts, admin: FirstAdmin) -> tuple[Group, User]:
    """A new group with its first administrator and its own audit chain."""
    authorize(actor, may_manage_platform, None)
    username = _check_admin(admin, Role.GROUP_ADMIN)
    if session().scalar(select(Group.id).where(Group.name == facts.name)) is not None:
        raise GroupKnown

    group = Group(
        id=new_id(),
        name=facts.name,
        name_en=facts.name_en,
        region=facts.region,
        created_at=clock.now(),
    )
    session().add_all([group, AuditHead(chain=group.id, count=0, hash=GENESIS)])
    session().flush()
    user = add_user(username, admin.name, hash_password(admin.password), group_id=group.id)
    add_grant(user, group.id, Role.GROUP_ADMIN, group.scope, ALWAYS, actor.user_id)

    record(as_group(actor, group.id), "group.founded", group, name=facts.name, admin=user.username)
    return group, user


def _check_admin(admin: FirstAdmin, role: Role) -> str:
    """The sign-in name as it is kept; refuses names and passwords that will not do."""
    username = check_username(admin.username)
    check_password(admin.password, frozenset({role}), (username, admin.name))
    if user_named(username) is not None:
        raise NameTaken
    return username


def add_platform_admin(actor: Actor, admin: FirstAdmin) -> User:
    """An account that founds groups and sees nothing inside them."""
    authorize(actor, may_manage_platform, None)
    username = _check_admin(admin, Role.PLATFORM_ADMIN)

    user = add_user(username, admin.name, hash_password(admin.password), group_id=None)
    add_grant(user, None, Role.PLATFORM_ADMIN, PLATFORM, ALWAYS, actor.user_id)

    record(actor, "platform_admin.added", user)
    return user


def add_first_admin(actor: Actor, admin: FirstAdmin) -> User:
    """The first account of an installation, made by whoever comes first; then never again.

    The platform's chain is held meanwhile, so that of two at once one finds the other's account.
    """
    head = select(AuditHead).where(AuditHead.chain == PLATFORM_CHAIN).with_for_update()
    if session().scalar(head) is None:
        session().add(AuditHead(chain=PLATFORM_CHAIN, count=0, hash=GENESIS))
        session().flush()
    if not is_fresh():
        raise NotThere

    return add_platform_admin(actor, admin)


@dataclass(frozen=True)
class UnitFacts:
    """What a unit is."""

    code: str
    name: str
    kind: UnitKind
    city: str


def admit_unit(
    actor: Actor, group_id: int, facts: UnitFacts, role: MemberRole, starts_on: date
) -> Unit:
    """List a unit and start its membership."""
    authorize(actor, may_manage_units, None)
    if group_id != actor.group_id:
        raise Forbidden
    same = select(Unit.id).where(
        Unit.group_id == group_id, (Unit.name == facts.name) | (Unit.code == facts.code)
    )
    if session().scalar(same) is not None:
        raise UnitKnown

    unit = Unit(
        id=new_id(),
        group_id=group_id,
        code=facts.code,
        name=facts.name,
        kind=facts.kind,
        city=facts.city,
    )
    session().add(unit)
    session().flush()
    session().add(
        Membership(group_id=group_id, unit_id=unit.id, role=role, starts_on=starts_on, note="")
    )

    record(actor, "unit.admitted", unit, name=facts.name, role=role, starts_on=starts_on)
    return unit


def end_membership(actor: Actor, unit: Unit, ends_on: date, note: str) -> None:
    """Let a unit leave on a day, which may still be corrected until then; its history stays."""
    authorize(actor, may_manage_unit, unit)
    today = clock.today()
    running = [one for one in unit.memberships if one.ends_on is None or one.ends_on >= today]
    if not running:
        raise NotAMember
    for one in running:
        check_term(one.starts_on, ends_on)

    for one in running:
        one.ends_on, one.note = ends_on, note

    record(actor, "unit.left", unit, ends_on=ends_on, note=note)


def start_membership(actor: Actor, unit: Unit, role: MemberRole, starts_on: date) -> None:
    """Take a unit in again after it has left, perhaps in another role."""
    authorize(actor, may_manage_unit, unit)
    if any(one.ends_on is None or starts_on <= one.ends_on for one in unit.memberships):
        raise AlreadyAMember

    unit.memberships.append(
        Membership(group_id=unit.group_id, role=role, starts_on=starts_on, note="")
    )

    record(actor, "unit.returned", unit, role=role, starts_on=starts_on)
