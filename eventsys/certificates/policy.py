"""Who issues certificates, and whose they are."""

from eventsys.certificates.models import Certificate
from eventsys.events.models import Track
from eventsys.identity.policy import Actor, group_scope
from eventsys.identity.rules import Permission


def may_issue_in_group(actor: Actor, group_id: int) -> bool:
    """The certificate office of the group."""
    return actor.may(Permission.CERTIFICATES_ISSUE, [group_scope(group_id)])


def may_issue(actor: Actor, track: Track) -> bool:
    """The certificate office of the track's group."""
    return actor.may(Permission.CERTIFICATES_ISSUE, track.scopes)


def may_manage_certificate(actor: Actor, certificate: Certificate) -> bool:
    """Revoking and replacing is the office's work as well."""
    return may_issue_in_group(actor, certificate.group_id)


def may_print(actor: Actor, certificate: Certificate) -> bool:
    """The office, the holder, and whoever registered the entry."""
    if may_manage_certificate(actor, certificate):
        return True
    is_holder = actor.person_id is not None and actor.person_id == certificate.person_id
    return is_holder or actor.may(Permission.ENTRIES_SUBMIT, certificate.entry.scopes)
