"""Inviting people, giving roles and taking them back, closing accounts."""

import secrets

from sqlalchemy import select, update

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import changed, new_id, session
from eventsys.errors import N_, Conflict, Forbidden, RuleBroken
from eventsys.identity.actions import (
    ALWAYS,
    NameTaken,
    Place,
    Term,
    add_grant,
    add_user,
    end_all_sessions,
    hash_password,
)
from eventsys.identity.actor import Grant
from eventsys.identity.models import Invitation, Person, RoleGrant, User
from eventsys.identity.policy import (
    Actor,
    authorize,
    fits,
    group_scope,
    may_close_account,
    may_end_grant,
    may_manage_accounts,
    may_withdraw,
)
from eventsys.identity.queries import (
    held_already,
    lies_in_group,
    roles_kept,
    token_hash,
    user_named,
)
from eventsys.identity.rules import (
    INVITATION_LIFE,
    Role,
    Scope,
    check_duties_apart,
    check_password,
    check_term,
    check_username,
)


class InvitationUsed(Conflict):
    message = N_("This invitation was used or has expired. Ask for a new one.")


class ScopeUnfit(RuleBroken):
    field = "place"
    message = N_("This role cannot be given there. Choose the place that fits the role.")


class RoleHeld(RuleBroken):
    field = "role"
    message = N_("This account holds this role there already. End it first to change its days.")


class PersonHasAccount(RuleBroken):
    message = N_("%(name)s has an account already and signs in with it.")


class RoleEnded(Conflict):
    message = N_("This role has ended already. Reload the page.")


class AccountClosed(Conflict):
    message = N_("This account is closed already. Reload the page.")


def invite(
    actor: Actor, group_id: int, name: str, role: Role, scope: Scope, term: Term = ALWAYS
) -> tuple[Invitation, str]:
    """A single-use link, good for seven days, that makes an account with one role."""
    authorize(actor, may_manage_accounts, group_id)
    _check_office(group_id, role, scope, term)

    invitation, token = _write(actor, group_id, name, Grant(role, scope), term)

    record(actor, "invitation.made", invitation, name=name, role=role, scope=list(scope))
    return invitation, token


def invite_person(actor: Actor, person: Person) -> tuple[Invitation, str]:
    """A link for somebody who is entered, to see their own things; who may ask is decided above."""
    if session().scalar(select(User.id).where(User.person_id == person.id)) is not None:
        raise PersonHasAccount(name=person.name)

    grant = Grant(Role.PARTICIPANT, group_scope(person.group_id))
    invitation, token = _write(actor, person.group_id, person.name, grant, ALWAYS)
    invitation.person_id = person.id

    place = list(grant.scope)
    record(actor, "invitation.made", invitation, name=person.name, role=grant.role, scope=place)
    return invitation, token


def _write(
    actor: Actor, group_id: int, name: str, grant: Grant, term: Term
) -> tuple[Invitation, str]:
    token = secrets.token_urlsafe(24)
    invitation = Invitation(
        id=new_id(),
        group_id=group_id,
        token_hash=token_hash(token),
        name=name,
        role=grant.role,
        scope_kind=grant.scope.kind,
        scope_id=grant.scope.id,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        created_at=clock.now(),
        created_by_id=actor.user_id,
        expires_at=clock.now() + INVITATION_LIFE,
    )
    session().add(invitation)
    return invitation, token


def _check_office(group_id: int, role: Role, scope: Scope, term: Term) -> None:
    """Refuse a role that cannot be held there, a place of another group, a term upside down."""
    if role is Role.PLATFORM_ADMIN or not fits(role, scope) or not lies_in_group(scope, group_id):
        raise ScopeUnfit
    check_term(term.starts_on, term.ends_on)


def withdraw_invitation(actor: Actor, invitation: Invitation) -> None:
    """Make a link worthless that was sent to the wrong person."""
    authorize(actor, may_withdraw, invitation)

    if not _use(invitation):
        raise InvitationUsed

    record(actor, "invitation.withdrawn", invitation, name=invitation.name)


def accept_invitation(invitation: Invitation, username: str, password: str, place: Place) -> User:
    """Make the invited account; the link is dead from then on, even for a second tab."""
    plain = check_username(username)
    check_password(password, frozenset({invitation.role}), (plain, invitation.name))
    if user_named(plain) is not None:
        raise NameTaken
    if not _use(invitation):
        raise InvitationUsed

    user = add_user(plain, invitation.name, hash_password(password), group_id=invitation.group_id)
    user.person_id = invitation.person_id
    invitation.used_by_id = user.id
    scope = Scope(invitation.scope_kind, invitation.scope_id)
    term = Term(invitation.starts_on, invitation.ends_on)
    add_grant(user, invitation.group_id, invitation.role, scope, term, invitation.created_by_id)

    actor = Actor(user.id, user.name, user.group_id, source=place.source)
    record(actor, "invitation.accepted", invitation, role=invitation.role)
    return user


def _use(invitation: Invitation) -> bool:
    """Whether the link could still be used; afterwards it cannot."""
    moment = clock.now()
    used = changed(
        update(Invitation)
        .where(
            Invitation.id == invitation.id,
            Invitation.used_at.is_(None),
            Invitation.expires_at > moment,
        )
        .values(used_at=moment)
        .execution_options(across_groups=True)
    )
    return used == 1


def grant_role(actor: Actor, user: User, role: Role, scope: Scope, term: Term) -> RoleGrant:
    """Give an account of the same group one more role."""
    if user.group_id is None or user.group_id != actor.group_id:
        raise Forbidden
    authorize(actor, may_manage_accounts, user.group_id)
    if user.id == actor.user_id:
        raise Forbidden
    _check_office(user.group_id, role, scope, term)
    if held_already(user.id, Grant(role, scope), term.starts_on, term.ends_on):
        raise RoleHeld
    check_duties_apart(roles_kept(user.id, clock.today()), role)

    grant = add_grant(user, user.group_id, role, scope, term, actor.user_id)

    record(actor, "role.granted", grant, user=user.name, role=role, scope=list(scope))
    return grant


def end_grant(actor: Actor, grant: RoleGrant) -> None:
    """Take a role back; it stops working with the next request."""
    authorize(actor, may_end_grant, grant)

    if not _end(grant):
        raise RoleEnded

    record(actor, "role.ended", grant, user=grant.user.name, role=grant.role)


def _end(grant: RoleGrant) -> bool:
    """Whether the role was running; the moment of its end is written once."""
    running = update(RoleGrant).where(RoleGrant.id == grant.id, RoleGrant.ended_at.is_(None))
    return changed(running.values(ended_at=clock.now())) == 1


def close_account(actor: Actor, user: User) -> None:
    """Shut an account for good: nobody signs in with it, its roles and devices end at once."""
    authorize(actor, may_close_account, user)
    if user.closed_at is not None:
        raise AccountClosed

    user.closed_at = clock.now()
    end_all_sessions(user.id)
    for grant in user.grants:
        _end(grant)

    record(actor, "account.closed", user, name=user.name)
