"""Pages of paper: printing sheets, comparing signed scans, keying by two."""

from blueprints.paper import keying_routes
from blueprints.paper.routes import bp

__all__ = ["bp", "keying_routes"]
