"""Versions of a timetable, the public one, and calendars that follow it."""

from blueprints.releases.routes import bp

__all__ = ["bp"]
