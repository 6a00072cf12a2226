"""Pages of sessions and stations, of an event's timetable, and of one's own day."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.timetable.board import days_of, stops_by_day
from blueprints.timetable.forms import (
    DrawForm,
    PlaceForm,
    SessionForm,
    part_names,
    parts_in_use,
)
from blueprints.web import DoForm, WebForm, load, me, page
from eventsys.attendance.queries import arrived
from eventsys.attendance.tickets import TICKET_TITLES, ticket_number
from eventsys.db import session, transaction
from eventsys.draws.queries import contest_numbers
from eventsys.duties.rules import OFFICE_LABELS
from eventsys.errors import NotThere
from eventsys.events.models import Event, Track
from eventsys.events.policy import may_see_event
from eventsys.events.rules import EventKind
from eventsys.identity.policy import Actor
from eventsys.plans.queries import sessions_dealt
from eventsys.registration.models import Entry
from eventsys.releases.stops import my_stops
from eventsys.tasks.actions import ask
from eventsys.tasks.rules import TASK_LABELS, TaskKind
from eventsys.timetable import actions, queries
from eventsys.timetable.lots import is_drawn_at_the_door
from eventsys.timetable.models import Placement, Session, Station
from eventsys.timetable.policy import may_plan, may_plan_session

bp = Blueprint("timetable", __name__, url_prefix="/timetable")


# ---- a track


@bp.get("/tracks/<int:track_id>")
def track(track_id: int) -> ResponseReturnValue:
    """The sessions of a track, who has no station yet, and what to do next."""
    return _track_page(load(Track, track_id, may_plan), None)


def _track_page(found: Track, form: WebForm | None) -> ResponseReturnValue:
    rows = queries.sessions_of_track(found.id)
    parts = parts_in_use(found, {row.session.part for row in rows})
    with_stations = found.event.kind is not EventKind.TRAINING
    return page(
        "timetable/track.html",
        form=form,
        track=found,
        rows=rows,
        parts=parts,
        seated=with_stations,
        ticket_title=TICKET_TITLES[found.event.kind],
        drawn_late=is_drawn_at_the_door(found.rules),
        waiting={part: queries.unplaced(found.id, part) for part in parts} if with_stations else {},
        free={part: queries.free_stations(rows, part) for part in parts},
        draws={part: queries.last_draw(found.id, part) for part in parts},
    )


@bp.route("/tracks/<int:track_id>/sessions/new", methods=["GET", "POST"])
def new_session(track_id: int) -> ResponseReturnValue:
    """One more session of a track."""
    found = load(Track, track_id, may_plan)
    form = SessionForm()
    form.offer(found, queries.rooms())
    if not form.is_submitted():
        form.on.data = found.event.starts_on
    if form.submitted() and form.commits(actions.add_session, found, form.given()):
        flash(_("The session is set."), "ok")
        return redirect(url_for(".track", track_id=track_id))
    return page("timetable/new_session.html", form=form, track=found)


@bp.route("/sessions/<int:session_id>/edit", methods=["GET", "POST"])
def edit_session(session_id: int) -> ResponseReturnValue:
    """Another name, room or time."""
    held = load(Session, session_id, may_plan_session)
    form = SessionForm()
    form.offer(held.track, queries.rooms())
    if not form.is_submitted():
        form.show(held)
    if form.submitted() and form.commits(actions.change_session, held, form.given()):
        flash(_("The session was changed. Print the tickets anew."), "ok")
        return redirect(url_for(".track", track_id=held.track_id))
    return page("timetable/edit_session.html", form=form, session=held)


@bp.post("/sessions/<int:session_id>/remove")
def remove_session(session_id: int) -> ResponseReturnValue:
    """Take away a session in which nobody sits."""
    held = load(Session, session_id, may_plan_session)
    track_id, form = held.track_id, DoForm()
    if form.submitted() and form.commits(actions.remove_session, held):
        flash(_("The session was removed."), "ok")
        return redirect(url_for(".track", track_id=track_id))
    return _track_page(load(Track, track_id, may_plan), form)


# ---- stations


@bp.route("/tracks/<int:track_id>/draw", methods=["GET", "POST"])
def draw(track_id: int) -> ResponseReturnValue:
    """What a draw would do, and the draw."""
    found = load(Track, track_id, may_plan)
    form, rows = DrawForm(), queries.sessions_of_track(track_id)
    parts = parts_in_use(found, {row.session.part for row in rows})
    part = (form.part.data if form.is_submitted() else request.args.get("part")) or ""
    if part not in parts:
        raise NotThere
    if form.submitted() and form.commits(
        actions.draw_stations, found, part, sessions_dealt(track_id, part)
    ):
        flash(
            _(
                "%(n)s entries have a station now. The seed of the draw is %(seed)s.",
                n=form.result.placed,
                seed=form.result.seed,
            ),
            "ok",
        )
        return redirect(url_for(".track", track_id=track_id))
    form.part.data = part
    return page(
        "timetable/draw.html",
        form=form,
        track=found,
        part=part,
        part_name=parts[part] if part else "",
        rows=[row for row in rows if row.session.part == part],
        waiting=queries.unplaced(track_id, part),
        free=queries.free_stations(rows, part),
    )


@bp.post("/tracks/<int:track_id>/clear")
def clear(track_id: int) -> ResponseReturnValue:
    """Free all stations of a part."""
    found = load(Track, track_id, may_plan)
    form = DrawForm()
    if form.submitted() and form.commits(actions.clear_stations, found, form.part.data or ""):
        flash(_("%(n)s stations are free again.", n=form.result), "ok")
        return redirect(url_for(".track", track_id=track_id))
    return _track_page(found, form)


@bp.route("/sessions/<int:session_id>/seats", methods=["GET", "POST"])
def seats(session_id: int) -> ResponseReturnValue:
    """The seat map of a session; choose an entry, then its station."""
    held = load(Session, session_id, may_plan_session)
    form = PlaceForm()
    if form.submitted() and form.commits(_place, held, form.entry.data, form.station.data):
        waiting = queries.unplaced(held.track_id, held.part)
        following = waiting[0].id if waiting else None
        return redirect(url_for(".seats", session_id=session_id, entry=following, _anchor="seats"))
    chosen = form.entry.data if form.is_submitted() else request.args.get("entry", type=int)
    return _seats_page(held, form, chosen)


def _place(actor: Actor, held: Session, entry_id: int, station_id: int) -> Placement:
    entry, station = session().get(Entry, entry_id), session().get(Station, station_id)
    if entry is None or station is None:
        raise NotThere
    return actions.place_entry(actor, held, entry, station)


def _seats_page(held: Session, form: WebForm, chosen: int | None) -> ResponseReturnValue:
    rows = queries.seat_map(held)
    placed = [seat.placement for row in rows for seat in row if seat.placement]
    waiting = queries.unplaced(held.track_id, held.part)
    known = {one.id: one for one in [*waiting, *(one.entry for one in placed)]}
    return page(
        "timetable/seats.html",
        form=form,
        session=held,
        rows=rows,
        placed=placed,
        waiting=waiting,
        chosen=known.get(chosen or 0),
        here=set(arrived(held.track_id)),
        part_name=part_names(held.track).get(held.part, "") if held.part else "",
        number=ticket_number,
    )


@bp.post("/placements/<int:placement_id>/remove")
def remove_placement(placement_id: int) -> ResponseReturnValue:
    """Free a station."""
    found = load(Placement, placement_id, lambda actor, one: may_plan_session(actor, one.session))
    held, entry_id, form = found.session, found.entry_id, DoForm()
    if form.submitted() and form.commits(actions.remove_placement, found):
        return redirect(url_for(".seats", session_id=held.id, entry=entry_id, _anchor="seats"))
    return _seats_page(held, form, entry_id)


@bp.post("/tracks/<int:track_id>/seat-lists")
def seat_lists(track_id: int) -> ResponseReturnValue:
    """The lists for the doors, as a file."""
    found = load(Track, track_id, may_plan)
    title = f"{_(TASK_LABELS[TaskKind.SEATS_PDF])} {found.name}"
    with transaction():
        task = ask(me(), found.group_id, TaskKind.SEATS_PDF, title, track_id=found.id)
        task_id = task.id
    return redirect(url_for("tasks.show", task_id=task_id))


# ---- for everybody


@bp.get("/events/<int:event_id>")
def event(event_id: int) -> ResponseReturnValue:
    """The timetable of an event: which track is when in which room."""
    found = load(Event, event_id, may_see_event)
    rows = queries.sessions_of_event(event_id)
    return page("timetable/event.html", event=found, days=days_of(rows), rows=rows)


@bp.get("/my-day")
def my_day() -> ResponseReturnValue:
    """Where I, or the entries of my unit, have to be, and when."""
    stops = my_stops(me())
    return page(
        "timetable/my_day.html",
        days=stops_by_day(stops),
        number=ticket_number,
        offices={key.value: label for key, label in OFFICE_LABELS.items()},
        contest=contest_numbers({stop.entry.id for stop in stops if stop.entry}),
    )
