"""Codes for those who may know only codes; one level's lots for its custodian; the open map."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from eventsys import clock
from eventsys.attendance.models import Arrival
from eventsys.db import session
from eventsys.draws.models import BlindCode, CodeDraw, LevelDraw, Lot, StationMove
from eventsys.draws.rules import FORMAT, Level, MapSealed, in_order, moved
from eventsys.draws.stations import all_numbers, placed_labels, planned_sessions
from eventsys.events.models import Event, Track
from eventsys.events.queries import ACROSS
from eventsys.events.rules import EventKind, EventState
from eventsys.identity.actor import Actor
from eventsys.identity.models import RoleGrant, User
from eventsys.identity.rules import Permission, Role, ScopeKind
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.timetable.queries import PEOPLE
from eventsys.vault import vault


@dataclass(frozen=True)
class BlindEntry:
    """All a judge may know of an entry: its code."""

    code: str


# ---- what everybody may know


def draw_of(track_id: int) -> CodeDraw | None:
    """The draw of a track with its levels, committed to or done."""
    found = select(CodeDraw).where(CodeDraw.track_id == track_id)
    return session().scalar(found.options(selectinload(CodeDraw.levels)))


def level_of(track_id: int, level: Level) -> LevelDraw | None:
    """One level of a track's draw."""
    return session().scalar(
        select(LevelDraw).where(LevelDraw.track_id == track_id, LevelDraw.level == level)
    )


def next_level(found: CodeDraw) -> LevelDraw | None:
    """The level that is drawn next; none when all are."""
    return next((one for one in found.levels if one.drawn_at is None), None)


def code_count(track_id: int) -> int:
    """How many codes were drawn: that much everybody may know."""
    counted = select(func.count(BlindCode.id)).where(BlindCode.track_id == track_id)
    return session().scalar(counted) or 0


def lot_counts(track_id: int) -> dict[int, int]:
    """How many numbers each level of a track gave out, by the level's id."""
    found = (
        select(Lot.level_draw_id, func.count(Lot.id))
        .where(Lot.track_id == track_id)
        .group_by(Lot.level_draw_id)
    )
    return {key: number for key, number in session().execute(found)}  # noqa: C416  rows


def blind_list(track_id: int) -> list[BlindEntry]:
    """The codes of a track in their own order: no entry, nothing that leads to one.

    At two levels the codes are station numbers, which floor judges mark by.
    """
    codes = session().scalars(select(BlindCode.code).where(BlindCode.track_id == track_id))
    return [BlindEntry(code) for code in in_order(codes)]


# ---- one level, for its custodian


def lots_of(level: LevelDraw) -> list[Lot]:
    """The lots of one level by source. Only its custodian's page may ask before the opening."""
    found = (
        select(Lot)
        .where(Lot.level_draw_id == level.id)
        .options(joinedload(Lot.entry).options(*PEOPLE))
    )
    lots = {one.source: one for one in session().scalars(found).unique()}
    return [lots[source] for source in in_order(lots)]


# ---- for those who take part: their own contest number


def contest_numbers(entry_ids: Collection[int]) -> dict[int, str]:
    """The contest numbers of some entries, for the people of these entries only."""
    found = (
        select(Lot.entry_id, Lot.number)
        .join(Lot.level_draw)
        .where(LevelDraw.level == Level.CONTEST, Lot.entry_id.in_(entry_ids))
    )
    return {key: number for key, number in session().execute(found) if key is not None}


# ---- from a number back to an entry: for the program itself, never to be shown


def _numbers(track_id: int, level: Level) -> dict[str, str]:
    """Sources by the number they drew at a level; empty if there is no such level yet."""
    found = (
        select(Lot.number, Lot.source)
        .join(Lot.level_draw)
        .where(LevelDraw.track_id == track_id, LevelDraw.level == level)
    )
    return {number: source for number, source in session().execute(found)}  # noqa: C416  rows


def _first_sources(track_id: int) -> dict[str, int]:
    """Entries by the number they drew at the first level."""
    found = select(Lot.number, Lot.entry_id).where(Lot.track_id == track_id)
    pairs = session().execute(found.where(Lot.entry_id.is_not(None)))
    return {number: entry_id for number, entry_id in pairs if entry_id is not None}


