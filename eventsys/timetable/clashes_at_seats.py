"""What is wrong with a seat plan: stations, vendors, neighbours."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations

from eventsys.timetable.board import Board
from eventsys.timetable.rules import Clash, ClashKind, Seat, Sitter, StationState

Desks = Mapping[tuple[int, int], Sitter]
ALONG = ((0, 1), (1, 0))
AROUND = (*ALONG, (0, -1), (-1, 0))


def of_item(board: Board, item: int) -> Iterator[Clash]:
    """What is wrong with the seats of one placed item."""
    seats = board.seats.get(item, ())
    place = board.placed[item].place
    for seat in seats:
        yield from _station(board, seat, place)
    for entry, has in Counter(seat.entry for seat in seats).items():
        if has > 1:
            yield board.says(ClashKind.SEATED_TWICE, [item], entries=(entry,), has=has)
    if place in board.seated_places:
        missing = board.items[item].crowd & board.sitters.keys()
        missing -= {seat.entry for seat in seats}
        if missing:
            yield board.says(
                ClashKind.UNSEATED, [item], entries=tuple(sorted(missing)), needs=len(missing)
            )


def _station(board: Board, seat: Seat, place: int) -> Iterator[Clash]:
    items, about = [seat.item], {"entries": (seat.entry,), "stations": (seat.station,)}
    spot = board.spots.get(seat.station)
    if spot is None or spot.place != place:
        yield board.says(ClashKind.STATION_ELSEWHERE, items, places=(place,), **about)
        return
    if spot.state is StationState.FAULTY:
        yield board.says(ClashKind.STATION_FAULTY, items, **about)
    sitter = board.sitters.get(seat.entry)
    if sitter and sitter.vendor and sitter.vendor != spot.vendor:
        yield board.says(ClashKind.STATION_VENDOR, items, **about)


def at_station(board: Board, station: int) -> Iterator[Clash]:
    """Two entries at one station at a time."""
    items = board.at_station[station]
    here = [
        (*board.span[item], item, seat.entry)
        for item in sorted(items)
        if item in board.span
        for seat in board.seats[item]
        if seat.station == station
    ]
    if len(here) > 1:
        for (starts, ends, item, entry), (starts2, ends2, item2, entry2) in combinations(here, 2):
            if starts < ends2 and starts2 < ends and (entry != entry2 or item != item2):
                yield board.says(
                    ClashKind.STATION_TAKEN,
                    [item, item2],
                    stations=(station,),
                    entries=tuple(sorted((entry, entry2))),
                )


def beside(board: Board, place: int) -> Iterator[Clash]:
    """Neighbours who should not be: of one unit, one class, one paper; told once for an item."""
    seated = [one for one in board.by_start(board.in_place[place]) if board.seats.get(one[2])]
    maps = {item: _desks(board, item, place) for _, _, item in seated}
    active: list[tuple[int, int, int]] = []
    for one in seated:
        starts, _ends, item = one
        yield from _pairs(board, [item], maps[item], maps[item], ALONG)
        active = [other for other in active if other[1] > starts]
        for _, _, other in active:
            yield from _pairs(board, [other, item], maps[item], maps[other], AROUND)
        active.append(one)


def _desks(board: Board, item: int, place: int) -> Desks:
    desks = {}
    for seat in board.seats[item]:
        spot, sitter = board.spots.get(seat.station), board.sitters.get(seat.entry)
        if spot and sitter and spot.place == place:
            desks[spot.row, spot.column] = sitter
    return desks


def _pairs(
    board: Board, items: list[int], mine: Desks, theirs: Desks, ways: tuple[tuple[int, int], ...]
) -> Iterator[Clash]:
    same: dict[ClashKind, list[Sitter]] = {}
    for (row, column), sitter in mine.items():
        for down, right in ways:
            other = theirs.get((row + down, column + right))
            if other is not None:
                for kind in _alike(sitter, other):
                    same.setdefault(kind, []).extend((sitter, other))
    for kind, pairs in same.items():
        entries = tuple(sorted({sitter.entry for sitter in pairs}))
        yield board.says(kind, items, entries=entries, has=len(pairs) // 2)


def _alike(one: Sitter, other: Sitter) -> Iterator[ClashKind]:
    if one.unit and one.unit == other.unit:
        yield ClashKind.NEIGHBOUR_UNIT
    if one.school_class and one.school_class == other.school_class:
        yield ClashKind.NEIGHBOUR_CLASS
    if one.paper and one.paper == other.paper:
        yield ClashKind.NEIGHBOUR_PAPER
