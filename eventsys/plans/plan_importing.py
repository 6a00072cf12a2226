"""A plan out of a spreadsheet: kept like what the planner found, to be compared and accepted."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.duties.rules import Office
from eventsys.duties.time_importing import people_of
from eventsys.errors import N_, RuleBroken
from eventsys.events.models import Event
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.plans.minutes import minute_of
from eventsys.plans.models import PlanRun
from eventsys.plans.plan_tables import Given, Line, ReadPlan, Sheet
from eventsys.plans.policy import may_plan_event
from eventsys.plans.problem import problem_of
from eventsys.plans.queries import items_of, settings_seen
from eventsys.plans.results import Found
from eventsys.plans.states import RunState
from eventsys.timetable.differences import differences
from eventsys.timetable.models import Room, Venue
from eventsys.timetable.rules import Plan, Problem, Serving
from eventsys.timetable.wishes import points

LONGEST_NAME = 120


class NothingSaid(RuleBroken):
    message = N_(
        "The file says nothing else than the plan as it is. Change it, then upload it again."
    )


def sheet_of(event: Event) -> Sheet:
    """What a table of this event's plan may speak of."""
    problem = problem_of(event)
    now = minute_of(problem.origin, clock.now())
    placed = {one.item: one.starts for one in (problem.present or Plan()).placings}
    posts: dict[int, dict[Office, list[int]]] = {}
    for post in problem.posts:
        posts.setdefault(post.item, {}).setdefault(Office(post.office), []).append(post.id)
    lines = [
        Line(
            item=one.id,
            track=one.track.code,
            session=one.name,
            posts=posts.get(one.id, {}),
            has_begun=placed.get(one.id, now + 1) <= now,
        )
        for one in items_of(event.id)
    ]
    found = session().execute(
        select(Venue.name, Room.name, Room.id).join(Room.venue).order_by(Venue.name, Room.name)
    )
    rooms = {(venue, room): key for venue, room, key in found}
    return Sheet(problem, lines, rooms, people_of(event))


def take_in_plan(actor: Actor, event: Event, read: ReadPlan, file_name: str) -> PlanRun:
    """A plan to compare with the present one, and to accept or throw away like any other."""
    authorize(actor, may_plan_event, event)

    problem = problem_of(event)
    plan = with_given(problem, read.given)
    if not differences(problem.present or Plan(), plan):
        raise NothingSaid
    owner = session().get_one(User, actor.user_id)
    moment = clock.now()
    run = PlanRun(
        id=new_id(),
        group_id=event.group_id,
        event_id=event.id,
        owner_id=owner.id,
        language=owner.language,
        file_name=file_name[:LONGEST_NAME],
        state=RunState.DONE,
        seconds=0,
        seed=0,
        revision=settings_seen(event).revision,
        created_at=moment,
        finished_at=moment,
        found=Found(plan, points(problem, plan)).plain(),
        unplaced=len(problem.items) - len(plan.placings),
    )
    session().add(run)
    session().flush()

    record(actor, "plan.imported", run, number=len(read.given), name=run.file_name)
    return run


def with_given(problem: Problem, given: Sequence[Given]) -> Plan:
    """The present plan with what a table says; seats stay where the room does."""
    present = problem.present or Plan()
    moved = {one.item: one.placing for one in given if one.moves}
    served = {one.item: one.served for one in given}
    placings = [one for one in present.placings if one.item not in moved]
    placings += [one for one in moved.values() if one is not None]
    before = {one.item: one.place for one in present.placings}
    stays = {one.item for one in placings if before.get(one.item) == one.place}
    return Plan(
        tuple(sorted(placings, key=lambda one: one.item)),
        tuple(_servings(problem, served, {one.item for one in placings})),
        tuple(one for one in present.seats if one.item in stays),
    )


def _servings(
    problem: Problem, served: Mapping[int, Mapping[Office, Sequence[int]]], placed: set[int]
) -> list[Serving]:
    """Who serves now, but where a table names others, these in their order."""
    now = {one.post: one.person for one in (problem.present or Plan()).servings}
    taken: dict[tuple[int, str], int] = {}
    found = []
    for post in problem.posts:
        if post.item not in placed:
            continue
        named = served.get(post.item, {}).get(Office(post.office))
        if named is None:
            person = now.get(post.id)
        else:
            at = taken.get((post.item, post.office), 0)
            taken[post.item, post.office] = at + 1
            person = named[at] if at < len(named) else None
        if person is not None:
            found.append(Serving(post.id, person))
    return found
