"""Runs of the planner: asked for, watched, compared with the present plan, accepted or not."""

from collections import Counter
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.plans.forms import KeepForm, RunForm
from blueprints.plans.routes import plan_page
from blueprints.web import DoForm, WebForm, load, page
from eventsys import clock
from eventsys.duties.rules import OFFICE_LABELS, Office
from eventsys.events.models import Event
from eventsys.plans import run_actions
from eventsys.plans.keeping import keep_plan, losing_stations, wanted_by
from eventsys.plans.minutes import moment_of
from eventsys.plans.models import PlanRun
from eventsys.plans.moves import told_numbers
from eventsys.plans.policy import may_plan_event, may_plan_run
from eventsys.plans.problem import problem_of
from eventsys.plans.queries import settings_seen
from eventsys.plans.results import Found
from eventsys.plans.seat_queries import numbers_of
from eventsys.plans.states import RUN_LABELS, UNDER_WAY, RunState
from eventsys.plans.wording import WISH_LABELS
from eventsys.timetable.board import Board
from eventsys.timetable.clash_words import told
from eventsys.timetable.clashes import blocks, clashes_on
from eventsys.timetable.differences import (
    Change,
    PlacingChange,
    SeatChange,
    ServingChange,
    differences,
)
from eventsys.timetable.rules import Placing, Plan, Problem
from eventsys.timetable.wishes import points

bp = Blueprint("plan_runs", __name__, url_prefix="/plans")
STOP_ASKING = 286  # htmx: this was the last answer
MOST_LINES = 60


@bp.post("/events/<int:event_id>/runs")
def ask(event_id: int) -> ResponseReturnValue:
    """A run for the worker."""
    event = load(Event, event_id, may_plan_event)
    form = RunForm()
    form.offer()
    if form.submitted() and form.commits(
        run_actions.ask_run,
        event,
        form.seconds.data,
        form.seed.data,
        move_little=form.move_little.data,
    ):
        return redirect(url_for(".run", run_id=form.result.id))
    return plan_page(event, form)


@bp.get("/runs/<int:run_id>")
def run(run_id: int) -> ResponseReturnValue:
    """One run: how far it is; when it has ended, what it found against the present plan."""
    return _run_page(load(PlanRun, run_id, may_plan_run), None)


@bp.get("/runs/<int:run_id>/progress")
def progress(run_id: int) -> ResponseReturnValue:
    """The moving part of the page, asked for every second until the run is over."""
    found = load(PlanRun, run_id, may_plan_run)
    body = render_template("plans/progress.html", **_shown(found))
    if found.state in UNDER_WAY:
        return body
    return body, STOP_ASKING, {"HX-Refresh": "true"}  # the page shows what it found


def _shown(found: PlanRun) -> dict[str, object]:
    ran = clock.now() - found.started_at if found.started_at else None
    return {
        "run": found,
        "busy": found.state in UNDER_WAY,
        "labels": RUN_LABELS,
        "ran": min(found.seconds, int(ran.total_seconds())) if ran else 0,
        "curve": curve_of(found),
    }


def _run_page(found: PlanRun, form: WebForm | None) -> ResponseReturnValue:
    compared = None
    if found.state is RunState.DONE and found.found is not None:
        compared = compare(found)
    return page(
        "plans/run.html",
        form=form,
        event=found.event,
        compared=compared,
        keep=KeepForm(formdata=None, data={"seen": settings_seen(found.event).revision}),
        **_shown(found),
    )


@bp.post("/runs/<int:run_id>/stop")
def stop(run_id: int) -> ResponseReturnValue:
    """End a run early; its best so far is kept for comparing."""
    found, form = load(PlanRun, run_id, may_plan_run), DoForm()
    if form.submitted() and form.commits(run_actions.stop_run, found):
        return redirect(url_for(".run", run_id=run_id))
    return _run_page(found, form)


@bp.post("/runs/<int:run_id>/drop")
def drop(run_id: int) -> ResponseReturnValue:
    """Throw a run away."""
    found, form = load(PlanRun, run_id, may_plan_run), DoForm()
    if form.submitted() and form.commits(run_actions.drop_run, found):
        flash(_("The run was thrown away; the plan is as it was."), "ok")
        return redirect(url_for("plans.plan", event_id=found.event_id))
    return _run_page(found, form)


