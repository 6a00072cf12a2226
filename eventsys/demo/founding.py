"""Two groups with their units; the first one also gets the printed accounts."""

import csv
from datetime import date
from pathlib import Path

from sqlalchemy import select

from eventsys.db import enter_group, session
from eventsys.demo.accounts import ACCOUNTS, PASSWORD, PLATFORM_ADMIN
from eventsys.groups.actions import (
    FirstAdmin,
    GroupFacts,
    UnitFacts,
    add_platform_admin,
    admit_unit,
    found_group,
)
from eventsys.groups.models import Group, Unit
from eventsys.groups.rules import MemberRole, UnitKind
from eventsys.identity.actions import ALWAYS, add_grant, add_user, as_group, hash_password
from eventsys.identity.actor import Actor, System
from eventsys.identity.models import User
from eventsys.identity.queries import actor_of, user_named
from eventsys.identity.rules import Role, Scope, ScopeKind
from eventsys.registration.models import Entry

SCHOOLS = Path(__file__).with_name("schools.tsv")
FOUNDED = date(2022, 3, 1)
MAIN = GroupFacts(
    "河南省装备制造职业教育集团（演示）",
    "Henan Equipment Manufacturing Vocational Education Group (demo)",
    "河南省",
)
OTHER = GroupFacts(
    "江南现代服务职业教育集团（演示）",
    "Jiangnan Service Vocational Education Group (demo)",
    "江苏省",
)
ENTERPRISES = (
    ("DEMO-Q01", "中原数控装备有限公司", UnitKind.ENTERPRISE, "洛阳市"),
    ("DEMO-Q02", "豫工机器人科技有限公司", UnitKind.ENTERPRISE, "郑州市"),
    ("DEMO-P01", "启明视觉职业技能评价中心", UnitKind.ISSUER, "郑州市"),
)


def found_groups() -> Group:
    """The platform's administrator, the main group and a second one beside it."""
    platform = System(source="demo")
    username, name, _says = PLATFORM_ADMIN
    add_platform_admin(platform, FirstAdmin(username, name, PASSWORD))
    admin = next(one for one in ACCOUNTS if one.place == "group" and one.role is Role.GROUP_ADMIN)
    group, _user = found_group(platform, MAIN, FirstAdmin(admin.username, admin.name, PASSWORD))
    other, _user = found_group(platform, OTHER, FirstAdmin("guanli2", "江南管理员", PASSWORD))
    _admit(as_group(platform, other.id), other.id, _schools()[-3:], lead="江南")
    _admit(as_group(platform, group.id), group.id, _schools(), lead="")
    session().flush()
    enter_group(group.id)
    return group


def _schools() -> list[tuple[str, str, UnitKind, str]]:
    with SCHOOLS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [(row["code"], row["name"], UnitKind.HIGHER_VOCATIONAL, row["city"]) for row in rows]


def _admit(
    actor: Actor, group_id: int, schools: list[tuple[str, str, UnitKind, str]], lead: str
) -> None:
    units = [*schools, *(() if lead else ENTERPRISES)]
    for position, (code, name, kind, city) in enumerate(units):
        role = MemberRole.LEAD if position == 0 else MemberRole.MEMBER
        admit_unit(actor, group_id, UnitFacts(code, lead + name, kind, city), role, FOUNDED)


def units_of_demo() -> list[Unit]:
    """The schools in the order of their codes; the first two have printed accounts."""
    found = select(Unit).where(Unit.kind == UnitKind.HIGHER_VOCATIONAL).order_by(Unit.code)
    return list(session().scalars(found))


def unit_of_kind(kind: UnitKind) -> Unit:
    """The first unit of a kind."""
    return (
        session().scalars(select(Unit).where(Unit.kind == kind).order_by(Unit.code)).first()
        or (units_of_demo()[0])
    )


def add_accounts(group: Group, places: dict[str, Scope]) -> None:
    """The accounts whose place is known now; one password for all, hashed once."""
    hashed = hash_password(PASSWORD)
    for one in ACCOUNTS:
        if one.place in places and one.role is not Role.GROUP_ADMIN:
            user = user_named(one.username) or add_user(
                one.username, one.name or "选手", hashed, group_id=group.id
            )
            add_grant(user, group.id, one.role, places[one.place], ALWAYS, None)


def first_places(group: Group) -> dict[str, Scope]:
    """The places that exist before any event."""
    schools = units_of_demo()
    return {
        "group": group.scope,
        "unit:0": Scope(ScopeKind.UNIT, schools[0].id),
        "unit:1": Scope(ScopeKind.UNIT, schools[1].id),
    }


def acting(username: str) -> Actor:
    """A printed account as an actor: the demo is made by the real actions of its people."""
    user = user_named(username)
    if user is None:
        raise LookupError(username)
    return actor_of(user, "demo")


def account(username: str) -> User:
    """The account with this sign-in name."""
    user = user_named(username)
    if user is None:
        raise LookupError(username)
    return user


def enrol(user: User, entry: Entry) -> None:
    """Let an account be the first person of an entry."""
    first = entry.members[0]
    user.person_id, user.name = first.person_id, first.person.name
