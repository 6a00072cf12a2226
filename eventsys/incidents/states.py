"""Kinds of incident, what may be decided, how the contestant took note, and their words."""

from enum import StrEnum

from eventsys.errors import N_


class IncidentKind(StrEnum):
    """What happened, as a floor judge records it."""

    EQUIPMENT = "equipment"
    TIME_LOST = "time_lost"
    SPARE_STATION = "spare_station"
    LATER_BATCH = "later_batch"
    LEFT_ROOM = "left_room"
    WARNING = "warning"
    VIOLATION = "violation"
    DISQUALIFICATION = "disqualification"


KIND_LABELS: dict[IncidentKind, str] = {
    IncidentKind.EQUIPMENT: N_("Equipment failure"),
    IncidentKind.TIME_LOST: N_("Time lost"),
    IncidentKind.SPARE_STATION: N_("Move to a spare station"),
    IncidentKind.LATER_BATCH: N_("Later session"),
    IncidentKind.LEFT_ROOM: N_("Left the room"),
    IncidentKind.WARNING: N_("Warning"),
    IncidentKind.VIOLATION: N_("Violation"),
    IncidentKind.DISQUALIFICATION: N_("Disqualification proposed"),
}
TIMED = frozenset({IncidentKind.EQUIPMENT, IncidentKind.TIME_LOST, IncidentKind.LEFT_ROOM})
"""Kinds that last: their clock runs from the record until it is stopped."""
MOVES = frozenset({IncidentKind.SPARE_STATION, IncidentKind.LATER_BATCH})
"""Kinds after which the contestant works elsewhere."""
BREACHES = frozenset({IncidentKind.WARNING, IncidentKind.VIOLATION, IncidentKind.DISQUALIFICATION})
"""Kinds that name a rule that was broken."""


class Effect(StrEnum):
    """What the chief judge decides."""

    NONE = "none"
    ADDED_TIME = "added_time"
    POINTS_OFF = "points_off"
    MODULE_CANCELLED = "module_cancelled"
    DISQUALIFIED = "disqualified"


EFFECT_LABELS: dict[Effect, str] = {
    Effect.NONE: N_("No consequence"),
    Effect.ADDED_TIME: N_("Added time"),
    Effect.POINTS_OFF: N_("Points off"),
    Effect.MODULE_CANCELLED: N_("Module cancelled"),
    Effect.DISQUALIFIED: N_("Disqualified"),
}


class Receipt(StrEnum):
    """How the contestant took note of the record."""

    SIGNED = "signed"
    REFUSED = "refused"
    ON_PAPER = "on_paper"


RECEIPT_LABELS: dict[Receipt, str] = {
    Receipt.SIGNED: N_("Signed by the contestant"),
    Receipt.REFUSED: N_("Signature refused"),
    Receipt.ON_PAPER: N_("Signed on paper"),
}
