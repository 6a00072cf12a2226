"""Why judges stand aside (回避), worked out from what is on file and from what was declared.

Read for organizers and for the computation after the opening only: before it, nothing a judge,
a chief judge or a score clerk can see may depend on it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from eventsys import clock
from eventsys.db import session
from eventsys.events.models import Event, Track
from eventsys.groups.models import Unit
from eventsys.identity.models import Person, RoleGrant, User
from eventsys.identity.rules import Role, ScopeKind
from eventsys.panels.models import Declaration, JudgeCard, Panel
from eventsys.panels.rules import Mode, Relation, plain
from eventsys.registration.models import Entry, Member
from eventsys.registration.rules import EntryState, MemberRole

OFFICES = {
    MemberRole.CONTESTANT: Relation.CONTESTANT,
    MemberRole.INSTRUCTOR: Relation.INSTRUCTOR,
}


@dataclass(frozen=True)
class Reason:
    """One relation of a judge: to whom, what it leads to, and the entries it concerns."""

    relation: Relation
    mode: Mode
    whom: str
    entries: frozenset[int] = frozenset()


@dataclass(frozen=True)
class _Judge:
    """What is on file about the relations of one account."""

    user_id: int
    person_id: int | None
    employers: frozenset[int]
    names: frozenset[str]
    leads: frozenset[int]
    declared: Sequence[Declaration]


@dataclass(frozen=True)
class _Field:
    """Everybody who takes part in a track, the host, the sponsors, and what relations lead to."""

    entries: Sequence[Entry]
    host: Unit
    sponsors: Mapping[str, str]
    panel: Panel | None

    def mode_of(self, relation: Relation) -> Mode:
        return (self.panel or Panel(modes={})).mode_of(relation)


def reasons_by_judge(track_id: int, user_ids: Iterable[int]) -> dict[int, list[Reason]]:
    """For each account the relations that matter in a track; accounts without any are left out."""
    judges = _judges(track_id, set(user_ids))
    field = _field(track_id)
    found = {judge.user_id: list(_reasons(judge, field)) for judge in judges}
    return {user_id: reasons for user_id, reasons in found.items() if reasons}


def _field(track_id: int) -> _Field:
    entries = session().scalars(
        select(Entry)
        .where(Entry.track_id == track_id, Entry.state != EntryState.WITHDRAWN)
        .options(
            joinedload(Entry.unit),
            selectinload(Entry.members).joinedload(Member.person),
        )
        .order_by(Entry.number, Entry.id)
    )
    host = session().scalars(
        select(Unit)
        .join(Event, Event.host_id == Unit.id)
        .join(Track, Track.event_id == Event.id)
        .where(Track.id == track_id)
    )
    panel = session().scalar(select(Panel).where(Panel.track_id == track_id))
    lines = panel.sponsors.splitlines() if panel else []
    sponsors = {plain(line): line.strip() for line in lines if line.strip()}
    return _Field(list(entries), host.one(), sponsors, panel)


def _judges(track_id: int, user_ids: set[int]) -> list[_Judge]:
    users = session().execute(
        select(User, Person, JudgeCard)
        .outerjoin(Person, Person.id == User.person_id)
        .outerjoin(JudgeCard, JudgeCard.user_id == User.id)
        .where(User.id.in_(user_ids))
        .order_by(User.id)
    )
    rows = [tuple(row) for row in users.all()]
    leads, declared = _leads(user_ids), _declared(track_id, user_ids)
    units = _unit_names(one for _user, person, card in rows for one in _employers(person, card))
    found = []
    for user, person, card in rows:
        employers = _employers(person, card)
        names = {units[one] for one in employers if one in units}
        found.append(
            _Judge(
                user.id,
                user.person_id,
                employers,
                frozenset({*names, plain(card.employer) if card else ""} - {""}),
                frozenset(leads[user.id]),
                declared[user.id],
            )
        )
    return found


def _employers(person: Person | None, card: JudgeCard | None) -> frozenset[int]:
    units = {person.unit_id if person else None, card.employer_id if card else None}
    return frozenset(one for one in units if one is not None)


def _unit_names(unit_ids: Iterable[int]) -> dict[int, str]:
    found = session().execute(select(Unit.id, Unit.name).where(Unit.id.in_(set(unit_ids))))
    return {key: plain(name) for key, name in found}


def _leads(user_ids: set[int]) -> defaultdict[int, set[int]]:
    today = clock.today()
    found = session().execute(
        select(RoleGrant.user_id, RoleGrant.scope_id).where(
            RoleGrant.user_id.in_(user_ids),
            RoleGrant.role == Role.TEAM_LEADER,
            RoleGrant.scope_kind == ScopeKind.UNIT,
            RoleGrant.ended_at.is_(None),
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= today),
        )
    )
    leads: defaultdict[int, set[int]] = defaultdict(set)
    for user_id, unit_id in found:
        leads[user_id].add(unit_id)
    return leads


def _declared(track_id: int, user_ids: set[int]) -> defaultdict[int, list[Declaration]]:
    found: defaultdict[int, list[Declaration]] = defaultdict(list)
    wanted = (
        select(Declaration)
        .where(
            Declaration.track_id == track_id,
            Declaration.user_id.in_(user_ids),
            Declaration.dropped_at.is_(None),
        )
        .options(joinedload(Declaration.unit))
        .order_by(Declaration.at, Declaration.id)
    )
    for one in session().scalars(wanted):
        found[one.user_id].append(one)
    return found


def _reasons(judge: _Judge, field: _Field) -> Iterable[Reason]:
    on_file = [
        *_of_employer(judge, field),
        *_of_units(Relation.LEADER, judge.leads, field),
        *_of_offices(judge, field),
        *_of_declarations(judge, field),
    ]
    return (one for one in on_file if one.mode is not Mode.NOTHING)


def _of_employer(judge: _Judge, field: _Field) -> Iterable[Reason]:
    units = {one.unit_id: one.unit.name for one in field.entries}
    named = {key for key, name in units.items() if plain(name) in judge.names}
    yield from _of_units(Relation.EMPLOYER, judge.employers | named, field)
    if field.host.id in judge.employers or plain(field.host.name) in judge.names:
        yield Reason(Relation.HOST, field.mode_of(Relation.HOST), field.host.name)
    for key, name in field.sponsors.items():
        if key in judge.names:
            yield Reason(Relation.SPONSOR, field.mode_of(Relation.SPONSOR), name)


def _of_units(relation: Relation, unit_ids: Iterable[int], field: _Field) -> Iterable[Reason]:
    for unit_id in sorted(unit_ids):
        own = [one for one in field.entries if one.unit_id == unit_id]
        if own:
            entries = frozenset(one.id for one in own)
            yield Reason(relation, field.mode_of(relation), own[0].unit.name, entries)


def _of_offices(judge: _Judge, field: _Field) -> Iterable[Reason]:
    for entry in field.entries:
        for member in entry.members:
            relation = OFFICES.get(member.role)
            if relation and judge.person_id is not None and member.person_id == judge.person_id:
                mode = field.mode_of(relation)
                yield Reason(relation, mode, entry.unit.name, frozenset({entry.id}))


def _of_declarations(judge: _Judge, field: _Field) -> Iterable[Reason]:
    for one in judge.declared:
        entries = frozenset(entry.id for entry in field.entries if _concerns(one, entry))
        if entries:
            mode = one.mode or field.mode_of(one.relation)
            yield Reason(one.relation, mode, _whom(one), entries)


def _concerns(one: Declaration, entry: Entry) -> bool:
    """Whether a declaration is about an entry: its unit, or a person in it, or both."""
    of_unit = one.unit_id is None or one.unit_id == entry.unit_id
    name = plain(one.person_name)
    of_person = not name or any(plain(member.person.name) == name for member in entry.members)
    return of_unit and of_person


def _whom(one: Declaration) -> str:
    return " ".join(filter(None, (one.unit.name if one.unit else "", one.person_name)))
