"""Who may, joined from permission and relation."""

from collections.abc import Callable
from typing import TypeVar

from eventsys.errors import Forbidden
from eventsys.identity.actor import Actor, System
from eventsys.identity.models import Invitation, Person, RoleGrant, User
from eventsys.identity.rules import (
    PLATFORM,
    SCOPES_OF_ROLE,
    Permission,
    Role,
    Scope,
    ScopeKind,
)

__all__ = ["Actor", "System", "authorize"]
T = TypeVar("T")


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


def may_see_account(actor: Actor, user: User) -> bool:
    """The administrator of the account's own group."""
    return user.group_id is not None and may_manage_accounts(actor, user.group_id)


def may_close_account(actor: Actor, user: User) -> bool:
    """Who manages the account may close it; nobody closes their own."""
    return may_see_account(actor, user) and user.id != actor.user_id


def may_withdraw(actor: Actor, invitation: Invitation) -> bool:
    """Who may invite may also take an invitation back."""
    return may_manage_accounts(actor, invitation.group_id)


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
