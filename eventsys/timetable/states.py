"""What rooms are for."""

from enum import StrEnum

from eventsys.errors import N_


class Purpose(StrEnum):
    """What a room is for; what a session asks for."""

    THEORY = "theory"
    PRACTICE = "practice"
    CLASS = "class"
    OTHER = "other"


PURPOSE_LABELS: dict[Purpose, str] = {
    Purpose.THEORY: N_("Theory"),
    Purpose.PRACTICE: N_("Practice"),
    Purpose.CLASS: N_("Classroom"),
    Purpose.OTHER: N_("Other"),
}
