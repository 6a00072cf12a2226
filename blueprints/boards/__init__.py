"""Progress, the public board, the ceremony, and judges' figures."""

from blueprints.boards.routes import bp

__all__ = ["bp"]
