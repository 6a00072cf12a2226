"""Gunicorn: two processes with threads where there are two cores; raise WEB_WORKERS on a server.

With EVENTSYS_WORKER=beside the server keeps a worker process beside itself, which ends with it.
Otherwise run ``flask --app wsgi clock`` as a service of its own.
"""

import os
import subprocess
import sys
import threading
import time

from gunicorn.arbiter import Arbiter

sys.setswitchinterval(0.0005)
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", min(2, os.cpu_count() or 1)))
worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 20
max_requests = 0
accesslog = None
AGAIN_AFTER = 5.0


def when_ready(_server: Arbiter) -> None:
    """Start the worker where the settings ask for it, and again should it ever end."""
    if os.environ.get("EVENTSYS_WORKER") == "beside":
        threading.Thread(target=_keep_worker, daemon=True).start()


def _keep_worker() -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "clock", "--beside"]
    while True:
        subprocess.run([*command, str(os.getpid())], check=False)  # noqa: S603  a fixed command
        time.sleep(AGAIN_AFTER)
