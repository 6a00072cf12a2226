"""Pages of long work."""

from dataclasses import dataclass

from flask import Blueprint, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.listing import paged
from blueprints.web import load, me, page, settings
from eventsys import clock
from eventsys.db import transaction
from eventsys.tasks import actions, queries
from eventsys.tasks.files import is_whole
from eventsys.tasks.models import Task
from eventsys.tasks.policy import may_see_task
from eventsys.tasks.rules import STATE_LABELS, TASK_LABELS, TaskState

bp = Blueprint("tasks", __name__, url_prefix="/tasks")
STOP_ASKING = 286  # htmx: this was the last answer
UNFINISHED = {TaskState.WAITING: "queued", TaskState.RUNNING: "running"}


@dataclass(frozen=True)
class Progress:
    """A task as the progress macro draws it."""

    url: str
    state: str
    done: int
    total: int
    text: str
    download_url: str | None


def progress_of(task: Task) -> Progress:
    """What to draw for a task at this moment."""
    kept = task.state is TaskState.DONE and bool(task.file_path) and task.expires_at > clock.now()
    gone = task.state is TaskState.DONE and not kept
    return Progress(
        url=url_for(".progress", task_id=task.id),
        state=UNFINISHED.get(task.state, task.state.value),
        done=task.done,
        total=task.total,
        text=task.problem or (_("The file is no longer kept. Ask for it again.") if gone else ""),
        download_url=url_for(".download", task_id=task.id) if kept else None,
    )


@bp.get("")
def mine() -> ResponseReturnValue:
    """The files I asked for, newest first."""
    return page(
        "tasks/mine.html",
        tasks=paged(queries.tasks_of(me().user_id or 0)),
        labels=TASK_LABELS,
        states=STATE_LABELS,
        moment=clock.now(),
    )


@bp.get("/<int:task_id>")
def show(task_id: int) -> ResponseReturnValue:
    """One task: how far it is, and its file when it is made."""
    task = load(Task, task_id, may_see_task)
    return page("tasks/show.html", task=task, progress=progress_of(task), labels=TASK_LABELS)


@bp.get("/<int:task_id>/progress")
def progress(task_id: int) -> ResponseReturnValue:
    """The moving part of the page, asked for every second until the task is over."""
    task = load(Task, task_id, may_see_task)
    status = 200 if task.state in UNFINISHED else STOP_ASKING
    return render_template("tasks/progress.html", progress=progress_of(task)), status


@bp.get("/<int:task_id>/file")
def download(task_id: int) -> ResponseReturnValue:
    """The file itself, for its owner only; every fetching goes on record."""
    task = load(Task, task_id, may_see_task)
    with transaction():
        path = settings().files_dir / actions.fetch_file(me(), task)
    if not is_whole(path, task.file_hash):
        raise actions.FileGone
    return send_file(path, as_attachment=True, download_name=task.file_name, max_age=0)
