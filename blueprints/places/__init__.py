"""Venues, their rooms and stations: they serve all events of a group."""

from blueprints.places.routes import bp

__all__ = ["bp"]
