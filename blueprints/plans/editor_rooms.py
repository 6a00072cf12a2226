"""The stations of one room as columns: who sits where on a day, moved by hand."""

from collections.abc import Callable

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from blueprints.plans import editor_forms as forms
from blueprints.plans.editor import STEPS
from blueprints.plans.editor_answers import answer
from blueprints.plans.editor_room_view import Told, done, history_of, picture_of, stepped
from blueprints.plans.editor_view import days_of, verdict_words
from blueprints.web import key_in, load, me, page
from eventsys.db import session
from eventsys.errors import NotThere
from eventsys.events.models import Event
from eventsys.plans.policy import may_plan_event
from eventsys.plans.seat_actions import seat_entry, seat_verdict_on
from eventsys.plans.seat_queries import room_day
from eventsys.registration.models import Entry
from eventsys.timetable.models import Room, Session
from eventsys.timetable.policy import may_plan_session
from eventsys.timetable.rules import DAY

bp = Blueprint("plan_rooms", __name__, url_prefix="/plans")


@bp.get("/events/<int:event_id>/rooms/<int:room_id>")
def room(event_id: int, room_id: int) -> ResponseReturnValue:
    """A room's stations side by side, time down the side."""
    event, found = _room(event_id, room_id)
    days, day = days_of(event), _day(event)
    return page(
        "plans/editor_room.html",
        event=event,
        room=found,
        days=days,
        day=day,
        shown=room_day(event, found, day),
        history=history_of(event, found),
        owner=me().user_id,
        day_minutes=DAY,
    )


@bp.get("/events/<int:event_id>/rooms/<int:room_id>/state")
def state(event_id: int, room_id: int) -> ResponseReturnValue:
    """What the page does not know yet of who sits where."""
    event, found = _room(event_id, room_id)
    since = request.args.get("number", 0, type=key_in)
    return jsonify(picture_of(event, found, _day(event), request.args.get("mark", ""), since))


@bp.post("/events/<int:event_id>/rooms/<int:room_id>/steps")
def save_step(event_id: int, room_id: int) -> ResponseReturnValue:
    """Take one's last move among these stations back, or repeat it."""
    event, found = _room(event_id, room_id)
    given, day = forms.body(), _day(event)
    step = STEPS.get(str(given.get("way")))
    if step is None:
        raise forms.MoveUnfit
    op, yes = forms.operation(given), forms.agreed(given)
    return answer(
        lambda: step(me(), event, op, yes, found.id),
        lambda made: stepped(event, found, day, made),
        _as_it_is(event, found, day),
    )


@bp.get("/sessions/<int:session_id>/seats/check")
def check(session_id: int) -> ResponseReturnValue:
    """What it would mean to give an entry a station."""
    held = load(Session, session_id, may_plan_session)
    key, to = (request.args.get(one, type=key_in) for one in ("entry", "station"))
    if key is None or (to is None and request.args.get("station")):
        raise forms.MoveUnfit
    entry = session().get(Entry, key)
    if entry is None or entry.track_id != held.track_id:
        raise NotThere
    return jsonify(verdict_words(seat_verdict_on(me(), held, entry, to)))


@bp.post("/sessions/<int:session_id>/seats")
def save_seat(session_id: int) -> ResponseReturnValue:
    """Give an entry a station of its session, or take it away."""
    held = load(Session, session_id, may_plan_session)
    event, place, wanted = held.track.event, held.room, forms.seat_move()
    day = _day(event)
    return answer(
        lambda: seat_entry(me(), held, wanted),
        lambda move: done(event, place, day, move),
        _as_it_is(event, place, day),
    )


def _room(event_id: int, room_id: int) -> tuple[Event, Room]:
    """An event and a room of its group."""
    event = load(Event, event_id, may_plan_event)
    return event, load(Room, room_id, lambda _actor, one: one.group_id == event.group_id)


def _day(event: Event) -> int:
    """The day asked for, counted from the event's first; one of its days."""
    last = (event.ends_on - event.starts_on).days
    return min(max(request.args.get("day", 0, type=int), 0), last)


def _as_it_is(event: Event, place: Room, day: int) -> Callable[[], Told]:
    return lambda: {"picture": picture_of(event, place, day)}
