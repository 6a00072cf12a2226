"""Marking schemes: criteria and aspects by form or from a file."""

from blueprints.schemes.routes import bp

__all__ = ["bp"]
