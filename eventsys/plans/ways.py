"""How the entries of a track come into its sessions: by lot, or reckoned by one of two wishes."""

from enum import StrEnum

from eventsys.errors import N_
from eventsys.events.rules import Rules
from eventsys.timetable.lots import is_drawn_at_the_door


class Way(StrEnum):
    """By lot, or by the planner: schools together, or schools spread."""

    LOT = "lot"
    TOGETHER = "together"
    SPREAD = "spread"


WAY_LABELS: dict[Way, str] = {
    Way.LOT: N_("By lot"),
    Way.TOGETHER: N_("A school together"),
    Way.SPREAD: N_("Schools spread evenly"),
}
WAY_WORDS: dict[Way, str] = {
    Way.LOT: N_("Chance decides; whoever has the seed can deal again and gets the same."),
    Way.TOGETHER: N_(
        "Entries of one school come to the same session, or to neighbouring ones where one is too"
        " small: one bus for each school."
    ),
    Way.SPREAD: N_(
        "Entries of one school are spread over all sessions, so that no session belongs to one"
        " school alone."
    ),
}


def ways_open(rules: Rules | None) -> tuple[Way, ...]:
    """The ways a ruleset leaves open: whose contest and station numbers are drawn deals by lot."""
    return (Way.LOT,) if is_drawn_at_the_door(rules) else tuple(Way)
