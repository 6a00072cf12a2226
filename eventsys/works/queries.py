"""What is asked for, what came in by station or entry, and files by code for judges."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from eventsys.db import session
from eventsys.draws.queries import blind_list, entry_behind, joined, stations_now
from eventsys.draws.rules import in_order
from eventsys.draws.stations import placed_labels, planned_sessions
from eventsys.groups.models import Unit
from eventsys.identity.models import Person
from eventsys.registration.models import Entry, Member
from eventsys.works.models import HandIn, Work, WorkSlot

SHORTEST_NAME = 2


@dataclass(frozen=True)
class Shelf:
    """All a judge sees of the works of one code: the newest file of each slot, or none."""

    code: str
    files: tuple[tuple[WorkSlot, Work | None], ...]


def slots_of(track_id: int) -> list[WorkSlot]:
    """What a track asks for, by code."""
    found = select(WorkSlot).where(WorkSlot.track_id == track_id).order_by(WorkSlot.code)
    return list(session().scalars(found))


def hand_in_of(track_id: int) -> HandIn | None:
    """When the hand-in of a track was closed, if it was."""
    return session().scalar(select(HandIn).where(HandIn.track_id == track_id))


def is_used(slot_id: int) -> bool:
    """Whether anything was handed in for a slot."""
    return bool(session().scalar(select(func.count(Work.id)).where(Work.slot_id == slot_id)))


def stations(track_id: int) -> list[str]:
    """The stations at which entries sit now, drawn or, where none are drawn, planned."""
    drawn = list(stations_now(track_id).values())
    return in_order(drawn or placed_labels(planned_sessions(track_id)).values())


def newest(track_id: int) -> list[Work]:
    """The version that counts, of every entry and slot."""
    last = (
        select(Work.entry_id, Work.slot_id, func.max(Work.version).label("version"))
        .where(Work.track_id == track_id)
        .group_by(Work.entry_id, Work.slot_id)
        .subquery()
    )
    found = select(Work).join(
        last,
        (Work.entry_id == last.c.entry_id)
        & (Work.slot_id == last.c.slot_id)
        & (Work.version == last.c.version),
    )
    return list(session().scalars(found.options(joinedload(Work.slot))))


def newest_by_station(track_id: int) -> dict[tuple[str, int], Work]:
    """The same by the station it was fetched at and the slot, for those on the floor."""
    return {(one.station, one.slot_id): one for one in newest(track_id) if one.station}


def versions_of(entry_id: int) -> list[Work]:
    """Everything one entry handed in, the newest first: for its own people."""
    found = select(Work).where(Work.entry_id == entry_id).options(joinedload(Work.slot))
    return sorted(
        session().scalars(found), key=lambda one: (one.slot.code, one.version), reverse=True
    )


def last_version(entry_id: int, slot_id: int) -> int:
    """The number of the newest version; 0 before the first."""
    found = select(func.max(Work.version)).where(Work.entry_id == entry_id, Work.slot_id == slot_id)
    return session().scalar(found) or 0


# ---- for judges: by code, in the order of the codes


def shelves(track_id: int) -> list[Shelf]:
    """The works of every code. The entries that lead there stay inside this function."""
    slots, behind = slots_of(track_id), joined(track_id)
    works = {(one.entry_id, one.slot_id): one for one in newest(track_id)}
    return [
        Shelf(
            one.code,
            tuple((slot, works.get((behind.get(one.code, 0), slot.id))) for slot in slots),
        )
        for one in blind_list(track_id)
    ]


def work_of(track_id: int, code: str, slot_code: str) -> Work | None:
    """The file of a code for a slot."""
    entry_id = entry_behind(track_id, code)
    if entry_id is None:
        return None
    found = (
        select(Work)
        .join(Work.slot)
        .where(Work.entry_id == entry_id, WorkSlot.code == slot_code)
        .order_by(Work.version.desc())
        .limit(1)
    )
    return session().scalar(found.options(joinedload(Work.slot)))


# ---- names that must not stand in a file


def names_of(entry_id: int) -> frozenset[str]:
    """The names of an entry's people, its unit and its team."""
    people = session().scalars(
        select(Person.name)
        .join(Member, Member.person_id == Person.id)
        .where(Member.entry_id == entry_id, Member.is_active)
    )
    facts = session().execute(
        select(Unit.name, Entry.team_name)
        .join(Entry, Entry.unit_id == Unit.id)
        .where(Entry.id == entry_id)
    )
    found = {*people, *(name for row in facts for name in row)}
    return frozenset(name for name in found if len(name) >= SHORTEST_NAME)


def known_paths(paths: Iterable[str]) -> set[str]:
    """Which of some files belong to a work, in any group."""
    found = select(Work.path).where(Work.path.in_(list(paths)))
    return set(session().scalars(found.execution_options(across_groups=True)))
