"""Marking: panels, the judges' sheets, the chief judge's overview, exam marks."""

from blueprints.scoring import chief_routes, exam_routes, panel_routes
from blueprints.scoring.routes import bp

__all__ = ["bp", "chief_routes", "exam_routes", "panel_routes"]
