"""Versions of a marking scheme: drafting a correction, seeing what it does, approving it."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.schemes.forms import ApproveForm, CorrectionForm
from blueprints.schemes.routes import bp, load_version, scheme_page
from blueprints.web import DoForm, load, me, page
from eventsys.events.models import Track
from eventsys.schemes import queries
from eventsys.schemes.policy import may_manage_scheme, may_read_scheme
from eventsys.schemes.states import STATE_LABELS
from eventsys.scoring import version_actions


@bp.get("/tracks/<int:track_id>/scheme/versions")
def versions(track_id: int) -> ResponseReturnValue:
    """Every version with its reason, who drafted and who approved it."""
    track = load(Track, track_id, may_read_scheme)
    return page(
        "schemes/versions.html",
        track=track,
        versions=queries.versions_of(track.id),
        states=STATE_LABELS,
        writes=may_manage_scheme(me(), track),
    )


@bp.route("/tracks/<int:track_id>/scheme/correct", methods=["GET", "POST"])
def correct(track_id: int) -> ResponseReturnValue:
    """Draft a correction of the frozen scheme."""
    track = load(Track, track_id, may_manage_scheme)
    form = CorrectionForm()
    if form.submitted() and form.commits(
        version_actions.draft_correction, track, form.reason.data or ""
    ):
        flash(
            _("The correction is drafted. Change what is wrong, then tell the chief judge."), "ok"
        )
        return redirect(url_for(".version", scheme_id=form.result.id))
    return page("schemes/correct.html", form=form, track=track)


@bp.get("/schemes/<int:scheme_id>")
def version(scheme_id: int) -> ResponseReturnValue:
    """One version, with what it changed; a draft can be approved or withdrawn there."""
    found = load_version(scheme_id)
    return scheme_page(found.track, found)


@bp.post("/schemes/<int:scheme_id>/withdraw")
def withdraw(scheme_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    found = load_version(scheme_id)
    track, form = found.track, DoForm()
    if form.submitted() and form.commits(version_actions.withdraw_correction, found):
        flash(_("The correction is withdrawn."), "ok")
        return redirect(url_for(".scheme", track_id=track.id))
    return scheme_page(track, found, form)


@bp.post("/schemes/<int:scheme_id>/approve")
def approve(scheme_id: int) -> ResponseReturnValue:
    """Put a draft into force, as it was read."""
    found = load_version(scheme_id)
    form = ApproveForm()
    approve_as_read = version_actions.approve_correction
    if form.submitted() and form.commits(approve_as_read, found, form.seen.data):
        flash(_("Version %(version)s is in force.", version=found.version), "ok")
        return redirect(url_for(".versions", track_id=found.track_id))
    return scheme_page(found.track, found, form)
