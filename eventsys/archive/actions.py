"""Asking for an evidence pack, and writing down where the originals lie."""

from sqlalchemy import func, select

from eventsys import clock
from eventsys.archive.models import PaperOriginal
from eventsys.archive.policy import may_archive
from eventsys.archive.queries import is_settled
from eventsys.archive.rules import OriginalFacts, check_original
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.events.models import Event
from eventsys.identity.policy import Actor, authorize
from eventsys.tasks.actions import ask
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind


def ask_pack(actor: Actor, event: Event, title: str) -> Task:
    """Have the evidence pack of an event made; before the results are final it is provisional."""
    authorize(actor, may_archive, event)

    task = ask(actor, event.group_id, TaskKind.EVIDENCE_PACK, title, event_id=event.id)

    record(actor, "evidence.asked", event, provisional=not is_settled(event))
    return task


def keep_original(actor: Actor, event: Event, facts: OriginalFacts) -> PaperOriginal:
    """Write down a sealed bag of originals, or that it has moved (the same seal again)."""
    authorize(actor, may_archive, event)
    check_original(facts, clock.today())
    session().scalar(select(Event.id).where(Event.id == event.id).with_for_update(key_share=True))
    seal = facts.seal.strip()
    known = select(func.max(PaperOriginal.version)).where(
        PaperOriginal.event_id == event.id, PaperOriginal.seal == seal
    )

    made = PaperOriginal(
        id=new_id(),
        group_id=event.group_id,
        event_id=event.id,
        seal=seal,
        version=(session().scalar(known) or 0) + 1,
        content=facts.content,
        place=facts.place,
        custodian=facts.custodian,
        keep_until=facts.keep_until,
        recorded_at=clock.now(),
        recorded_by=actor.name,
    )
    session().add(made)
    session().flush()

    record(actor, "original.kept", made, seal=seal, place=facts.place, keep_until=facts.keep_until)
    return made
