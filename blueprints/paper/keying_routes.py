"""Keying paper sheets by two, and settling what differs."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.paper.forms import KeyingForm, ReadingForm, ReasonForm
from blueprints.paper.routes import bp, sheet_or_404
from blueprints.web import WebForm, load, me, page
from eventsys.errors import DomainError
from eventsys.events.models import Track
from eventsys.paper import keying_actions, queries
from eventsys.paper.policy import may_discard_keying, may_handle_paper, may_key_paper
from eventsys.paper.rules import KEYING_LABELS, Keying
from eventsys.scoring.models import MarkSheet


@bp.route("/<int:track_id>/<code>/<int:seat>/key", methods=["GET", "POST"])
def key(track_id: int, code: str, seat: int) -> ResponseReturnValue:
    """Key a paper sheet, alone with the paper."""
    track = load(Track, track_id, may_key_paper)
    sheet = sheet_or_404(track_id, code, seat)
    form = KeyingForm()
    lines = form.lines(queries.keyed_aspects(track), request.form)
    values = form.given(lines) if form.submitted() else None
    if values is not None and form.commits(keying_actions.key_sheet, sheet, values):
        return _after_keying(sheet, form.result)
    state = queries.keying_state(sheet.id)
    own = state.of(me().user_id)
    return page(
        "paper/key.html", form=form, track=track, sheet=sheet, seat=seat, lines=lines, own=own
    )


def _after_keying(sheet: MarkSheet, stage: Keying) -> ResponseReturnValue:
    if stage is Keying.DIFFERS:
        flash(_("The two keyings differ. Look at the paper once more, together."), "warn")
        code, seat = sheet.code, sheet.seat.seat
        return redirect(url_for(".settle", track_id=sheet.track_id, code=code, seat=seat))
    if stage is Keying.SETTLED:
        flash(_("Both keyed the same. The sheet is handed in for its judge."), "ok")
    else:
        flash(_("Kept. Another score clerk now keys this sheet without seeing yours."), "ok")
    return redirect(url_for(".track", track_id=sheet.track_id))


@bp.route("/<int:track_id>/<code>/<int:seat>/settle", methods=["GET", "POST"])
def settle(track_id: int, code: str, seat: int) -> ResponseReturnValue:
    """Only what differs, side by side; one proposes what the paper says, the other answers."""
    track = load(Track, track_id, may_handle_paper)
    sheet = sheet_or_404(track_id, code, seat)
    form = KeyingForm()
    apart = queries.keying_state(sheet.id).apart
    lines = form.lines(
        [one for one in queries.keyed_aspects(track) if queries.mark_key(one) in apart],
        request.form,
    )
    values = form.given(lines) if form.submitted() else None
    if values is not None and form.commits(keying_actions.propose_reading, sheet, values):
        flash(_("Proposed. The other of the two confirms it at the paper."), "ok")
        return redirect(url_for(".settle", track_id=track_id, code=code, seat=seat))
    return _settle_page(sheet, form)


def _settle_page(sheet: MarkSheet, form: WebForm) -> ResponseReturnValue:
    track, actor = sheet.track, me()
    state = queries.keying_state(sheet.id)
    chairs = may_discard_keying(actor, track)
    shown = state.shown_to(actor.user_id, chairs=chairs)
    apart = state.apart if len(shown) > 1 else frozenset()
    aspects = [one for one in queries.keyed_aspects(track) if queries.mark_key(one) in apart]
    return page(
        "paper/settle.html",
        form=form,
        track=track,
        sheet=sheet,
        seat=sheet.seat.seat,
        state=state,
        shown=shown,
        lines=KeyingForm().lines(aspects, request.form),
        is_one=state.of(actor.user_id) is not None,
        is_mine=state.reading is not None and state.reading.proposed_by_id == actor.user_id,
        chairs=chairs,
        keying_labels=KEYING_LABELS,
    )


@bp.post("/<int:track_id>/<code>/<int:seat>/confirm")
def confirm(track_id: int, code: str, seat: int) -> ResponseReturnValue:
    """The paper says what the other proposed."""
    load(Track, track_id, may_key_paper)
    sheet = sheet_or_404(track_id, code, seat)
    form = ReadingForm()
    if _answers(form, sheet, keying_actions.confirm_reading):
        flash(_("Settled. The sheet is handed in for its judge."), "ok")
        return redirect(url_for(".track", track_id=track_id))
    return _settle_page(sheet, form)


@bp.post("/<int:track_id>/<code>/<int:seat>/turn-down")
def turn_down(track_id: int, code: str, seat: int) -> ResponseReturnValue:
    """The paper says something else."""
    load(Track, track_id, may_key_paper)
    sheet = sheet_or_404(track_id, code, seat)
    form = ReadingForm()
    if _answers(form, sheet, keying_actions.turn_down_reading):
        flash(_("Turned down. Look at the paper together and propose again."), "warn")
        return redirect(url_for(".settle", track_id=track_id, code=code, seat=seat))
    return _settle_page(sheet, form)


def _answers(form: ReadingForm, sheet: MarkSheet, action: Callable[..., None]) -> bool:
    if not form.submitted():
        return False
    try:
        reading = form.given()
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    return form.commits(action, sheet, reading)


@bp.route("/<int:track_id>/<code>/<int:seat>/discard", methods=["GET", "POST"])
def discard(track_id: int, code: str, seat: int) -> ResponseReturnValue:
    """The chief judge has the sheet keyed anew."""
    track = load(Track, track_id, may_discard_keying)
    sheet = sheet_or_404(track_id, code, seat)
    form = ReasonForm()
    if form.submitted() and form.commits(keying_actions.discard_keying, sheet, form.reason.data):
        flash(_("The keying is thrown away. Two score clerks key the sheet anew."), "ok")
        return redirect(url_for(".differences", track_id=track_id))
    return page("paper/discard.html", form=form, track=track, sheet=sheet, seat=seat)
