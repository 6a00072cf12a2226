"""What it costs to lay an item somewhere: the wishes, the present plan, and who could serve."""

from collections import Counter
from collections.abc import Mapping

from eventsys.timetable.rules import DAY, Problem, WishKind
from scheduling.planner.placing.field import Field
from scheduling.planner.placing.layout import Layout

HALF_DAY = DAY // 2
LACKING = 1000  # points for each post nobody is left for
NOWHERE_NOW = -1


class Prices:
    """The points of single placings, near enough to steer a search; `points` counts exactly."""

    def __init__(self, field: Field, layout: Layout) -> None:
        self.field, self.layout = field, layout
        weights = Counter[WishKind]()
        for wish in field.problem.wishes:
            weights[wish.kind] += wish.weight
        self.early = weights[WishKind.EARLY]
        self.late = weights[WishKind.NO_LATE_SHIFT]
        self.same = weights[WishKind.SAME_PLACE]
        self.venues = weights[WishKind.FEW_VENUES]
        self.gap = weights[WishKind.GAP]
        self.move = field.problem.move_price + weights[WishKind.MOVE_LITTLE]
        self.dearest = max(self.early, self.late, self.same, self.venues, self.gap, self.move)
        self.present = present_of(field)
        self.needs = needs_of(field.problem)
        self.able: dict[tuple[str, int, int], int] = {}

    def of_time(self, item: int, starts: int) -> int:
        """What a start costs, wherever the item lies."""
        ends, facts = starts + self.layout.minutes[item], self.field.problem.rules
        price = self.early * (starts // HALF_DAY)
        price += self.late * (ends - starts // DAY * DAY > facts.late)
        if self.gap:
            price += self.gap * self._close(item, starts, ends)
        return price + LACKING * self._lacking(item, starts, ends)

    def of_place(self, item: int, place: int, starts: int) -> int:
        """What a place costs at a time."""
        facts, price = self.field.items[item], 0
        if self.same:
            used = self.layout.used[facts.track, facts.part]
            price += self.same * (not used.get(place))
        if self.venues:
            price += self.venues * self._elsewhere(item, place, starts)
        present = self.present.get(item)
        if present and present != (place, starts):
            price += self.move
        return price

    def total(self) -> int:
        """The points of everything that lies on the board."""
        layout = self.layout
        spread = sum(sum(times > 0 for times in used.values()) - 1 for used in layout.used.values())
        return self.same * max(0, spread) + sum(
            self.of_time(item, layout.starts[item])
            + self.of_place(item, layout.place[item], layout.starts[item])
            for item in range(len(layout.starts))
            if layout.is_placed(item)
        )

    def _close(self, item: int, starts: int, ends: int) -> int:
        gap, close = self.field.problem.rules.gap, 0
        for link in self.field.links[item]:
            other = self.layout.starts[link.other]
            if self.layout.is_placed(link.other):
                after = other + self.layout.minutes[link.other]
                close += 0 <= starts - after < gap or 0 <= other - ends < gap
        return close

    def _elsewhere(self, item: int, place: int, starts: int) -> int:
        venues, day = self.layout.venues, starts // DAY
        return sum(
            self.layout.is_placed(link.other)
            and self.layout.starts[link.other] // DAY == day
            and venues[self.layout.place[link.other]] != venues[place]
            for link in self.field.links[item]
            if link.travels
        )

    def _lacking(self, item: int, starts: int, ends: int) -> int:
        """Posts of the item for which too few people of their office are there and free."""
        short = 0
        for office, needed in self.needs.get(item, {}).items():
            busy = 0
            for other in self.layout.on_day.get(starts // DAY, ()):
                began = self.layout.starts[other]
                if other != item and began < ends and starts < began + self.layout.minutes[other]:
                    busy += self.needs.get(other, {}).get(office, 0)
            short += max(0, busy + needed - self._able(office, starts, ends))
        return short

    def _able(self, office: str, starts: int, ends: int) -> int:
        key = (office, starts, ends)
        if key not in self.able:
            self.able[key] = sum(
                (not office or office in person.offices)
                and not any(s.starts < ends and starts < s.ends for s in person.away)
                for person in self.field.problem.people
            )
        return self.able[key]


def present_of(field: Field) -> dict[int, tuple[int, int]]:
    """The place and start of each item at present; a place that is lost is ``NOWHERE_NOW``."""
    plan = field.problem.present
    return {
        field.position[one.item]: (field.place_at.get(one.place, NOWHERE_NOW), one.starts)
        for one in (plan.placings if plan else ())
        if one.item in field.position
    }


def needs_of(problem: Problem) -> Mapping[int, Counter[str]]:
    """How many people of each office an item needs besides those fixed; empty if nobody serves."""
    needs: dict[int, Counter[str]] = {}
    position = {item.id: n for n, item in enumerate(problem.items)}
    for post in problem.posts:
        if post.item in position:
            needs.setdefault(position[post.item], Counter())[post.office] += 1
    return needs


def fixed_of(field: Field, item: int) -> tuple[int, int] | None:
    """Where a fixed item must lie; ``NOWHERE_NOW`` if its place does not exist."""
    fixed = field.fixed[item]
    if fixed is None:
        return None
    return field.place_at.get(fixed.place, NOWHERE_NOW), fixed.starts
