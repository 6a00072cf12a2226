"""How important a wish is, and how serious a clash: in words people choose from, and as numbers."""

from enum import StrEnum

from eventsys.errors import N_
from eventsys.timetable.rules import ClashKind, WishKind


class Importance(StrEnum):
    """How much a wish counts."""

    NOT = "not"
    LITTLE = "little"
    IMPORTANT = "important"
    VERY = "very"


IMPORTANCE_LABELS: dict[Importance, str] = {
    Importance.NOT: N_("Does not matter"),
    Importance.LITTLE: N_("A little"),
    Importance.IMPORTANT: N_("Important"),
    Importance.VERY: N_("Very important"),
}
WEIGHTS: dict[Importance, int] = {
    Importance.NOT: 0,
    Importance.LITTLE: 1,
    Importance.IMPORTANT: 5,
    Importance.VERY: 25,
}
MOVE_PRICE = 40
"""What every move costs when little is to move: more than any single wish gains."""

WISH_LABELS: dict[WishKind, str] = {
    WishKind.SPREAD_LOAD: N_("Duties are spread evenly"),
    WishKind.SAME_PLACE: N_("A track stays in one room"),
    WishKind.EARLY: N_("Early rather than late"),
    WishKind.NO_LATE_SHIFT: N_("Nothing ends in the evening"),
    WishKind.FEW_VENUES: N_("People change venue rarely"),
    WishKind.GAP: N_("A breather between two modules"),
    WishKind.MOVE_LITTLE: N_("Little moves against the present plan"),
}
USUAL_WISHES: dict[WishKind, Importance] = {
    WishKind.SPREAD_LOAD: Importance.IMPORTANT,
    WishKind.SAME_PLACE: Importance.LITTLE,
    WishKind.EARLY: Importance.LITTLE,
    WishKind.NO_LATE_SHIFT: Importance.IMPORTANT,
    WishKind.FEW_VENUES: Importance.LITTLE,
    WishKind.GAP: Importance.LITTLE,
}
"""What organizers can weigh; moving little is asked for with a run."""


class Weight(StrEnum):
    """What the organizer makes of a kind of clash."""

    BLOCK = "block"
    WARN = "warn"
    NOTE = "note"
    IGNORE = "ignore"


WEIGHT_LABELS: dict[Weight, str] = {
    Weight.BLOCK: N_("Never"),
    Weight.WARN: N_("Warn"),
    Weight.NOTE: N_("Only note"),
    Weight.IGNORE: N_("Ignore"),
}
CLASH_QUESTIONS: dict[ClashKind, str] = {
    ClashKind.PLACE_RESET: N_("Too little time to reset a room"),
    ClashKind.CROWD_REST: N_("Too little rest between two modules"),
    ClashKind.PERSON_REST: N_("Too little rest between two duties"),
    ClashKind.LOAD: N_("More duties than allowed"),
    ClashKind.DAY_LOAD: N_("More duties on one day than allowed"),
    ClashKind.SENIOR: N_("A post for somebody senior goes to somebody who is not"),
    ClashKind.PANEL_UNIT: N_("Too many judges of one unit in a panel"),
    ClashKind.PANEL_EVEN: N_("A panel with an even number of judges"),
    ClashKind.PANEL_SPLIT: N_("A panel changes between sessions"),
    ClashKind.NEIGHBOUR_UNIT: N_("Two people of one unit side by side"),
    ClashKind.NEIGHBOUR_CLASS: N_("Two people of one class side by side"),
    ClashKind.NEIGHBOUR_PAPER: N_("Two people with the same paper side by side"),
    ClashKind.UNPLACED: N_("A session without room and time"),
    ClashKind.UNFILLED: N_("A post without anybody"),
    ClashKind.UNSEATED: N_("An entry without a seat"),
}
"""The kinds an organizer may judge otherwise, as the settings ask about them."""


def weight_of_wish(wishes: dict[str, str], kind: WishKind) -> int:
    """How much a wish counts in an event."""
    return WEIGHTS[importance_of(wishes, kind)]


def importance_of(wishes: dict[str, str], kind: WishKind) -> Importance:
    """How important a wish is in an event: as said, or as usual."""
    return Importance(wishes.get(kind, USUAL_WISHES.get(kind, Importance.NOT)))
