"""What is known of a track's entries for their seats: looked at, and brought in by a file."""

from io import BytesIO

from flask import Blueprint, flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.file import FileField, FileRequired

from blueprints.imports import XLSX
from blueprints.language import named
from blueprints.web import WebForm, load, page
from blueprints.web import _ as lazy
from eventsys.attendance.tickets import ticket_number
from eventsys.errors import DomainError
from eventsys.events.models import Track
from eventsys.exports import safe_file_name
from eventsys.identity.policy import Actor
from eventsys.plans import entry_importing as importing
from eventsys.plans.policy import may_plan_event

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
