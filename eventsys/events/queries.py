"""Events and tracks that can be seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload

from eventsys import clock
from eventsys.catalogue.models import CertificateLevel, SkillCertificate
from eventsys.db import session
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind, EventState, ExamRules, Rules
from eventsys.groups.models import Group, Membership
from eventsys.groups.rules import MemberRole
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission, ScopeKind

ACROSS = {"across_groups": True}
CODE_STEMS = {EventKind.COMPETITION: "JS", EventKind.TRAINING: "PX", EventKind.EXAM: "KH"}


def in_charge(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The condition on ``Event`` that ``permission`` is held there, by event or by group."""
    if actor.may_in_group(permission):
        return true()
    return Event.id.in_(actor.scope_ids(permission, ScopeKind.EVENT))


def events_for(
    actor: Actor, kind: EventKind | None = None, state: EventState | None = None, text: str = ""
) -> Select[Event]:
    """The events an actor may see, the latest first, optionally of one kind, state or wording."""
    found = select(Event).options(joinedload(Event.host))
    if not actor.may_in_group(Permission.AUDIT_READ):
        managed = in_charge(actor, Permission.EVENTS_MANAGE)
        found = found.where(or_(Event.published_at.is_not(None), managed))
    if state is not None:
        found = found.where(Event.state == state)
    return _like(found, kind, text).order_by(Event.starts_on.desc(), Event.id)


def _like(found: Select[Event], kind: EventKind | None, text: str) -> Select[Event]:
    if kind is not None:
        found = found.where(Event.kind == kind)
    if text:
        found = found.where(
            or_(
                Event.name.contains(text, autoescape=True),
                Event.name_en.contains(text, autoescape=True),
                Event.code.startswith(text, autoescape=True),
            )
        )
    return found


def tracks_of(event_id: int) -> list[Track]:
    """The tracks of an event with their rulesets, by code."""
    found = select(Track).where(Track.event_id == event_id).order_by(Track.code)
    return list(session().scalars(found.options(joinedload(Track.ruleset))))


def code_taken(event: Event) -> bool:
    """Whether another event of the group has this event's code."""
    same = select(Event.id).where(
        Event.group_id == event.group_id, Event.code == event.code, Event.id != event.id
    )
    return session().scalar(same) is not None


def track_code_taken(event_id: int, code: str, track_id: int | None) -> bool:
    """Whether another track of the event has this code."""
    same = select(Track.id).where(Track.event_id == event_id, Track.code == code)
    return any(key != track_id for key in session().scalars(same))


def free_code(kind: EventKind, group_id: int) -> str:
    """A code nobody uses yet, such as JS-2026-2 for the year's second competition."""
    stem = f"{CODE_STEMS[kind]}-{clock.today().year}-"
    found = select(Event.code).where(
        Event.group_id == group_id, Event.code.startswith(stem, autoescape=True)
    )
    taken = set(session().scalars(found))
    return next(code for n in count(1) if (code := f"{stem}{n}") not in taken)


def usual_host(day: date) -> int | None:
    """The lead institution of the group on a day."""
    found = select(Membership.unit_id).where(
        Membership.role == MemberRole.LEAD,
        Membership.starts_on <= day,
        or_(Membership.ends_on.is_(None), Membership.ends_on >= day),
    )
    return session().scalar(found.order_by(Membership.starts_on).limit(1))


def due_to_close(moment: datetime) -> list[int]:
    """The events whose registration is over by the clock."""
    found = select(Event.id).where(
        Event.state == EventState.PUBLISHED, Event.registration_closes_at <= moment
    )
    return list(session().scalars(found.order_by(Event.id)))


def drafts_in_charge(actor: Actor) -> list[Event]:
    """The events an organizer has still to publish."""
    found = select(Event).where(
        Event.state == EventState.DRAFT, in_charge(actor, Permission.EVENTS_MANAGE)
    )
    return list(session().scalars(found.order_by(Event.starts_on, Event.id)))


# ---- certificates that exams are held for


@dataclass(frozen=True)
class LevelChoice:
    """One level of one certificate."""

    certificate_id: int
    level_code: str
    name: str
    name_en: str


def level_choices(certificate_ids: Iterable[int] | None = None) -> list[LevelChoice]:
    """Every level of the group's certificates; with ids, of those certificates in any group."""
    found = (
        select(SkillCertificate, CertificateLevel)
        .join(CertificateLevel, CertificateLevel.certificate_id == SkillCertificate.id)
        .order_by(SkillCertificate.name, CertificateLevel.rank)
    )
    if certificate_ids is not None:
        keys = set(certificate_ids)
        found = found.where(SkillCertificate.id.in_(keys)).execution_options(**ACROSS)
    return [
        LevelChoice(
            certificate.id,
            level.code,
            f"{certificate.name}（{level.name}）",
            f"{certificate.name_en or certificate.name} ({level.name_en})",
        )
        for certificate, level in session().execute(found)
    ]


def level_names(rulesets: Iterable[Rules]) -> dict[tuple[int, str], LevelChoice]:
    """The certificate levels named by exam rules, in one query (none for other rules)."""
    keys = {one.certificate_id for one in rulesets if isinstance(one, ExamRules)}
    if not keys:
        return {}
    return {(one.certificate_id, one.level_code): one for one in level_choices(keys)}


# ---- for visitors


@dataclass(frozen=True)
class PublicEvents:
    """One page of published events of every group, and how many there are in all."""

    items: list[tuple[Event, Group]]
    total: int


def public_events(kind: EventKind | None, text: str, *, limit: int, offset: int) -> PublicEvents:
    """Published events of every group, the latest first."""
    found = _like(select(Event), kind, text).where(Event.published_at.is_not(None))
    total = session().scalar(
        found.with_only_columns(func.count(Event.id)).execution_options(**ACROSS)
    )
    rows = session().execute(
        found.join(Group, Group.id == Event.group_id)
        .add_columns(Group)
        .options(joinedload(Event.host))
        .order_by(Event.starts_on.desc(), Event.id)
        .limit(limit)
        .offset(offset)
        .execution_options(**ACROSS)
    )
    return PublicEvents([(event, group) for event, group in rows], total or 0)


def public_event(event_id: int) -> Event | None:
    """A published event of any group with host, tracks and rulesets, all in one statement."""
    found = (
        select(Event)
        .outerjoin(Event.tracks)
        .outerjoin(Track.ruleset)
        .where(Event.id == event_id, Event.published_at.is_not(None))
        .options(
            joinedload(Event.host),
            contains_eager(Event.tracks).contains_eager(Track.ruleset),
        )
        .order_by(Track.code)
        .execution_options(**ACROSS)
    )
    return session().scalars(found).unique().first()
