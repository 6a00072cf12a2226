"""``/healthz`` and ``/readyz``, for whoever watches over the server."""

from datetime import timedelta
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from eventsys import clock
from eventsys.db import session
from eventsys.tasks.models import Heartbeat

bp = Blueprint("status", __name__)
WORKER_SEEN_WITHIN = timedelta(seconds=90)
UNAVAILABLE = 503


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process is alive."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Database, migrations and worker, each with its own answer."""
    parts = {"database": False, "migrations": False, "worker": False}
    try:
        parts["migrations"] = _at_head()
        parts["database"] = True
        beat = session().get(Heartbeat, "worker")
        parts["worker"] = beat is not None and beat.at > clock.now() - WORKER_SEEN_WITHIN
    except SQLAlchemyError:
        current_app.logger.exception("readyz")
    ready = all(parts.values())
    return jsonify(status="ready" if ready else "not ready", **parts), 200 if ready else UNAVAILABLE


def _at_head() -> bool:
    config = Config()
    config.set_main_option(
        "script_location", str(Path(current_app.root_path) / "eventsys" / "migrations")
    )
    head = ScriptDirectory.from_config(config).get_current_head()
    return MigrationContext.configure(session().connection()).get_current_revision() == head
