"""How good a drawn seating is."""

from collections.abc import Mapping

from eventsys.timetable.lots import Seating


def neighbours_of_one_unit(seating: Seating, units: Mapping[int, int]) -> int:
    """How many pairs of one unit sit side by side: the measure of a good exam room."""
    placed = [(spot, units[entry]) for entry, spot in seating.items()]
    return sum(
        mine == yours and one.beside(other)
        for n, (one, mine) in enumerate(placed)
        for other, yours in placed[:n]
    )
