"""People to duties, with the caller's own ids: what is asked for, and what came out.

Times are whole minutes from any fixed moment, prices whole points. A task is one panel: the rules
of panels hold among the posts of one task. A person works in a sitting on any number of its tasks
(one after another), up to `Limits.in_sitting`; sittings that overlap exclude each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from scheduling.planner.duties.names import Rule

Prices = NDArray[np.integer]
NOBODY_BARRED: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Sitting:
    """Where somebody works at one time without a break; the limits on sittings count these."""

    id: int
    day: int
    starts: int
    ends: int  # the first minute that no longer belongs to it
    place: int = 0  # only to look up the way to another place


@dataclass(frozen=True, slots=True)
class Task:
    """What a panel does: an entry to judge, a room to watch, a class to teach."""

    id: int
    sitting: int
    units: frozenset[int] = frozenset()  # who takes part: people barred from one do not serve here
    seniors: int = 0  # at least so many seniors in the panel
    most_seniors: int | None = None
    weight: int = 1  # what it adds to the load of each who serves


@dataclass(frozen=True, slots=True)
class Post:
    """One chair of a task's panel."""

    id: int
    task: int
    office: str = ""  # "" : anybody
    needs_senior: bool = False
    panel: int | None = None  # tasks with this panel get the same people, office by office
    person: int | None = None  # this person and nobody else


@dataclass(frozen=True, slots=True)
class Person:
    """Who could serve, and what keeps them from it."""

    id: int
    units: frozenset[int] = frozenset()
    is_senior: bool = False
    offices: frozenset[str] = frozenset()
    away: tuple[tuple[int, int], ...] = ()  # minutes, half open
    most: int | None = None  # sittings in all
    most_a_day: int | None = None  # sittings
    barred_units: frozenset[int] = NOBODY_BARRED  # their own unit among them, if that recuses
    barred_tasks: frozenset[int] = NOBODY_BARRED  # own students, kin
    group: int = 0  # loads are compared within a group


@dataclass(frozen=True, slots=True)
class Limits:
    """What no plan may break."""

    per_unit: int | None = 1  # at most so many people of one unit in a panel
    in_sitting: int | None = None  # at most so many tasks for one person in one sitting
    rest: int = 0  # minutes between two sittings of one person
    travel: Mapping[tuple[int, int], int] = field(default_factory=dict)  # minutes, added to `rest`
    spread: int | None = None  # the largest load of a group less the smallest


@dataclass(frozen=True, slots=True)
class Wishes:
    """What each thing one would rather not have costs, in points."""

    balance: int = 1  # times (load - the group's mean, rounded) squared, for every person
    pairs: Prices | None = None  # (tasks, people): this person on this task; never negative
    sitting: int = 0  # for every sitting that somebody comes to: panels stay together
    day: int = 0  # for every day that somebody comes on
    move: int = 0  # for every post whose present person is replaced


@dataclass(frozen=True, slots=True)
class DutyProblem:
    """The whole question; `present` is the plan to start from, by post."""

    sittings: tuple[Sitting, ...]
    tasks: tuple[Task, ...]
    posts: tuple[Post, ...]
    people: tuple[Person, ...]
    limits: Limits = field(default_factory=Limits)
    wishes: Wishes = field(default_factory=Wishes)
    present: Mapping[int, int] = field(default_factory=dict)


class Why(StrEnum):
    """Why somebody does not fill a post that stayed open."""

    OFFICE = "office"  # does not hold it, or is no senior where one is needed
    RECUSAL = "recusal"
    AWAY = "away"
    FIXED = "fixed"  # the post is kept for somebody else
    PRESENT = "present"  # already in this panel
    UNIT = "unit"  # a colleague is in the panel
    SENIORS = "seniors"  # the panel waits for a senior, or has enough of them
    BUSY = "busy"  # elsewhere at that time, rest and travel included
    SITTINGS = "sittings"  # at their limit of sittings, or of tasks in one
    DAY = "day"  # at their limit for the day
    LOAD = "load"  # carries more than their share already
    FREE = "free"  # nothing speaks against them; more time would have found it


@dataclass(frozen=True, slots=True)
class OpenPost:
    """A post nobody could be found for: how many people each thing keeps from it."""

    post: int
    why: Mapping[Why, int]


@dataclass(frozen=True, slots=True)
class DutyResult:
    """The best plan: it breaks no limit but perhaps the spread; posts may be open."""

    servings: Mapping[int, int]  # post: person
    open_posts: tuple[OpenPost, ...]
    broken: Mapping[Rule, int]  # how far limits are missed; only the spread of loads can be
    cost: int
    parts: Mapping[str, int]  # pairs, balance, sittings, days, moves; sums to `cost`
    bound: int | None  # no plan costs less (flow without the rules of panels); None: not known
    moved: tuple[int, ...]  # posts whose present person is replaced
    suspects: Mapping[Rule, int]  # what the best plan broke before posts were left open
    steps: int
    seconds: float

    @property
    def feasible(self) -> bool:
        """Whether every post is filled and every limit is kept."""
        return not self.open_posts and not self.broken
