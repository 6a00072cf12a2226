"""One piece of long work and the file it makes."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from eventsys.db import BIG, GroupOwned, Id, Model
from eventsys.holds import Queue
from eventsys.tasks.rules import STALLED_AFTER, TaskKind, TaskState


class Task(GroupOwned):
    """Export, batch of papers or of certificates. The file belongs to ``owner_id`` alone.

    ``claimed_at`` is the last sign of life of the worker that holds it, and its proof of holding.
    """

    __tablename__ = "task"
    __table_args__ = (Index("ix_task_state_created", "state", "created_at"),)

    id: Mapped[Id]
    owner_id: Mapped[int] = mapped_column(BIG, ForeignKey("user_account.id"), index=True)
    kind: Mapped[TaskKind]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    title: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(5))
    state: Mapped[TaskState] = mapped_column(default=TaskState.WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(String(500), default="")
    file_name: Mapped[str] = mapped_column(String(200), default="")
    file_path: Mapped[str] = mapped_column(String(200), default="")
    file_hash: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]


TASKS = Queue(Task, TaskState.WAITING, TaskState.RUNNING, STALLED_AFTER)


class Heartbeat(Model):
    """When the worker was last seen alive; ``/readyz`` looks here."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    at: Mapped[datetime]
