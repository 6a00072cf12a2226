"""The last word on every answer: what `clashes` calls impossible is taken out again."""

from eventsys.timetable.board import Board
from eventsys.timetable.clashes import blocks, clashes_on
from eventsys.timetable.rules import Clash, ClashKind

MISSING = {ClashKind.UNPLACED, ClashKind.UNFILLED, ClashKind.UNSEATED}
OF_PEOPLE = {
    ClashKind.PERSON_TWICE,
    ClashKind.PERSON_REST,
    ClashKind.PERSON_TRAVEL,
    ClashKind.PERSON_AWAY,
    ClashKind.PERSON_FIXED,
    ClashKind.OFFICE,
    ClashKind.RECUSED_UNIT,
    ClashKind.RECUSED_ITEM,
    ClashKind.SENIOR,
    ClashKind.LOAD,
    ClashKind.DAY_LOAD,
    ClashKind.PANEL_UNIT,
    ClashKind.PANEL_EVEN,
    ClashKind.PANEL_SPLIT,
}
OF_SEATS = {
    ClashKind.STATION_TAKEN,
    ClashKind.STATION_FAULTY,
    ClashKind.STATION_VENDOR,
    ClashKind.STATION_ELSEWHERE,
    ClashKind.SEATED_TWICE,
    ClashKind.NEIGHBOUR_UNIT,
    ClashKind.NEIGHBOUR_CLASS,
    ClashKind.NEIGHBOUR_PAPER,
}


def sift(board: Board) -> list[Clash]:
    """Take from a board what nothing may stay with; the clashes that are left then."""
    while True:
        clean_up(board)
        found = clashes_on(board)
        impossible = [clash for clash in blocks(found) if clash.kind not in MISSING]
        if not impossible:
            return found
        for clash in impossible:
            _give_up(board, clash)


def clean_up(board: Board) -> None:
    """Take people and seats from items that have no place."""
    for item in board.items.keys() - board.placed.keys():
        for post in board.posts_of.get(item, ()):
            board.serve(post, None)
        board.seat(item, ())


def _give_up(board: Board, clash: Clash) -> None:
    if clash.kind in OF_PEOPLE:
        _dismiss(board, clash)
    elif clash.kind in OF_SEATS:
        item, entry = clash.items[-1], clash.entries[-1]
        board.seat(item, [seat for seat in board.seats.get(item, ()) if seat.entry != entry])
    else:
        loose = [item for item in clash.items if board.items[item].fixed is None]
        board.lift((loose or clash.items)[-1])


def _dismiss(board: Board, clash: Clash) -> None:
    """Free one post: the named one, or the last of these people at the last of these items."""
    posts = clash.posts or tuple(
        post
        for item in clash.items
        for post in board.posts_of.get(item, ())
        if board.server.get(post) in clash.people
    )
    served = [post for post in posts if post in board.server]
    if served:
        board.serve(max(served, key=lambda post: (board.posts[post].person is None, post)), None)
