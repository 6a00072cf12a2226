"""States of a version of a marking scheme."""

from enum import StrEnum

from eventsys.errors import N_


class SchemeState(StrEnum):
    """Drafted as a correction, in force (the first one from its beginning), replaced by a later."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"


STATE_LABELS = {
    SchemeState.DRAFT: N_("Waiting for approval"),
    SchemeState.IN_FORCE: N_("Version in force"),
    SchemeState.SUPERSEDED: N_("Replaced by a later version"),
}
