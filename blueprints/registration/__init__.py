"""Entering by form and by table, and reviewing what was entered."""

from blueprints.registration import import_routes, review_routes
from blueprints.registration.routes import bp

__all__ = ["bp", "import_routes", "review_routes"]
