"""A track's entries: what is known of them for their seats, and how they come into sessions."""

from io import BytesIO

from flask import Blueprint, flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField

from blueprints.imports import XLSX
from blueprints.language import named
from blueprints.web import WebForm, load, page
from blueprints.web import _ as lazy
from eventsys.attendance.tickets import ticket_number
from eventsys.errors import DomainError, NotThere
from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.exports import safe_file_name
from eventsys.identity.policy import Actor
from eventsys.plans import entry_importing as importing
from eventsys.plans.forecasting import choice_of
from eventsys.plans.policy import may_plan_event
from eventsys.plans.way_actions import choose_way
from eventsys.plans.ways import WAY_LABELS, WAY_WORDS, Way

bp = Blueprint("plan_entries", __name__, url_prefix="/plans")


class NeedsForm(WebForm):
    """A file with tickets, makes, classes and papers."""

    file = FileField(lazy("File"), [FileRequired(lazy("Choose a file."))])


def _may(actor: Actor, track: Track) -> bool:
    return may_plan_event(actor, track.event)


@bp.route("/tracks/<int:track_id>/entries", methods=["GET", "POST"])
def entries(track_id: int) -> ResponseReturnValue:
    """Who works on which make, and sits apart from whom; a file replaces what is known."""
    track = load(Track, track_id, _may)
    form = NeedsForm()
    read = _read(form, track) if form.submitted() else None
    if read and not read.problems and form.commits(importing.keep_needs, track, read):
        flash(_("%(n)s entries are up to date.", n=form.result), "ok")
        return redirect(url_for(".entries", track_id=track_id))
    return page(
        "plans/entries.html",
        form=form,
        track=track,
        rows=importing.needs_by_entry(track),
        problems=[(one.row, one.column_header, one.refusal.told(_)) for one in read.problems]
        if read
        else [],
        number=ticket_number,
    )


def _read(form: NeedsForm, track: Track) -> importing.ReadNeeds | None:
    upload = form.file.data
    try:
        read = importing.read_needs(upload.read(), upload.filename, track, _)
    except DomainError as refusal:
        form.refuse(refusal)
        return None
    if read.problems:
        form.status = 422
    return read


@bp.get("/tracks/<int:track_id>/entries/template")
def template(track_id: int) -> ResponseReturnValue:
    """A file with every ticket number, to fill in."""
    track, out = load(Track, track_id, _may), BytesIO()
    importing.write_needs_file(out, track, _)
    out.seek(0)
    name = safe_file_name(named(track), "xlsx")
    return send_file(out, XLSX, as_attachment=True, download_name=name)


# ---- how entries come into sessions


class WayForm(WebForm):
    """One of the ways."""

    way = SelectField(lazy("How entries come into sessions"), choices=list(Way), coerce=Way)


@bp.route("/tracks/<int:track_id>/way", methods=["GET", "POST"])
def way(track_id: int) -> ResponseReturnValue:
    """By lot, a school together, or the schools spread: what each would mean, and the choice."""
    track, form = load(Track, track_id, _may), WayForm()
    if track.event.kind is EventKind.TRAINING:
        raise NotThere  # everybody comes to every half day
    if form.submitted() and form.commits(choose_way, track, form.way.data):
        flash(_chosen(is_anew=form.result), "ok")
        return redirect(url_for("plans.needs", event_id=track.event_id))
    return page(
        "plans/way.html",
        form=form,
        track=track,
        choice=choice_of(track),
        labels=WAY_LABELS,
        says=WAY_WORDS,
        lot=Way.LOT,
    )


def _chosen(*, is_anew: bool) -> str:
    if is_anew:
        return _("Chosen. Work out the sessions again now: the entries are dealt anew.")
    return _("Chosen. Whoever has a session keeps it; this holds for those who come from now on.")
