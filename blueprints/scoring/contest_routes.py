"""Where devices of one judge gave different values: the chief judge sees all and lets one hold."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.scoring.forms import ContestForm
from blueprints.scoring.routes import bp
from blueprints.scoring.sheets import text_of
from blueprints.web import load, page
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.scoring import actions, queries
from eventsys.scoring.policy import may_sign_off


@bp.route("/chief/<int:track_id>/contested", methods=["GET", "POST"])
def contested(track_id: int) -> ResponseReturnValue:
    """Every contested mark of a track with all its values: who, when received, which device."""
    track = load(Track, track_id, may_sign_off)
    form = ContestForm()
    if form.submitted():
        sheet = queries.sheet_of(form.seat_id.data or 0, form.code.data or "")
        if sheet is None or sheet.track_id != track.id:
            raise NotThere
        seen = frozenset((form.seen.data or "").split())
        choice = (form.aspect.data, form.op.data, seen)
        if form.commits(actions.settle_contest, sheet, *choice):
            flash(_("The value is settled."), "ok")
            return redirect(url_for(".contested", track_id=track.id))
    return page(
        "scoring/contested.html",
        form=form,
        track=track,
        contests=queries.contests_of(track),
        text_of=text_of,
    )
