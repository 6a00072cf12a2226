"""Another time for items whose posts nobody can fill where they lie."""

from random import Random

from eventsys.timetable.board import Board
from eventsys.timetable.clashes import blocks, clashes_around
from eventsys.timetable.rules import Placing
from scheduling.planner.as_duties import fill
from scheduling.planner.budget import Budget
from scheduling.planner.placing.layout import Layout

PLACINGS = 24  # tried for each item


def think_again(board: Board, layout: Layout, budget: Budget, seed: int) -> None:
    """Move items with open posts to where all their posts can be filled, if that is anywhere."""
    random = Random(seed)  # noqa: S311  a search, not a secret
    field = layout.field
    for number, item in enumerate(field.items):
        if item.fixed is not None or not layout.is_placed(number) or not _open(board, item.id):
            continue
        if budget.is_over():
            break
        _move(board, layout, number, random)


def _open(board: Board, item: int) -> list[int]:
    return [post for post in board.posts_of.get(item, ()) if post not in board.server]


def _move(board: Board, layout: Layout, number: int, random: Random) -> None:
    item = layout.field.items[number].id
    place, starts = layout.where(number)
    before = board.placed[item]
    served = {post: board.server.get(post) for post in board.posts_of[item]}
    layout.lift(number)
    for where in _free(layout, number, random):
        for post in served:
            board.serve(post, None)
        board.put(Placing(item, layout.field.places[where[0]].id, where[1]))
        fill(board, sorted(served), random)
        if not _open(board, item) and not blocks(clashes_around(board, item)):
            layout.put(number, *where)
            return
    layout.put(number, place, starts)
    for post in served:
        board.serve(post, None)
    board.put(before)
    for post, person in served.items():
        board.serve(post, person)


def _free(layout: Layout, number: int, random: Random) -> list[tuple[int, int]]:
    """Some placings in nobody's way."""
    field, found = layout.field, []
    pairs = [(s, p) for s in field.slots_of[number] for p in field.places_of[number]]
    bars = {venue: layout.bars_of_people(number, venue) for venue in set(layout.venues)}
    for slot, place in random.sample(pairs, len(pairs)):
        own = layout.bars_of_place(number, place, layout.days_of(slot))
        starts = layout.first_start(number, place, slot, own + bars[layout.venues[place]])
        if starts is not None:
            found.append((place, starts))
        if len(found) == PLACINGS:
            break
    return found
