"""The judges' pages: my tracks, one sheet per code, every tap saved at once."""

import re

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.scoring.forms import SubmitForm
from blueprints.scoring.sheets import judge_page, status_of
from blueprints.web import CONFLICT, me, page, words
from eventsys.db import transaction
from eventsys.errors import N_, NotThere, RuleBroken
from eventsys.panels.models import JudgeSeat
from eventsys.panels.queries import seat_of
from eventsys.schemes.importing import number_in
from eventsys.scoring import actions, queries
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.policy import may_judge
from eventsys.scoring.states import SheetState

bp = Blueprint("scoring", __name__)
LOCKED = 423
OPERATION = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
LONGEST_RAW = 20
LONGEST_TAP = 1000


class TapUnfit(RuleBroken):
    message = N_("The mark did not arrive as it was sent. Reload the page and enter it again.")


@bp.get("/judging")
def my_tracks() -> ResponseReturnValue:
    """The panels I sit in, and those whose chief judge I am."""
    actor = me()
    return page(
        "scoring/my_tracks.html",
        judged=queries.judge_tracks(actor.user_id or 0),
        chaired=queries.chaired_tracks(actor),
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
    seat, sheet = _own_sheet(track_id, code)
    shown = judge_page(seat, sheet)
    return page(
        "scoring/mark_sheet.html",
        sheet=shown.sheet,
        rail=shown.rail,
        previous_url=shown.previous_url,
        next_url=shown.next_url,
    )


@bp.post("/judging/<int:track_id>/<code>/marks")
def save_mark(track_id: int, code: str) -> ResponseReturnValue:
    """One value; answers 409 with what stands there, 423 when the sheet is closed."""
    _seat, sheet = _own_sheet(track_id, code)
    tap = _given_tap()
    try:
        with transaction():
            return jsonify(actions.save_mark(me(), sheet, tap))
    except actions.StaleMark as stale:
        there = stale.facts["raw"]
        raw = None if there is None else f"{there:f}"
        version = stale.facts["version"]
        told = {"aspect": tap.aspect_id, "raw": raw, "version": version, "message": words(stale)}
        return jsonify(told), CONFLICT
    except actions.SheetClosed as closed:
        with transaction():
            actions.keep_late_tap(me(), sheet, tap)
        return jsonify(message=words(closed)), LOCKED


@bp.post("/judging/<int:track_id>/<code>/submit")
def submit_sheet(track_id: int, code: str) -> ResponseReturnValue:
    """Hand in one sheet; on to the next one that waits."""
    _seat, sheet = _own_sheet(track_id, code)
    form = SubmitForm()
    if form.submitted() and form.commits(actions.submit_sheet, sheet, form.version.data):
        flash(_("The sheet %(code)s is submitted.", code=code), "ok")
        return redirect(url_for(".my_sheets", track_id=track_id))
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


def _given_tap() -> actions.Tap:
    """The tap in the body, or a refusal; tablets send text and whole numbers."""
    fits = (request.content_length or 0) <= LONGEST_TAP
    body = request.get_json(silent=True) if fits else None
    given = body if isinstance(body, dict) else {}
    op, raw, aspect, seen = (str(given.get(key, "")) for key in ("op", "raw", "aspect", "seen"))
    numbers = all(re.fullmatch(r"[0-9]{1,16}", one) for one in (aspect, seen))
    if not numbers or not OPERATION.fullmatch(op) or len(raw) > LONGEST_RAW:
        raise TapUnfit
    return actions.Tap(op, int(aspect), number_in(raw), int(seen))
