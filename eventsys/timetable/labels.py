"""How stations stand, in words."""

from eventsys.errors import N_
from eventsys.timetable.rules import StationState

STATION_LABELS: dict[StationState, str] = {
    StationState.OK: N_("In order"),
    StationState.SPARE: N_("Spare"),
    StationState.FAULTY: N_("Out of order"),
}
