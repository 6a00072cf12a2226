"""The start page: what waits for me now."""

from blueprints.home.routes import bp

__all__ = ["bp"]
