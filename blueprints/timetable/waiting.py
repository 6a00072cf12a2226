"""Entries that have no station yet."""

from flask import url_for
from flask_babel import gettext

from blueprints.waiting import Waiting
from eventsys.identity.policy import Actor
from eventsys.identity.rules import GRANTS, Permission, Role
from eventsys.timetable.queries import entries_without_station

MOST = 5


def waiting(actor: Actor) -> list[Waiting]:
    """For organizers: the tracks in which approved entries wait for a station."""
    if Role.ORGANIZER not in actor.roles:
        return []
    scopes = [g.scope for g in actor.grants if Permission.PLACES_MANAGE in GRANTS[g.role]]
    return [
        Waiting(
            gettext("Entries of “%(track)s” without a station", track=track.name),
            url_for("timetable.track", track_id=track.id),
            "armchair",
            number,
        )
        for track, number in entries_without_station(scopes)[:MOST]
    ]
