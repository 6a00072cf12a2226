"""The certificates of the group: who issues them, their levels, what each costs."""

from blueprints.catalogue.routes import bp

__all__ = ["bp"]
