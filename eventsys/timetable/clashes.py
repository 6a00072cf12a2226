"""The judge of plans: the same for a drag, an import and the planner."""

from collections.abc import Iterable, Iterator

from eventsys.timetable import (
    clashes_at_places,
    clashes_at_posts,
    clashes_at_seats,
    clashes_in_crowds,
)
from eventsys.timetable.board import Board
from eventsys.timetable.rules import Clash, ClashKind, Plan, Problem, Severity

RANK = {severity: number for number, severity in enumerate(Severity)}


def clashes(problem: Problem, plan: Plan) -> list[Clash]:
    """Everything wrong with a plan, the most serious first."""
    return clashes_on(Board(problem, plan))


def clashes_of(problem: Problem, plan: Plan, item: int) -> list[Clash]:
    """What is wrong with one item; to ask again and again, keep a `Board`."""
    return clashes_around(Board(problem, plan), item)


def clashes_on(board: Board) -> list[Clash]:
    """Everything wrong with a board."""
    return _told(board, _everything(board))


def clashes_around(board: Board, item: int) -> list[Clash]:
    """Of everything wrong with a board, what concerns one item; looks only at what is near it."""
    return _told(board, (clash for clash in _near(board, item) if item in clash.items))


def blocks(found: Iterable[Clash]) -> list[Clash]:
    """Those that make a plan impossible."""
    return [clash for clash in found if clash.severity is Severity.BLOCK]


def _everything(board: Board) -> Iterator[Clash]:
    for item in board.items:
        yield from _of_item(board, item)
        yield from clashes_at_posts.at_item(board, item)
    for place in board.in_place:
        yield from clashes_at_places.in_place(board, place)
    yield from clashes_in_crowds.in_circles(board, board.circles)
    for person in board.served:
        yield from clashes_at_posts.of_person(board, person)
    for panel in board.panels:
        yield from clashes_at_posts.of_panel(board, panel)
    if board.seats:
        for station in board.at_station:
            yield from clashes_at_seats.at_station(board, station)
        for place in board.in_place:
            yield from clashes_at_seats.beside(board, place)


def _of_item(board: Board, item: int) -> Iterator[Clash]:
    if item not in board.placed:
        yield board.says(ClashKind.UNPLACED, [item])
        return
    yield from clashes_at_places.of_item(board, item)
    yield from clashes_in_crowds.in_order(board, item)
    yield from clashes_in_crowds.kept_apart(board, item)
    yield from clashes_at_seats.of_item(board, item)


def _near(board: Board, item: int) -> Iterator[Clash]:
    yield from _of_item(board, item)
    yield from clashes_at_posts.at_item(board, item)
    posts = [board.posts[post] for post in board.posts_of.get(item, ())]
    people = {board.server[post.id] for post in posts if post.id in board.server}
    people |= board.people.keys() & board.items[item].crowd
    for person in sorted(people):
        yield from clashes_at_posts.of_person(board, person)
    for panel in dict.fromkeys(post.panel for post in posts if post.panel):
        yield from clashes_at_posts.of_panel(board, panel)
    if item not in board.placed:
        return
    for other in {*board.followers.get(item, ())} & board.span.keys():
        yield from clashes_in_crowds.in_order(board, other)
    for other in board.apart.get(item, set()) & board.span.keys():
        yield from clashes_in_crowds.kept_apart(board, other)
    yield from clashes_at_places.in_place(board, board.placed[item].place)
    mine = [board.circles[number] for number in board.circles_of.get(item, ())]
    yield from clashes_in_crowds.in_circles(board, mine)
    if board.seats:
        for station in {seat.station for seat in board.seats.get(item, ())}:
            yield from clashes_at_seats.at_station(board, station)
        yield from clashes_at_seats.beside(board, board.placed[item].place)


def _told(board: Board, found: Iterable[Clash]) -> list[Clash]:
    told = [clash for clash in found if board.rules.looks_for(clash.kind)]
    return sorted(told, key=_order)


def _order(clash: Clash) -> tuple[object, ...]:
    return (
        RANK[clash.severity],
        clash.kind,
        clash.items,
        clash.places,
        clash.people,
        clash.entries,
        clash.stations,
        clash.posts,
    )
