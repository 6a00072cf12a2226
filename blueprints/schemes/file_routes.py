"""Marking schemes from files and as files: our own template and the WorldSkills sheet."""

import io

from flask import flash, redirect, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import gettext as _

from blueprints.imports import XLSX, notices_of
from blueprints.language import named
from blueprints.schemes.forms import WORLD_SKILLS, ImportSchemeForm
from blueprints.schemes.routes import address, bp, load_version
from blueprints.web import UNPROCESSABLE, load, page, words
from eventsys.errors import N_, DomainError, RuleBroken
from eventsys.events.models import Track
from eventsys.exports import safe_file_name
from eventsys.schemes import actions, exporting, importing, queries, worldskills
from eventsys.schemes.importing import ReadScheme
from eventsys.schemes.models import Scheme
from eventsys.schemes.policy import may_manage_scheme
from eventsys.schemes.sections import sections_in


class ReplaceUnsaid(RuleBroken):
    field = "replace"
    message = N_("The scheme has %(count)s aspects already. Tick the box to replace all of them.")


@bp.route("/tracks/<int:track_id>/scheme/import", methods=["GET", "POST"])
def import_scheme(track_id: int) -> ResponseReturnValue:
    """The whole scheme from a file: all rows or none."""
    track = load(Track, track_id, may_manage_scheme)
    present = queries.draft_of(track.id) or queries.scheme_of(track.id)
    form = ImportSchemeForm()
    form.offer()
    read = _read(form, track, present) if form.submitted() else None
    ready = _ready(form, present, read)
    if ready is not None and form.commits(
        actions.replace_scheme, track, ready.criteria, ready.sections
    ):
        flash(_("The marking scheme is imported."), "ok")
        for notice in notices_of(read):
            flash(notice, "info")
        return redirect(address(form.result))
    return page(
        "schemes/import_scheme.html",
        form=form,
        track=track,
        read=read,
        notices=notices_of(read),
        words_of=words,
    )


def _read(form: ImportSchemeForm, track: Track, present: Scheme | None) -> ReadScheme | None:
    """What the upload holds; a file that cannot be read is refused at its field."""
    upload = form.file.data
    modules = queries.competition_rules(track).modules
    known = sections_in(present.sections) if present else ()
    try:
        if form.layout.data == WORLD_SKILLS:
            read = worldskills.read_world_skills(upload.read(), upload.filename, modules, known)
        else:
            read = importing.read_scheme(upload.read(), upload.filename, modules, gettext, known)
    except DomainError as refusal:
        form.refuse(refusal)
        return None
    if read.problems:
        form.status = UNPROCESSABLE
    return read


def _ready(
    form: ImportSchemeForm, present: Scheme | None, read: ReadScheme | None
) -> ReadScheme | None:
    """What to keep, once the file is right and replacing was consented to."""
    if read is None or read.problems:
        return None
    there = len(queries.worths_of(present))
    if there and not form.replace.data:
        form.refuse(ReplaceUnsaid(count=there))
        return None
    return read


@bp.get("/tracks/<int:track_id>/scheme/template.xlsx")
def scheme_template(track_id: int) -> ResponseReturnValue:
    """The empty file to fill in."""
    track = load(Track, track_id, may_manage_scheme)
    out = io.BytesIO()
    exporting.write_scheme_template(out, queries.competition_rules(track).modules, gettext)
    return _file(out, track, _("Marking scheme"))


@bp.get("/schemes/<int:scheme_id>/scheme.xlsx")
def export_scheme(scheme_id: int) -> ResponseReturnValue:
    """A version in the columns of our template."""
    version = load_version(scheme_id)
    out = io.BytesIO()
    criteria = queries.criteria_facts(version.criteria)
    exporting.write_scheme(out, criteria, sections_in(version.sections), gettext)
    return _file(out, version.track, _("Marking scheme"))


@bp.get("/schemes/<int:scheme_id>/worldskills.xlsx")
def export_world_skills(scheme_id: int) -> ResponseReturnValue:
    """A version as the WorldSkills sheet."""
    version = load_version(scheme_id)
    out = io.BytesIO()
    worldskills.write_world_skills(out, queries.criteria_facts(version.criteria))
    return _file(out, version.track, "CIS")


def _file(out: io.BytesIO, track: Track, what: str) -> ResponseReturnValue:
    out.seek(0)
    name = safe_file_name(f"{named(track)} {what}", "xlsx")
    return send_file(out, XLSX, as_attachment=True, download_name=name)
