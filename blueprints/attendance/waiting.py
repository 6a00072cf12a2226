"""Who is still to be checked in; whose ticket is ready; who signs in now."""

from collections import Counter

from flask import url_for
from flask_babel import gettext

from blueprints.waiting import Waiting
from eventsys import clock
from eventsys.attendance import queries
from eventsys.attendance.policy import may_check_in_event
from eventsys.attendance.rules import key_of
from eventsys.identity.policy import Actor
from eventsys.identity.rules import GRANTS, Permission

MOST = 5


def waiting(actor: Actor) -> list[Waiting]:
    """What stewards, organizers and those who take part have to do today."""
    checks_in = any(Permission.CHECK_IN in GRANTS[role] for role in actor.roles)
    return (_to_check_in(actor) if checks_in else []) + _own_tickets(actor)


def _to_check_in(actor: Actor) -> list[Waiting]:
    """One item an event where the whole event is the actor's, else one a track."""
    moment, today = clock.now(), clock.today()
    tracks = queries.tracks_to_check_in(actor, today)
    missing = queries.missing_counts(tracks, moment)
    desks: Counter[tuple[str, str]] = Counter()
    for track in tracks:
        if may_check_in_event(actor, track.event):
            desk = (track.event.name, url_for("attendance.event_desk", event_id=track.event_id))
        else:
            desk = (track.name, url_for("attendance.track_desk", track_id=track.id))
        desks[desk] += missing[track.id]
    return [
        Waiting(
            gettext("Check in for “%(name)s”", name=name), url, "scan-line", number, urgent=True
        )
        for (name, url), number in desks.items()
        if number
    ][:MOST]


def _own_tickets(actor: Actor) -> list[Waiting]:
    entries = queries.tickets_of(actor.person_id, clock.today())[:MOST]
    signed = queries.signed_keys([one.id for one in entries]) if entries else set()
    found = []
    for entry in entries:
        half_day = queries.open_half_day(entry.track, clock.now())
        due = half_day is not None and (entry.id, key_of(half_day)) not in signed
        text = (
            gettext("Sign in for “%(name)s” now: scan the code on the screen, or show your ticket")
            if due
            else gettext("Your ticket for “%(name)s”")
        )
        url = url_for("attendance.ticket", entry_id=entry.id)
        found.append(Waiting(text % {"name": entry.track.name}, url, "qr-code", urgent=due))
    return found
