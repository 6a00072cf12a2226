"""Codes to draw."""

from flask import url_for
from flask_babel import gettext

from blueprints.waiting import Waiting
from eventsys.draws.queries import tracks_to_draw
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Role

MOST = 5


def waiting(actor: Actor) -> list[Waiting]:
    """For encryption judges: the tracks to draw, and how many entries are here so far."""
    if Role.ENCRYPTION_JUDGE not in actor.roles:
        return []
    words = gettext("Draw the codes of “%(track)s”; checked in so far:")
    return [
        Waiting(
            words % {"track": track.name},
            url_for("draws.draw", track_id=track.id),
            "shuffle",
            here,
            urgent=here > 0,
        )
        for track, here in tracks_to_draw(actor)[:MOST]
    ]
