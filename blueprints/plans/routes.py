"""The plan of an event: where it stands, what holds for it, what its parts need, its sessions."""

from collections import Counter
from dataclasses import replace

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.plans.forms import (
    CLASHES,
    POSTS,
    WISHES,
    ItemForm,
    NeedForm,
    RunForm,
    SettingsForm,
    TemplateForm,
)
from blueprints.timetable.forms import part_names
from blueprints.web import DoForm, WebForm, load, page
from eventsys.duties.rules import OFFICE_LABELS
from eventsys.events.models import Event, Track
from eventsys.events.rules import CompetitionRules, EventKind
from eventsys.identity.policy import Actor
from eventsys.plans import queries, setting_actions
from eventsys.plans.forecasting import forecast
from eventsys.plans.models import PlanItem, PlanNeed
from eventsys.plans.policy import may_plan_event, may_plan_item, may_plan_need
from eventsys.plans.problem import problem_of
from eventsys.plans.shifts import TEMPLATES, Shift, Template, check_shifts, pattern_of
from eventsys.plans.states import RUN_LABELS
from eventsys.plans.ways import WAY_LABELS
from eventsys.plans.work_out import work_out
from eventsys.timetable.board import Board
from eventsys.timetable.clash_words import told
from eventsys.timetable.clashes import clashes_on
from eventsys.timetable.queries import rooms
from eventsys.timetable.rules import ClashKind, Plan, Severity
from eventsys.timetable.states import PURPOSE_LABELS

bp = Blueprint("plans", __name__, url_prefix="/plans")
MOST_CLASHES = 40
MISSING = {ClashKind.UNPLACED, ClashKind.UNFILLED, ClashKind.UNSEATED}


@bp.get("/events/<int:event_id>")
def plan(event_id: int) -> ResponseReturnValue:
    """Where the plan of an event stands, and what comes next."""
    return plan_page(load(Event, event_id, may_plan_event), None)


def plan_page(event: Event, form: WebForm | None) -> ResponseReturnValue:
    """The overview; ``form`` is the one that was sent, if any."""
    problem = problem_of(event)
    board = Board(problem, problem.present or Plan())
    found = clashes_on(board)
    missing = Counter(one.kind for one in found if one.kind in MISSING)
    wrong = [one for one in found if one.kind not in MISSING]
    run = form if isinstance(form, RunForm) else RunForm(formdata=None)
    if isinstance(run, RunForm):
        run.offer()
    return page(
        "plans/plan.html",
        form=form,
        event=event,
        run=run,
        items=queries.items_of(event.id),
        settings=queries.settings_seen(event),
        parts={one.id: part_names(one) for one in event.tracks},
        posts=len(problem.posts),
        served=len(board.server),
        missing={kind.value: missing[kind] for kind in MISSING},
        severities=Counter(one.severity.value for one in wrong),
        clashes=[(one.severity.value, told(board, one, _)) for one in wrong[:MOST_CLASHES]],
        wrong=len(wrong),
        runs=queries.runs_of(event.id),
        run_labels=RUN_LABELS,
        under_way=queries.run_under_way(event.id),
        is_training=event.kind is EventKind.TRAINING,
        severity=Severity,
    )


# ---- what holds for the plan


@bp.route("/events/<int:event_id>/settings", methods=["GET", "POST"])
def settings(event_id: int) -> ResponseReturnValue:
    """Days and shifts, rests, wishes, and what may not be."""
    event = load(Event, event_id, may_plan_event)
    form = SettingsForm()
    form.offer(event)
    if not form.is_submitted():
        form.show(queries.settings_seen(event))
    if form.submitted() and form.commits(_keep_settings, event, form):
        flash(_("This holds for the plan from now on."), "ok")
        return redirect(url_for(".plan", event_id=event_id))
    return _settings_page(event, form)


def _keep_settings(actor: Actor, event: Event, form: SettingsForm) -> None:
    setting_actions.keep_settings(actor, event, form.given())


def _settings_page(event: Event, form: WebForm) -> ResponseReturnValue:
    template = TemplateForm(formdata=None)
    template.offer()
    return page(
        "plans/settings.html",
        form=form,
        event=event,
        usual=template,
        wishes=WISHES,
        clashes=CLASHES,
    )


@bp.post("/events/<int:event_id>/template")
def use_template(event_id: int) -> ResponseReturnValue:
    """The shifts of a usual day, on every day of the plan."""
    event = load(Event, event_id, may_plan_event)
    form = TemplateForm()
    form.offer()
    if form.submitted() and form.commits(_use_template, event, form.template.data):
        flash(_("The shifts are set. Change them below as you need."), "ok")
        return redirect(url_for(".settings", event_id=event_id))
    shown = SettingsForm(formdata=None)
    shown.offer(event)
    shown.show(queries.settings_seen(event))
    shown.status, shown.refusal = form.status, form.refusal
    return _settings_page(event, shown)


