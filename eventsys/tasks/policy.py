"""Whose a task is."""

from eventsys.identity.policy import Actor
from eventsys.tasks.models import Task


def may_see_task(actor: Actor, task: Task) -> bool:
    """Only the person who asked for it: not the administrator, not a colleague."""
    return actor.user_id is not None and actor.user_id == task.owner_id


def may_ask(actor: Actor, group_id: int) -> bool:
    """People ask for files of their own group; what may be in them, the feature has decided."""
    return actor.user_id is not None and actor.group_id == group_id
