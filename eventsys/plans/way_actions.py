"""Choosing how the entries of a track come into its sessions."""

from sqlalchemy import select, update

from eventsys.audit.actions import record
from eventsys.db import session
from eventsys.errors import N_, RuleBroken
from eventsys.events.models import Track
from eventsys.identity.policy import Actor, authorize
from eventsys.plans.models import PlanItem, PlanNeed
from eventsys.plans.placing import settings_of, step_revision
from eventsys.plans.policy import may_plan_event
from eventsys.plans.rules import NothingToPlan
from eventsys.plans.ways import Way, ways_open


class DrawAskedFor(RuleBroken):
    field = "way"
    message = N_(
        "The ruleset of “%(track)s” has contest and station numbers drawn, so its entries come into"
        " sessions by lot as well. Choose the lot."
    )


def choose_way(actor: Actor, track: Track, way: Way) -> bool:
    """How entries come into the sessions of a track from now on; whether all are dealt anew.

    As long as none of its sessions has room and time, those in the tray go and are worked out
    anew. Else whoever has a session keeps it, and the way holds for those who come later.
    """
    authorize(actor, may_plan_event, track.event)

    check_way(track, way)
    needs = list(session().scalars(select(PlanNeed).where(PlanNeed.track_id == track.id)))
    if not needs:
        raise NothingToPlan
    if all(one.way is way for one in needs):
        return False

    kept = settings_of(track.event)
    step_revision(kept.event_id, kept.revision)
    session().execute(update(PlanNeed).where(PlanNeed.track_id == track.id).values(way=way))
    items = list(session().scalars(select(PlanItem).where(PlanItem.track_id == track.id)))
    is_anew = bool(items) and all(one.session_id is None for one in items)
    for item in items if is_anew else ():
        session().delete(item)
    session().flush()

    record(actor, "plan.way_chosen", track, way=way.value, number=len(items) if is_anew else 0)
    return is_anew


def check_way(track: Track, way: Way) -> None:
    """Refuse to deal otherwise what the ruleset wants drawn."""
    if way not in ways_open(track.rules):
        raise DrawAskedFor(track=track.name)
