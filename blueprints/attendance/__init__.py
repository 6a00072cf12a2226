"""Tickets, the check-in desk, half days and hours."""

from blueprints.attendance import half_days
from blueprints.attendance.routes import bp

__all__ = ["bp", "half_days"]
