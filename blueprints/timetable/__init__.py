"""Venues and rooms, sessions and stations, the timetable of an event, one's own day."""

from blueprints.timetable import places
from blueprints.timetable.routes import bp

__all__ = ["bp", "places"]
