"""Blind codes: committing to a seed, drawing, the minute for the envelope."""

from blueprints.draws.routes import bp

__all__ = ["bp"]
