"""The timetable everybody may read: a page, the same inside other sites, and calendar files."""

from itertools import groupby
from typing import Any

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_talisman import Talisman

from blueprints.web import page, settings
from eventsys import clock
from eventsys.db import enter_group
from eventsys.errors import NotThere
from eventsys.events.models import Event
from eventsys.events.queries import public_event
from eventsys.identity.queries import actor_of
from eventsys.releases import queries
from eventsys.releases.calendars import calendar_of
from eventsys.releases.models import PlanLine
from eventsys.releases.rules import Fixed, LineKind
from eventsys.releases.stops import my_lines

bp = Blueprint("public_timetable", __name__, url_prefix="/public/timetable")
framed = Talisman()
IN_A_FRAME = {
    "default-src": "'none'",
    "style-src": "'self'",
    "font-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "*",
}


def _public(event_id: int) -> Event:
    found = public_event(event_id)
    if found is None:
        raise NotThere
    enter_group(found.group_id)
    return found


def _shown(event_id: int) -> dict[str, Any]:
    event = _public(event_id)
    version = None if event.state in queries.HIDDEN else queries.published(event_id)
    lines = queries.lines_of(version, LineKind.SESSION)
    days = [(day, list(some)) for day, some in groupby(lines, key=_day)]
    return {"event": event, "version": version, "days": days}


def _day(line: Fixed) -> object:
    return clock.in_shanghai(line.starts_at).date()


@bp.get("/<int:event_id>")
def show(event_id: int) -> ResponseReturnValue:
    """Which session is when and in which room, as published; no names of people."""
    return page("releases/public.html", **_shown(event_id))


@bp.get("/<int:event_id>/embed")
@framed(content_security_policy=IN_A_FRAME, frame_options=None)
def embed(event_id: int) -> ResponseReturnValue:
    """The same to be shown inside another site: this page alone may stand in a frame."""
    return page("releases/embed.html", **_shown(event_id))


@bp.get("/<int:event_id>/tracks/<int:track_id>.ics")
def of_track(event_id: int, track_id: int) -> ResponseReturnValue:
    """The published sessions of a track, for a calendar."""
    event = _public(event_id)
    lines = queries.sessions_public(event_id, track_id=track_id)
    return _calendar(lines, lines[0].track if lines else event.name)


@bp.get("/<int:event_id>/rooms/<int:room_id>.ics")
def of_room(event_id: int, room_id: int) -> ResponseReturnValue:
    """The published sessions of an event in a room, for a calendar."""
    event = _public(event_id)
    lines = queries.sessions_public(event_id, room_id=room_id)
    return _calendar(lines, lines[0].room if lines else event.name)


@bp.get("/calendar/<token>.ics")
def feed(token: str) -> ResponseReturnValue:
    """What one person's calendar reads; an ended or unknown address is not there."""
    found = queries.feed_with(token)
    if found is None or found.user.closed_at is not None:
        raise NotThere
    enter_group(found.user.group_id)
    return _calendar(my_lines(actor_of(found.user)), found.user.name)


def _calendar(lines: list[PlanLine], title: str) -> ResponseReturnValue:
    host = settings().public_url.split("//")[-1].split("/")[0] or "eventsys"
    return Response(calendar_of(lines, title, host, _), mimetype="text/calendar")
