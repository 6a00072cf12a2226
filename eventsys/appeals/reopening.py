"""A later version of the results gives those whose result it changed the time to appeal again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from eventsys import clock
from eventsys.appeals.actions import shown
from eventsys.appeals.models import AppealReopening
from eventsys.appeals.queries import rules_of
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.events.models import Track
from eventsys.identity.policy import Actor
from eventsys.notifications.actions import notify
from eventsys.notifications.rules import MessageKind
from eventsys.registration.models import Entry
from eventsys.registration.queries import leaders_of


def reopen_appeals(
    actor: Actor, track: Track, version: int, entry_ids: Sequence[int], at: datetime
) -> datetime | None:
    """Give these entries the full time from a publication on, and no others; until when.

    Who may publish is the caller's question; it asks in the transaction of the publication, which
    holds the track. Nothing happens where the rules know no appeals.
    """
    rules = rules_of(track)
    if rules is None or not rules.appeal_levels or not entry_ids:
        return None

    ends_at = at + timedelta(minutes=rules.appeal_minutes)
    session().add_all(
        AppealReopening(
            id=new_id(),
            group_id=track.group_id,
            track_id=track.id,
            entry_id=entry_id,
            version=version,
            at=at,
            ends_at=ends_at,
        )
        for entry_id in entry_ids
    )
    session().flush()

    record(actor, "appeals.reopened", track, version=version, entries=len(entry_ids), until=ends_at)
    _tell(track, version, entry_ids, ends_at)
    return ends_at


def _tell(track: Track, version: int, entry_ids: Sequence[int], ends_at: datetime) -> None:
    units = session().scalars(select(Entry.unit_id).where(Entry.id.in_(entry_ids)).distinct())
    notify(
        track.group_id,
        {user_id for some in leaders_of(units, clock.today()).values() for user_id in some},
        MessageKind.APPEAL_REOPENED,
        link="/appeals",
        once=f"reopened:{track.id}:{version}",
        track=track.name,
        n=version,
        moment=shown(ends_at),
    )
