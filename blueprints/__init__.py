"""How people reach it: pages, forms and commands. Decides nothing."""

from flask import Flask

from blueprints import (
    accounts,
    appeals,
    archive,
    attendance,
    boards,
    catalogue,
    certificates,
    draws,
    events,
    fees,
    home,
    incidents,
    members,
    panels,
    paper,
    places,
    rechecks,
    registration,
    results,
    schemes,
    scoring,
    setup,
    status,
    tasks,
    timetable,
    works,
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
    works,
    incidents,
    schemes,
    panels,
    scoring,
    rechecks,
    paper,
    appeals,
    results,
    boards,
    members,
    setup,
    tasks,
    catalogue,
    fees,
    certificates,
    archive,
)


def register(app: Flask) -> None:
    """Put every feature's pages on the application."""
    for feature in FEATURES:
        app.register_blueprint(feature.bp)
    for commands in (setup.setup_commands, setup.audit_commands, setup.demo_command):
        app.cli.add_command(commands)
