"""Ways into a final: out of its selection, or directly by the organizer's exception."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.events.models import Track
from eventsys.events.rules import CompetitionRules
from eventsys.groups.models import Unit
from eventsys.identity.actions import ReasonMissing
from eventsys.identity.policy import Actor, authorize
from eventsys.registration.models import DirectAdmission
from eventsys.registration.policy import may_admit
from eventsys.registration.rules import OnlyBySelection

REASON_LEAST = 5


class NoSelection(RuleBroken):
    message = N_("Everybody can enter this track: no selection comes before it.")


class SelectionCounts(RuleBroken):
    message = N_(
        "The result of the selection counts in this final, so an entry without one would never get"
        " a result. Nobody can be admitted directly; enter the unit in the selection."
    )


class AdmittedAlready(Conflict):
    message = N_("%(unit)s is admitted already.")


def selection_rules(track: Track) -> CompetitionRules | None:
    """The ruleset of a track whose entries come out of a selection; none for any other."""
    rules = track.rules
    by_selection = isinstance(rules, CompetitionRules) and bool(rules.selection_code)
    return rules if by_selection else None


def selection_of(track: Track) -> Track | None:
    """The track of the same event that selects for this one."""
    rules = selection_rules(track)
    if rules is None:
        return None
    return session().scalar(
        select(Track).where(Track.event_id == track.event_id, Track.code == rules.selection_code)
    )


def admissions_of(track_id: int) -> list[DirectAdmission]:
    """The units admitted directly to a final, as they were admitted."""
    found = (
        select(DirectAdmission)
        .where(DirectAdmission.track_id == track_id)
        .options(joinedload(DirectAdmission.unit))
        .order_by(DirectAdmission.at, DirectAdmission.id)
    )
    return list(session().scalars(found))


def closed_to(tracks: Iterable[Track], unit_ids: Iterable[int]) -> set[int]:
    """Those of some tracks that none of these units can enter, as they have a selection."""
    finals = {one.id for one in tracks if selection_rules(one) is not None}
    if not finals:
        return set()
    admitted = select(DirectAdmission.track_id).where(
        DirectAdmission.track_id.in_(finals), DirectAdmission.unit_id.in_(list(unit_ids))
    )
    return finals - set(session().scalars(admitted))


def check_way_in(track: Track, unit: Unit) -> None:
    """Refuse to enter a final directly, unless the organizer admitted the unit."""
    rules = selection_rules(track)
    if rules is None or not closed_to([track], [unit.id]):
        return
    before = selection_of(track)
    selection = before.name if before else rules.selection_code
    raise OnlyBySelection(track=track.name, selection=selection, n=rules.advance_count)


def admit_directly(actor: Actor, track: Track, unit: Unit, reason: str) -> DirectAdmission:
    """Let a unit enter a final without having come through its selection; the reason stays."""
    authorize(actor, may_admit, track)
    rules = selection_rules(track)
    if rules is None:
        raise NoSelection
    if rules.selection_weight:
        raise SelectionCounts
    if len(reason.strip()) < REASON_LEAST:
        raise ReasonMissing
    if not closed_to([track], [unit.id]):
        raise AdmittedAlready(unit=unit.name)

    made = DirectAdmission(
        id=new_id(),
        group_id=track.group_id,
        track_id=track.id,
        unit_id=unit.id,
        reason=reason.strip(),
        at=clock.now(),
        by_name=actor.name,
    )
    session().add(made)
    session().flush()

    record(actor, "unit.admitted_directly", track, unit=unit.name, reason=made.reason)
    return made