def entries_by_contest_number(track_id: int) -> dict[str, int]:
    """Entries by contest number, for the draw of stations: which session each is placed in."""
    return _first_sources(track_id)


def moves_of(track_id: int) -> list[StationMove]:
    """The changes of stations of a track in order of time."""
    found = select(StationMove).where(StationMove.track_id == track_id)
    return list(session().scalars(found.order_by(StationMove.at, StationMove.id)))


def stations_now(track_id: int) -> dict[str, str]:
    """Where whoever drew each station sits now."""
    moves = [(one.number, one.to_number) for one in moves_of(track_id)]
    return moved(_numbers(track_id, Level.STATION), moves)


def _drawn_station(track_id: int, number: str) -> str | None:
    """The number drawn by whoever sits, or sat before a change, at a station.

    A station is given to one entry only, so each number leads to one at any time.
    """
    at = number
    for one in reversed(moves_of(track_id)):
        if one.to_number == at:
            at = one.number
    return at if at in _numbers(track_id, Level.STATION) else None


def entry_at_station(track_id: int, station_no: str) -> int | None:
    """The entry that sits at a station, or sat there before a change. Never shown to anybody.

    Where no station numbers are drawn, the one that the timetable placed there.
    """
    if level_of(track_id, Level.STATION) is None:
        placed = placed_labels(planned_sessions(track_id))
        return next((entry for entry, label in placed.items() if label == station_no), None)
    drawn = _drawn_station(track_id, station_no)
    if drawn is None:
        return None
    return _first_sources(track_id).get(_numbers(track_id, Level.STATION)[drawn])


def entry_behind(track_id: int, code: str) -> int | None:
    """The entry behind a code, before or after the opening. Never shown to anybody."""
    return joined(track_id).get(code)


def joined(track_id: int) -> dict[str, int]:
    """The whole map, layer after layer from the codes back to the entries. Never shown."""
    found = draw_of(track_id)
    levels = [one.level for one in found.levels] if found else []
    first = _first_sources(track_id)
    back = {code: code for code in _codes(track_id)}
    drawn_at = {place: drawn for drawn, place in stations_now(track_id).items()}
    for level in reversed(levels[1:]):
        sources = _numbers(track_id, level)
        if level is Level.WORK:  # what was handed in lay at the station after all changes
            sources = {number: drawn_at.get(place, "") for number, place in sources.items()}
        back = {code: sources.get(number, "") for code, number in back.items()}
    return {code: first[number] for code, number in back.items() if number in first}


def _codes(track_id: int) -> list[str]:
    return [one.code for one in blind_list(track_id)]


def free_stations(track_id: int) -> list[str]:
    """The numbers of stations that nobody drew or moved to: where a faulty one may go."""
    used = set(_numbers(track_id, Level.STATION)) | {one.to_number for one in moves_of(track_id)}
    return [one for one in in_order(all_numbers(planned_sessions(track_id))) if one not in used]


# ---- the open map


def entries_by_code(track_id: int) -> dict[str, int]:
    """Which entry stands behind each code; refused until the map was opened before a witness."""
    found = draw_of(track_id)
    if found is None or found.opened_at is None:
        track = session().get(Track, track_id)
        raise MapSealed(track=track.name if track else "")
    pairs = select(BlindCode.code, BlindCode.entry_id).where(BlindCode.track_id == track_id)
    opened = {code: entry_id for code, entry_id in session().execute(pairs) if entry_id is not None}
    return {code: opened[code] for code in in_order(opened)}


def opened_entries(track_id: int) -> dict[str, Entry]:
    """The entries by code, with their people, once the map is open; nothing before."""
    found = draw_of(track_id)
    if found is None or found.opened_at is None:
        return {}
    codes = (
        select(BlindCode)
        .where(BlindCode.track_id == track_id)
        .options(joinedload(BlindCode.entry).options(*PEOPLE))
    )
    return {one.code: one.entry for one in session().scalars(codes).unique() if one.entry}


def level_seed(level: LevelDraw) -> str | None:
    """The seed of a level, once the map is open: from then on anybody may draw again."""
    return vault().open(level.seed_sealed) if level.draw.opened_at else None


