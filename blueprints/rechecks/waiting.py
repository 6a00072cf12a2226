"""What the re-check keeps waiting: codes of supervisors, then the lock."""

from flask import url_for
from flask_babel import gettext as _

from blueprints.language import named
from blueprints.waiting import Waiting
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission
from eventsys.rechecks.queries import tracks_to_recheck


def waiting(actor: Actor) -> list[Waiting]:
    """What this supervisor has to re-check or to lock."""
    if not any(actor.may(Permission.RECHECK, [grant.scope]) for grant in actor.grants):
        return []
    return [
        Waiting(
            _("Codes to re-check: %(track)s", track=named(track))
            if left
            else _("Marks to lock after the re-check: %(track)s", track=named(track)),
            url_for("rechecks.track", track_id=track.id),
            "shield-check",
            left or None,
            urgent=True,
        )
        for track, _codes, left in tracks_to_recheck(actor)
    ]
