"""Who acts: a signed-in person with the rights of this moment, or the system itself."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from eventsys.identity.rules import GRANTS, Permission, Role, Scope, ScopeKind


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
