"""Gunicorn: one process with threads suits a school's one old PC; raise WEB_WORKERS on a server.

With EVENTSYS_WORKER=inline every web process also offers to be the worker; a lock lets exactly one
of them lead. Otherwise run ``flask --app wsgi clock`` beside it.
"""

import os

from flask import Flask
from gunicorn.workers.base import Worker

from scheduling.leader import start_worker

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "1"))
worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 20
max_requests = 0
accesslog = None


def post_worker_init(worker: Worker) -> None:
    """Start the clock inside this process where the settings ask for it."""
    app: Flask = worker.app.callable
    if app.extensions["settings"].inline_worker:
        start_worker(app)
