"""Corrections after the handing over: asking for one, and deciding what another asked for."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.scoring.forms import CorrectionForm, DecisionForm
from blueprints.scoring.overview import line_of
from blueprints.scoring.routes import bp
from blueprints.scoring.sheets import text_of
from blueprints.web import load, me, page
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.schemes.queries import aspects_of
from eventsys.scoring import correction_actions, correction_queries, queries
from eventsys.scoring.confirm_actions import is_same_person
from eventsys.scoring.models import CorrectionRequest
from eventsys.scoring.policy import (
    may_ask_correction,
    may_decide_correction,
    may_recheck,
    may_sign_off,
)


@bp.get("/corrections/<int:track_id>")
def corrections(track_id: int) -> ResponseReturnValue:
    """Every correction of a track, and the codes to ask for another."""
    track = load(Track, track_id, may_ask_correction)
    return page(
        "scoring/corrections.html",
        track=track,
        found=correction_queries.corrections(track.id),
        codes=sorted(queries.panel_marks(track).sheets),
        marking=queries.marking_of(track.id),
        may_decide=may_decide_correction(me(), track),
        rechecks=may_recheck(me(), track),
        aspects=_aspect_codes(track),
    )


@bp.route("/corrections/<int:track_id>/code/<code>", methods=["GET", "POST"])
def ask_correction(track_id: int, code: str) -> ResponseReturnValue:
    """Ask for another value of one mark of a code."""
    track = load(Track, track_id, may_ask_correction)
    panel = queries.panel_marks(track)
    if code not in panel.sheets:
        raise NotThere
    form = CorrectionForm()
    form.offer(panel.judging, panel.tally.aspects, text_of)
    sheet = queries.sheet_at(track.id, code, form.judge) if form.submitted() else None
    if sheet and form.commits(correction_actions.ask_correction, sheet, *form.given()):
        flash(_("Correction %(number)s is asked for.", number=form.result.number), "ok")
        return redirect(url_for(".corrections", track_id=track.id))
    return page(
        "scoring/ask_correction.html",
        form=form,
        track=track,
        line=line_of(panel, code),
        aspects=panel.tally.aspects,
        text_of=text_of,
    )


@bp.route("/corrections/<int:track_id>/<int:number>", methods=["GET", "POST"])
def correction(track_id: int, number: int) -> ResponseReturnValue:
    """One correction: what it does, and approving it."""
    asked, form = _asked(track_id, number), DecisionForm()
    approve = correction_actions.approve_correction
    if form.submitted() and form.commits(approve, asked, form.note.data or ""):
        flash(_("Correction %(number)s holds from now on.", number=number), "ok")
        return redirect(url_for(".corrections", track_id=track_id))
    return _correction_page(asked, form)


@bp.post("/corrections/<int:track_id>/<int:number>/refuse")
def refuse_correction(track_id: int, number: int) -> ResponseReturnValue:
    """Leave the mark as it is, with the reason."""
    asked, form = _asked(track_id, number), DecisionForm()
    refuse = correction_actions.refuse_correction
    if form.submitted() and form.commits(refuse, asked, form.note.data or ""):
        flash(_("Correction %(number)s is refused; the mark stays.", number=number), "ok")
        return redirect(url_for(".corrections", track_id=track_id))
    return _correction_page(asked, form)


def _correction_page(asked: CorrectionRequest, form: DecisionForm) -> ResponseReturnValue:
    actor, track = me(), asked.track
    chief = asked.by_chief or may_sign_off(actor, track)
    return page(
        "scoring/correction.html",
        form=form,
        track=track,
        asked=asked,
        aspect=_aspect_codes(track).get(asked.aspect_id, ""),
        effect=correction_queries.effect_of(asked) if asked.decision is None else None,
        mine=is_same_person(actor, asked.requested_by_id),
        may_decide=may_decide_correction(actor, track) and chief,
    )


def _asked(track_id: int, number: int) -> CorrectionRequest:
    track = load(Track, track_id, may_ask_correction)
    found = correction_queries.correction_of(track.id, number)
    if found is None:
        raise NotThere
    return found


def _aspect_codes(track: Track) -> dict[int, str]:
    return {one.mark_key: one.code for one in aspects_of(track)}
