"""How people reach it: pages, forms and commands. Decides nothing."""

from flask import Flask

from blueprints import (
    accounts,
    attendance,
    catalogue,
    certificates,
    draws,
    events,
    fees,
    home,
    members,
    places,
    registration,
    results,
    schemes,
    scoring,
    setup,
    status,
    tasks,
    timetable,
)

FEATURES = (
    status,
    home,
    accounts,
    events,
    registration,
    places,
    timetable,
    attendance,
    draws,
    schemes,
    scoring,
    results,
    members,
    setup,
    tasks,
    catalogue,
    fees,
    certificates,
)


def register(app: Flask) -> None:
    """Put every feature's pages on the application."""
    for feature in FEATURES:
        app.register_blueprint(feature.bp)
    for commands in (setup.setup_commands, setup.audit_commands, setup.demo_command):
        app.cli.add_command(commands)
