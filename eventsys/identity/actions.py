"""Signing in and out, passwords, bare accounts, registering people, revealing numbers."""

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from sqlalchemy import update

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import N_, Forbidden, RuleBroken
from eventsys.id_numbers import IdNumber, mask_id_number
from eventsys.identity.models import (
    LoginSession,
    Person,
    Reveal,
    RoleGrant,
    SignInAttempt,
    User,
)
from eventsys.identity.policy import Actor, authorize, may_reveal
from eventsys.identity.queries import (
    live_session,
    person_with_number,
    recent_attempts,
    token_hash,
    user_named,
)
from eventsys.identity.rules import (
    ATTEMPTS_ALLOWED,
    Role,
    Scope,
    check_password,
    normalise_username,
)
from eventsys.vault import vault

# OWASP's second choice for Argon2id: 19 MiB, two passes; 24 ms of one core.
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_DUMMY_HASH = HASHER.hash("nobody has this password")


class WrongSignIn(RuleBroken):
    message = N_("Sign-in name and password do not match. Check both and try again.")


class WrongOldPassword(WrongSignIn):
    field = "old"
    message = N_("This is not your present password. Check it and try again.")


class TooManyAttempts(RuleBroken):
    message = N_(
        "Too many wrong passwords from here. Wait 15 minutes, or ask your administrator for a new"
        " invitation."
    )


class NameTaken(RuleBroken):
    field = "username"
    message = N_("This sign-in name is taken. Choose another one.")


class OtherName(RuleBroken):
    field = "name"
    message = N_(
        "This identity number is registered under another name (%(name)s). Check the number, or ask"
        " the organizer to correct the name."
    )


class ReasonMissing(RuleBroken):
    field = "reason"
    message = N_("Write the reason in at least five characters; it goes on record.")


class ReasonTellsNumber(RuleBroken):
    field = "reason"
    message = N_("Write why you need the number, not the number itself; the reason is kept.")


@dataclass(frozen=True)
class Place:
    """Where a request comes from, for the record and the list of devices."""

    source: str
    device: str


def sign_in(username: str, password: str, place: Place) -> tuple[User, str]:
    """The account and a new session token. Unknown names cost the same time as wrong passwords."""
    user = user_named(username)
    usable = user is not None and user.closed_at is None
    try:
        HASHER.verify(user.password_hash if user and usable else _DUMMY_HASH, password)
        right = usable
    except Argon2Error:
        right = False
    if user is None or not right:
        raise WrongSignIn
    token = open_session(user, place)
    actor = Actor(user.id, user.name, user.group_id, source=place.source)
    record(actor, "session.opened", user)
    return user, token


def check_attempts(username: str, source: str) -> None:
    """Refuse when too many wrong passwords came for this account from this source."""
    if recent_attempts(attempt_key(username, source), clock.now()) >= ATTEMPTS_ALLOWED:
        raise TooManyAttempts


def note_wrong_password(username: str, place: Place) -> None:
    """Count a wrong password, and leave a line on record."""
    session().add(SignInAttempt(key=attempt_key(username, place.source), at=clock.now()))
    user = user_named(username)
    nobody = Actor(None, "", user.group_id if user else None, source=place.source)
    record(nobody, "session.refused", user or "user_account")


def attempt_key(username: str, source: str) -> str:
    """Account and source together: nobody can lock a judge out from elsewhere."""
    return token_hash(f"{normalise_username(username)}\n{source}")


def open_session(user: User, place: Place) -> str:
    """A new login session; the token goes into the cookie, its hash into the database."""
    token, moment = secrets.token_urlsafe(32), clock.now()
    session().add(
        LoginSession(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=moment,
            seen_at=moment,
            device=place.device[:200],
            source=place.source[:60],
        )
    )
    return token


def touch_session(found: LoginSession, moment: datetime) -> None:
    """Note that the device is in use."""
    found.seen_at = moment


def sign_out(actor: Actor, token: str) -> None:
    """End the session of this device."""
    found = live_session(token, clock.now())
    if found is not None:
        end_session(actor, found.login)


