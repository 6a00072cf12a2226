"""Founding groups, admitting and releasing member units."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.audit.models import AuditHead
from eventsys.audit.rules import GENESIS
from eventsys.db import new_id, session
from eventsys.errors import N_, RuleBroken
from eventsys.groups.models import Group, Membership, Unit
from eventsys.groups.policy import may_manage_unit, may_manage_units
from eventsys.groups.rules import MemberRole, UnitKind
from eventsys.identity.actions import ALWAYS, add_grant, add_user, as_group, hash_password
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize, may_manage_platform
from eventsys.identity.rules import PLATFORM, Role, check_password


class UnitKnown(RuleBroken):
    field = "name"
    message = N_("A unit with this name or code is already listed. Search for it in the list.")


class EndsBeforeStart(RuleBroken):
    field = "ends_on"
    message = N_("The last day lies before the first day. Correct one of the two dates.")


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
    check_password(admin.password, frozenset({Role.GROUP_ADMIN}), (admin.username, admin.name))

    group = Group(
        id=new_id(),
        name=facts.name,
        name_en=facts.name_en,
        region=facts.region,
        created_at=clock.now(),
    )
    session().add_all([group, AuditHead(chain=group.id, count=0, hash=GENESIS)])
    session().flush()
    user = add_user(admin.username, admin.name, hash_password(admin.password), group_id=group.id)
    add_grant(user, group.id, Role.GROUP_ADMIN, group.scope, ALWAYS, actor.user_id)

    record(as_group(actor, group.id), "group.founded", group, name=facts.name, admin=user.username)
    return group, user


def add_platform_admin(actor: Actor, admin: FirstAdmin) -> User:
    """The first account of an installation; founds groups and sees nothing inside them."""
    authorize(actor, may_manage_platform, None)
    roles = frozenset({Role.PLATFORM_ADMIN})
    check_password(admin.password, roles, (admin.username, admin.name))

    user = add_user(admin.username, admin.name, hash_password(admin.password), group_id=None)
    add_grant(user, None, Role.PLATFORM_ADMIN, PLATFORM, ALWAYS, actor.user_id)

    record(actor, "platform_admin.added", user)
    return user


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
    """Let a unit leave on a day; its history stays."""
    authorize(actor, may_manage_unit, unit)
    running = [one for one in unit.memberships if one.ends_on is None]
    if any(ends_on < one.starts_on for one in running):
        raise EndsBeforeStart

    for one in running:
        one.ends_on, one.note = ends_on, note

    record(actor, "unit.left", unit, ends_on=ends_on, note=note)
