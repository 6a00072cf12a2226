"""Who can serve in an event, in which office, for whom they work, and whom they may not judge.

Read by organizers and the planner only: before a map is opened nothing a judge can see may depend
on relations (see ``panels.recusals``).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import and_, or_, select

from eventsys import clock
from eventsys.db import session
from eventsys.duties.models import Enlisted
from eventsys.duties.rules import ROLES_FOR_OFFICE, Office
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind
from eventsys.groups.models import Unit
from eventsys.identity.models import Person, RoleGrant, User
from eventsys.identity.rules import Role, ScopeKind
from eventsys.panels.models import Declaration, JudgeCard, JudgeSeat, Panel
from eventsys.panels.rules import RANK, Mode, Relation, Title, plain
from eventsys.registration.models import Entry, Member
from eventsys.registration.rules import EntryState, MemberRole

SENIOR = RANK[Title.ASSOCIATE_SENIOR]
OWN_ROLES = {
    MemberRole.CONTESTANT: Relation.CONTESTANT,
    MemberRole.INSTRUCTOR: Relation.INSTRUCTOR,
}


@dataclass
class Server:
    """Somebody who can serve: offices by track, or under 0 anywhere in the event."""

    id: int
    name: str
    person_id: int | None = None
    units: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()
    is_senior: bool = False
    most: int | None = None
    offices: defaultdict[int, set[Office]] = field(default_factory=lambda: defaultdict(set))

    def may_serve(self, track_id: int) -> set[Office]:
        """The offices open to them at a track."""
        return self.offices[0] | self.offices.get(track_id, set())

    @property
    def all_offices(self) -> frozenset[Office]:
        """Every office they can serve in somewhere."""
        return frozenset(office for some in self.offices.values() for office in some)


@dataclass(frozen=True)
class Bar:
    """Why somebody stands aside: from a whole track, or from one entry of it."""

    user_id: int
    relation: Relation
    track_id: int
    entry_id: int | None = None


def servers_of(event: Event) -> dict[int, Server]:
    """Everybody who can serve in an event: four queries, however many they are."""
    found: dict[int, Server] = {}

    def known(user_id: int, name: str) -> Server:
        return found.setdefault(user_id, Server(user_id, name))

    by_role = _offices_by_role()
    for user_id, name, role, kind, scope in _granted(event):
        place = scope if kind is ScopeKind.TRACK else 0
        known(user_id, name).offices[place] |= by_role[role]
    for user_id, name, track_id in _seated(event):
        known(user_id, name).offices[track_id].add(Office.JUDGE)
    for line, name in _listed(event):
        server = known(line.user_id, name)
        server.offices[0].add(line.office)
        limits = [one for one in (server.most, line.most) if one is not None]
        server.most = min(limits, default=None)
    _describe(found)
    return found


def _offices_by_role() -> dict[Role, set[Office]]:
    by_role: defaultdict[Role, set[Office]] = defaultdict(set)
    for office, roles in ROLES_FOR_OFFICE.items():
        for role in roles:
            by_role[role].add(office)
    return by_role


def _granted(event: Event) -> list[tuple[int, str, Role, ScopeKind, int]]:
    today = clock.today()
    tracks = select(Track.id).where(Track.event_id == event.id)
    rows = session().execute(
        select(User.id, User.name, RoleGrant.role, RoleGrant.scope_kind, RoleGrant.scope_id)
        .join(User, RoleGrant.user_id == User.id)
        .where(
            RoleGrant.role.in_({role for roles in ROLES_FOR_OFFICE.values() for role in roles}),
            or_(
                and_(RoleGrant.scope_kind == ScopeKind.EVENT, RoleGrant.scope_id == event.id),
                and_(RoleGrant.scope_kind == ScopeKind.TRACK, RoleGrant.scope_id.in_(tracks)),
            ),
            RoleGrant.ended_at.is_(None),
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= today),
            User.closed_at.is_(None),
        )
        .order_by(User.name, User.id)
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def _seated(event: Event) -> list[tuple[int, str, int]]:
    rows = session().execute(
        select(User.id, User.name, JudgeSeat.track_id)
        .join(User, User.id == JudgeSeat.user_id)
        .join(Track, Track.id == JudgeSeat.track_id)
        .where(Track.event_id == event.id, JudgeSeat.excused_at.is_(None))
        .order_by(User.name, User.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _listed(event: Event) -> list[tuple[Enlisted, str]]:
    rows = session().execute(
        select(Enlisted, User.name)
        .join(User, User.id == Enlisted.user_id)
        .where(Enlisted.event_id == event.id, User.closed_at.is_(None))
        .order_by(User.name, User.id)
    )
    return [(row[0], row[1]) for row in rows]


def _describe(servers: dict[int, Server]) -> None:
    rows = session().execute(
        select(User.id, User.person_id, Person.unit_id, JudgeCard)
        .outerjoin(Person, Person.id == User.person_id)
        .outerjoin(JudgeCard, JudgeCard.user_id == User.id)
        .where(User.id.in_(servers))
    )
    for user_id, person_id, unit_id, card in rows:
        server = servers[user_id]
        server.person_id = person_id
        units = {unit_id, card.employer_id if card else None}
        server.units = frozenset(one for one in units if one is not None)
        if card is not None:
            server.names = frozenset({plain(card.employer)} - {""})
            server.is_senior = card.title is not None and RANK[card.title] >= SENIOR


# ---- whom they may not judge


def bars_of(event: Event, servers: Mapping[int, Server]) -> list[Bar]:
    """Why people stand aside in an event: seven queries, however many people and entries.

    Working for a unit that takes part is not among them: that is compared by unit, see
    ``Item.units`` in the language of plans.
    """
    modes = _Modes(event)
    return [
        *(() if modes.is_exam else _of_host(event, servers, modes)),
        *(() if modes.is_exam else _of_sponsors(servers, modes)),
        *_of_led_units(event, servers, modes),
        *_of_own_entries(event, servers, modes),
        *_of_declarations(event, servers, modes),
    ]


class _Modes:
    """What each relation leads to in each track; assessors only step back from their own people."""

    def __init__(self, event: Event) -> None:
        self.is_exam = event.kind is EventKind.EXAM
        self.tracks = [one.id for one in event.tracks]
        rows = session().scalars(select(Panel).where(Panel.track_id.in_(self.tracks)))
        self.panels = {one.track_id: one for one in rows}

    def of(self, track_id: int, relation: Relation) -> Mode:
        return self.panels.get(track_id, Panel(modes={})).mode_of(relation)

    def bar(
        self, user_id: int, relation: Relation, track_id: int, entry_id: int, mode: Mode | None
    ) -> Iterable[Bar]:
        meant = mode or self.of(track_id, relation)
        if meant is Mode.EVENT and not self.is_exam:
            yield Bar(user_id, relation, track_id)
        elif meant is not Mode.NOTHING:
            yield Bar(user_id, relation, track_id, entry_id)


def employer_bars(event: Event) -> frozenset[int]:
    """The tracks in which nobody judges who works for a unit that takes part."""
    modes = _Modes(event)
    return frozenset(one for one in modes.tracks if modes.of(one, Relation.EMPLOYER) is Mode.EVENT)


def _of_host(event: Event, servers: Mapping[int, Server], modes: _Modes) -> Iterable[Bar]:
    host = session().get_one(Unit, event.host_id)
    for server in servers.values():
        if host.id in server.units or plain(host.name) in server.names:
            for track_id in modes.tracks:
                if modes.of(track_id, Relation.HOST) is Mode.EVENT:
                    yield Bar(server.id, Relation.HOST, track_id)


def _of_sponsors(servers: Mapping[int, Server], modes: _Modes) -> Iterable[Bar]:
    for track_id, panel in modes.panels.items():
        names = {plain(line) for line in (panel.sponsors or "").splitlines()} - {""}
        if names and modes.of(track_id, Relation.SPONSOR) is Mode.EVENT:
            for server in servers.values():
                if server.names & names:
                    yield Bar(server.id, Relation.SPONSOR, track_id)


def _of_led_units(event: Event, servers: Mapping[int, Server], modes: _Modes) -> Iterable[Bar]:
    today = clock.today()
    rows = session().execute(
        select(RoleGrant.user_id, Entry.track_id, Entry.id)
        .join(Entry, Entry.unit_id == RoleGrant.scope_id)
        .where(
            RoleGrant.user_id.in_(servers),
            RoleGrant.role == Role.TEAM_LEADER,
            RoleGrant.scope_kind == ScopeKind.UNIT,
            RoleGrant.ended_at.is_(None),
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= today),
            Entry.event_id == event.id,
            Entry.state != EntryState.WITHDRAWN,
        )
    )
    for user_id, track_id, entry_id in rows:
        yield from modes.bar(user_id, Relation.LEADER, track_id, entry_id, None)


def _of_own_entries(event: Event, servers: Mapping[int, Server], modes: _Modes) -> Iterable[Bar]:
    people = {one.person_id: one.id for one in servers.values() if one.person_id is not None}
    rows = session().execute(
        select(Member.person_id, Member.role, Entry.track_id, Entry.id)
        .join(Entry, Entry.id == Member.entry_id)
        .where(
            Member.person_id.in_(people),
            Member.event_id == event.id,
            Entry.state != EntryState.WITHDRAWN,
        )
    )
    for person_id, role, track_id, entry_id in rows:
        relation = OWN_ROLES.get(role, Relation.CONTESTANT)
        yield from modes.bar(people[person_id], relation, track_id, entry_id, None)


def _of_declarations(event: Event, servers: Mapping[int, Server], modes: _Modes) -> Iterable[Bar]:
    rows = session().scalars(
        select(Declaration).where(
            Declaration.track_id.in_(modes.tracks),
            Declaration.user_id.in_(servers),
            Declaration.dropped_at.is_(None),
        )
    )
    declared = list(rows)
    entries = _entries_declared(event, {one.track_id for one in declared})
    for one in declared:
        name = plain(one.person_name)
        for entry_id, (unit_id, names) in entries.get(one.track_id, {}).items():
            of_unit = one.unit_id is None or one.unit_id == unit_id
            if of_unit and (not name or name in names):
                yield from modes.bar(one.user_id, one.relation, one.track_id, entry_id, one.mode)


Named = dict[int, dict[int, tuple[int, set[str]]]]


def _entries_declared(event: Event, track_ids: Collection[int]) -> Named:
    """Unit and names of the people of every entry in some tracks."""
    rows = session().execute(
        select(Entry.track_id, Entry.id, Entry.unit_id, Person.name)
        .join(Member, Member.entry_id == Entry.id)
        .join(Person, Person.id == Member.person_id)
        .where(
            Entry.track_id.in_(track_ids),
            Entry.event_id == event.id,
            Entry.state != EntryState.WITHDRAWN,
        )
    )
    found: Named = {}
    for track_id, entry_id, unit_id, name in rows:
        _unit, names = found.setdefault(track_id, {}).setdefault(entry_id, (unit_id, set()))
        names.add(plain(name))
    return found
