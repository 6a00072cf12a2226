"""Exam marks: a grid for each part, a file instead of typing, handing in."""

import io
import json

from flask import flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import gettext as _

from blueprints.imports import XLSX, notices_of
from blueprints.language import named
from blueprints.listing import Page, sliced
from blueprints.scoring.forms import ImportMarksForm, SaveMarksForm
from blueprints.scoring.grid import GridForm, Line, lines_of
from blueprints.scoring.routes import bp
from blueprints.web import UNPROCESSABLE, DoForm, WebForm, load, me, page, words
from eventsys.errors import DomainError, NotThere
from eventsys.events.models import Track
from eventsys.events.rules import PartRule
from eventsys.exports import safe_file_name
from eventsys.scoring import exam_actions, exam_importing, exam_queries
from eventsys.scoring.policy import may_mark_exam
from eventsys.scoring.states import PART_LABELS

PER_PAGE = 100
"""Candidates on one page: three fields each, far below what a request may carry."""


@bp.get("/exam-marks")
def my_exams() -> ResponseReturnValue:
    """The parts of the exams I assess, and how far each is."""
    tracks = exam_queries.exams_of(me())
    return page("scoring/my_exams.html", parts=exam_queries.progress_of(tracks))


@bp.route("/exam-marks/<int:track_id>/<part>", methods=["GET", "POST"])
def exam_part(track_id: int, part: str) -> ResponseReturnValue:
    """The marks of one part: what is saved is kept, until the part is handed in."""
    track, rule = _part(track_id, part)
    shown = _grid_page(track, part)
    form = GridForm()
    lines = lines_of(shown.items)
    if form.submitted():
        lines = lines_of(shown.items, request.form)
        given = form.given(lines)
        if given is not None and form.commits(exam_actions.save_exam_marks, track, part, given):
            flash(_("%(count)s marks saved.", count=form.result), "ok")
            return redirect(url_for(".exam_part", track_id=track.id, part=part, page=shown.page))
        lines = form.marked(lines)
    return _part_page(track, rule, form, lines, shown)


@bp.post("/exam-marks/<int:track_id>/<part>/hand-in")
def hand_in_part(track_id: int, part: str) -> ResponseReturnValue:
    """The second stage: all candidates are done."""
    track, rule = _part(track_id, part)
    form = DoForm()
    if form.submitted() and form.commits(exam_actions.hand_in_part, track, part):
        flash(_("The part is handed in."), "ok")
        return redirect(url_for(".my_exams"))
    shown = _grid_page(track, part)
    return _part_page(track, rule, form, lines_of(shown.items), shown)


def _part_page(
    track: Track,
    rule: PartRule,
    form: WebForm,
    lines: list[Line],
    shown: Page[exam_queries.Candidate],
) -> ResponseReturnValue:
    every = exam_queries.candidates(track.id, rule.code)
    return page(
        "scoring/exam_part.html",
        form=form,
        track=track,
        part=rule,
        lines=lines,
        shown=shown,
        statuses=PART_LABELS,
        marked=sum(one.status is not None for one in every),
        total=len(every),
        sheet=exam_queries.exam_sheet(track.id, rule.code),
    )


@bp.route("/exam-marks/<int:track_id>/<part>/import", methods=["GET", "POST"])
def import_marks(track_id: int, part: str) -> ResponseReturnValue:
    """Look at what a file would change; saving is the next step."""
    track, rule = _part(track_id, part)
    form, read = ImportMarksForm(), None
    if form.submitted():
        read = _read(form, track, part)
    changes = [one for one in read.marks if one.changes] if read else []
    return page(
        "scoring/import_marks.html",
        form=form,
        track=track,
        part=rule,
        read=read,
        changes=changes,
        rows=json.dumps([_kept(one.given) for one in changes]),
        notices=notices_of(read),
        words_of=words,
        statuses=PART_LABELS,
    )


def _read(form: ImportMarksForm, track: Track, part: str) -> exam_importing.ReadMarks | None:
    upload = form.file.data
    try:
        read = exam_importing.read_exam_marks(upload.read(), upload.filename, track, part, gettext)
    except DomainError as refusal:
        form.refuse(refusal)
        return None
    if read.problems:
        form.status = UNPROCESSABLE
    return read


@bp.post("/exam-marks/<int:track_id>/<part>/save-file")
def save_imported_marks(track_id: int, part: str) -> ResponseReturnValue:
    """Keep what was looked at, unless somebody was faster."""
    track, rule = _part(track_id, part)
    form = SaveMarksForm()
    if form.submitted() and form.commits(exam_actions.save_exam_marks, track, part, form.given()):
        flash(_("%(count)s marks saved.", count=form.result), "ok")
        return redirect(url_for(".exam_part", track_id=track.id, part=part))
    shown = _grid_page(track, part)
    return _part_page(track, rule, form, lines_of(shown.items), shown)


@bp.get("/exam-marks/<int:track_id>/<part>/template.xlsx")
def marks_template(track_id: int, part: str) -> ResponseReturnValue:
    """A file with every ticket number, to fill in."""
    track, rule = _part(track_id, part)
    out = io.BytesIO()
    exam_importing.write_marks_file(out, track, part, gettext)
    out.seek(0)
    name = safe_file_name(f"{named(track)} {named(rule)}", "xlsx")
    return send_file(out, XLSX, as_attachment=True, download_name=name)


def _part(track_id: int, part: str) -> tuple[Track, PartRule]:
    track = load(Track, track_id, may_mark_exam)
    rule = exam_queries.part_named(track, part)
    if rule is None:
        raise NotThere
    return track, rule


def _grid_page(track: Track, part: str) -> Page[exam_queries.Candidate]:
    return sliced(exam_queries.candidates(track.id, part), PER_PAGE)


def _kept(given: exam_actions.GivenMark) -> list[object]:
    points = None if given.points is None else f"{given.points:f}"
    return [given.entry_id, given.status.value, points, given.seen]
