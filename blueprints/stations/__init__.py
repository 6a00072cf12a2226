"""Stations on the day: how each stands, its fault log, and where else there is room."""

from blueprints.stations.routes import bp

__all__ = ["bp"]
