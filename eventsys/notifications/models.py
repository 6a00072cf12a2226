"""One message to one account."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from eventsys.db import BIG, GroupOwned, Id
from eventsys.notifications.rules import MessageKind


class Message(GroupOwned):
    """A kind and its facts; the words are chosen when it is read, in the reader's language."""

    __tablename__ = "message"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BIG, ForeignKey("user_account.id"), index=True)
    kind: Mapped[MessageKind]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    link: Mapped[str] = mapped_column(String(200), default="")
    once_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    read_at: Mapped[datetime | None]
