"""The language of plans: what is to be placed, where and when it may be, and what a plan says.

Times are whole minutes since ``Problem.origin``, midnight in Shanghai of the first day; ids are
the rows' own. People, imports and the planner speak it; `clashes` judges them all alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

DAY = 24 * 60
EVENING = 18 * 60  # what ends later is a late shift


class Severity(StrEnum):
    """What a clash means: it cannot be, it should not be, or it is good to know."""

    BLOCK = "block"
    WARN = "warn"
    NOTE = "note"


class ClashKind(StrEnum):
    """Everything that can be wrong with a plan."""

    # where
    PLACE_TAKEN = "place_taken"
    PLACE_RESET = "place_reset"  # less time between two sessions than the place needs
    PLACE_CLOSED = "place_closed"
    PLACE_SMALL = "place_small"
    PLACE_PURPOSE = "place_purpose"
    PLACE_EQUIPMENT = "place_equipment"
    PLACE_FORBIDDEN = "place_forbidden"
    # when
    OUTSIDE_DAYS = "outside_days"
    SLOT_FORBIDDEN = "slot_forbidden"
    MOVED_FIXED = "moved_fixed"
    ORDER = "order"
    APART = "apart"
    # who takes part
    CROWD_TWICE = "crowd_twice"
    CROWD_REST = "crowd_rest"
    CROWD_TRAVEL = "crowd_travel"
    # who serves
    PERSON_TWICE = "person_twice"
    PERSON_REST = "person_rest"
    PERSON_TRAVEL = "person_travel"
    PERSON_AWAY = "person_away"
    PERSON_FIXED = "person_fixed"
    OFFICE = "office"
    RECUSED_UNIT = "recused_unit"
    RECUSED_ITEM = "recused_item"
    SENIOR = "senior"
    LOAD = "load"
    DAY_LOAD = "day_load"
    PANEL_UNIT = "panel_unit"
    PANEL_EVEN = "panel_even"
    PANEL_SPLIT = "panel_split"
    # who sits where
    STATION_TAKEN = "station_taken"
    STATION_FAULTY = "station_faulty"
    STATION_VENDOR = "station_vendor"
    STATION_ELSEWHERE = "station_elsewhere"
    SEATED_TWICE = "seated_twice"
    NEIGHBOUR_UNIT = "neighbour_unit"
    NEIGHBOUR_CLASS = "neighbour_class"
    NEIGHBOUR_PAPER = "neighbour_paper"
    # what is missing
    UNPLACED = "unplaced"
    UNFILLED = "unfilled"
    UNSEATED = "unseated"


_WARNED = {
    ClashKind.PERSON_REST,
    ClashKind.DAY_LOAD,
    ClashKind.PANEL_EVEN,
    ClashKind.PANEL_SPLIT,
    ClashKind.NEIGHBOUR_UNIT,
    ClashKind.NEIGHBOUR_CLASS,
    ClashKind.NEIGHBOUR_PAPER,
    ClashKind.UNPLACED,
    ClashKind.UNFILLED,
}
SEVERITY: Mapping[ClashKind, Severity] = dict.fromkeys(ClashKind, Severity.BLOCK) | {
    **dict.fromkeys(_WARNED, Severity.WARN),
    ClashKind.UNSEATED: Severity.NOTE,
}

# What the organizer may judge otherwise, or leave out: the rest is physics, law or fairness.
CHANGEABLE = _WARNED | {
    ClashKind.PLACE_RESET,
    ClashKind.CROWD_REST,
    ClashKind.LOAD,
    ClashKind.SENIOR,
    ClashKind.PANEL_UNIT,
    ClashKind.UNSEATED,
}


class WishKind(StrEnum):
    """What makes one right plan better than another."""

    SPREAD_LOAD = "spread_load"  # duties more, from the busiest to the idlest
    SAME_PLACE = "same_place"  # places of a track (and part) beyond its first
    EARLY = "early"  # half days until a session begins
    NO_LATE_SHIFT = "no_late_shift"  # sessions that end in the evening
    FEW_VENUES = "few_venues"  # venues of a person or crowd on one day beyond the first (or home)
    GAP = "gap"  # sessions of one crowd that follow closer than `Rules.gap`
    MOVE_LITTLE = "move_little"  # what lies otherwise than in the present plan


class StationState(StrEnum):
    """Whether somebody can sit there."""

    OK = "ok"
    SPARE = "spare"  # kept free for breakdowns; a person may still be moved there by hand
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, half open."""

    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A shift: where the planner may put a session; people may also drag between shifts."""

    id: int
    day: int  # 0 is the first
    starts: int
    ends: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A room, as a plan sees it."""

    id: int
    venue: int
    name: str = ""
    seats: int = 0  # counts only where the room has no stations
    purpose: str = ""
    stations: Mapping[str, int] = field(default_factory=dict)
    # vendor -> working stations without the spares; "" is all of them whatever their vendor
    equipment: frozenset[str] = frozenset()
    closed: tuple[Span, ...] = ()
    reset: int = 0  # minutes between two sessions

    def holds(self, vendor: str = "") -> int:
        """How many people can work here, on stations of one vendor if it is named."""
        if vendor or self.stations:
            return self.stations.get(vendor, 0)
        return self.seats


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who serves: judge, invigilator, assessor, lecturer."""

    id: int
    name: str = ""
    units: frozenset[int] = frozenset()
    is_senior: bool = False
    away: tuple[Span, ...] = ()
    offices: frozenset[str] = frozenset()
    most: int | None = None  # duties in all
    most_a_day: int | None = None
    barred_units: frozenset[int] = frozenset()  # coach, kinship, host, sponsor …
    barred_items: frozenset[int] = frozenset()
    home: int = 0  # the venue they come from, if known: better not sent elsewhere


@dataclass(frozen=True, slots=True)
class Placing:
    """An item at a place and time."""

    item: int
    place: int
    starts: int


@dataclass(frozen=True, slots=True)
class Item:
    """What needs a time and a place: a session of a module, a sitting of an exam, a lesson."""

    id: int
    name: str = ""
    track: int = 0
    part: str = ""
    minutes: int = 60
    size: int = 0
    crowd: frozenset[int] = frozenset()  # persons or entries who cannot be elsewhere meanwhile
    units: frozenset[int] = frozenset()  # units that take part: whom judges may not judge
    purpose: str = ""  # "" is happy in any place
    vendor: str = ""
    equipment: frozenset[str] = frozenset()
    after: tuple[int, ...] = ()  # items that must have ended, plus `Rules.rest`
    apart: frozenset[int] = frozenset()  # items that must not share the time
    alone: bool = True  # False: others that say so too may share the place while seats last
    fixed: Placing | None = None
    slots: frozenset[int] | None = None  # it must lie inside one of these; None is anywhen
    places: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One seat to be served at an item."""

    id: int
    item: int
    office: str = ""
    needs_senior: bool = False
    panel: int = 0  # posts of one panel stay together: the same people for all its items
    person: int | None = None  # fixed


