"""Member units of the group, and the record of deeds."""

from blueprints.members.routes import bp

__all__ = ["bp"]
