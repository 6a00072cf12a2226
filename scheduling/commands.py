"""``flask --app wsgi clock``: the worker process."""

import time

import click
from flask import current_app
from flask.cli import with_appcontext

from scheduling.leader import start_worker


@click.command("clock")
@with_appcontext
def clock_commands() -> None:
    """Run the clock and the long work until stopped."""
    start_worker(current_app._get_current_object())  # noqa: SLF001  # ty: ignore[missing-attribute]  threads need the app behind the proxy
    while True:
        time.sleep(3600)
