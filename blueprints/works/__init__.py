"""Works: what is asked for, bringing it in, and looking at it under codes."""

from blueprints.works.routes import bp

__all__ = ["bp"]
