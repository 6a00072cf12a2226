"""Whether the installation is alive and ready."""

from blueprints.status.routes import bp

__all__ = ["bp"]
