"""The small world of the tests: two groups alike, with the same kinds of people and things.

Everything in group A has a twin in group B whose texts carry another marker, so that anything of B
that shows up for people of A is seen at once.
"""

from dataclasses import dataclass, field
from datetime import date

from eventsys.db import enter_group, leave_groups, transaction
from eventsys.groups.actions import (
    FirstAdmin,
    GroupFacts,
    UnitFacts,
    add_platform_admin,
    admit_unit,
    found_group,
)

from eventsys.groups.rules import MemberRole, UnitKind
from eventsys.identity import actions as identity
from eventsys.identity.policy import System
from eventsys.identity.rules import Role, Scope, ScopeKind

PASSWORD = "zheli-shi-mima-2026"


@dataclass
class World:
    """Ids by name; names end in ``_a`` or ``_b`` for the two groups."""

    ids: dict[str, int] = field(default_factory=dict)

    def __getattr__(self, name: str) -> int:
        try:
            return self.ids[name]
        except KeyError:
            raise AttributeError(name) from None


def build_world() -> World:
    """Both groups with units and accounts, through the real actions."""
    world = World()
    hashed = identity.hash_password(PASSWORD)
    with transaction():
        add_platform_admin(System(), FirstAdmin("root", "平台管理员", PASSWORD))
    for mark in ("a", "b"):
        _build_group(world, mark, hashed)
    leave_groups()
    return world


def _build_group(world: World, mark: str, hashed: str) -> None:
    name = {"a": "甲", "b": "乙"}[mark]
    with transaction():
        group, _admin = found_group(
            System(),
            GroupFacts(f"{name}职业教育集团", f"Group {mark.upper()}", "河南省"),
            FirstAdmin(f"admin_{mark}", f"{name}管理员", PASSWORD),
        )
        world.ids[f"group_{mark}"] = group.id
    enter_group(world.ids[f"group_{mark}"])
    with transaction():
        actor = identity.as_group(System(), world.ids[f"group_{mark}"])
        for number, (kind, title) in enumerate(
            [
                (UnitKind.HIGHER_VOCATIONAL, "职业技术学院"),
                (UnitKind.HIGHER_VOCATIONAL, "工业学院"),
                (UnitKind.SECONDARY_VOCATIONAL, "中等专业学校"),
                (UnitKind.ISSUER, "评价组织"),
            ],
            start=1,
        ):
            facts = UnitFacts(f"{mark.upper()}{number:03d}", f"{name}{title}", kind, "郑州市")
            unit = admit_unit(
                actor, world.ids[f"group_{mark}"], facts, MemberRole.MEMBER, date(2024, 1, 1)
            )
            world.ids[f"unit{number}_{mark}"] = unit.id
    _accounts(world, mark, name, hashed)


def _accounts(world: World, mark: str, name: str, hashed: str) -> None:
    group_id = world.ids[f"group_{mark}"]
    whole = Scope(ScopeKind.GROUP, group_id)
    accounts = [
        ("organizer", "组织者", Role.ORGANIZER, whole),
        ("leader1", "领队一", Role.TEAM_LEADER, Scope(ScopeKind.UNIT, world.ids[f"unit1_{mark}"])),
        ("leader2", "领队二", Role.TEAM_LEADER, Scope(ScopeKind.UNIT, world.ids[f"unit2_{mark}"])),
        ("office", "证书办", Role.CERTIFICATE_OFFICE, whole),
        ("participant", "选手", Role.PARTICIPANT, whole),
    ]
    with transaction():
        for key, title, role, scope in accounts:
            user = identity.add_user(f"{key}_{mark}", f"{name}{title}", hashed, group_id=group_id)
            identity.add_grant(user, group_id, role, scope, identity.ALWAYS, None)
            world.ids[f"{key}_{mark}"] = user.id