def seed_of(found: CodeDraw) -> str | None:
    """The seed of the last level, which made the codes, once the map is open."""
    return level_seed(found.levels[-1]) if found.levels else None


def public_record(track: Track) -> dict[str, Any]:
    """What anybody may download: before the opening the commitments, then all it takes to check.

    Ticket numbers stand for entries; no name, no unit and no key is in it. It is read by visitors
    and people of other groups too.
    """
    known: dict[str, Any] = {"format": FORMAT, "track": track.name, "opened_at": None, "levels": []}
    found = (
        select(LevelDraw).where(LevelDraw.track_id == track.id).options(joinedload(LevelDraw.draw))
    )
    levels = list(session().scalars(found.order_by(LevelDraw.position).execution_options(**ACROSS)))
    opened = levels[0].draw.opened_at if levels else None
    lots: dict[int, list[list[str]]] = {}
    if opened:
        known |= {"opened_at": opened.isoformat(), "moves": _public_moves(track.id)}
        pairs = select(Lot).where(Lot.track_id == track.id).execution_options(**ACROSS)
        for lot in session().scalars(pairs):
            lots.setdefault(lot.level_draw_id, []).append([lot.source, lot.number])
    known["levels"] = [_level_record(one, lots.get(one.id, [])) for one in levels]
    return known


def _public_moves(track_id: int) -> list[list[str]]:
    found = select(StationMove).where(StationMove.track_id == track_id)
    moves = session().scalars(found.order_by(StationMove.at).execution_options(**ACROSS))
    return [[one.number, one.to_number] for one in moves]


def _level_record(level: LevelDraw, lots: list[list[str]]) -> dict[str, Any]:
    known: dict[str, Any] = {
        "level": level.level.value,
        "commitment": level.commitment,
        "committed_at": level.draw.committed_at.isoformat(),
        "drawn_at": level.drawn_at.isoformat() if level.drawn_at else None,
    }
    if seed := level_seed(level):
        known |= {"seed": seed, "groups": level.pool, "lots": sorted(lots)}
    return known


# ---- who may act


def officers(track: Track, role: Role) -> list[User]:
    """The accounts that hold a role at the track or its event today, by name."""
    today = clock.today()
    wanted = [
        and_(RoleGrant.scope_kind == scope.kind, RoleGrant.scope_id == scope.id)
        for scope in track.scopes
    ]
    found = (
        select(User)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(
            User.group_id == track.group_id,
            User.closed_at.is_(None),
            RoleGrant.role == role,
            RoleGrant.ended_at.is_(None),
            or_(RoleGrant.starts_on.is_(None), RoleGrant.starts_on <= today),
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= today),
            or_(*wanted),
        )
        .order_by(User.name, User.id)
        .distinct()
    )
    return list(session().scalars(found))


def supervisors(track: Track) -> list[User]:
    """The accounts that may witness."""
    return officers(track, Role.SUPERVISOR)


def tracks_to_draw(actor: Actor) -> list[tuple[Track, int]]:
    """The competition tracks with a level still to draw that this encryption judge may draw.

    Each with how many are here. Whoever drew one level of a track has nothing more to do there.
    """
    events = actor.scope_ids(Permission.DRAW, ScopeKind.EVENT)
    tracks = actor.scope_ids(Permission.DRAW, ScopeKind.TRACK)
    here = (
        select(func.count(Arrival.id))
        .join(Entry, Entry.id == Arrival.entry_id)
        .where(Entry.track_id == Track.id, Entry.state == EntryState.APPROVED)
        .scalar_subquery()
    )
    own = select(LevelDraw.track_id).where(LevelDraw.drawn_by_id == actor.user_id)
    found = (
        select(Track, here)
        .join(Track.event)
        .options(contains_eager(Track.event))
        .outerjoin(CodeDraw, CodeDraw.track_id == Track.id)
        .where(
            Event.kind == EventKind.COMPETITION,
            Event.state.in_([EventState.PUBLISHED, EventState.REGISTRATION_CLOSED]),
            Event.ends_on >= clock.today(),
            CodeDraw.drawn_at.is_(None),
            Track.id.not_in(own),
            or_(Event.id.in_(events), Track.id.in_(tracks)),
        )
        .order_by(Event.name, Track.code)
    )
    return [(track, number) for track, number in session().execute(found)]
