"""Venues, rooms and stations from a spreadsheet and as one: compared first, then all or nothing."""

import io

from flask import flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import gettext as _

from blueprints.imports import (
    XLSX,
    SaveRowsForm,
    UploadForm,
    check_bearable,
    kept_rows,
    told_of,
)
from blueprints.places.routes import bp
from blueprints.web import UNPROCESSABLE, WebForm, me, page, words
from eventsys.errors import DomainError, NotThere
from eventsys.exports import safe_file_name
from eventsys.identity.policy import Actor
from eventsys.timetable import place_importing, place_tables, queries
from eventsys.timetable.place_tables import HEADINGS, ReadPlaces
from eventsys.timetable.policy import may_manage_venues

MOST_SHOWN = 200


@bp.route("/import", methods=["GET", "POST"])
def import_places() -> ResponseReturnValue:
    """Look at what a file would change; saving is the next step."""
    _only_managers()
    form = UploadForm()
    return _import_page(form, _read(form) if form.submitted() else None)


def _only_managers() -> None:
    if not may_manage_venues(me()):
        raise NotThere


def _read(form: UploadForm) -> ReadPlaces | None:
    """What the upload holds; a file that cannot be read is refused at its field."""
    upload = form.file.data
    try:
        read = place_tables.read_places(upload.read(), upload.filename or "", gettext)
        check_bearable(read.rows)
    except DomainError as refusal:
        form.refuse(refusal)
        return None
    if read.problems:
        form.status = UNPROCESSABLE
    return read


def _import_page(form: WebForm, read: ReadPlaces | None) -> ResponseReturnValue:
    """The page of the import; with a clean file, what it would do."""
    clean = read if read and not read.problems else None
    effect = place_importing.effect_of(clean.places) if clean else None
    return page(
        "places/import.html",
        form=form,
        upload=form if isinstance(form, UploadForm) else UploadForm(formdata=None),
        read=read,
        notices=told_of(read.notices) if read else [],
        words_of=words,
        effect=effect,
        rows=kept_rows(clean.rows, HEADINGS) if clean else "",
        most=MOST_SHOWN,
        headings=HEADINGS,
        shown=lambda value: place_tables.shown(value, gettext),
    )


@bp.post("/import/save")
def save_places() -> ResponseReturnValue:
    """Keep what was compared, unless somebody was faster; then it is compared anew."""
    _only_managers()
    form = SaveRowsForm()
    if form.submitted() and form.commits(_keep, form):
        flash(_("The venues, rooms and stations of the file are on record."), "ok")
        return redirect(url_for(".venues"))
    return _import_page(form, _again(form))


def _keep(actor: Actor, form: SaveRowsForm) -> place_importing.PlacesEffect:
    rows = form.given(HEADINGS)
    return place_importing.keep_places(actor, rows, form.seen.data or "", gettext)


def _again(form: SaveRowsForm) -> ReadPlaces | None:
    """The rows beside what is on record now; nothing where they did not arrive."""
    try:
        return place_tables.places_in(form.given(HEADINGS), gettext)
    except DomainError:
        return None


@bp.get("/import/template.xlsx")
def template() -> ResponseReturnValue:
    """The empty file to fill in, with an example."""
    _only_managers()
    out = io.BytesIO()
    place_tables.write_place_template(out, gettext)
    return _file(out)


@bp.get("/places.xlsx")
def export() -> ResponseReturnValue:
    """Everything on record, to be changed in a spreadsheet and brought in again."""
    _only_managers()
    out = io.BytesIO()
    place_tables.write_places(out, queries.venues(), gettext)
    return _file(out)


def _file(out: io.BytesIO) -> ResponseReturnValue:
    out.seek(0)
    name = safe_file_name(_("Venues and rooms"), "xlsx")
    return send_file(out, XLSX, as_attachment=True, download_name=name)
