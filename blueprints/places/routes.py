"""Pages of venues and rooms: what is in them, when they are closed, how far they are apart."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.places.forms import (
    ClosureForm,
    RoomFactsForm,
    RoomForm,
    StationsForm,
    TravelForm,
    VendorForm,
    VenueForm,
)
from blueprints.web import DoForm, WebForm, load, me, page
from eventsys.db import session
from eventsys.errors import NotThere
from eventsys.identity.policy import Actor
from eventsys.timetable import place_actions, place_queries, queries
from eventsys.timetable.lots import rows_of
from eventsys.timetable.models import Room, RoomClosure, Station, Venue
from eventsys.timetable.policy import may_manage_place, may_manage_venues, may_see_venues
from eventsys.timetable.rules import StationState
from eventsys.timetable.states import PURPOSE_LABELS

bp = Blueprint("places", __name__, url_prefix="/places")


# ---- venues


@bp.route("/venues", methods=["GET", "POST"])
def venues() -> ResponseReturnValue:
    """The venues of the group with their rooms, and one more."""
    if not may_see_venues(me()):
        raise NotThere
    form = VenueForm()
    if form.submitted() and form.commits(
        place_actions.add_venue, form.name.data, form.address.data or ""
    ):
        flash(_("The venue is there. Add its rooms next."), "ok")
        return redirect(url_for(".venue", venue_id=form.result.id))
    return _venues_page(form)


def _venues_page(form: WebForm) -> ResponseReturnValue:
    found = queries.venues()
    travel = form if isinstance(form, TravelForm) else TravelForm(formdata=None)
    if isinstance(travel, TravelForm):
        travel.offer(found)
    return page(
        "places/venues.html",
        form=form,
        new=form if isinstance(form, VenueForm) else VenueForm(formdata=None),
        travel=travel,
        venues=found,
        ways=place_queries.ways(),
        manages=may_manage_venues(me()),
        purposes=PURPOSE_LABELS,
        faulty=StationState.FAULTY,
    )


@bp.post("/travel")
def set_travel() -> ResponseReturnValue:
    """How long the way between two venues takes."""
    form = TravelForm()
    form.offer(queries.venues())
    if form.submitted() and form.commits(
        _set_travel, form.venue.data, form.other.data, form.minutes.data
    ):
        flash(_("The way is on record. Plans leave that much time."), "ok")
        return redirect(url_for(".venues", _anchor="ways"))
    if not may_manage_venues(me()):
        raise NotThere
    return _venues_page(form)


def _set_travel(actor: Actor, venue_id: int, other_id: int, minutes: int) -> None:
    venue, other = session().get(Venue, venue_id), session().get(Venue, other_id)
    if venue is None or other is None:
        raise NotThere
    place_actions.set_travel(actor, venue, other, minutes)


@bp.route("/venues/<int:venue_id>", methods=["GET", "POST"])
def venue(venue_id: int) -> ResponseReturnValue:
    """One venue: its rooms, and one more."""
    found = load(Venue, venue_id, may_manage_place)
    form = RoomForm()
    if form.submitted() and form.commits(
        place_actions.add_room,
        found,
        form.name.data,
        form.per_row.data,
        stations=form.stations.data,
        spare=form.spare.data or 0,
    ):
        flash(_("The room is ready. This is how it looks."), "ok")
        return redirect(url_for(".room", room_id=form.result.id))
    return page("places/venue.html", form=form, venue=found, purposes=PURPOSE_LABELS)


# ---- rooms


@bp.route("/rooms/<int:room_id>", methods=["GET", "POST"])
def room(room_id: int) -> ResponseReturnValue:
    """One room: a picture of its stations, and more of them."""
    found = load(Room, room_id, may_manage_place)
    form = StationsForm()
    if form.submitted() and form.commits(
        place_actions.add_stations,
        found,
        form.number.data,
        prefix=form.prefix.data or "",
        is_spare=form.is_spare.data,
        vendor=form.vendor.data or "",
    ):
        flash(_("%(n)s stations were added.", n=form.number.data), "ok")
        return redirect(url_for(".room", room_id=room_id))
    return room_page(found, form)


def room_page(found: Room, form: WebForm) -> ResponseReturnValue:
    """The page of a room; ``form`` is the one that was sent, if any."""
    stations = queries.stations_of(found.id)
    states = [one.state for one in stations]
    facts = form if isinstance(form, RoomFactsForm) else RoomFactsForm(formdata=None)
    if isinstance(facts, RoomFactsForm):
        facts.offer()
        if facts is not form:
            facts.show(found)
    return page(
        "places/room.html",
        form=form,
        facts=facts,
        more=form if isinstance(form, StationsForm) else StationsForm(formdata=None),
        closure=form if isinstance(form, ClosureForm) else ClosureForm(formdata=None),
        vendor=form if isinstance(form, VendorForm) else VendorForm(formdata=None),
        room=found,
        rows=rows_of(stations, found.per_row),
        stations=stations,
        counts={one.value: states.count(one) for one in StationState},
        closures=place_queries.closures_of(found.id),
        vendors=place_queries.vendors(),
        purposes=PURPOSE_LABELS,
    )


@bp.post("/rooms/<int:room_id>/facts")
def arrange(room_id: int) -> ResponseReturnValue:
    """What a room is for, what it holds, how its stations stand."""
    found = load(Room, room_id, may_manage_place)
    form = RoomFactsForm()
    form.offer()
    if form.submitted() and form.commits(place_actions.change_room, found, form.given()):
        flash(_("The room was changed."), "ok")
        return redirect(url_for(".room", room_id=room_id))
    return room_page(found, form)


@bp.post("/rooms/<int:room_id>/close")
def close_room(room_id: int) -> ResponseReturnValue:
    """A stretch of time in which the room cannot be used."""
    found = load(Room, room_id, may_manage_place)
    form = ClosureForm()
    if form.submitted() and form.commits(
        place_actions.close_room, found, *form.moments(), form.reason.data or ""
    ):
        flash(_("The room is closed then. Plans keep clear of it."), "ok")
        return redirect(url_for(".room", room_id=room_id, _anchor="closures"))
    return room_page(found, form)


@bp.post("/closures/<int:closure_id>/remove")
def reopen_room(closure_id: int) -> ResponseReturnValue:
    """The room can be used after all."""
    found = load(RoomClosure, closure_id, may_manage_place)
    room_id, form = found.room_id, DoForm()
    if form.submitted() and form.commits(place_actions.reopen_room, found):
        return redirect(url_for(".room", room_id=room_id, _anchor="closures"))
    return room_page(load(Room, room_id, may_manage_place), form)


@bp.post("/rooms/<int:room_id>/vendor")
def set_vendor(room_id: int) -> ResponseReturnValue:
    """The make or type of some stations that stand in a row."""
    found = load(Room, room_id, may_manage_place)
    form = VendorForm()
    if form.submitted() and form.commits(
        place_actions.set_vendor,
        found,
        form.first.data,
        form.last.data,
        form.vendor.data or "",
    ):
        flash(_("%(n)s stations were marked.", n=form.result), "ok")
        return redirect(url_for(".room", room_id=room_id))
    return room_page(found, form)


@bp.post("/stations/<int:station_id>/spare")
def keep_spare(station_id: int) -> ResponseReturnValue:
    """Keep a station out of draws, or put it back."""
    found = load(Station, station_id, may_manage_place)
    form = DoForm()
    if form.submitted() and form.commits(
        place_actions.set_spare, found, is_spare=not found.is_spare
    ):
        return redirect(url_for("stations.station", station_id=station_id))
    return room_page(found.room, form)


@bp.post("/stations/<int:station_id>/remove")
def remove_station(station_id: int) -> ResponseReturnValue:
    """Take away a station nobody was placed at."""
    found = load(Station, station_id, may_manage_place)
    room_id, form = found.room_id, DoForm()
    if form.submitted() and form.commits(place_actions.remove_station, found):
        flash(_("The station was taken away."), "ok")
        return redirect(url_for(".room", room_id=room_id))
    return room_page(load(Room, room_id, may_manage_place), form)
