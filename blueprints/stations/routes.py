"""Pages people in the room use: the map, one station, its faults."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.numbers import WholeNumberField
from blueprints.places.forms import NEEDED, FaultForm, MendForm
from blueprints.web import WebForm, load, me, page
from eventsys.db import session
from eventsys.errors import N_, NotThere
from eventsys.identity.policy import Actor
from eventsys.incidents.policy import may_see_incidents
from eventsys.timetable import actions, fault_actions, place_queries, queries
from eventsys.timetable.labels import STATION_LABELS
from eventsys.timetable.lots import is_drawn_at_the_door, rows_of
from eventsys.timetable.models import Placement, Room, Station
from eventsys.timetable.policy import (
    may_manage_place,
    may_plan_session,
    may_watch_room,
    may_watch_station,
)
from eventsys.timetable.rules import StationState

bp = Blueprint("stations", __name__, url_prefix="/stations")

USUAL = (
    N_("Does not start"),
    N_("No network"),
    N_("No power"),
    N_("Software or licence missing"),
    N_("Machine or tool broken"),
    N_("Screen, keyboard or mouse broken"),
)
"""What mostly breaks; one tap each."""


class MoveForm(WebForm):
    """To which station an entry moves."""

    station = WholeNumberField(validators=[NEEDED])


@bp.get("/rooms/<int:room_id>")
def room(room_id: int) -> ResponseReturnValue:
    """The room as it stands, for a tablet: tap a station to log a fault."""
    found = load(Room, room_id, may_watch_room)
    stations = queries.stations_of(room_id)
    states = [one.state for one in stations]
    return page(
        "stations/room.html",
        room=found,
        rows=rows_of(stations, found.per_row),
        counts={one.value: states.count(one) for one in StationState},
        sessions=place_queries.sessions_now(room_id),
        labels=STATION_LABELS,
        manages=may_manage_place(me(), found),
    )


@bp.get("/<int:station_id>")
def station(station_id: int) -> ResponseReturnValue:
    """One station: how it stands, its fault log, who is placed there."""
    return _station_page(load(Station, station_id, may_watch_station), None)


def _station_page(found: Station, form: WebForm | None) -> ResponseReturnValue:
    actor = me()
    placed = place_queries.stranded_at(found)
    return page(
        "stations/station.html",
        form=form,
        fault=form if isinstance(form, FaultForm) else FaultForm(formdata=None),
        mend=form if isinstance(form, MendForm) else MendForm(formdata=None),
        station=found,
        state=found.state.value,
        labels=STATION_LABELS,
        usual=USUAL,
        faults=place_queries.faults_of(found.id),
        open_fault=place_queries.open_fault(found.id),
        manages=may_manage_place(actor, found),
        mine=[one for one in placed if may_plan_session(actor, one.placement.session)],
        placed=len(placed),
        late={
            one.placement.id
            for one in placed
            if is_drawn_at_the_door(one.placement.session.track.rules)
        },
        recorded_in={
            one.placement.session.track_id
            for one in placed
            if may_see_incidents(actor, one.placement.session.track)
        },
    )


@bp.post("/<int:station_id>/fault")
def log_fault(station_id: int) -> ResponseReturnValue:
    """It does not work."""
    found = load(Station, station_id, may_watch_station)
    form = FaultForm()
    if form.submitted() and form.commits(fault_actions.log_fault, found, form.what.data or ""):
        return redirect(url_for(".station", station_id=station_id))
    return _station_page(found, form)


@bp.post("/<int:station_id>/mend")
def mend(station_id: int) -> ResponseReturnValue:
    """It works again."""
    found = load(Station, station_id, may_watch_station)
    form = MendForm()
    if form.submitted() and form.commits(fault_actions.mend_station, found, form.note.data or ""):
        flash(_("Station %(label)s works again.", label=found.label), "ok")
        return redirect(url_for(".station", station_id=station_id))
    return _station_page(found, form)


@bp.post("/placements/<int:placement_id>/move")
def move(placement_id: int) -> ResponseReturnValue:
    """An entry moves to a spare or free station of the same room."""
    found = load(Placement, placement_id, lambda actor, one: may_plan_session(actor, one.session))
    before, form = found.station, MoveForm()
    if form.submitted() and form.commits(_move, found, form.station.data):
        flash(
            _(
                "The entry moved from %(before)s to %(after)s.",
                before=before.label,
                after=_label(form),
            ),
            "ok",
        )
        return redirect(url_for(".station", station_id=before.id))
    return _station_page(session().get_one(Station, before.id), form)


def _label(form: MoveForm) -> str:
    return form.result.station.label


def _move(actor: Actor, placement: Placement, station_id: int) -> Placement:
    station = session().get(Station, station_id)
    if station is None:
        raise NotThere
    return actions.place_entry(actor, placement.session, placement.entry, station)
