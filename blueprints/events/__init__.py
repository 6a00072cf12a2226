"""Events, tracks and their rulesets."""

from blueprints.events.routes import bp

__all__ = ["bp"]
