"""``flask --app wsgi clock``: the worker process."""

import os
import time

import click
from flask import current_app
from flask.cli import with_appcontext

from scheduling.leader import start_worker, stop_worker

LOOK_EVERY = 2.0
POLITE = 5  # people's pages come before long work


@click.command("clock")
@click.option("--beside", type=int, help="End with this process, and let it go first.")
@with_appcontext
def clock_commands(beside: int | None) -> None:
    """Run the clock and the long work until stopped."""
    if beside is not None:
        os.nice(POLITE)
    app = current_app._get_current_object()  # noqa: SLF001  # ty: ignore[missing-attribute]  threads need the app behind the proxy
    start_worker(app)
    while beside is None or os.getppid() == beside:
        time.sleep(LOOK_EVERY)
    stop_worker(app)
