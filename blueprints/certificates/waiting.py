"""What waits for the certificate office."""

from flask import url_for
from flask_babel import gettext as _

from blueprints.waiting import Waiting
from eventsys.certificates.policy import may_issue_in_group
from eventsys.certificates.queries import due_tracks
from eventsys.identity.policy import Actor


def waiting(actor: Actor) -> list[Waiting]:
    """Tracks whose results are final and whose certificates are not all issued."""
    if actor.group_id is None or not may_issue_in_group(actor, actor.group_id):
        return []
    count = due_tracks()
    text = _("Tracks with certificates to issue")
    return [Waiting(text, url_for("certificates.tracks"), "award", count)] if count else []
