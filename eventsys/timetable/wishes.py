"""How far a plan is from what people wish."""

from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise

from eventsys.timetable.board import Board
from eventsys.timetable.differences import moved
from eventsys.timetable.rules import DAY, Plan, Problem, WishKind

HALF_DAY = DAY // 2


def points(problem: Problem, plan: Plan) -> dict[WishKind, int]:
    """The points of each wish of the problem: how far it is missed, times its weight.

    What moves against the present plan costs `Problem.move_price` each, wished for or not.
    """
    board = Board(problem, plan)
    weights = Counter[WishKind]()
    for wish in problem.wishes:
        weights[wish.kind] += wish.weight
    scores = {
        kind: weight * AMOUNTS[kind](board) for kind, weight in weights.items() if kind in AMOUNTS
    }
    price = problem.move_price + weights[WishKind.MOVE_LITTLE]
    if problem.present is not None and price:
        scores[WishKind.MOVE_LITTLE] = price * len(moved(problem, plan))
    return scores


def _spread_load(board: Board) -> int:
    """Duties more, from the busiest to the idlest, summed over the offices."""
    duties: dict[str, Counter[int]] = defaultdict(Counter)
    for office in {post.office for post in board.posts.values()}:
        able = (p.id for p in board.people.values() if not office or office in p.offices)
        duties[office].update(dict.fromkeys(able, 0))
    for post, person in board.server.items():
        duties[board.posts[post].office][person] += 1
    return sum(max(load.values()) - min(load.values()) for load in duties.values() if load)


def _same_place(board: Board) -> int:
    used: dict[tuple[int, str], set[int]] = defaultdict(set)
    for placing in board.placed.values():
        item = board.items[placing.item]
        used[item.track, item.part].add(placing.place)
    return sum(len(places) - 1 for places in used.values())


def _early(board: Board) -> int:
    return sum(max(0, starts) // HALF_DAY for starts, _ends in board.span.values())


def _late_shifts(board: Board) -> int:
    return sum(_is_late(board, starts, ends) for starts, ends in board.span.values())


def _is_late(board: Board, starts: int, ends: int) -> bool:
    return ends - starts // DAY * DAY > board.rules.late


def _venues(board: Board) -> int:
    """Venues of one day beyond the first, for everybody who takes part or serves."""
    extra = 0
    for circle in board.circles:
        extra += len(circle.members) * _extra_venues(board, circle.items)
    for posts in board.served.values():
        extra += _extra_venues(board, tuple(board.posts[post].item for post in posts))
    return extra


def _extra_venues(board: Board, items: tuple[int, ...]) -> int:
    venues: dict[int, set[int]] = defaultdict(set)
    for item in items:
        place = board.places.get(board.placed[item].place) if item in board.placed else None
        if place:
            venues[board.placed[item].starts // DAY].add(place.venue)
    return sum(len(some) - 1 for some in venues.values())


def _without_breather(board: Board) -> int:
    close = 0
    for circle in board.circles:
        for (_, ends, _), (starts, _, _) in pairwise(board.by_start(circle.items)):
            close += len(circle.members) * (0 <= starts - ends < board.rules.gap)
    return close


AMOUNTS: dict[WishKind, Callable[[Board], int]] = {
    WishKind.SPREAD_LOAD: _spread_load,
    WishKind.SAME_PLACE: _same_place,
    WishKind.EARLY: _early,
    WishKind.NO_LATE_SHIFT: _late_shifts,
    WishKind.FEW_VENUES: _venues,
    WishKind.GAP: _without_breather,
}
