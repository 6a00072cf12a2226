"""Marking schemes: criteria and aspects by form, the sections of a standard."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.schemes.forms import AspectForm, CriterionForm, SectionsForm
from blueprints.schemes.words import rule_words
from blueprints.web import DoForm, WebForm, load, me, page
from eventsys.events.models import Track
from eventsys.schemes import actions, queries
from eventsys.schemes.models import Aspect, Criterion, Scheme
from eventsys.schemes.policy import may_manage_scheme, may_read_scheme
from eventsys.schemes.rules import KIND_LABELS, SOURCE_LABELS, source_sums
from eventsys.schemes.sections import USUAL_DEVIATION, sections_in
from eventsys.schemes.states import STATE_LABELS, SchemeState
from eventsys.schemes.versions import FATE_LABELS, Fate, differences

bp = Blueprint("schemes", __name__)
STEPS = {"up": -1, "down": 1}


@bp.get("/tracks/<int:track_id>/scheme")
def scheme(track_id: int) -> ResponseReturnValue:
    """The scheme in force by module, with what is still missing to full marks."""
    track = load(Track, track_id, may_manage_scheme)
    return scheme_page(track, queries.scheme_of(track.id))


def scheme_page(
    track: Track, found: Scheme | None, form: WebForm | None = None
) -> ResponseReturnValue:
    """One version of a scheme; a draft with what it changes."""
    before = queries.replaced_by(found) if found and found.version > 1 else None
    writes = may_manage_scheme(me(), track)
    drafted = found is not None and found.state is SchemeState.DRAFT
    return page(
        "schemes/scheme.html",
        form=form,
        track=track,
        scheme=found,
        draft=queries.draft_of(track.id),
        is_draft=drafted,
        digest=queries.digest_of(found) if found and drafted else "",
        writes=writes,
        may_edit=writes and (found is None or found.frozen_at is None),
        sums=queries.sums_of(track, found) if found else queries.sums_of(track),
        sources=source_sums(queries.worths_of(found)),
        sections=queries.section_sums_of(track, found) if found else [],
        nodes=queries.tree_of(found) if found else [],
        changes=differences(before, found) if before and found else [],
        before=before,
        kinds=KIND_LABELS,
        source_labels=SOURCE_LABELS,
        states=STATE_LABELS,
        fates=FATE_LABELS,
        Fate=Fate,
        rule_words=rule_words,
    )


@bp.route("/tracks/<int:track_id>/scheme/criteria", methods=["GET", "POST"])
def new_criterion(track_id: int) -> ResponseReturnValue:
    """One more criterion of the version that may be written."""
    track = load(Track, track_id, may_manage_scheme)
    present = queries.draft_of(track.id) or queries.scheme_of(track.id)
    form = CriterionForm()
    form.offer(track, present)
    if request.method == "GET":
        form.module_code.data = request.args.get("module", form.module_code.data)
        form.parent.data = request.args.get("parent", "")
    if form.submitted() and form.commits(actions.add_criterion, track, form.given()):
        return redirect(url_for(".new_aspect", criterion_id=form.result.id))
    return page("schemes/new_criterion.html", form=form, track=track, scheme=present)


@bp.route("/scheme/criteria/<int:criterion_id>", methods=["GET", "POST"])
def criterion(criterion_id: int) -> ResponseReturnValue:
    """Change a criterion."""
    found = _criterion(criterion_id)
    track = found.scheme.track
    form = CriterionForm()
    if request.method == "GET":
        form.show(found)
    form.offer(track, found.scheme, but=found)
    if form.submitted() and form.commits(actions.edit_criterion, found, form.given()):
        return redirect(address(found.scheme))
    return page("schemes/criterion.html", form=form, track=track, criterion=found)


@bp.post("/scheme/criteria/<int:criterion_id>/remove")
def remove_criterion(criterion_id: int) -> ResponseReturnValue:
    """Take a criterion out with its aspects."""
    found = _criterion(criterion_id)
    return _done(found.scheme, actions.remove_criterion, found)


@bp.post("/scheme/criteria/<int:criterion_id>/move/<any(up,down):way>")
def move_criterion(criterion_id: int, way: str) -> ResponseReturnValue:
    """One place up or down."""
    found = _criterion(criterion_id)
    return _done(found.scheme, actions.move_criterion, found, STEPS[way])


@bp.route("/scheme/criteria/<int:criterion_id>/aspects", methods=["GET", "POST"])
def new_aspect(criterion_id: int) -> ResponseReturnValue:
    """One more aspect; another one after it if wanted."""
    found = _criterion(criterion_id)
    form = AspectForm()
    form.offer(found.scheme)
    if _sent(form) and form.commits(actions.add_aspect, found, form.given()):
        flash(_("Aspect %(code)s is added.", code=form.code.data), "ok")
        if "another" in request.form:
            return redirect(url_for(".new_aspect", criterion_id=found.id))
        return redirect(address(found.scheme))
    return page(
        "schemes/new_aspect.html", form=form, track=found.scheme.track, criterion=found, again=False
    )


@bp.route("/scheme/aspects/<int:aspect_id>", methods=["GET", "POST"])
def aspect(aspect_id: int) -> ResponseReturnValue:
    """Change an aspect; in a correction it may be marked again."""
    found = _aspect(aspect_id)
    version = found.criterion.scheme
    form = AspectForm()
    if request.method == "GET":
        form.show(found)
    form.offer(version)
    if _sent(form) and form.commits(
        actions.edit_aspect, found, form.given(), again=bool(form.again.data)
    ):
        return redirect(address(version))
    return page(
        "schemes/aspect.html",
        form=form,
        track=version.track,
        criterion=found.criterion,
        aspect=found,
        again=found.origin_id is not None,
    )


@bp.post("/scheme/aspects/<int:aspect_id>/remove")
def remove_aspect(aspect_id: int) -> ResponseReturnValue:
    """Take an aspect out."""
    found = _aspect(aspect_id)
    return _done(found.criterion.scheme, actions.remove_aspect, found)


@bp.post("/scheme/aspects/<int:aspect_id>/move/<any(up,down):way>")
def move_aspect(aspect_id: int, way: str) -> ResponseReturnValue:
    """One place up or down."""
    found = _aspect(aspect_id)
    return _done(found.criterion.scheme, actions.move_aspect, found, STEPS[way])


@bp.route("/tracks/<int:track_id>/scheme/sections", methods=["GET", "POST"])
def sections(track_id: int) -> ResponseReturnValue:
    """The sections of the standard with their weights."""
    track = load(Track, track_id, may_manage_scheme)
    present = queries.draft_of(track.id) or queries.scheme_of(track.id)
    form = SectionsForm()
    if request.method == "GET":
        kept = sections_in(present.sections) if present else ()
        form.show(kept, present.deviation if present else USUAL_DEVIATION)
    if form.submitted() and form.commits(
        actions.set_sections, track, form.given(), form.deviation.data
    ):
        flash(_("The standard sections are saved."), "ok")
        return redirect(address(present) if present else url_for(".scheme", track_id=track.id))
    return page("schemes/sections.html", form=form, track=track, scheme=present)


def address(version: Scheme) -> str:
    """Where a version is shown."""
    if version.state is SchemeState.IN_FORCE:
        return url_for("schemes.scheme", track_id=version.track_id)
    return url_for("schemes.version", scheme_id=version.id)


def load_version(scheme_id: int) -> Scheme:
    """A version for those who write or approve it."""
    return load(Scheme, scheme_id, lambda actor, one: may_read_scheme(actor, one.track))


def _sent(form: AspectForm) -> bool:
    return form.submitted() and form.readable()


def _done(version: Scheme, action: Callable[..., None], *args: object) -> ResponseReturnValue:
    """A button of the scheme page: back to the page, with the refusal if there is one."""
    form = DoForm()
    if form.submitted() and form.commits(action, *args):
        return redirect(address(version))
    return scheme_page(version.track, version, form)


def _criterion(criterion_id: int) -> Criterion:
    return load(
        Criterion, criterion_id, lambda actor, one: may_manage_scheme(actor, one.scheme.track)
    )


def _aspect(aspect_id: int) -> Aspect:
    return load(
        Aspect, aspect_id, lambda actor, one: may_manage_scheme(actor, one.criterion.scheme.track)
    )
