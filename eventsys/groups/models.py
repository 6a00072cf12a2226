"""Groups, units, memberships."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id, Model, Short
from eventsys.groups.rules import MemberRole, UnitKind
from eventsys.identity.rules import Scope, ScopeKind


class Group(Model):
    """A vocational-education group: the tenant. Nothing of one is seen from another."""

    __tablename__ = "voc_group"

    id: Mapped[Id]
    name: Mapped[Short]
    name_en: Mapped[Short]
    region: Mapped[str] = mapped_column(String(50))
    created_at: Mapped[datetime]

    @property
    def scope(self) -> Scope:
        """The whole group as a scope."""
        return Scope(ScopeKind.GROUP, self.id)


class Unit(GroupOwned):
    """A school, enterprise, issuer or other body known to a group."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("group_id", "code"), UniqueConstraint("group_id", "name"))

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[Short]
    kind: Mapped[UnitKind]
    city: Mapped[str] = mapped_column(String(40))

    memberships: Mapped[list["Membership"]] = relationship(order_by="Membership.starts_on")

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this unit lies in."""
        return [Scope(ScopeKind.GROUP, self.group_id), Scope(ScopeKind.UNIT, self.id)]


class Membership(GroupOwned):
    """A unit's time in the group; reports ask who was a member on a day."""

    __tablename__ = "membership"

    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(BIG, ForeignKey("unit.id"), index=True)
    role: Mapped[MemberRole]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(200), default="")
