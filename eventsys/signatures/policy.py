"""Who may sign: the action that asks for the signature knows; here only the group must fit."""

from eventsys.identity.policy import Actor, System


def may_sign(actor: Actor, group_id: int) -> bool:
    """Anybody signed in in the group; the caller has decided whether this is theirs to sign."""
    return isinstance(actor, System) or (actor.user_id is not None and actor.group_id == group_id)
