"""Marking: panels, the judges' sheets, the chief judge's overview, exam marks."""

from blueprints.scoring import (
    chief_routes,
    confirm_routes,
    contest_routes,
    correction_routes,
    exam_routes,
)
from blueprints.scoring.routes import bp

__all__ = [
    "bp",
    "chief_routes",
    "confirm_routes",
    "contest_routes",
    "correction_routes",
    "exam_routes",
]
