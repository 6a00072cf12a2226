"""When people can come, from a spreadsheet and as one: compared first, then all or nothing."""

import io

from flask import flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import gettext as _

from blueprints.duties.routes import bp
from blueprints.imports import (
    XLSX,
    SaveRowsForm,
    UploadForm,
    check_bearable,
    kept_rows,
    told_of,
)
from blueprints.language import named
from blueprints.web import UNPROCESSABLE, WebForm, load, page, words
from eventsys.duties import queries, time_importing, time_tables
from eventsys.duties.policy import may_plan_event
from eventsys.duties.time_tables import HEADINGS, ReadTimes
from eventsys.errors import DomainError
from eventsys.events.models import Event
from eventsys.exports import safe_file_name
from eventsys.identity.policy import Actor

MOST_SHOWN = 200


@bp.route("/events/<int:event_id>/times/import", methods=["GET", "POST"])
def import_times(event_id: int) -> ResponseReturnValue:
    """Look at what a file would change; saving is the next step."""
    found = load(Event, event_id, may_plan_event)
    form = UploadForm()
    return _import_page(found, form, _read(form, found) if form.submitted() else None)


def _read(form: UploadForm, event: Event) -> ReadTimes | None:
    """What the upload holds; a file that cannot be read is refused at its field."""
    upload, people = form.file.data, time_importing.people_of(event)
    try:
        read = time_tables.read_times(upload.read(), upload.filename or "", people, gettext)
        check_bearable(read.rows)
    except DomainError as refusal:
        form.refuse(refusal)
        return None
    if read.problems:
        form.status = UNPROCESSABLE
    return read


def _import_page(event: Event, form: WebForm, read: ReadTimes | None) -> ResponseReturnValue:
    """The page of the import; with a clean file, what it would do."""
    clean = read if read and not read.problems else None
    return page(
        "duties/import.html",
        form=form,
        upload=form if isinstance(form, UploadForm) else UploadForm(formdata=None),
        event=event,
        read=read,
        notices=told_of(read.notices) if read else [],
        words_of=words,
        effect=time_importing.effect_of(clean.times) if clean else None,
        rows=kept_rows(clean.rows, HEADINGS) if clean else "",
        most=MOST_SHOWN,
        people=time_importing.people_of(event),
        cells=lambda one: time_tables.cells(one.stretch, one.reason, gettext),
    )


@bp.post("/events/<int:event_id>/times/save")
def save_times(event_id: int) -> ResponseReturnValue:
    """Keep what was compared, unless somebody was faster; then it is compared anew."""
    found = load(Event, event_id, may_plan_event)
    form = SaveRowsForm()
    if form.submitted() and form.commits(_keep, found, form):
        flash(_("It is on record. Plans keep to it."), "ok")
        return redirect(url_for(".people", event_id=event_id))
    return _import_page(found, form, _again(form, found))


def _keep(actor: Actor, event: Event, form: SaveRowsForm) -> time_importing.TimesEffect:
    rows = form.given(HEADINGS)
    return time_importing.keep_times(actor, event, rows, form.seen.data or "", gettext)


def _again(form: SaveRowsForm, event: Event) -> ReadTimes | None:
    """The rows beside what is on record now; nothing where they did not arrive."""
    try:
        rows = form.given(HEADINGS)
    except DomainError:
        return None
    return time_tables.times_in(rows, time_importing.people_of(event), gettext)


@bp.get("/events/<int:event_id>/times.xlsx")
def times_file(event_id: int) -> ResponseReturnValue:
    """What is on record, to be added to in a spreadsheet and brought in again."""
    found = load(Event, event_id, may_plan_event)
    people, out = time_importing.people_of(found), io.BytesIO()
    time_tables.write_times(out, people, queries.availability_of(people), gettext)
    out.seek(0)
    name = safe_file_name(f"{named(found)} {_('When people can come')}", "xlsx")
    return send_file(out, XLSX, as_attachment=True, download_name=name)