@dataclass(frozen=True, slots=True)
class Serving:
    """A person at a post."""

    post: int
    person: int


@dataclass(frozen=True, slots=True)
class Seat:
    """An entry at a station during an item."""

    entry: int
    item: int
    station: int


@dataclass(frozen=True, slots=True)
class Sitter:
    """What a seat plan must know of an entry; 0 or "" where nothing has to be kept apart."""

    entry: int
    unit: int = 0
    school_class: int = 0
    paper: str = ""
    vendor: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """One station, and where it stands in its place."""

    station: int
    place: int
    row: int = 0
    column: int = 0
    vendor: str = ""
    state: StationState = StationState.OK
    label: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers of the house, all in minutes unless said otherwise."""

    rest: int = 0  # between two items of one crowd member, and after what must come before
    duty_rest: int = 0  # between two duties of one person
    travel: Mapping[tuple[int, int], int] = field(default_factory=dict)  # by two venues, any order
    gap: int = 60  # the wish for a breather between two items of one crowd
    late: int = EVENING  # minute of the day
    most_per_unit: int = 1  # people of one unit in a panel
    odd_offices: frozenset[str] = frozenset()  # offices whose number at an item must be odd
    recused_offices: frozenset[str] = frozenset({"chief", "judge", "assessor"})
    severity: Mapping[ClashKind, Severity] = field(default_factory=dict)  # of CHANGEABLE kinds
    ignored: frozenset[ClashKind] = frozenset()  # CHANGEABLE kinds that do not matter here

    def travel_between(self, venue: int, other: int) -> int:
        """The minutes from one venue to another."""
        there = self.travel.get((venue, other))
        return self.travel.get((other, venue), 0) if there is None else there

    def severity_of(self, kind: ClashKind) -> Severity:
        """How serious a kind of clash is here."""
        return self.severity.get(kind, SEVERITY[kind]) if kind in CHANGEABLE else SEVERITY[kind]

    def looks_for(self, kind: ClashKind) -> bool:
        """Whether a kind of clash matters here."""
        return kind not in self.ignored or kind not in CHANGEABLE


@dataclass(frozen=True, slots=True)
class Wish:
    """How much a kind of improvement counts."""

    kind: WishKind
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """Who, where, when."""

    placings: tuple[Placing, ...] = ()
    servings: tuple[Serving, ...] = ()
    seats: tuple[Seat, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything a plan is made of and judged by."""

    origin: datetime
    slots: tuple[Slot, ...] = ()
    places: tuple[Place, ...] = ()
    people: tuple[Person, ...] = ()
    items: tuple[Item, ...] = ()
    posts: tuple[Post, ...] = ()
    sitters: tuple[Sitter, ...] = ()
    spots: tuple[Spot, ...] = ()
    days: int = 1  # of the event; nothing may lie outside
    rules: Rules = field(default_factory=Rules)
    wishes: tuple[Wish, ...] = ()
    present: Plan | None = None
    move_price: int = 0  # points for everything that lies otherwise than at present


@dataclass(frozen=True, slots=True)
class Clash:
    """One thing that is wrong, with everything it concerns; ids ascend in each tuple."""

    kind: ClashKind
    severity: Severity
    items: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    people: tuple[int, ...] = ()  # persons who serve
    entries: tuple[int, ...] = ()  # members of a crowd
    stations: tuple[int, ...] = ()
    posts: tuple[int, ...] = ()
    has: int = 0  # what there is, and
    needs: int = 0  # what there should be: minutes, seats, people, as the kind says
