"""The plan editor: rooms and times of an event, moves by hand, undo; and all of it by forms."""

import uuid
from collections.abc import Callable

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.plans import editor_forms as forms
from blueprints.plans.editor_answers import answer
from blueprints.plans.editor_view import (
    Rooms,
    changed_rows,
    clash_rows,
    days_of,
    done,
    facts_of,
    history_of,
    mark_of,
    news_of,
    row_of,
    verdict_words,
)
from blueprints.plans.picture import pictures_of
from blueprints.web import key_in, load, me, page
from eventsys.db import session
from eventsys.events.models import Event
from eventsys.identity.policy import Actor
from eventsys.plans import move_queries as queries
from eventsys.plans.models import PlanItem
from eventsys.plans.move_actions import Made, move_item, redo_move, undo_move, verdict_on
from eventsys.plans.policy import may_plan_event, may_plan_item
from eventsys.plans.problem import problem_of
from eventsys.plans.queries import settings_seen
from eventsys.timetable.board import Board
from eventsys.timetable.clashes import clashes_on
from eventsys.timetable.rules import DAY, Plan

bp = Blueprint("plan_editor", __name__, url_prefix="/plans")
STEPS: dict[str, Callable[..., Made]] = {"undo": undo_move, "redo": redo_move}


# ---- the page


@bp.get("/events/<int:event_id>/board")
def board(event_id: int) -> ResponseReturnValue:
    """The plan of an event day by day."""
    return _board_page(load(Event, event_id, may_plan_event))


def _board_page(event: Event, form: forms.ConsentForm | None = None) -> ResponseReturnValue:
    grid, days = queries.grid_of(event), days_of(event)
    day = min(max(request.args.get("day", 0, type=int), 0), len(days) - 1)
    venues = {one.venue_id: one.venue for one in grid.columns}
    venue = request.args.get("venue", 0, type=int)
    rooms = Rooms(event, grid.columns)
    return page(
        "plans/editor.html",
        form=form,
        event=event,
        days=days,
        day=day,
        venues=venues,
        venue=venue if venue in venues else 0,
        columns=[one for one in grid.columns if venue not in venues or one.venue_id == venue],
        held=queries.by_column(grid.cards, day),
        tray=[one for one in grid.cards if one.at is None or not 0 <= one.at < len(days) * DAY],
        tones={one.id: n % 8 for n, one in enumerate(event.tracks)},
        tracks={one.id: one for one in event.tracks},
        history=history_of(event, me(), rooms),
        owner=me().user_id,
        day_minutes=DAY,
    )


@bp.get("/events/<int:event_id>/board/state")
def state(event_id: int) -> ResponseReturnValue:
    """What the page does not know yet of the plan."""
    event = load(Event, event_id, may_plan_event)
    grid, settings = queries.grid_of(event), settings_seen(event)
    facts = facts_of(event, grid, settings.shifts)
    mark, rooms = mark_of(facts), Rooms(event, grid.columns)
    since = request.args.get("number", 0, type=key_in)
    cards, buckets = changed_rows([*map(row_of, grid.cards)], request.args.get("sums", ""))
    return jsonify(
        facts=None if request.args.get("facts") == mark else facts,
        facts_mark=mark,
        cards=cards,
        buckets=buckets,
        number=settings.revision,
        news=news_of(event, since, me(), rooms, grid.cards) if since else [],
        history=history_of(event, me(), rooms),
    )


@bp.get("/events/<int:event_id>/board/clashes")
def clash_list(event_id: int) -> ResponseReturnValue:
    """Everything that is wrong with the plan; what nobody has placed yet is not wrong."""
    problem = problem_of(load(Event, event_id, may_plan_event))
    board = Board(problem, problem.present or Plan())
    return jsonify(clashes=clash_rows(clashes_on(board), board))


@bp.get("/events/<int:event_id>/board/picture")
def picture(event_id: int) -> ResponseReturnValue:
    """A day on paper: rooms side by side, time down the side."""
    event = load(Event, event_id, may_plan_event)
    grid, days = queries.grid_of(event), days_of(event)
    day = min(max(request.args.get("day", 0, type=int), 0), len(days) - 1)
    return page(
        "plans/editor_picture.html",
        event=event,
        day=days[day],
        pictures=pictures_of(event, grid, day),
        back_url=url_for(".board", event_id=event.id, day=day),
    )


# ---- moves by script


@bp.get("/items/<int:item_id>/check")
def check(item_id: int) -> ResponseReturnValue:
    """What it would mean to lay an item somewhere."""
    item = load(PlanItem, item_id, may_plan_item)
    numbers = {key: request.args.get(key, type=int) for key in ("room", "at")}
    return jsonify(verdict_words(verdict_on(me(), item, forms.where(numbers))))


@bp.post("/items/<int:item_id>/moves")
def save_move(item_id: int) -> ResponseReturnValue:
    """Lay an item somewhere, or into the tray."""
    item = load(PlanItem, item_id, may_plan_item)
    wanted = forms.move()
    event = item.track.event
    return answer(
        lambda: move_item(me(), item, wanted),
        lambda made: done(event, made, item),
        lambda: {"card": row_of(queries.cards_of(event, item.id)[0])},
    )


@bp.post("/events/<int:event_id>/board/steps")
def save_step(event_id: int) -> ResponseReturnValue:
    """Take one's last move back, or repeat it."""
    event = load(Event, event_id, may_plan_event)
    given = forms.body()
    step = STEPS.get(str(given.get("way")))
    if step is None:
        raise forms.MoveUnfit
    op, yes = forms.operation(given), forms.agreed(given)
    return answer(
        lambda: step(me(), event, op, yes),
        lambda made: done(event, made, session().get_one(PlanItem, made.move.item_id)),
        dict,
    )


# ---- the same by forms


@bp.route("/items/<int:item_id>/move", methods=["GET", "POST"])
def move(item_id: int) -> ResponseReturnValue:
    """A room, a day and a time by hand."""
    item = load(PlanItem, item_id, may_plan_item)
    event, form = item.track.event, forms.MoveForm()
    form.offer(event)
    if not form.is_submitted():
        form.show(item)
    if form.submitted() and form.commits(_moves, item, form):
        now = queries.where_is(item)
        flash(_("%(name)s: %(where)s.", name=item.name, where=Rooms(event).words(now)), "ok")
        day = now.at // DAY if now else None
        return redirect(url_for(".board", event_id=event.id, day=day))
    lies = Rooms(event).words(queries.where_is(item))
    return page("plans/editor_move.html", form=form, item=item, event=event, lies=lies)


def _moves(actor: Actor, item: PlanItem, form: forms.MoveForm) -> Made:
    return move_item(actor, item, form.given())


@bp.post("/events/<int:event_id>/board/<any(undo, redo):way>")
def step(event_id: int, way: str) -> ResponseReturnValue:
    """Take one's last move back, or repeat it."""
    event, form = load(Event, event_id, may_plan_event), forms.ConsentForm()
    if form.submitted() and form.commits(STEPS[way], event, str(uuid.uuid4()), form.agreed()):
        flash(_("Done. The plan shows it."), "ok")
        return redirect(url_for(".board", event_id=event.id))
    return _board_page(event, form)
