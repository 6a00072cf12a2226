"""What people watch: progress for organizers, a board for visitors, a screen for the ceremony."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.boards.forms import STEPS, BoardForm, StepForm
from blueprints.web import DoForm, WebForm, load, me, page
from eventsys import clock
from eventsys.boards import actions, queries
from eventsys.boards.models import Ceremony
from eventsys.boards.policy import may_lead_ceremony, may_run_boards, may_see_figures
from eventsys.boards.rules import STEP_LABELS, box_of
from eventsys.errors import NotThere
from eventsys.events.models import Event, Track
from eventsys.events.queries import public_event
from eventsys.results.models import Publication
from eventsys.results.queries import public_results, public_versions, publication_of
from eventsys.results.states import OUTCOME_LABELS
from eventsys.schemes.queries import competition_rules
from eventsys.scoring.policy import may_sign_off

bp = Blueprint("boards", __name__)
PICTURE_WIDTH = 1000


@bp.route("/events/<int:event_id>/progress", methods=["GET", "POST"])
def progress(event_id: int) -> ResponseReturnValue:
    """How far every track is; who still owes sheets; the switch of the public board."""
    event = load(Event, event_id, may_run_boards)
    form = BoardForm()
    if request.method == "GET":
        form.show(queries.board_of(event.id))
    if form.submitted() and form.commits(
        actions.set_board, event, form.is_shown.data, form.given()
    ):
        flash(_("The board is set."), "ok")
        return redirect(url_for(".progress", event_id=event.id))
    return page("boards/progress.html", form=form, event=event, **_shown(event))


@bp.get("/events/<int:event_id>/progress/now")
def progress_now(event_id: int) -> ResponseReturnValue:
    """The part of the page that renews itself."""
    event = load(Event, event_id, may_run_boards)
    return page("boards/_progress.html", event=event, **_shown(event))


def _shown(event: Event) -> dict[str, Any]:
    return {"lines": queries.progress(event, clock.now()), "labels": STEP_LABELS}


# ---- for everybody


@bp.get("/e/<int:event_id>/board")
def public(event_id: int) -> ResponseReturnValue:
    """The public board: how far it is, then the results; made for a projector, too."""
    return page("boards/public.html", **_public(event_id))


@bp.get("/e/<int:event_id>/board/now")
def public_now(event_id: int) -> ResponseReturnValue:
    """The part of the board that renews itself."""
    return page("boards/_public.html", **_public(event_id))


def _public(event_id: int) -> dict[str, Any]:
    event, board = public_event(event_id), queries.board_of(event_id)
    if event is None or board is None or not board.is_shown:
        raise NotThere
    now = clock.now()
    moment = min(now, board.freezes_at) if board.freezes_at else now
    versions = {key: one[0] for key, one in public_versions(event.id, now).items()}
    return {
        "event": event,
        "board": board,
        "frozen": board.is_frozen_at(now),
        "lines": queries.progress(event, moment),
        "labels": STEP_LABELS,
        "results": public_results(event.id, now),
        "ceremonies": queries.running_ceremonies([one.id for one in versions.values()]),
        "versions": versions,
        "outcomes": OUTCOME_LABELS,
    }


# ---- the ceremony


@bp.route("/tracks/<int:track_id>/ceremony", methods=["GET", "POST"])
def ceremony(track_id: int) -> ResponseReturnValue:
    """The screen of the ceremony: prize after prize, the best at last."""
    track = load(Track, track_id, may_lead_ceremony)
    publication = publication_of(track.id)
    if publication is None:
        flash(_("Draw up the results first; then they can be revealed here."), "warn")
        return redirect(url_for("results.track", track_id=track.id))
    found = queries.ceremony_of(publication.id)
    form: WebForm = DoForm() if found is None else StepForm()
    if form.submitted() and _moves(form, found, publication):
        return redirect(url_for(".ceremony", track_id=track.id))
    found = queries.ceremony_of(publication.id)
    stage = queries.stage_of(found) if found else None
    return page(
        "boards/ceremony.html",
        form=form,
        track=track,
        publication=publication,
        ceremony=found,
        stage=stage,
        outcomes=OUTCOME_LABELS,
    )


def _moves(form: WebForm, found: Ceremony | None, publication: Publication) -> bool:
    if found is None or not isinstance(form, StepForm):
        return form.commits(actions.start_ceremony, publication)
    by = STEPS[form.step.data or ""]
    return form.commits(actions.move_ceremony, found, form.seen.data, by)


# ---- figures


@bp.get("/tracks/<int:track_id>/judges-figures")
def figures(track_id: int) -> ResponseReturnValue:
    """How the judges marked beside each other, once nothing can be changed."""
    track = load(Track, track_id, may_see_figures)
    most = sum((one.full for one in competition_rules(track).modules), Decimal(0))
    found = queries.figures_of(track)
    return page(
        "boards/figures.html",
        track=track,
        most=most,
        figures=[(one, box_of(one, most, PICTURE_WIDTH)) for one in found],
        farthest=max((abs(one.severity) for one in found), default=0),
        is_chief=may_sign_off(me(), track),
    )
