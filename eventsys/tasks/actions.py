"""Asking for long work, taking it, reporting on it, fetching what it made."""

from datetime import datetime
from typing import Any

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import N_, Conflict
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, System, authorize
from eventsys.notifications.actions import notify
from eventsys.notifications.rules import MessageKind
from eventsys.tasks.models import TASKS, Task
from eventsys.tasks.policy import may_ask, may_see_task
from eventsys.tasks.queries import expired_tasks, unfinished_tasks
from eventsys.tasks.rules import FILE_LIFE, TaskKind, TaskState

LONGEST_PROBLEM = 500


class FileGone(Conflict):
    message = N_("This file is no longer kept. Ask for it again; it is made anew.")


def ask(actor: Actor, group_id: int, kind: TaskKind, title: str, **payload: Any) -> Task:
    """A task for the worker, in the actor's language; asking twice gives the task already waiting.

    The feature that offers the file has authorized its content before calling this.
    """
    authorize(actor, may_ask, group_id)
    owner = session().get_one(User, actor.user_id)
    for same in unfinished_tasks(owner.id, kind):
        if same.payload == payload and same.group_id == group_id:
            return same

    moment = clock.now()
    task = Task(
        id=new_id(),
        group_id=group_id,
        owner_id=owner.id,
        kind=kind,
        payload=payload,
        title=title[:200],
        language=owner.language,
        created_at=moment,
        expires_at=moment + FILE_LIFE,
    )
    session().add(task)
    session().flush()

    record(actor, "file.asked", task, kind=kind, title=title)
    return task


def note_progress(task_id: int, held_since: datetime, done: int, total: int) -> datetime:
    """A sign of life from the worker that holds the task; its hold counts from now on."""
    moment = clock.now()
    TASKS.change(task_id, held_since, claimed_at=moment, done=done, total=total)
    return moment


def finish_task(task_id: int, held_since: datetime, *, name: str, path: str, digest: str) -> None:
    """The file lies there: tell its owner."""
    moment = clock.now()
    task = TASKS.change(
        task_id,
        held_since,
        state=TaskState.DONE,
        finished_at=moment,
        expires_at=moment + FILE_LIFE,
        file_name=name[:200],
        file_path=path,
        file_hash=digest,
    )

    notify(
        task.group_id,
        [task.owner_id],
        MessageKind.FILE_READY,
        link=f"/tasks/{task.id}",
        once=f"file:{task.id}",
        name=task.title,
    )
    record(System(group_id=task.group_id), "file.made", task, kind=task.kind, sha256=digest)


def fail_task(task_id: int, held_since: datetime, problem: str) -> None:
    """It cannot be made: ``problem`` says why, in the owner's language."""
    task = TASKS.change(
        task_id,
        held_since,
        state=TaskState.FAILED,
        finished_at=clock.now(),
        problem=problem[:LONGEST_PROBLEM],
    )

    record(System(group_id=task.group_id), "file.failed", task, kind=task.kind)


def fetch_file(actor: Actor, task: Task) -> str:
    """Where the file lies below the files folder; every fetching goes on record."""
    authorize(actor, may_see_task, task)
    if task.state is not TaskState.DONE or not task.file_path or task.expires_at <= clock.now():
        raise FileGone

    task.fetched_at = clock.now()

    record(actor, "file.fetched", task, kind=task.kind, sha256=task.file_hash)
    return task.file_path


def forget_expired(moment: datetime) -> list[str]:
    """Let go of files that have lain long enough; gives back the paths to delete."""
    paths = []
    for task in expired_tasks(moment):
        paths.append(task.file_path)
        task.file_path = ""
    return paths
