"""What results keep waiting: drawing up for organizers, opening for encryption judges, news."""

from datetime import timedelta

from flask import url_for
from flask_babel import gettext as _

from blueprints.language import named
from blueprints.waiting import Waiting
from eventsys import clock
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission
from eventsys.results import queries

NEWS = timedelta(days=14)


def waiting(actor: Actor) -> list[Waiting]:
    """What this actor has to open, to draw up or to read."""
    found = []
    if _holds(actor, Permission.RESULTS_PUBLISH):
        found += _to_draw_up(actor)
    if _holds(actor, Permission.DRAW):
        found += _to_open(actor)
    if _holds(actor, Permission.ENTRIES_SUBMIT) or actor.person_id is not None:
        found += _news(actor)
    return found


def _holds(actor: Actor, permission: Permission) -> bool:
    return any(actor.may(permission, [grant.scope]) for grant in actor.grants)


def _to_draw_up(actor: Actor) -> list[Waiting]:
    return [
        Waiting(
            _("Results to draw up: %(track)s", track=named(track)),
            url_for("results.track", track_id=track.id),
            "trophy",
            urgent=True,
        )
        for track in queries.tracks_to_draw_up(actor)
    ]


def _to_open(actor: Actor) -> list[Waiting]:
    return [
        Waiting(
            _("Map to open before a supervisor: %(track)s", track=named(track)),
            url_for("results.open_map", track_id=track.id),
            "key-round",
            urgent=True,
        )
        for track in queries.tracks_to_open(actor)
    ]


def _news(actor: Actor) -> list[Waiting]:
    moment = clock.now()
    rows = queries.results_for(actor, moment, since=moment - NEWS)
    if not rows:
        return []
    return [Waiting(_("New results"), url_for("results.mine"), "trophy", len(rows))]
