"""A person's messages."""

from sqlalchemy import Select, func, select

from eventsys.db import session
from eventsys.notifications.models import Message


def inbox(user_id: int) -> Select[Message]:
    """Messages to an account, newest first."""
    return (
        select(Message)
        .where(Message.user_id == user_id)
        .order_by(Message.created_at.desc(), Message.id)
    )


def unread(user_id: int) -> int:
    """How many messages wait to be read."""
    waiting = select(func.count(Message.id)).where(
        Message.user_id == user_id, Message.read_at.is_(None)
    )
    return session().scalar(waiting) or 0