def _use_template(actor: Actor, event: Event, name: str) -> None:
    kept = queries.settings_seen(event)
    shown = SettingsForm(formdata=None, meta={"csrf": False})
    shown.offer(event)
    shown.show(kept)
    _shifts, days = pattern_of(kept.shifts)
    number = (event.ends_on - event.starts_on).days + 1
    usual = [
        Shift(one.starts, one.ends, _(one.name) if one.name else "")
        for one in TEMPLATES[Template(name)]
    ]
    facts = shown.given()
    chosen = check_shifts(usual, days or range(number))
    setting_actions.keep_settings(actor, event, replace(facts, shifts=chosen))


# ---- what the parts need


@bp.route("/events/<int:event_id>/needs", methods=["GET", "POST"])
def needs(event_id: int) -> ResponseReturnValue:
    """What every part of every track needs, and what working out would make of it."""
    event = load(Event, event_id, may_plan_event)
    form = DoForm()
    if form.submitted() and form.commits(_work_out, event):
        flash(_worked_out(form.result), "ok")
        return redirect(url_for(".plan", event_id=event_id))
    return _needs_page(event, form)


def _needs_page(event: Event, form: WebForm) -> ResponseReturnValue:
    found = queries.needs_of(event.id)
    return page(
        "plans/needs.html",
        form=form,
        event=event,
        needs=found,
        without=[one for one in event.tracks if one.id not in {x.track_id for x in found}],
        lines={(one.track.id, one.part): one for one in forecast(event)},
        parts={one.id: part_names(one) for one in event.tracks},
        modules={
            one.id
            for one in event.tracks
            if isinstance(one.rules, CompetitionRules) and len(one.rules.modules) > 1
        },
        purposes=PURPOSE_LABELS,
        offices=OFFICE_LABELS,
        deals=queries.last_deals(event.id),
        ways=WAY_LABELS,
    )


def _worked_out(new: int) -> str:
    if not new:
        return _("The sessions fit the tracks and entries again.")
    return _("%(n)s sessions are new. They lie in the tray: run the planner, or place them.", n=new)


def _work_out(actor: Actor, event: Event) -> int:
    setting_actions.lay_down_needs(actor, event)
    return work_out(actor, event, _, lambda track, part: part_names(track).get(part, part))


@bp.post("/events/<int:event_id>/needs/usual")
def usual_needs(event_id: int) -> ResponseReturnValue:
    """The usual needs of every track that has none yet."""
    event, form = load(Event, event_id, may_plan_event), DoForm()
    if form.submitted() and form.commits(setting_actions.lay_down_needs, event):
        return redirect(url_for(".needs", event_id=event_id))
    return _needs_page(event, form)


@bp.route("/needs/<int:need_id>", methods=["GET", "POST"])
def need(need_id: int) -> ResponseReturnValue:
    """What one part of a track needs."""
    found = load(PlanNeed, need_id, may_plan_need)
    form = NeedForm()
    form.offer()
    if not form.is_submitted():
        form.show(found)
    if form.submitted() and form.commits(setting_actions.keep_need, found, form.given(found.part)):
        flash(_("Kept. Sessions that exist already stay as they are."), "ok")
        return redirect(url_for(".needs", event_id=found.event_id))
    title = part_names(found.track).get(found.part, "") if found.part else ""
    return page("plans/need.html", form=form, need=found, title=title, posts=POSTS)


@bp.post("/tracks/<int:track_id>/modules/<any(split, whole):way>")
def modules(track_id: int, way: str) -> ResponseReturnValue:
    """Hold a competition module by module, or as a whole."""
    found = load(Track, track_id, lambda actor, one: may_plan_event(actor, one.event))
    form = DoForm()
    if form.submitted() and form.commits(
        setting_actions.split_track, found, by_module=way == "split"
    ):
        return redirect(url_for(".needs", event_id=found.event_id))
    return _needs_page(found.event, form)


# ---- single sessions


@bp.route("/items/<int:item_id>/edit", methods=["GET", "POST"])
def item(item_id: int) -> ResponseReturnValue:
    """One session to be held: its needs, where and when it may or must be."""
    found = load(PlanItem, item_id, may_plan_item)
    event, form = found.track.event, ItemForm()
    form.offer(event, queries.settings_seen(event).shifts, rooms())
    if not form.is_submitted():
        form.show(found)
    if form.submitted() and form.commits(setting_actions.change_item, found, form.given()):
        flash(_("The session was changed."), "ok")
        return redirect(url_for(".plan", event_id=event.id))
    return page("plans/item.html", form=form, item=found, event=event)


@bp.post("/items/<int:item_id>/remove")
def remove_item(item_id: int) -> ResponseReturnValue:
    """Take a session out of the tray for good."""
    found = load(PlanItem, item_id, may_plan_item)
    event, form = found.track.event, DoForm()
    if form.submitted() and form.commits(setting_actions.remove_item, found):
        flash(_("The session was taken out."), "ok")
        return redirect(url_for(".plan", event_id=event.id))
    return plan_page(event, form)
