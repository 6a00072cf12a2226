"""The stations of a track as its timetable plans them, by the numbers that can be drawn."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from eventsys.db import session
from eventsys.draws.rules import (
    Group,
    WithoutSession,
    in_order,
    running_numbers,
    station_number,
)
from eventsys.timetable.models import Placement, Room, Session, Station
from eventsys.timetable.parts import WHOLE
from eventsys.timetable.rules import StationState


@dataclass(frozen=True)
class PlannedSession:
    """One session: all numbers of its room, those a draw may use, and who is planned where."""

    name: str
    numbers: tuple[str, ...]
    regular: tuple[str, ...]
    placed: Mapping[int, str]


def planned_sessions(track_id: int) -> list[PlannedSession]:
    """The sessions of a competition track in order of time; with several, numbers say which."""
    found = (
        select(Session)
        .where(Session.track_id == track_id)
        .options(selectinload(Session.room).selectinload(Room.stations))
        .order_by(Session.starts_at, Session.name, Session.id)
    )
    held = _drawn(session().scalars(found).all())
    placed: defaultdict[int, dict[int, str]] = defaultdict(dict)
    seats = (
        select(Placement.session_id, Placement.entry_id, Station.label)
        .join(Station, Station.id == Placement.station_id)
        .where(Placement.session_id.in_([one.id for one in held]))
    )
    for session_id, entry_id, label in session().execute(seats):
        placed[session_id][entry_id] = label
    several = len(held) > 1
    return [
        _planned(one, f"{place:02d}" if several else "", placed[one.id])
        for place, one in enumerate(held, start=1)
    ]


def _drawn(held: Sequence[Session]) -> list[Session]:
    """Stations are drawn once: of a contest held module by module, for the first module."""
    parts = {one.part for one in held}
    drawn = WHOLE if WHOLE in parts or not held else held[0].part
    return [one for one in held if one.part == drawn]


def _planned(held: Session, prefix: str, placed: Mapping[int, str]) -> PlannedSession:
    stations = held.room.stations
    return PlannedSession(
        held.name,
        tuple(station_number(prefix, one.label) for one in stations),
        tuple(
            station_number(prefix, one.label) for one in stations if one.state is StationState.OK
        ),
        {entry: station_number(prefix, label) for entry, label in placed.items()},
    )


def placed_labels(planned: Iterable[PlannedSession]) -> dict[int, str]:
    """Where the timetable placed each entry."""
    return {entry: number for one in planned for entry, number in one.placed.items()}


def all_numbers(planned: Iterable[PlannedSession]) -> list[str]:
    """Every station there is, spare ones too."""
    return [number for one in planned for number in one.numbers]


def station_groups(
    planned: Sequence[PlannedSession], contestants: Mapping[str, int]
) -> list[Group]:
    """Who draws among which stations: ``contestants`` are entries by contest number.

    With placements each session draws among the stations planned in it; with one session and none
    placed, among all regular stations of its room; without stations, among 01, 02 and so on.
    """
    if not any(one.regular for one in planned):
        return [Group("", tuple(in_order(contestants)), running_numbers(len(contestants)))]
    if len(planned) == 1 and not planned[0].placed:
        only = planned[0]
        return [Group(only.name, tuple(in_order(contestants)), tuple(in_order(only.regular)))]
    groups = [
        Group(
            one.name,
            tuple(in_order(no for no, entry in contestants.items() if entry in one.placed)),
            tuple(in_order(one.placed.values())),
        )
        for one in planned
    ]
    lost = len(contestants) - sum(len(group.sources) for group in groups)
    if lost:
        raise WithoutSession(count=lost)
    return [group for group in groups if group.sources]
