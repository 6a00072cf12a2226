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
from eventsys.imports import FORBIDDEN
from eventsys.plans.keeping import seats_staying
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
        file_name=FORBIDDEN.sub("_", file_name)[:LONGEST_NAME],
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
    return Plan(
        tuple(sorted(placings, key=lambda one: one.item)),
        tuple(_servings(problem, served, {one.item for one in placings})),
        seats_staying(problem, placings),
    )


def _servings(
    problem: Problem, served: Mapping[int, Mapping[Office, Sequence[int]]], placed: set[int]
) -> list[Serving]:
    """Who serves now, and in the offices of which a table speaks, whom it names."""
    now = {one.post: one.person for one in (problem.present or Plan()).servings}
    offices: dict[tuple[int, str], dict[int, int | None]] = {}
    for post in problem.posts:
        if post.item in placed:
            offices.setdefault((post.item, post.office), {})[post.id] = now.get(post.id)
    found: list[Serving] = []
    for (item, office), before in offices.items():
        named = served.get(item, {}).get(Office(office))
        after = before if named is None else _filled(before, named)
        found += [Serving(post, person) for post, person in after.items() if person is not None]
    return found


def _filled(before: Mapping[int, int | None], named: Sequence[int]) -> dict[int, int | None]:
    """Who is named, at the posts of an office: whoever serves there already keeps their post."""
    stay = {post: person for post, person in before.items() if person in named}
    coming = iter([one for one in named if one not in stay.values()])
    return {post: stay[post] if post in stay else next(coming, None) for post in before}
