"""Families of rules that keep items from a place and time, to be left out one by one."""

from enum import StrEnum


class Group(StrEnum):
    """What can be to blame when there is no plan."""

    SEATS = "seats"  # how many a place holds
    VENDORS = "vendors"  # stations of one vendor
    KINDS = "kinds"  # purpose, equipment, and the places allowed
    CLOSURES = "closures"  # places closed and fixed people away
    SHIFTS = "shifts"  # the shifts allowed for single items
    FIXED = "fixed"
    ORDER = "order"
    CROWDS = "crowds"  # nobody in two places at once, apart, and people fixed for a duty
    REST = "rest"  # rest, way and the time a place needs between two sessions
    PANELS = "panels"  # panels that stay together serve one item at a time
    NUMBER = "number"  # how many shifts there are
