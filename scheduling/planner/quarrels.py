"""Finding who is to blame: leave rules out one by one, and try what would help."""

from collections.abc import Iterator
from dataclasses import replace

from eventsys.timetable.rules import DAY, Item, Placing, Plan, Problem, Slot
from scheduling.planner.budget import Budget
from scheduling.planner.conflict import Conflict, Relaxation, Way
from scheduling.planner.placing.field import Field
from scheduling.planner.placing.groups import Group
from scheduling.planner.placing.search import Search

STEPS = 300  # of each trial, and
STEPS_EACH = 6  # for each item that has to find a place anew
WAYS = 3  # enough ways out to choose from
RELEASED = 8  # fixed items tried


def quarrel(
    problem: Problem, placings: tuple[Placing, ...], budget: Budget, seed: int
) -> Conflict | None:
    """Why some items have no place: rules that do not hold together, and what would help."""
    placed = {placing.item for placing in placings}
    left = tuple(item.id for item in problem.items if item.id not in placed)
    if not left:
        return None
    whole, trial = around(problem, placings, set(left)), _Trial(budget, seed)
    rest = frozenset(left[1:])
    first = replace(whole, items=tuple(item for item in whole.items if item.id not in rest))
    groups = _to_blame(trial, whole) or _to_blame(trial, first)
    ways = _helping(trial, whole, left)
    if not ways and rest:  # several causes: what would help the first of them
        ways = _helping(trial, first, left[:1])
    return Conflict(groups, left, tuple(ways))


def _helping(trial: "_Trial", problem: Problem, left: tuple[int, ...]) -> list[Relaxation]:
    ways: list[Relaxation] = []
    for way, eased in _ways(problem, left):
        if len(ways) == WAYS or trial.budget.is_over():
            break
        if trial.succeeds(eased):
            ways.append(way)
    return ways


class _Trial:
    """Small searches from the plan that was found."""

    def __init__(self, budget: Budget, seed: int) -> None:
        self.budget, self.seed = budget, seed

    def succeeds(self, problem: Problem, without: frozenset[Group] = frozenset()) -> bool:
        """Whether everything finds a place in a short search."""
        steps = STEPS + STEPS_EACH * len(problem.items)
        small = Budget(
            seconds=self.budget.left,
            steps=steps if self.budget.most is None else min(steps, self.budget.most),
            clock=self.budget.clock,
            report=lambda _state: not self.budget.is_stopped,
        )
        search = Search(Field(problem, without), small, self.seed)
        return not search.hopeless and search.place_all(1.0)


def _to_blame(trial: _Trial, problem: Problem) -> tuple[Group, ...]:
    """A set of rule families none of which can be spared (deletion filter); none if all fail."""
    if not trial.succeeds(problem, frozenset(Group)):
        return ()
    spared: set[Group] = set()
    for group in Group:
        if trial.budget.is_stopped:
            break
        if not trial.succeeds(problem, frozenset({*spared, group})):
            spared.add(group)
    return tuple(group for group in Group if group not in spared)


def around(problem: Problem, placings: tuple[Placing, ...], left: set[int]) -> Problem:
    """The part of a problem that has to do with some items: who shares people or places."""
    field = Field(problem)
    users: dict[int, list[int]] = {}
    for item, places in enumerate(field.places_of):
        for place in places:
            users.setdefault(place, []).append(item)
    seen = {field.position[item] for item in left}
    todo, places = list(seen), set[int]()
    while todo:
        item = todo.pop()
        near = {link.other for link in field.links[item]}
        for place in set(field.places_of[item]) - places:
            near.update(users[place])
        places.update(field.places_of[item])
        todo.extend(near - seen)
        seen |= near
    items = tuple(item for n, item in enumerate(field.items) if n in seen)
    ids = {item.id for item in items}
    return replace(
        problem,
        items=items,
        posts=tuple(post for post in problem.posts if post.item in ids),
        present=Plan(tuple(placing for placing in placings if placing.item in ids)),
    )


# ---- ways out


