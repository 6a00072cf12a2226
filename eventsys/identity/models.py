"""People, accounts, roles, sessions and invitations."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id, Model, Short
from eventsys.id_numbers import IdKind
from eventsys.identity.rules import Role, ScopeKind


class Person(GroupOwned):
    """Somebody who takes part. The identity number is sealed; equals are found by a blind index."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("group_id", "id_index"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(50))
    unit_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"), index=True)
    id_kind: Mapped[IdKind]
    id_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    id_index: Mapped[bytes] = mapped_column(LargeBinary(33))
    id_masked: Mapped[str] = mapped_column(String(30))
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class User(Model):
    """An account. Flask-Login's four questions are answered by the login session, not here."""

    __tablename__ = "user_account"

    id: Mapped[Id]
    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(50))
    password_hash: Mapped[str] = mapped_column(String(200))
    group_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("voc_group.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("person.id"), index=True)
    language: Mapped[str] = mapped_column(String(5), default="zh")
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    grants: Mapped[list["RoleGrant"]] = relationship(foreign_keys="RoleGrant.user_id")


class RoleGrant(Model):
    """Who holds which role in which scope, for which term. Ended, never deleted."""

    __tablename__ = "role_grant"
    __table_args__ = (Index("ix_role_grant_scope", "scope_kind", "scope_id"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BIG, ForeignKey("user_account.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("voc_group.id"), index=True)
    role: Mapped[Role]
    scope_kind: Mapped[ScopeKind]
    scope_id: Mapped[int] = mapped_column(BIG)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = mapped_column(BIG)
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=user_id, overlaps="grants")


class LoginSession(Model):
    """One signed-in device. The cookie holds a random token; here is only its hash."""

    __tablename__ = "login_session"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(BIG, ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(60))

    user: Mapped[User] = relationship()


class SignInAttempt(Model):
    """A wrong password, counted for account and source together."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_key_at", "key", "at"),)

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Invitation(GroupOwned):
    """A single-use link that makes an account with one role."""

    __tablename__ = "invitation"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[Short]
    role: Mapped[Role]
    scope_kind: Mapped[ScopeKind]
    scope_id: Mapped[int] = mapped_column(BIG)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    person_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("person.id"))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(BIG)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by_id: Mapped[int | None] = mapped_column(BIG)


class Reveal(GroupOwned):
    """A full identity number was shown to somebody, for a reason."""

    __tablename__ = "reveal"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BIG, ForeignKey("person.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(BIG)
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
