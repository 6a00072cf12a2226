"""Declaring relations, setting mistaken ones aside, and settling who stands aside (回避)."""

from dataclasses import dataclass

from sqlalchemy import select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.draws.queries import draw_of
from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.events.models import Track
from eventsys.groups.models import Unit
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.panels.actions import check_is_judge, locked_panel
from eventsys.panels.models import Declaration, SetAside
from eventsys.panels.policy import may_declare, may_drop, may_manage_panel, may_settle
from eventsys.panels.queries import relations
from eventsys.panels.rules import (
    DECLARED,
    LEAST_REASON,
    DeclarationEmpty,
    ExceptionReasonMissing,
    Mode,
    Relation,
    RelationUnfit,
)


class DeclaredTooLate(Conflict):
    message = N_(
        "The map of this track is open: who stands aside is settled. Tell the supervisor, who can"
        " have marks corrected."
    )


class AlreadySettled(Conflict):
    message = N_("Who stands aside was settled when the map was opened.")


class NotDeclaredHere(RuleBroken):
    field = "unit_id"
    message = N_("Choose a unit of this group, or name the person.")


@dataclass(frozen=True)
class DeclaredFacts:
    """A relation as it is declared: to a unit of the group, to a person by name, or both."""

    relation: Relation
    unit_id: int | None
    person_name: str
    note: str = ""
    mode: Mode | None = None


def declare(actor: Actor, track: Track, facts: DeclaredFacts) -> Declaration:
    """A judge says whom they are related to. Whether it concerns an entry is not looked at here."""
    authorize(actor, may_declare, track)
    judge = session().get_one(User, actor.user_id)
    return _declare(actor, track, judge, facts)


def declare_for(actor: Actor, track: Track, judge: User, facts: DeclaredFacts) -> Declaration:
    """The organizer enters what became known about a judge."""
    authorize(actor, may_manage_panel, track)
    check_is_judge(track, judge)
    return _declare(actor, track, judge, facts)


def _declare(actor: Actor, track: Track, judge: User, facts: DeclaredFacts) -> Declaration:
    _check_open(track)
    if facts.relation not in DECLARED:
        raise RelationUnfit
    unit = session().scalar(select(Unit).where(Unit.id == facts.unit_id))
    if facts.unit_id is not None and unit is None:
        raise NotDeclaredHere
    if unit is None and not facts.person_name.strip():
        raise DeclarationEmpty

    made = Declaration(
        id=new_id(),
        group_id=track.group_id,
        track_id=track.id,
        user_id=judge.id,
        relation=facts.relation,
        unit_id=unit.id if unit else None,
        person_name=facts.person_name.strip(),
        note=facts.note.strip(),
        mode=facts.mode,
        by_id=actor.user_id,
        by_name=actor.name,
        at=clock.now(),
    )
    session().add(made)
    session().flush()

    # whom it is about stays on the organizer's page; the record says that something was declared
    record(actor, "recusal.declared", made, name=judge.name)
    return made


def drop_declaration(actor: Actor, declaration: Declaration, reason: str) -> None:
    """Set aside a declaration made by mistake; it stays on file with the reason."""
    authorize(actor, may_drop, declaration)
    _check_open(declaration.track)
    if len(reason.strip()) < LEAST_REASON:
        raise ExceptionReasonMissing
    if declaration.dropped_at is not None:
        raise Conflict

    declaration.dropped_at, declaration.dropped_reason = clock.now(), reason.strip()
    session().flush()

    facts = {"name": declaration.user.name, "reason": declaration.dropped_reason}
    record(actor, "recusal.dropped", declaration, **facts)


def settle_recusals(actor: Actor, track: Track) -> int:
    """Settle for good whose sheets count for which entry, when the map is opened; how many not.

    Relations change later (somebody becomes a team leader); the result must not.
    """
    authorize(actor, may_settle, track)
    panel = locked_panel(track)
    if panel.settled_at is not None:
        raise AlreadySettled

    found = relations(track.id)
    session().add_all(
        SetAside(
            id=new_id(),
            group_id=track.group_id,
            track_id=track.id,
            seat_id=seat_id,
            entry_id=entry_id,
            relation=reason.relation,
        )
        for (seat_id, entry_id), reason in sorted(found.items())
    )
    panel.settled_at = clock.now()
    session().flush()

    record(actor, "recusals.settled", track, sheets=len(found))
    return len(found)


def _check_open(track: Track) -> None:
    found = draw_of(track.id)
    if found is not None and found.opened_at is not None:
        raise DeclaredTooLate