def _ways(problem: Problem, left: tuple[int, ...]) -> Iterator[tuple[Relaxation, Problem]]:
    """What might help, the cheapest first, with the problem as it would be."""
    items = {item.id: item for item in problem.items}
    yield from _releases(problem)
    yield from _openings(problem)
    if problem.rules.rest:
        rules = replace(problem.rules, rest=0)
        yield Relaxation(Way.REST, count=problem.rules.rest), replace(problem, rules=rules)
    yield from _larger(problem, items[left[0]])
    yield from _shifts(problem)
    for item in (items[one] for one in left if items[one].after):
        eased = replace(item, after=())
        yield Relaxation(Way.ORDER, item=item.id), _with_item(problem, eased)
    yield from _more_places(problem, items[left[0]])


def _with_item(problem: Problem, item: Item) -> Problem:
    return replace(
        problem, items=tuple(item if one.id == item.id else one for one in problem.items)
    )


def _releases(problem: Problem) -> Iterator[tuple[Relaxation, Problem]]:
    fixed = [item for item in problem.items if item.fixed is not None]
    for item in fixed[:RELEASED]:
        yield Relaxation(Way.RELEASE, item=item.id), _with_item(problem, replace(item, fixed=None))


def _openings(problem: Problem) -> Iterator[tuple[Relaxation, Problem]]:
    for place in problem.places:
        if place.closed:
            places = tuple(
                replace(one, closed=()) if one.id == place.id else one for one in problem.places
            )
            yield Relaxation(Way.OPEN, place=place.id), replace(problem, places=places)


def _larger(problem: Problem, item: Item) -> Iterator[tuple[Relaxation, Problem]]:
    """More stations or seats where the least is lacking for an item that is too large."""
    field = Field(problem, frozenset({Group.SEATS, Group.VENDORS}))
    suited = [field.places[n] for n in field.places_of[field.position[item.id]]]
    if not suited:
        return
    best = max(suited, key=lambda place: (place.holds(item.vendor), -place.id))
    lacking = item.size - best.holds(item.vendor)
    if lacking <= 0:
        return
    vendors = {"", item.vendor} if best.stations or item.vendor else set()
    stations = {**best.stations, **{v: best.stations.get(v, 0) + lacking for v in vendors}}
    larger = replace(best, seats=best.seats + lacking, stations=stations)
    places = tuple(larger if one.id == best.id else one for one in problem.places)
    way = Way.STATIONS if item.vendor else Way.SEATS
    found = Relaxation(way, place=best.id, count=lacking, vendor=item.vendor)
    yield found, replace(problem, places=places)


def _shifts(problem: Problem) -> Iterator[tuple[Relaxation, Problem]]:
    """One more shift at the end of each day, as long as the day's longest."""
    for day in sorted({slot.day for slot in problem.slots}):
        today = [slot for slot in problem.slots if slot.day == day]
        starts = max(slot.ends for slot in today)
        length = max(slot.ends - slot.starts for slot in today)
        starts += problem.rules.rest
        if starts + length > (day + 1) * DAY:
            continue
        number = max(slot.id for slot in problem.slots) + 1
        slots = (*problem.slots, Slot(number, day, starts, starts + length))
        items = tuple(
            replace(item, slots=item.slots and item.slots | {number}) for item in problem.items
        )
        yield Relaxation(Way.SHIFT, day=day), replace(problem, slots=slots, items=items)


def _more_places(problem: Problem, item: Item) -> Iterator[tuple[Relaxation, Problem]]:
    field = Field(problem)
    fitting = field.places_of[field.position[item.id]]
    if not fitting:
        return
    like = field.places[fitting[0]]
    number = max(place.id for place in problem.places) + 1
    places = (*problem.places, replace(like, id=number, closed=()))
    items = tuple(
        replace(one, places=one.places | {number})
        if one.places is not None and like.id in one.places
        else one
        for one in problem.items
    )
    yield Relaxation(Way.PLACE, place=like.id), replace(problem, places=places, items=items)