@bp.post("/runs/<int:run_id>/keep")
def keep(run_id: int) -> ResponseReturnValue:
    """Accept what a run found, in one act, unless the plan was changed since it was compared."""
    found, form = load(PlanRun, run_id, may_plan_run), KeepForm()
    if form.submitted() and form.commits(keep_plan, found, form.seen.data, form.losing.data or 0):
        flash(_("The plan was accepted: %(n)s sessions have room and time.", n=form.result), "ok")
        return redirect(url_for("plans.plan", event_id=found.event_id))
    return _run_page(found, form)


# ---- the curve and the comparison


@dataclass(frozen=True)
class Curve:
    """The best so far over time, drawn in a field of 400 by 120."""

    path: str
    cost: int
    unplaced: int
    seconds: int


def curve_of(found: PlanRun) -> Curve | None:
    """The curve of a run that has told something."""
    if not found.curve:
        return None
    width = max(found.seconds * 10, found.curve[-1][0], 1)
    costs = [one[2] + one[1] * 10 for one in found.curve]
    top, low = max(costs), min(costs)
    span = max(1, top - low)
    steps = []
    for (tenths, _unplaced, _cost), height in zip(found.curve, costs, strict=True):
        x, y = tenths * 400 // width, 108 - (height - low) * 92 // span
        steps.append(f"H{x} V{y}" if steps else f"M{x} {y}")
    last = found.curve[-1]
    return Curve(f"{' '.join(steps)} H400", last[2], last[1], found.seconds)


@dataclass(frozen=True)
class Line:
    """One thing that changes: what, from where, to where."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Compared:
    """A found plan against the present one."""

    moved: list[Line]
    new: list[Line]
    lifted: list[Line]
    served: int
    seated: int
    wishes: list[tuple[str, int, int]]
    clashes: list[tuple[str, str]]
    blocked: int
    unplaced: list[tuple[str, str]]
    open_posts: list[tuple[str, str]]
    conflict: list[str]
    placed: int
    items: int
    losing: int
    losers: str


def compare(found: PlanRun) -> Compared:
    """What accepting a run would change now, and which wishes gain or lose by it."""
    problem = problem_of(found.event)
    result, plan = Found.read(found.found or {}), wanted_by(found, problem)
    present = problem.present or Plan()
    changes, lost = differences(present, plan), losing_stations(problem, plan)
    names = {one.id: one.name for one in problem.items}
    board = Board(problem, plan)
    wrong = clashes_on(board)
    sorted_out: dict[str, list[Line]] = {"moved": [], "new": [], "lifted": []}
    for one in changes:
        if isinstance(one, PlacingChange):
            sorted_out[_sort(one)].append(_line(problem, names, one))
    kinds: Counter[type[Change]] = Counter(type(one) for one in changes)
    return Compared(
        **sorted_out,
        served=kinds[ServingChange],
        seated=kinds[SeatChange],
        wishes=_wishes(problem, present, plan),
        clashes=[(one.severity.value, told(board, one, _)) for one in wrong[:MOST_LINES]],
        blocked=len(blocks(wrong)),
        unplaced=[(names[key], text) for key, text in result.why.items() if key in names],
        open_posts=_open(problem, names, result),
        conflict=list(result.conflict),
        placed=len(plan.placings),
        items=len(problem.items),
        losing=len(lost),
        losers=told_numbers(numbers_of(lost)),
    )


def _open(problem: Problem, names: dict[int, str], result: Found) -> list[tuple[str, str]]:
    """Posts nobody was found for, with the reason; those of one session and office alike once."""
    return list(
        dict.fromkeys(
            (f"{names[post.item]} · {_(OFFICE_LABELS[Office(post.office)])}", text)
            for post in problem.posts
            if (text := result.open_posts.get(post.id)) is not None and post.item in names
        )
    )


def _sort(one: PlacingChange) -> str:
    if one.before is None:
        return "new"
    return "lifted" if one.after is None else "moved"


def _line(problem: Problem, names: dict[int, str], one: PlacingChange) -> Line:
    return Line(names.get(one.item, ""), _where(problem, one.before), _where(problem, one.after))


def _where(problem: Problem, one: Placing | None) -> str:
    if one is None:
        return _("in the tray")
    place = next((x.name for x in problem.places if x.id == one.place), "")
    moment = clock.in_shanghai(moment_of(problem.origin, one.starts))
    return f"{place} {moment:%m-%d %H:%M}"


def _wishes(problem: Problem, present: Plan, plan: Plan) -> list[tuple[str, int, int]]:
    """How far each wish is missed, now and then; fewer points are better."""
    before, after = points(problem, present), points(problem, plan)
    return [
        (_(WISH_LABELS[kind]), before.get(kind, 0), after.get(kind, 0))
        for kind in WISH_LABELS
        if kind in before or kind in after
    ]
