"""Venues, their rooms and stations: they serve all events of a group."""

from blueprints.places import import_routes
from blueprints.places.routes import bp

__all__ = ["bp", "import_routes"]
