"""Entering by form and by table, and reviewing what was entered."""

from blueprints.registration import admission_routes, import_routes, review_routes
from blueprints.registration.routes import bp

__all__ = ["admission_routes", "bp", "import_routes", "review_routes"]
