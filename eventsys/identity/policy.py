"""Who acts, and whether they may."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from eventsys.errors import Forbidden
from eventsys.identity.models import Person, RoleGrant
from eventsys.identity.rules import (
    GRANTS,
    PLATFORM,
    SCOPES_OF_ROLE,
    Permission,
    Role,
    Scope,
    ScopeKind,
)

T = TypeVar("T")


class Grant(NamedTuple):
    """A role in a scope, in force now."""

    role: Role
    scope: Scope


@dataclass(frozen=True)
class Actor:
    """A signed-in person at this moment: rights are read afresh for every request."""

    user_id: int | None
    name: str
    group_id: int | None
    grants: frozenset[Grant] = frozenset()
    person_id: int | None = None
    source: str = ""

    @property
    def roles(self) -> frozenset[Role]:
        """The roles this actor holds somewhere."""
        return frozenset(grant.role for grant in self.grants)

    def may(self, permission: Permission, scopes: Iterable[Scope]) -> bool:
        """Whether a role with this permission is held in one of ``scopes``."""
        places = frozenset(scopes)
        return any(permission in GRANTS[g.role] and g.scope in places for g in self.grants)

    def scope_ids(self, permission: Permission, kind: ScopeKind) -> list[int]:
        """The ids of the scopes of one kind in which ``permission`` is held."""
        held = (g.scope for g in self.grants if permission in GRANTS[g.role])
        return sorted({scope.id for scope in held if scope.kind is kind})

    def may_in_group(self, permission: Permission) -> bool:
        """Whether ``permission`` is held for the whole of the actor's group."""
        return self.group_id is not None and self.may(
            permission, [Scope(ScopeKind.GROUP, self.group_id)]
        )


@dataclass(frozen=True)
class System(Actor):
    """The clock or the command line: may everything, and is named in the record."""

    user_id: int | None = None
    name: str = "system"
    group_id: int | None = None
    grants: frozenset[Grant] = field(default=frozenset())
    source: str = "clock"

    def may(self, permission: Permission, scopes: Iterable[Scope]) -> bool:
        """Always: what moves by itself was decided by people beforehand."""
        return True

    def may_in_group(self, permission: Permission) -> bool:
        """Always, as above."""
        return True


def authorize(actor: Actor, predicate: Callable[[Actor, T], bool], thing: T) -> None:
    """Refuse unless ``predicate`` allows ``actor`` to touch ``thing``."""
    if not predicate(actor, thing):
        raise Forbidden


def group_scope(group_id: int) -> Scope:
    """The scope of a whole group."""
    return Scope(ScopeKind.GROUP, group_id)


def may_manage_platform(actor: Actor, _thing: object = None) -> bool:
    """Only platform administrators; they see groups, never what is inside."""
    return actor.may(Permission.GROUPS_MANAGE, [PLATFORM])


def may_manage_accounts(actor: Actor, group_id: int) -> bool:
    """The group's administrator invites, grants and ends roles."""
    return actor.may(Permission.ACCOUNTS_MANAGE, [group_scope(group_id)])


def may_read_audit(actor: Actor, group_id: int) -> bool:
    """The group's administrator reads the group's record."""
    return actor.may(Permission.AUDIT_READ, [group_scope(group_id)])


def may_reveal(actor: Actor, person: Person) -> bool:
    """A full identity number: organizers and the certificate office of the whole group."""
    return actor.may(Permission.ID_REVEAL, [group_scope(person.group_id)])


def may_end_grant(actor: Actor, grant: RoleGrant) -> bool:
    """Who may grant may also end, inside the same group; nobody ends their own last office."""
    if grant.group_id is None:
        return may_manage_platform(actor)
    return may_manage_accounts(actor, grant.group_id) and grant.user_id != actor.user_id


def fits(role: Role, scope: Scope) -> bool:
    """Whether a role may be held in a scope of this kind."""
    return scope.kind in SCOPES_OF_ROLE[role]
