"""A table of venues, rooms and stations beside what is on record, and kept as a whole."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import N_, Conflict, Forbidden
from eventsys.groups.models import Group
from eventsys.identity.policy import Actor, authorize
from eventsys.imports import ReadRow, RowsLost
from eventsys.timetable.models import Room, Station, Venue
from eventsys.timetable.place_tables import FACTS, Given, Path, Value, Words, places_in
from eventsys.timetable.policy import may_manage_venues

Place = Venue | Room | Station


class PlacesMoved(Conflict):
    message = N_(
        "Somebody changed these venues, rooms or stations since you compared. Nothing was saved."
        " Look at what would change now, then save again."
    )


@dataclass(frozen=True)
class Difference:
    """One cell that says something else than what is on record."""

    key: str
    before: Value
    after: Value


@dataclass(frozen=True)
class PlacesEffect:
    """What a table would do: things that are new, things that change; nothing goes away.

    ``seen`` tells whether what is on record is still as it was when somebody compared.
    """

    new: Sequence[Given]
    changed: Sequence[tuple[Given, Sequence[Difference]]]
    same: int
    untouched: int
    seen: str

    def number(self, level: int) -> int:
        """How many things of a level are new: 1 venues, 2 rooms, 3 stations."""
        return sum(len(one.path) == level for one in self.new)

    @property
    def stations(self) -> list[tuple[Path, Sequence[str]]]:
        """The labels of the new stations, room by room."""
        rooms: dict[Path, list[str]] = {}
        for one in self.new:
            if len(one.path) == len(FACTS):
                rooms.setdefault(one.path[:2], []).append(one.path[2])
        return list(rooms.items())


def effect_of(places: Sequence[Given]) -> PlacesEffect:
    """What is new, what changes and what stays, beside what is on record now."""
    return _compared(places, _present({one.path[0] for one in places}))


def _present(names: Collection[str]) -> dict[Path, Place]:
    """Some venues with all that is in them, by path."""
    found = (
        select(Venue)
        .where(Venue.name.in_(names))
        .options(selectinload(Venue.rooms).selectinload(Room.stations))
        .execution_options(populate_existing=True)
    )
    present: dict[Path, Place] = {}
    for venue in session().scalars(found):
        present[venue.name,] = venue
        for room in venue.rooms:
            present[venue.name, room.name] = room
            for station in room.stations:
                present[venue.name, room.name, station.label] = station
    return present


def _compared(places: Sequence[Given], present: Mapping[Path, Place]) -> PlacesEffect:
    new: list[Given] = []
    changes: list[tuple[Given, Sequence[Difference]]] = []
    for one in places:
        thing = present.get(one.path)
        if thing is None:
            new.append(one)
        elif differing := _differing(one.facts, thing):
            changes.append((one, differing))
    same = len(places) - len(new) - len(changes)
    untouched = len(present.keys() - {one.path for one in places})
    return PlacesEffect(new, changes, same, untouched, _fingerprint(present))


def _differing(facts: Mapping[str, Value], thing: Place) -> list[Difference]:
    return [
        Difference(key, getattr(thing, key), value)
        for key, value in facts.items()
        if getattr(thing, key) != value
    ]


def _fingerprint(present: Mapping[Path, Place]) -> str:
    lines = sorted(
        repr((path, [str(getattr(thing, key)) for key in FACTS[len(path) - 1]]))
        for path, thing in present.items()
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def keep_places(actor: Actor, rows: Sequence[ReadRow], seen: str, words: Words) -> PlacesEffect:
    """Keep a table that somebody compared: all of it, unless what is on record moved meanwhile."""
    authorize(actor, may_manage_venues, None)
    if actor.group_id is None:
        raise Forbidden

    read = places_in(rows, words)
    if read.problems or not read.places:
        raise RowsLost
    names = {one.path[0] for one in read.places}
    _hold(actor.group_id, names)
    present = _present(names)
    effect = _compared(read.places, present)
    if effect.seen != seen:
        raise PlacesMoved

    _add(actor.group_id, effect.new, present)
    for given, differences in effect.changed:
        for one in differences:
            setattr(present[given.path], one.key, one.after)
    session().flush()

    _record(actor, effect, present)
    return effect


def _hold(group_id: int, names: Collection[str]) -> None:
    """Two tables wait for each other here, and a table for whoever changes one of its rooms."""
    group = select(Group.id).where(Group.id == group_id)
    session().scalar(group.with_for_update(key_share=True))
    rooms = select(Room.id).join(Room.venue).where(Venue.name.in_(names)).order_by(Room.id)
    session().scalars(rooms.with_for_update(of=Room, key_share=True)).all()
    session().expire_all()


def _add(group_id: int, new: Sequence[Given], present: dict[Path, Place]) -> None:
    """Venues before their rooms, rooms before their stations."""
    for one in sorted(new, key=lambda given: len(given.path)):
        above = present.get(one.path[:-1])
        common = {"id": new_id(), "group_id": group_id, **one.facts}
        if isinstance(above, Room):
            made: Place = Station(room_id=above.id, label=one.path[-1], **common)
        elif isinstance(above, Venue):
            made = Room(venue_id=above.id, name=one.path[-1], **common)
        else:
            made = Venue(name=one.path[-1], **common)
        present[one.path] = made
        session().add(made)


def _record(actor: Actor, effect: PlacesEffect, present: Mapping[Path, Place]) -> None:
    """One line for each venue that something happened to."""
    touched = [*effect.new, *(given for given, _ in effect.changed)]
    for name in sorted({one.path[0] for one in touched}):
        mine = [one for one in effect.new if one.path[0] == name]
        record(
            actor,
            "venue.imported",
            present[name,],
            name=name,
            rooms=sum(len(one.path) == len(FACTS) - 1 for one in mine),
            stations=sum(len(one.path) == len(FACTS) for one in mine),
            changed=sum(given.path[0] == name for given, _ in effect.changed),
        )
