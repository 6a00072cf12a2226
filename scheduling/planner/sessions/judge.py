"""What a plan costs and which hard rules it breaks, recomputed from the problem alone."""

from collections import Counter

import numpy as np

from scheduling.planner.sessions.facts import allowed_places, late_large, nearness
from scheduling.planner.sessions.problem import NOWHERE, Ints, SessionProblem


def cost_parts(problem: SessionProblem, periods: Ints, rooms: Ints) -> dict[str, int]:
    """Price a plan by what people would rather not have; unplaced sessions cost nothing."""
    placed = periods != NOWHERE
    who = np.flatnonzero(placed)
    one, other, people = (problem.shared.reshape(-1, 3)[:, column] for column in range(3))
    both = placed[one] & placed[other]
    near = nearness(problem)[periods[one[both]], periods[other[both]]] * people[both]
    parts = {
        "people": int(near.sum()),
        "front_load": int(late_large(problem)[who, periods[who]].sum()),
        "periods": int(problem.period_prices[periods[who]].sum()),
        "rooms": int(problem.room_prices[rooms[who]].sum()),
        "mixed_durations": problem.weights.mixed_durations * mixed(problem, periods, rooms),
    }
    if problem.period_wishes is not None or problem.room_wishes is not None:
        parts["wishes"] = wishes(problem, periods, rooms)
    if problem.present is not None:
        parts["moved"] = problem.present.price * moved(problem, periods, rooms)
    return parts


def mixed(problem: SessionProblem, periods: Ints, rooms: Ints) -> int:
    """Count the different durations beyond the first in each room and period."""
    places: dict[tuple[int, int], set[int]] = {}
    for session in np.flatnonzero(periods != NOWHERE).tolist():
        place = (int(periods[session]), int(rooms[session]))
        places.setdefault(place, set()).add(int(problem.durations[session]))
    return sum(len(durations) - 1 for durations in places.values())


def wishes(problem: SessionProblem, periods: Ints, rooms: Ints) -> int:
    """Price the wishes for periods and rooms."""
    who = np.flatnonzero(periods != NOWHERE)
    price = 0
    if problem.period_wishes is not None:
        price += int(problem.period_wishes[who, periods[who]].sum())
    if problem.room_wishes is not None:
        price += int(problem.room_wishes[who, rooms[who]].sum())
    return price


def moved(problem: SessionProblem, periods: Ints, rooms: Ints) -> int:
    """Count the sessions that sit elsewhere than in the present plan."""
    if problem.present is None:
        return 0
    known = (problem.present.periods != NOWHERE) & (periods != NOWHERE)
    elsewhere = (problem.present.periods != periods) | (problem.present.rooms != rooms)
    return int((known & elsewhere).sum())


def broken_rules(problem: SessionProblem, periods: Ints, rooms: Ints) -> Counter[str]:
    """Count what is broken of each hard rule."""
    placed = periods != NOWHERE
    who = np.flatnonzero(placed)
    broken: Counter[str] = Counter(unplaced=int((~placed).sum()))
    broken["period"] = int((~allowed_places(problem)[who, periods[who]]).sum())
    if problem.allowed_rooms is not None:
        broken["room"] = int((~problem.allowed_rooms[who, rooms[who]]).sum())
    if problem.open_rooms is not None:
        broken["closed"] = int((~problem.open_rooms[periods[who], rooms[who]]).sum())
    for name, pairs in (("clash", problem.shared[:, :2]), ("apart", problem.apart)):
        one, other = pairs[:, 0], pairs[:, 1]
        broken[name] = int((placed[one] & (periods[one] == periods[other])).sum())
    later, earlier = problem.after[:, 0], problem.after[:, 1]
    both = placed[later] & placed[earlier]
    broken["after"] = int((both & (periods[later] <= periods[earlier])).sum())
    broken["together"] = parted(problem, periods)
    broken["seats"], broken["alone"] = crowding(problem, periods, rooms)
    return +broken


def parted(problem: SessionProblem, periods: Ints) -> int:
    """Count the pairs that should sit together, do not, and share no people."""
    sharing = {frozenset(pair) for pair in problem.shared[:, :2].tolist()}
    asked = {frozenset(pair) for pair in problem.together.tolist()} - sharing
    return sum(len({int(periods[session]) for session in pair}) > 1 for pair in asked)


def crowding(problem: SessionProblem, periods: Ints, rooms: Ints) -> tuple[int, int]:
    """Count the rooms with more people than seats, and those shared that must not be."""
    who = np.flatnonzero(periods != NOWHERE)
    place = (periods[who], rooms[who])
    shape = (problem.periods, problem.rooms)
    seated, count, lone = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    np.add.at(seated, place, problem.sizes[who])
    np.add.at(count, place, 1)
    if problem.alone is not None:
        np.add.at(lone, place, problem.alone[who])
    if not problem.rooms_shared:
        lone = count
    too_many = int((seated > problem.room_seats[None, :]).sum())
    return too_many, int(((count > 1) & (lone > 0)).sum())
