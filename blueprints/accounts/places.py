"""The places of a group in which a role can hold, as a list to choose from."""

from flask_babel import gettext
from sqlalchemy import select

from eventsys.db import session
from eventsys.events.models import Event, Track
from eventsys.groups.models import Unit
from eventsys.identity.rules import ScopeKind

Places = dict[str, list[tuple[str, str]]]


def places_of(group_id: int) -> Places:
    """``kind:id`` with a label, by kind: the group, its events, tracks and units."""
    group, event, track, unit = (
        ScopeKind.GROUP.value,
        ScopeKind.EVENT.value,
        ScopeKind.TRACK.value,
        ScopeKind.UNIT.value,
    )
    events = session().execute(select(Event.id, Event.name).order_by(Event.name))
    tracks = session().execute(
        select(Track.id, Event.name, Track.name)
        .join(Event, Event.id == Track.event_id)
        .order_by(Event.name, Track.code)
    )
    units = session().execute(select(Unit.id, Unit.name).order_by(Unit.name))
    found = {
        gettext("Group"): [(f"{group}:{group_id}", gettext("The whole group"))],
        gettext("Events"): [(f"{event}:{key}", name) for key, name in events],
        gettext("Tracks and classes"): [
            (f"{track}:{key}", f"{of} · {name}") for key, of, name in tracks
        ],
        gettext("Units"): [(f"{unit}:{key}", name) for key, name in units],
    }
    return {kind: places for kind, places in found.items() if places}


def labels_of(places: Places) -> dict[str, str]:
    """The label of each ``kind:id``."""
    return {key: label for several in places.values() for key, label in several}
