"""Accounts, grants in force, live sessions, people found by number."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from eventsys import clock
from eventsys.db import Model, session
from eventsys.identity.actor import Actor, Grant
from eventsys.identity.models import (
    Invitation,
    LoginSession,
    Person,
    RoleGrant,
    SignInAttempt,
    User,
)
from eventsys.identity.rules import (
    ABSOLUTE_LIMIT,
    ATTEMPT_WINDOW,
    BLIND_ROLES,
    IDLE_LIMIT,
    JUDGE_IDLE_LIMIT,
    Role,
    Scope,
    ScopeKind,
    normalise_username,
)
from eventsys.vault import vault


def token_hash(token: str) -> str:
    """What is kept of a secret link or cookie."""
    return hashlib.sha256(token.encode()).hexdigest()


def user_named(username: str) -> User | None:
    """The account with this sign-in name, whatever its case."""
    return session().scalar(select(User).where(User.username == normalise_username(username)))


def grants_in_force(user_id: int, day: date) -> frozenset[Grant]:
    """The roles of an account today: neither ended nor outside their term."""
    found = session().execute(
        select(RoleGrant.role, RoleGrant.scope_kind, RoleGrant.scope_id).where(
            RoleGrant.user_id == user_id,
            RoleGrant.ended_at.is_(None),
            or_(RoleGrant.starts_on.is_(None), RoleGrant.starts_on <= day),
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= day),
        )
    )
    return frozenset(Grant(role, Scope(kind, scope_id)) for role, kind, scope_id in found)


def lies_in_group(scope: Scope, group_id: int) -> bool:
    """Whether a scope is the group itself, or an event, track or unit of it.

    Those features are built on this one, so their tables are known here by name only: each bears
    the name of its kind of scope.
    """
    if scope.kind is ScopeKind.GROUP:
        return scope.id == group_id
    if scope.kind is ScopeKind.PLATFORM:
        return False
    table = Model.metadata.tables[scope.kind.value]
    found = select(table.c.id).where(table.c.id == scope.id, table.c.group_id == group_id)
    return session().scalar(found) is not None


def roles_kept(user_id: int, day: date) -> frozenset[Role]:
    """The roles of an account that hold now or will hold: neither ended nor past their term."""
    held = select(RoleGrant.role).where(
        RoleGrant.user_id == user_id,
        RoleGrant.ended_at.is_(None),
        or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= day),
    )
    return frozenset(session().scalars(held))


def held_already(user_id: int, grant: Grant, starts_on: date | None, ends_on: date | None) -> bool:
    """Whether an account holds a role in a scope on one of the days of a new term."""
    held = select(RoleGrant.id).where(
        RoleGrant.user_id == user_id,
        RoleGrant.role == grant.role,
        RoleGrant.scope_kind == grant.scope.kind,
        RoleGrant.scope_id == grant.scope.id,
        RoleGrant.ended_at.is_(None),
    )
    if ends_on is not None:
        held = held.where(or_(RoleGrant.starts_on.is_(None), RoleGrant.starts_on <= ends_on))
    if starts_on is not None:
        held = held.where(or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= starts_on))
    return session().scalar(held.limit(1)) is not None


def actor_of(user: User, source: str = "", grants: frozenset[Grant] | None = None) -> Actor:
    """The account as an actor, with the rights it has at this moment (read unless given)."""
    return Actor(
        user_id=user.id,
        name=user.name,
        group_id=user.group_id,
        grants=grants_in_force(user.id, clock.today()) if grants is None else grants,
        person_id=user.person_id,
        source=source,
    )


@dataclass(frozen=True)
class Live:
    """A device that is signed in, and the roles of its account at this moment."""

    login: LoginSession
    grants: frozenset[Grant]


def live_session(token: str, moment: datetime) -> Live | None:
    """The session behind a cookie, unless ended, idle, too old, or its account closed."""
    found = session().scalar(
        select(LoginSession)
        .where(LoginSession.token_hash == token_hash(token), LoginSession.ended_at.is_(None))
        .options(joinedload(LoginSession.user, innerjoin=True))
    )
    if found is None or found.user.closed_at is not None:
        return None
    grants = grants_in_force(found.user_id, clock.today())
    idle = JUDGE_IDLE_LIMIT if {one.role for one in grants} & BLIND_ROLES else IDLE_LIMIT
    fresh = found.seen_at + idle > moment and found.created_at + ABSOLUTE_LIMIT > moment
    return Live(found, grants) if fresh else None


def sessions_of(user_id: int) -> list[LoginSession]:
    """The devices on which an account is signed in, latest first."""
    since = clock.now() - ABSOLUTE_LIMIT
    return list(
        session().scalars(
            select(LoginSession)
            .where(
                LoginSession.user_id == user_id,
                LoginSession.ended_at.is_(None),
                LoginSession.created_at > since,
            )
            .order_by(LoginSession.seen_at.desc())
        )
    )


def recent_attempts(key: str, moment: datetime) -> int:
    """Wrong passwords for this account from this source in the last minutes."""
    since = moment - ATTEMPT_WINDOW
    counted = select(func.count(SignInAttempt.id)).where(
        SignInAttempt.key == key, SignInAttempt.at > since
    )
    return session().scalar(counted) or 0


def invitation_by_token(token: str, moment: datetime) -> Invitation | None:
    """An invitation that can still be used; looked up by its secret, so in no group's scope."""
    return session().scalar(
        select(Invitation)
        .where(
            Invitation.token_hash == token_hash(token),
            Invitation.used_at.is_(None),
            Invitation.expires_at > moment,
        )
        .execution_options(across_groups=True)
    )


def invitations_of(group_id: int) -> list[Invitation]:
    """Invitations still waiting to be used."""
    waiting = select(Invitation).where(
        Invitation.group_id == group_id,
        Invitation.used_at.is_(None),
        Invitation.expires_at > clock.now(),
    )
    return list(session().scalars(waiting.order_by(Invitation.created_at.desc())))


def accounts_of(group_id: int, text: str = "") -> Select[User]:
    """The accounts of a group by name, optionally those whose name contains ``text``."""
    found = (
        select(User)
        .where(User.group_id == group_id)
        .order_by(User.name, User.id)
        .options(selectinload(User.grants))
    )
    if text:
        found = found.where(
            or_(
                User.name.contains(text, autoescape=True),
                User.username.contains(text, autoescape=True),
            )
        )
    return found


def person_with_number(group_id: int, value: str) -> Person | None:
    """The person of this group with a normalised identity number."""
    return session().scalar(
        select(Person).where(Person.group_id == group_id, Person.id_index == vault().index(value))
    )
