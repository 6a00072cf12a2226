"""Fee negotiations: files, rounds, agreements, prices in force, limits."""

from blueprints.fees.routes import bp

__all__ = ["bp"]
