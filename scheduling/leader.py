"""One leader: whoever holds the lock runs the clock; the others wait for it to fall free."""

import fcntl
import logging
import threading
import time
from collections.abc import Callable
from typing import IO

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import Connection, text

from eventsys import clock
from eventsys.config import Settings
from eventsys.db import db
from scheduling.jobs import JOBS

log = logging.getLogger(__name__)
LOCK_KEY = 4_711_001
RETRY_SECONDS = 5.0


class FileLock:
    """On SQLite: an flock beside the database, released by the kernel when the process dies."""

    def __init__(self, settings: Settings) -> None:
        self.path = settings.instance / "worker.lock"
        self.file: IO[str] | None = None

    def take(self) -> bool:
        """Whether this process is the leader now."""
        file = self.path.open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self.file = file
        return True


class DatabaseLock:
    """On PostgreSQL: an advisory lock on a connection of its own."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.connection: Connection | None = None

    def take(self) -> bool:
        """Whether this process is the leader now."""
        with self.app.app_context():
            connection = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY}):
            self.connection = connection
            return True
        connection.close()
        return False


def start_worker(app: Flask) -> threading.Thread:
    """Wait for the leadership in a thread of its own, then run the clock in this process."""
    thread = threading.Thread(target=_lead, args=(app,), name="worker", daemon=True)
    thread.start()
    return thread


def stop_worker(app: Flask) -> None:
    """Begin nothing more; what is being done ends with the process and is taken up again."""
    if "scheduler" in app.extensions:
        app.extensions["scheduler"].shutdown(wait=False)


def _lead(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    on_file = settings.database_url.startswith("sqlite")
    lock = FileLock(settings) if on_file else DatabaseLock(app)
    while not lock.take():
        time.sleep(RETRY_SECONDS)
    app.extensions["leader_lock"] = lock
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a long task skips beats: no warning
    scheduler = BackgroundScheduler(timezone="UTC", daemon=True)
    for job, trigger in JOBS.items():
        scheduler.add_job(
            in_context(app, job),
            trigger,
            id=job_name(job),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=3600,
            next_run_time=clock.now(),
        )
    scheduler.start()
    app.extensions["scheduler"] = scheduler
    log.info("worker: leading with %d jobs", len(JOBS))


def job_name(job: Callable[[], int]) -> str:
    """The name of a job's function."""
    return getattr(job, "__name__", repr(job))


def in_context(app: Flask, job: Callable[[], int]) -> Callable[[], None]:
    """A job with its own application context; a failure is logged, and the next run comes."""

    def run() -> None:
        with app.app_context():
            try:
                job()
            except Exception:
                log.exception("job %s", job_name(job))

    return run
