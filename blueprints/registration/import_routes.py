"""Entering from a spreadsheet: template out, table in, a look at everything, all or nothing."""

import io
from typing import Any

from flask import flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from blueprints.registration.forms import UploadForm
from blueprints.registration.routes import bp, chosen, led_units, surroundings
from blueprints.web import UNPROCESSABLE, DoForm, load, me, page, words
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.events.policy import may_see_track
from eventsys.exports import safe_file_name, template_xlsx
from eventsys.imports import NOTICES, CellProblem, Notice, UnreadableFile
from eventsys.registration import importing, queries, tables
from eventsys.registration.models import ImportDraft
from eventsys.registration.rules import ID_KIND_LABELS, ROLE_LABELS, Shape, shape_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SHOWN = 200
Shown = list[tuple[str, str, str]]


@bp.get("/tracks/<int:track_id>/import/template")
def template(track_id: int) -> ResponseReturnValue:
    """An empty table for this track, with its drop-downs and instructions."""
    track = load(Track, track_id, may_see_track)
    led_units()
    shape, out = shape_of(track.event.kind, track.rules), io.BytesIO()
    template_xlsx(
        tables.import_columns(shape, english=_english()),
        out,
        notes=_notes(track, shape),
        choices=tables.import_choices(shape, english=_english()),
        name=_("Entries"),
        notes_name=_("How to fill it in"),
    )
    out.seek(0)
    title = _("Registration table")
    name = safe_file_name(f"{track.name}-{title}", "xlsx")
    return send_file(out, mimetype=XLSX, as_attachment=True, download_name=name)


def _english() -> bool:
    return str(get_locale()) == "en"


def _notes(track: Track, shape: Shape) -> list[str]:
    notes = [
        _("Registration for: %(track)s", track=track.name),
        _("One row for each person. Do not change the headings. Coloured columns must be filled."),
        _("Document numbers are text: keep the column's format, or the last digits are lost."),
    ]
    if shape.is_team:
        notes.append(_("Rows with the same team are one entry; give each person a role."))
    elif shape.instructors:
        notes.append(
            _("To name an instructor, write the same mark under Team in both rows, and the roles.")
        )
    return [*notes, _("Everything is checked first; then all rows are entered, or none.")]


@bp.route("/tracks/<int:track_id>/import", methods=["GET", "POST"])
def upload(track_id: int) -> ResponseReturnValue:
    """Hand in a table. With a single mistake nothing is kept, and every mistake is listed."""
    track, units = load(Track, track_id, may_see_track), led_units()
    form = UploadForm()
    form.offer(units)
    problems: list[CellProblem] = []
    notices: list[Notice] = []
    known = 0
    if form.submitted():
        unit = chosen(units, form)
        reading = _read(form, track)
        if reading is not None:
            found = importing.survey(track, unit, reading.groups, english=_english())
            problems = sorted([*reading.problems, *found.problems], key=tables.place_of)
            notices, known = list(reading.notices), len(found.known)
            if (
                not problems
                and found.new
                and form.commits(
                    importing.keep_import,
                    track,
                    unit,
                    form.file.data.filename or "",
                    reading.groups,
                )
            ):
                return redirect(url_for(".preview", draft_id=form.result.id))
    form.status = UNPROCESSABLE if problems else form.status
    return page(
        "registration/upload.html",
        form=form,
        track=track,
        problems=show_problems(problems),
        notices=[show_notice(one) for one in notices],
        known=known,
        columns=tables.import_columns(shape_of(track.event.kind, track.rules), english=_english()),
        **surroundings(track, units),
    )


def _read(form: UploadForm, track: Track) -> tables.Reading | None:
    """What the uploaded table says, or ``None`` when it cannot be read, which is said."""
    shape, file = shape_of(track.event.kind, track.rules), form.file.data
    try:
        return tables.read_entries(file.read(), file.filename or "", shape, english=_english())
    except UnreadableFile as refusal:
        form.refuse(refusal)
        return None


def show_problems(problems: list[CellProblem]) -> Shown:
    """Row, column, and reason with cure, in the reader's words."""
    return [
        (_("Row %(n)s", n=one.row), one.column_header or "–", words(one.refusal))
        for one in problems
    ]


def show_notice(notice: Notice) -> str:
    """What was remarkable about a file, in the reader's words."""
    return _(NOTICES[notice.code]) % notice.facts


@bp.route("/import/<int:draft_id>", methods=["GET", "POST"])
def preview(draft_id: int) -> ResponseReturnValue:
    """What would be entered; one button enters all of it."""
    draft = _own(draft_id)
    form = DoForm()
    track, unit, groups = draft.track, draft.unit, importing.groups_of(draft)
    if form.submitted() and form.commits(importing.confirm_import, draft):
        flash(
            _("%(n)s entries are submitted. You will hear when they are reviewed.", n=form.result),
            "ok",
        )
        return redirect(url_for(".my_entries", track=track.id))
    found = importing.survey(track, unit, groups, english=_english())
    return page(
        "registration/preview.html",
        form=form,
        draft=draft,
        track=track,
        unit=unit,
        found=found,
        problems=show_problems(list(found.problems)),
        rows=_rows(found.new)[:MOST_SHOWN],
        people=sum(len(group.rows) for group in found.new),
        roles=ROLE_LABELS,
        id_kinds=ID_KIND_LABELS,
        is_team=shape_of(track.event.kind, track.rules).is_team,
    )


def _rows(groups: tuple[tables.Group, ...]) -> list[tuple[int, str, Any]]:
    return [
        (number, group.facts.team_name, person)
        for group in groups
        for number, person in zip(group.rows, group.facts.people, strict=True)
    ]


def _own(draft_id: int) -> ImportDraft:
    draft = queries.import_draft(me(), draft_id)
    if draft is None:
        raise NotThere
    return draft


@bp.post("/import/<int:draft_id>/discard")
def discard(draft_id: int) -> ResponseReturnValue:
    """Throw the table away and choose another one."""
    draft = _own(draft_id)
    track_id, form = draft.track_id, DoForm()
    if form.submitted() and form.commits(importing.discard_import, draft):
        flash(_("The table is thrown away; nothing was entered."), "ok")
    return redirect(url_for(".upload", track_id=track_id))
