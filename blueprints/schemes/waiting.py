"""What marking schemes keep waiting: corrections to approve, machine marks to import."""

from flask import url_for
from flask_babel import gettext as _

from blueprints.language import named
from blueprints.waiting import Waiting
from eventsys.identity.policy import Actor
from eventsys.schemes.queries import drafts_to_approve
from eventsys.scoring.machine_queries import tracks_with_machine_marks


def waiting(actor: Actor) -> list[Waiting]:
    """Drafts for the chief judge; for a score clerk the page of the machine's marks."""
    drafts = [
        Waiting(
            _("Scheme correction to approve: %(track)s", track=named(one.track)),
            url_for("schemes.version", scheme_id=one.id),
            "list-checks",
            urgent=True,
        )
        for one in drafts_to_approve(actor)
    ]
    tracks = [
        Waiting(
            _("Marks of the examination machine: %(track)s", track=named(track)),
            url_for("schemes.machine_marks", track_id=track.id),
            "upload",
        )
        for track in tracks_with_machine_marks(actor)
    ]
    return [*drafts, *tracks]
