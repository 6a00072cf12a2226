"""Why something has no place: what speaks against each shift and room it could have had."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from eventsys.errors import N_
from eventsys.timetable.rules import Item, Place
from scheduling.planner.placing.field import AFTER, BEFORE, EITHER, Field
from scheduling.planner.placing.layout import WALL, Layout
from scheduling.planner.placing.prices import fixed_of


class Why(StrEnum):
    """What keeps an item from a room at a shift."""

    KIND = "kind"
    SMALL = "small"
    VENDOR = "vendor"
    SHIFT = "shift"
    CLOSED = "closed"
    TAKEN = "taken"
    CROWD = "crowd"
    ORDER = "order"
    FIXED = "fixed"
    FREE = "free"


WORDS: Mapping[Why, str] = {
    Why.KIND: N_("rooms of another kind, or without the equipment: %(count)s"),
    Why.SMALL: N_("rooms that are too small: %(count)s"),
    Why.VENDOR: N_("rooms with too few working stations of the maker: %(count)s"),
    Why.SHIFT: N_("no shift is allowed and long enough"),
    Why.CLOSED: N_("shifts when the room is closed or somebody fixed is away: %(count)s"),
    Why.TAKEN: N_("shifts when the room is taken: %(count)s"),
    Why.CROWD: N_("shifts when the same people are elsewhere: %(count)s"),
    Why.ORDER: N_("shifts too early or too late in the order: %(count)s"),
    Why.FIXED: N_("it is fixed where it cannot be"),
    Why.FREE: N_("shifts that are free: %(count)s; more time would have found one"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item has no place: how many rooms and shifts fail for what."""

    item: int
    why: Mapping[Why, int]


def reasons(layout: Layout) -> list[Reason]:
    """A reason for each item that lies nowhere."""
    field = layout.field
    left = [n for n in range(len(field.items)) if not layout.is_placed(n)]
    return [Reason(field.items[n].id, _against(field, layout, n)) for n in left]


def _against(field: Field, layout: Layout, item: int) -> dict[Why, int]:
    if fixed_of(field, item) is not None:
        return {Why.FIXED: 1}
    facts, why = field.items[item], Counter[Why]()
    for number, place in enumerate(field.places):
        if number not in field.places_of[item]:
            why[_unfit(facts, place)] += 1
    if not field.slots_of[item]:
        why[Why.SHIFT] += 1
    bars = {venue: layout.bars_of_people(item, venue) for venue in set(layout.venues)}
    for slot in field.slots_of[item]:
        for place in field.places_of[item]:
            own = layout.bars_of_place(item, place, layout.days_of(slot))
            if layout.first_start(item, place, slot, own + bars[layout.venues[place]]) is not None:
                why[Why.FREE] += 1
            else:
                why[_first_hindrance(field, layout, item, place, slot)] += 1
    return {reason: why[reason] for reason in Why if why[reason]}


def _unfit(item: Item, place: Place) -> Why:
    kind = not item.purpose or item.purpose == place.purpose
    allowed = item.places is None or place.id in item.places
    if not (kind and allowed and item.equipment <= place.equipment):
        return Why.KIND
    return Why.VENDOR if item.vendor and place.holds() >= item.size else Why.SMALL


def _first_hindrance(field: Field, layout: Layout, item: int, place: int, slot: int) -> Why:
    """The gravest thing at the beginning of a shift: walls, then order, people, the room."""
    away = layout.in_the_way(item, place, field.slots[slot].starts)
    orders = {link.other: link.order for link in field.links[item]}
    if WALL in away:
        return Why.CLOSED
    if any(orders.get(one) in (BEFORE, AFTER) for one in away):
        return Why.ORDER
    if any(orders.get(one) == EITHER for one in away):
        return Why.CROWD
    return Why.TAKEN
