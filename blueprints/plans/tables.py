"""The plan as a spreadsheet, out and in: what comes in is compared and accepted like a run."""

import io

from flask import redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import gettext as _

from blueprints.imports import XLSX, UploadForm, told_of
from blueprints.language import named
from blueprints.plans.runs import bp
from blueprints.web import UNPROCESSABLE, load, page, words
from eventsys.errors import DomainError
from eventsys.events.models import Event
from eventsys.exports import safe_file_name
from eventsys.plans.plan_importing import sheet_of, take_in_plan
from eventsys.plans.plan_tables import ReadPlan, read_plan, write_plan
from eventsys.plans.policy import may_plan_event


@bp.route("/events/<int:event_id>/import", methods=["GET", "POST"])
def take_in(event_id: int) -> ResponseReturnValue:
    """A file with rooms, times and people; what it would change is the next page."""
    found, form = load(Event, event_id, may_plan_event), UploadForm()
    read = _read(form, found) if form.submitted() else None
    if read and not read.problems:
        name = form.file.data.filename or ""
        if form.commits(take_in_plan, found, read, name):
            return redirect(url_for(".run", run_id=form.result.id))
    return page(
        "plans/import.html",
        form=form,
        event=found,
        read=read,
        notices=told_of(read.notices) if read else [],
        words_of=words,
    )


def _read(form: UploadForm, event: Event) -> ReadPlan | None:
    """What the upload holds; a file that cannot be read is refused at its field."""
    upload = form.file.data
    try:
        read = read_plan(upload.read(), upload.filename or "", sheet_of(event), gettext)
    except DomainError as refusal:
        form.refuse(refusal)
        return None
    if read.problems:
        form.status = UNPROCESSABLE
    return read


@bp.get("/events/<int:event_id>/plan.xlsx")
def plan_file(event_id: int) -> ResponseReturnValue:
    """The plan as it is, to be changed in a spreadsheet and brought in again."""
    found, out = load(Event, event_id, may_plan_event), io.BytesIO()
    write_plan(out, sheet_of(found), gettext)
    out.seek(0)
    name = safe_file_name(f"{named(found)} {_('Plan')}", "xlsx")
    return send_file(out, XLSX, as_attachment=True, download_name=name)
