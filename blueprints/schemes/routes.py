"""Marking schemes: criteria and aspects by form or from a file."""

import io
from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import gettext as _

from blueprints.imports import XLSX, notices_of
from blueprints.language import named
from blueprints.schemes.forms import AspectForm, CriterionForm, ImportSchemeForm
from blueprints.web import UNPROCESSABLE, DoForm, WebForm, load, page, words
from eventsys.errors import N_, DomainError, RuleBroken
from eventsys.events.models import Track
from eventsys.exports import safe_file_name
from eventsys.schemes import actions, importing, queries
from eventsys.schemes.importing import ReadScheme
from eventsys.schemes.models import Aspect, Criterion
from eventsys.schemes.policy import may_manage_scheme
from eventsys.schemes.rules import KIND_LABELS, CriterionFacts

bp = Blueprint("schemes", __name__)
STEPS = {"up": -1, "down": 1}


class ReplaceUnsaid(RuleBroken):
    field = "replace"
    message = N_("The scheme has %(count)s aspects already. Tick the box to replace all of them.")


@bp.get("/tracks/<int:track_id>/scheme")
def scheme(track_id: int) -> ResponseReturnValue:
    """The scheme by module, with what is still missing to full marks."""
    return _scheme_page(load(Track, track_id, may_manage_scheme))


def _scheme_page(track: Track, form: WebForm | None = None) -> ResponseReturnValue:
    found = queries.scheme_of(track.id)
    return page(
        "schemes/scheme.html",
        form=form,
        track=track,
        scheme=found,
        sums=queries.sums_of(track),
        criteria=found.criteria if found else [],
        kinds=KIND_LABELS,
    )


@bp.route("/tracks/<int:track_id>/scheme/criteria", methods=["GET", "POST"])
def new_criterion(track_id: int) -> ResponseReturnValue:
    """One more criterion."""
    track = load(Track, track_id, may_manage_scheme)
    form = CriterionForm()
    form.offer(track)
    if request.method == "GET":
        form.module_code.data = request.args.get("module", form.module_code.data)
    if form.submitted() and form.commits(actions.add_criterion, track, form.given()):
        return redirect(url_for(".new_aspect", criterion_id=form.result.id))
    return page("schemes/new_criterion.html", form=form, track=track)


@bp.route("/scheme/criteria/<int:criterion_id>", methods=["GET", "POST"])
def criterion(criterion_id: int) -> ResponseReturnValue:
    """Change a criterion."""
    found = _criterion(criterion_id)
    track = found.scheme.track
    form = CriterionForm()
    if request.method == "GET":
        form.show(found)
    form.offer(track)
    if form.submitted() and form.commits(actions.edit_criterion, found, form.given()):
        return redirect(url_for(".scheme", track_id=track.id))
    return page("schemes/criterion.html", form=form, track=track, criterion=found)


@bp.post("/scheme/criteria/<int:criterion_id>/remove")
def remove_criterion(criterion_id: int) -> ResponseReturnValue:
    """Take a criterion out with its aspects."""
    found = _criterion(criterion_id)
    return _done(found.scheme.track, actions.remove_criterion, found)


@bp.post("/scheme/criteria/<int:criterion_id>/move/<any(up,down):way>")
def move_criterion(criterion_id: int, way: str) -> ResponseReturnValue:
    """One place up or down."""
    found = _criterion(criterion_id)
    return _done(found.scheme.track, actions.move_criterion, found, STEPS[way])


@bp.route("/scheme/criteria/<int:criterion_id>/aspects", methods=["GET", "POST"])
def new_aspect(criterion_id: int) -> ResponseReturnValue:
    """One more aspect; another one after it if wanted."""
    found = _criterion(criterion_id)
    track = found.scheme.track
    form = AspectForm()
    form.offer()
    if form.submitted() and form.commits(actions.add_aspect, found, form.given()):
        flash(_("Aspect %(code)s is added.", code=form.code.data), "ok")
        if "another" in request.form:
            return redirect(url_for(".new_aspect", criterion_id=found.id))
        return redirect(url_for(".scheme", track_id=track.id))
    return page("schemes/new_aspect.html", form=form, track=track, criterion=found)


