"""Pages of the evidence pack and of the originals."""

from blueprints.archive.routes import bp

__all__ = ["bp"]
