"""Panels as they are read: who holds which office, who is admitted, who stands aside."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from eventsys import clock
from eventsys.db import session
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind
from eventsys.identity.actor import Actor
from eventsys.identity.models import RoleGrant, User
from eventsys.identity.rules import Permission, Role, ScopeKind
from eventsys.panels.models import (
    AdmissionException,
    Declaration,
    JudgeCard,
    JudgeSeat,
    Panel,
    SetAside,
)
from eventsys.panels.recusals import Reason, reasons_by_judge
from eventsys.panels.rules import Card, Check, Mode, Requirement, check_list, lacking, violated

OFFICES = (
    Role.CHIEF_JUDGE,
    Role.FLOOR_JUDGE,
    Role.JUDGE,
    Role.ENCRYPTION_JUDGE,
    Role.SCORE_CLERK,
    Role.SUPERVISOR,
)
"""The offices on the day of a competition, in the order of a panel's page."""


def panel_of(track_id: int) -> Panel | None:
    """What a track asks of its judges; none as long as nobody wrote anything."""
    return session().scalar(select(Panel).where(Panel.track_id == track_id))


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


def seat_of(track_id: int, user_id: int) -> JudgeSeat | None:
    """Where an account sits in the panel of a track."""
    return session().scalar(
        select(JudgeSeat)
        .where(JudgeSeat.track_id == track_id, JudgeSeat.user_id == user_id)
        .options(joinedload(JudgeSeat.track).joinedload(Track.event))
    )


# ---- offices


def holders_by_role(track: Track, roles: Iterable[Role] = OFFICES) -> dict[Role, list[User]]:
    """The accounts that hold each office at the track or its event today, by name."""
    day, wanted = clock.today(), list(roles)
    here = [
        and_(RoleGrant.scope_kind == scope.kind, RoleGrant.scope_id == scope.id)
        for scope in track.scopes
    ]
    found = session().execute(
        select(RoleGrant.role, User)
        .join(User, RoleGrant.user_id == User.id)
        .where(
            RoleGrant.role.in_(wanted),
            or_(*here),
            RoleGrant.group_id == track.group_id,
            RoleGrant.ended_at.is_(None),
            or_(RoleGrant.starts_on.is_(None), RoleGrant.starts_on <= day),
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= day),
            User.closed_at.is_(None),
        )
        .order_by(User.name, User.id)
    )
    held: dict[Role, list[User]] = {role: [] for role in wanted}
    for role, user in found.all():
        if user not in held[role]:
            held[role].append(user)
    return held


def holders(track: Track, role: Role) -> list[User]:
    """The accounts that hold one office at a track today, by name."""
    return holders_by_role(track, (role,))[role]


def tracks_to_judge(actor: Actor) -> list[Track]:
    """The competition tracks whose judge or chief judge an account is, seated or not."""
    keys = {
        key
        for permission in (Permission.MARK, Permission.SIGN_OFF)
        for key in actor.scope_ids(permission, ScopeKind.TRACK)
    }
    found = (
        select(Track)
        .join(Track.event)
        .where(Track.id.in_(keys), Event.kind == EventKind.COMPETITION)
        .options(contains_eager(Track.event))
        .order_by(Event.starts_on, Track.code)
    )
    return list(session().scalars(found))


# ---- admission


@dataclass(frozen=True)
class Standing:
    """How somebody stands as a judge of a track: conditions, exceptions made, relations."""

    user: User
    card: Card
    checks: Sequence[Check]
    excepted: frozenset[str]
    reasons: Sequence[Reason]

    @property
    def lacking(self) -> list[Requirement]:
        """Conditions not shown to be met, without an exception."""
        return lacking(self.checks, self.excepted)

    @property
    def violated(self) -> list[Requirement]:
        """Conditions shown not to be met, without an exception."""
        return violated(self.checks, self.excepted)

    @property
    def bar(self) -> Reason | None:
        """The relation that keeps this judge out of the event."""
        return next((one for one in self.reasons if one.mode is Mode.EVENT), None)


