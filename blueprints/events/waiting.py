"""What an organizer has still to publish."""

from flask import url_for
from flask_babel import gettext

from blueprints.waiting import Waiting
from eventsys.events.queries import drafts_in_charge
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Role

MOST = 5


def waiting(actor: Actor) -> list[Waiting]:
    """The drafts of events, the earliest first."""
    if Role.ORGANIZER not in actor.roles:
        return []
    return [
        Waiting(
            gettext("“%(event)s” is a draft. Complete and publish it.", event=event.name),
            url_for("events.event", event_id=event.id),
            "pencil",
        )
        for event in drafts_in_charge(actor)[:MOST]
    ]
