"""What moves by itself: the clock, and the long work people asked for."""

from flask import Flask

from scheduling.commands import clock_commands


def register(app: Flask) -> None:
    """Put the worker's command on the application."""
    app.cli.add_command(clock_commands)
