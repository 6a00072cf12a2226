"""The judge of plans once more, by looking at every pair: slow, plain, and a second opinion."""

from collections.abc import Iterator
from itertools import combinations, pairwise

from eventsys.timetable.rules import (
    DAY,
    Clash,
    ClashKind,
    Item,
    Person,
    Plan,
    Post,
    Problem,
    Seat,
    StationState,
)


class Oracle:
    """Everything wrong with a plan, found by comparing everything with everything."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.rules = problem, problem.rules
        self.items = {one.id: one for one in problem.items}
        self.places = {one.id: one for one in problem.places}
        self.people = {one.id: one for one in problem.people}
        self.spots = {one.station: one for one in problem.spots}
        self.sitters = {one.entry: one for one in problem.sitters}
        self.placed = {one.item: one for one in plan.placings if one.item in self.items}
        posts = {one.id for one in problem.posts}
        self.server = {
            one.post: one.person
            for one in plan.servings
            if one.post in posts and one.person in self.people
        }
        self.seats = [seat for seat in plan.seats if seat.item in self.items]

    def span(self, item: int) -> tuple[int, int]:
        starts = self.placed[item].starts
        return starts, starts + self.items[item].minutes

    def overlap(self, one: int, other: int) -> bool:
        (a, b), (c, d) = self.span(one), self.span(other)
        return a < d and c < b

    def gap(self, one: int, other: int) -> int:
        (a, b), (c, d) = self.span(one), self.span(other)
        return max(a, c) - min(b, d) if b <= c or d <= a else -1

    def way(self, one: int, other: int) -> int:
        here = self.places.get(self.placed[one].place)
        there = self.places.get(self.placed[other].place)
        if not here or not there or here == there:
            return 0
        pair = (here.venue, there.venue)
        return self.rules.travel.get(pair, self.rules.travel.get(pair[::-1], 0))

    def all(self) -> set[tuple[object, ...]]:
        found = [
            *self.single_items(),
            *self.pairs(),
            *self.sharing(),
            *self.posts(),
            *self.duties(),
            *self.panels(),
            *self.seating(),
            *self.neighbours(),
        ]
        return {one for one in found if self.rules.looks_for(one[0])}

    def single_items(self) -> Iterator[tuple[object, ...]]:  # noqa: C901  a plain list of questions
        for item in self.problem.items:
            ids = (item.id,)
            if item.id not in self.placed:
                yield ClashKind.UNPLACED, ids
                continue
            placing, (starts, ends) = self.placed[item.id], self.span(item.id)
            if starts < 0 or ends > self.problem.days * DAY:
                yield ClashKind.OUTSIDE_DAYS, ids
            if item.fixed and item.fixed != placing:
                yield ClashKind.MOVED_FIXED, ids
            if item.slots is not None and not any(
                slot.id in item.slots and slot.starts <= starts and ends <= slot.ends
                for slot in self.problem.slots
            ):
                yield ClashKind.SLOT_FORBIDDEN, ids
            place = self.places.get(placing.place)
            if place is None or (item.places is not None and placing.place not in item.places):
                yield ClashKind.PLACE_FORBIDDEN, ids
            if place is None:
                continue
            if item.purpose not in ("", place.purpose):
                yield ClashKind.PLACE_PURPOSE, ids
            if not item.equipment <= place.equipment:
                yield ClashKind.PLACE_EQUIPMENT, ids
            if item.size > place.holds(item.vendor):
                yield ClashKind.PLACE_SMALL, ids
            if any(one.starts < ends and starts < one.ends for one in place.closed):
                yield ClashKind.PLACE_CLOSED, ids

    def pairs(self) -> Iterator[tuple[object, ...]]:  # noqa: C901  a plain list of questions
        for one, other in combinations(sorted(self.placed), 2):
            ids, a, b = (one, other), self.items[one], self.items[other]
            gap = self.gap(one, other)
            place = self.places.get(self.placed[one].place)
            if place and self.placed[other].place == place.id:
                if gap < 0 and (a.alone or b.alone):
                    yield ClashKind.PLACE_TAKEN, ids
                if 0 <= gap < place.reset:
                    yield ClashKind.PLACE_RESET, ids
            if (other in a.apart or one in b.apart) and gap < 0:
                yield ClashKind.APART, ids
            both = tuple(sorted(a.crowd & b.crowd))
            if both and gap < 0:
                yield ClashKind.CROWD_TWICE, ids, both
            if both and 0 <= gap < self.rules.rest:
                yield ClashKind.CROWD_REST, ids, both
            if both and 0 <= gap < self.way(one, other):
                yield ClashKind.CROWD_TRAVEL, ids, both
        for item in self.placed:
            for before in self.items[item].after:
                late = before in self.placed and self.span(before)[1] + self.rules.rest
                if before in self.placed and self.span(item)[0] < late:
                    yield ClashKind.ORDER, tuple(sorted({before, item}))

    def sharing(self) -> Iterator[tuple[object, ...]]:
        order = sorted(self.placed, key=lambda item: (*self.span(item), item))
        for n, item in enumerate(order):
            place = self.places.get(self.placed[item].place)
            together = [
                self.items[one]
                for one in order[: n + 1]
                if self.placed[one].place == self.placed[item].place
                and self.span(one)[1] > self.span(item)[0]
                and not self.items[one].alone
            ]
            if place is None or self.items[item].alone or len(together) < 2:
                continue
            for vendor in {"", self.items[item].vendor}:
                some = [one for one in together if not vendor or one.vendor == vendor]
                if len(some) > 1 and sum(one.size for one in some) > place.holds(vendor):
                    yield ClashKind.PLACE_SMALL, tuple(sorted(one.id for one in some))

    def posts(self) -> Iterator[tuple[object, ...]]:  # noqa: C901  a plain list of questions
        for post in self.problem.posts:
            if post.id not in self.server:
                continue
            person, item = self.people[self.server[post.id]], self.items[post.item]
            who = ((item.id,), (person.id,), (post.id,))
            if post.person not in (None, person.id):
                yield ClashKind.PERSON_FIXED, *who
            if post.office and post.office not in person.offices:
                yield ClashKind.OFFICE, *who
            if post.needs_senior and not person.is_senior:
                yield ClashKind.SENIOR, *who
            if post.office in self.rules.recused_offices:
                if item.units & (person.units | person.barred_units):
                    yield ClashKind.RECUSED_UNIT, *who
                if item.id in person.barred_items:
                    yield ClashKind.RECUSED_ITEM, *who
        for item in self.problem.items:
            yield from self.offices(item)

    def offices(self, item: Item) -> Iterator[tuple[object, ...]]:
        posts = [post for post in self.problem.posts if post.item == item.id]
        for office in {post.office for post in posts}:
            some = [post for post in posts if post.office == office]
            free = tuple(sorted(post.id for post in some if post.id not in self.server))
            if free and item.id in self.placed:
                yield ClashKind.UNFILLED, (item.id,), free
            has = len(some) - len(free)
            if office in self.rules.odd_offices and has and has % 2 == 0:
                yield ClashKind.PANEL_EVEN, (item.id,), office

    def duties(self) -> Iterator[tuple[object, ...]]:
        for person in self.problem.people:
            mine = [post for post in self.problem.posts if self.server.get(post.id) == person.id]
            if person.most is not None and len(mine) > person.most:
                yield ClashKind.LOAD, person.id, len(mine)
            days: dict[int, int] = {}
            for post in mine:
                if post.item in self.placed:
                    day = self.placed[post.item].starts // DAY
                    days[day] = days.get(day, 0) + 1
            for count in days.values():
                if person.most_a_day is not None and count > person.most_a_day:
                    yield ClashKind.DAY_LOAD, person.id, count
            yield from self.busy(person, mine)

    def busy(self, person: Person, mine: list[Post]) -> Iterator[tuple[object, ...]]:
        for post in mine:
            if post.item in self.placed:
                starts, ends = self.span(post.item)
                if any(one.starts < ends and starts < one.ends for one in person.away):
                    yield ClashKind.PERSON_AWAY, post.item, person.id
        served = [post.item for post in mine if post.item in self.placed]
        own = [
            one for one in self.placed if person.id in self.items[one].crowd and one not in served
        ]
        pairs = [*combinations(served, 2), *((a, b) for a in served for b in own)]
        for one, other in pairs:
            ids, gap = tuple(sorted({one, other})), self.gap(one, other)
            if gap < 0:
                yield ClashKind.PERSON_TWICE, ids, person.id
            if 0 <= gap < self.rules.duty_rest:
                yield ClashKind.PERSON_REST, ids, person.id
            if 0 <= gap < self.way(one, other):
                yield ClashKind.PERSON_TRAVEL, ids, person.id

    def panels(self) -> Iterator[tuple[object, ...]]:
        for panel in {post.panel for post in self.problem.posts if post.panel}:
            teams = []
            for item in self.problem.items:
                posts = [
                    post
                    for post in self.problem.posts
                    if post.panel == panel and post.item == item.id
                ]
                team = {self.server[post.id] for post in posts if post.id in self.server}
                units = [unit for one in team for unit in self.people[one].units]
                for unit in set(units):
                    if units.count(unit) > self.rules.most_per_unit:
                        same = tuple(sorted(p for p in team if unit in self.people[p].units))
                        yield ClashKind.PANEL_UNIT, (item.id,), same
                if posts and all(post.id in self.server for post in posts):
                    starts = self.placed[item.id].starts if item.id in self.placed else 10**9
                    teams.append((starts, item.id, team))
            teams.sort(key=lambda one: one[:2])
            for (_, before, were), (_, after, are) in pairwise(teams):
                if were != are:
                    yield ClashKind.PANEL_SPLIT, tuple(sorted((before, after))), panel

    def seating(self) -> Iterator[tuple[object, ...]]:  # noqa: C901  a plain list of questions
        seats = [seat for seat in self.seats if seat.item in self.placed]
        for seat in seats:
            spot, sitter = self.spots.get(seat.station), self.sitters.get(seat.entry)
            who = (seat.item,), (seat.entry,), (seat.station,)
            if spot is None or spot.place != self.placed[seat.item].place:
                yield ClashKind.STATION_ELSEWHERE, *who
                continue
            if spot.state is StationState.FAULTY:
                yield ClashKind.STATION_FAULTY, *who
            if sitter and sitter.vendor not in ("", spot.vendor):
                yield ClashKind.STATION_VENDOR, *who
        for one, other in combinations(seats, 2):
            same = one.item == other.item and one.entry == other.entry
            if one.station == other.station and not same and self.overlap(one.item, other.item):
                ids = tuple(sorted({one.item, other.item}))
                entries = tuple(sorted((one.entry, other.entry)))
                yield ClashKind.STATION_TAKEN, ids, entries, one.station
            if same:
                yield ClashKind.SEATED_TWICE, (one.item,), (one.entry,)
        with_spots = {spot.place for spot in self.problem.spots}
        for item, placing in self.placed.items():
            seated = {seat.entry for seat in seats if seat.item == item}
            missing = tuple(sorted((self.items[item].crowd & set(self.sitters)) - seated))
            if placing.place in with_spots and missing:
                yield ClashKind.UNSEATED, (item,), missing

    def neighbours(self) -> Iterator[tuple[object, ...]]:  # noqa: C901  a plain list of questions
        kinds = {
            ClashKind.NEIGHBOUR_UNIT: "unit",
            ClashKind.NEIGHBOUR_CLASS: "school_class",
            ClashKind.NEIGHBOUR_PAPER: "paper",
        }
        at: dict[tuple[int, int, int], Seat] = {}
        for seat in self.seats:
            spot = self.spots.get(seat.station)
            if seat.item not in self.placed or not spot or seat.entry not in self.sitters:
                continue
            if spot.place == self.placed[seat.item].place:
                at[seat.item, spot.row, spot.column] = seat
        found: dict[tuple[ClashKind, tuple[int, ...]], set[int]] = {}
        for (key, one), (other_key, other) in combinations(at.items(), 2):
            if abs(key[1] - other_key[1]) + abs(key[2] - other_key[2]) != 1:
                continue
            if self.placed[one.item].place != self.placed[other.item].place:
                continue
            if not self.overlap(one.item, other.item):
                continue
            for kind, field in kinds.items():
                mine = getattr(self.sitters[one.entry], field)
                if mine and mine == getattr(self.sitters[other.entry], field):
                    ids = tuple(sorted({one.item, other.item}))
                    found.setdefault((kind, ids), set()).update((one.entry, other.entry))
        for (kind, ids), entries in found.items():
            yield kind, ids, tuple(sorted(entries))


PEOPLE = {
    ClashKind.PERSON_TWICE,
    ClashKind.PERSON_REST,
    ClashKind.PERSON_TRAVEL,
}
ONE_PERSON = {
    ClashKind.PERSON_FIXED,
    ClashKind.OFFICE,
    ClashKind.SENIOR,
    ClashKind.RECUSED_UNIT,
    ClashKind.RECUSED_ITEM,
}
CROWDS = {
    ClashKind.CROWD_TWICE,
    ClashKind.CROWD_REST,
    ClashKind.CROWD_TRAVEL,
    ClashKind.SEATED_TWICE,
    ClashKind.UNSEATED,
    ClashKind.NEIGHBOUR_UNIT,
    ClashKind.NEIGHBOUR_CLASS,
    ClashKind.NEIGHBOUR_PAPER,
}
STATIONS = {
    ClashKind.STATION_ELSEWHERE,
    ClashKind.STATION_FAULTY,
    ClashKind.STATION_VENDOR,
}


def essence(problem: Problem, clash: Clash) -> tuple[object, ...]:
    """A clash in the oracle's words."""
    kind, posts = clash.kind, {post.id: post for post in problem.posts}
    if kind in PEOPLE:
        return kind, clash.items, clash.people[0]
    if kind in ONE_PERSON:
        return kind, clash.items, clash.people, clash.posts
    if kind in CROWDS:
        return kind, clash.items, clash.entries
    if kind in STATIONS:
        return kind, clash.items, clash.entries, clash.stations
    special: dict[ClashKind, tuple[object, ...]] = {
        ClashKind.UNFILLED: (clash.items, clash.posts),
        ClashKind.PANEL_EVEN: (clash.items, posts[clash.posts[0]].office if clash.posts else ""),
        ClashKind.LOAD: (*clash.people, clash.has),
        ClashKind.DAY_LOAD: (*clash.people, clash.has),
        ClashKind.PERSON_AWAY: (*clash.items, *clash.people),
        ClashKind.PANEL_UNIT: (clash.items, clash.people),
        ClashKind.PANEL_SPLIT: (clash.items, *{posts[one].panel for one in clash.posts}),
        ClashKind.STATION_TAKEN: (clash.items, clash.entries, *clash.stations),
    }
    return kind, *special.get(kind, (clash.items,))
