"""Sessions and stations, the timetable of an event, one's own day."""

from blueprints.timetable.routes import bp

__all__ = ["bp"]
