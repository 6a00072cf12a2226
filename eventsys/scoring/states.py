"""States of a mark sheet and of an exam part."""

from enum import StrEnum

from eventsys.errors import N_


class SheetState(StrEnum):
    """Open to its judge, signed by them, confirmed by a second person, locked with all others."""

    OPEN = "open"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    LOCKED = "locked"


MOVES: dict[SheetState, frozenset[SheetState]] = {
    SheetState.OPEN: frozenset({SheetState.SUBMITTED}),
    SheetState.SUBMITTED: frozenset({SheetState.OPEN, SheetState.CONFIRMED}),
    SheetState.CONFIRMED: frozenset({SheetState.OPEN, SheetState.LOCKED}),
    SheetState.LOCKED: frozenset(),
}
SHEET_LABELS = {
    SheetState.OPEN: N_("Being marked"),
    SheetState.SUBMITTED: N_("Submitted"),
    SheetState.CONFIRMED: N_("Confirmed"),
    SheetState.LOCKED: N_("Locked"),
}


class PartStatus(StrEnum):
    """Whether a part of an exam counts."""

    VALID = "valid"
    ABSENT = "absent"
    VIOLATION = "violation"


PART_LABELS = {
    PartStatus.VALID: N_("Valid"),
    PartStatus.ABSENT: N_("Absent"),
    PartStatus.VIOLATION: N_("Violation"),
}
