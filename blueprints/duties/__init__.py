"""Who serves where, who is on the list, and when people can come."""

from blueprints.duties import import_routes
from blueprints.duties.routes import bp

__all__ = ["bp", "import_routes"]
