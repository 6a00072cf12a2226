"""Files that lie ready."""

from flask import url_for
from flask_babel import gettext as _

from blueprints.waiting import Waiting
from eventsys import clock
from eventsys.identity.policy import Actor
from eventsys.tasks.queries import files_ready


def waiting(actor: Actor) -> list[Waiting]:
    """Files made for this person and not fetched yet."""
    if actor.user_id is None:
        return []
    count = files_ready(actor.user_id, clock.now())
    text = _("Files ready to download")
    return [Waiting(text, url_for("tasks.mine"), "download", count)] if count else []
