"""Ordering a file from the worker."""

from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.web import me
from eventsys.db import transaction
from eventsys.events.models import Event, Track
from eventsys.tasks.actions import ask
from eventsys.tasks.rules import TASK_LABELS, TaskKind


def order_file(kind: TaskKind, about: Event | Track, **payload: Any) -> ResponseReturnValue:
    """Ask for a file about something the person may have, and go where it can be watched."""
    title = f"{_(TASK_LABELS[kind])} {about.name}"
    with transaction():
        task_id = ask(me(), about.group_id, kind, title, **payload).id
    return redirect(url_for("tasks.show", task_id=task_id))
