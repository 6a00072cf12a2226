"""Saying what holds for a plan: days and shifts, rests, wishes, what each part needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.duties.rules import Office
from eventsys.events.models import Event, Track
from eventsys.events.rules import CompetitionRules
from eventsys.identity.policy import Actor, authorize
from eventsys.plans.forecasting import way_of
from eventsys.plans.gathering import approved_by_track
from eventsys.plans.models import PlanItem, PlanNeed, PlanSettings
from eventsys.plans.needs import Need, module_needs, usual_needs
from eventsys.plans.placing import settings_of, step_revision
from eventsys.plans.policy import may_plan_event, may_plan_item, may_plan_need
from eventsys.plans.queries import needs_of
from eventsys.plans.rules import ItemNameTaken, NeedInUse, StillUsed, TrackWithoutModules
from eventsys.plans.ways import Way
from eventsys.plans.wording import Importance, Weight
from eventsys.timetable.models import Room, Session, Station
from eventsys.timetable.place_actions import words_of
from eventsys.timetable.rules import CHANGEABLE, ClashKind, WishKind
from eventsys.timetable.states import Purpose


@dataclass(frozen=True)
class PlanFacts:
    """What holds for a whole plan. Lengths are minutes."""

    shifts: Sequence[dict[str, Any]]
    rest: int
    duty_rest: int
    gap: int
    reset: int
    travel: int
    wishes: Mapping[WishKind, Importance]
    severities: Mapping[ClashKind, Weight]
    most: int | None
    most_a_day: int | None
    most_per_unit: int
    odd_panels: bool


def keep_settings(actor: Actor, event: Event, facts: PlanFacts) -> PlanSettings:
    """What holds for the plan of an event from now on; every clash is judged by it."""
    authorize(actor, may_plan_event, event)

    kept = settings_of(event)
    step_revision(event.id, kept.revision)
    kept.shifts = list(facts.shifts)
    kept.rest, kept.duty_rest, kept.gap = facts.rest, facts.duty_rest, facts.gap
    kept.reset, kept.travel = facts.reset, facts.travel
    kept.wishes = {kind.value: how.value for kind, how in facts.wishes.items()}
    kept.severities = {
        kind.value: how.value for kind, how in facts.severities.items() if kind in CHANGEABLE
    }
    kept.most, kept.most_a_day = facts.most, facts.most_a_day
    kept.most_per_unit, kept.odd_panels = facts.most_per_unit, facts.odd_panels
    session().flush()

    record(actor, "plan.settings_kept", event, number=len(kept.shifts), minutes=kept.rest)
    return kept


# ---- what each part needs


def lay_down_needs(actor: Actor, event: Event) -> int:
    """The usual needs of every track that has none yet; how many those are."""
    authorize(actor, may_plan_event, event)

    known = {one.track_id for one in needs_of(event.id)}
    counts, largest = approved_by_track(event.id), largest_rooms()
    made = [
        _need(track, one)
        for track in event.tracks
        if track.id not in known
        for one in usual_needs(track.rules, counts.get(track.id, 0), largest)
    ]

    session().add_all(made)
    session().flush()

    if made:
        record(actor, "plan.needs_set", event, number=len(made))
    return len(made)


def _need(track: Track, one: Need, way: Way = Way.LOT) -> PlanNeed:
    return PlanNeed(
        id=new_id(),
        group_id=track.group_id,
        event_id=track.event_id,
        track_id=track.id,
        part=one.part,
        minutes=one.minutes,
        at_once=one.at_once,
        purpose=one.purpose,
        equipment=one.equipment,
        step=one.step,
        posts={office.value: number for office, number in one.posts.items() if number},
        seniors=one.seniors,
        way=way,
    )


def largest_rooms() -> dict[Purpose, int]:
    """How many people the largest room of each purpose takes."""
    working: dict[int, int] = {}
    rows = session().execute(
        select(Station.room_id).where(Station.faulty_since.is_(None), Station.is_spare.is_(False))
    )
    for (room_id,) in rows:
        working[room_id] = working.get(room_id, 0) + 1
    largest: dict[Purpose, int] = {}
    for room in session().scalars(select(Room)):
        holds = working.get(room.id) or room.seats or 0
        largest[room.purpose] = max(holds, largest.get(room.purpose, 0))
    return largest


def keep_need(actor: Actor, need: PlanNeed, facts: Need) -> None:
    """What a part needs from now on; sessions that exist keep what they were given."""
    authorize(actor, may_plan_need, need)

    need.minutes, need.at_once, need.purpose = facts.minutes, facts.at_once, facts.purpose
    need.equipment = ", ".join(words_of(facts.equipment))[:300]
    need.step, need.seniors = facts.step, facts.seniors
    need.posts = {office.value: number for office, number in facts.posts.items() if number}
    session().flush()

    record(actor, "plan.needs_set", need.track, part=need.part, minutes=need.minutes)


def split_track(actor: Actor, track: Track, *, by_module: bool) -> None:
    """Hold a competition module by module, or as a whole; only while nothing of it is placed."""
    authorize(actor, may_plan_event, track.event)

    rules = track.rules
    if not isinstance(rules, CompetitionRules) or not rules.modules:
        raise TrackWithoutModules
    placed = select(PlanItem.id).where(
        PlanItem.track_id == track.id, PlanItem.session_id.is_not(None)
    )
    if session().scalar(placed.limit(1)) is not None:
        raise NeedInUse

    old = list(session().scalars(select(PlanNeed).where(PlanNeed.track_id == track.id)))
    for item in session().scalars(select(PlanItem).where(PlanItem.track_id == track.id)):
        session().delete(item)
    session().execute(delete(PlanNeed).where(PlanNeed.track_id == track.id))
    whole = _whole(rules, old, largest_rooms())
    parts = module_needs(rules, whole) if by_module else [whole]
    session().add_all(_need(track, one, way_of(old)) for one in parts)
    session().flush()

    record(actor, "plan.needs_set", track, number=len(parts))


def _whole(
    rules: CompetitionRules, old: Sequence[PlanNeed], largest: Mapping[Purpose, int]
) -> Need:
    """The whole of a competition as the needs so far describe it."""
    if not old:
        return usual_needs(rules, 1, largest)[0]
    return Need(
        "",
        sum(one.minutes for one in old),
        min(one.at_once for one in old),
        old[0].purpose,
        0,
        old[0].equipment,
        {Office(office): number for office, number in old[0].posts.items()},
        old[0].seniors,
    )


# ---- single items


@dataclass(frozen=True)
class ItemFacts:
    """What somebody can say about one item by hand; ``None`` for shifts and rooms: any."""

    name: str
    minutes: int
    purpose: Purpose | None
    vendor: str
    equipment: str
    shifts: list[list[int]] | None
    rooms: list[int] | None
    is_fixed: bool
    shares_room: bool


def change_item(actor: Actor, item: PlanItem, facts: ItemFacts) -> None:
    """Name, length, needs, and where and when it may or must be."""
    authorize(actor, may_plan_item, item)

    same = select(PlanItem.id).where(
        PlanItem.track_id == item.track_id, PlanItem.name == facts.name, PlanItem.id != item.id
    )
    held = select(Session.id).where(
        Session.track_id == item.track_id,
        Session.name == facts.name,
        Session.id != (item.session_id or 0),
    )
    if session().scalar(same) is not None or session().scalar(held) is not None:
        raise ItemNameTaken(name=facts.name)

    kept = settings_of(item.track.event)
    step_revision(kept.event_id, kept.revision)
    item.name, item.purpose, item.vendor = facts.name, facts.purpose, facts.vendor
    item.equipment = ", ".join(words_of(facts.equipment))[:300]
    item.shifts, item.rooms = facts.shifts, facts.rooms
    item.is_fixed, item.is_alone = facts.is_fixed, not facts.shares_room
    if item.session is not None:
        item.session.name = facts.name
    else:
        item.minutes = facts.minutes
    session().flush()

    record(actor, "plan.item_changed", item, name=item.name)


def remove_item(actor: Actor, item: PlanItem) -> None:
    """Take an item out of the tray for good; its entries wait for another one."""
    authorize(actor, may_plan_item, item)

    if item.session_id is not None:
        raise StillUsed(name=item.name)

    name, track = item.name, item.track
    session().delete(item)

    record(actor, "plan.item_removed", track, name=name)
