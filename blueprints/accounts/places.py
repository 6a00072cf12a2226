"""The places of a group in which a role can hold, as a list to choose from."""

from flask_babel import gettext
from sqlalchemy import select

from eventsys.db import session
from eventsys.events.models import Event, Track
from eventsys.groups.models import Unit
from eventsys.identity.rules import ScopeKind


def places_of(group_id: int) -> list[tuple[str, str]]:
    """``kind:id`` with a label: the group, its events, tracks and units."""
    found = [(f"{ScopeKind.GROUP.value}:{group_id}", gettext("The whole group"))]
    events = session().execute(select(Event.id, Event.name).order_by(Event.name)).all()
    found += [(f"{ScopeKind.EVENT.value}:{key}", name) for key, name in events]
    tracks = session().execute(
        select(Track.id, Event.name, Track.name)
        .join(Event, Event.id == Track.event_id)
        .order_by(Event.name, Track.code)
    )
    found += [
        (f"{ScopeKind.TRACK.value}:{key}", f"{event} · {name}") for key, event, name in tracks
    ]
    units = session().execute(select(Unit.id, Unit.name).order_by(Unit.name)).all()
    found += [(f"{ScopeKind.UNIT.value}:{key}", name) for key, name in units]
    return found