def standings_of(
    track: Track, users: Iterable[User], seated: Iterable[int] = ()
) -> dict[int, Standing]:
    """How each account stands as a judge of a track.

    ``seated``: the accounts on the panel, for the number of judges of one employer.
    """
    wanted = {user.id: user for user in users}
    on_panel = set(seated)
    cards = _cards({*wanted, *on_panel})
    colleagues = Counter(cards[one].employer_key for one in on_panel if one in cards)
    panel = panel_of(track.id) or Panel(modes={}, needs_consent=False)
    day = panel.age_on or track.event.starts_on
    excepted = exceptions_of(track.id)
    reasons = reasons_by_judge(track.id, wanted)
    return {
        user_id: Standing(
            user,
            card := cards.get(user_id, Card()),
            check_list(
                card,
                panel.terms,
                day,
                colleagues[card.employer_key] + (user_id not in on_panel),
            ),
            frozenset(word for one in excepted.get(user_id, ()) for word in one.lacking),
            reasons.get(user_id, []),
        )
        for user_id, user in wanted.items()
    }


def card_of(user_id: int) -> JudgeCard | None:
    """What the group knows of somebody as a judge."""
    return session().scalar(select(JudgeCard).where(JudgeCard.user_id == user_id))


def _cards(user_ids: Iterable[int]) -> dict[int, Card]:
    found = session().scalars(select(JudgeCard).where(JudgeCard.user_id.in_(list(user_ids))))
    return {one.user_id: one.facts for one in found}


def exceptions_of(track_id: int) -> Mapping[int, list[AdmissionException]]:
    """The exceptions made in a track, by account."""
    found: defaultdict[int, list[AdmissionException]] = defaultdict(list)
    wanted = select(AdmissionException).where(AdmissionException.track_id == track_id)
    for one in session().scalars(wanted.order_by(AdmissionException.at, AdmissionException.id)):
        found[one.user_id].append(one)
    return found


# ---- recusal


def declarations_of(track_id: int, user_id: int) -> list[Declaration]:
    """What was declared about one judge of a track, oldest first."""
    return list(
        session().scalars(
            select(Declaration)
            .where(Declaration.track_id == track_id, Declaration.user_id == user_id)
            .options(joinedload(Declaration.unit))
            .order_by(Declaration.at, Declaration.id)
        )
    )


def own_declarations(track_id: int, user_id: int) -> list[Declaration]:
    """What a judge declared in person; what others entered is not theirs to read."""
    return [one for one in declarations_of(track_id, user_id) if one.by_id == user_id]


def standing_aside(track_id: int) -> dict[int, frozenset[int]]:
    """The seats whose sheets never count, by entry: as settled at the opening, else as of now.

    For the computation after the opening; nothing shown before it may depend on this.
    """
    panel = panel_of(track_id)
    pairs = _settled(track_id) if panel and panel.settled_at else relations(track_id)
    aside: defaultdict[int, set[int]] = defaultdict(set)
    for seat_id, entry_id in pairs:
        aside[entry_id].add(seat_id)
    return {entry_id: frozenset(seats) for entry_id, seats in sorted(aside.items())}


def relations(track_id: int) -> dict[tuple[int, int], Reason]:
    """The first reason why each seat stands aside from each entry, as of now."""
    seats = {seat.user_id: seat.id for seat in seats_of(track_id)}
    found: dict[tuple[int, int], Reason] = {}
    for user_id, reasons in reasons_by_judge(track_id, seats).items():
        for reason in reasons:
            for entry_id in sorted(reason.entries):
                found.setdefault((seats[user_id], entry_id), reason)
    return found


def _settled(track_id: int) -> list[tuple[int, int]]:
    found = session().execute(
        select(SetAside.seat_id, SetAside.entry_id).where(SetAside.track_id == track_id)
    )
    return [(seat_id, entry_id) for seat_id, entry_id in found]
