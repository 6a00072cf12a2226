"""Incidents in the competition room: records, decisions, the board of added time."""

from blueprints.incidents.routes import bp

__all__ = ["bp"]
