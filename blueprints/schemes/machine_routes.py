"""Marks of an examination machine, from a file keyed by work code."""

import io

from flask import flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import gettext as _

from blueprints.imports import XLSX
from blueprints.language import named
from blueprints.schemes.forms import MachineMarksForm
from blueprints.schemes.routes import bp
from blueprints.web import UNPROCESSABLE, load, me, page, words
from eventsys.errors import DomainError
from eventsys.events.models import Track
from eventsys.exports import safe_file_name
from eventsys.imports import NOTICES
from eventsys.schemes.models import Aspect
from eventsys.schemes.policy import may_import_machine_marks, may_manage_scheme
from eventsys.scoring import machine_actions, machine_importing
from eventsys.scoring.machine_importing import ReadMachineMarks
from eventsys.scoring.machine_queries import machine_table


@bp.route("/tracks/<int:track_id>/machine-marks", methods=["GET", "POST"])
def machine_marks(track_id: int) -> ResponseReturnValue:
    """What the machine delivered so far, and the next file: all of it or nothing."""
    track = load(Track, track_id, may_import_machine_marks)
    aspects = machine_actions.machine_aspects(track)
    form = MachineMarksForm()
    read = _read(form, aspects) if form.submitted() else None
    notices = [gettext(NOTICES[one.code]) % one.facts for one in read.notices] if read else []
    if (
        read is not None
        and not read.problems
        and form.commits(machine_actions.import_machine_marks, track, read.marks)
    ):
        for text in (
            _("The machine's marks are imported; %(count)s sheets changed.", count=form.result),
            *notices,
        ):
            flash(text, "ok")
        return redirect(url_for(".machine_marks", track_id=track.id))
    return page(
        "schemes/machine_marks.html",
        form=form,
        track=track,
        writes=may_manage_scheme(me(), track),
        aspects=aspects,
        table_rows=machine_table(track, aspects),
        read=read,
        notices=notices,
        words_of=words,
    )


def _read(form: MachineMarksForm, aspects: list[Aspect]) -> ReadMachineMarks | None:
    """What the upload holds; a file that cannot be read is refused at its field."""
    upload = form.file.data
    try:
        if not aspects:
            raise machine_actions.NoMachineAspects
        read = machine_importing.read_machine_marks(
            upload.read(), upload.filename, aspects, gettext
        )
    except DomainError as refusal:
        form.refuse(refusal)
        return None
    if read.problems:
        form.status = UNPROCESSABLE
    return read


@bp.get("/tracks/<int:track_id>/machine-marks/template.xlsx")
def machine_template(track_id: int) -> ResponseReturnValue:
    """The file to fill in, with the work codes to choose from."""
    track = load(Track, track_id, may_import_machine_marks)
    aspects = machine_actions.machine_aspects(track)
    codes = [row.code for row in machine_table(track, aspects)]
    out = io.BytesIO()
    machine_importing.write_machine_template(out, aspects, codes, gettext)
    out.seek(0)
    name = safe_file_name(f"{named(track)} {_('Machine marks')}", "xlsx")
    return send_file(out, XLSX, as_attachment=True, download_name=name)
