"""The judges' pages: my tracks, one sheet per code, every tap saved at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, flash, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.scoring.deliveries import Parcel, read_parcel, state_of, this_device, told
from blueprints.scoring.forms import HandInForm
from blueprints.scoring.passwords import proves
from blueprints.scoring.sheets import judge_page, status_of
from blueprints.web import me, page
from eventsys.db import transaction
from eventsys.errors import DomainError, NotThere
from eventsys.identity.rules import Role
from eventsys.panels.models import JudgeSeat
from eventsys.panels.queries import seat_of
from eventsys.scoring import actions, queries
from eventsys.scoring.actions import Receipt
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.policy import may_deliver, may_judge
from eventsys.scoring.states import SheetState

bp = Blueprint("scoring", __name__)


@bp.get("/sw.js")
def service_worker() -> ResponseReturnValue:
    """What keeps judges' sheets on their devices; at the root, so that sign-out reaches it."""
    script = Path(current_app.root_path, "static", "js", "service_worker.js")
    return Response(script.read_bytes(), mimetype="text/javascript")


@bp.get("/judging")
def my_tracks() -> ResponseReturnValue:
    """The panels I sit in, those whose chief judge I am, those whose sheets I confirm."""
    actor = me()
    return page(
        "scoring/my_tracks.html",
        judged=queries.judge_tracks(actor.user_id or 0),
        chaired=queries.chaired_tracks(actor),
        confirming=queries.confirming_tracks(actor) if Role.SCORE_CLERK in actor.roles else [],
        declares=bool(actor.roles & {Role.JUDGE, Role.CHIEF_JUDGE}),
    )


@bp.get("/judging/<int:track_id>")
def my_sheets(track_id: int) -> ResponseReturnValue:
    """To the first sheet that still waits, or to the first of all."""
    seat = _own_seat(track_id)
    sheets = queries.sheets_of(seat.id)
    if not sheets:
        flash(_("The marking is not open yet. You will find your sheets here."), "info")
        return redirect(url_for(".my_tracks"))
    waiting = [sheet for sheet in sheets if status_of(sheet) == SheetState.OPEN.value]
    code = (waiting or sheets)[0].code
    return redirect(url_for(".mark_sheet", track_id=track_id, code=code))


@bp.get("/judging/<int:track_id>/<code>")
def mark_sheet(track_id: int, code: str) -> ResponseReturnValue:
    """My sheet for one code."""
    return _sheet_page(track_id, code, HandInForm(formdata=None))


@bp.post("/judging/<int:track_id>/marks")
def save_marks(track_id: int) -> ResponseReturnValue:
    """What a tablet delivers, one tap or a day's; each operation gets its own answer."""
    parcel, device = _parcel_for(track_id), this_device()
    if not any(parcel.taps.values()):
        seat = _own_seat(track_id)
        sheets = {one.code: one for one in queries.sheets_of(seat.id) if one.code in parcel.known}
        return _answer(parcel.refused, state_of(parcel, parcel.refused, sheets, seat.track))
    given = {code: [] for code in parcel.known} | parcel.taps
    with transaction():
        seat = _delivering_seat(track_id)
        delivered = actions.save_marks(me(), seat, given, device)
        receipts = delivered.receipts + parcel.refused
        states = state_of(parcel, receipts, delivered.sheets, seat.track, delivered)
        return _answer(receipts, states)


def _parcel_for(track_id: int) -> Parcel:
    """What was delivered; who may not deliver here is told nothing about it."""
    try:
        return read_parcel()
    except DomainError:
        _delivering_seat(track_id)
        raise


def _delivering_seat(track_id: int) -> JudgeSeat:
    seat = seat_of(track_id, me().user_id or 0)
    if seat is None or not may_deliver(me(), seat):
        raise NotThere
    return seat


def _answer(receipts: list[Receipt], states: Mapping[str, Any]) -> ResponseReturnValue:
    return jsonify(answers=[told(one) for one in receipts], sheets=states)


@bp.post("/judging/<int:track_id>/<code>/submit")
def submit_sheet(track_id: int, code: str) -> ResponseReturnValue:
    """Hand in one sheet; on to the next one that waits."""
    _seat, sheet = _own_sheet(track_id, code)
    form = HandInForm()
    if form.submitted() and _hands_in(form, sheet):
        flash(_("The sheet %(code)s is submitted.", code=code), "ok")
        return redirect(url_for(".my_sheets", track_id=track_id))
    return _sheet_page(track_id, code, form)


def _hands_in(form: HandInForm, sheet: MarkSheet) -> bool:
    """Hand in; wrong passwords are counted, but nobody's guessing stops who types none."""
    given = (actions.submit_sheet, sheet, form.version.data, form.hand)
    if form.hand.password:
        return proves(form, current_user.user.username, *given)
    return form.commits(*given)


def _sheet_page(track_id: int, code: str, form: HandInForm) -> ResponseReturnValue:
    shown = judge_page(*_own_sheet(track_id, code))
    return page(
        "scoring/mark_sheet.html",
        form=form,
        sheet=shown.sheet,
        rail=shown.rail,
        previous_url=shown.previous_url,
        next_url=shown.next_url,
    )


def _own_seat(track_id: int) -> JudgeSeat:
    seat = seat_of(track_id, me().user_id or 0)
    if seat is None or not may_judge(me(), seat):
        raise NotThere
    return seat


def _own_sheet(track_id: int, code: str) -> tuple[JudgeSeat, MarkSheet]:
    seat = _own_seat(track_id)
    sheet = queries.sheet_of(seat.id, code)
    if sheet is None:
        raise NotThere
    return seat, sheet
