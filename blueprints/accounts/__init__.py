"""Signing in, one's own account, the members of a group and their roles."""

from blueprints.accounts.routes import bp

__all__ = ["bp"]
