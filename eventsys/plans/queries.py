"""Plans as they are read: what holds for an event's plan, its items, needs and runs."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from eventsys.db import session
from eventsys.events.models import Event, Track
from eventsys.plans.models import (
    GroupDraw,
    PlanItem,
    PlanMember,
    PlanNeed,
    PlanRun,
    PlanSettings,
)
from eventsys.plans.states import UNDER_WAY
from eventsys.timetable.models import Session


def settings_seen(event: Event) -> PlanSettings:
    """What holds for the plan of an event; the usual values, kept nowhere, until somebody plans."""
    found = session().scalar(select(PlanSettings).where(PlanSettings.event_id == event.id))
    return found or PlanSettings(
        event_id=event.id,
        shifts=[],
        rest=10,
        duty_rest=0,
        gap=60,
        reset=10,
        travel=30,
        wishes={},
        severities={},
        most_per_unit=1,
        odd_panels=False,
        revision=0,
    )


def items_of(event_id: int) -> list[PlanItem]:
    """Every item of an event with session and posts, by name."""
    found = (
        select(PlanItem)
        .where(PlanItem.event_id == event_id)
        .options(
            joinedload(PlanItem.session).joinedload(Session.room),
            joinedload(PlanItem.track),
            selectinload(PlanItem.posts),
        )
        .order_by(PlanItem.name, PlanItem.id)
    )
    return list(session().scalars(found))


def needs_of(event_id: int) -> list[PlanNeed]:
    """What the parts of an event's tracks need."""
    found = (
        select(PlanNeed)
        .join(PlanNeed.track)
        .where(PlanNeed.event_id == event_id)
        .options(joinedload(PlanNeed.track))
        .order_by(Track.code, PlanNeed.step, PlanNeed.part)
    )
    return list(session().scalars(found))


def runs_of(event_id: int) -> list[PlanRun]:
    """The runs of an event, newest first."""
    return list(session().scalars(_runs().where(PlanRun.event_id == event_id)))


def _runs() -> Select[PlanRun]:
    return select(PlanRun).order_by(PlanRun.created_at.desc(), PlanRun.id)


def run_under_way(event_id: int) -> PlanRun | None:
    """A run of this event that has not ended."""
    return session().scalar(
        _runs().where(PlanRun.event_id == event_id, PlanRun.state.in_(UNDER_WAY)).limit(1)
    )


def sessions_dealt(track_id: int, part: str) -> dict[int, int | None]:
    """By entry, the session of a part it was dealt to; none while that has no room and time."""
    found = session().execute(
        select(PlanMember.entry_id, PlanItem.session_id)
        .join(PlanItem, PlanItem.id == PlanMember.item_id)
        .where(PlanItem.track_id == track_id, PlanItem.part == part)
    )
    return {row[0]: row[1] for row in found}


def last_deals(event_id: int) -> dict[int, GroupDraw]:
    """The latest drawing of entries into sessions, by track."""
    found = (
        select(GroupDraw)
        .join(Track, Track.id == GroupDraw.track_id)
        .where(Track.event_id == event_id)
        .order_by(GroupDraw.drawn_at)
    )
    return {one.track_id: one for one in session().scalars(found)}


def somebody_plans() -> bool:
    """Whether any event here has something to plan."""
    return session().scalar(select(PlanItem.id).limit(1)) is not None