def end_session(actor: Actor, found: LoginSession) -> None:
    """End one of one's own sessions, on whichever device it is."""
    if found.user_id != actor.user_id:
        raise Forbidden

    found.ended_at = found.ended_at or clock.now()

    record(actor, "session.ended", found)


def hash_password(password: str) -> str:
    """Argon2id with the parameters above."""
    return HASHER.hash(password)


def change_password(actor: Actor, user: User, old: str, new: str) -> None:
    """Change one's own password; every other device is signed out."""
    if user.id != actor.user_id:
        raise Forbidden
    try:
        HASHER.verify(user.password_hash, old)
    except Argon2Error as wrong:
        raise WrongOldPassword from wrong
    check_password(new, actor.roles, (user.username, user.name))

    user.password_hash = hash_password(new)
    end_all_sessions(user.id)

    record(actor, "password.changed", user)


def end_all_sessions(user_id: int) -> None:
    """Sign an account out on every device."""
    session().execute(
        update(LoginSession)
        .where(LoginSession.user_id == user_id, LoginSession.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


@dataclass(frozen=True)
class Term:
    """The days a role holds, both included; open where ``None``."""

    starts_on: date | None = None
    ends_on: date | None = None


ALWAYS = Term()


def add_user(username: str, name: str, password_hash: str, *, group_id: int | None) -> User:
    """A bare account; who may have one was decided by the caller."""
    user = User(
        id=new_id(),
        username=normalise_username(username),
        name=name,
        password_hash=password_hash,
        group_id=group_id,
        language="zh",
        created_at=clock.now(),
    )
    session().add(user)
    session().flush()
    return user


def add_grant(
    user: User, group_id: int | None, role: Role, scope: Scope, term: Term, by: int | None
) -> RoleGrant:
    """A bare role; who may have it was decided by the caller."""
    grant = RoleGrant(
        id=new_id(),
        user_id=user.id,
        group_id=group_id,
        role=role,
        scope_kind=scope.kind,
        scope_id=scope.id,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        granted_at=clock.now(),
        granted_by_id=by,
    )
    session().add(grant)
    session().flush()
    return grant


@dataclass(frozen=True)
class PersonFacts:
    """Who somebody is, already normalised."""

    name: str
    id_number: IdNumber
    unit_id: int | None
    phone: str = ""


def register_person(actor: Actor, group_id: int, facts: PersonFacts) -> Person:
    """The person with this number: found, or registered. Another name is never merged silently."""
    found = person_with_number(group_id, facts.id_number.value)
    if found is not None:
        if found.name != facts.name:
            raise OtherName(name=found.name[0] + "*" * (len(found.name) - 1))
        return found

    person = Person(
        id=new_id(),
        group_id=group_id,
        name=facts.name,
        unit_id=facts.unit_id,
        id_kind=facts.id_number.kind,
        id_sealed=vault().seal(facts.id_number.value),
        id_index=vault().index(facts.id_number.value),
        id_masked=mask_id_number(facts.id_number.value),
        phone_sealed=vault().seal(facts.phone) if facts.phone else None,
    )
    session().add(person)
    session().flush()

    record(actor, "person.registered", person)
    return person


def id_number_of(person: Person) -> str:
    """The full number, for rules and files only; showing it to people goes through ``reveal``."""
    return vault().open(person.id_sealed)


def reveal(actor: Actor, person: Person, reason: str) -> str:
    """The full number, shown to one who may see it and says why; that is recorded."""
    authorize(actor, may_reveal, person)
    if len(reason.strip()) < 5:  # noqa: PLR2004  the refusal states the number
        raise ReasonMissing
    number = id_number_of(person)
    telling = number[6:14] if len(number) == 18 else number  # noqa: PLR2004  the birth date
    if telling in reason:
        raise ReasonTellsNumber

    session().add(
        Reveal(
            group_id=person.group_id,
            person_id=person.id,
            user_id=actor.user_id,
            reason=reason.strip(),
            at=clock.now(),
        )
    )

    record(actor, "id_number.revealed", person, reason=reason.strip())
    return number


def as_group(actor: Actor, group_id: int) -> Actor:
    """The same actor working inside one group (commands and the demo use it)."""
    return replace(actor, group_id=group_id)
