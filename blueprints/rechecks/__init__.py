"""The supervisors' re-check: the list, one code, an error, the lock."""

from blueprints.rechecks.routes import bp

__all__ = ["bp"]
