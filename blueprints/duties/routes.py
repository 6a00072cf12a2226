"""Pages of duties: of an event, of one person, and when people can come."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.duties.forms import DutyForm, ListForm, TimesForm
from blueprints.duties.roster import roster_of
from blueprints.web import DoForm, WebForm, load, me, page
from eventsys.db import session
from eventsys.duties import actions, queries
from eventsys.duties.models import Availability, Duty, Enlisted
from eventsys.duties.policy import (
    may_change_line,
    may_drop_line,
    may_plan_duty,
    may_plan_event,
    may_say_for,
)
from eventsys.duties.rules import MINUTES_A_DAY, OFFICE_LABELS, WEEKDAYS
from eventsys.duties.servers import servers_of
from eventsys.errors import NotThere
from eventsys.events.models import Event
from eventsys.identity.models import User
from eventsys.identity.policy import Actor
from eventsys.plans.duty_actions import Desk, put_on_duty
from eventsys.plans.open_posts import why_open
from eventsys.plans.problem import problem_of
from eventsys.timetable.board import Board
from eventsys.timetable.clash_words import told
from eventsys.timetable.clashes import clashes_on
from eventsys.timetable.rules import Plan

bp = Blueprint("duties", __name__, url_prefix="/duties")
MOST_CLASHES = 60


# ---- of an event


@bp.get("/events/<int:event_id>")
def event(event_id: int) -> ResponseReturnValue:
    """Who serves where in an event, how much everybody serves, and what clashes."""
    found = load(Event, event_id, may_plan_event)
    duties = queries.duties_of_event(event_id)
    filters, rows = roster_of(duties)
    problem = problem_of(found)
    board = Board(problem, problem.present or Plan())
    wrong = [one for one in clashes_on(board) if one.people]
    shown = [one for row in rows.items for one in row.duties]
    empty = [one for one in shown if one.user_id is None][:MOST_CLASHES]
    return page(
        "duties/event.html",
        event=found,
        is_empty=not duties,
        filters=filters,
        rows=rows,
        loads=queries.loads(duties),
        idle=[one.name for one in problem.people if not board.served.get(one.id)],
        offices=OFFICE_LABELS,
        why_open=why_open(found, board, empty),
        clashes=[(one.severity.value, told(board, one, _)) for one in wrong[:MOST_CLASHES]],
    )


@bp.route("/<int:duty_id>", methods=["GET", "POST"])
def duty(duty_id: int) -> ResponseReturnValue:
    """One duty: who could take it, how much they serve, and what would clash."""
    found = load(Duty, duty_id, may_plan_duty)
    form = DutyForm()
    if form.submitted() and form.commits(put_on_duty, found, form.who(), _):
        flash(_("The duty was changed. The planner leaves it so."), "ok")
        return redirect(url_for(".event", event_id=found.session.track.event_id))
    desk = Desk(found)
    return page(
        "duties/duty.html",
        form=form,
        duty=found,
        offices=OFFICE_LABELS,
        candidates=desk.candidates(_),
    )


@bp.route("/events/<int:event_id>/people", methods=["GET", "POST"])
def people(event_id: int) -> ResponseReturnValue:
    """Who can serve in an event, and one more."""
    found = load(Event, event_id, may_plan_event)
    form = ListForm()
    form.offer(queries.accounts(found.group_id))
    if form.submitted() and form.commits(_enlist, found, form):
        flash(_("The person is on the list."), "ok")
        return redirect(url_for(".people", event_id=event_id))
    return _people_page(found, form)


def _people_page(found: Event, form: WebForm) -> ResponseReturnValue:
    servers = sorted(servers_of(found).values(), key=lambda one: (one.name, one.id))
    shown = form if isinstance(form, ListForm) else ListForm(formdata=None)
    if isinstance(shown, ListForm):
        shown.offer(queries.accounts(found.group_id))
    return page(
        "duties/people.html",
        form=form,
        new=shown,
        event=found,
        servers=servers,
        listed=queries.enlisted_in(found.id),
        times=queries.availability_of([one.id for one in servers]),
        offices=OFFICE_LABELS,
    )


def _enlist(actor: Actor, event: Event, form: ListForm) -> Enlisted:
    user = session().get(User, form.user.data)
    if user is None:
        raise NotThere
    return actions.enlist(actor, event, user, form.chosen(), form.most.data)


@bp.post("/listed/<int:line_id>/strike")
def strike(line_id: int) -> ResponseReturnValue:
    """Take somebody off an event's list."""
    found = load(Enlisted, line_id, may_drop_line)
    of, form = found.event, DoForm()
    if form.submitted() and form.commits(actions.strike, found):
        return redirect(url_for(".people", event_id=of.id))
    return _people_page(of, form)


# ---- of one person


@bp.get("/mine")
def mine() -> ResponseReturnValue:
    """Where I serve."""
    return page(
        "duties/mine.html",
        duties=queries.duties_of_user(me().user_id or 0),
        offices=OFFICE_LABELS,
    )


@bp.route("/my-times", methods=["GET", "POST"])
def my_times() -> ResponseReturnValue:
    """When I can come."""
    return _times(session().get_one(User, me().user_id))


@bp.route("/people/<int:user_id>/times", methods=["GET", "POST"])
def times(user_id: int) -> ResponseReturnValue:
    """When somebody can come, entered by an organizer."""
    return _times(load(User, user_id, may_say_for))


def _times(user: User) -> ResponseReturnValue:
    form = TimesForm()
    form.offer()
    if form.submitted() and form.commits(
        actions.say_when, user, form.given(), form.reason.data or ""
    ):
        flash(_("It is on record. Plans keep to it."), "ok")
        return redirect(_times_of(user))
    return _times_page(user, form)


def _times_page(user: User, form: WebForm) -> ResponseReturnValue:
    shown = form if isinstance(form, TimesForm) else TimesForm(formdata=None)
    if isinstance(shown, TimesForm):
        shown.offer()
    return page(
        "duties/times.html",
        form=form,
        new=shown,
        user=user,
        own=user.id == me().user_id,
        lines=queries.availability_of([user.id]).get(user.id, []),
        weekdays=WEEKDAYS,
        whole_day=MINUTES_A_DAY,
    )


def _times_of(user: User) -> str:
    own = user.id == me().user_id
    return url_for(".my_times") if own else url_for(".times", user_id=user.id)


@bp.post("/my-times/<int:time_id>/remove")
def drop_my_time(time_id: int) -> ResponseReturnValue:
    """A line about me that no longer holds."""
    return _drop(load(Availability, time_id, lambda actor, one: one.user_id == actor.user_id))


@bp.post("/times/<int:time_id>/remove")
def drop_time(time_id: int) -> ResponseReturnValue:
    """A line about somebody that no longer holds."""
    return _drop(load(Availability, time_id, may_change_line))


def _drop(found: Availability) -> ResponseReturnValue:
    user, form = found.user, DoForm()
    if form.submitted() and form.commits(actions.take_back, found):
        return redirect(_times_of(user))
    return _times_page(user, form)
