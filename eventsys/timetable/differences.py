"""What is otherwise in one plan than in another, as values that words can be made of."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from eventsys.timetable.rules import Placing, Plan, Problem

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class PlacingChange:
    """An item lies elsewhere or at another time; ``None`` is the tray."""

    item: int
    before: Placing | None
    after: Placing | None


@dataclass(frozen=True, slots=True)
class ServingChange:
    """Somebody else serves; ``None`` is nobody."""

    post: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class SeatChange:
    """An entry sits elsewhere during an item; ``None`` is no seat."""

    entry: int
    item: int
    before: int | None
    after: int | None


Change = PlacingChange | ServingChange | SeatChange


def differences(before: Plan, after: Plan) -> list[Change]:
    """Everything that differs: first items, then duties, then seats, each by ascending ids."""
    placings = _changed(_placings(before), _placings(after))
    servings = _changed(_servings(before), _servings(after))
    seats = _changed(_seats(before), _seats(after))
    return [
        *(PlacingChange(item, was, now) for item, was, now in placings),
        *(ServingChange(post, was, now) for post, was, now in servings),
        *(SeatChange(entry, item, was, now) for (item, entry), was, now in seats),
    ]


def moved(problem: Problem, plan: Plan) -> list[Change]:
    """What has its place at present and loses or changes it; new things do not count as moved."""
    if problem.present is None:
        return []
    changes = differences(problem.present, plan)
    return [change for change in changes if change.before is not None]


def _placings(plan: Plan) -> dict[int, Placing]:
    return {one.item: one for one in plan.placings}


def _servings(plan: Plan) -> dict[int, int]:
    return {one.post: one.person for one in plan.servings}


def _seats(plan: Plan) -> dict[tuple[int, int], int]:
    return {(one.item, one.entry): one.station for one in plan.seats}


def _changed(before: Mapping[K, V], after: Mapping[K, V]) -> Iterator[tuple[K, V | None, V | None]]:
    for key in sorted(before.keys() | after.keys()):  # type: ignore  # keys are ints or pairs of them
        if before.get(key) != after.get(key):
            yield key, before.get(key), after.get(key)
