"""Letting the people of an entry see their own things."""

from eventsys.identity.grant_actions import invite_person
from eventsys.identity.policy import Actor, authorize
from eventsys.registration.models import Member
from eventsys.registration.policy import may_edit_entry


def invite_member(actor: Actor, member: Member) -> str:
    """The secret of a link for somebody in one of the actor's own entries."""
    authorize(actor, may_edit_entry, member.entry)

    _invitation, token = invite_person(actor, member.person)
    return token
