"""Entries to stations for placed items, through the seat planner: there and back."""

from collections import defaultdict
from collections.abc import Iterable

from eventsys.timetable.board import Board
from eventsys.timetable.rules import Seat, Sitter, Spot, StationState
from scheduling.planner import seats
from scheduling.planner.budget import Budget


def seat_all(board: Board, budget: Budget, seed: int) -> None:
    """Give every placed item a seat plan; who sits well at present stays where they sit."""
    spots: dict[int, list[Spot]] = defaultdict(list)
    for spot in board.problem.spots:
        spots[spot.place].append(spot)
    present: dict[int, list[Seat]] = defaultdict(list)
    for seat in board.problem.present.seats if board.problem.present else ():
        present[seat.item].append(seat)
    papers = _numbered(sitter.paper for sitter in board.problem.sitters)
    for _starts, _ends, item in board.by_start(board.placed):
        here = spots[board.placed[item].place]
        if here and not budget.is_stopped:
            problem = seat_problem(board, item, here, present[item], papers)
            plan = seats.plan_seats(problem, seed=seed)
            pairs = sorted(plan.desk_of.items())
            board.seat(item, [Seat(entry, item, station) for entry, station in pairs])


def seat_problem(
    board: Board, item: int, spots: list[Spot], present: list[Seat], papers: dict[str, int]
) -> seats.SeatProblem:
    """One session's people and the stations of its place that nobody else uses meanwhile."""
    taken = _taken(board, item)
    free = {spot.station: spot for spot in spots if spot.station not in taken}
    people = {
        entry: board.sitters[entry]
        for entry in sorted(board.items[item].crowd & board.sitters.keys())
    }
    return seats.SeatProblem(
        sitters=tuple(
            seats.Sitter(one.entry, one.unit, one.school_class, papers[one.paper], one.vendor)
            for one in people.values()
        ),
        desks=tuple(
            seats.Desk(
                spot.station,
                spot.place,
                spot.row,
                spot.column,
                spot.vendor,
                spot.state is StationState.OK,
            )
            for spot in free.values()
        ),
        fixed=_kept(people, free, present),
    )


def _kept(people: dict[int, Sitter], free: dict[int, Spot], present: list[Seat]) -> dict[int, int]:
    """Who stays: also at a spare station, where somebody was moved by hand."""
    kept: dict[int, int] = {}
    for seat in present:
        sitter, spot = people.get(seat.entry), free.get(seat.station)
        if sitter is None or spot is None or spot.state is StationState.FAULTY:
            continue
        if sitter.vendor in ("", spot.vendor) and seat.station not in kept.values():
            kept.setdefault(seat.entry, seat.station)
    return kept


def _numbered(papers: Iterable[str]) -> dict[str, int]:
    """A number for each paper; 0 for none."""
    return {paper: n for n, paper in enumerate(sorted({"", *papers}))}


def _taken(board: Board, item: int) -> set[int]:
    """Stations that others sit at meanwhile, in sessions that share the place."""
    starts, ends = board.span[item]
    return {
        seat.station
        for other in board.in_place[board.placed[item].place]
        if other != item and board.span[other][0] < ends and starts < board.span[other][1]
        for seat in board.seats.get(other, ())
    }
