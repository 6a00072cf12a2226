"""Results: the opening of the map, rankings, drawing up and publishing, what the public sees."""

from blueprints.results import final_routes
from blueprints.results.routes import bp

__all__ = ["bp", "final_routes"]
