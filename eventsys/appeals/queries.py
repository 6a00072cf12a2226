"""Appeals by who asks: open ones, their clocks, who must stand aside, what waits for whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from eventsys import clock
from eventsys.appeals.models import (
    Appeal,
    AppealClock,
    AppealClosing,
    AppealMember,
    AppealPaper,
    AppealReopening,
    Ruling,
)
from eventsys.appeals.rules import Window, extended, last_window, whole_second, window
from eventsys.appeals.states import TO_RULE, AppealState, ClockStart, Consequence, Outcome
from eventsys.db import session
from eventsys.draws.queries import officers
from eventsys.errors import N_
from eventsys.events.models import Event, Track
from eventsys.events.rules import CompetitionRules, EventKind, EventState
from eventsys.identity.actor import Actor
from eventsys.identity.models import Person, RoleGrant, User
from eventsys.identity.rules import Permission, Role, ScopeKind
from eventsys.incidents.models import Incident
from eventsys.registration.models import Entry, Member
from eventsys.registration.rules import EntryState
from eventsys.timetable.queries import PEOPLE

SHOWN = (
    joinedload(Appeal.track).options(joinedload(Track.event), joinedload(Track.ruleset)),
    joinedload(Appeal.entry).options(*PEOPLE),
    selectinload(Appeal.members),
    selectinload(Appeal.rulings),
)


def rules_of(track: Track) -> CompetitionRules | None:
    """The ruleset of a competition; other events know no appeals."""
    rules = track.rules
    return rules if isinstance(rules, CompetitionRules) else None


# ---- open or not


def _undecided(moment: datetime) -> ColumnElement[bool]:
    going_on = and_(Appeal.state == AppealState.RULED, Appeal.second_until >= whole_second(moment))
    return or_(Appeal.state.in_(sorted(TO_RULE)), going_on)


def open_appeals(track_id: int) -> list[Appeal]:
    """The appeals that keep the results of a track from becoming final, by number."""
    found = (
        select(Appeal)
        .where(Appeal.track_id == track_id, _undecided(clock.now()))
        .options(joinedload(Appeal.track))
        .order_by(Appeal.number)
    )
    return list(session().scalars(found))


def owes_remedy(track_id: int, since: datetime) -> bool:
    """Whether a ruling after a moment upheld an appeal with something still to be put right."""
    found = (
        select(Ruling.id)
        .join(Ruling.appeal)
        .where(
            Appeal.track_id == track_id,
            Ruling.outcome == Outcome.UPHELD,
            Ruling.consequence != Consequence.NOTHING,
            Ruling.ruled_at > since,
        )
        .limit(1)
    )
    return session().scalar(found) is not None


def closing_of(track_id: int, since: int | None = None) -> AppealClosing | None:
    """When appeals of a track were closed, if they were; none while a later version reopened any.

    ``since``: the version that a closing must answer, of an entry instead of the whole track.
    """
    newest = select(func.max(AppealReopening.version)).where(AppealReopening.track_id == track_id)
    least = since if since is not None else session().scalar(newest) or 0
    found = (
        select(AppealClosing)
        .where(AppealClosing.track_id == track_id, AppealClosing.version >= least)
        .order_by(AppealClosing.version.desc())
    )
    return session().scalar(found.limit(1))


def same_open(entry_id: int, appeal: Appeal) -> Appeal | None:
    """An open appeal of the same entry on the same ground and module."""
    found = select(Appeal).where(
        Appeal.entry_id == entry_id,
        Appeal.ground == appeal.ground,
        Appeal.module == appeal.module,
        Appeal.id != appeal.id,
        _undecided(clock.now()),
    )
    return session().scalar(found.limit(1))


# ---- clocks


def clocks_of(track_id: int) -> list[AppealClock]:
    """What started the clocks of a track, the latest version of each."""
    found = (
        select(AppealClock).where(AppealClock.track_id == track_id).order_by(AppealClock.version)
    )
    latest = {(one.start, one.module): one for one in session().scalars(found)}
    return sorted(latest.values(), key=lambda one: (one.at, one.module))


def clock_versions(track_id: int, start: ClockStart, module: str) -> int:
    """How often one end was recorded."""
    found = select(func.max(AppealClock.version)).where(
        AppealClock.track_id == track_id, AppealClock.start == start, AppealClock.module == module
    )
    return session().scalar(found) or 0


def window_of(track: Track, module: str = "") -> Window | None:
    """The time for appeals about a module of a track; ``None`` where there are none."""
    rules = rules_of(track)
    if rules is None or not rules.appeal_levels:
        return None
    started = [one.started for one in clocks_of(track.id)]
    return window(ClockStart(rules.appeal_clock), rules.appeal_minutes, started, module)


def last_window_of(track: Track) -> Window | None:
    """When the last appeal about a track can come in."""
    rules = rules_of(track)
    if rules is None or not rules.appeal_levels:
        return None
    started = [one.started for one in clocks_of(track.id)]
    modules = [one.code for one in rules.modules]
    found = last_window(ClockStart(rules.appeal_clock), rules.appeal_minutes, started, modules)
    last = select(func.max(AppealReopening.ends_at)).where(AppealReopening.track_id == track.id)
    return extended(found, session().scalar(last))


# ---- appeals as they are read


def appeals_of(track_id: int) -> list[Appeal]:
    """All appeals of a track, the latest first."""
    found = select(Appeal).where(Appeal.track_id == track_id).options(*SHOWN)
    return list(session().scalars(found.order_by(Appeal.number.desc())).unique())


def appeals_of_entry(entry_id: int) -> list[Appeal]:
    """The appeals of one entry, in order."""
    found = select(Appeal).where(Appeal.entry_id == entry_id).options(*SHOWN)
    return list(session().scalars(found.order_by(Appeal.number)).unique())


def last_number(track_id: int) -> int:
    """The number of the latest appeal of a track; 0 before the first."""
    found = select(func.max(Appeal.number)).where(Appeal.track_id == track_id)
    return session().scalar(found) or 0


def paper_of(appeal_id: int, paper_id: int) -> AppealPaper | None:
    """One file of an appeal."""
    found = select(AppealPaper).where(
        AppealPaper.id == paper_id, AppealPaper.appeal_id == appeal_id
    )
    return session().scalar(found)


# ---- panels


@dataclass(frozen=True)
class Candidate:
    """A supervisor who could sit on a panel; ``conflict`` names why they must stand aside."""

    user: User
    conflict: str = ""


def candidates(appeal: Appeal) -> list[Candidate]:
    """The supervisors of the track in office today, with what keeps them from this appeal."""
    found = officers(appeal.track, Role.SUPERVISOR)
    known = conflicts(appeal, [one.id for one in found])
    return [Candidate(one, known.get(one.id, "")) for one in found]


def conflicts(appeal: Appeal, user_ids: Collection[int]) -> dict[int, str]:
    """Who must stand aside in an appeal (回避), each with a word why.

    Belonging to the unit, leading it, coaching or taking part in the entry, and having recorded
    an incident of it. Kinship nobody can look up: members say it themselves by stepping aside.
    """
    entry, wanted = appeal.entry, list(user_ids)
    belongs = (
        select(User.id)
        .join(Person, Person.id == User.person_id)
        .where(User.id.in_(wanted), Person.unit_id == entry.unit_id)
    )
    leads = select(RoleGrant.user_id).where(
        RoleGrant.user_id.in_(wanted),
        RoleGrant.role == Role.TEAM_LEADER,
        RoleGrant.scope_kind == ScopeKind.UNIT,
        RoleGrant.scope_id == entry.unit_id,
        RoleGrant.ended_at.is_(None),
    )
    coaches = (
        select(User.id)
        .join(Member, Member.person_id == User.person_id)
        .where(User.id.in_(wanted), Member.entry_id == entry.id)
    )
    saw = select(Incident.recorded_by_id).where(
        Incident.recorded_by_id.in_(wanted), Incident.entry_id == entry.id
    )
    found: dict[int, str] = {}
    for why, query in (
        (N_("recorded an incident of this entry"), saw),
        (N_("coach or member of this entry"), coaches),
        (N_("leads the unit"), leads),
        (N_("belongs to the unit"), belongs),
    ):
        found |= {user_id: why for user_id in session().scalars(query) if user_id is not None}
    return found


def sat_at(appeal: Appeal, level: int) -> frozenset[int]:
    """Who sits, or sat, on the panel of one level."""
    return frozenset(one.user_id for one in appeal.members if one.level == level)


def stepped_aside(appeal: Appeal) -> frozenset[int]:
    """Who has stepped aside in this appeal, at any level."""
    return frozenset(one.user_id for one in appeal.members if one.stepped_aside_at is not None)


# ---- what waits


def _in_charge(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    groups = actor.scope_ids(permission, ScopeKind.GROUP)
    events = actor.scope_ids(permission, ScopeKind.EVENT)
    tracks = actor.scope_ids(permission, ScopeKind.TRACK)
    return or_(Track.group_id.in_(groups), Track.event_id.in_(events), Track.id.in_(tracks))


def _listed(found: Select[Appeal]) -> list[Appeal]:
    loaded = found.join(Appeal.track).options(*SHOWN)
    return list(session().scalars(loaded.order_by(Appeal.respond_by, Appeal.number)).unique())


def appeals_in_charge(actor: Actor, permission: Permission) -> list[Appeal]:
    """Every appeal of the tracks where a permission is held, what is due first at the top."""
    return _listed(select(Appeal).where(_in_charge(actor, permission)))


def to_rule(actor: Actor) -> list[Appeal]:
    """The appeals whose panel the actor sits on, not yet ruled at the level of that panel."""
    sits = (
        select(AppealMember.id)
        .where(
            AppealMember.appeal_id == Appeal.id,
            AppealMember.level == Appeal.level,
            AppealMember.user_id == (actor.user_id or 0),
            AppealMember.stepped_aside_at.is_(None),
        )
        .exists()
    )
    return _listed(select(Appeal).where(Appeal.state.in_(sorted(TO_RULE)), sits))


def without_panel(actor: Actor, permission: Permission) -> list[Appeal]:
    """The appeals to rule on whose panel is not complete."""
    found = _listed(
        select(Appeal).where(Appeal.state.in_(sorted(TO_RULE)), _in_charge(actor, permission))
    )
    return [one for one in found if not _has_panel(one)]


def _has_panel(appeal: Appeal) -> bool:
    rules = rules_of(appeal.track)
    return rules is not None and len(appeal.panel) >= rules.appeal_panel


def own_entries(actor: Actor) -> list[Entry]:
    """The approved entries of the actor's units in competitions that run or have just ended."""
    units = actor.scope_ids(Permission.APPEALS_LODGE, ScopeKind.UNIT)
    found = (
        select(Entry)
        .join(Entry.track)
        .join(Track.event)
        .where(
            Entry.unit_id.in_(units),
            Entry.state == EntryState.APPROVED,
            Event.kind == EventKind.COMPETITION,
            Event.state.in_(
                [EventState.PUBLISHED, EventState.REGISTRATION_CLOSED, EventState.FINISHED]
            ),
            Event.starts_on <= clock.today(),
        )
        .options(
            *PEOPLE,
            contains_eager(Entry.track).options(
                contains_eager(Track.event), joinedload(Track.ruleset)
            ),
        )
        .order_by(Event.starts_on.desc(), Track.code, Entry.number)
    )
    return list(session().scalars(found))


def own_appeals(actor: Actor) -> list[Appeal]:
    """The appeals of the actor's units, the latest first."""
    units = actor.scope_ids(Permission.APPEALS_LODGE, ScopeKind.UNIT)
    found = (
        select(Appeal)
        .join(Appeal.entry)
        .where(Entry.unit_id.in_(units))
        .options(*SHOWN)
        .order_by(Appeal.lodged_at.desc(), Appeal.id)
    )
    return list(session().scalars(found).unique())
