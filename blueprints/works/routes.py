"""Pages of works: asked for, brought in by station or entry, looked at under codes."""

from flask import Blueprint, Response, flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.web import DoForm, WebForm, load, me, page, settings
from blueprints.works.forms import FetchForm, SendForm, SlotForm
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.registration.models import Entry
from eventsys.works import actions, queries
from eventsys.works.models import Work, WorkSlot
from eventsys.works.policy import (
    may_ask_for_works,
    may_close_hand_in,
    may_fetch_works,
    may_see_hand_in,
    may_see_works,
    may_send_works,
)
from eventsys.works.rules import CONTENT_TYPES, HandInOpen, file_name

bp = Blueprint("works", __name__, url_prefix="/works")


# ---- what is asked for, and what came in from the floor


@bp.route("/tracks/<int:track_id>", methods=["GET", "POST"], endpoint="track")
def hand_in(track_id: int) -> ResponseReturnValue:
    """The files of a track by station; one more is brought in here."""
    track = _competition(track_id, may_see_hand_in)
    form = FetchForm()
    form.offer(queries.slots_of(track_id), queries.stations(track_id))
    if form.submitted():
        slot = form.chosen()
        if form.commits(actions.fetch_work, slot, form.station.data, form.upload()):
            _say(form.result)
            return redirect(url_for(".track", track_id=track_id))
    return _track_page(track, form)


def _competition(track_id: int, may: object) -> Track:
    track = load(Track, track_id, may)  # ty: ignore[invalid-argument-type]  a policy predicate
    if track.event.kind is not EventKind.COMPETITION:
        raise NotThere
    return track


def _say(work: Work) -> None:
    flash(
        _(
            "%(slot)s is kept as version %(version)s. Receipt (SHA-256 of your file): %(sha256)s",
            slot=work.slot.code,
            version=work.version,
            sha256=work.received,
        ),
        "ok",
    )


def _track_page(track: Track, form: WebForm) -> ResponseReturnValue:
    slots, stations = queries.slots_of(track.id), queries.stations(track.id)
    offered = form if isinstance(form, FetchForm) else FetchForm(formdata=None)
    offered.offer(slots, stations)
    return page(
        "works/track.html",
        form=form,
        offered=offered,
        track=track,
        slots=slots,
        stations=stations,
        works=queries.newest_by_station(track.id),
        closed=queries.hand_in_of(track.id),
        asks=may_ask_for_works(me(), track),
        fetches=may_fetch_works(me(), track),
    )


@bp.route("/tracks/<int:track_id>/slots/new", methods=["GET", "POST"])
def new_slot(track_id: int) -> ResponseReturnValue:
    """One more file to ask for."""
    track = _competition(track_id, may_ask_for_works)
    form = SlotForm()
    form.offer()
    if form.submitted() and form.commits(actions.ask_for_file, track, form.given()):
        flash(_("The file is on the list."), "ok")
        return redirect(url_for(".track", track_id=track_id))
    return page("works/new_slot.html", form=form, track=track)


@bp.post("/slots/<int:slot_id>/remove")
def remove_slot(slot_id: int) -> ResponseReturnValue:
    """Take a file off the list."""
    slot = load(WorkSlot, slot_id, lambda actor, one: may_ask_for_works(actor, one.track))
    track, form = slot.track, DoForm()
    if form.submitted() and form.commits(actions.drop_slot, slot):
        flash(_("The file is off the list."), "ok")
        return redirect(url_for(".track", track_id=track.id))
    return _track_page(track, form)


@bp.post("/tracks/<int:track_id>/close")
def close(track_id: int) -> ResponseReturnValue:
    """End the hand-in."""
    track = _competition(track_id, may_close_hand_in)
    form = DoForm()
    if form.submitted() and form.commits(actions.close_hand_in, track):
        flash(_("The hand-in is closed. Judges can look at the files under their codes."), "ok")
        if may_see_hand_in(me(), track):
            return redirect(url_for(".track", track_id=track_id))
        return redirect(url_for("draws.draw", track_id=track_id))
    return _track_page(track, form)


# ---- sent by the entry's own people


@bp.route("/entries/<int:entry_id>", methods=["GET", "POST"])
def entry(entry_id: int) -> ResponseReturnValue:
    """What one entry sent, with its receipts; one more is sent here."""
    found = load(Entry, entry_id, may_send_works)
    slots = [one for one in queries.slots_of(found.track_id) if one.is_remote]
    form = SendForm()
    form.offer_slots(slots)
    if form.submitted():
        slot = form.chosen()
        if form.commits(actions.send_work, slot, found, form.upload()):
            _say(form.result)
            return redirect(url_for(".entry", entry_id=entry_id))
    return page(
        "works/entry.html",
        form=form,
        entry=found,
        slots=slots,
        works=queries.versions_of(entry_id),
        closed=queries.hand_in_of(found.track_id),
    )


# ---- for judges: codes only


@bp.get("/judging/<int:track_id>")
def shelves(track_id: int) -> ResponseReturnValue:
    """The works by code, after the hand-in is closed."""
    track = load(Track, track_id, may_see_works)
    closed = queries.hand_in_of(track_id) is not None
    found = queries.shelves(track_id) if closed else []
    return page("works/shelves.html", track=track, closed=closed, shelves=found)


@bp.get("/judging/<int:track_id>/<code>/<slot>")
def work(track_id: int, code: str, slot: str) -> ResponseReturnValue:
    """One file, named after code and slot; its headers say nothing but its content."""
    track = load(Track, track_id, may_see_works)
    if queries.hand_in_of(track_id) is None:
        raise HandInOpen
    found = actions.read_work(me(), track, code, slot)
    path = settings().files_dir / found.path if found else None
    if found is None or path is None or not path.is_file():
        raise NotThere
    answer: Response = send_file(
        path,
        mimetype=CONTENT_TYPES.get(found.extension, "application/octet-stream"),
        as_attachment=True,
        download_name=file_name(code, found.slot.code, found.extension),
        conditional=False,
        etag=found.stored,
        max_age=0,
    )
    for header in ("Last-Modified", "Expires"):  # when it came in is not the judge's to know
        answer.headers.remove(header)
    return answer
