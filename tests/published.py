"""Published results laid down as rows, for tests of what comes after them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import insert

from eventsys import clock
from eventsys.db import new_id, session, transaction
from eventsys.events.models import Track
from eventsys.id_numbers import normalise_id_number
from eventsys.identity.actions import PersonFacts, as_group, register_person
from eventsys.identity.policy import System
from eventsys.registration.models import Entry, Member
from eventsys.registration.rules import EntryState, MemberRole
from eventsys.results.models import Notice, Publication, ResultRow
from eventsys.results.states import Outcome
from tests.world import TODAY, id_number


def publish(
    track_id: int, outcomes: Mapping[int, Outcome], public_at: datetime | None = None
) -> None:
    """Make the results of a track public: ``outcomes`` by entry, in the order of the places."""
    with transaction():
        track = session().get_one(Track, track_id)
        publication = Publication(
            id=new_id(),
            group_id=track.group_id,
            track_id=track_id,
            drawn_up_at=clock.now(),
            drawn_up_by="组织者",
            due_at=clock.now(),
            digest="0" * 64,
        )
        session().add(publication)
        session().flush()
        for position, (entry_id, outcome) in enumerate(outcomes.items(), start=1):
            entry = session().get_one(Entry, entry_id)
            session().add(
                ResultRow(
                    group_id=track.group_id,
                    publication_id=publication.id,
                    entry_id=entry_id,
                    position=position,
                    label=entry.label,
                    unit_name=entry.unit.name,
                    place=position,
                    parts={},
                    outcome=outcome,
                )
            )
        session().flush()
        publication.public_at = public_at or clock.now() - timedelta(minutes=1)
        publication.notice = Notice(
            id=new_id(),
            group_id=track.group_id,
            starts_at=publication.public_at,
            ends_at=publication.public_at,
            final_at=publication.public_at,
        )


def enter_many(track_id: int, unit_id: int, names: list[str], *, team: str = "") -> list[int]:
    """More approved entries with one member each; with ``team``, one entry of all of them."""
    with transaction():
        track = session().get_one(Track, track_id)
        keys = [new_id() for _ in ([team] if team else names)]
        start = track.last_number
        track.last_number += len(keys)
        for offset, key in enumerate(keys, start=1):
            session().execute(
                insert(Entry).values(
                    id=key,
                    group_id=track.group_id,
                    event_id=track.event_id,
                    track_id=track_id,
                    unit_id=unit_id,
                    number=start + offset,
                    state=EntryState.APPROVED,
                    team_name=team,
                    reason="",
                    created_at=clock.now(),
                    version=1,
                )
            )
        for position, name in enumerate(names):
            person = register_person(
                as_group(System(), track.group_id),
                track.group_id,
                PersonFacts(name, _number(start * 1000 + position), unit_id),
            )
            session().add(
                Member(
                    group_id=track.group_id,
                    entry_id=keys[0] if team else keys[position],
                    event_id=track.event_id,
                    person_id=person.id,
                    role=MemberRole.CONTESTANT,
                    takes_part=True,
                    position=position,
                )
            )
    return keys


def _number(order: int):
    born = TODAY.replace(year=2004, month=1 + order // 900 % 12, day=1)
    return normalise_id_number(id_number(410102 + order // 10_000, born, order % 999 + 1), TODAY)
