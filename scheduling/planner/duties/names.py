"""The rules by name, as explanations and callers say them."""

from enum import StrEnum


class Rule(StrEnum):
    """A family of hard rules: what can be switched off to see who is to blame."""

    OFFICE = "office"  # offices, and posts that need a senior
    RECUSAL = "recusal"
    AVAILABILITY = "availability"
    OVERLAP = "overlap"  # nobody in two places at once, rest and travel included
    UNIT = "one per unit"
    SENIORS = "seniors in a panel"
    SITTINGS = "at most N sittings"
    DAY = "at most N sittings a day"
    IN_SITTING = "at most N tasks in a sitting"
    LOAD = "load spread"
    FIXED = "fixed people"
    PANEL = "panels stay together"
