"""What follows published results: declaring them final, and advancing the best to a final."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.results.routes import bp, track_page
from blueprints.web import DoForm, load, page, words
from eventsys.errors import DomainError
from eventsys.events.models import Track
from eventsys.results import advancing, queries
from eventsys.results.finality import declare_final
from eventsys.results.models import Publication
from eventsys.results.policy import may_finish, may_publish


@bp.post("/results/<int:publication_id>/final")
def final(publication_id: int) -> ResponseReturnValue:
    """Make results final once their public notice has run out."""
    publication = load(Publication, publication_id, may_finish)
    form = DoForm()
    if form.submitted() and form.commits(declare_final, publication):
        flash(_("The results are final. Certificates can be issued now."), "ok")
        return redirect(url_for(".track", track_id=publication.track_id))
    return track_page(publication.track, form)


@bp.route("/tracks/<int:track_id>/advance", methods=["GET", "POST"])
def advance(track_id: int) -> ResponseReturnValue:
    """Who comes through from the selection, before it is done; then their entries."""
    track = load(Track, track_id, may_publish)
    form = DoForm()
    if form.submitted() and form.commits(advancing.advance, track):
        told = _("%(n)s entries are in the final.", n=len(form.result))
        flash(told, "ok")
        return redirect(url_for(".advance", track_id=track.id))
    found: list[advancing.Candidacy] = []
    refusal: DomainError | None = None
    try:
        found = advancing.candidacies(track)
    except DomainError as not_yet:
        refusal = not_yet
    return page(
        "results/advance.html",
        form=form,
        track=track,
        selection=advancing.selection_of(track),
        candidacies=found,
        refusal=words(refusal) if refusal else "",
        done=len(queries.advanced_from(track.id)),
    )
