"""Who looks at the catalogue, and who adds to it."""

from eventsys.catalogue.models import SkillCertificate
from eventsys.identity.policy import Actor, group_scope
from eventsys.identity.rules import Permission, ScopeKind


def may_see_catalogue(actor: Actor, group_id: int) -> bool:
    """Whoever sees fees somewhere in the group: plans of a single event need certificates too."""
    return actor.group_id == group_id and (
        actor.may(Permission.FEES_SEE, [group_scope(group_id)])
        or bool(actor.scope_ids(Permission.FEES_SEE, ScopeKind.EVENT))
    )


def may_see_certificate(actor: Actor, certificate: SkillCertificate) -> bool:
    """As the catalogue it stands in."""
    return may_see_catalogue(actor, certificate.group_id)


def may_add_certificate(actor: Actor, group_id: int) -> bool:
    """Organizers of the whole group: every event uses the same catalogue."""
    return actor.may(Permission.FEES_MANAGE, [group_scope(group_id)])
