"""Units and members as of a day."""

from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from eventsys.db import session
from eventsys.groups.models import Group, Membership, Unit
from eventsys.groups.rules import UnitKind
from eventsys.identity.models import User


def is_fresh() -> bool:
    """Whether the installation has no account yet."""
    return session().scalar(select(User.id).limit(1)) is None


def all_groups() -> list[Group]:
    """Every group, for the platform's administrators."""
    return list(session().scalars(select(Group).order_by(Group.name)))


def units(text: str = "", kinds: frozenset[UnitKind] = frozenset()) -> Select[Unit]:
    """The units of the present group by name."""
    found = select(Unit).order_by(Unit.name).options(selectinload(Unit.memberships))
    if text:
        found = found.where(
            or_(
                Unit.name.contains(text, autoescape=True),
                Unit.code.startswith(text, autoescape=True),
            )
        )
    if kinds:
        found = found.where(Unit.kind.in_(kinds))
    return found


def members_on(day: date) -> list[Unit]:
    """The units that were members on a day, each once."""
    member = Unit.memberships.any(
        (Membership.starts_on <= day) & or_(Membership.ends_on.is_(None), Membership.ends_on >= day)
    )
    return list(session().scalars(select(Unit).where(member).order_by(Unit.name)))
