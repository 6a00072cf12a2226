"""What cannot hold together when items stay without a place, and what would help."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from eventsys import clock
from eventsys.errors import N_
from eventsys.timetable.rules import Problem
from scheduling.planner.placing.groups import Group


class Way(StrEnum):
    """A way out, from the cheapest kind to the dearest."""

    RELEASE = "release"
    OPEN = "open"
    REST = "rest"
    STATIONS = "stations"
    SEATS = "seats"
    SHIFT = "shift"
    ORDER = "order"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One change that gave every item a place when it was tried."""

    way: Way
    item: int | None = None
    place: int | None = None
    day: int | None = None  # 0 is the first
    count: int = 0
    vendor: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Families of rules that were not found to hold together, and ways out, the cheapest first."""

    groups: tuple[Group, ...]
    items: tuple[int, ...]  # what has no place
    relaxations: tuple[Relaxation, ...]


GROUP_WORDS: Mapping[Group, str] = {
    Group.SEATS: N_("how many people the rooms hold"),
    Group.VENDORS: N_("how many stations of the maker work"),
    Group.KINDS: N_("which rooms are of the right kind or allowed"),
    Group.CLOSURES: N_("when rooms are closed and people cannot come"),
    Group.SHIFTS: N_("which shifts are allowed"),
    Group.FIXED: N_("what is fixed"),
    Group.ORDER: N_("the order of the modules"),
    Group.CROWDS: N_("nobody can be in two places at once"),
    Group.REST: N_("rest, ways and the time to make rooms ready"),
    Group.PANELS: N_("panels stay together"),
    Group.NUMBER: N_("how many shifts there are"),
}
WAY_WORDS: Mapping[Way, str] = {
    Way.RELEASE: N_("Let “%(item)s” move."),
    Way.OPEN: N_("Open %(place)s at the times when it is closed."),
    Way.REST: N_("Do without the rest of %(count)s minutes between two sessions."),
    Way.STATIONS: N_("Get %(count)s more working stations of “%(vendor)s” into %(place)s."),
    Way.SEATS: N_("Get %(count)s more seats or working stations into %(place)s."),
    Way.SHIFT: N_("Add one more shift on %(day)s."),
    Way.ORDER: N_("Let “%(item)s” come before what should come before it."),
    Way.PLACE: N_("Find one more room like %(place)s."),
}
TOGETHER = N_("No plan was found that keeps all of these: %(rules)s.")
NEARLY = N_("%(count)s sessions have no place.")
CHEAPEST = N_("What would help at the least cost: %(way)s")
OR_ELSE = N_("Or: %(way)s")
SEPARATOR = N_("; ")


def told(problem: Problem, conflict: Conflict, words: Callable[[str], str]) -> list[str]:
    """A conflict in a reader's language: what quarrels, then the ways out, the cheapest first."""
    names = words(SEPARATOR).join(words(GROUP_WORDS[group]) for group in conflict.groups)
    lines = [words(TOGETHER) % {"rules": names}] if conflict.groups else []
    lines = lines or [words(NEARLY) % {"count": len(conflict.items)}]
    for n, way in enumerate(conflict.relaxations):
        text = words(WAY_WORDS[way.way]) % _facts(problem, way)
        lines.append(words(OR_ELSE if n else CHEAPEST) % {"way": text})
    return lines


def _facts(problem: Problem, way: Relaxation) -> dict[str, object]:
    items = {item.id: item.name for item in problem.items}
    places = {place.id: place.name for place in problem.places}
    day = clock.in_shanghai(problem.origin + timedelta(days=way.day or 0))
    return {
        "item": items.get(way.item or 0, ""),
        "place": places.get(way.place or 0, ""),
        "day": day.strftime("%m-%d"),
        "count": way.count,
        "vendor": way.vendor,
    }
