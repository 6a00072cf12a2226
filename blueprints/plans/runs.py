"""Runs of the planner: asked for, watched, compared with the present plan, accepted or not."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.plans.comparison import compare
from blueprints.plans.forms import KeepForm, RunForm
from blueprints.plans.routes import plan_page
from blueprints.web import DoForm, WebForm, load, page
from eventsys import clock
from eventsys.events.models import Event
from eventsys.plans import run_actions
from eventsys.plans.keeping import keep_plan
from eventsys.plans.models import PlanRun
from eventsys.plans.policy import may_plan_event, may_plan_run
from eventsys.plans.queries import settings_seen
from eventsys.plans.states import RUN_LABELS, UNDER_WAY, RunState

bp = Blueprint("plan_runs", __name__, url_prefix="/plans")
STOP_ASKING = 286  # htmx: this was the last answer


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


# ---- the curve


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
    return Curve(f"{' '.join(steps)} H400", found.cost or 0, found.unplaced or 0, found.seconds)
