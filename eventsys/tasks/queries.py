"""Tasks of a person, and those a worker may take."""

from datetime import datetime

from sqlalchemy import Select, func, select

from eventsys.db import session
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind, TaskState

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


def expired_tasks(moment: datetime) -> list[Task]:
    """Tasks whose file has lain long enough."""
    found = select(Task).where(Task.expires_at <= moment, Task.file_path != "")
    return list(session().scalars(found))


def kept_paths(paths: list[str]) -> frozenset[str]:
    """Those of ``paths`` that belong to a task."""
    return frozenset(session().scalars(select(Task.file_path).where(Task.file_path.in_(paths))))
