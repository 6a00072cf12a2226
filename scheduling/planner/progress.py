"""What a running planner tells, and how it is told to stop."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of a search at one moment: the best plan so far, not the one being tried."""

    best: float  # cost of the best plan, in the units of its problem
    seconds: float  # since the search began, by the clock it was given
    steps: int  # tried moves
    feasible: bool  # whether the best plan keeps every hard rule
    parts: Mapping[str, float] = field(default_factory=dict)  # the cost by wish; sums to `best`


Clock = Callable[[], float]  # seconds from any fixed moment
Report = Callable[[Progress], bool]  # False asks the search to stop and hand over its best


def silent(_progress: Progress) -> bool:
    """Nobody watches; go on."""
    return True