@bp.route("/scheme/aspects/<int:aspect_id>", methods=["GET", "POST"])
def aspect(aspect_id: int) -> ResponseReturnValue:
    """Change an aspect."""
    found = _aspect(aspect_id)
    track = found.criterion.scheme.track
    form = AspectForm()
    if request.method == "GET":
        form.show(found)
    form.offer()
    if form.submitted() and form.commits(actions.edit_aspect, found, form.given()):
        return redirect(url_for(".scheme", track_id=track.id))
    return page("schemes/aspect.html", form=form, track=track, aspect=found)


@bp.post("/scheme/aspects/<int:aspect_id>/remove")
def remove_aspect(aspect_id: int) -> ResponseReturnValue:
    """Take an aspect out."""
    found = _aspect(aspect_id)
    return _done(found.criterion.scheme.track, actions.remove_aspect, found)


@bp.post("/scheme/aspects/<int:aspect_id>/move/<any(up,down):way>")
def move_aspect(aspect_id: int, way: str) -> ResponseReturnValue:
    """One place up or down."""
    found = _aspect(aspect_id)
    return _done(found.criterion.scheme.track, actions.move_aspect, found, STEPS[way])


@bp.route("/tracks/<int:track_id>/scheme/import", methods=["GET", "POST"])
def import_scheme(track_id: int) -> ResponseReturnValue:
    """The whole scheme from our template: all rows or none."""
    track = load(Track, track_id, may_manage_scheme)
    form = ImportSchemeForm()
    read = _read(form, track) if form.submitted() else None
    criteria = _ready(form, track, read)
    if criteria is not None and form.commits(actions.replace_scheme, track, criteria):
        flash(_("The marking scheme is imported."), "ok")
        return redirect(url_for(".scheme", track_id=track.id))
    return page(
        "schemes/import_scheme.html",
        form=form,
        track=track,
        read=read,
        notices=notices_of(read),
        words_of=words,
    )


def _read(form: ImportSchemeForm, track: Track) -> ReadScheme | None:
    """What the upload holds; a file that cannot be read is refused at its field."""
    upload = form.file.data
    try:
        read = importing.read_scheme(
            upload.read(), upload.filename, queries.competition_rules(track).modules, gettext
        )
    except DomainError as refusal:
        form.refuse(refusal)
        return None
    if read.problems:
        form.status = UNPROCESSABLE
    return read


def _ready(
    form: ImportSchemeForm, track: Track, read: ReadScheme | None
) -> list[CriterionFacts] | None:
    """The criteria to keep, once the file is right and replacing was consented to."""
    if read is None or read.problems:
        return None
    there = sum(one.aspects for one in queries.sums_of(track))
    if there and not form.replace.data:
        form.refuse(ReplaceUnsaid(count=there))
        return None
    return read.criteria


@bp.get("/tracks/<int:track_id>/scheme/template.xlsx")
def scheme_template(track_id: int) -> ResponseReturnValue:
    """The empty file to fill in."""
    track = load(Track, track_id, may_manage_scheme)
    out = io.BytesIO()
    importing.write_scheme_template(out, queries.competition_rules(track).modules, gettext)
    out.seek(0)
    name = safe_file_name(f"{named(track)} {_('Marking scheme')}", "xlsx")
    return send_file(out, XLSX, as_attachment=True, download_name=name)


def _done(track: Track, action: Callable[..., None], *args: object) -> ResponseReturnValue:
    """A button of the scheme page: back to the page, with the refusal if there is one."""
    form = DoForm()
    if form.submitted() and form.commits(action, *args):
        return redirect(url_for(".scheme", track_id=track.id))
    return _scheme_page(track, form)


def _criterion(criterion_id: int) -> Criterion:
    return load(
        Criterion, criterion_id, lambda actor, one: may_manage_scheme(actor, one.scheme.track)
    )


def _aspect(aspect_id: int) -> Aspect:
    return load(
        Aspect, aspect_id, lambda actor, one: may_manage_scheme(actor, one.criterion.scheme.track)
    )
