"""Who plans an event: its organizers, whatever the part of the plan."""

from eventsys.events.models import Event
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission
from eventsys.plans.models import PlanItem, PlanNeed, PlanRun


def may_plan_event(actor: Actor, event: Event) -> bool:
    """Organizers of the event set its plan."""
    return actor.may(Permission.PLACES_MANAGE, event.scopes)


def may_plan_item(actor: Actor, item: PlanItem) -> bool:
    """The same, for one item."""
    return actor.may(Permission.PLACES_MANAGE, item.scopes)


def may_plan_need(actor: Actor, need: PlanNeed) -> bool:
    """The same, for what one part of a track needs."""
    return actor.may(Permission.PLACES_MANAGE, need.scopes)


def may_plan_run(actor: Actor, run: PlanRun) -> bool:
    """The same, for one run of the planner."""
    return actor.may(Permission.PLACES_MANAGE, run.scopes)
