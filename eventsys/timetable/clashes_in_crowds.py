"""What is wrong between two items: nobody can be in both, or one must wait for the other."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from eventsys.timetable.board import Board, Circle
from eventsys.timetable.rules import Clash, ClashKind


def in_circles(board: Board, circles: Iterable[Circle]) -> Iterator[Clash]:
    """Pairs of items that follow too closely for those who take part in both."""
    shared: dict[tuple[int, int], list[int]] = defaultdict(list)
    reach = max(board.rules.rest, board.furthest)
    for circle in circles:
        active: list[tuple[int, int, int]] = []
        for one in board.by_start(circle.items):
            starts, _ends, item = one
            active = [other for other in active if other[1] + reach > starts]
            for _starts, _ends, other in active:
                shared[other, item].extend(circle.members)
            active.append(one)
    for (before, after), members in shared.items():
        yield from _too_close(board, before, after, tuple(sorted(members)))


def _too_close(board: Board, before: int, after: int, members: tuple[int, ...]) -> Iterator[Clash]:
    gap = board.span[after][0] - board.span[before][1]
    items = [before, after]
    if gap < 0:
        yield board.says(ClashKind.CROWD_TWICE, items, entries=members)
        return
    if gap < board.rules.rest:
        yield board.says(
            ClashKind.CROWD_REST, items, entries=members, has=gap, needs=board.rules.rest
        )
    way = board.minutes_between(before, after)
    if gap < way:
        yield board.says(ClashKind.CROWD_TRAVEL, items, entries=members, has=gap, needs=way)


def in_order(board: Board, item: int) -> Iterator[Clash]:
    """Items that should have ended, with the rest, before this one begins."""
    starts = board.span[item][0]
    for before in board.items[item].after:
        if before not in board.span:
            continue
        gap = starts - board.span[before][1]
        if gap < board.rules.rest:
            yield board.says(ClashKind.ORDER, [before, item], has=gap, needs=board.rules.rest)


def kept_apart(board: Board, item: int) -> Iterator[Clash]:
    """Items that must not share a moment with this one; each pair is told of once."""
    starts, ends = board.span[item]
    for other in sorted(board.apart.get(item, ())):
        if other <= item or other not in board.span:
            continue
        if starts < board.span[other][1] and board.span[other][0] < ends:
            yield board.says(ClashKind.APART, [item, other])
