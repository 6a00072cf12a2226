"""Plans of events: needs, settings, runs of the planner, and the editor."""

from blueprints.plans import tables
from blueprints.plans.routes import bp

__all__ = ["bp", "tables"]
