"""Incidents that wait for a decision."""

from flask import url_for
from flask_babel import gettext as _

from blueprints.language import named
from blueprints.waiting import Waiting
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission, Role
from eventsys.incidents import queries


def waiting(actor: Actor) -> list[Waiting]:
    """For chief judges: what is to be decided before the marks are handed over."""
    if Role.CHIEF_JUDGE not in actor.roles:
        return []
    return [
        Waiting(
            _("Incidents to decide: %(track)s", track=named(track)),
            url_for("incidents.track", track_id=track.id),
            "triangle-alert",
            number,
            urgent=True,
        )
        for track, number in queries.tracks_in_hand(actor, Permission.INCIDENTS_DECIDE)
    ]
