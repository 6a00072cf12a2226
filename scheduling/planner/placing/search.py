"""Iterative forward search: place what has no place, and let what is in the way look again."""

from collections import Counter
from collections.abc import Mapping
from heapq import heapify, heappop, heappush
from random import Random

from eventsys.timetable.rules import DAY
from scheduling.planner.budget import Budget
from scheduling.planner.placing.field import BEFORE, Field
from scheduling.planner.placing.layout import WALL, Bar, Layout
from scheduling.planner.placing.prices import LACKING, NOWHERE_NOW, Prices, fixed_of

ENOUGH = 24  # free placings looked at before one is chosen
PLACES = 12  # places tried in each shift
GUESSES = 48  # placings looked at when nothing is free
REPEATED = 3  # what coming back to the same placing costs, in items pushed away
TELL_EACH = 64

Where = tuple[int, int]


class Search:
    """One search over one problem, from the present plan or from another start."""

    def __init__(
        self,
        field: Field,
        budget: Budget,
        seed: int,
        start: Mapping[int, Where] | None = None,
    ) -> None:
        self.field, self.budget = field, budget
        self.layout = Layout(field)
        self.prices = Prices(field, self.layout)
        self.random = Random(seed)  # noqa: S311  a search, not a secret
        self.pushed = Counter[int]()  # how often an item was pushed away
        self.been: Counter[tuple[int, int, int]] = Counter()
        self.pinned: set[int] = set()
        self.hopeless: set[int] = set()
        self.depth = _depths(field)
        self.queue: list[tuple[int, int, int, int]] = []
        self.best: dict[int, Where] = {}
        self._begin(self.prices.present if start is None else start)

    def _begin(self, start: Mapping[int, Where]) -> None:
        for item in range(len(self.field.items)):
            fixed = fixed_of(self.field, item)
            if fixed is not None:
                self.pinned.add(item)
                if not self._lay(item, fixed):
                    self.hopeless.add(item)
            elif not (self.field.places_of[item] and self.field.slots_of[item]):
                self.hopeless.add(item)
        waiting = [n for n in range(len(self.field.items)) if n not in self.pinned]
        for item in sorted(waiting, key=lambda n: start.get(n, (0, 0))[1]):
            now = start.get(item)
            laid = now is not None and self._lay(item, now)
            if not laid and item not in self.hopeless:
                self.queue.append(self._key(item))
        heapify(self.queue)
        self.remember()

    def _lay(self, item: int, where: Where) -> bool:
        """Lay an item where somebody else wants it, if the rules allow that."""
        place, starts = where
        if place == NOWHERE_NOW or place not in self.field.places_of[item]:
            return False
        if not self._is_in_time(item, starts) or self.layout.in_the_way(item, place, starts):
            return False
        self.layout.put(item, place, starts)
        return True

    def _is_in_time(self, item: int, starts: int) -> bool:
        ends, facts = starts + self.layout.minutes[item], self.field.items[item]
        if facts.slots is None:
            return starts >= 0 and ends <= self.field.problem.days * DAY
        slots = (self.field.slots[n] for n in self.field.slots_of[item])
        return any(slot.starts <= starts and ends <= slot.ends for slot in slots)

    def _key(self, item: int) -> tuple[int, int, int, int]:
        options = len(self.field.places_of[item]) * len(self.field.slots_of[item])
        return self.depth[item], options - 4 * self.pushed[item], -self.field.items[item].size, item

    # ---- first a place for each

    def place_all(self, share: float) -> bool:
        """Place what has no place until nothing waits or the share of the budget is used up."""
        while self.queue and not self.budget.is_over(share):
            item = heappop(self.queue)[-1]
            where = self._free(item) or self._forced(item)
            if where is None:
                heappush(self.queue, self._key(item))
                continue
            self.layout.put(item, *where)
            self.been[item, *where] += 1
            if self._waiting() < len(self.field.items) - len(self.best):
                self.remember()
            if self.budget.steps % TELL_EACH == 0:
                self.tell()
        return not self.queue

    def _waiting(self) -> int:
        return len(self.queue) + len(self.hopeless)

    def remember(self) -> None:
        """Keep what lies on the board as the best."""
        placed = range(len(self.field.items))
        self.best = {n: self.layout.where(n) for n in placed if self.layout.is_placed(n)}

    @property
    def worth(self) -> tuple[int, int]:
        """What lies on the board misses: items without a place, then points; fewer is better."""
        return len(self.field.items) - len(self.best), self.prices.total()

    def restore(self) -> None:
        """Lay the best plan found, and once more whatever still fits beside it."""
        for item in range(len(self.field.items)):
            self.layout.lift(item)
        for item, where in self.best.items():
            self.layout.put(item, *where)
        left = [n for n in range(len(self.field.items)) if n not in self.best]
        for item in left:
            where = None if item in self.hopeless else self._free(item)
            if where is not None:
                self.layout.put(item, *where)
        self.remember()
        self.queue = [
            self._key(n) for n in left if n not in self.hopeless and not self.layout.is_placed(n)
        ]
        heapify(self.queue)

    def tell(self) -> None:
        """Report how far it is."""
        if self.budget.is_due:
            unplaced = len(self.field.items) - len(self.best)
            posts, points = len(self.field.problem.posts), self.prices.total()
            parts = {"unplaced": unplaced, "posts": posts, "points": points}
            self.budget.tell(LACKING * (unplaced + posts) + points, parts, feasible=False)

    def _free(self, item: int) -> Where | None:
        """The cheapest placing found in nobody's way."""
        best: tuple[float, Where] | None = None
        bars: dict[int, list[Bar]] = {}
        found = 0
        for slot in self._slots(item):
            for place in self._places(item):
                starts = self._first_start(item, place, slot, bars)
                if starts is None:
                    continue
                price = self.price(item, place, starts)
                if best is None or price < best[0]:
                    best = (price, (place, starts))
                found += price < LACKING
            if found >= ENOUGH:
                break
        return best and best[1]

    def price(self, item: int, place: int, starts: int) -> float:
        """The points of a placing; of two alike the smaller room, then the lot decides."""
        facts = self.field.items[item]
        spare = self.field.places[place].holds(facts.vendor) - facts.size
        price = self.prices.of_time(item, starts) + self.prices.of_place(item, place, starts)
        return price + min(max(spare, 0), 500) / 1000 + self.random.random() / 100

    def _first_start(
        self, item: int, place: int, slot: int, bars: dict[int, list[Bar]]
    ) -> int | None:
        venue = self.layout.venues[place] if self.layout.travels else 0
        if venue not in bars:
            bars[venue] = self.layout.bars_of_people(item, venue)
        own = self.layout.bars_of_place(item, place, self.layout.days_of(slot))
        return self.layout.first_start(item, place, slot, own + bars[venue])

    def _slots(self, item: int) -> tuple[int, ...]:
        return self.field.slots_of[item]

    def _places(self, item: int) -> list[int]:
        places = self.field.places_of[item]
        if len(places) <= PLACES:
            return list(places)
        facts = self.field.items[item]
        used = self.layout.used[facts.track, facts.part]
        known = [place for place, times in used.items() if times and place in places][:PLACES]
        present = self.prices.present.get(item, (NOWHERE_NOW, 0))[0]
        return [*({present} & set(places)), *known, *self.random.sample(places, PLACES)]

    def _forced(self, item: int) -> Where | None:
        """The placing that pushes away the fewest, and those who were pushed least; they go."""
        best: tuple[float, Where, set[int]] | None = None
        for place, starts in self._guesses(item):
            away = self.layout.in_the_way(item, place, starts)
            if WALL in away or not self.pinned.isdisjoint(away):
                continue
            cost = sum(1 + self.pushed[one] for one in away) + self.random.random()
            cost += REPEATED * self.been[item, place, starts]
            if best is None or cost < best[0]:
                best = (cost, (place, starts), away)
        if best is None:
            return None
        for one in sorted(best[2]):
            self.layout.lift(one)
            self.pushed[one] += 1
            heappush(self.queue, self._key(one))
        return best[1]

    def _guesses(self, item: int) -> list[Where]:
        guesses = []
        for _ in range(GUESSES):
            slot = self.field.slots[self.random.choice(self.field.slots_of[item])]
            place = self.random.choice(self.field.places_of[item])
            last = slot.ends - self.layout.minutes[item]
            guesses.append((place, self.random.choice((slot.starts, slot.starts, last))))
        return guesses


def _depths(field: Field) -> list[int]:
    """How many items must come one after another before each."""
    before = [[link.other for link in links if link.order == BEFORE] for links in field.links]
    depth = [0] * len(before)
    for _ in range(len(before)):
        longer = [max((depth[one] + 1 for one in some), default=0) for some in before]
        if longer == depth or max(longer, default=0) > len(before):
            break
        depth = longer
    return depth
