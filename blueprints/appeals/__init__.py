"""Appeals: their clock, lodging, panels, rulings, letters."""

from blueprints.appeals.panel_routes import bp

__all__ = ["bp"]
