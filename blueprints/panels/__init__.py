"""Panels: seats, conditions of admission, judges' cards, and who stands aside."""

from blueprints.panels import judge_routes
from blueprints.panels.routes import bp

__all__ = ["bp", "judge_routes"]
