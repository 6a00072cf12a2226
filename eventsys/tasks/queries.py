"""Tasks of a person, and those a worker may take."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from eventsys.db import session
from eventsys.tasks.models import Task
from eventsys.tasks.rules import STALLED_AFTER, TaskKind, TaskState

UNFINISHED = (TaskState.WAITING, TaskState.RUNNING)


def tasks_of(user_id: int) -> Select[Task]:
    """A person's tasks, newest first."""
    return select(Task).where(Task.owner_id == user_id).order_by(Task.created_at.desc(), Task.id)


def unfinished_tasks(user_id: int, kind: TaskKind) -> list[Task]:
    """What a person asked for and has not got yet, of one kind."""
    return list(
        session().scalars(tasks_of(user_id).where(Task.kind == kind, Task.state.in_(UNFINISHED)))
    )


def files_ready(user_id: int, moment: datetime) -> int:
    """How many files lie ready for a person and were not fetched yet."""
    counted = select(func.count(Task.id)).where(
        Task.owner_id == user_id,
        Task.state == TaskState.DONE,
        Task.fetched_at.is_(None),
        Task.expires_at > moment,
    )
    return session().scalar(counted) or 0


def free_to_take(moment: datetime) -> ColumnElement[bool]:
    """Waiting, or left running by a worker that has given no sign of life for long."""
    silent = and_(Task.state == TaskState.RUNNING, Task.claimed_at < moment - STALLED_AFTER)
    return or_(Task.state == TaskState.WAITING, silent)


def next_task_id(moment: datetime) -> int | None:
    """The oldest task a worker may take."""
    found = select(Task.id).where(free_to_take(moment)).order_by(Task.created_at, Task.id)
    return session().scalar(found.limit(1))


def expired_tasks(moment: datetime) -> list[Task]:
    """Tasks whose file has lain long enough."""
    found = select(Task).where(Task.expires_at <= moment, Task.file_path != "")
    return list(session().scalars(found))


def kept_paths(paths: list[str]) -> frozenset[str]:
    """Those of ``paths`` that belong to a task."""
    return frozenset(session().scalars(select(Task.file_path).where(Task.file_path.in_(paths))))
