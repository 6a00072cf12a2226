"""Writing to people, in the transaction of the deed they should hear of."""

from collections.abc import Iterable

from sqlalchemy import select

from eventsys import clock
from eventsys.db import new_id, session
from eventsys.errors import Forbidden
from eventsys.identity.policy import Actor
from eventsys.notifications.models import Message
from eventsys.notifications.rules import MessageKind


def notify(
    group_id: int,
    user_ids: Iterable[int],
    kind: MessageKind,
    *,
    link: str = "",
    once: str = "",
    **facts: object,
) -> int:
    """Write one message to each account; with ``once``, never a second time for the same key."""
    written = 0
    for user_id in sorted(set(user_ids)):
        key = f"{once}:{user_id}" if once else None
        if key and session().scalar(select(Message.id).where(Message.once_key == key)):
            continue
        session().add(
            Message(
                id=new_id(),
                group_id=group_id,
                user_id=user_id,
                kind=kind,
                facts={name: str(value) for name, value in facts.items()},
                link=link,
                once_key=key,
                created_at=clock.now(),
            )
        )
        written += 1
    return written


def mark_read(actor: Actor, message: Message) -> None:
    """Put one's own message aside."""
    if message.user_id != actor.user_id:
        raise Forbidden
    message.read_at = message.read_at or clock.now()
