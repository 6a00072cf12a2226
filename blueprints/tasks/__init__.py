"""Files people asked for: how far they are, and fetching them."""

from blueprints.tasks.routes import bp

__all__ = ["bp"]
