"""What is wrong with an item where and when it lies, and with its neighbours in the place."""

from collections.abc import Iterator

from eventsys.timetable.board import Board
from eventsys.timetable.rules import Clash, ClashKind, Item, Place, Placing


def of_item(board: Board, item: int) -> Iterator[Clash]:
    """Every reason of its own why a placed item may not lie where it does."""
    placing, facts = board.placed[item], board.items[item]
    place = board.places.get(placing.place)
    yield from _when(board, facts, placing)
    if place is None or (facts.places is not None and place.id not in facts.places):
        yield board.says(ClashKind.PLACE_FORBIDDEN, [item], places=(placing.place,))
    if place is not None:
        yield from _fit(board, facts, place)
        yield from _closed(board, facts, place)


def _when(board: Board, item: Item, placing: Placing) -> Iterator[Clash]:
    starts, ends = board.span[item.id]
    if starts < 0 or ends > board.horizon:
        yield board.says(ClashKind.OUTSIDE_DAYS, [item.id])
    if item.fixed is not None and placing != item.fixed:
        yield board.says(ClashKind.MOVED_FIXED, [item.id], places=(item.fixed.place,))
    if item.slots is not None:
        slots = [board.slots[slot] for slot in item.slots if slot in board.slots]
        if not any(slot.starts <= starts and ends <= slot.ends for slot in slots):
            yield board.says(ClashKind.SLOT_FORBIDDEN, [item.id])


def _fit(board: Board, item: Item, place: Place) -> Iterator[Clash]:
    items, places = [item.id], (place.id,)
    if item.purpose and item.purpose != place.purpose:
        yield board.says(ClashKind.PLACE_PURPOSE, items, places=places)
    lacking = len(item.equipment - place.equipment)
    if lacking:
        yield board.says(ClashKind.PLACE_EQUIPMENT, items, places=places, needs=lacking)
    room = place.holds(item.vendor)
    if room < item.size:
        yield board.says(ClashKind.PLACE_SMALL, items, places=places, has=room, needs=item.size)


def _closed(board: Board, item: Item, place: Place) -> Iterator[Clash]:
    starts, ends = board.span[item.id]
    if any(starts < span.ends and span.starts < ends for span in place.closed):
        yield board.says(ClashKind.PLACE_CLOSED, [item.id], places=(place.id,))


def in_place(board: Board, place_id: int) -> Iterator[Clash]:
    """Items that are in one another's way in a place."""
    place = board.places.get(place_id)
    if place is None or len(board.in_place[place_id]) < 2:  # noqa: PLR2004  it takes two to clash
        return
    reset, where = place.reset, (place_id,)
    active: list[tuple[int, int, int]] = []
    for one in board.by_start(board.in_place[place_id]):
        starts, _ends, item = one
        active = [other for other in active if other[1] + reset > starts]
        for _starts, before, other in active:
            if before <= starts:
                gap = starts - before
                yield board.says(
                    ClashKind.PLACE_RESET, [other, item], places=where, has=gap, needs=reset
                )
            elif board.items[item].alone or board.items[other].alone:
                yield board.says(ClashKind.PLACE_TAKEN, [other, item], places=where)
        active.append(one)
        yield from _too_many(board, place, item, active)


def _too_many(
    board: Board, place: Place, item: int, active: list[tuple[int, int, int]]
) -> Iterator[Clash]:
    """Sessions that share a place need room together, for each vendor and in all."""
    starts = board.span[item][0]
    sharing = [board.items[other] for _, ends, other in active if ends > starts]
    sharing = [one for one in sharing if not one.alone]
    if board.items[item].alone or len(sharing) < 2:  # noqa: PLR2004  one is judged by itself
        return
    for vendor in dict.fromkeys(["", board.items[item].vendor]):
        some = [one for one in sharing if vendor in ("", one.vendor)]
        needs, has = sum(one.size for one in some), place.holds(vendor)
        if len(some) > 1 and needs > has:
            ids = [one.id for one in some]
            yield board.says(ClashKind.PLACE_SMALL, ids, places=(place.id,), has=has, needs=needs)
