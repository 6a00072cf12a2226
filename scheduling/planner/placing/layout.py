"""Where everything lies at one moment of the search, and what stands in the way of a move."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from eventsys.timetable.rules import DAY, Placing
from scheduling.planner.placing.field import AFTER, BEFORE, Field
from scheduling.planner.placing.groups import Group

FAR = 10**9
WALL = -1  # what nobody can move: closed, away, fixed


@dataclass(frozen=True, slots=True)
class Bar:
    """Starts strictly between ``low`` and ``high`` are barred by an item, or by a wall."""

    low: int
    high: int
    by: int


class Layout:
    """The search's own board: items by position, quick to ask and to change."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.minutes = [item.minutes for item in field.items]
        self.starts = [-1] * len(field.items)
        self.place = [-1] * len(field.items)
        self.in_place: dict[tuple[int, int], set[int]] = defaultdict(set)  # (place, day) -> items
        self.on_day: dict[int, set[int]] = defaultdict(set)
        self.venues = [place.venue for place in field.places]
        self.travels = bool(field.problem.rules.travel) and Group.REST not in field.without
        self.shares = [not item.alone for item in field.items]
        self.used: dict[tuple[int, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))

    # ---- changes

    def put(self, item: int, place: int, starts: int) -> None:
        """Lay an item that lies nowhere."""
        self.starts[item], self.place[item] = starts, place
        for day in self._days(item, starts):
            self.in_place[place, day].add(item)
            self.on_day[day].add(item)
        facts = self.field.items[item]
        self.used[facts.track, facts.part][place] += 1

    def lift(self, item: int) -> None:
        """Take an item off the board, if it lies there."""
        starts, place = self.starts[item], self.place[item]
        if place < 0:
            return
        for day in self._days(item, starts):
            self.in_place[place, day].discard(item)
            self.on_day[day].discard(item)
        facts = self.field.items[item]
        self.used[facts.track, facts.part][place] -= 1
        self.starts[item] = self.place[item] = -1

    def is_placed(self, item: int) -> bool:
        """Whether an item lies on the board."""
        return self.place[item] >= 0

    def where(self, item: int) -> tuple[int, int]:
        """The place and start of an item."""
        return self.place[item], self.starts[item]

    def placings(self) -> tuple[Placing, ...]:
        """What lies on the board, in the words of plans."""
        items, places = self.field.items, self.field.places
        return tuple(
            Placing(items[n].id, places[self.place[n]].id, self.starts[n])
            for n in range(len(items))
            if self.place[n] >= 0
        )

    def _days(self, item: int, starts: int) -> range:
        return range(starts // DAY, (starts + self.minutes[item] - 1) // DAY + 1)

    # ---- what stands in the way

    def bars_of_people(self, item: int, venue: int) -> list[Bar]:
        """What others who share people with an item, or must come first or last, leave of time."""
        minutes, bars = self.minutes[item], []
        for link in self.field.links[item]:
            starts = self.starts[link.other]
            if self.place[link.other] < 0:
                continue
            gap = link.gap
            if link.travels and self.travels:
                there = self.venues[self.place[link.other]]
                gap = max(gap, self.field.problem.rules.travel_between(venue, there))
            low = -FAR if link.order == BEFORE else starts - minutes - gap
            high = FAR if link.order == AFTER else starts + self.minutes[link.other] + gap
            bars.append(Bar(low, high, link.other))
        bars.extend(Bar(s.starts - minutes, s.ends, WALL) for s in self.field.away[item])
        return bars

    def bars_of_place(self, item: int, place: int, days: Iterable[int]) -> list[Bar]:
        """What other sessions and closures leave of a place; those it could share with not."""
        minutes, reset, shares = self.minutes[item], self.field.resets[place], self.shares[item]
        bars = [Bar(span.starts - minutes, span.ends, WALL) for span in self.field.walls[place]]
        for day in days:
            for other in self.in_place.get((place, day), ()):
                if not (shares and self.shares[other]):
                    starts = self.starts[other]
                    bars.append(
                        Bar(starts - minutes - reset, starts + self.minutes[other] + reset, other)
                    )
        return bars

    def crowding(self, item: int, place: int, starts: int) -> list[int]:
        """Those that share the place at that time, if there is not room for all or no reset."""
        if not self.shares[item]:
            return []
        ends, reset = starts + self.minutes[item], self.field.resets[place]
        meeting, close = [], []
        for day in self._days(item, starts):
            for other in self.in_place.get((place, day), ()):
                if not self.shares[other] or other == item:
                    continue
                gap = max(starts, self.starts[other]) - min(
                    ends, self.starts[other] + self.minutes[other]
                )
                if gap < 0:
                    meeting.append(other)
                elif gap < reset:
                    close.append(other)
        return close + (meeting if self._is_full(item, place, meeting) else [])

    def _is_full(self, item: int, place: int, meeting: list[int]) -> bool:
        facts, without = self.field.places[place], self.field.without
        people = [self.field.items[one] for one in (item, *meeting)]
        if Group.SEATS not in without and sum(one.size for one in people) > facts.holds():
            return True
        vendors = (
            {one.vendor for one in people if one.vendor} if Group.VENDORS not in without else ()
        )
        return any(
            sum(one.size for one in people if one.vendor == vendor) > facts.holds(vendor)
            for vendor in vendors
        )

    def first_start(self, item: int, place: int, slot: int, bars: list[Bar]) -> int | None:
        """The first moment of a shift at which an item can begin in a place, if there is one."""
        shift = self.field.slots[slot]
        starts, last = shift.starts, shift.ends - self.minutes[item]
        moved = True
        while moved and starts <= last:
            moved = False
            for bar in bars:
                if bar.low < starts < bar.high:
                    starts, moved = bar.high, True
            for other in self.crowding(item, place, starts) if not moved else ():
                ends = self.starts[other] + self.minutes[other] + self.field.resets[place]
                starts, moved = max(starts + 1, ends), True
        return starts if starts <= last else None

    def in_the_way(self, item: int, place: int, starts: int) -> set[int]:
        """Who would have to go for an item to lie there; ``WALL`` if nobody could help."""
        bars = self.bars_of_people(item, self.venues[place])
        bars += self.bars_of_place(item, place, self._near(item, starts))
        seen = {bar.by for bar in bars if bar.low < starts < bar.high}
        seen.update(self.crowding(item, place, starts))
        return seen

    def days_of(self, slot: int) -> range:
        """The days on which something could be in the way of a shift."""
        shift = self.field.slots[slot]
        return range((shift.starts - 1) // DAY, shift.ends // DAY + 1)

    def _near(self, item: int, starts: int) -> range:
        return range((starts - 1) // DAY, (starts + self.minutes[item]) // DAY + 1)
