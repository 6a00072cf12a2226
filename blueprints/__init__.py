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
    duties,
    events,
    fees,
    home,
    incidents,
    members,
    panels,
    paper,
    places,
    plans,
    rechecks,
    registration,
    releases,
    results,
    schemes,
    scoring,
    setup,
    stations,
    status,
    tasks,
    timetable,
    works,
)
from blueprints.plans import delays as plan_delays
from blueprints.plans import editor as plan_editor
from blueprints.plans import editor_rooms as plan_rooms
from blueprints.plans import entries as plan_entries
from blueprints.plans import runs as plan_runs
from blueprints.releases import public_routes as public_timetable

FEATURES = (
    status,
    home,
    accounts,
    events,
    registration,
    places,
    stations,
    timetable,
    plans,
    plan_editor,
    plan_rooms,
    plan_runs,
    plan_delays,
    plan_entries,
    duties,
    releases,
    public_timetable,
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
