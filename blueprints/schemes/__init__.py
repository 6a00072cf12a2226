"""Marking schemes: by form or from a file, in versions; marks of an examination machine."""

from blueprints.schemes import file_routes, machine_routes, version_routes
from blueprints.schemes.routes import bp

__all__ = ["bp", "file_routes", "machine_routes", "version_routes"]
