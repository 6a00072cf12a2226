"""The first account, the first group."""

from blueprints.setup.commands import audit_commands, demo_command, setup_commands
from blueprints.setup.routes import bp

__all__ = ["audit_commands", "bp", "demo_command", "setup_commands"]
