"""Who keeps and publishes versions: the organizers of the event."""

from eventsys.identity.policy import Actor
from eventsys.plans.policy import may_plan_event
from eventsys.releases.models import PlanVersion


def may_see_version(actor: Actor, version: PlanVersion) -> bool:
    """Organizers of the event see every version, and publish it."""
    return may_plan_event(actor, version.event)
