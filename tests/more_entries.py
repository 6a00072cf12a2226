"""More of the same: approved entries of one person each, for tests of what pages cost."""

from eventsys import clock
from eventsys.db import new_id, session
from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.id_numbers import normalise_id_number
from eventsys.identity.actions import PersonFacts, as_group, register_person
from eventsys.identity.policy import System
from eventsys.registration.models import Entry, Member
from eventsys.registration.rules import EntryState, MemberRole
from tests.world import TODAY, id_number

ROLES = {
    EventKind.COMPETITION: MemberRole.CONTESTANT,
    EventKind.TRAINING: MemberRole.TRAINEE,
    EventKind.EXAM: MemberRole.CANDIDATE,
}


def add_entries(track: Track, unit_id: int, number: int) -> list[Entry]:
    """So many more approved entries in a track; the caller keeps them."""
    actor, made = as_group(System(), track.group_id), []
    for n in range(number):
        born = TODAY.replace(year=2006, month=1 + n % 12, day=1 + n // 12)
        value = id_number(410105, born, track.id % 900 + 1)
        person = register_person(
            actor,
            track.group_id,
            PersonFacts(f"增补人员{n}", normalise_id_number(value, TODAY), unit_id),
        )
        entry = Entry(
            id=new_id(),
            group_id=track.group_id,
            event_id=track.event_id,
            track_id=track.id,
            unit_id=unit_id,
            number=100 + n,
            state=EntryState.APPROVED,
            created_at=clock.now(),
        )
        entry.members.append(
            Member(
                id=new_id(),
                group_id=track.group_id,
                event_id=track.event_id,
                person_id=person.id,
                role=ROLES[track.event.kind],
                takes_part=True,
            )
        )
        session().add(entry)
        made.append(entry)
    session().flush()
    return made
