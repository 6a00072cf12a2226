"""Paper sheets that wait for a score clerk."""

from flask import url_for
from flask_babel import gettext as _

from blueprints.language import named
from blueprints.waiting import Waiting
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Role
from eventsys.paper.queries import sheets_to_key


def waiting(actor: Actor) -> list[Waiting]:
    """Sheets another has keyed once, and sheets of one's own that differ."""
    if Role.SCORE_CLERK not in actor.roles:
        return []
    return [
        Waiting(
            _("Paper sheets to key: %(track)s", track=named(track)),
            url_for("paper.track", track_id=track.id),
            "pencil",
            number,
            urgent=True,
        )
        for track, number in sheets_to_key(actor)
    ]
