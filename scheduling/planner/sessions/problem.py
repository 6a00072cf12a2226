"""What is to be planned: sessions (exams) to periods and rooms, in plain arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

NOWHERE = -1  # the period or room of a session that has none


def no_pairs() -> Ints:
    """Give an empty list of pairs of sessions, shape (0, 2)."""
    return np.zeros((0, 2), dtype=np.int64)


@dataclass(frozen=True)
class Weights:
    """What each thing people would rather not have costs, in points of the objective.

    ``spread`` is a width in periods: each person's pair of sessions at most that far apart costs
    ``spread_price``. Front load: each of the ``front_load_largest`` biggest sessions costs
    ``front_load_price`` when it sits in one of the last ``front_load_periods`` periods.
    """

    two_in_a_row: int = 0
    two_in_a_day: int = 0
    spread: int = 0
    spread_price: int = 1
    mixed_durations: int = 0
    front_load_largest: int = 0
    front_load_periods: int = 0
    front_load_price: int = 0


@dataclass(frozen=True)
class Present:
    """The plan that stands: shape (sessions,) each, ``NOWHERE`` where a session has no place.

    ``price`` is what each session that sits elsewhere than here costs.
    """

    periods: Ints
    rooms: Ints
    price: int = 0


@dataclass(frozen=True)
class SessionProblem:
    """Sessions to periods and rooms; all prices are non-negative integers.

    Shapes: S sessions, P periods in order of time, R rooms. ``shared`` lists pairs of sessions
    with people in common, shape (n, 3): session, session, number of people; such pairs never meet
    in one period. ``after``, shape (n, 2): the first sits in a later period than the second.
    ``apart``: never in one period; ``together``: in one period (not asked of pairs that share
    people). ``alone``: sessions that share their room with nobody. Masks say what is allowed.
    ``nearness`` (P, P) replaces what ``weights`` says about a person's pairs of sessions.
    """

    durations: Ints
    sizes: Ints
    period_days: Ints
    period_lengths: Ints
    period_prices: Ints
    room_seats: Ints
    room_prices: Ints
    shared: Ints
    weights: Weights = field(default_factory=Weights)
    after: Ints = field(default_factory=no_pairs)
    apart: Ints = field(default_factory=no_pairs)
    together: Ints = field(default_factory=no_pairs)
    alone: Mask | None = None
    rooms_shared: bool = True
    allowed_periods: Mask | None = None
    allowed_rooms: Mask | None = None
    open_rooms: Mask | None = None
    period_wishes: Ints | None = None
    room_wishes: Ints | None = None
    nearness: Ints | None = None
    present: Present | None = None

    @property
    def sessions(self) -> int:
        """How many sessions there are."""
        return len(self.durations)

    @property
    def periods(self) -> int:
        """How many periods there are."""
        return len(self.period_days)

    @property
    def rooms(self) -> int:
        """How many rooms there are."""
        return len(self.room_seats)


@dataclass(frozen=True)
class SessionPlan:
    """An answer: where each session sits and what that costs.

    ``unplaced`` sessions have ``NOWHERE``; ``broken`` counts broken hard
    rules by name. ``parts`` is the cost by name of what people would rather not have; ``steps``
    moves were tried in ``seconds``.
    """

    periods: Ints
    rooms: Ints
    cost: int
    parts: dict[str, int]
    broken: dict[str, int]
    unplaced: tuple[int, ...]
    steps: int
    seconds: float

    @property
    def feasible(self) -> bool:
        """Whether every session has a place and every hard rule holds."""
        return not self.broken


def people_in_common(sessions: Sequence[Iterable[int]]) -> Ints:
    """Count for each pair of sessions the people in both: rows (session, session, people)."""
    sessions_of: dict[int, list[int]] = {}
    for session, people in enumerate(sessions):
        for person in set(people):
            sessions_of.setdefault(person, []).append(session)
    counts: dict[tuple[int, int], int] = {}
    for own in sessions_of.values():
        for pair in combinations(own, 2):
            counts[pair] = counts.get(pair, 0) + 1
    rows = [(first, second, people) for (first, second), people in sorted(counts.items())]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)
