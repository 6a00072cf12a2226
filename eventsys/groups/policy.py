"""Who may manage a group's units."""

from eventsys.groups.models import Unit
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission


def may_manage_units(actor: Actor, _thing: object = None) -> bool:
    """The group's administrator."""
    return actor.may_in_group(Permission.UNITS_MANAGE)


def may_manage_unit(actor: Actor, unit: Unit) -> bool:
    """The administrator of the unit's own group."""
    return actor.may(Permission.UNITS_MANAGE, unit.scopes)
