"""What stands beside the results: exceptions before them, the final, advancing after them."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.results.forms import FewJudgesForm, MoveUpForm
from blueprints.results.routes import bp, track_page
from blueprints.scoring.passwords import proves
from blueprints.web import DoForm, load, page, words
from eventsys.errors import DomainError, NotThere
from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.registration.admissions import selection_of
from eventsys.results import advancing, advancing_again, queries
from eventsys.results import few_judges as few_judges_cases
from eventsys.results.finality import declare_final
from eventsys.results.models import Publication
from eventsys.results.policy import may_finish, may_publish
from eventsys.schemes.queries import competition_rules

OK = 200


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
        selection=selection_of(track),
        candidacies=found,
        refusal=words(refusal) if refusal else "",
        done=len(queries.advanced_from(track.id)),
        moving=_moving(track) if found else None,
    )


def _moving(track: Track) -> advancing_again.Effect | None:
    """What advancing once more would do; nothing before the first time or after the draw."""
    if not queries.advanced_from(track.id) or advancing_again.is_begun(track):
        return None
    effect = advancing_again.effect_of(track)
    return None if effect.is_empty else effect


@bp.route("/tracks/<int:track_id>/advance/again", methods=["GET", "POST"])
def advance_again(track_id: int) -> ResponseReturnValue:
    """Who moves up for those who withdrew, or falls out by a correction: shown, then done."""
    track = load(Track, track_id, may_publish)
    form = MoveUpForm()
    move = advancing_again.advance_again
    if form.submitted() and form.commits(move, track, form.seen.data, form.reason.data):
        flash(_("The entries of the final are brought up to date."), "ok")
        return redirect(url_for(".advance", track_id=track.id))
    found = _moving(track)
    if found is None and form.status == OK:
        return redirect(url_for(".advance", track_id=track.id))
    return page("results/advance_again.html", form=form, track=track, effect=found)


@bp.route("/tracks/<int:track_id>/results/few-judges", methods=["GET", "POST"])
def few_judges(track_id: int) -> ResponseReturnValue:
    """Codes that too few judges may mark: what the mean of the rest would come to, and allow it."""
    track = load(Track, track_id, may_publish)
    if track.event.kind is not EventKind.COMPETITION:
        raise NotThere
    cases, form = few_judges_cases.few_cases(track), FewJudgesForm()
    form.offer(track)
    form.code.choices = [(one.code, one.code) for one in cases]
    witness = form.given() if form.submitted() else None
    given = (form.code.data, form.reason.data, witness, form.password.data)
    if witness and proves(form, witness.username, few_judges_cases.allow_fewer, track, *given):
        flash(_("The mean of those who remain counts for code %(code)s.", code=given[0]), "ok")
        return redirect(url_for(".few_judges", track_id=track.id))
    return page(
        "results/few_judges.html",
        form=form,
        track=track,
        cases=cases,
        is_full=len(cases) == few_judges_cases.AT_ONCE,
        rules=competition_rules(track),
        made=few_judges_cases.exceptions_of(track.id),
    )
