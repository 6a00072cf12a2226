"""Better places for what has one: exchanges and moves while it cools, the best plan is kept."""

from math import exp

from scheduling.planner.placing.search import TELL_EACH, Search, Where

EXCHANGES = 0.5  # of the tries
KNOWN_PLACES = 0.5  # of the moves go to places the track has already
WARM = 0.3  # the first temperature, in the dearest wish
COOL = 1e-9
WORSE = 20  # temperatures beyond which nothing is accepted


class Improvement:
    """Single items move and pairs change places, within the rules; it gets colder by the budget."""

    def __init__(self, search: Search) -> None:
        self.search, self.layout, self.prices = search, search.layout, search.prices
        self.random, self.field = search.random, search.field
        self.loose = [item for item in search.best if item not in search.pinned]
        self.fits: dict[tuple[int, int], bool] = {}

    def run(self, share: float) -> None:
        """Improve until the share of the budget is used up, then lay the best plan found."""
        budget, cost = self.search.budget, self.prices.total()
        least, began = cost, budget.used
        while self.loose and least > 0 and not budget.is_over(share):
            cooled = (budget.used - began) / max(COOL, share - began)
            cost += self._try(self.prices.dearest * WARM * max(0.0, 1 - cooled) ** 2 + COOL)
            if cost < least:
                least = cost
                self.search.remember()
            if budget.steps % TELL_EACH == 0:
                self.search.tell()
        self.search.restore()

    def _try(self, heat: float) -> int:
        """Try one change; what it added to the points."""
        item = self.random.choice(self.loose)
        if self.random.random() < EXCHANGES:
            other = self.random.choice(self.loose)
            return self._exchange(item, other, heat) if other != item else 0
        return self._move(item, heat)

    def _accepts(self, more: int, heat: float) -> bool:
        return more <= 0 or (more < WORSE * heat and self.random.random() < exp(-more / heat))

    def _price(self, item: int, where: Where) -> int:
        place, starts = where
        return self.prices.of_time(item, starts) + self.prices.of_place(item, place, starts)

    def _is_free(self, item: int, where: Where) -> bool:
        return not self.layout.in_the_way(item, *where)

    def _move(self, item: int, heat: float) -> int:
        now, new = self.layout.where(item), self._proposal(item)
        self.layout.lift(item)
        more = self._price(item, new) - self._price(item, now)
        taken = new if self._accepts(more, heat) and self._is_free(item, new) else now
        self.layout.put(item, *taken)
        return more if taken == new else 0

    def _proposal(self, item: int) -> Where:
        slot = self.field.slots[self.random.choice(self.field.slots_of[item])]
        facts = self.field.items[item]
        if self.random.random() < KNOWN_PLACES:
            used = self.layout.used[facts.track, facts.part]
            known = [place for place, times in used.items() if times]
            place = self.random.choice(known)
            if place in self.field.places_of[item]:
                return place, slot.starts
        return self.random.choice(self.field.places_of[item]), slot.starts

    def _exchange(self, item: int, other: int, heat: float) -> int:
        mine, theirs = self.layout.where(item), self.layout.where(other)
        if not (self._may_lie(item, theirs) and self._may_lie(other, mine)):
            return 0
        self.layout.lift(item)
        before = self._price(item, mine)
        self.layout.lift(other)
        before += self._price(other, theirs)
        more = self._price(other, mine) - before
        if self._is_free(other, mine):
            self.layout.put(other, *mine)
            more += self._price(item, theirs)
            if self._accepts(more, heat) and self._is_free(item, theirs):
                self.layout.put(item, *theirs)
                return more
            self.layout.lift(other)
        self.layout.put(other, *theirs)
        self.layout.put(item, *mine)
        return 0

    def _may_lie(self, item: int, where: Where) -> bool:
        """Whether the rules of an item alone allow a placing, as far as the shifts go."""
        place, starts = where
        if place not in self.field.places_of[item]:
            return False
        key = (item, starts)
        if key not in self.fits:
            slots = (self.field.slots[n] for n in self.field.slots_of[item])
            ends = starts + self.layout.minutes[item]
            self.fits[key] = any(s.starts <= starts and ends <= s.ends for s in slots)
        return self.fits[key]
