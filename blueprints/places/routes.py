"""Pages of venues, rooms and their stations."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.places.forms import ArrangeForm, RoomForm, StationsForm, VenueForm
from blueprints.web import DoForm, WebForm, load, me, page
from eventsys.errors import NotThere
from eventsys.timetable import place_actions, queries
from eventsys.timetable.models import Room, Station, Venue
from eventsys.timetable.policy import may_manage_place, may_manage_venues, may_see_venues
from eventsys.timetable.rules import rows_of

bp = Blueprint("places", __name__, url_prefix="/places")


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
    return page(
        "places/venues.html", form=form, venues=queries.venues(), manages=may_manage_venues(me())
    )


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
    return page("places/venue.html", form=form, venue=found)


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
    ):
        flash(_("%(n)s stations were added.", n=form.number.data), "ok")
        return redirect(url_for(".room", room_id=room_id))
    return _room_page(found, form)


def _room_page(found: Room, form: WebForm) -> ResponseReturnValue:
    stations = queries.stations_of(found.id)
    arrange = form if isinstance(form, ArrangeForm) else ArrangeForm(formdata=None, obj=found)
    more = form if isinstance(form, StationsForm) else StationsForm(formdata=None)
    return page(
        "places/room.html",
        form=form,
        arrange=arrange,
        more=more,
        room=found,
        rows=rows_of(stations, found.per_row),
        spare=sum(one.is_spare for one in stations),
        total=len(stations),
    )


@bp.post("/rooms/<int:room_id>/arrange")
def arrange(room_id: int) -> ResponseReturnValue:
    """How many stations stand side by side."""
    found = load(Room, room_id, may_manage_place)
    form = ArrangeForm()
    if form.submitted() and form.commits(place_actions.arrange_room, found, form.per_row.data):
        return redirect(url_for(".room", room_id=room_id))
    return _room_page(found, form)


@bp.post("/stations/<int:station_id>/spare")
def keep_spare(station_id: int) -> ResponseReturnValue:
    """Keep a station out of draws, or put it back."""
    found = load(Station, station_id, may_manage_place)
    form = DoForm()
    if form.submitted() and form.commits(
        place_actions.set_spare, found, is_spare=not found.is_spare
    ):
        return redirect(url_for(".room", room_id=found.room_id))
    return _room_page(found.room, form)


@bp.post("/stations/<int:station_id>/remove")
def remove_station(station_id: int) -> ResponseReturnValue:
    """Take away a station nobody was placed at."""
    found = load(Station, station_id, may_manage_place)
    room_id, form = found.room_id, DoForm()
    if form.submitted() and form.commits(place_actions.remove_station, found):
        return redirect(url_for(".room", room_id=room_id))
    return _room_page(load(Room, room_id, may_manage_place), form)
