"""Committing to seeds, drawing level by level, moving stations, opening: never alone."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from eventsys import clock
from eventsys.attendance.actions import end_check_in
from eventsys.attendance.queries import arrived
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.draws import queries
from eventsys.draws.models import BlindCode, CodeDraw, LevelDraw, Lot, StationMove
from eventsys.draws.policy import (
    may_draw,
    may_move_station,
    may_open_map,
    may_see_lots,
    may_witness,
)
from eventsys.draws.rules import (
    LEVEL_LABELS,
    LEVELS_OF,
    AlreadyDrawn,
    AlreadyOpened,
    Group,
    Level,
    MapBroken,
    MoveTooLate,
    NobodyHere,
    NoOtherCustodian,
    NoStationsToMove,
    NotBlind,
    NotDrawn,
    OutOfTurn,
    SameCustodian,
    StationNotFree,
    StationUnknown,
    WitnessUnfit,
    check_reason,
    commitment,
    draw_level,
    in_order,
    running_numbers,
    ticket_numbers,
)
from eventsys.draws.stations import planned_sessions, station_groups
from eventsys.events.models import Track
from eventsys.events.rules import CompetitionRules
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.identity.rules import Role
from eventsys.registration.models import Entry
from eventsys.tasks.actions import ask
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind
from eventsys.vault import vault

FREE_SHOWN = 8


def commit_seed(actor: Actor, track: Track) -> CodeDraw:
    """Make and seal a seed for each level, and write down their commitments, before all draws."""
    authorize(actor, may_draw, track)

    _lock(track)
    rules = track.rules
    if not isinstance(rules, CompetitionRules):
        raise NotBlind
    found = queries.draw_of(track.id)
    if found is not None:
        return found

    made = CodeDraw(
        id=new_id(), group_id=track.group_id, track_id=track.id, committed_at=clock.now()
    )
    made.levels = [
        _sealed_level(track, level, position)
        for position, level in enumerate(LEVELS_OF[rules.anonymity_levels], start=1)
    ]
    session().add(made)
    session().flush()

    record(
        actor,
        "codes.committed",
        made,
        commitment={one.level.value: one.commitment for one in made.levels},
    )
    return made


def _sealed_level(track: Track, level: Level, position: int) -> LevelDraw:
    seed = secrets.token_hex(32)
    return LevelDraw(
        id=new_id(),
        group_id=track.group_id,
        track_id=track.id,
        level=level,
        position=position,
        commitment=commitment(seed),
        seed_sealed=vault().seal(seed),
        pool=[],
    )


def draw_codes(actor: Actor, track: Track, witness: User) -> CodeDraw:
    """Draw the level that is next; see ``draw_numbers``."""
    made = commit_seed(actor, track)
    following = queries.next_level(made)
    draw_numbers(actor, track, following.level if following else made.levels[-1].level, witness)
    return made


def draw_numbers(actor: Actor, track: Track, level: Level, witness: User) -> LevelDraw:
    """Draw one level, once; the first for all that are here: whoever comes later gets none."""
    authorize(actor, may_draw, track)

    made = commit_seed(actor, track)
    held = next((one for one in made.levels if one.level is level), None)
    if held is None:
        raise NotBlind
    _check_turn(made, held)
    _check_custodian(actor, made, held)
    if not may_witness(witness, actor, track):
        raise WitnessUnfit
    entries = _entries_here(actor, track) if held.position == 1 else {}
    groups = _groups(track, held, entries)

    drawn = draw_level(level, vault().open(held.seed_sealed), groups)
    held.pool = [group.plain() for group in groups]
    held.drawn_at, held.drawn_by_id, held.drawn_by = clock.now(), actor.user_id, actor.name
    held.witness = witness.name
    _keep_lots(held, drawn, entries)
    if held is made.levels[-1]:
        _keep_codes(made, held, drawn.values())
    session().flush()

    # the record is read before the opening: it holds how many, never who, and never the seed
    record(actor, "codes.drawn", held, kind=level.value, codes=len(drawn), witness=witness.name)
    return held


def _check_turn(made: CodeDraw, held: LevelDraw) -> None:
    if held.drawn_at is not None:
        raise AlreadyDrawn(track=held.track.name, moment=_shown(held.drawn_at))
    for one in made.levels:
        if one.position < held.position and one.drawn_at is None:
            raise OutOfTurn(before=LEVEL_LABELS[one.level])


def _check_custodian(actor: Actor, made: CodeDraw, held: LevelDraw) -> None:
    """Each level has a keeper of its own: nobody can join two lists."""
    keepers = {one.drawn_by_id: one.level for one in made.levels if one.drawn_at is not None}
    if actor.user_id is None or actor.user_id not in keepers:
        return
    others = queries.officers(held.track, Role.ENCRYPTION_JUDGE)
    free = [one.name for one in others if one.id not in keepers]
    other = LEVEL_LABELS[keepers[actor.user_id]]
    if not free:
        raise NoOtherCustodian(other=other)
    raise SameCustodian(other=other, names="、".join(free))


def _entries_here(actor: Actor, track: Track) -> dict[str, int]:
    """The entries that are here, by the number on their tickets; nobody else comes in now."""
    here = arrived(track.id)
    if not here:
        raise NobodyHere(track=track.name)
    end_check_in(actor, track)
    found = session().execute(select(Entry.number, Entry.id).where(Entry.id.in_(here)))
    entries = {number: key for number, key in found}  # noqa: C416  rows
    shown = ticket_numbers(entries)
    return {shown[number]: key for number, key in entries.items()}


def _groups(track: Track, held: LevelDraw, entries: dict[str, int]) -> list[Group]:
    """Who draws among whom at a level, and for what."""
    if held.level is Level.STATION:
        contestants = queries.entries_by_contest_number(track.id)
        return station_groups(planned_sessions(track.id), contestants)
    sources = entries or dict.fromkeys(queries.stations_now(track.id).values(), 0)
    numbers = running_numbers(len(sources)) if held.level is Level.CONTEST else ()
    return [Group("", tuple(in_order(sources)), numbers)]


def _keep_lots(held: LevelDraw, drawn: dict[str, str], entries: dict[str, int]) -> None:
    session().add_all(
        Lot(
            id=new_id(),
            group_id=held.group_id,
            level_draw_id=held.id,
            track_id=held.track_id,
            source=source,
            number=number,
            entry_id=entries.get(source),
        )
        for source, number in sorted(drawn.items(), key=lambda pair: pair[1])
    )


def _keep_codes(made: CodeDraw, held: LevelDraw, codes: Iterable[str]) -> None:
    made.drawn_at = held.drawn_at
    session().add_all(
        BlindCode(
            id=new_id(),
            group_id=made.group_id,
            draw_id=made.id,
            track_id=made.track_id,
            code=code,
        )
        for code in sorted(codes)
    )


def move_station(
    actor: Actor, track: Track, station_no: str, to_station_no: str, witness: User, reason: str
) -> StationMove:
    """Write down that the entry at a faulty station goes on at a free one, before a witness.

    The number that was drawn stays drawn; at two levels the code on the sheets stays it, too.
    """
    authorize(actor, may_move_station, track)

    _lock(track)
    given = check_reason(reason)
    _check_movable(track, station_no, to_station_no)
    if not may_witness(witness, actor, track):
        raise WitnessUnfit

    made = StationMove(
        id=new_id(),
        group_id=track.group_id,
        track_id=track.id,
        number=station_no,
        to_number=to_station_no,
        at=clock.now(),
        by_name=actor.name,
        witness=witness.name,
        reason=given,
    )
    session().add(made)
    session().flush()

    record(
        actor,
        "station.moved",
        made,
        before=station_no,
        after=to_station_no,
        witness=witness.name,
        reason=given,
    )
    return made


def _check_movable(track: Track, station_no: str, to_station_no: str) -> None:
    drawn = queries.level_of(track.id, Level.STATION)
    if drawn is None:
        raise NoStationsToMove(track=track.name)
    if drawn.drawn_at is None:
        raise NotDrawn(track=track.name)
    works = queries.level_of(track.id, Level.WORK)
    if works is not None and works.drawn_at is not None:
        raise MoveTooLate
    if station_no not in queries.stations_now(track.id).values():
        raise StationUnknown(number=station_no)
    free = queries.free_stations(track.id)
    if to_station_no not in free:
        raise StationNotFree(number=to_station_no, free="、".join(free[:FREE_SHOWN]) or "–")


def unseal(actor: Actor, opened: CodeDraw, witness: User) -> None:
    """Open the map, last level first: two named people, once, as one deed.

    Whether the marks allow it is the caller's question.
    """
    authorize(actor, may_open_map, opened)

    _lock(opened.track)
    session().refresh(opened)
    if opened.drawn_at is None:
        raise NotDrawn(track=opened.track.name)
    if opened.opened_at is not None:
        raise AlreadyOpened(track=opened.track.name, moment=_shown(opened.opened_at))
    if not may_witness(witness, actor, opened.track):
        raise WitnessUnfit
    behind = queries.joined(opened.track_id)
    codes = session().scalars(select(BlindCode).where(BlindCode.draw_id == opened.id)).all()
    if {one.code for one in codes} != behind.keys():
        raise MapBroken(track=opened.track.name)

    for one in codes:
        one.entry_id = behind[one.code]
    session().flush()
    opened.opened_at, opened.opened_by = clock.now(), actor.name
    opened.opening_witness = witness.name

    backwards = list(reversed(opened.levels))
    seeds = {one.level.value: vault().open(one.seed_sealed) for one in backwards}
    levels = [one.level.value for one in backwards]
    record(actor, "map.opened", opened, witness=witness.name, levels=levels, seeds=seeds)


def ask_minute(actor: Actor, level: LevelDraw, title: str) -> Task:
    """Have the worker make the minute of one's own level as a PDF."""
    authorize(actor, may_see_lots, level)

    return ask(actor, level.group_id, TaskKind.DRAW_MINUTE_PDF, title, level_id=level.id)


def _lock(track: Track) -> None:
    """A draw and a check-in never run beside each other; neither do two draws."""
    session().scalar(select(Track.id).where(Track.id == track.id).with_for_update(key_share=True))


def _shown(moment: datetime) -> str:
    return f"{clock.in_shanghai(moment):%Y-%m-%d %H:%M}"
