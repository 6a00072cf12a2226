"""Panels as they are read, and who must stand aside."""

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from eventsys import clock
from eventsys.db import session
from eventsys.events.models import Track
from eventsys.groups.models import Unit
from eventsys.identity.models import Person, RoleGrant, User
from eventsys.identity.rules import Role, ScopeKind
from eventsys.panels.models import JudgeSeat
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState


def seats_of(track_id: int) -> list[JudgeSeat]:
    """The panel by seat, excused judges included."""
    return list(
        session().scalars(
            select(JudgeSeat)
            .where(JudgeSeat.track_id == track_id)
            .options(joinedload(JudgeSeat.user))
            .order_by(JudgeSeat.seat)
        )
    )


def holders(track: Track, role: Role) -> list[User]:
    """The accounts that hold a role at this very track today, by name."""
    day = clock.today()
    return list(
        session().scalars(
            select(User)
            .join(RoleGrant, RoleGrant.user_id == User.id)
            .where(
                RoleGrant.role == role,
                RoleGrant.scope_kind == ScopeKind.TRACK,
                RoleGrant.scope_id == track.id,
                RoleGrant.group_id == track.group_id,
                RoleGrant.ended_at.is_(None),
                or_(RoleGrant.starts_on.is_(None), RoleGrant.starts_on <= day),
                or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= day),
                User.closed_at.is_(None),
            )
            .distinct()
            .order_by(User.name, User.id)
        )
    )


def conflicts(track_id: int, user_ids: Iterable[int]) -> dict[int, str]:
    """Those who must stand aside (回避), each with the unit of theirs that takes part."""
    wanted = list(user_ids)
    taking_part = select(Entry.unit_id).where(
        Entry.track_id == track_id, Entry.state != EntryState.WITHDRAWN
    )
    leads = session().execute(
        select(RoleGrant.user_id, Unit.name)
        .join(Unit, Unit.id == RoleGrant.scope_id)
        .where(
            RoleGrant.user_id.in_(wanted),
            RoleGrant.role == Role.TEAM_LEADER,
            RoleGrant.scope_kind == ScopeKind.UNIT,
            RoleGrant.ended_at.is_(None),
            RoleGrant.scope_id.in_(taking_part),
        )
    )
    belongs = session().execute(
        select(User.id, Unit.name)
        .join(Person, Person.id == User.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(User.id.in_(wanted), Person.unit_id.in_(taking_part))
    )
    return dict([*leads.all(), *belongs.all()])


def seat_of(track_id: int, user_id: int) -> JudgeSeat | None:
    """Where an account sits in the panel of a track."""
    return session().scalar(
        select(JudgeSeat)
        .where(JudgeSeat.track_id == track_id, JudgeSeat.user_id == user_id)
        .options(joinedload(JudgeSeat.track).joinedload(Track.event))
    )
