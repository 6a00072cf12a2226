"""Who sees what was negotiated, and who negotiates."""

from eventsys.catalogue.policy import may_see_catalogue
from eventsys.fees.models import Negotiation
from eventsys.identity.policy import Actor, group_scope
from eventsys.identity.rules import Permission


def may_see_fees(actor: Actor, group_id: int) -> bool:
    """The same people who see the certificates the fees are for."""
    return may_see_catalogue(actor, group_id)


def may_see_negotiation(actor: Actor, negotiation: Negotiation) -> bool:
    """As all fees of the group."""
    return may_see_fees(actor, negotiation.group_id)


def may_manage_fees(actor: Actor, group_id: int) -> bool:
    """Organizers of the whole group: a price holds for every event."""
    return actor.may(Permission.FEES_MANAGE, [group_scope(group_id)])


def may_negotiate(actor: Actor, negotiation: Negotiation) -> bool:
    """As all fees of the group."""
    return may_manage_fees(actor, negotiation.group_id)
